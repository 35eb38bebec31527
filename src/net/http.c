/* HTTP requests on libcurl; see http.h.
 *
 * curl's multi interface drives one transfer at a time: curl_multi_poll can
 * wait for the cancel token's descriptor beside the sockets, which the easy
 * interface cannot (its progress callback looks once a second). */
#include "net/http.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/curl_api.h"
#include "net/curl_fault.h"
#include "net/retry.h"

enum {
	HEAD_MAX = 256 * 1024,	/* bytes of all header lines */
	READ_BUFFER = 64 * 1024,
	WAIT_MAX_MS = 60 * 1000,
};

struct http {
	const struct curl_api *api;
	struct url_guard guard;
	CURLM *multi;
	CURL *easy;
};

/* One request under way; what the callbacks get. */
struct transfer {
	const struct http *http;
	const struct http_request *request;
	struct http_response *response;
	struct url url;
	struct curl_slist *headers;
	size_t head_bytes;
	bool head_begun;
	bool head_done;
	bool got_bytes; /* since the loop looked last */
	bool enough;	/* on_body wants no more */
	int64_t enough_at_ms;
	bool blocked;	/* an address was refused */
	int body_rc;	/* what on_body returned, or of ours */
	bool body_rc_is_callers;
	char curl_words[CURL_ERROR_SIZE];
};

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* A peer that goes away while TLS writes raises SIGPIPE (OpenSSL writes with
 * write()). The handler is the program's, so the signal is held back on this
 * thread and taken off the queue. */
struct pipe_hold {
	sigset_t before;
	bool pending;
};

static void
pipe_hold(struct pipe_hold *hold)
{
	sigset_t pending, set;

	sigemptyset(&pending);
	sigpending(&pending);
	hold->pending = sigismember(&pending, SIGPIPE) == 1;
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, &hold->before);
}

static void
pipe_release(const struct pipe_hold *hold)
{
	struct timespec none = { 0, 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	if (!hold->pending)
		while (sigtimedwait(&set, NULL, &none) > 0)
			;
	pthread_sigmask(SIG_SETMASK, &hold->before, NULL);
}

int
http_create(const struct url_guard *guard, struct http **ret,
    struct error *err)
{
	const struct curl_api *api = curl_api_get(err);
	CLEANUP(http_destroyp) struct http *h = NULL;

	if (api == NULL)
		return -ERR_UNSUPPORTED;
	h = mem_new(struct http);
	h->api = api;
	h->guard = *guard;
	h->multi = api->multi_init();
	h->easy = api->easy_init();
	if (h->multi == NULL || h->easy == NULL)
		return error_set(err, ERR_NO_MEMORY,
		    "no memory for a connection");
	*ret = steal(h);
	return 0;
}

void
http_destroy(struct http *h)
{
	struct pipe_hold hold;

	if (h == NULL)
		return;
	pipe_hold(&hold);
	if (h->easy != NULL)
		h->api->easy_cleanup(h->easy);
	if (h->multi != NULL)
		h->api->multi_cleanup(h->multi);
	pipe_release(&hold);
	free(h);
}

/* The only place where a connection begins: the address in hand is judged,
 * whatever a name resolved to before. */
static curl_socket_t
on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct transfer *t = ctx;

	if (!url_guard_address(&t->http->guard, &to->addr)) {
		t->blocked = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static bool
header_value(struct str line, struct str name, struct str *ret)
{
	if (!str_starts_nocase(line, name))
		return false;
	*ret = str_trim(str_sub(line, name.len, SIZE_MAX));
	return true;
}

static void
copy_text(char *to, size_t size, struct str text)
{
	/* What does not fit is left out: half a URL is another URL. */
	if (text.len < size)
		snprintf(to, size, "%.*s", STR_ARG(text));
}

static void
take_status(struct transfer *t, struct str line)
{
	struct http_response *r = t->response;
	size_t blank = str_find_char(line, ' ', 0);
	int64_t status;

	/* 1xx heads precede the real one. */
	*r = (struct http_response){ .retry_after_ms = -1 };
	if (blank != SIZE_MAX &&
	    str_to_int(str_sub(line, blank + 1, 3), 100, 999, &status))
		r->status = (int)status;
}

static void
take_header(struct transfer *t, struct str line)
{
	struct http_response *r = t->response;
	struct str value;
	int64_t ms;

	if (header_value(line, STR("content-type:"), &value))
		copy_text(r->content_type, sizeof(r->content_type), value);
	else if (header_value(line, STR("location:"), &value))
		copy_text(r->location, sizeof(r->location), value);
	else if (header_value(line, STR("retry-after:"), &value)) {
		if (r->retry_after_ms < 0 &&
		    retry_after_parse(value, clock_wall_ms(), &ms))
			r->retry_after_ms = ms;
	} else if (header_value(line, STR("retry-after-ms:"), &value)) {
		/* OpenAI and Azure: finer than the standard's. */
		if (retry_after_parse(value, clock_wall_ms(), &ms))
			r->retry_after_ms = ms / 1000;
	}
}

static size_t
on_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	struct str line = str_make(bytes, size * count);

	t->got_bytes = true;
	t->head_begun = true;
	t->head_bytes += line.len;
	if (t->head_bytes > HEAD_MAX) {
		t->body_rc = -ERR_TOO_LARGE;
		return 0;
	}
	/* Trailers come behind the body and are of no interest. */
	if (str_starts(line, STR("HTTP/"))) {
		t->head_done = false;
		take_status(t, line);
	} else if (str_trim(line).len == 0) {
		t->head_done = true;
	} else if (!t->head_done) {
		take_header(t, line);
	}
	return line.len;
}

static size_t
on_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	struct http_response *r = t->response;
	size_t len = size * count;
	int rc;

	t->got_bytes = true;
	if (t->request->body_max > 0 &&
	    len > t->request->body_max - r->body_bytes) {
		t->body_rc = -ERR_TOO_LARGE;
		return 0;
	}
	r->body_bytes += len;
	if (t->request->on_body == NULL || len == 0)
		return len;
	rc = t->request->on_body(r, str_make(bytes, len), t->request->ctx);
	if (rc > 0 && !t->enough) {
		t->enough = true;
		t->enough_at_ms = clock_now_ms();
	}
	if (rc >= 0)
		return len;
	t->body_rc = rc;
	t->body_rc_is_callers = true;
	return 0;
}

static int
add_header(struct transfer *t, const char *line, struct error *err)
{
	struct curl_slist *list =
	    t->http->api->slist_append(t->headers, line);

	if (list == NULL)
		return error_set(err, ERR_NO_MEMORY, "no memory for headers");
	t->headers = list;
	return 0;
}

static bool
has_controls(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return true;
	return false;
}

static int
add_plain_headers(struct transfer *t, struct error *err)
{
	struct str rest = str_from(t->request->headers), line;
	int rc = 0;

	while (rc == 0 && str_next_field(&rest, '\n', &line)) {
		CLEANUP(free_ptr) char *text = NULL;

		if (line.len == 0)
			continue;
		if (has_controls(line))
			return error_set(err, ERR_INVALID,
			    "a request header holds control characters");
		text = str_dup(line);
		rc = add_header(t, text, err);
	}
	return rc;
}

static int
add_secret_header(struct transfer *t, struct error *err)
{
	struct str secret = secret_reveal(t->request->secret);
	const char *prefix = t->request->secret_prefix;
	size_t prefix_len = strlen(prefix);
	char *line;
	int rc;

	if (has_controls(secret))
		return error_set(err, ERR_INVALID,
		    "the API key holds line ends or control characters");
	line = mem_alloc(prefix_len + secret.len + 1, 1);
	memcpy(line, prefix, prefix_len);
	if (secret.len > 0)
		memcpy(line + prefix_len, secret.ptr, secret.len);
	rc = add_header(t, line, err);
	explicit_bzero(line, prefix_len + secret.len);
	free(line);
	return rc;
}

static int
add_headers(struct transfer *t, struct error *err)
{
	/* Without this, curl waits up to a second for "100 Continue" before
	 * it sends a large body. */
	int rc = add_header(t, "Expect:", err);

	if (rc == 0)
		rc = add_plain_headers(t, err);
	if (rc == 0 && t->request->secret != NULL)
		rc = add_secret_header(t, err);
	return rc;
}

static void
free_headers(struct transfer *t)
{
	for (struct curl_slist *i = t->headers; i != NULL; i = i->next)
		explicit_bzero(i->data, strlen(i->data));
	t->http->api->slist_free_all(t->headers);
}

#define SET(option, value) api->easy_setopt(easy, CURLOPT_##option, value)

static void
set_trust(const struct http *h)
{
	const struct curl_api *api = h->api;
	const char *file = variable("CURL_CA_BUNDLE");
	const char *folder = variable("SSL_CERT_DIR");
	CURL *easy = h->easy;

	if (file == NULL)
		file = variable("SSL_CERT_FILE");
	if (file != NULL)
		SET(CAINFO, file);
	if (folder != NULL)
		SET(CAPATH, folder);
}

static void
set_proxy(const struct transfer *t)
{
	const struct curl_api *api = t->http->api;
	CURL *easy = t->http->easy;

	if (t->http->guard.profile == URL_GUARD_PUBLIC)
		SET(PROXY, "");
	else if (url_is_loopback(&t->url))
		SET(NOPROXY, "*");
}

static void
set_method(const struct transfer *t)
{
	const struct curl_api *api = t->http->api;
	const struct http_request *q = t->request;
	CURL *easy = t->http->easy;

	if (q->body.ptr != NULL) {
		SET(POSTFIELDSIZE_LARGE, (curl_off_t)q->body.len);
		SET(POSTFIELDS, q->body.ptr);
	}
	if (q->method != NULL && strcmp(q->method, "HEAD") == 0)
		SET(NOBODY, 1L);
	else if (q->method != NULL)
		SET(CUSTOMREQUEST, q->method);
}

static void
set_options(struct transfer *t, const char *url)
{
	const struct curl_api *api = t->http->api;
	CURL *easy = t->http->easy;

	SET(URL, url);
	SET(PROTOCOLS_STR, "http,https");
	SET(FOLLOWLOCATION, 0L);
	SET(NOSIGNAL, 1L);
	SET(QUICK_EXIT, 1L); /* a cancel does not wait for the resolver */
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(TCP_NODELAY, 1L);
	SET(TCP_KEEPALIVE, 1L);
	SET(ACCEPT_ENCODING, "gzip");
	SET(BUFFERSIZE, (long)READ_BUFFER);
	SET(USERAGENT, "friday/" FRIDAY_VERSION);
	SET(HTTPHEADER, t->headers);
	SET(ERRORBUFFER, t->curl_words);
	SET(OPENSOCKETFUNCTION, on_open_socket);
	SET(OPENSOCKETDATA, t);
	SET(HEADERFUNCTION, on_header);
	SET(HEADERDATA, t);
	SET(WRITEFUNCTION, on_bytes);
	SET(WRITEDATA, t);
	if (t->request->connect_timeout_ms > 0)
		SET(CONNECTTIMEOUT_MS, (long)t->request->connect_timeout_ms);
	set_method(t);
	set_proxy(t);
	set_trust(t->http);
}

static int
fail_with(const struct transfer *t, CURLcode code, struct error *err)
{
	const struct curl_api *api = t->http->api;
	struct error fault;
	long connect_status = 0;

	if (t->body_rc != 0 && t->body_rc_is_callers)
		return t->body_rc;
	if (t->body_rc != 0)
		return error_set(err, (enum error_code)-t->body_rc,
		    "the answer of %.150s is too long", t->url.host);
	if (t->blocked && code == CURLE_COULDNT_CONNECT)
		return error_set(err, ERR_NET_BLOCKED,
		    "%.150s is at a private or special address: only public "
		    "addresses may be fetched", t->url.host);
	/* curl reports a refused tunnel as any lost connection. */
	api->easy_getinfo(t->http->easy, CURLINFO_HTTP_CONNECTCODE,
	    &connect_status);
	if (connect_status >= 300)
		return error_set(err, ERR_NET_PROXY,
		    "the proxy refuses to reach %.150s (HTTP %ld)", t->url.host,
		    connect_status);
	curl_fault(code, &t->url, t->curl_words[0] != '\0' ?
		t->curl_words : api->easy_strerror(code), &fault);
	/* Somebody behind a proxy must not look for a broken server. */
	if (t->http->guard.profile == URL_GUARD_PUBLIC &&
	    (variable("https_proxy") != NULL ||
		variable("HTTPS_PROXY") != NULL))
		error_detail(&fault, "public pages are fetched directly, never "
		    "through the proxy that is set");
	if (err != NULL)
		*err = fault;
	return -(int)fault.code;
}

/* The two clocks that curl has not: until the head begins, and between two
 * pieces. Zero: time is left, in *ret_wait_ms. */
static int
check_times(const struct transfer *t, int64_t start_ms, int64_t last_ms,
    int *ret_wait_ms, struct error *err)
{
	const struct http_request *q = t->request;
	int64_t now = clock_now_ms(), wait = WAIT_MAX_MS, left;
	int limit = t->head_begun ? q->idle_timeout_ms :
				    q->first_byte_timeout_ms;

	if (q->total_timeout_ms > 0) {
		left = start_ms + q->total_timeout_ms - now;
		if (left <= 0)
			return error_set(err, ERR_NET_TIMEOUT,
			    "%.150s did not finish its answer within %d ms",
			    t->url.host, q->total_timeout_ms);
		wait = left < wait ? left : wait;
	}
	if (limit > 0) {
		left = (t->head_begun ? last_ms : start_ms) + limit - now;
		if (left <= 0 && t->head_begun)
			return error_set(err, ERR_NET_IDLE,
			    "%.150s sent nothing for %d ms in the middle of "
			    "its answer", t->url.host, limit);
		if (left <= 0)
			return error_set(err, ERR_NET_TIMEOUT,
			    "%.150s did not answer within %d ms", t->url.host,
			    limit);
		wait = left < wait ? left : wait;
	}
	*ret_wait_ms = (int)wait;
	return 0;
}

static int
take_result(const struct transfer *t, struct error *err)
{
	CURLcode result = CURLE_RECV_ERROR;
	CURLMsg *message;
	int left;

	while ((message = t->http->api->multi_info_read(t->http->multi,
		    &left)) != NULL)
		if (message->msg == CURLMSG_DONE)
			result = message->data.result;
	/* A connection lost behind what was wanted harms nobody. */
	if (result == CURLE_OK || (t->enough && t->body_rc == 0))
		return 0;
	return fail_with(t, result, err);
}

/* How long to wait for the end of a body that nobody wants; 0: long enough. */
static int
linger_ms(const struct transfer *t)
{
	int64_t left = t->enough_at_ms + HTTP_LINGER_MS - clock_now_ms();

	return left > 0 ? (int)left : 0;
}

static int
run(struct transfer *t, struct error *err)
{
	const struct curl_api *api = t->http->api;
	struct cancel *cancel = t->request->cancel;
	struct curl_waitfd extra = { .fd = cancel_fd(cancel),
		.events = CURL_WAIT_POLLIN };
	int64_t start_ms = clock_now_ms(), last_ms = start_ms;
	int running = 1, wait_ms = 0;

	for (;;) {
		int rc = cancel_check(cancel, err);

		if (rc != 0)
			return rc;
		if (api->multi_perform(t->http->multi, &running) != CURLM_OK)
			return fail_with(t, CURLE_OUT_OF_MEMORY, err);
		if (running == 0)
			return take_result(t, err);
		if (t->got_bytes)
			last_ms = clock_now_ms();
		t->got_bytes = false;
		if (t->enough)
			wait_ms = linger_ms(t);
		else
			rc = check_times(t, start_ms, last_ms, &wait_ms, err);
		if (rc != 0 || wait_ms == 0)
			return rc;
		if (api->multi_poll(t->http->multi, &extra,
			extra.fd >= 0 ? 1 : 0, wait_ms, NULL) != CURLM_OK)
			return fail_with(t, CURLE_OUT_OF_MEMORY, err);
	}
}

static int
perform(struct transfer *t, const char *url, struct error *err)
{
	const struct curl_api *api = t->http->api;
	int rc = add_headers(t, err);

	if (rc == 0) {
		set_options(t, url);
		if (api->multi_add_handle(t->http->multi, t->http->easy) ==
		    CURLM_OK)
			rc = run(t, err);
		else
			rc = fail_with(t, CURLE_OUT_OF_MEMORY, err);
		/* A transfer that is not over loses its connection here. */
		api->multi_remove_handle(t->http->multi, t->http->easy);
	}
	/* Nothing of this call stays behind but the connections. */
	api->easy_reset(t->http->easy);
	free_headers(t);
	return rc;
}

int
http_perform(struct http *h, const struct http_request *request,
    struct http_response *ret, struct error *err)
{
	CLEANUP_BUF struct buf url = BUF_INIT(2 * URL_MAX);
	struct transfer t = { .http = h, .request = request, .response = ret };
	struct pipe_hold hold;
	int rc;

	*ret = (struct http_response){ .retry_after_ms = -1 };
	rc = url_parse(request->url, &t.url, err);
	if (rc == 0)
		rc = url_guard_check(&h->guard, &t.url, err);
	if (rc == 0)
		rc = url_print(&t.url, &url);
	if (rc == 0)
		rc = cancel_check(request->cancel, err);
	if (rc != 0)
		return rc;
	pipe_hold(&hold);
	rc = perform(&t, buf_text(&url), err);
	pipe_release(&hold);
	return rc;
}
