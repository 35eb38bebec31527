/* HTTP requests, made on the calling thread: the body of the answer comes
 * piece by piece, a cancel token closes the connection at once, and every wait
 * has an end. Connections are kept for the next request of the same handle.
 *
 * Redirects are never followed here, since a key must not travel to where a
 * server points; a caller that wants to follows `location`, hop by hop.
 *
 * The usual variables count: HTTPS_PROXY, http_proxy, ALL_PROXY and NO_PROXY
 * (never for loopback, never for public fetch, whose addresses a proxy would
 * hide from the guard), SSL_CERT_FILE, SSL_CERT_DIR and CURL_CA_BUNDLE.
 *
 * Life cycle: http_create, http_perform as often as wanted, http_destroy. A
 * handle belongs to one thread at a time. */
#ifndef FRIDAY_NET_HTTP_H
#define FRIDAY_NET_HTTP_H

#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/str.h"
#include "net/url_guard.h"

/* What is known of an answer once its head has come. */
struct http_response {
	int status;		 /* 200; 0: no head came */
	char content_type[128];	 /* "text/event-stream"; "": none */
	char location[URL_MAX];	 /* of a redirect; "": none */
	int64_t retry_after_ms;	 /* -1: none */
	size_t body_bytes;	 /* decoded bytes handed to on_body */
};

/* A piece of the body, decoded. `response` has its head already. Returns 0;
 * HTTP_ENOUGH when the caller has all it wants (the end of the body is awaited
 * for HTTP_LINGER_MS more, so that the connection can be kept, and the request
 * has succeeded either way); or a negative error_code that ends the request and
 * becomes its result (err of http_perform is left alone then). Thread:
 * http_perform's. */
enum { HTTP_ENOUGH = 1, HTTP_LINGER_MS = 200 };
typedef int http_body_fn(const struct http_response *response,
    struct str bytes, void *ctx);

/* All borrowed for the call. Times in ms; 0: no limit. */
struct http_request {
	const char *method; /* NULL: "GET" */
	struct str url;
	const char *headers; /* "Name: value\n…"; NULL: none */
	const char *secret_prefix; /* "Authorization: Bearer " */
	const struct secret *secret; /* behind secret_prefix; may be NULL */
	struct str body;	/* ptr NULL: none */
	int connect_timeout_ms;
	int first_byte_timeout_ms; /* until the head starts to come */
	int idle_timeout_ms;	/* between two pieces, from then on */
	int total_timeout_ms;
	size_t body_max;	/* ceiling of the decoded body; 0: none */
	http_body_fn *on_body;	/* NULL: the body is dropped */
	void *ctx;
	struct cancel *cancel;	/* may be NULL */
};

struct http;

/* The guard is copied and stays: a connection kept alive was judged by it.
 * Loads libcurl. Errors: ERR_UNSUPPORTED, ERR_NO_MEMORY. */
int http_create(const struct url_guard *guard, struct http **ret,
    struct error *err);
void http_destroy(struct http *h);
DEFINE_CLEANUP(http_destroy, struct http);

/* Sends the request and reads the whole answer, whatever its status: 0 is
 * returned for a 500 too. *ret holds what came also after an error.
 * Errors: ERR_NET_*, ERR_CANCELLED, ERR_TOO_LARGE (body_max), ERR_INVALID (the
 * URL, a header with a line end in it), what on_body returns. */
int http_perform(struct http *h, const struct http_request *request,
    struct http_response *ret, struct error *err);

#endif
