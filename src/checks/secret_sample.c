/* Sample credentials; see secret_sample.h. */
#include "checks/secret_sample.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/units.h"
#include "safety/secret_shape.h"

enum { HOST_MAX = 255, PASSWORD_MAX = 64, KEY_MIN = 48,
	TOKEN_MIN = 20 };

/* --- hosts -------------------------------------------------------------- */

/* Names that nobody can own (RFC 2606, RFC 6761), or that are this machine. */
static bool
is_sample_host(struct str host)
{
	static const char *const names[] = { "localhost", "host", "hostname",
		"server", "0.0.0.0", "[::1]", "domain", "example" };
	static const char *const tails[] = { "example.com", "example.org",
		"example.net", ".example", ".test", ".invalid", ".localhost",
		"domain.com", "domain.tld" };

	if (str_starts(host, STR("127.")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_nocase(host, str_from(names[i])))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(tails); i++)
		if (str_ends(host, str_from(tails[i])))
			return true;
	return false;
}

static bool
ends_host(char c)
{
	return (unsigned char)c <= ' ' || strchr(":/?#\"'`<>)\\,;", c) != NULL;
}

/* The host behind a password in a URL: from '@' on. */
static struct str
host_behind(struct str text, size_t end)
{
	size_t at = str_find_char(str_sub(text, end, HOST_MAX), '@', 0);
	size_t len = 0;
	struct str host;

	if (at == SIZE_MAX)
		return STR_NONE;
	host = str_sub(text, end + at + 1, HOST_MAX);
	while (len < host.len && !ends_host(host.ptr[len]))
		len++;
	return str_sub(host, 0, len);
}

/* The user before a password in a URL: back from ':' to the slashes. */
static struct str
user_before(struct str text, size_t start)
{
	size_t from = start;

	if (start == 0)
		return STR_NONE;
	while (from > 1 && text.ptr[from - 2] != '/' &&
	    (unsigned char)text.ptr[from - 2] > ' ')
		from--;
	return str_sub(text, from - 1, start - from);
}

/* --- passwords ---------------------------------------------------------- */

static char
plain_letter(char c)
{
	static const char from[] = "0134578@$", to[] = "oieastbas";
	const char *at;

	if (c >= 'A' && c <= 'Z')
		return (char)(c + 32);
	at = c == '\0' ? NULL : strchr(from, c);
	return at != NULL ? to[at - from] : c;
}

/* Words that people write where a password would stand: "p4ssw0rd". */
static bool
is_simple(struct str password)
{
	static const char *const words[] = { "pass", "secret", "user", "test",
		"example", "sample", "dummy", "foo", "bar", "word", "admin",
		"root", "guest", "login", "letmein", "hunter", "qwerty",
		"hello", "demo", "fake", "mock", "sesame", "changeme",
		"postgres", "mysql" };
	char text[PASSWORD_MAX];
	size_t len = password.len < PASSWORD_MAX ? password.len : PASSWORD_MAX;

	if (password.len < 6)
		return true;
	for (size_t i = 0; i < len; i++)
		text[i] = plain_letter(password.ptr[i]);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_find(str_make(text, len), str_from(words[i]), 0) !=
		    SIZE_MAX)
			return true;
	return false;
}

/* "Basic dXNlcjpwYXNz", or what follows it. */
static bool
is_simple_basic(struct str value)
{
	CLEANUP_BUF struct buf plain = BUF_INIT(4 * KIB);
	size_t colon;

	if (str_starts_nocase(value, STR("Basic ")))
		value = str_trim(str_sub(value, 6, SIZE_MAX));
	if (base64_decode(value, &plain, NULL) != 0)
		return false;
	colon = str_find_char(buf_str(&plain), ':', 0);
	return colon != SIZE_MAX && is_simple(str_sub(buf_str(&plain),
	    colon + 1, SIZE_MAX));
}

/* --- rules -------------------------------------------------------------- */

static bool
is_sample_url(struct str text, size_t start, size_t len, bool in_tests)
{
	struct str password = str_sub(text, start, len);

	/* A token is one wherever it is sent. */
	if (secret_is_random(password) || (password.len >= TOKEN_MIN &&
	    secret_entropy(password) >= 3.0))
		return false;
	return is_sample_host(host_behind(text, start + len)) ||
	    str_eq(user_before(text, start), password) ||
	    (in_tests && is_simple(password));
}

static bool
is_sample_basic(struct str text, size_t start, size_t len, bool in_tests)
{
	return in_tests && is_simple_basic(str_sub(text, start, len));
}

static bool
is_sample_value(struct str text, size_t start, size_t len, bool in_tests)
{
	struct str value = str_sub(text, start, len);

	return in_tests && (is_simple(value) || is_simple_basic(value));
}

/* "-----BEGIN … PRIVATE KEY-----" with no key behind it: of somebody who
 * writes about keys. The shortest keys have 64 characters. */
static bool
is_empty_key(struct str text, size_t start, size_t len, bool in_tests)
{
	struct str key = str_sub(text, start, len);
	size_t at = str_find(key, STR("KEY"), 0), n = 0;

	(void)in_tests;
	for (; at < key.len && !str_starts(str_sub(key, at, 8),
	    STR("-----END")); at++)
		n += str_find_char(STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "abcdefghijklmnopqrstuvwxyz0123456789+/="),
		    key.ptr[at], 0) != SIZE_MAX;
	return n < KEY_MIN;
}

static const struct {
	const char *rule;
	bool (*is_sample)(struct str text, size_t start, size_t len,
	    bool in_tests);
} table[] = {
	{ "url-password", is_sample_url },
	{ "basic-authorization", is_sample_basic },
	{ "password", is_sample_value },
	{ "named-secret", is_sample_value },
	{ "private-key", is_empty_key },
};

bool
secret_sample_is(struct str text, size_t start, size_t len, const char *rule,
    bool in_tests)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (strcmp(rule, table[i].rule) == 0)
			return table[i].is_sample(text, start, len, in_tests);
	return false;
}
