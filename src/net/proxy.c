/* The proxy of sandboxes; see proxy.h. One thread waits for helpers and for
 * clients; each client gets a thread (proxy_link.c), because names are resolved
 * with a call that blocks. */
#include "net/proxy.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/monitor.h"
#include "base/thread.h"
#include "net/proxy_link.h"

enum { SANDBOXES_MAX = 64 };

/* One sandbox that runs: its helper's connection and its listener. */
struct sandbox {
	int helper, listener; /* listener -1: not handed out yet */
};

struct proxy {
	struct proxy_opts opts;
	char **hosts;
	char folder[64], path[80];
	int server, stop;
	pthread_t thread;
	bool started;
	/* of the thread */
	struct sandbox sandboxes[SANDBOXES_MAX];
	size_t n_sandboxes;
	struct monitor monitor;
	unsigned n_links; /* inside the monitor */
};

struct link {
	struct proxy *proxy;
	int client;
};

static void *
run_link(void *ctx)
{
	struct link *l = ctx;
	struct proxy *p = l->proxy;

	proxy_link_serve(&p->opts, l->client, p->stop);
	close(l->client);
	free(l);
	monitor_enter(&p->monitor);
	p->n_links--;
	monitor_wake(&p->monitor);
	monitor_leave(&p->monitor);
	return NULL;
}

static void
start_link(struct proxy *p, int client)
{
	struct link *l = mem_new(struct link);
	pthread_t thread;
	bool room;

	*l = (struct link){ p, client };
	monitor_enter(&p->monitor);
	room = p->n_links < PROXY_MAX;
	p->n_links += room;
	monitor_leave(&p->monitor);
	if (room && thread_start(&thread, "proxy link", run_link, l,
		NULL) == 0) {
		pthread_detach(thread);
		return;
	}
	if (room) {
		monitor_enter(&p->monitor);
		p->n_links--;
		monitor_leave(&p->monitor);
	}
	close(client);
	free(l);
}

/* The listener that a helper hands out. False: it has gone. */
static bool
take_listener(struct sandbox *s)
{
	char byte;
	struct iovec part = { &byte, 1 };
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c;

	if (recvmsg(s->helper, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0)
		return false;
	c = CMSG_FIRSTHDR(&message);
	if (s->listener >= 0 || c == NULL || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return false;
	memcpy(&s->listener, CMSG_DATA(c), sizeof(int));
	return true;
}

static void
drop_sandbox(struct proxy *p, size_t i)
{
	close(p->sandboxes[i].helper);
	if (p->sandboxes[i].listener >= 0)
		close(p->sandboxes[i].listener);
	p->sandboxes[i] = p->sandboxes[--p->n_sandboxes];
}

static void
accept_helper(struct proxy *p)
{
	int fd = accept4(p->server, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (p->n_sandboxes == SANDBOXES_MAX)
		close(fd);
	else
		p->sandboxes[p->n_sandboxes++] = (struct sandbox){ fd, -1 };
}

static void
accept_client(struct proxy *p, int listener)
{
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (client >= 0)
		start_link(p, client);
}

static void *
run_proxy(void *ctx)
{
	struct proxy *p = ctx;

	for (;;) {
		struct pollfd fds[2 + 2 * SANDBOXES_MAX] = {
			{ p->server, POLLIN, 0 }, { p->stop, POLLIN, 0 } };
		size_t n = p->n_sandboxes;

		for (size_t i = 0; i < n; i++) {
			const struct sandbox *s = &p->sandboxes[i];

			fds[2 + 2 * i] = (struct pollfd){ s->helper, POLLIN,
				0 };
			fds[3 + 2 * i] = (struct pollfd){ s->listener, POLLIN,
				0 };
		}
		if (poll(fds, 2 + 2 * n, -1) < 0)
			continue;
		if (fds[1].revents != 0)
			return NULL;
		/* From the end: who goes is replaced by the last. */
		for (size_t i = n; i-- > 0;) {
			struct sandbox *s = &p->sandboxes[i];

			if (fds[3 + 2 * i].revents & POLLIN)
				accept_client(p, s->listener);
			if (fds[2 + 2 * i].revents != 0 && !take_listener(s))
				drop_sandbox(p, i);
		}
		if (fds[0].revents != 0)
			accept_helper(p);
	}
}

/* A folder that only we can enter: who may connect may use the network. */
static int
listen_in_folder(struct proxy *p, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-proxy-XXXXXX");
	if (mkdtemp(p->folder) == NULL) {
		p->folder[0] = '\0';
		return error_errno(err, errno, "a folder for the proxy");
	}
	snprintf(p->path, sizeof(p->path), "%s/s", p->folder);
	memcpy(address.sun_path, p->path, strlen(p->path) + 1);
	p->server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	p->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->server < 0 || p->stop < 0 ||
	    bind(p->server, (struct sockaddr *)&address,
		sizeof(address)) != 0 ||
	    listen(p->server, SANDBOXES_MAX) != 0)
		return error_errno(err, errno, "the socket of the proxy");
	return 0;
}

int
proxy_create(const struct proxy_opts *opts, struct proxy **ret,
    struct error *err)
{
	CLEANUP(proxy_destroyp) struct proxy *p = mem_new(struct proxy);
	int rc;

	p->opts = *opts;
	p->server = p->stop = -1;
	p->hosts = mem_alloc(opts->n_hosts + 1, sizeof(*p->hosts));
	for (size_t i = 0; i < opts->n_hosts; i++)
		p->hosts[i] = mem_strdup(opts->hosts[i]);
	p->opts.hosts = (const char *const *)p->hosts;
	monitor_init(&p->monitor);
	rc = listen_in_folder(p, err);
	if (rc == 0)
		rc = thread_start(&p->thread, "proxy", run_proxy, p, err);
	if (rc != 0)
		return rc;
	p->started = true;
	*ret = steal(p);
	return 0;
}

void
proxy_destroy(struct proxy *p)
{
	uint64_t one = 1;

	if (p == NULL)
		return;
	/* Never read: readable for every thread from now on. */
	while (p->stop >= 0 && write(p->stop, &one, sizeof(one)) < 0 &&
	    errno == EINTR)
		;
	if (p->started)
		pthread_join(p->thread, NULL);
	monitor_enter(&p->monitor);
	while (p->n_links > 0)
		monitor_wait(&p->monitor, 0);
	monitor_leave(&p->monitor);
	while (p->n_sandboxes > 0)
		drop_sandbox(p, 0);
	if (p->server >= 0)
		close(p->server);
	if (p->stop >= 0)
		close(p->stop);
	if (p->path[0] != '\0')
		unlink(p->path);
	if (p->folder[0] != '\0')
		rmdir(p->folder);
	for (size_t i = 0; i < p->opts.n_hosts; i++)
		free(p->hosts[i]);
	free(p->hosts);
	monitor_release(&p->monitor);
	free(p);
}

const char *
proxy_path(const struct proxy *p)
{
	return p->path;
}
