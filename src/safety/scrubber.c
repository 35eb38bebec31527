/* Placeholders for secrets; see scrubber.h. */
#include "safety/scrubber.h"

#include <sodium.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/secret.h"
#include "safety/secret_scan.h"

#define MARK "[secret:"

enum { HASH_BYTES = 4, PLACEHOLDER_MAX = 80 };

struct scrubber {
	struct monitor monitor; /* of `kept` */
	unsigned char key[SCRUBBER_KEY_SIZE];
	struct map *kept;	/* "placeholder path" -> struct secret */
};

static void
destroy_value(void *value)
{
	secret_destroy(value);
}

struct scrubber *
scrubber_create(const unsigned char *key)
{
	struct scrubber *s = mem_new(struct scrubber);

	monitor_init(&s->monitor);
	s->kept = map_create(destroy_value);
	memcpy(s->key, key, sizeof(s->key));
	return s;
}

void
scrubber_destroy(struct scrubber *s)
{
	if (s == NULL)
		return;
	map_destroy(s->kept);
	monitor_release(&s->monitor);
	sodium_memzero(s->key, sizeof(s->key));
	free(s);
}

static void
name_secret(const struct scrubber *s, const char *rule, struct str value,
    char out[PLACEHOLDER_MAX])
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	char hex[2 * HASH_BYTES + 1];

	crypto_generichash(hash, sizeof(hash),
	    (const unsigned char *)value.ptr, value.len, s->key,
	    sizeof(s->key));
	sodium_bin2hex(hex, sizeof(hex), hash, HASH_BYTES);
	snprintf(out, PLACEHOLDER_MAX, MARK "%s:%s]", rule, hex);
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

struct cleaning {
	struct scrubber *scrubber;
	const char *path;
	struct str text;
	struct buf *out;
	size_t at, count;
};

static bool
replace(const struct secret_finding *finding, void *ctx)
{
	struct cleaning *c = ctx;
	struct str value = str_sub(c->text, finding->start, finding->len);
	char placeholder[PLACEHOLDER_MAX];

	name_secret(c->scrubber, finding->rule, value, placeholder);
	monitor_enter(&c->scrubber->monitor);
	keep(c->scrubber, c->path, placeholder, value);
	monitor_leave(&c->scrubber->monitor);
	buf_add_str(c->out, str_sub(c->text, c->at, finding->start - c->at));
	buf_add_cstr(c->out, placeholder);
	c->at = finding->start + finding->len;
	c->count++;
	return true;
}

int
scrubber_clean(struct scrubber *s, const char *path, struct str text,
    struct buf *out, size_t *ret_count)
{
	struct cleaning c = { s, path, text, out, 0, 0 };

	secret_scan(text, replace, &c);
	buf_add_str(out, str_sub(text, c.at, SIZE_MAX));
	if (ret_count != NULL)
		*ret_count = c.count;
	return buf_check(out, NULL);
}

/* Length of the placeholder at the start of text, or 0. */
static size_t
placeholder_len(struct str text)
{
	size_t at = sizeof(MARK) - 1, digits = 0;

	if (!str_starts(text, STR(MARK)))
		return 0;
	while (at < text.len && at < PLACEHOLDER_MAX - 2 * HASH_BYTES - 3 &&
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

bool
scrubber_has_placeholder(struct str text)
{
	size_t at = 0;

	while ((at = str_find(text, STR(MARK), at)) != SIZE_MAX) {
		if (placeholder_len(str_sub(text, at, SIZE_MAX)) > 0)
			return true;
		at += sizeof(MARK) - 1;
	}
	return false;
}
