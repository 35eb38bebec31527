/* Placeholders for secrets; see scrubber.h. */
#include "safety/scrubber.h"

#include <sodium.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/secret.h"
#include "safety/secret_scan.h"
#include "safety/secret_shape.h"

#define MARK "[secret:"

enum {
	HASH_BYTES = 4,
	/* Where the rule's name ends at the latest. */
	RULE_END_MAX = SCRUBBER_PLACEHOLDER_MAX - 2 * HASH_BYTES - 3,
	MADE_MAX = 5 * SCRUBBER_MAX,
	KNOWN_MIN = 12,
};

struct made {
	const char *rule;
	enum secret_severity severity;
	char *path;
	size_t line;
};

struct scrubber {
	struct monitor monitor; /* of the two maps */
	unsigned char key[SCRUBBER_KEY_SIZE];
	struct map *kept; /* "placeholder path" -> struct secret */
	struct map *made; /* placeholder -> struct made; never removed */
	struct secret *known[SCRUBBER_KNOWN_MAX];
	_Atomic size_t n_known; /* only grows */
};

static void
destroy_value(void *value)
{
	secret_destroy(value);
}

static void
destroy_made(void *value)
{
	struct made *m = value;

	free(m->path);
	free(m);
}

struct scrubber *
scrubber_create(const unsigned char *key)
{
	struct scrubber *s = mem_new(struct scrubber);

	monitor_init(&s->monitor);
	s->kept = map_create(destroy_value);
	s->made = map_create(destroy_made);
	memcpy(s->key, key, sizeof(s->key));
	return s;
}

struct scrubber *
scrubber_create_by_text(struct str text)
{
	unsigned char key[SCRUBBER_KEY_SIZE];
	struct scrubber *s;

	crypto_generichash(key, sizeof(key), (const unsigned char *)text.ptr,
	    text.len, NULL, 0);
	s = scrubber_create(key);
	sodium_memzero(key, sizeof(key));
	return s;
}

void
scrubber_destroy(struct scrubber *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_known; i++)
		secret_destroy(s->known[i]);
	map_destroy(s->kept);
	map_destroy(s->made);
	monitor_release(&s->monitor);
	sodium_memzero(s->key, sizeof(s->key));
	free(s);
}

static void
name_secret(const struct scrubber *s, const char *rule, struct str value,
    char out[SCRUBBER_PLACEHOLDER_MAX])
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	char hex[2 * HASH_BYTES + 1];

	crypto_generichash(hash, sizeof(hash),
	    (const unsigned char *)value.ptr, value.len, s->key,
	    sizeof(s->key));
	sodium_bin2hex(hex, sizeof(hex), hash, HASH_BYTES);
	snprintf(out, SCRUBBER_PLACEHOLDER_MAX, MARK "%s:%s]", rule, hex);
}

/* The key of `kept`; false: too long to be one. */
static bool
entry_key(struct buf *key, struct str placeholder, const char *path)
{
	buf_add_str(key, placeholder);
	buf_add_char(key, ' ');
	return buf_add_cstr(key, path) == 0;
}

static const struct secret *
find(const struct scrubber *s, const char *path, struct str placeholder)
{
	CLEANUP_BUF struct buf key = BUF_INIT(8 * KIB);

	if (path == NULL || !entry_key(&key, placeholder, path))
		return NULL;
	return map_get(s->kept, buf_str(&key));
}

static void
keep(struct scrubber *s, const char *path, const char *placeholder,
    struct str value)
{
	CLEANUP_BUF struct buf key = BUF_INIT(8 * KIB);

	if (path == NULL || map_count(s->kept) == SCRUBBER_MAX ||
	    !entry_key(&key, str_from(placeholder), path) ||
	    map_has(s->kept, buf_str(&key)))
		return;
	map_set(s->kept, buf_str(&key), secret_create(value));
}

/* Length of the placeholder at the start of text, or 0. */
static size_t
placeholder_len(struct str text)
{
	size_t at = sizeof(MARK) - 1, digits = 0;

	if (!str_starts(text, STR(MARK)))
		return 0;
	while (at < text.len && at < RULE_END_MAX &&
	    ((text.ptr[at] >= 'a' && text.ptr[at] <= 'z') ||
	    (text.ptr[at] >= '0' && text.ptr[at] <= '9') ||
	    text.ptr[at] == '-'))
		at++;
	if (at == sizeof(MARK) - 1 || at >= text.len || text.ptr[at] != ':')
		return 0;
	for (at++; at < text.len && strchr("0123456789abcdef",
	    text.ptr[at]) != NULL && text.ptr[at] != '\0'; at++)
		digits++;
	return digits == 2 * HASH_BYTES && at < text.len &&
	    text.ptr[at] == ']' ? at + 1 : 0;
}

/* "[secret:password:3f2a1b4c]" reads like a password by its name: what was
 * cleaned once must stay as it is. */
static bool
in_placeholder(struct str text, size_t start)
{
	size_t back = start < SCRUBBER_PLACEHOLDER_MAX ? start :
	    SCRUBBER_PLACEHOLDER_MAX;

	for (size_t i = 1; i <= back; i++)
		if (text.ptr[start - i] == '[')
			return placeholder_len(str_sub(text, start - i,
			    SIZE_MAX)) > i;
	return false;
}

struct cleaning {
	struct scrubber *scrubber;
	const char *path;
	struct str text;
	struct buf *out;
	size_t at, count;
};

static void
note(struct cleaning *c, const struct secret_finding *finding, size_t line,
    const char *placeholder)
{
	struct map *made = c->scrubber->made;
	struct made *m;

	if (map_count(made) >= MADE_MAX || map_has(made,
	    str_from(placeholder)))
		return;
	m = mem_new(struct made);
	*m = (struct made){ finding->rule, finding->severity,
		c->path == NULL ? NULL : mem_strdup(c->path), line };
	map_set(made, str_from(placeholder), m);
}

static void
replace_value(struct cleaning *c, const struct secret_finding *finding,
    struct str value, size_t line)
{
	size_t start = (size_t)(value.ptr - c->text.ptr);
	char placeholder[SCRUBBER_PLACEHOLDER_MAX];

	name_secret(c->scrubber, finding->rule, value, placeholder);
	monitor_enter(&c->scrubber->monitor);
	keep(c->scrubber, c->path, placeholder, value);
	note(c, finding, line, placeholder);
	monitor_leave(&c->scrubber->monitor);
	buf_add_str(c->out, str_sub(c->text, c->at, start - c->at));
	buf_add_cstr(c->out, placeholder);
	c->at = start + value.len;
}

/* A value of several lines in a file is replaced line by line: a model that
 * goes by line numbers, or changes but a part, stays right. */
static bool
replace(const struct secret_finding *finding, void *ctx)
{
	struct cleaning *c = ctx;
	struct str value = str_sub(c->text, finding->start, finding->len);
	size_t line = finding->line, end;

	if (in_placeholder(c->text, finding->start))
		return true;
	c->count++;
	if (c->path == NULL) {
		replace_value(c, finding, value, line);
		return true;
	}
	while (value.len > 0) {
		struct str part;

		end = str_find_char(value, '\n', 0);
		part = str_sub(value, 0, end);
		if (str_trim(part).len > 0)
			replace_value(c, finding, str_trim(part), line);
		value = end == SIZE_MAX ? STR_NONE :
		    str_sub(value, end + 1, SIZE_MAX);
		line++;
	}
	return true;
}

void
scrubber_know(struct scrubber *s, struct str value)
{
	size_t n;

	if (value.len < KNOWN_MIN || secret_is_placeholder(value))
		return;
	monitor_enter(&s->monitor);
	n = s->n_known;
	for (size_t i = 0; i < n; i++)
		if (str_eq(secret_reveal(s->known[i]), value))
			n = SCRUBBER_KNOWN_MAX;
	if (n < SCRUBBER_KNOWN_MAX) {
		s->known[n] = secret_create(value);
		s->n_known = n + 1;
	}
	monitor_leave(&s->monitor);
}

/* Replaces one known value. */
static void
replace_known(struct cleaning *c, struct str value)
{
	struct secret_finding f = { "known-key", SECRET_CERTAIN, 0, value.len,
		1 };
	size_t at, line_at = 0;

	c->at = 0;
	while ((at = str_find(c->text, value, c->at)) != SIZE_MAX) {
		for (; line_at < at; line_at++)
			f.line += c->text.ptr[line_at] == '\n';
		c->count++;
		replace_value(c, &f, str_sub(c->text, at, value.len), f.line);
	}
	buf_add_str(c->out, str_sub(c->text, c->at, SIZE_MAX));
}

static void
clean_shapes(struct cleaning *c)
{
	secret_scan(c->text, replace, c);
	buf_add_str(c->out, str_sub(c->text, c->at, SIZE_MAX));
}

int
scrubber_clean(struct scrubber *s, const char *path, struct str text,
    struct buf *out, size_t *ret_count)
{
	struct buf rooms[2] = { BUF_INIT(out->max), BUF_INIT(out->max) };
	struct cleaning c = { .scrubber = s, .path = path, .text = text };
	size_t turn = 0, n = s->n_known;

	/* Most texts have none of them, and need no second room. */
	for (size_t i = 0; i < n; i++) {
		struct str value = secret_reveal(s->known[i]);

		if (str_find(c.text, value, 0) == SIZE_MAX)
			continue;
		c.out = &rooms[turn];
		buf_clear(c.out);
		replace_known(&c, value);
		c.text = buf_str(c.out);
		turn = 1 - turn;
	}
	c.out = out;
	c.at = 0;
	clean_shapes(&c);
	for (size_t i = 0; i < ARRAY_LEN(rooms); i++) {
		if (rooms[i].failed != 0)
			out->failed = rooms[i].failed;
		buf_release(&rooms[i]);
	}
	if (ret_count != NULL)
		*ret_count = c.count;
	return buf_check(out, NULL);
}

int
scrubber_restore(struct scrubber *s, const char *path, struct str text,
    struct buf *out, size_t *ret_unknown)
{
	size_t at = 0, unknown = 0, mark;

	monitor_enter(&s->monitor);
	while ((mark = str_find(text, STR(MARK), at)) != SIZE_MAX) {
		struct str rest = str_sub(text, mark, SIZE_MAX);
		size_t len = placeholder_len(rest);
		const struct secret *value = len == 0 ? NULL :
		    find(s, path, str_sub(rest, 0, len));

		buf_add_str(out, str_sub(text, at, mark - at));
		if (value != NULL) {
			buf_add_str(out, secret_reveal(value));
		} else {
			unknown += len > 0;
			len = len > 0 ? len : sizeof(MARK) - 1;
			buf_add_str(out, str_sub(rest, 0, len));
		}
		at = mark + len;
	}
	monitor_leave(&s->monitor);
	buf_add_str(out, str_sub(text, at, SIZE_MAX));
	if (ret_unknown != NULL)
		*ret_unknown = unknown;
	return buf_check(out, NULL);
}

/* The next placeholder from `at` on; where it begins, or SIZE_MAX. */
static size_t
next_placeholder(struct str text, size_t at, size_t *ret_len)
{
	while ((at = str_find(text, STR(MARK), at)) != SIZE_MAX) {
		*ret_len = placeholder_len(str_sub(text, at, SIZE_MAX));
		if (*ret_len > 0)
			return at;
		at += sizeof(MARK) - 1;
	}
	return SIZE_MAX;
}

bool
scrubber_has_placeholder(struct str text)
{
	size_t len;

	return next_placeholder(text, 0, &len) != SIZE_MAX;
}

struct str
scrubber_foreign(struct str text, struct str former)
{
	size_t at = 0, len;

	while ((at = next_placeholder(text, at, &len)) != SIZE_MAX) {
		struct str placeholder = str_sub(text, at, len);

		if (str_find(former, placeholder, 0) == SIZE_MAX)
			return placeholder;
		at += len;
	}
	return STR_NONE;
}

bool
scrubber_next(struct scrubber *s, struct str text, size_t *at,
    struct scrubber_place *ret)
{
	const struct made *made = NULL;
	size_t len;

	while (made == NULL &&
	    (*at = next_placeholder(text, *at, &len)) != SIZE_MAX) {
		ret->placeholder = str_sub(text, *at, len);
		*at += len;
		monitor_enter(&s->monitor);
		made = map_get(s->made, ret->placeholder);
		monitor_leave(&s->monitor);
	}
	if (made == NULL)
		return false;
	ret->rule = made->rule;
	ret->severity = made->severity;
	ret->path = made->path;
	ret->line = made->line;
	return true;
}
