/* secret_scan and scrubber: a labelled set of credentials and of what looks
 * like one, made here so that no token stands in the repository; placeholders
 * there and back. The last line printed tells misses and false alarms. */
#include <sodium.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/units.h"
#include "safety/scrubber.h"
#include "safety/secret_rules.h"
#include "tests/unit/unit.h"

enum { DRAWS = 60 };

static const char alnum[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz";

/* The same draws in every run. */
static uint32_t seed = 1;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void
add_random(struct buf *out, const char *set, size_t len)
{
	size_t n = strlen(set);

	while (len-- > 0)
		buf_add_char(out, set[draw((uint32_t)n)]);
}

static uint32_t
crc32_of(const char *bytes, size_t len)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320 & -(crc & 1));
	}
	return ~crc;
}

/* A body with the checksum of GitHub and npm, right or wrong. */
static void
add_checked(struct buf *out, bool right)
{
	char tail[7] = "";
	size_t start = out->len;
	uint32_t crc;

	add_random(out, alnum, 30);
	crc = crc32_of(out->ptr + start, 30) + !right;
	for (int i = 5; i >= 0; i--, crc /= 62)
		tail[i] = alnum[crc % 62];
	buf_add_cstr(out, tail);
}

static const char *
characters(unsigned set)
{
	return set & SET_LOWER && set & SET_UPPER ? alnum :
	    set & SET_HEX ? "0123456789abcdef" :
	    set & SET_LOWER ? "abcdefghijklmnopqrstuvwxyz0123456789" :
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
}

/* A token that the row describes. */
static void
add_token(struct buf *out, const struct secret_rule *rule)
{
	size_t len = rule->min + draw(rule->max - rule->min < 40 ?
	    rule->max - rule->min + 1 : 40);

	buf_add_cstr(out, rule->prefix);
	if (rule->check == secret_crc_is_right)
		add_checked(out, true);
	else
		add_random(out, characters(rule->set), len);
}

static size_t misses, secrets, alarms, harmless;

/* How a token stands in a file. */
static const char *const frames[] = {
	"%s", "token = \"%s\"\n", "export A_KEY=%s\n", "  key: '%s',\n",
	"Authorization: Bearer %s\r\n", "// see %s.\n", "{\"a\":\"%s\"}",
	"https://x.test/?key=%s&b=1", "curl -H 'X-Key: %s' x", "(%s)",
};

struct check {
	struct str wanted; /* must be covered */
	bool covered;
	struct str text;
};

static bool
see(const struct secret_finding *f, void *ctx)
{
	struct check *c = ctx;
	struct str part = str_sub(c->text, f->start, f->len);

	/* All but a few trailing characters that also end sentences. */
	if (str_find(part, c->wanted, 0) != SIZE_MAX ||
	    (str_find(c->wanted, part, 0) != SIZE_MAX &&
	    part.len + 4 >= c->wanted.len))
		c->covered = true;
	return !c->covered;
}

static void
expect_secret(const char *token)
{
	for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
		CLEANUP(free_ptr) char *text = NULL;
		CLEANUP_BUF struct buf b = BUF_INIT(MIB);
		const char *mark = strstr(frames[i], "%s");
		struct check c = { .wanted = str_from(token) };

		buf_add(&b, frames[i], (size_t)(mark - frames[i]));
		buf_add_cstr(&b, token);
		buf_add_cstr(&b, mark + 2);
		text = buf_steal(&b);
		c.text = str_from(text);
		secret_scan(c.text, see, &c);
		secrets++;
		if (!c.covered) {
			misses++;
			print_message("missed: %s\n", text);
		}
	}
}

static bool
is_two_token_shape(const struct secret_rule *rule)
{
	return rule->check_whole != NULL;
}

static void
test_tokens_of_each_rule_are_found(void **state)
{
	misses = secrets = 0;
	for (size_t i = 0; i < secret_rule_count; i++)
		for (size_t k = 0; k < DRAWS &&
		    !is_two_token_shape(&secret_rules[i]); k++) {
			CLEANUP_BUF struct buf token = BUF_INIT(MIB);

			add_token(&token, &secret_rules[i]);
			/* What the row's own check refuses (a draw without a
			 * digit) is no token of it. */
			if (secret_rules[i].check != NULL &&
			    !secret_rules[i].check(str_sub(buf_str(&token),
			    strlen(secret_rules[i].prefix), SIZE_MAX)))
				continue;
			expect_secret(buf_text(&token));
		}
	print_message("tokens: %zu, missed: %zu\n", secrets, misses);
	assert_int_equal(misses, 0);
}

static void
test_rules_are_sorted_by_the_first_byte(void **state)
{
	for (size_t i = 1; i < secret_rule_count; i++)
		assert_true(secret_rules[i - 1].prefix[0] <=
		    secret_rules[i].prefix[0]);
}

static void
test_other_forms_are_found(void **state)
{
	static const struct {
		const char *before, *secret, *after;
	} cases[] = {
		{ "DATABASE_URL=postgres://app:", "k8Tq2vLz9w", "@db/x" },
		{ "mongodb+srv://root:", "Zx81_kQ!pq", "@cluster0.x.net/y" },
		{ "password: \"", "tR7!kq02vz", "\"\n" },
		{ "DB_PASSWORD=", "q81LkzP0xv", "\n" },
		{ "\"client_secret\": \"", "9fK2mQx81LzPw04TvbN7", "\"," },
		{ "aws_secret_access_key = ",
		    "wJa1rXUt2FEMI/K7MDENG/bPxRfiCYzz9KqT0LmV", "\n" },
		{ "const apiKey = '", "8d41c0b2f7e94a6c9d03b1e5f2a7c840",
		    "';" },
		{ "Authorization: Basic ", "YWxpY2U6b3BlbnNlc2FtZQ==", "\n" },
		{ "AccountKey=",
		    "kQ8rZ0vX2mP7tL4nW9yB6cD1fG3hJ5sA8eR2uI7oK0qM"
		    "4xZ6vN1bC9dF3gH5jL8pT2wY7rS4kE0aU6iO1mQ==",
		    ";Endpoint" },
		{ "bot ", "83920175:AAF1kq9ZtL0vXm3PwRs7yBnC5dGhJ8eUiO2",
		    "\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(free_ptr) char *text = mem_printf("%s%s%s",
		    cases[i].before, cases[i].secret, cases[i].after);
		struct check c = { .wanted = str_from(cases[i].secret),
			.text = str_from(text) };

		secret_scan(c.text, see, &c);
		if (!c.covered)
			fail_msg("missed: %s", text);
	}
}

static void
test_a_private_key_is_found_whole(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	struct check c;
	size_t start;

	buf_add_cstr(&text, "x\n");
	start = text.len;
	buf_add_cstr(&text, "-----BEGIN " "OPENSSH PRIVATE KEY-----\n");
	for (int i = 0; i < 6; i++) {
		add_random(&text, alnum, 64);
		buf_add_char(&text, '\n');
	}
	buf_add_cstr(&text, "-----END " "OPENSSH PRIVATE KEY-----");
	c = (struct check){ .text = buf_str(&text),
		.wanted = str_sub(buf_str(&text), start, SIZE_MAX) };
	secret_scan(c.text, see, &c);
	assert_true(c.covered);
	assert_int_equal(secret_count(str_sub(c.text, 0, 200), 9), 1);
}

static void
test_a_jwt_is_found(void **state)
{
	CLEANUP_BUF struct buf token = BUF_INIT(MIB);

	base64_encode(STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), &token);
	while (token.len > 0 && token.ptr[token.len - 1] == '=')
		buf_truncate(&token, token.len - 1);
	buf_add_char(&token, '.');
	add_random(&token, alnum, 60);
	buf_add_char(&token, '.');
	add_random(&token, alnum, 43);
	expect_secret(buf_text(&token));
	assert_int_equal(misses, 0);
}

/* What a scanner must leave alone: {} is replaced by random characters. */
static const struct {
	const char *form, *set;
	size_t len;
} look_alikes[] = {
	{ "commit {}\n", "0123456789abcdef", 40 },
	{ "\"integrity\": \"sha512-{}==\"", alnum, 86 },
	{ "sha256:{}", "0123456789abcdef", 64 },
	{ "resolved \"https://r.test/x.tgz#{}\"", "0123456789abcdef", 40 },
	{ "h1:{}=", alnum, 43 },
	{ "id: {}-1b2c-4d5e-8f90-a1b2c3d4e5f6", "0123456789abcdef", 8 },
	{ "<img src=\"data:image/png;base64,{}\">", alnum, 400 },
	{ "checksum = \"{}\"", "0123456789abcdef", 64 },
	{ "//# sourceMappingURL=data:;base64,{}", alnum, 200 },
	{ "etag: W/\"{}\"", "0123456789abcdef", 32 },
	{ "ghp_{}", alnum, 35 },
	{ "AKIA{}", "abcdefghij", 16 },
	{ "color: #{};", "0123456789abcdef", 6 },
	{ "build-{}", "0123456789", 20 },
	{ "var a{}=1;", alnum, 24 },
	{ "0x{}", "0123456789abcdef", 64 },
	{ "{}.js", "0123456789abcdef", 20 },
	{ "publicKey: \"{}\"", alnum, 44 },
	{ "password_hash = \"{}\"", alnum, 60 },
	{ "next_page_token: {}", alnum, 32 },
};

static const char *const benign[] = {
	"password = getPassword()", "password: string;", "password=$DB_PASS",
	"const token = process.env.API_TOKEN;", "api_key = \"your-api-key\"",
	"token: ${{ secrets.GITHUB_TOKEN }}", "secret: <your secret here>",
	"API_KEY=changeme", "SECRET_KEY = os.environ[\"SECRET_KEY\"]",
	"apiKey: \"xxxxxxxxxxxxxxxxxxxxxxxx\"", "tokenizer = Tokenizer(x, y)",
	"max_tokens: 4096000000000000", "secretName: my-app-tls-certificate",
	"postgres://postgres:postgres@localhost/db",
	"https://user:password@example.com/", "mysql://root:${PASS}@db/x",
	"http://host:8080/path@2x.png", "git@github.com:owner/name.git",
	"token_type: Bearer", "password: \"\"", "passwordField: '#password'",
	"pwd = os.getcwd()", "AccessKeyId: AKIAIOSFODNN7EXAMPLE",
	"assert token == expected_token_for_the_user",
	"if (password === confirmPassword) {", "secret_key_base_path: /etc/x",
	"auth: basic", "credentials: 'same-origin'", "Authorization: Bearer $T",
	"-----BEGIN " "CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
	"-----BEGIN " "PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
	"password: hunter2", "PASSWORD_RESET_TIMEOUT_DAYS = 3",
	"private_key_path = \"~/.ssh/id_ed25519\"", "sk-learn and sk_buff",
	"token = strtok(line, \" \\t\");", "static struct token *next_token;",
	"apiKey: firebaseConfig.apiKey,", "the secret: practice every day",
	"csrf_token = generate_csrf_token(session)", "eyJ is how they begin",
	"api_key: 'abcdefghijklmnopqrstuvwxyz'", "key=1234567890123456789012",
	"VAULT_TOKEN_FILE=/run/secrets/vault", "secretsmanager:GetSecretValue",
	"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
	"password123456", "token := \"test-token-for-unit-tests\"",
	"mongodb://localhost:27017/test", "redis://:@localhost:6379/0",
	"client_secret=REPLACE_ME_WITH_YOUR_SECRET_00", "Bearer realm=\"x\"",
	"accessToken?: string | undefined;", "ssh-rsa AAAAB3NzaC1yc2EAAAA u@h",
	"token=${TOKEN:-}", "key: value: other", "secret = [REDACTED]",
	"uuid = \"123e4567-e89b-12d3-a456-426614174000\"",
};

static void
expect_harmless(struct str text)
{
	harmless++;
	if (secret_count(text, 1) == 0)
		return;
	alarms++;
	print_message("false alarm: %.*s\n", STR_ARG(text));
}

static void
test_look_alikes_are_left_alone(void **state)
{
	alarms = harmless = 0;
	for (size_t i = 0; i < ARRAY_LEN(look_alikes); i++)
		for (size_t k = 0; k < DRAWS; k++) {
			CLEANUP_BUF struct buf text = BUF_INIT(MIB);
			const char *mark = strstr(look_alikes[i].form, "{}");

			buf_add(&text, look_alikes[i].form,
			    (size_t)(mark - look_alikes[i].form));
			add_random(&text, look_alikes[i].set,
			    look_alikes[i].len);
			buf_add_cstr(&text, mark + 2);
			expect_harmless(buf_str(&text));
		}
	for (size_t i = 0; i < ARRAY_LEN(benign); i++)
		expect_harmless(str_from(benign[i]));
	for (size_t k = 0; k < DRAWS; k++) {
		CLEANUP_BUF struct buf text = BUF_INIT(MIB);

		buf_add_cstr(&text, "ghp_");
		add_checked(&text, false);
		expect_harmless(buf_str(&text));
	}
	print_message("harmless: %zu, false alarms: %zu\n", harmless, alarms);
	assert_int_equal(alarms, 0);
}

static bool
see_line(const struct secret_finding *f, void *ctx)
{
	*(size_t *)ctx = f->line;
	return true;
}

static void
test_lines_are_counted(void **state)
{
	size_t line = 0;

	secret_scan(STR("a\nb\n\npassword: 'k8Tq2vLz9w'\n"), see_line, &line);
	assert_int_equal(line, 4);
}

static const unsigned char key[SCRUBBER_KEY_SIZE] = { 1, 2, 3 };

static void
test_a_secret_goes_out_as_a_placeholder_and_back(void **state)
{
	struct scrubber *s = scrubber_create(key);
	CLEANUP_BUF struct buf clean = BUF_INIT(MIB), back = BUF_INIT(MIB);
	struct str text = STR("a = 1\npassword: 'k8Tq2vLz9w'\nb = 2\n");
	size_t count, unknown;

	assert_int_equal(scrubber_clean(s, "a.yml", text, &clean, &count), 0);
	assert_int_equal(count, 1);
	assert_null(strstr(buf_text(&clean), "k8Tq2vLz9w"));
	assert_true(scrubber_has_placeholder(buf_str(&clean)));
	scrubber_restore(s, "a.yml", buf_str(&clean), &back, &unknown);
	assert_int_equal(unknown, 0);
	assert_true(str_eq(buf_str(&back), text));
	scrubber_destroy(s);
}

/* Whatever was found, a second pass finds nothing. */
static void
test_cleaning_twice_changes_nothing(void **state)
{
	static const char *const texts[] = { "password: 'k8Tq2vLz9w'",
		"Authorization: Bearer k8Tq2vLz9wPf3MxR7sYd1Ncb",
		"postgres://app:k8Tq2vLz9w@db.internal/x",
		"api_secret=k8Tq2vLz9wPf3MxR7sYd1Ncb",
		"{\"client_secret\":\"k8Tq2vLz9wPf3MxR7sYd1Ncb\"}" };
	struct scrubber *s = scrubber_create(key);

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CLEANUP_BUF struct buf one = BUF_INIT(MIB), two = BUF_INIT(MIB);
		size_t count;

		scrubber_clean(s, "a", str_from(texts[i]), &one, &count);
		assert_int_equal(count, 1);
		scrubber_clean(s, "a", buf_str(&one), &two, &count);
		assert_int_equal(count, 0);
		assert_string_equal(buf_text(&one), buf_text(&two));
	}
	scrubber_destroy(s);
}

/* A key is hidden line by line, so that lines keep their numbers. */
static void
test_lines_of_a_private_key_stay_lines(void **state)
{
	struct scrubber *s = scrubber_create(key);
	CLEANUP_BUF struct buf text = BUF_INIT(MIB), clean = BUF_INIT(MIB),
	    back = BUF_INIT(MIB);
	struct scrubber_place place;
	size_t at = 0, unknown, n = 0;

	buf_add_cstr(&text, "a\r\n  -----BEGIN " "PRIVATE KEY-----\r\n");
	for (int i = 0; i < 20; i++)
		buf_printf(&text, "  k8Tq2vLz9wPf3MxR7sYd1Ncb%06dk8Tq2v\r\n",
		    i * 7919);
	buf_add_cstr(&text, "  -----END " "PRIVATE KEY-----\r\nb\n");
	scrubber_clean(s, "/k", buf_str(&text), &clean, NULL);
	assert_null(strstr(buf_text(&clean), "Lz9wPf3M"));
	while (scrubber_next(s, buf_str(&clean), &at, &place)) {
		assert_string_equal(place.rule, "private-key");
		assert_string_equal(place.path, "/k");
		assert_int_equal(place.line, 2 + n);
		n++;
	}
	assert_int_equal(n, 22);
	scrubber_restore(s, "/k", buf_str(&clean), &back, &unknown);
	assert_int_equal(unknown, 0);
	assert_string_equal(buf_text(&back), buf_text(&text));
	scrubber_destroy(s);
}

static void
test_a_file_keeps_its_placeholders(void **state)
{
	struct str one = STR("a [secret:x:01234567] b");
	struct str two = STR("[secret:x:01234567] [secret:x:0123456f]");

	assert_int_equal(scrubber_foreign(one, one).len, 0);
	assert_true(str_eq(scrubber_foreign(two, one),
	    STR("[secret:x:0123456f]")));
	assert_int_equal(scrubber_foreign(STR("[secret:x]"), STR_NONE).len, 0);
}

/* Friday's own keys need no shape. */
static void
test_a_known_value_is_replaced_anywhere(void **state)
{
	struct scrubber *s = scrubber_create(key);
	CLEANUP_BUF struct buf clean = BUF_INIT(MIB), back = BUF_INIT(MIB);
	struct str text = STR("a\nsee plain-word-key-one, plain-word-key-one"
			      " and password: 'k8Tq2vLz9w'");
	struct scrubber_place place;
	size_t at = 0, count;

	scrubber_know(s, STR("plain-word-key-one"));
	scrubber_know(s, STR("plain-word-key-one"));
	scrubber_know(s, STR("short"));
	scrubber_know(s, STR("sk-your-key-goes-here"));
	scrubber_clean(s, "/f", text, &clean, &count);
	assert_int_equal(count, 3);
	assert_null(strstr(buf_text(&clean), "plain-word"));
	assert_true(scrubber_next(s, buf_str(&clean), &at, &place));
	assert_string_equal(place.rule, "known-key");
	assert_int_equal(place.line, 2);
	scrubber_restore(s, "/f", buf_str(&clean), &back, &count);
	assert_true(str_eq(buf_str(&back), text));
	buf_clear(&clean);
	scrubber_clean(s, NULL, STR("short sk-your-key-goes-here"), &clean,
	    &count);
	assert_int_equal(count, 0);
	scrubber_destroy(s);
}

static void
test_another_file_does_not_get_it_back(void **state)
{
	struct scrubber *s = scrubber_create(key);
	CLEANUP_BUF struct buf clean = BUF_INIT(MIB), back = BUF_INIT(MIB);
	size_t unknown;

	scrubber_clean(s, "a.yml", STR("password: 'k8Tq2vLz9w'"), &clean,
	    NULL);
	scrubber_restore(s, "b.yml", buf_str(&clean), &back, &unknown);
	assert_int_equal(unknown, 1);
	assert_null(strstr(buf_text(&back), "k8Tq2vLz9w"));
	buf_clear(&back);
	scrubber_restore(s, NULL, buf_str(&clean), &back, &unknown);
	assert_int_equal(unknown, 1);
	scrubber_destroy(s);
}

static void
test_placeholders_are_stable_by_key(void **state)
{
	struct scrubber *a = scrubber_create(key), *b = scrubber_create(key);
	static const unsigned char other[SCRUBBER_KEY_SIZE] = { 9 };
	struct scrubber *c = scrubber_create(other);
	CLEANUP_BUF struct buf one = BUF_INIT(MIB), two = BUF_INIT(MIB),
	    three = BUF_INIT(MIB);
	struct str text = STR("password: 'k8Tq2vLz9w'");

	scrubber_clean(a, "x", text, &one, NULL);
	scrubber_clean(b, NULL, text, &two, NULL);
	scrubber_clean(c, "x", text, &three, NULL);
	assert_string_equal(buf_text(&one), buf_text(&two));
	assert_string_not_equal(buf_text(&one), buf_text(&three));
	scrubber_destroy(a);
	scrubber_destroy(b);
	scrubber_destroy(c);
}

static void
test_what_only_resembles_a_placeholder_stays(void **state)
{
	struct scrubber *s = scrubber_create(key);
	static const char *const texts[] = { "[secret:", "[secret:]",
		"[secret:a:12]", "[secret:a:0123456x]", "[secret::01234567]",
		"see [secret: the plan]" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(MIB);
		size_t unknown;

		assert_false(scrubber_has_placeholder(str_from(texts[i])));
		scrubber_restore(s, "a", str_from(texts[i]), &out, &unknown);
		assert_int_equal(unknown, 0);
		assert_string_equal(buf_text(&out), texts[i]);
	}
	scrubber_destroy(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_are_sorted_by_the_first_byte),
		cmocka_unit_test(test_tokens_of_each_rule_are_found),
		cmocka_unit_test(test_other_forms_are_found),
		cmocka_unit_test(test_a_private_key_is_found_whole),
		cmocka_unit_test(test_a_jwt_is_found),
		cmocka_unit_test(test_look_alikes_are_left_alone),
		cmocka_unit_test(test_lines_are_counted),
		cmocka_unit_test(
		    test_a_secret_goes_out_as_a_placeholder_and_back),
		cmocka_unit_test(test_cleaning_twice_changes_nothing),
		cmocka_unit_test(test_lines_of_a_private_key_stay_lines),
		cmocka_unit_test(test_a_file_keeps_its_placeholders),
		cmocka_unit_test(test_a_known_value_is_replaced_anywhere),
		cmocka_unit_test(test_another_file_does_not_get_it_back),
		cmocka_unit_test(test_placeholders_are_stable_by_key),
		cmocka_unit_test(test_what_only_resembles_a_placeholder_stays),
	};

	return sodium_init() < 0 ? 1 :
	    cmocka_run_group_tests(tests, NULL, NULL);
}
