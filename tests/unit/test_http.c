/* http: one request after the other against a scripted loopback server. */
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "net/http.h"
#include "tests/unit/http_server.h"
#include "tests/unit/unit.h"

struct fixture {
	struct http_server *server;
	struct http *http;
	struct buf body;
	struct cancel cancel;
	struct http_response response;
	struct error err;
};

static int
keep_body(const struct http_response *response, struct str bytes, void *ctx)
{
	struct fixture *f = ctx;

	assert_int_not_equal(response->status, 0);
	return buf_add_str(&f->body, bytes);
}

static void
begin(struct fixture *f, const struct http_reply *replies, size_t n)
{
	struct url_guard guard;

	*f = (struct fixture){ .body = BUF_INIT(64 * MIB) };
	f->server = http_server_start(replies, n);
	assert_int_equal(url_guard_origin(&guard,
	    str_from(http_server_url(f->server)), &f->err), 0);
	assert_int_equal(http_create(&guard, &f->http, &f->err), 0);
	assert_int_equal(cancel_init(&f->cancel, &f->err), 0);
}

static void
end(struct fixture *f)
{
	http_destroy(f->http);
	http_server_stop(f->server);
	cancel_release(&f->cancel);
	buf_release(&f->body);
}

static int
request(struct fixture *f, struct http_request q)
{
	struct str url = q.url;

	if (url.ptr == NULL)
		url = str_from(http_server_url(f->server));
	q.url = url;
	q.cancel = &f->cancel;
	if (q.on_body == NULL)
		q.on_body = keep_body;
	q.ctx = f;
	buf_clear(&f->body);
	return http_perform(f->http, &q, &f->response, &f->err);
}

#define OK "HTTP/1.1 200 OK\r\n"

static void
test_get(void **state)
{
	static const struct http_reply replies[] = { {
	    .bytes = OK "Content-Type: text/plain; charset=utf-8\r\n"
	       "Content-Length: 5\r\n\r\nhello" } };
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	assert_int_equal(f.response.status, 200);
	assert_string_equal(f.response.content_type,
	    "text/plain; charset=utf-8");
	assert_int_equal(f.response.retry_after_ms, -1);
	assert_int_equal(f.response.body_bytes, 5);
	assert_string_equal(buf_text(&f.body), "hello");
	assert_non_null(strstr(http_server_request(f.server, 0),
	    "GET / HTTP/1.1\r\n"));
	assert_non_null(strstr(http_server_request(f.server, 0),
	    "User-Agent: friday/"));
	assert_non_null(strstr(http_server_request(f.server, 0),
	    "Accept-Encoding: gzip\r\n"));
	end(&f);
}

static void
test_post_with_secret(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 0\r\n\r\n" }
	};
	struct secret *key = secret_create(STR("s3cret"));
	struct fixture f;
	const char *text;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){
	    .headers = "Content-Type: application/json\nX-A: b\n",
	    .secret_prefix = "Authorization: Bearer ", .secret = key,
	    .body = STR("{}") }), 0);
	text = http_server_request(f.server, 0);
	assert_non_null(strstr(text, "POST / HTTP/1.1\r\n"));
	assert_non_null(strstr(text, "Authorization: Bearer s3cret\r\n"));
	assert_non_null(strstr(text, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(text, "X-A: b\r\n"));
	assert_null(strstr(text, "Expect:"));
	assert_non_null(strstr(text, "\r\n\r\n{}"));
	secret_destroy(key);
	end(&f);
}

static void
test_header_injection_is_refused(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 0\r\n\r\n" }
	};
	struct secret *key = secret_create(STR("a\r\nX: y"));
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){
	    .secret_prefix = "Authorization: Bearer ", .secret = key }),
	    -ERR_INVALID);
	assert_null(strstr(f.err.message, "X: y"));
	assert_int_equal(request(&f, (struct http_request){
	    .headers = "X-A: b\r\n" }), -ERR_INVALID);
	assert_int_equal(http_server_requests(f.server), 0);
	secret_destroy(key);
	end(&f);
}

static void
test_connection_is_kept(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 1\r\n\r\na" }
	};
	struct fixture f;

	begin(&f, replies, 1);
	for (int i = 0; i < 3; i++)
		assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	assert_int_equal(http_server_requests(f.server), 3);
	assert_int_equal(http_server_connections(f.server), 1);
	end(&f);
}

static void
test_secret_does_not_stay(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 1\r\n\r\na" }
	};
	struct secret *key = secret_create(STR("s3cret"));
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){
	    .secret_prefix = "x-api-key: ", .secret = key }), 0);
	assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	assert_non_null(strstr(http_server_request(f.server, 0), "s3cret"));
	assert_null(strstr(http_server_request(f.server, 1), "s3cret"));
	secret_destroy(key);
	end(&f);
}

static void
test_chunked_and_split(void **state)
{
	static const struct http_reply replies[] = { {
	    .bytes = OK "Transfer-Encoding: chunked\r\n\r\n"
	       "3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n",
	    .step = 1 } };
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	assert_string_equal(buf_text(&f.body), "abcde");
	end(&f);
}

static void
test_status_and_retry_after(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = "HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\n"
		  "Content-Length: 2\r\n\r\nno" },
		{ .bytes = "HTTP/1.1 503 Busy\r\nretry-after: 9\r\n"
		  "Retry-After-Ms: 1500\r\nContent-Length: 0\r\n\r\n" },
		{ .bytes = "HTTP/1.1 100 Continue\r\nRetry-After: 3\r\n\r\n"
		  "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n" },
	};
	struct fixture f;

	begin(&f, replies, 3);
	assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	assert_int_equal(f.response.status, 429);
	assert_int_equal(f.response.retry_after_ms, 7000);
	assert_string_equal(buf_text(&f.body), "no");
	assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	assert_int_equal(f.response.status, 503);
	assert_int_equal(f.response.retry_after_ms, 1500);
	assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	assert_int_equal(f.response.status, 500);
	assert_int_equal(f.response.retry_after_ms, -1);
	end(&f);
}

static void
test_redirect_is_not_followed(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = "HTTP/1.1 302 Found\r\nLocation: /other\r\n"
		  "Content-Length: 0\r\n\r\n" },
	};
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	assert_int_equal(f.response.status, 302);
	assert_string_equal(f.response.location, "/other");
	assert_int_equal(http_server_requests(f.server), 1);
	end(&f);
}

/* printf 'hello hello hello' | gzip -n */
static void
test_gzip(void **state)
{
	static const char reply[] = OK
	    "Content-Encoding: gzip\r\nContent-Length: 28\r\n\r\n"
	    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x57"
	    "\xc8\x40\x90\x00\x80\x88\xf9\xe5\x11\x00\x00\x00";
	struct http_reply replies[] = { { .bytes = reply,
	    .len = sizeof(reply) - 1 } };
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	assert_string_equal(buf_text(&f.body), "hello hello hello");
	end(&f);
}

static void
test_body_ceiling(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 10\r\n\r\n0123456789" }
	};
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){ .body_max = 10 }),
	    0);
	assert_int_equal(request(&f, (struct http_request){ .body_max = 9 }),
	    -ERR_TOO_LARGE);
	end(&f);
}

static int
refuse_body(const struct http_response *response, struct str bytes, void *ctx)
{
	return -ERR_LLM_PROTOCOL;
}

static void
test_body_callback_ends_it(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 10\r\n\r\n012",
		    .after = HTTP_HANG }
	};
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){
	    .on_body = refuse_body }), -ERR_LLM_PROTOCOL);
	assert_true(http_server_wait_closed(f.server, 1));
	end(&f);
}

static int
enough_body(const struct http_response *response, struct str bytes, void *ctx)
{
	return HTTP_ENOUGH;
}

static void
test_enough_is_success(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 3\r\n\r\n012" },
		{ .bytes = OK "Content-Length: 10\r\n\r\n012",
		    .after = HTTP_HANG },
		{ .bytes = OK "Content-Length: 10\r\n\r\n012",
		    .after = HTTP_RESET },
	};
	struct fixture f;

	begin(&f, replies, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(request(&f, (struct http_request){
		    .on_body = enough_body }), 0);
	/* The first was kept for the second, which was closed by us. */
	assert_int_equal(http_server_connections(f.server), 2);
	end(&f);
}

static int
cancel_body(const struct http_response *response, struct str bytes, void *ctx)
{
	struct fixture *f = ctx;

	cancel_raise(&f->cancel, CANCEL_STOP);
	return 0;
}

static void
test_cancel_closes_the_stream(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 10\r\n\r\n012",
		    .after = HTTP_HANG }
	};
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){
	    .on_body = cancel_body }), -ERR_CANCELLED);
	assert_true(http_server_wait_closed(f.server, 1));
	end(&f);
}

static void *
raise_later(void *ctx)
{
	struct fixture *f = ctx;

	while (http_server_requests(f->server) == 0)
		sched_yield();
	cancel_raise(&f->cancel, CANCEL_STOP);
	return NULL;
}

static void
test_cancel_from_another_thread(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = "", .after = HTTP_HANG }
	};
	struct fixture f;
	pthread_t thread;

	begin(&f, replies, 1);
	pthread_create(&thread, NULL, raise_later, &f);
	assert_int_equal(request(&f, (struct http_request){ 0 }),
	    -ERR_CANCELLED);
	pthread_join(thread, NULL);
	assert_true(http_server_wait_closed(f.server, 1));
	end(&f);
}

static void
test_faults(void **state)
{
	static const struct {
		struct http_reply reply;
		enum error_code code;
	} faults[] = {
		{ { .bytes = "", .after = HTTP_CLOSE }, ERR_NET_DROPPED },
		{ { .bytes = OK "Content-Length: 9\r\n\r\n012",
		      .after = HTTP_CLOSE }, ERR_NET_DROPPED },
		{ { .bytes = OK "Content-Length: 9\r\n\r\n012",
		      .after = HTTP_RESET }, ERR_NET_DROPPED },
		{ { .bytes = OK "Transfer-Encoding: chunked\r\n\r\n"
				"3\r\nabc\r\n",
		      .after = HTTP_CLOSE }, ERR_NET_DROPPED },
		{ { .bytes = OK "Transfer-Encoding: chunked\r\n\r\n"
				"zz\r\nabc\r\n",
		      .after = HTTP_CLOSE }, ERR_NET_DROPPED },
		{ { .bytes = "SSH-2.0-OpenSSH\r\n", .after = HTTP_CLOSE },
		    ERR_PROTOCOL },
		{ { .bytes = OK "Content-Encoding: gzip\r\n"
				"Content-Length: 4\r\n\r\nnope" },
		    ERR_PROTOCOL },
		{ { .bytes = "", .after = HTTP_HANG }, ERR_NET_TIMEOUT },
		{ { .bytes = OK "Content-Length: 9\r\n\r\n012",
		      .after = HTTP_HANG }, ERR_NET_IDLE },
	};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct fixture f;
		int rc;

		begin(&f, &faults[i].reply, 1);
		rc = request(&f, (struct http_request){
		    .first_byte_timeout_ms = 200, .idle_timeout_ms = 200 });
		if (rc != -(int)faults[i].code)
			fail_msg("%zu: %d %s (%s)", i, rc, f.err.message,
			    f.err.details);
		assert_non_null(strstr(f.err.message, "127.0.0.1"));
		end(&f);
	}
}

static void
test_total_time(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 9\r\n\r\n012",
		    .after = HTTP_HANG }
	};
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){
	    .total_timeout_ms = 50 }), -ERR_NET_TIMEOUT);
	end(&f);
}

static void
test_nobody_listens(void **state)
{
	static const struct http_reply replies[] = { { .bytes = "" } };
	struct fixture f;
	char url[64];

	begin(&f, replies, 1);
	snprintf(url, sizeof(url), "%s", http_server_url(f.server));
	http_server_stop(f.server);
	assert_int_equal(request(&f, (struct http_request){
	    .url = str_from(url) }), -ERR_NET_CONNECT);
	assert_true(f.err.retryable);
	f.server = http_server_start(replies, 1);
	end(&f);
}

static void
test_guard_holds(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 1\r\n\r\na" }
	};
	struct url_guard guard;
	struct http *outer;
	struct fixture f;

	begin(&f, replies, 1);
	assert_int_equal(request(&f, (struct http_request){
	    .url = STR("http://127.0.0.2/") }), -ERR_NET_BLOCKED);
	/* Public fetch, by name and by address of this machine. */
	url_guard_public(&guard, false);
	assert_int_equal(http_create(&guard, &outer, &f.err), 0);
	for (int i = 0; i < 2; i++) {
		struct http_response response;
		char url[64];

		snprintf(url, sizeof(url), "http://%s:%u/",
		    i == 0 ? "localhost" : "0.0.0.0",
		    http_server_port(f.server));
		assert_int_equal(http_perform(outer, &(struct http_request){
		    .url = str_from(url) }, &response, &f.err),
		    -ERR_NET_BLOCKED);
	}
	http_destroy(outer);
	assert_int_equal(http_server_connections(f.server), 0);
	/* A user's own wish. */
	url_guard_public(&guard, true);
	assert_int_equal(http_create(&guard, &outer, &f.err), 0);
	assert_int_equal(http_perform(outer, &(struct http_request){
	    .url = str_from(http_server_url(f.server)) }, &f.response,
	    &f.err), 0);
	http_destroy(outer);
	end(&f);
}

/* A name that resolves to this machine, which only the connection shows. */
static void
test_guard_judges_after_resolution(void **state)
{
	static const struct http_reply replies[] = { { .bytes = "" } };
	struct http_response response;
	char name[256], url[300];
	struct url_guard guard;
	struct http *outer;
	struct fixture f;
	int rc;

	begin(&f, replies, 1);
	url_guard_public(&guard, false);
	assert_int_equal(gethostname(name, sizeof(name)), 0);
	snprintf(url, sizeof(url), "http://%s:%u/", name,
	    http_server_port(f.server));
	assert_int_equal(http_create(&guard, &outer, &f.err), 0);
	rc = http_perform(outer, &(struct http_request){
	    .url = str_from(url) }, &response, &f.err);
	/* A machine that does not know its own name cannot show it. */
	if (rc != -ERR_NET_RESOLVE)
		assert_int_equal(rc, -ERR_NET_BLOCKED);
	assert_int_equal(http_server_connections(f.server), 0);
	http_destroy(outer);
	end(&f);
}

static void
test_proxy_is_not_for_loopback(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 1\r\n\r\na" }
	};
	struct fixture f;

	begin(&f, replies, 1);
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	assert_int_equal(request(&f, (struct http_request){ 0 }), 0);
	unsetenv("http_proxy");
	end(&f);
}

static void
test_proxy_is_used(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK "Content-Length: 1\r\n\r\na" }
	};
	struct url_guard guard;
	struct http *outer;
	struct fixture f;

	begin(&f, replies, 1);
	setenv("http_proxy", http_server_url(f.server), 1);
	url_guard_origin(&guard, STR("http://model.invalid"), &f.err);
	assert_int_equal(http_create(&guard, &outer, &f.err), 0);
	assert_int_equal(http_perform(outer, &(struct http_request){
	    .url = STR("http://model.invalid/x") }, &f.response, &f.err), 0);
	assert_non_null(strstr(http_server_request(f.server, 0),
	    "GET http://model.invalid/x HTTP/1.1"));
	unsetenv("http_proxy");
	http_destroy(outer);
	end(&f);
}

static void
test_proxy_that_refuses(void **state)
{
	static const struct http_reply replies[] = { { .bytes =
	    "HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n",
	    .after = HTTP_CLOSE } };
	struct url_guard guard;
	struct http *outer;
	struct fixture f;

	begin(&f, replies, 1);
	setenv("https_proxy", http_server_url(f.server), 1);
	url_guard_origin(&guard, STR("https://model.invalid"), &f.err);
	assert_int_equal(http_create(&guard, &outer, &f.err), 0);
	assert_int_equal(http_perform(outer, &(struct http_request){
	    .url = STR("https://model.invalid/x") }, &f.response, &f.err),
	    -ERR_NET_PROXY);
	assert_non_null(strstr(f.err.message, "407"));
	assert_non_null(strstr(http_server_request(f.server, 0),
	    "CONNECT model.invalid:443"));
	unsetenv("https_proxy");
	http_destroy(outer);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_post_with_secret),
		cmocka_unit_test(test_header_injection_is_refused),
		cmocka_unit_test(test_connection_is_kept),
		cmocka_unit_test(test_secret_does_not_stay),
		cmocka_unit_test(test_chunked_and_split),
		cmocka_unit_test(test_status_and_retry_after),
		cmocka_unit_test(test_redirect_is_not_followed),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_body_ceiling),
		cmocka_unit_test(test_body_callback_ends_it),
		cmocka_unit_test(test_enough_is_success),
		cmocka_unit_test(test_cancel_closes_the_stream),
		cmocka_unit_test(test_cancel_from_another_thread),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_total_time),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_guard_holds),
		cmocka_unit_test(test_guard_judges_after_resolution),
		cmocka_unit_test(test_proxy_is_not_for_loopback),
		cmocka_unit_test(test_proxy_is_used),
		cmocka_unit_test(test_proxy_that_refuses),
	};

	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	unsetenv("all_proxy");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
