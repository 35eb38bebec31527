/* Which change wrote a line; see lineage.h. */
#include "core/lineage.h"

#include <ctype.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "tools/diff.h"

#define CONTENT_MAX (16 * MIB)

enum {
	KNOWN_MAX = 1000000,  /* keys of lines by content */
	DISTINCT_BYTES = 24,  /* letters and digits of a line of its own */
	FOLLOWED_MAX = 5000,  /* changes of a file; earlier ones are by hand */
};

struct lineage {
	struct custody_changes changes;
	struct map *known; /* digest: index of the change, plus one */
	bool partial;
	/* The text after the last change of the text's own file. */
	bool has_text;
	struct buf text;
	int *owners; /* of its lines */
	size_t n_owners;
};

struct lineage *
lineage_create(void)
{
	struct lineage *l = mem_new(struct lineage);

	l->known = map_create(NULL);
	buf_init(&l->text, CONTENT_MAX);
	return l;
}

void
lineage_destroy(struct lineage *l)
{
	if (l == NULL)
		return;
	custody_changes_release(&l->changes);
	map_destroy(l->known);
	buf_release(&l->text);
	free(l->owners);
	free(l);
}

size_t
lineage_count(const struct lineage *l)
{
	return l->changes.n;
}

bool
lineage_is_partial(const struct lineage *l)
{
	return l->partial;
}

const struct custody_change *
lineage_change(const struct lineage *l, size_t index)
{
	return &l->changes.items[index];
}

/* --- lines by content --------------------------------------------------- */

enum key_kind { KEY_ALONE, KEY_AFTER, KEY_BEFORE };

static size_t
count_letters(struct str line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.len; i++)
		n += isalnum((unsigned char)line.ptr[i]) ||
		    (line.ptr[i] & 0x80) != 0;
	return n;
}

/* The digest of a line in its place. False: such a line says nothing. */
static bool
make_key(const struct text_lines *t, size_t i, enum key_kind kind,
    char out[HASH_SIZE])
{
	static const char *const names[] = { "alone", "after", "before" };
	struct str line = text_lines_at(t, i);
	struct str parts[] = { str_from(names[kind]), line, STR_NONE };
	size_t letters = count_letters(line);

	if (kind == KEY_ALONE) {
		if (letters < DISTINCT_BYTES)
			return false;
	} else {
		size_t other = kind == KEY_AFTER ? i - 1 : i + 1;

		if ((kind == KEY_AFTER && i == 0) || other >= t->n)
			return false;
		parts[2] = text_lines_at(t, other);
		/* "}" behind "}" is everywhere. */
		if (letters + count_letters(parts[2]) < DISTINCT_BYTES / 2)
			return false;
	}
	hash_texts(parts, ARRAY_LEN(parts), out);
	return true;
}

static void
remember(struct lineage *l, const struct text_lines *t, size_t i, int change)
{
	char key[HASH_SIZE];

	for (int k = KEY_ALONE; k <= KEY_BEFORE; k++)
		if (map_count(l->known) < KNOWN_MAX &&
		    make_key(t, i, (enum key_kind)k, key))
			map_set(l->known, str_from(key),
			    (void *)(intptr_t)(change + 1));
}

static int
look_up(const struct lineage *l, const struct text_lines *t, size_t i)
{
	char key[HASH_SIZE];

	for (int k = KEY_ALONE; k <= KEY_BEFORE; k++) {
		intptr_t found = make_key(t, i, (enum key_kind)k, key) ?
		    (intptr_t)map_get(l->known, str_from(key)) : 0;

		if (found > 0)
			return (int)found - 1;
	}
	return LINEAGE_NONE;
}

/* --- following ---------------------------------------------------------- */

/* From the owners of one text to those of the next; lines that are new there
 * belong to `change`. The owners are new memory. */
static int *
map_owners(const struct text_lines *from, const int *owners,
    const struct text_lines *to, int change)
{
	int *next = mem_alloc(to->n + 1, sizeof(*next));
	struct diff_script script;

	diff_text_lines(from, to, &script);
	for (size_t i = 0; i < to->n; i++)
		next[i] = change;
	for (size_t r = 0; r < script.n; r++) {
		const struct diff_run *d = &script.runs[r];

		for (size_t i = 0; d->kind == DIFF_KEEP && i < d->n; i++)
			next[d->b + i] = owners[d->a + i];
	}
	diff_script_release(&script);
	return next;
}

/* Goes on to another text. */
static void
step(struct lineage *l, struct str text, int change)
{
	CLEANUP_LINES struct text_lines from = { .n = 0 }, to = { .n = 0 };
	int *next;

	text_lines_init(&from, buf_str(&l->text));
	text_lines_init(&to, text);
	next = map_owners(&from, l->owners, &to, change);
	for (size_t i = 0; i < to.n && change != LINEAGE_NONE; i++)
		if (next[i] == change)
			remember(l, &to, i, change);
	free(l->owners);
	l->owners = next;
	l->n_owners = to.n;
	buf_clear(&l->text);
	buf_add_str(&l->text, text);
}

/* Undoing writes what was there before: whose that was, its words tell. */
static bool
is_taking_back(const struct custody_change *c)
{
	static const char *const sources[] = { "undo", "redo", "revert" };

	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (strcmp(c->source, sources[i]) == 0)
			return true;
	return false;
}

static void
name_by_content(struct lineage *l)
{
	CLEANUP_LINES struct text_lines t = { .n = 0 };

	text_lines_init(&t, buf_str(&l->text));
	for (size_t i = 0; i < t.n; i++)
		if (l->owners[i] == LINEAGE_NONE)
			l->owners[i] = look_up(l, &t, i);
}

static bool
read_content(const struct undo_objects *objects, const struct undo_state *s,
    struct buf *out)
{
	buf_clear(out);
	if (s->kind == UNDO_ABSENT)
		return true;
	return s->kind == UNDO_FILE && s->hash[0] != '\0' &&
	    undo_objects_read(objects, s->hash, out, NULL) == 0 &&
	    memchr(buf_text(out), '\0', out->len) == NULL;
}

static void
follow_change(struct lineage *l, const struct undo_objects *objects,
    int index)
{
	const struct custody_change *c = &l->changes.items[index];
	CLEANUP_BUF struct buf before = BUF_INIT(CONTENT_MAX);
	CLEANUP_BUF struct buf after = BUF_INIT(CONTENT_MAX);

	if (!read_content(objects, &c->after, &after)) {
		l->partial |= c->after.kind == UNDO_FILE;
		return;
	}
	/* Where what was there before is not known, the text that was seen
	 * last is the best guess. */
	if (read_content(objects, &c->before, &before))
		step(l, buf_str(&before), LINEAGE_NONE);
	else
		l->partial |= c->before.kind == UNDO_FILE;
	if (is_taking_back(c)) {
		step(l, buf_str(&after), LINEAGE_NONE);
		name_by_content(l);
	} else {
		step(l, buf_str(&after), index);
	}
}

int
lineage_follow(struct lineage *l, struct store_reader *r,
    const struct undo_objects *objects, const char *path, struct error *err)
{
	size_t first = l->changes.n;
	struct buf own = l->text;
	int *owners = l->owners;
	size_t n_owners = l->n_owners;
	bool is_own = !l->has_text;
	int rc = custody_changes_read(r, path, 0, &l->changes, err);

	if (rc != 0)
		return rc;
	l->has_text = true;
	if (l->changes.n - first > FOLLOWED_MAX) {
		l->partial = true;
		first = l->changes.n - FOLLOWED_MAX;
	}
	if (!is_own) {
		buf_init(&l->text, CONTENT_MAX);
		l->owners = NULL;
		l->n_owners = 0;
	}
	for (size_t i = first; i < l->changes.n; i++)
		follow_change(l, objects, (int)i);
	if (!is_own) {
		buf_release(&l->text);
		free(l->owners);
		l->text = own;
		l->owners = owners;
		l->n_owners = n_owners;
	}
	return 0;
}

struct lineage_line *
lineage_lines(struct lineage *l, struct str text, size_t *ret_n)
{
	CLEANUP_LINES struct text_lines from = { .n = 0 }, to = { .n = 0 };
	struct lineage_line *lines;
	int *owners;

	text_lines_init(&from, buf_str(&l->text));
	text_lines_init(&to, text);
	owners = map_owners(&from, l->owners, &to, LINEAGE_NONE);
	lines = mem_alloc(to.n + 1, sizeof(*lines));
	for (size_t i = 0; i < to.n; i++) {
		lines[i].change = owners[i];
		if (owners[i] != LINEAGE_NONE)
			continue;
		lines[i].change = look_up(l, &to, i);
		lines[i].by_content = lines[i].change != LINEAGE_NONE;
	}
	free(owners);
	*ret_n = to.n;
	return lines;
}
