/* client: attempts, retries, breaker, fall-backs and what odd servers send,
 * with a wire format of the test's own against scripted loopback servers. */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "llm/client.h"
#include "llm/offline.h"
#include "tests/unit/http_server.h"
#include "tests/unit/unit.h"

/* A format as small as can be: {"t":"text"}, {"call":"name"}, {"end":true},
 * {"error":…}. */
static int
fake_encode(const struct provider *p, const struct model *m,
    const struct llm_request *request, struct wire_http *out,
    struct error *err)
{
	buf_add_cstr(&out->path, "/chat");
	buf_add_cstr(&out->headers, "X-Wire: fake\n");
	return buf_printf(&out->body, "{\"model\":\"%s\"}", request->model);
}

static int
fake_decode(void *state, struct reply *r, struct str event,
    const struct json *data, struct error *err)
{
	int rc = reply_text(r, 0, json_get_str(data, "t"), err);

	if (rc == 0 && json_get_str(data, "call").len > 0)
		rc = reply_call(r, 0, STR("id"), json_get_str(data, "call"),
		    err);
	if (json_get_bool(data, "end", false)) {
		r->finished = true;
		reply_stop(r, STOP_END_TURN);
	}
	if (json_get(data, "error") != NULL)
		rc = wire_stream_error(json_get(data, "error"), err);
	return rc;
}

static int
fake_finish(void *state, struct reply *r, struct error *err)
{
	if (r->finished)
		return 0;
	return error_set(err, ERR_LLM_DROPPED, "the answer was cut off");
}

static int
fake_models(const struct json *page,
    void (*add)(struct str id, int64_t context_tokens, void *ctx), void *ctx,
    struct error *err)
{
	const struct json *list = json_get(page, "data");

	for (const struct json *i = json_first(list); i; i = json_next(i))
		add(json_get_str(i, "id"), 0, ctx);
	return 0;
}

static const struct wire fakes[] = {
	{ .name = "fake", .framing = WIRE_SSE, .encode = fake_encode,
	    .decode = fake_decode, .finish = fake_finish,
	    .models_path = "/models", .models = fake_models },
	{ .name = "fake-lines", .framing = WIRE_NDJSON, .encode = fake_encode,
	    .decode = fake_decode, .finish = fake_finish },
};

/* In the place of the real table. */
const struct wire *
wire_by_name(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(fakes); i++)
		if (str_eq_c(name, fakes[i].name))
			return &fakes[i];
	return NULL;
}

int
offline_complete(const struct llm_request *request, struct reply *ret,
    struct error *err)
{
	return reply_text(ret, 0, STR("no model"), err);
}

#define SSE "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"         \
	    "Connection: close\r\n\r\n"
#define HELLO SSE "data: {\"t\":\"hel\"}\n\ndata: {\"t\":\"lo\"}\n\n"         \
		  "data: {\"end\":true}\n\n"
#define BUSY "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"

enum { TARGETS_MAX = 3 };

struct fixture {
	struct http_server *servers[TARGETS_MAX];
	struct provider providers[TARGETS_MAX];
	struct llm_target targets[TARGETS_MAX];
	size_t n;
	struct secret *key;
	struct catalog *catalog;
	struct llm_client_opts opts;
	struct llm_client *client;
	struct cancel cancel;
	struct buf shown; /* what the sink got */
	bool cancel_on_text;
	struct buf retries; /* what on_retry was told */
	struct breaker_state breaker;
	int used;
	struct reply reply;
	const struct llm_target *target;
	struct error err;
};

static void
add_target(struct fixture *f, const struct http_reply *replies, size_t n)
{
	static const char *const names[] = { "one", "two", "three" };
	size_t i = f->n++;

	f->servers[i] = http_server_start(replies, n);
	f->providers[i] = (struct provider){ .name = names[i],
		.wire = "fake", .auth = AUTH_BEARER,
		.base_url = http_server_url(f->servers[i]) };
	f->targets[i] = (struct llm_target){ .provider = &f->providers[i],
		.model = "m", .key = f->key };
}

static void
on_retry(int attempt, int delay_ms, const char *provider,
    const struct error *reason, void *ctx)
{
	struct fixture *f = ctx;

	buf_printf(&f->retries, "%d %s %s;", attempt, provider,
	    error_name(reason->code));
}

static void
begin(struct fixture *f)
{
	*f = (struct fixture){ .shown = BUF_INIT(MIB), .retries = BUF_INIT(MIB),
		.opts = LLM_CLIENT_OPTS_INIT };
	f->key = secret_create(STR("s3cret"));
	f->opts.retry_first_ms = 1;
	f->opts.first_byte_timeout_ms = 5000;
	f->opts.idle_timeout_ms = 5000;
	f->opts.on_retry = on_retry;
	f->opts.ctx = f;
	assert_int_equal(catalog_create(NULL, NULL, &f->catalog, &f->err), 0);
	assert_int_equal(cancel_init(&f->cancel, &f->err), 0);
}

static void
end(struct fixture *f)
{
	if (f->reply.message != NULL)
		reply_release(&f->reply);
	llm_client_destroy(f->client);
	for (size_t i = 0; i < f->n; i++)
		if (f->servers[i] != NULL)
			http_server_stop(f->servers[i]);
	catalog_destroy(f->catalog);
	secret_destroy(f->key);
	cancel_release(&f->cancel);
	buf_release(&f->shown);
	buf_release(&f->retries);
}

static void
show(struct str text, void *ctx)
{
	struct fixture *f = ctx;

	buf_add_str(&f->shown, text);
	if (f->cancel_on_text)
		cancel_raise(&f->cancel, CANCEL_STOP);
}

static int
complete(struct fixture *f)
{
	struct reply_sink sink = { .text = show, .ctx = f };
	struct llm_request request = { .model = "ignored" };

	if (f->client == NULL) {
		f->opts.targets = f->targets;
		f->opts.n_targets = f->n;
		f->opts.catalog = f->catalog;
		assert_int_equal(llm_client_create(&f->opts, &f->client,
		    &f->err), 0);
	}
	if (f->reply.message != NULL)
		reply_release(&f->reply);
	buf_clear(&f->shown);
	buf_clear(&f->retries);
	return llm_client_complete(f->client, &request, &sink, &f->cancel,
	    &f->reply, &f->target, &f->err);
}

static void
test_answer(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = HELLO, .after = HTTP_CLOSE }
	};
	struct fixture f;
	const char *sent;

	begin(&f);
	add_target(&f, replies, 1);
	f.providers[0].headers = "X-Row: 1";
	f.providers[0].query = "api-version=2";
	assert_int_equal(complete(&f), 0);
	assert_string_equal(buf_text(&f.shown), "hello");
	assert_ptr_equal(f.target, &f.targets[0]);
	assert_int_equal(f.reply.stop, STOP_END_TURN);
	sent = http_server_request(f.servers[0], 0);
	assert_non_null(strstr(sent, "POST /chat?api-version=2 HTTP/1.1"));
	assert_non_null(strstr(sent, "Authorization: Bearer s3cret\r\n"));
	assert_non_null(strstr(sent, "X-Row: 1\r\n"));
	assert_non_null(strstr(sent, "X-Wire: fake\r\n"));
	assert_non_null(strstr(sent, "{\"model\":\"m\"}"));
	end(&f);
}

/* What odd servers send, and what becomes of it without retries. */
static const struct {
	const char *name;
	struct http_reply reply;
	enum error_code code;
	const char *shown;
} odd[] = {
	{ "[DONE], then noise", { .bytes = SSE "data: {\"t\":\"a\"}\n\n"
	      "data: [DONE]\n\ndata: {\"t\":\"b\"}\n\n",
	      .after = HTTP_CLOSE }, 0, "a" },
	{ "[DONE], then silence", { .bytes = SSE "data: {\"t\":\"a\"}\n\n"
	      "data: [DONE]\n\n", .after = HTTP_HANG }, 0, "a" },
	{ "[DONE], then a reset", { .bytes = SSE "data: {\"t\":\"a\"}\n\n"
	      "data: [DONE]\n\n", .after = HTTP_RESET }, 0, "a" },
	{ "no [DONE]", { .bytes = HELLO, .after = HTTP_CLOSE }, 0, "hello" },
	{ "byte by byte", { .bytes = HELLO, .step = 1, .after = HTTP_CLOSE },
	    0, "hello" },
	{ "last blank line missing", { .bytes = SSE "data: {\"t\":\"a\"}\n\n"
	      "data: {\"end\":true}\n", .after = HTTP_CLOSE }, 0, "a" },
	{ "comments and pings", { .bytes = SSE ": hi\n\ndata: ping\n\n"
	      "data:\n\nevent: ping\ndata: {}\n\n"
	      "data: {\"t\":\"a\",\"end\":true}\n\n",
	      .after = HTTP_CLOSE }, 0, "a" },
	{ "no content type", { .bytes = "HTTP/1.1 200 OK\r\n\r\n"
	      "data: {\"t\":\"a\",\"end\":true}\n\n",
	      .after = HTTP_CLOSE }, 0, "a" },
	{ "no end", { .bytes = SSE "data: {\"t\":\"a\"}\n\n",
	      .after = HTTP_CLOSE }, ERR_LLM_DROPPED, "a" },
	{ "cut inside an event", { .bytes = SSE "data: {\"t\":\"a\"}\n\n"
	      "data: {\"t\":", .after = HTTP_CLOSE }, ERR_LLM_DROPPED, "a" },
	{ "nothing", { .bytes = SSE, .after = HTTP_CLOSE }, ERR_LLM_DROPPED,
	    "" },
	{ "broken JSON", { .bytes = SSE "data: {\"t\":}\n\n",
	      .after = HTTP_CLOSE }, ERR_LLM_PROTOCOL, "" },
	{ "an error in the stream", { .bytes = SSE "data: {\"t\":\"a\"}\n\n"
	      "data: {\"error\":{\"type\":\"overloaded_error\","
	      "\"message\":\"Overloaded\"}}\n\n", .after = HTTP_CLOSE },
	    ERR_LLM_OVERLOADED, "a" },
	{ "an error under 200", { .bytes = "HTTP/1.1 200 OK\r\n"
	      "Content-Type: application/json\r\n\r\n"
	      "{\"error\":{\"type\":\"rate_limit_error\",\"message\":\"x\"}}",
	      .after = HTTP_CLOSE }, ERR_LLM_RATE_LIMITED, "" },
	{ "an error in an array", { .bytes = "HTTP/1.1 200 OK\r\n\r\n"
	      "[{\"error\":{\"status\":\"UNAVAILABLE\",\"message\":\"x\"}}]",
	      .after = HTTP_CLOSE }, ERR_LLM_OVERLOADED, "" },
	{ "an error under a stream's type", { .bytes = SSE
	      "{\"error\":{\"type\":\"rate_limit_error\",\"message\":\"x\"}}",
	      .after = HTTP_CLOSE }, ERR_LLM_RATE_LIMITED, "" },
	{ "an answer that is not streamed", { .bytes = "HTTP/1.1 200 OK\r\n"
	      "Content-Type: application/json\r\n\r\n"
	      "{\"t\":\"whole\",\n\"end\":true}", .step = 1,
	      .after = HTTP_CLOSE }, 0, "whole" },
	{ "half an answer that is not streamed", { .bytes =
	      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
	      "{\"t\":\"whole\",\n\"en", .after = HTTP_CLOSE },
	    ERR_LLM_DROPPED, "" },
	{ "JSON instead of a stream", { .bytes = "HTTP/1.1 200 OK\r\n"
	      "Content-Type: application/json\r\n\r\n{\"hello\":1}",
	      .after = HTTP_CLOSE }, ERR_LLM_PROTOCOL, "" },
	{ "a page under 200", { .bytes = "HTTP/1.1 200 OK\r\n"
	      "Content-Type: text/html\r\n\r\n<html><title>Login</title>",
	      .after = HTTP_CLOSE }, ERR_LLM_SERVER, "" },
	{ "a page under 502", { .bytes = "HTTP/1.1 502 Bad\r\n"
	      "Content-Type: text/html\r\n\r\n<html><title>nginx</title>",
	      .after = HTTP_CLOSE }, ERR_LLM_SERVER, "" },
	{ "a bad key", { .bytes = "HTTP/1.1 401 No\r\n"
	      "Content-Type: application/json\r\nContent-Length: 30\r\n\r\n"
	      "{\"error\":{\"message\":\"bad key\"}}",
	      .after = HTTP_CLOSE }, ERR_LLM_AUTH, "" },
	{ "a refusal that breaks off", { .bytes = "HTTP/1.1 429 No\r\n"
	      "Content-Length: 3000\r\n\r\n{\"err", .after = HTTP_CLOSE },
	    ERR_LLM_RATE_LIMITED, "" },
	{ "a redirect", { .bytes = "HTTP/1.1 307 There\r\n"
	      "Location: http://evil.example/\r\nContent-Length: 0\r\n\r\n" },
	    ERR_LLM_BAD_REQUEST, "" },
	{ "idle", { .bytes = SSE "data: {\"t\":\"a\"}\n\n",
	      .after = HTTP_HANG }, ERR_NET_IDLE, "a" },
	{ "silent", { .bytes = "", .after = HTTP_HANG }, ERR_NET_TIMEOUT, "" },
	{ "hangs up", { .bytes = "", .after = HTTP_CLOSE }, ERR_NET_DROPPED,
	    "" },
};

static void
test_odd_servers(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		struct fixture f;
		int rc;

		begin(&f);
		f.opts.retries = 0;
		f.opts.idle_timeout_ms = f.opts.first_byte_timeout_ms = 300;
		add_target(&f, &odd[i].reply, 1);
		rc = complete(&f);
		if (rc != -(int)odd[i].code ||
		    strcmp(buf_text(&f.shown), odd[i].shown) != 0)
			fail_msg("%s: %d %s (%s), \"%s\"", odd[i].name, rc,
			    f.err.message, f.err.details, buf_text(&f.shown));
		if (rc != 0)
			assert_null(strstr(f.err.message, "s3cret"));
		assert_non_null(f.reply.message);
		end(&f);
	}
}

static void
test_lines(void **state)
{
	static const struct http_reply replies[] = { { .bytes =
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
	    "{\"t\":\"a\"}\n{\"t\":\"b\"}\n{\"end\":true}",
	    .after = HTTP_CLOSE } };
	struct fixture f;

	begin(&f);
	add_target(&f, replies, 1);
	f.providers[0].wire = "fake-lines";
	assert_int_equal(complete(&f), 0);
	assert_string_equal(buf_text(&f.shown), "ab");
	end(&f);
}

static void
test_retries_then_answers(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = BUSY },
		/* curl itself repeats on a kept connection that is dead. */
		{ .bytes = "HTTP/1.1 429 No\r\nRetry-After-Ms: 3\r\n"
			   "Connection: close\r\n"
			   "Content-Length: 0\r\n\r\n",
		    .after = HTTP_CLOSE },
		{ .bytes = "", .after = HTTP_CLOSE },
		{ .bytes = HELLO, .after = HTTP_CLOSE },
	};
	struct fixture f;

	begin(&f);
	add_target(&f, replies, 4);
	assert_int_equal(complete(&f), 0);
	assert_string_equal(buf_text(&f.shown), "hello");
	assert_string_equal(buf_text(&f.retries), "1 one llm.overloaded;"
	    "2 one llm.rate_limited;3 one net.dropped;");
	end(&f);
}

static void
test_gives_up_after_three_retries(void **state)
{
	static const struct http_reply replies[] = { { .bytes = BUSY } };
	struct fixture f;

	begin(&f);
	add_target(&f, replies, 1);
	assert_int_equal(complete(&f), -ERR_LLM_OVERLOADED);
	assert_int_equal(http_server_requests(f.servers[0]), 4);
	end(&f);
}

static void
test_final_faults_are_not_retried(void **state)
{
	static const struct http_reply replies[] = { { .bytes =
	    "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n" } };
	struct fixture f;

	begin(&f);
	add_target(&f, replies, 1);
	assert_int_equal(complete(&f), -ERR_LLM_AUTH);
	assert_int_equal(http_server_requests(f.servers[0]), 1);
	end(&f);
}

static void
test_long_retry_after_is_not_waited_for(void **state)
{
	static const struct http_reply replies[] = { { .bytes =
	    "HTTP/1.1 429 No\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n"
	} };
	struct fixture f;

	begin(&f);
	add_target(&f, replies, 1);
	assert_int_equal(complete(&f), -ERR_LLM_RATE_LIMITED);
	assert_int_equal(f.err.retry_after_ms, 3600000);
	assert_int_equal(http_server_requests(f.servers[0]), 1);
	end(&f);
}

static void
test_nothing_is_retried_once_text_was_shown(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = SSE "data: {\"t\":\"a\"}\n\n", .after = HTTP_CLOSE },
		{ .bytes = HELLO, .after = HTTP_CLOSE },
	};
	struct fixture f;

	begin(&f);
	add_target(&f, replies, 2);
	add_target(&f, replies + 1, 1);
	assert_int_equal(complete(&f), -ERR_LLM_DROPPED);
	assert_string_equal(buf_text(&f.shown), "a");
	assert_int_equal(http_server_requests(f.servers[0]), 1);
	assert_int_equal(http_server_requests(f.servers[1]), 0);
	/* What came is kept. */
	assert_int_equal(f.reply.message->n_parts, 1);
	end(&f);
}

static void
test_falls_back_in_order(void **state)
{
	static const struct http_reply busy[] = { { .bytes = BUSY } };
	static const struct http_reply page[] = { { .bytes =
	    "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" } };
	static const struct http_reply hello[] = {
		{ .bytes = HELLO, .after = HTTP_CLOSE }
	};
	struct fixture f;

	begin(&f);
	f.opts.retries = 1;
	add_target(&f, busy, 1);
	add_target(&f, page, 1);
	add_target(&f, hello, 1);
	assert_int_equal(complete(&f), 0);
	assert_ptr_equal(f.target, &f.targets[2]);
	assert_string_equal(buf_text(&f.shown), "hello");
	assert_string_equal(buf_text(&f.retries), "1 one llm.overloaded;"
	    "0 two llm.overloaded;0 three llm.auth;");
	end(&f);
}

static void
test_silent_server_falls_back(void **state)
{
	static const struct http_reply silent[] = {
		{ .bytes = "", .after = HTTP_HANG }
	};
	static const struct http_reply hello[] = {
		{ .bytes = HELLO, .after = HTTP_CLOSE }
	};
	struct fixture f;

	begin(&f);
	f.opts.retries = 0;
	f.opts.first_byte_timeout_ms = 300;
	add_target(&f, silent, 1);
	add_target(&f, hello, 1);
	assert_int_equal(complete(&f), 0);
	assert_ptr_equal(f.target, &f.targets[1]);
	end(&f);
}

static void
test_long_wait_falls_back_at_once(void **state)
{
	static const struct http_reply later[] = { { .bytes =
	    "HTTP/1.1 429 No\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"
	} };
	static const struct http_reply hello[] = {
		{ .bytes = HELLO, .after = HTTP_CLOSE }
	};
	struct fixture f;

	begin(&f);
	add_target(&f, later, 1);
	add_target(&f, hello, 1);
	assert_int_equal(complete(&f), 0);
	assert_int_equal(http_server_requests(f.servers[0]), 1);
	end(&f);
}

static void
test_all_fail(void **state)
{
	static const struct http_reply busy[] = { { .bytes = BUSY } };
	static const struct http_reply no[] = { { .bytes =
	    "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n" } };
	struct fixture f;

	begin(&f);
	f.opts.retries = 0;
	add_target(&f, busy, 1);
	add_target(&f, no, 1);
	assert_int_equal(complete(&f), -ERR_LLM_UNAVAILABLE);
	assert_non_null(strstr(f.err.message, "one"));
	assert_string_equal(f.err.cause, "llm.overloaded");
	assert_non_null(f.reply.message);
	end(&f);
}

static void
test_offline_stands_last(void **state)
{
	static const struct http_reply busy[] = { { .bytes = BUSY } };
	struct fixture f;

	begin(&f);
	add_target(&f, busy, 1);
	f.providers[1] = (struct provider){ .name = "offline",
		.flags = PROVIDER_OFFLINE };
	f.targets[1] = (struct llm_target){ .provider = &f.providers[1],
		.model = "offline" };
	f.n = 2;
	assert_int_equal(complete(&f), 0);
	assert_string_equal(buf_text(&f.shown), "no model");
	assert_ptr_equal(f.target, &f.targets[1]);
	end(&f);
}

static void
test_breaker_opens_and_reports(void **state)
{
	static const struct http_reply busy[] = { { .bytes = BUSY } };
	struct fixture f;

	begin(&f);
	f.opts.retries = 4;
	add_target(&f, busy, 1);
	assert_int_equal(complete(&f), -ERR_LLM_OVERLOADED);
	assert_int_equal(complete(&f), -ERR_LLM_BREAKER);
	assert_true(f.err.retry_after_ms > 20000);
	assert_int_equal(http_server_requests(f.servers[0]), 5);
	end(&f);
}

static void
test_breaker_that_opens_ends_the_retries(void **state)
{
	static const struct http_reply busy[] = { { .bytes = BUSY } };
	struct fixture f;

	begin(&f);
	add_target(&f, busy, 1);
	f.opts.retries = 30;
	assert_int_equal(complete(&f), -ERR_LLM_OVERLOADED);
	assert_int_equal(http_server_requests(f.servers[0]), 5);
	end(&f);
}

static bool
load_breaker(const char *provider, struct breaker_state *ret, void *ctx)
{
	struct fixture *f = ctx;

	assert_string_equal(provider, "one");
	*ret = f->breaker;
	return f->breaker.provider[0] != '\0';
}

static void
save_breaker(const struct breaker_state *breaker, void *ctx)
{
	((struct fixture *)ctx)->breaker = *breaker;
}

static void
test_breaker_is_handed_down(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = BUSY }, { .bytes = HELLO, .after = HTTP_CLOSE }
	};
	struct fixture f;

	begin(&f);
	f.opts.retries = 0;
	f.opts.breaker_load = load_breaker;
	f.opts.breaker_save = save_breaker;
	add_target(&f, replies, 2);
	assert_int_equal(complete(&f), -ERR_LLM_OVERLOADED);
	assert_string_equal(f.breaker.provider, "one");
	assert_int_equal(f.breaker.failures, 1);
	assert_int_equal(complete(&f), 0);
	assert_int_equal(f.breaker.failures, 0);
	/* Another process opened it. */
	f.breaker.failures = 5;
	f.breaker.opened_at_ms = clock_wall_ms();
	assert_int_equal(complete(&f), -ERR_LLM_BREAKER);
	end(&f);
}

static int
retries_used(const char *provider, void *ctx)
{
	return ((struct fixture *)ctx)->used;
}

static void
retry_used(const char *provider, void *ctx)
{
	((struct fixture *)ctx)->used++;
}

static void
test_retry_budget(void **state)
{
	static const struct http_reply busy[] = { { .bytes = BUSY } };

	for (int counted_here = 0; counted_here < 2; counted_here++) {
		struct fixture f;

		begin(&f);
		f.opts.retry_budget_per_hour = 2;
		if (!counted_here) {
			f.opts.retries_used = retries_used;
			f.opts.retry_used = retry_used;
		}
		add_target(&f, busy, 1);
		assert_int_equal(complete(&f), -ERR_LLM_OVERLOADED);
		assert_int_equal(http_server_requests(f.servers[0]), 3);
		end(&f);
	}
}

static void
test_cancel_in_the_stream(void **state)
{
	static const struct http_reply replies[] = { { .bytes = SSE
	    "data: {\"t\":\"a\"}\n\n", .after = HTTP_HANG } };
	struct fixture f;

	begin(&f);
	add_target(&f, replies, 1);
	add_target(&f, replies, 1);
	f.cancel_on_text = true;
	assert_int_equal(complete(&f), -ERR_CANCELLED);
	assert_string_equal(buf_text(&f.shown), "a");
	assert_true(http_server_wait_closed(f.servers[0], 1));
	assert_int_equal(http_server_requests(f.servers[1]), 0);
	end(&f);
}

static void
cancel_retry(int attempt, int delay_ms, const char *provider,
    const struct error *reason, void *ctx)
{
	cancel_raise(&((struct fixture *)ctx)->cancel, CANCEL_STOP);
}

static void
test_cancel_in_the_wait(void **state)
{
	static const struct http_reply busy[] = { { .bytes =
	    "HTTP/1.1 503 No\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"
	} };
	struct fixture f;

	begin(&f);
	f.opts.on_retry = cancel_retry;
	add_target(&f, busy, 1);
	assert_int_equal(complete(&f), -ERR_CANCELLED);
	assert_int_equal(http_server_requests(f.servers[0]), 1);
	end(&f);
}

static void
test_base_url(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = HELLO, .after = HTTP_CLOSE }
	};
	CLEANUP(free_ptr) char *url = NULL;
	struct fixture f;

	begin(&f);
	add_target(&f, replies, 1);
	setenv("FRIDAY_TEST_PORT", http_server_url(f.servers[0]) +
	    strlen("http://127.0.0.1:"), 1);
	f.providers[0].base_url = "http://127.0.0.1:${FRIDAY_TEST_PORT}/v1/";
	assert_int_equal(complete(&f), 0);
	assert_non_null(strstr(http_server_request(f.servers[0], 0),
	    "POST /v1/chat HTTP/1.1"));
	end(&f);

	begin(&f);
	add_target(&f, replies, 1);
	unsetenv("FRIDAY_TEST_PORT");
	f.providers[0].base_url = "http://127.0.0.1:${FRIDAY_TEST_PORT}/v1/";
	assert_int_equal(complete(&f), -ERR_CONFIG_INVALID);
	end(&f);

	begin(&f);
	add_target(&f, replies, 1);
	url = mem_printf("%s/x?key=1", http_server_url(f.servers[0]));
	f.targets[0].base_url = url;
	f.providers[0].base_url = NULL;
	assert_int_equal(complete(&f), 0);
	assert_non_null(strstr(http_server_request(f.servers[0], 0),
	    "POST /x/chat?key=1 HTTP/1.1"));
	end(&f);
}

static void
list_add(struct str id, int64_t context_tokens, void *ctx)
{
	buf_printf(ctx, "%.*s;", STR_ARG(id));
}

static void
test_list_models(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n"
			   "{\"data\":[{\"id\":\"m1\"},{\"id\":\"m2\"}]} " },
		{ .bytes = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" },
		{ .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n<>" },
	};
	CLEANUP_BUF struct buf list = BUF_INIT(KIB);
	struct fixture f;

	begin(&f);
	add_target(&f, replies, 3);
	assert_int_equal(llm_list_models(&f.targets[0], 5000, NULL, list_add,
	    &list, &f.err), 0);
	assert_string_equal(buf_text(&list), "m1;m2;");
	assert_non_null(strstr(http_server_request(f.servers[0], 0),
	    "Authorization: Bearer s3cret"));
	assert_int_not_equal(llm_list_models(&f.targets[0], 5000, NULL,
	    list_add, &list, &f.err), 0);
	assert_int_equal(llm_list_models(&f.targets[0], 5000, NULL, list_add,
	    &list, &f.err), -ERR_LLM_PROTOCOL);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_odd_servers),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_retries_then_answers),
		cmocka_unit_test(test_gives_up_after_three_retries),
		cmocka_unit_test(test_final_faults_are_not_retried),
		cmocka_unit_test(test_long_retry_after_is_not_waited_for),
		cmocka_unit_test(test_nothing_is_retried_once_text_was_shown),
		cmocka_unit_test(test_falls_back_in_order),
		cmocka_unit_test(test_silent_server_falls_back),
		cmocka_unit_test(test_long_wait_falls_back_at_once),
		cmocka_unit_test(test_all_fail),
		cmocka_unit_test(test_offline_stands_last),
		cmocka_unit_test(test_breaker_opens_and_reports),
		cmocka_unit_test(test_breaker_that_opens_ends_the_retries),
		cmocka_unit_test(test_breaker_is_handed_down),
		cmocka_unit_test(test_retry_budget),
		cmocka_unit_test(test_cancel_in_the_stream),
		cmocka_unit_test(test_cancel_in_the_wait),
		cmocka_unit_test(test_base_url),
		cmocka_unit_test(test_list_models),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
