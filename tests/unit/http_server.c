/* A scripted HTTP server; see http_server.h. */
#include "tests/unit/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum { PEERS_MAX = 32, REQUESTS_MAX = 256 };

struct peer {
	int fd; /* -1: free */
	bool hangs;
	struct buf in;
};

struct http_server {
	const struct http_reply *replies;
	size_t n_replies;
	int listener, stop_fd;
	unsigned port;
	char url[64];
	pthread_t thread;
	struct peer peers[PEERS_MAX];
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	char *requests[REQUESTS_MAX];
	size_t n_requests, n_connections, n_closed;
};

static void
drop(struct http_server *s, struct peer *p, bool by_peer)
{
	close(p->fd);
	p->fd = -1;
	buf_release(&p->in);
	pthread_mutex_lock(&s->lock);
	s->n_closed += by_peer;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

static void
accept_peer(struct http_server *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC), one = 1;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	pthread_mutex_lock(&s->lock);
	s->n_connections++;
	pthread_mutex_unlock(&s->lock);
	for (size_t i = 0; i < PEERS_MAX; i++)
		if (s->peers[i].fd < 0) {
			s->peers[i] = (struct peer){ .fd = fd,
				.in = BUF_INIT(64 * MIB) };
			return;
		}
	close(fd);
}

/* Bytes of the first whole request in `in`, or 0. */
static size_t
whole_request(struct str in)
{
	size_t end = str_find(in, STR("\r\n\r\n"), 0), at = 0;
	struct str rest = in, line;
	int64_t body = 0;

	if (end == SIZE_MAX)
		return 0;
	while (at < end && str_next_line(&rest, &line)) {
		if (line.len == 0)
			break;
		if (str_starts_nocase(line, STR("content-length:")))
			str_to_int(str_trim(str_sub(line, 15, SIZE_MAX)), 0,
			    INT32_MAX, &body);
	}
	end += 4 + (size_t)body;
	return end <= in.len ? end : 0;
}

static bool
send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static void
answer(struct http_server *s, struct peer *p, size_t index)
{
	const struct http_reply *r = &s->replies[index < s->n_replies ?
		    index :
		    s->n_replies - 1];
	size_t len = r->len > 0 ? r->len : strlen(r->bytes);
	size_t step = r->step > 0 ? r->step : len;
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	bool alive = true;

	for (size_t at = 0; alive && at < len; at += step)
		alive = send_all(p->fd, r->bytes + at,
		    step < len - at ? step : len - at);
	if (!alive) {
		drop(s, p, true);
	} else if (r->after == HTTP_RESET) {
		setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &reset,
		    sizeof(reset));
		drop(s, p, false);
	} else if (r->after == HTTP_CLOSE) {
		drop(s, p, false);
	} else if (r->after == HTTP_HANG) {
		p->hangs = true;
	}
}

static void
read_peer(struct http_server *s, struct peer *p)
{
	char *room = buf_reserve(&p->in, 64 * KIB);
	ssize_t n = recv(p->fd, room, 64 * KIB, 0);
	size_t len, index;

	if (n <= 0) {
		drop(s, p, true);
		return;
	}
	buf_added(&p->in, (size_t)n);
	while (p->fd >= 0 && !p->hangs &&
	    (len = whole_request(buf_str(&p->in))) > 0) {
		pthread_mutex_lock(&s->lock);
		index = s->n_requests;
		if (index < REQUESTS_MAX)
			s->requests[s->n_requests++] =
			    mem_strndup(p->in.ptr, len);
		pthread_cond_broadcast(&s->changed);
		pthread_mutex_unlock(&s->lock);
		buf_consume(&p->in, len);
		answer(s, p, index);
	}
}

static void *
serve(void *ctx)
{
	struct http_server *s = ctx;

	for (;;) {
		struct pollfd fds[PEERS_MAX + 2] = {
			{ s->stop_fd, POLLIN, 0 },
			{ s->listener, POLLIN, 0 },
		};

		for (size_t i = 0; i < PEERS_MAX; i++)
			fds[i + 2] = (struct pollfd){ s->peers[i].fd, POLLIN,
				0 };
		if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[0].revents != 0)
			return NULL;
		if (fds[1].revents != 0)
			accept_peer(s);
		for (size_t i = 0; i < PEERS_MAX; i++)
			if (fds[i + 2].fd >= 0 && fds[i + 2].revents != 0)
				read_peer(s, &s->peers[i]);
	}
}

struct http_server *
http_server_start(const struct http_reply *replies, size_t n)
{
	struct http_server *s = mem_new(struct http_server);
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);

	s->replies = replies;
	s->n_replies = n;
	for (size_t i = 0; i < PEERS_MAX; i++)
		s->peers[i].fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	s->stop_fd = eventfd(0, EFD_CLOEXEC);
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->stop_fd < 0 || s->listener < 0 ||
	    bind(s->listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(s->listener, PEERS_MAX) != 0 ||
	    getsockname(s->listener, (struct sockaddr *)&at, &size) != 0)
		abort();
	s->port = ntohs(at.sin_port);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u", s->port);
	if (pthread_create(&s->thread, NULL, serve, s) != 0)
		abort();
	return s;
}

void
http_server_stop(struct http_server *s)
{
	uint64_t one = 1;

	if (write(s->stop_fd, &one, sizeof(one)) < 0)
		abort();
	pthread_join(s->thread, NULL);
	for (size_t i = 0; i < PEERS_MAX; i++)
		if (s->peers[i].fd >= 0)
			drop(s, &s->peers[i], false);
	for (size_t i = 0; i < s->n_requests; i++)
		free(s->requests[i]);
	close(s->listener);
	close(s->stop_fd);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

const char *
http_server_url(const struct http_server *s)
{
	return s->url;
}

unsigned
http_server_port(const struct http_server *s)
{
	return s->port;
}

size_t
http_server_requests(struct http_server *s)
{
	size_t n;

	pthread_mutex_lock(&s->lock);
	n = s->n_requests;
	pthread_mutex_unlock(&s->lock);
	return n;
}

const char *
http_server_request(struct http_server *s, size_t i)
{
	return i < http_server_requests(s) ? s->requests[i] : "";
}

size_t
http_server_connections(struct http_server *s)
{
	size_t n;

	pthread_mutex_lock(&s->lock);
	n = s->n_connections;
	pthread_mutex_unlock(&s->lock);
	return n;
}

bool
http_server_wait_closed(struct http_server *s, size_t count)
{
	struct timespec until;
	bool done;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	pthread_mutex_lock(&s->lock);
	while (s->n_closed < count &&
	    pthread_cond_timedwait(&s->changed, &s->lock, &until) == 0)
		;
	done = s->n_closed >= count;
	pthread_mutex_unlock(&s->lock);
	return done;
}
