/* One client of the proxy; see proxy_link.h. Bytes go both ways through two
 * buffers of fixed size: who does not read holds up who sends. */
#include "net/proxy_link.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/proxy_request.h"
#include "net/url_guard.h"

#define PIPE_SIZE ((size_t)64 * 1024)
enum { HEAD_MS = 30 * 1000, CONNECT_MS = 15 * 1000, IDLE_MS = 300 * 1000 };

struct flow {
	int from, to;
	char bytes[PIPE_SIZE];
	size_t start, end;
	bool ended; /* from has no more; told to `to` when empty */
	bool closed;
};

/* Waits; false: the time is over, or all shall end. */
static bool
wait_for(int fd, short events, int stop, int64_t deadline_ms)
{
	struct pollfd fds[2] = { { fd, events, 0 }, { stop, POLLIN, 0 } };
	int n;

	do
		n = poll(fds, 2, clock_left_ms(deadline_ms));
	while (n < 0 && errno == EINTR);
	return n > 0 && fds[1].revents == 0;
}

static bool
send_all(int fd, struct str bytes, int stop)
{
	int64_t deadline = clock_now_ms() + CONNECT_MS;

	while (bytes.len > 0) {
		ssize_t n = send(fd, bytes.ptr, bytes.len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0)
			bytes = str_sub(bytes, (size_t)n, SIZE_MAX);
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		else if (!wait_for(fd, POLLOUT, stop, deadline))
			return false;
	}
	return true;
}

static bool
read_head(int client, int stop, struct buf *bytes, size_t *ret_len)
{
	int64_t deadline = clock_now_ms() + HEAD_MS;

	while (!proxy_head_complete(buf_str(bytes), ret_len)) {
		char *room = buf_reserve(bytes, 4096);
		ssize_t n;

		if (room == NULL ||
		    !wait_for(client, POLLIN, stop, deadline))
			return false;
		n = recv(client, room, 4096, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return false;
		if (n > 0)
			buf_added(bytes, (size_t)n);
	}
	return true;
}

static void
refuse(int client, int stop, int status, const char *title, const char *why)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	CLEANUP(free_ptr) char *body = mem_printf("friday: %s\n", why);

	buf_printf(&text, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n\r\n%s", status,
	    title, strlen(body), body);
	send_all(client, buf_str(&text), stop);
}

static int
connect_address(const struct addrinfo *a, int stop)
{
	CLEANUP(close_fd) int fd = socket(a->ai_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error = 0;
	socklen_t size = sizeof(error);

	if (fd < 0)
		return -1;
	if (connect(fd, a->ai_addr, a->ai_addrlen) != 0 &&
	    (errno != EINPROGRESS ||
		!wait_for(fd, POLLOUT, stop, clock_now_ms() + CONNECT_MS)))
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 ||
	    error != 0)
		return -1;
	return steal_fd(&fd);
}

/* -1: no address of it may be reached, or can. */
static int
connect_host(const struct proxy_request *r, int stop)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	char port[16];
	int fd = -1;

	snprintf(port, sizeof(port), "%u", r->port);
	if (getaddrinfo(r->host, port, &hints, &list) != 0)
		return -1;
	for (struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next)
		if (r->may_be_private || address_is_public(a->ai_addr))
			fd = connect_address(a, stop);
	freeaddrinfo(list);
	return fd;
}

static void
flow_read(struct flow *f)
{
	ssize_t n;

	if (f->start == f->end)
		f->start = f->end = 0;
	n = recv(f->from, f->bytes + f->end, PIPE_SIZE - f->end, MSG_DONTWAIT);
	if (n > 0)
		f->end += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		f->ended = true;
}

static void
flow_write(struct flow *f)
{
	ssize_t n = send(f->to, f->bytes + f->start, f->end - f->start,
	    MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n > 0)
		f->start += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		f->ended = f->closed = true;
}

static void
flow_close(struct flow *f)
{
	if (!f->ended || f->closed || f->start != f->end)
		return;
	shutdown(f->to, SHUT_WR);
	f->closed = true;
}

static short
events_of(const struct flow *in, const struct flow *out)
{
	short events = 0;

	if (!in->ended && in->end < PIPE_SIZE)
		events |= POLLIN;
	if (!out->closed && out->start < out->end)
		events |= POLLOUT;
	return events;
}

static void
relay(struct flow *up, struct flow *down, int stop)
{
	while (!up->closed || !down->closed) {
		struct pollfd fds[3] = {
			{ up->from, events_of(up, down), 0 },
			{ down->from, events_of(down, up), 0 },
			{ stop, POLLIN, 0 } };

		/* A side that is done would be reported for ever. */
		for (int i = 0; i < 2; i++)
			if (fds[i].events == 0)
				fds[i].fd = -1;
		if (poll(fds, 3, IDLE_MS) <= 0 || fds[2].revents != 0)
			return;
		if (fds[0].revents & (POLLIN | POLLHUP | POLLERR))
			flow_read(up);
		if (fds[1].revents & (POLLIN | POLLHUP | POLLERR))
			flow_read(down);
		if (up->start < up->end)
			flow_write(up);
		if (down->start < down->end)
			flow_write(down);
		flow_close(up);
		flow_close(down);
	}
}

static void
carry(int client, int server, struct str early, int stop)
{
	CLEANUP(free_ptr) struct flow *up = mem_new(struct flow);
	CLEANUP(free_ptr) struct flow *down = mem_new(struct flow);

	up->from = down->to = client;
	up->to = down->from = server;
	/* What came behind the head in the same packet. */
	if (send_all(server, early, stop))
		relay(up, down, stop);
}

static void
serve_request(const struct proxy_opts *opts, int client, int stop,
    struct str head, struct str early)
{
	CLEANUP_BUF struct buf forward = BUF_INIT(2 * PROXY_HEAD_MAX);
	CLEANUP(close_fd) int server = -1;
	struct proxy_request r;
	bool allowed;

	if (proxy_request_parse(head, &r, &forward, NULL) != 0) {
		refuse(client, stop, 400, "Bad Request",
		    "this is no request to a proxy");
		return;
	}
	allowed = proxy_hosts_allow(opts->hosts, opts->n_hosts, &r);
	if (opts->decided != NULL)
		opts->decided(r.host, r.port, allowed, opts->ctx);
	if (!allowed) {
		refuse(client, stop, 403, "Forbidden",
		    "this host is not in sandbox.hosts");
		return;
	}
	server = connect_host(&r, stop);
	if (server < 0) {
		refuse(client, stop, 502, "Bad Gateway",
		    "this host has no public address that answers");
		return;
	}
	if (r.tunnel ? send_all(client,
		STR("HTTP/1.1 200 Connection established\r\n\r\n"), stop) :
		       send_all(server, buf_str(&forward), stop))
		carry(client, server, early, stop);
}

void
proxy_link_serve(const struct proxy_opts *opts, int client, int stop)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT(PROXY_HEAD_MAX);
	size_t len = 0;

	if (read_head(client, stop, &bytes, &len))
		serve_request(opts, client, stop,
		    str_sub(buf_str(&bytes), 0, len),
		    str_sub(buf_str(&bytes), len, SIZE_MAX));
}
