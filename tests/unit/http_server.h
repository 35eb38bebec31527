/* A small HTTP server on loopback whose answers are a script: raw bytes, one
 * reply a request. It runs on a thread of its own, notes each request, and
 * never waits for a time: a reply that hangs does so until the peer leaves. */
#ifndef FRIDAY_TESTS_HTTP_SERVER_H
#define FRIDAY_TESTS_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum http_after {
	HTTP_KEEP,  /* the connection waits for the next request */
	HTTP_CLOSE,
	HTTP_HANG,  /* nothing more comes, the connection stays */
	HTTP_RESET, /* closed with RST */
};

struct http_reply {
	const char *bytes; /* "HTTP/1.1 200 OK\r\n…" */
	size_t len;	   /* 0: strlen(bytes) */
	size_t step;	   /* bytes sent at a time; 0: all at once */
	enum http_after after;
};

struct http_server;

/* Reply i answers request i; the last one answers all that follow. Borrowed. */
struct http_server *http_server_start(const struct http_reply *replies,
    size_t n);
void http_server_stop(struct http_server *s);
/* "http://127.0.0.1:PORT"; lives as long as the server. */
const char *http_server_url(const struct http_server *s);
unsigned http_server_port(const struct http_server *s);
/* How many requests came, and the text of one (head and body); "" where it
 * has not come. Lives as long as the server. */
size_t http_server_requests(struct http_server *s);
const char *http_server_request(struct http_server *s, size_t i);
size_t http_server_connections(struct http_server *s);
/* Waits until the peer has closed `count` connections; false after 10 s. */
bool http_server_wait_closed(struct http_server *s, size_t count);

#endif
