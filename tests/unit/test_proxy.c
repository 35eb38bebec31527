/* The proxy of sandboxes: what it understands, and which hosts it allows. The
 * bytes that go through it are tested end to end (e2e/test_sandbox.py). */
#include "net/proxy_request.h"
#include "tests/unit/unit.h"

static int
parse(const char *head, struct proxy_request *r, struct buf *forward)
{
	return proxy_request_parse(str_from(head), r, forward, NULL);
}

static void
test_requests(void **state)
{
	static const struct {
		const char *head, *host;
		unsigned port;
		bool tunnel;
	} rows[] = {
		{ "GET http://Example.ORG/a HTTP/1.1\r\n\r\n", "example.org",
		    80, false },
		{ "GET http://a.test:81 HTTP/1.0\r\nX: y\r\n\r\n", "a.test",
		    81, false },
		{ "CONNECT a.test:443 HTTP/1.1\r\n\r\n", "a.test", 443, true },
		{ "CONNECT [::1]:8443 HTTP/1.1\r\n\r\n", "::1", 8443, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP_BUF struct buf forward = BUF_INIT(PROXY_HEAD_MAX);
		struct proxy_request r;

		assert_int_equal(parse(rows[i].head, &r, &forward), 0);
		assert_string_equal(r.host, rows[i].host);
		assert_int_equal(r.port, rows[i].port);
		assert_int_equal(r.tunnel, rows[i].tunnel);
		assert_false(r.may_be_private);
	}
}

static void
test_what_is_no_request(void **state)
{
	static const char *const heads[] = {
		"\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
		"GET https://a.test/ HTTP/1.1\r\n\r\n",
		"GET ftp://a.test/ HTTP/1.1\r\n\r\n",
		"GET http://u:p@a.test/ HTTP/1.1\r\n\r\n",
		"GET http://a.test/ b HTTP/1.1\r\n\r\n",
		"G\rT http://a.test/ HTTP/1.1\r\n\r\n",
		"GET http://a.test/ HTTP/2\r\n\r\n",
		"GET http://a.test/ HTTP/1.1\r\nno colon\r\n\r\n",
		"GET http://a.test/ HTTP/1.1\r\nA B: c\r\n\r\n",
		"GET http://a.test/ HTTP/1.1\r\nA: b\nHost: c\r\n\r\n",
		"CONNECT a.test:443/x HTTP/1.1\r\n\r\n",
		"CONNECT u@a.test:443 HTTP/1.1\r\n\r\n",
		"CONNECT a.test:0 HTTP/1.1\r\n\r\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		CLEANUP_BUF struct buf forward = BUF_INIT(PROXY_HEAD_MAX);
		struct proxy_request r;

		if (parse(heads[i], &r, &forward) == 0)
			fail_msg("understood: %s", heads[i]);
	}
}

static void
test_what_is_forwarded(void **state)
{
	CLEANUP_BUF struct buf forward = BUF_INIT(PROXY_HEAD_MAX);
	struct proxy_request r;

	assert_int_equal(parse("PUT http://a.test:81/x?y HTTP/1.1\r\n"
		"Host: other\r\nproxy-authorization: k\r\nContent-Length: 1\r\n"
		"Connection: keep-alive\r\n\r\n", &r, &forward), 0);
	assert_string_equal(buf_text(&forward), "PUT /x?y HTTP/1.1\r\n"
		"Host: a.test:81\r\nContent-Length: 1\r\n"
		"Connection: close\r\n\r\n");
}

static void
test_hosts(void **state)
{
	static const struct {
		const char *row, *host;
		unsigned port;
		bool allowed, private;
	} rows[] = {
		{ "a.test", "a.test", 80, true, false },
		{ "A.Test", "a.test", 443, true, false },
		{ "a.test", "a.test", 22, false, false },
		{ "a.test", "b.a.test", 80, false, false },
		{ "a.test", "xa.test", 80, false, false },
		{ "a.test:22", "a.test", 22, true, false },
		{ "a.test:22", "a.test", 80, false, false },
		{ "*.a.test", "b.a.test", 80, true, false },
		{ "*.a.test", "a.test", 80, false, false },
		{ "*.a.test", "xa.test", 80, false, false },
		{ "*.0.0.1", "127.0.0.1", 80, false, false },
		{ "*", "a.test", 80, false, false },
		{ "", "", 80, false, false },
		{ "127.0.0.1", "127.0.0.1", 80, true, false },
		{ "127.0.0.1:80", "127.0.0.1", 80, true, true },
		{ "localhost:8080", "localhost", 8080, true, true },
		{ "[::1]:80", "::1", 80, true, true },
		{ "::1", "::1", 80, true, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct proxy_request r = { .port = rows[i].port };

		snprintf(r.host, sizeof(r.host), "%s", rows[i].host);
		if (proxy_hosts_allow(&rows[i].row, 1, &r) !=
			rows[i].allowed ||
		    r.may_be_private != rows[i].private)
			fail_msg("%s: %s:%u", rows[i].row, rows[i].host,
			    rows[i].port);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_what_is_no_request),
		cmocka_unit_test(test_what_is_forwarded),
		cmocka_unit_test(test_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
