/* Does anything listen on this machine? See probe.h. */
#include "net/probe.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/* Begins a connection; -1: it is refused already. */
static int
begin(struct probe *p)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)p->port),
		.sin6_addr = in6addr_loopback };
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)p->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(p->v6 ? AF_INET6 : AF_INET,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int rc;

	if (fd < 0)
		return -1;
	rc = p->v6 ? connect(fd, (struct sockaddr *)&in6, sizeof(in6)) :
		     connect(fd, (struct sockaddr *)&in, sizeof(in));
	if (rc != 0 && errno == EINPROGRESS)
		return fd;
	p->listens = rc == 0;
	close(fd);
	return -1;
}

static bool
connected(int fd)
{
	int error = 0;
	socklen_t size = sizeof(error);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
	    error == 0;
}

void
probe_loopback(struct probe *probes, size_t n, int timeout_ms,
    struct cancel *cancel)
{
	struct pollfd fds[PROBES_MAX + 1];
	int64_t deadline_ms = clock_now_ms() + timeout_ms;
	size_t open = 0;

	assert(n <= PROBES_MAX);
	for (size_t i = 0; i < n; i++) {
		probes[i].listens = false;
		fds[i] = (struct pollfd){ begin(&probes[i]), POLLOUT, 0 };
		open += fds[i].fd >= 0;
	}
	fds[n] = (struct pollfd){ cancel_fd(cancel), POLLIN, 0 };
	while (open > 0 && !cancel_raised(cancel)) {
		int left = clock_left_ms(deadline_ms);

		if (left == 0 || (poll(fds, n + 1, left) < 0 && errno != EINTR))
			break;
		for (size_t i = 0; i < n; i++) {
			if (fds[i].fd < 0 || fds[i].revents == 0)
				continue;
			probes[i].listens = connected(fds[i].fd);
			close(fds[i].fd);
			fds[i].fd = -1;
			open--;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
}
