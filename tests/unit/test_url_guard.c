/* url, url_guard: what is parsed, what is refused, where a request may go. */
#include <arpa/inet.h>

#include "net/url_guard.h"
#include "tests/unit/unit.h"

static const struct {
	const char *text;
	const char *wanted; /* printed again; NULL: refused */
	enum error_code code;
} urls[] = {
	{ "http://a", "http://a/", 0 },
	{ "  HTTPS://Api.Example.COM/V1 ", "https://api.example.com/V1", 0 },
	{ "http://a:80/", "http://a/", 0 },
	{ "https://a:443?x=1#y", "https://a/?x=1", 0 },
	{ "https://a:8443/b", "https://a:8443/b", 0 },
	{ "http://a:/b", "http://a/b", 0 },
	{ "http://a./b", "http://a/b", 0 },
	{ "http://[::1]:8080/", "http://[::1]:8080/", 0 },
	{ "http://[0:0::1]/", "http://[::1]/", 0 },
	{ "http://127.0.0.1/", "http://127.0.0.1/", 0 },
	{ "http://a/b c?d=\"e\"", "http://a/b%20c?d=%22e%22", 0 },
	{ "http://a/\xc3\xa9%20", "http://a/%C3%A9%20", 0 },
	{ "http://a/b\\c", "http://a/b%5Cc", 0 },
	{ "http://1a.b2/", "http://1a.b2/", 0 },
	{ "", NULL, ERR_INVALID },
	{ "a.com/b", NULL, ERR_INVALID },
	{ "/etc/passwd", NULL, ERR_INVALID },
	{ "http:a", NULL, ERR_INVALID },
	{ "http:///a", NULL, ERR_INVALID },
	{ "http://", NULL, ERR_INVALID },
	{ "http://.", NULL, ERR_INVALID },
	{ "http://a..b/", NULL, ERR_INVALID },
	{ "http://a../", NULL, ERR_INVALID },
	{ "http://user@a/", NULL, ERR_INVALID },
	{ "http://user:word@a/", NULL, ERR_INVALID },
	{ "http://good.com\\@evil.com/", NULL, ERR_INVALID },
	{ "http://a%2eb/", NULL, ERR_INVALID },
	{ "http://\xc3\xa9/", NULL, ERR_INVALID },
	{ "http://a b/", NULL, ERR_INVALID },
	{ "http://a/\nb", NULL, ERR_INVALID },
	{ "http://a:0/", NULL, ERR_INVALID },
	{ "http://a:65536/", NULL, ERR_INVALID },
	{ "http://a:+80/", NULL, ERR_INVALID },
	{ "http://a:8x/", NULL, ERR_INVALID },
	{ "http://a:1:2/", NULL, ERR_INVALID },
	{ "http://127.1/", NULL, ERR_INVALID },
	{ "http://0x7f000001/", NULL, ERR_INVALID },
	{ "http://0x7f.1/", NULL, ERR_INVALID },
	{ "http://2130706433/", NULL, ERR_INVALID },
	{ "http://017700000001/", NULL, ERR_INVALID },
	{ "http://127.0.0.01/", NULL, ERR_INVALID },
	{ "http://1.2.3.4.5/", NULL, ERR_INVALID },
	{ "http://256.1.1.1/", NULL, ERR_INVALID },
	{ "http://[::1/", NULL, ERR_INVALID },
	{ "http://[::1]x/", NULL, ERR_INVALID },
	{ "http://[fe80::1%25eth0]/", NULL, ERR_INVALID },
	{ "http://[1.2.3.4]/", NULL, ERR_INVALID },
	{ "file:///etc/passwd", NULL, ERR_UNSUPPORTED },
	{ "ftp://a/", NULL, ERR_UNSUPPORTED },
	{ "gopher://a/", NULL, ERR_UNSUPPORTED },
	{ "javascript:alert(1)", NULL, ERR_UNSUPPORTED },
};

static void
test_parse(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(2 * URL_MAX);
		struct error err = ERROR_INIT;
		struct url u;
		int rc = url_parse(str_from(urls[i].text), &u, &err);

		if (rc != -(int)urls[i].code)
			fail_msg("%s: %d %s", urls[i].text, rc, err.message);
		if (rc != 0)
			continue;
		url_print(&u, &out);
		assert_string_equal(buf_text(&out), urls[i].wanted);
	}
}

static void
test_too_long(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	struct error err;
	struct url u;

	buf_add_cstr(&text, "http://a/");
	buf_add_repeated(&text, ' ', 4000);
	buf_add_char(&text, 'b');
	assert_error(url_parse(buf_str(&text), &u, &err), ERR_TOO_LARGE);
	buf_add_repeated(&text, 'b', URL_MAX);
	assert_error(url_parse(buf_str(&text), &u, &err), ERR_TOO_LARGE);
}

static void
test_join(void **state)
{
	static const struct {
		const char *reference;
		const char *wanted;
	} joins[] = {
		{ "http://other/x", "http://other/x" },
		{ "//other/x", "https://other/x" },
		{ "//other", "https://other/" },
		{ "/x?y", "https://a:1/x?y" },
		{ "x", "https://a:1/b/x" },
		{ "../x", "https://a:1/b/../x" },
		{ "?y", "https://a:1/b/c?y" },
		{ "", "https://a:1/b/c?d" },
		{ "#f", "https://a:1/b/c?d" },
		{ "ftp://a/", NULL },
		{ "//u@a/", NULL },
		{ "/\x01", NULL },
	};
	struct error err;
	struct url base;

	assert_ok(url_parse(STR("https://a:1/b/c?d"), &base, &err));
	for (size_t i = 0; i < ARRAY_LEN(joins); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(KIB);
		struct url u;
		int rc = url_join(&base, str_from(joins[i].reference), &u,
		    &err);

		assert_int_equal(rc == 0, joins[i].wanted != NULL);
		if (rc != 0)
			continue;
		url_print(&u, &out);
		assert_string_equal(buf_text(&out), joins[i].wanted);
	}
}

static void
test_loopback_names(void **state)
{
	static const struct {
		const char *text;
		bool loopback;
	} hosts[] = {
		{ "http://localhost", true },
		{ "http://LOCALHOST.:8080", true },
		{ "http://x.localhost", true },
		{ "http://127.3.2.1", true },
		{ "http://[::1]", true },
		{ "http://notlocalhost", false },
		{ "http://localhost.com", false },
		{ "http://128.0.0.1", false },
		{ "http://[::2]", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		struct error err;
		struct url u;

		assert_ok(url_parse(str_from(hosts[i].text), &u, &err));
		assert_int_equal(url_is_loopback(&u), hosts[i].loopback);
	}
}

static const struct {
	const char *address;
	bool public;
} addresses[] = {
	{ "1.1.1.1", true },
	{ "8.8.8.8", true },
	{ "0.0.0.0", false },
	{ "0.1.2.3", false },
	{ "9.255.255.255", true },
	{ "10.0.0.0", false },
	{ "10.255.255.255", false },
	{ "11.0.0.0", true },
	{ "100.63.255.255", true },
	{ "100.64.0.0", false },
	{ "100.127.255.255", false },
	{ "100.128.0.0", true },
	{ "127.0.0.1", false },
	{ "127.255.255.255", false },
	{ "169.254.169.254", false },
	{ "172.15.255.255", true },
	{ "172.16.0.1", false },
	{ "172.31.255.255", false },
	{ "172.32.0.0", true },
	{ "192.0.0.8", false },
	{ "192.0.2.1", false },
	{ "192.88.99.1", false },
	{ "192.168.1.1", false },
	{ "198.17.255.255", true },
	{ "198.18.0.1", false },
	{ "198.19.255.255", false },
	{ "198.51.100.7", false },
	{ "203.0.113.7", false },
	{ "223.255.255.255", true },
	{ "224.0.0.1", false },
	{ "239.255.255.255", false },
	{ "240.0.0.1", false },
	{ "255.255.255.255", false },
	{ "::", false },
	{ "::1", false },
	{ "::8.8.8.8", false },
	{ "::ffff:8.8.8.8", false },
	{ "::ffff:127.0.0.1", false },
	{ "64:ff9b::7f00:1", false },
	{ "64:ff9b::808:808", false },
	{ "64:ff9b:1::1", false },
	{ "100::1", false },
	{ "2001::1", false },
	{ "2001:1ff::1", false },
	{ "2001:200::1", true },
	{ "2001:db8::1", false },
	{ "2001:4860:4860::8888", true },
	{ "2002:7f00:1::", false },
	{ "2002:808:808::", false },
	{ "2003::1", true },
	{ "2606:4700::1111", true },
	{ "3fff::1", false },
	{ "3fff:1000::1", true },
	{ "4000::1", false },
	{ "fc00::1", false },
	{ "fd12:3456::1", false },
	{ "fe80::1", false },
	{ "fec0::1", false },
	{ "ff02::1", false },
};

static void
test_addresses(void **state)
{
	struct url_guard g, open, origin;
	struct error err;

	url_guard_public(&g, false);
	url_guard_public(&open, true);
	assert_ok(url_guard_origin(&origin, STR("http://a"), &err));
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		struct sockaddr_storage any = { 0 };
		struct sockaddr_in *in = (struct sockaddr_in *)&any;
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&any;
		const struct sockaddr *to = (const struct sockaddr *)&any;
		const char *text = addresses[i].address;

		if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
			any.ss_family = AF_INET;
		else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
			any.ss_family = AF_INET6;
		else
			fail_msg("%s is no address", text);
		if (url_guard_address(&g, to) != addresses[i].public)
			fail_msg("%s", text);
		assert_true(url_guard_address(&open, to));
		assert_true(url_guard_address(&origin, to));
	}
}

static void
test_other_families_are_not_public(void **state)
{
	struct sockaddr to = { .sa_family = AF_UNIX };
	struct url_guard g;

	url_guard_public(&g, false);
	assert_false(url_guard_address(&g, &to));
}

static void
test_origin(void **state)
{
	static const struct {
		const char *text;
		bool allowed;
	} checks[] = {
		{ "https://api.a.com/v1/x", true },
		{ "https://API.a.com:443/", true },
		{ "http://api.a.com/", false },
		{ "https://api.a.com:444/", false },
		{ "https://a.com/", false },
		{ "https://api.a.com.evil.com/", false },
	};
	struct error err;
	struct url_guard g;
	struct url u;

	assert_ok(url_guard_origin(&g, STR("https://api.a.com/v1"), &err));
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		assert_ok(url_parse(str_from(checks[i].text), &u, &err));
		assert_int_equal(url_guard_check(&g, &u, &err),
		    checks[i].allowed ? 0 : -ERR_NET_BLOCKED);
	}
}

static void
test_public_refuses_what_the_url_shows(void **state)
{
	struct error err;
	struct url_guard g;
	struct url u;

	url_guard_public(&g, false);
	assert_ok(url_parse(STR("http://localhost:9/"), &u, &err));
	assert_error(url_guard_check(&g, &u, &err), ERR_NET_BLOCKED);
	assert_ok(url_parse(STR("http://a.com:9/"), &u, &err));
	assert_ok(url_guard_check(&g, &u, &err));
	assert_ok(url_parse(STR("http://10.1.2.3/"), &u, &err));
	assert_error(url_guard_check(&g, &u, &err), ERR_NET_BLOCKED);
	assert_ok(url_parse(STR("http://[fd00::1]/"), &u, &err));
	assert_error(url_guard_check(&g, &u, &err), ERR_NET_BLOCKED);
	assert_ok(url_parse(STR("http://1.1.1.1/"), &u, &err));
	assert_ok(url_guard_check(&g, &u, &err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_loopback_names),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_other_families_are_not_public),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_public_refuses_what_the_url_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
