/* The one pass; see secret_scan.h.
 *
 * The text is walked word by word. At the start of a word the rules whose
 * prefix has that first byte are tried; behind a word, the byte that ends it
 * says what else may begin: '=' and ':' an assignment, "://" a URL, '-' a
 * private key. Everything is looked at a bounded number of times. */
#include "safety/secret_scan.h"

#include <ctype.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/units.h"
#include "safety/secret_rules.h"

enum {
	NAME_MAX_BYTES = 64,
	VALUE_MAX = 512,
	KEY_MAX = 32 * 1024, /* a private key */
	URL_MAX = 512,
};

enum kind { KIND_OTHER, KIND_WORD, KIND_TRIGGER };

struct scan {
	struct str text;
	size_t at;		     /* where the walk is */
	size_t line, line_at;	     /* lines before line_at are counted */
	unsigned char first[256][2]; /* rules by first byte: from, to */
	unsigned char kind[256];     /* enum kind, by byte */
	bool (*found)(const struct secret_finding *finding, void *ctx);
	void *ctx;
	bool stopped;
};

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

static struct str
rest_at(const struct scan *s, size_t at)
{
	return str_make(s->text.ptr + at, s->text.len - at);
}

static void
report(struct scan *s, const char *rule, enum secret_severity severity,
    size_t start, size_t len)
{
	struct secret_finding finding = { rule, severity, start, len, 0 };

	while (s->line_at < start) {
		const char *lf = memchr(s->text.ptr + s->line_at, '\n',
		    start - s->line_at);

		if (lf == NULL)
			break;
		s->line++;
		s->line_at = (size_t)(lf - s->text.ptr) + 1;
	}
	finding.line = s->line;
	s->at = start + len;
	if (!s->found(&finding, s->ctx))
		s->stopped = true;
}

/* The rule that matches at `at`, with the length of the whole token. */
static const struct secret_rule *
match_rule(const struct scan *s, size_t at, size_t *ret_len)
{
	struct str rest = rest_at(s, at);
	unsigned char c = (unsigned char)rest.ptr[0];

	for (size_t i = s->first[c][0]; i < s->first[c][1]; i++) {
		const struct secret_rule *rule = &secret_rules[i];
		struct str prefix, body, whole;
		size_t run;

		/* Nearly all end here. */
		if (rest.len < 2 || (rule->prefix[1] != '\0' &&
		    rule->prefix[1] != rest.ptr[1]))
			continue;
		prefix = str_from(rule->prefix);
		if (!str_starts(rest, prefix))
			continue;
		body = str_sub(rest, prefix.len, rule->max + 2);
		run = secret_run(body, rule->set);
		/* The end of a sentence is none of it. */
		while (run > rule->min && strchr(".-=/+", body.ptr[run - 1]))
			run--;
		if (run < rule->min || run > rule->max)
			continue;
		if (prefix.len + run < rest.len &&
		    is_word(rest.ptr[prefix.len + run]))
			continue;
		body.len = run;
		whole = str_sub(rest, 0, prefix.len + run);
		if ((rule->check != NULL && !rule->check(body)) ||
		    (rule->check_whole != NULL && !rule->check_whole(whole)))
			continue;
		*ret_len = whole.len;
		return rule;
	}
	return NULL;
}

static bool
try_rules(struct scan *s, size_t at)
{
	size_t len;
	const struct secret_rule *rule = match_rule(s, at, &len);

	if (rule != NULL)
		report(s, rule->id, rule->severity, at, len);
	return rule != NULL;
}

/* A bot of Telegram: 8 to 10 digits, ':', 35 characters from "AA" on. */
static bool
try_telegram(struct scan *s, size_t start, size_t colon)
{
	struct str rest = rest_at(s, colon + 1);
	struct str number = str_sub(s->text, start, colon - start);

	if (number.len < 8 || number.len > 10 ||
	    secret_run(number, SET_DIGIT) != number.len ||
	    !str_starts(rest, STR("AA")) || secret_run(rest, SET_URL64) != 35)
		return false;
	report(s, "telegram-token", SECRET_CERTAIN, start, number.len + 36);
	return true;
}

/* A block "-----BEGIN … PRIVATE KEY-----"; `at` is its first dash. */
static bool
try_private_key(struct scan *s, size_t at)
{
	struct str rest = str_sub(rest_at(s, at), 0, KEY_MAX);
	size_t head, end;

	if (!str_starts(rest, STR("-----BEGIN ")))
		return false;
	head = str_find(rest, STR("PRIVATE KEY"), 11);
	if (head == SIZE_MAX || head > 11 + 24)
		return false;
	end = str_find(rest, STR("-----END "), head);
	if (end == SIZE_MAX) {
		/* Cut off: all that can still be base 64 belongs to it. */
		end = head + 11;
		while (end < rest.len && (isalnum((unsigned char)rest.ptr[end])
		    || strchr("+/=- \r\n\\\":,", rest.ptr[end]) != NULL))
			end++;
		if (end < head + 64)
			return false;
	} else {
		/* A template with nothing inside is none. */
		if (end < head + 11 + 32)
			return false;
		end = str_find(rest, STR("-----"), end + 9);
		end = end == SIZE_MAX ? rest.len : end + 5;
	}
	report(s, "private-key", SECRET_CERTAIN, at, end);
	return true;
}

/* user:password@ in a URL; `at` is the byte behind "://". */
static bool
try_url(struct scan *s, size_t at)
{
	struct str rest = str_sub(rest_at(s, at), 0, URL_MAX);
	size_t colon = SIZE_MAX, sign = SIZE_MAX;
	struct str user, password, host;

	for (size_t i = 0; i < rest.len; i++) {
		char c = rest.ptr[i];

		if ((unsigned char)c <= ' ' || strchr("/?#\"'<>`|", c) != NULL)
			break;
		if (c == ':' && colon == SIZE_MAX)
			colon = i;
		if (c == '@')
			sign = i;
	}
	if (sign == SIZE_MAX || colon == SIZE_MAX || sign < colon + 4)
		return false;
	user = str_sub(rest, 0, colon);
	password = str_sub(rest, colon + 1, sign - colon - 1);
	host = str_sub(rest, sign + 1, 12);
	if (str_eq(user, password) || secret_is_placeholder(password) ||
	    secret_entropy(password) < 2.0 || str_starts(host, STR("example"))
	    || str_eq_nocase(password, STR("pass")) ||
	    str_eq_nocase(password, STR("passwd")) ||
	    str_eq_nocase(password, STR("secret")) ||
	    str_eq_nocase(password, STR("postgres")))
		return false;
	report(s, "url-password", SECRET_CERTAIN, at + colon + 1,
	    password.len);
	return true;
}

/* What a name says about its value. */
enum telling { TELLS_NOTHING, TELLS_SECRET, TELLS_PASSWORD, TELLS_HEADER };

static bool
contains_any(struct str name, const char *const *words)
{
	for (; *words != NULL; words++)
		if (str_find(name, str_from(*words), 0) != SIZE_MAX)
			return true;
	return false;
}

static bool
ends_in_any(struct str name, const char *const *words)
{
	for (; *words != NULL; words++)
		if (str_ends(name, str_from(*words)))
			return true;
	return false;
}

static enum telling
judge_name(struct str name)
{
	static const char *const passwords[] = { "password", "passwd",
		"passphrase", "pwd", NULL };
	static const char *const secrets[] = { "apikey", "secret", "token",
		"credential", "privatekey", "accesskey", "accountkey",
		"authkey", "encryptionkey", "signingkey", "masterkey",
		"sharedkey", "licensekey", "bearer", NULL };
	static const char *const harmless[] = { "public", "hash", "checksum",
		"digest", "integrity", "fingerprint", "tokenizer", "tokens",
		"pagetoken", "continuation", "cursor", NULL };
	static const char *const endings[] = { "name", "url", "uri", "file",
		"path", "type", "count", "length", "size", "limit", "class",
		"field", "label", "regex", "pattern", "format", "expires",
		"algorithm", "prefix", "kind", "dir", "id", "arn", NULL };
	char flat[NAME_MAX_BYTES];
	size_t n = 0;
	struct str lower;

	for (size_t i = 0; i < name.len && n < sizeof(flat); i++)
		if (isalnum((unsigned char)name.ptr[i]))
			flat[n++] = (char)tolower((unsigned char)name.ptr[i]);
	lower = str_make(flat, n);
	if (n == 0 || contains_any(lower, harmless))
		return TELLS_NOTHING;
	if (str_ends(lower, STR("authorization")))
		return TELLS_HEADER;
	if (ends_in_any(lower, endings))
		return TELLS_NOTHING;
	if (contains_any(lower, passwords))
		return TELLS_PASSWORD;
	if (contains_any(lower, secrets) || str_eq(lower, STR("auth")) ||
	    str_ends(name, STR("_auth")))
		return TELLS_SECRET;
	return TELLS_NOTHING;
}

/* The name in front of the '=' or ':' at `sign`: quotes, blanks and the ':' of
 * := between them are skipped. */
static struct str
name_before(const struct scan *s, size_t sign)
{
	size_t end = sign, start;

	while (end > 0 && strchr("\"' \t:?]", s->text.ptr[end - 1]) != NULL &&
	    sign - end < 8)
		end--;
	start = end;
	while (start > 0 && end - start < NAME_MAX_BYTES &&
	    (is_word(s->text.ptr[start - 1]) ||
	    strchr("-.", s->text.ptr[start - 1]) != NULL))
		start--;
	return str_sub(s->text, start, end - start);
}

/* The value behind it, without quotes. */
static struct str
value_after(const struct scan *s, size_t sign)
{
	size_t at = sign + 1, end;
	char quote = '\0';

	while (at < s->text.len && at - sign < 16 &&
	    strchr(" \t=>", s->text.ptr[at]) != NULL)
		at++;
	/* Prefixes of string literals. */
	if (at + 1 < s->text.len && strchr("bfruL@", s->text.ptr[at]) != NULL
	    && strchr("\"'", s->text.ptr[at + 1]) != NULL)
		at++;
	if (at < s->text.len && strchr("\"'`", s->text.ptr[at]) != NULL)
		quote = s->text.ptr[at++];
	end = at;
	while (end < s->text.len && end - at < VALUE_MAX &&
	    s->text.ptr[end] != '\n' && s->text.ptr[end] != '\r' &&
	    (quote != '\0' ? s->text.ptr[end] != quote :
	    strchr(" \t,;\"'`<>&|)}]", s->text.ptr[end]) == NULL))
		end++;
	if (quote == '\0' && end < s->text.len && s->text.ptr[end] == '(')
		end = at;
	return str_sub(s->text, at, end - at);
}

/* "Basic dXNlcjpwYXNz", "Bearer …". */
static bool
try_header(struct scan *s, struct str value)
{
	/* Without quotes the value ended at the blank. */
	size_t at = (size_t)(value.ptr - s->text.ptr);
	struct str line = str_sub(rest_at(s, at), 0, VALUE_MAX), scheme;
	size_t blank = str_find_char(line, ' ', 0);
	CLEANUP_BUF struct buf plain = BUF_INIT(VALUE_MAX);

	if (blank == SIZE_MAX || blank > 8)
		return false;
	scheme = str_sub(line, 0, blank);
	at += blank + 1;
	line = str_sub(line, blank + 1, VALUE_MAX);
	line.len = secret_run(line, SET_URL64 | SET_DOT | SET_BASE64);
	if (str_eq_nocase(scheme, STR("basic")) && line.len >= 8 &&
	    base64_decode(line, &plain, NULL) == 0 &&
	    str_find_char(buf_str(&plain), ':', 0) != SIZE_MAX) {
		report(s, "basic-authorization", SECRET_CERTAIN, at, line.len);
		return true;
	}
	if ((str_eq_nocase(scheme, STR("bearer")) ||
	    str_eq_nocase(scheme, STR("token"))) && secret_is_random(line)) {
		report(s, "bearer-token", SECRET_LIKELY, at, line.len);
		return true;
	}
	return false;
}

static bool
is_scheme(struct str value)
{
	return str_starts_nocase(value, STR("basic")) ||
	    str_starts_nocase(value, STR("bearer")) ||
	    str_starts_nocase(value, STR("token"));
}

/* name = value; `sign` is the '=' or ':'. */
static bool
try_assignment(struct scan *s, size_t sign)
{
	struct str value = value_after(s, sign);
	enum telling telling;
	size_t at, len;

	/* Most values end here: names cost more to judge. */
	if (value.len < 8 && !is_scheme(value))
		return false;
	telling = judge_name(name_before(s, sign));
	if (telling == TELLS_NOTHING)
		return false;
	if (telling == TELLS_HEADER)
		return try_header(s, value);
	at = (size_t)(value.ptr - s->text.ptr);
	/* What has a shape of its own is found by its rule. */
	if (value.len < 8 || match_rule(s, at, &len) != NULL)
		return false;
	if (secret_is_random(value) ||
	    (telling == TELLS_PASSWORD && secret_is_password(value))) {
		report(s, telling == TELLS_PASSWORD ? "password" :
		    "named-secret", SECRET_LIKELY, at, value.len);
		return true;
	}
	return false;
}

/* What the byte behind a word may begin. */
static void
try_punctuation(struct scan *s, size_t word, size_t at)
{
	struct str rest = rest_at(s, at);

	switch (rest.ptr[0]) {
	case ':':
		if (str_starts(rest, STR("://"))) {
			if (try_url(s, at + 3))
				return;
			break;
		}
		if (try_telegram(s, word, at) || try_assignment(s, at))
			return;
		break;
	case '=':
		if (try_assignment(s, at))
			return;
		break;
	case '-':
		if (try_private_key(s, at))
			return;
		break;
	default:
		break;
	}
	s->at = at + 1;
}

/* Which rows begin with which byte: the table is sorted by it. */
static void
index_bytes(struct scan *s)
{
	for (int c = 0; c < 256; c++)
		s->kind[c] = is_word((char)c) ? KIND_WORD : KIND_OTHER;
	s->kind[':'] = s->kind['='] = s->kind['-'] = KIND_TRIGGER;
	for (size_t i = 0; i < secret_rule_count; i++) {
		unsigned char c = (unsigned char)secret_rules[i].prefix[0];

		if (s->first[c][1] == 0)
			s->first[c][0] = (unsigned char)i;
		s->first[c][1] = (unsigned char)(i + 1);
	}
}

void
secret_scan(struct str text,
    bool (*found)(const struct secret_finding *finding, void *ctx),
    void *ctx)
{
	struct scan s = { .text = text, .line = 1, .found = found,
		.ctx = ctx };
	size_t word = 0;

	index_bytes(&s);
	while (s.at < text.len && !s.stopped) {
		unsigned char c = (unsigned char)text.ptr[s.at];
		size_t end = s.at;

		if (s.kind[c] == KIND_OTHER) {
			s.at++;
			continue;
		}
		if (s.kind[c] == KIND_TRIGGER) {
			try_punctuation(&s, word, s.at);
			continue;
		}
		word = s.at;
		if (s.first[c][1] > 0 && try_rules(&s, word))
			continue;
		while (end < text.len &&
		    s.kind[(unsigned char)text.ptr[end]] == KIND_WORD)
			end++;
		s.at = end;
	}
}

struct counting {
	size_t n, most;
};

static bool
count_one(const struct secret_finding *finding, void *ctx)
{
	struct counting *c = ctx;

	return ++c->n < c->most;
}

size_t
secret_count(struct str text, size_t most)
{
	struct counting c = { 0, most };

	if (most > 0)
		secret_scan(text, count_one, &c);
	return c.n;
}
