/* The sandbox's own network: loopback, up. With --proxy a listener in there is
 * handed to who waits on the given unix socket (net/proxy.h): a socket belongs
 * to the network where it was made, so connections to it are accepted outside
 * while the sandbox has no other way out. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "libexec/sandbox/parts.h"

/* Known to safety/sandbox.c, which names it in HTTP_PROXY. */
#define PROXY_PORT 3128

static void
raise_loopback(const struct channel *c)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail(c, "own network");
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request) != 0)
		fail(c, "own network");
	close(fd);
}

static int
make_listener(const struct channel *c)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(PROXY_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(fd, 64) != 0)
		fail(c, "the listener of the proxy");
	return fd;
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		return -1;
	return fd;
}

static void
hand_out(const struct plan *plan, const struct channel *c)
{
	int listener = make_listener(c), fd = connect_unix(plan->proxy);
	char byte = 'l';
	struct iovec part = { &byte, 1 };
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
			  .cmsg_level = SOL_SOCKET,
			  .cmsg_type = SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };

	if (fd < 0)
		fail(c, "the proxy");
	memcpy(CMSG_DATA(&control.head), &listener, sizeof(listener));
	if (sendmsg(fd, &message, MSG_NOSIGNAL) != 1)
		fail(c, "the proxy");
	/* fd stays open: its end tells the proxy that we have gone. */
	close(listener);
}

void
network_prepare(const struct plan *plan, const struct channel *c)
{
	if ((plan->without & (LAYER_NETWORK | LAYER_NAMESPACES)) != 0)
		return;
	raise_loopback(c);
	if (plan->proxy != NULL)
		hand_out(plan, c);
}
