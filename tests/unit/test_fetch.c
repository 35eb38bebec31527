/* fetch: pages, redirects, paging and what is refused, through the door. */
#include "base/json.h"
#include "tests/unit/http_server.h"
#include "tests/unit/unit.h"
#include "tools/tool_rows.h"
#include "tools/tool_run.h"

struct fixture {
	struct http_server *server;
	struct tool_registry *registry;
	struct tool_env env;
	struct policy policy;
	struct tool_door door;
	struct tool_result result;
};

static void
begin(struct fixture *f, const struct http_reply *replies, size_t n)
{
	*f = (struct fixture){ .registry = tool_registry_create() };
	f->server = http_server_start(replies, n);
	f->env.registry = f->registry;
	f->env.fetch_allow_private = true;
	f->policy.mode = MODE_AUTO;
	f->door = (struct tool_door){ .registry = f->registry, .env = &f->env,
		.policy = &f->policy };
	tool_result_init(&f->result);
}

static void
end(struct fixture *f)
{
	tool_result_release(&f->result);
	tool_registry_destroy(f->registry);
	http_server_stop(f->server);
}

/* more: ",\"start\":1" and the like. */
static void
fetch(struct fixture *f, const char *path, const char *more)
{
	CLEANUP_BUF struct buf args = BUF_INIT(KIB);
	struct policy_rule allow = { .answer = POLICY_ALLOW, .tool = "fetch" };

	f->policy.rules = &allow;
	f->policy.n_rules = 1;
	buf_printf(&args, "{\"url\":\"%s%s\"%s}",
	    path[0] == '/' ? http_server_url(f->server) : "", path, more);
	tool_result_release(&f->result);
	tool_run(&f->door, "call_1", STR("fetch"), buf_str(&args), &f->result);
}

static void
has(const struct fixture *f, const char *needle)
{
	if (strstr(buf_text(&f->result.text), needle) == NULL)
		fail_msg("\"%s\" is not in: %s", needle,
		    buf_text(&f->result.text));
}

#define OK(type, length) "HTTP/1.1 200 OK\r\nContent-Type: " type             \
	"\r\nContent-Length: " length "\r\n\r\n"

static void
test_page(void **state)
{
	static const struct http_reply replies[] = { { .bytes =
	    OK("text/html; charset=utf-8", "35")
	    "<title>T</title><p>a<a href=x>b</a>" } };
	struct fixture f;

	begin(&f, replies, 1);
	fetch(&f, "/d/p", "");
	assert_true(f.result.ok);
	has(&f, "Title: T\n\na[b](http://127.0.0.1:");
	has(&f, "/d/x)");
	has(&f, "From http://127.0.0.1:");
	end(&f);
}

static void
test_other_text_as_it_is(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK("application/json", "7") "{\"<p>\":" },
		{ .bytes = OK("text/plain; charset=ISO-8859-1", "4")
			   "\xe9\x93<b" },
		{ .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"
			   "<html>" },
		{ .bytes = OK("text/html", "32")
			   "<meta charset=\"ISO-8859-1\"><p>\xe9!" },
	};
	struct fixture f;

	begin(&f, replies, 4);
	fetch(&f, "/", "");
	has(&f, "{\"<p>\":");
	fetch(&f, "/", "");
	has(&f, "\xc3\xa9\xe2\x80\x9c<b");
	fetch(&f, "/", "");
	has(&f, "[The page has no text.]");
	fetch(&f, "/", "");
	has(&f, "\xc3\xa9!");
	end(&f);
}

static void
test_binary_is_said(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK("image/png", "3") "abc" },
		{ .bytes = OK("text/plain", "3") "a\0b",
		    .len = sizeof(OK("text/plain", "3") "a\0b") - 1 },
	};
	struct fixture f;

	begin(&f, replies, 2);
	for (int i = 0; i < 2; i++) {
		fetch(&f, "/", "");
		assert_int_equal(f.result.error.code, ERR_TOOL_BINARY);
	}
	end(&f);
}

static void
test_paging(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = OK("text/plain", "12") "ab\xc3\xa9" "defghijk" } };
	struct fixture f;

	begin(&f, replies, 1);
	fetch(&f, "/", ",\"max_bytes\":3");
	has(&f, "\n\nab\n[Bytes 0 to 2 of 12; go on with \"start\": 2.]");
	fetch(&f, "/", ",\"start\":3,\"max_bytes\":4");
	has(&f, "\n\n\xc3\xa9" "de\n[Bytes 2 to 6 of 12");
	fetch(&f, "/", ",\"start\":2,\"max_bytes\":1");
	has(&f, "\xc3\xa9");
	fetch(&f, "/", ",\"start\":10");
	assert_true(str_ends(buf_str(&f.result.text), STR("\n\njk")));
	fetch(&f, "/", ",\"start\":99");
	has(&f, "[Nothing there: the text has 12 bytes.]");
	end(&f);
}

#define MOVED(where) "HTTP/1.1 302 Found\r\nLocation: " where                 \
	"\r\nContent-Length: 0\r\n\r\n"

static void
test_redirects(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = MOVED("/two") },
		{ .bytes = MOVED("three") },
		{ .bytes = OK("text/plain", "4") "here" },
		{ .bytes = MOVED("http://elsewhere.example/x") },
		{ .bytes = MOVED("file:///etc/passwd") },
		{ .bytes = MOVED("/round") },
	};
	struct fixture f;

	begin(&f, replies, 6);
	fetch(&f, "/one", "");
	has(&f, "here");
	has(&f, "/three ");
	fetch(&f, "/", "");
	assert_true(f.result.ok);
	has(&f, "not visited: http://elsewhere.example/x");
	fetch(&f, "/", "");
	assert_int_equal(f.result.error.code, ERR_UNSUPPORTED);
	fetch(&f, "/", "");
	assert_int_equal(f.result.error.code, ERR_TOOL_FAILED);
	has(&f, "redirects");
	end(&f);
}

static void
test_refused(void **state)
{
	static const struct http_reply replies[] = {
		{ .bytes = "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" } };
	static const struct {
		const char *url;
		enum error_code code;
	} urls[] = {
		{ "/", ERR_NET_BLOCKED },
		{ "http://localhost/", ERR_NET_BLOCKED },
		{ "http://0.0.0.0/", ERR_NET_BLOCKED },
		{ "http://10.0.0.1/", ERR_NET_BLOCKED },
		{ "http://169.254.169.254/latest/meta-data/", ERR_NET_BLOCKED },
		{ "http://[::ffff:127.0.0.1]/", ERR_NET_BLOCKED },
		{ "http://[fd00::1]/", ERR_NET_BLOCKED },
		{ "http://2130706433/", ERR_INVALID },
		{ "http://user@h.org/", ERR_INVALID },
		{ "file:///etc/passwd", ERR_UNSUPPORTED },
		{ "h.org", ERR_INVALID },
	};
	struct fixture f;

	begin(&f, replies, 1);
	fetch(&f, "/", "");
	assert_int_equal(f.result.error.code, ERR_TOOL_FAILED);
	has(&f, "HTTP 404");
	f.env.fetch_allow_private = false;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		fetch(&f, urls[i].url, "");
		if (f.result.error.code != urls[i].code)
			fail_msg("%s: %s", urls[i].url,
			    buf_text(&f.result.text));
	}
	assert_int_equal(http_server_requests(f.server), 1);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_other_text_as_it_is),
		cmocka_unit_test(test_binary_is_said),
		cmocka_unit_test(test_paging),
		cmocka_unit_test(test_redirects),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
