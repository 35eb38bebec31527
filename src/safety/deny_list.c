/* The deny list; see deny_list.h. A path is folded once; then each of its
 * leading parts is a folder to look up, the whole of it a file. Most rows are
 * turned down by their first or last letter, so that a look-up costs a few
 * microseconds. */
#include "safety/deny_list.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/units.h"
#include "base/utf8.h"
#include "safety/deny_scan.h"
#include "safety/deny_table.h"
#include "safety/ignore.h"
#include "safety/wildmatch.h"

#define PATH_BYTES_MAX (16 * KIB)
#define PEEK_MAX (32 * KIB)
#define IGNORE_FILE_MAX (1 * MIB)
/* Looking for other names: how long, and how soon again. */
enum { SEEK_MS = 1000, SEEK_AGAIN_MS = 30 * 1000 };
enum { INODES_MAX = 100000, FOLDERS_MAX = 20000, COMPONENTS_MAX = 512 };

struct path_list {
	char **items;
	size_t n;
};

/* A folder's .fridayignore, as it was when last read. */
struct rules_file {
	struct stat st;
	struct ignore *rules;
};

/* The last components of the rows' patterns, and how names that fit begin and
 * end: pairs[F][E]. */
struct name_ends {
	bool pairs[128][128];
	struct str *last; /* deny_table_len */
};

static void ends_init(struct name_ends *ends);

struct deny_list {
	struct name_ends ends;
	char *home;
	struct path_list roots, own, readable;
	struct monitor monitor;
	struct map *rules;  /* [monitor] by folder: struct rules_file */
	struct map *inodes; /* [monitor] "dev:ino" */
	bool sought;	    /* [monitor] */
	int64_t sought_ms;  /* [monitor] */
};

/* A path cut at its slashes: end[i] is where the i-th component ends. */
struct parts {
	struct str path; /* "/a/b", normal */
	size_t n;
	size_t start[COMPONENTS_MAX], end[COMPONENTS_MAX];
};

static void
rules_file_destroy(void *value)
{
	struct rules_file *f = value;

	ignore_destroy(f->rules);
	free(f);
}

static void
list_copy(struct path_list *list, const char *const *items, size_t n)
{
	list->items = mem_alloc(n + 1, sizeof(*list->items));
	for (size_t i = 0; i < n; i++) {
		struct str path = str_from(items[i]);

		while (path.len > 1 && path.ptr[path.len - 1] == '/')
			path.len--;
		list->items[list->n++] = str_dup(path);
	}
}

static void
list_release(struct path_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i]);
	free(list->items);
}

struct deny_list *
deny_list_create(const struct deny_opts *opts)
{
	struct deny_list *d = mem_new(struct deny_list);

	if (opts->home != NULL && opts->home[0] == '/')
		d->home = mem_strdup(opts->home);
	list_copy(&d->roots, opts->roots, opts->n_roots);
	list_copy(&d->own, opts->own, opts->n_own);
	list_copy(&d->readable, opts->readable, opts->n_readable);
	monitor_init(&d->monitor);
	ends_init(&d->ends);
	d->rules = map_create(rules_file_destroy);
	d->inodes = map_create(NULL);
	return d;
}

void
deny_list_destroy(struct deny_list *d)
{
	if (d == NULL)
		return;
	free(d->home);
	free(d->ends.last);
	list_release(&d->roots);
	list_release(&d->own);
	list_release(&d->readable);
	map_destroy(d->rules);
	map_destroy(d->inodes);
	monitor_release(&d->monitor);
	free(d);
}

/* Characters that some file systems do not see in a name (HFS+ and others
 * drop them), and that nobody sees on a screen. */
static bool
is_invisible(uint32_t c)
{
	return c == 0xad || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	    (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

static uint32_t
fold_code(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e) /* full width */
		c -= 0xff01 - '!';
	if (c == 0x17f) /* long s */
		return 's';
	if (c == 0x212a) /* Kelvin */
		return 'k';
	if (c == 0x2024) /* one dot leader */
		return '.';
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

void
deny_list_fold(struct str name, struct buf *out)
{
	size_t at = 0;

	while (at < name.len) {
		unsigned char byte = (unsigned char)name.ptr[at];
		char bytes[4];
		uint32_t code;
		size_t len;

		if (byte < 0x80) {
			buf_add_char(out, (char)fold_code(byte));
			at++;
			continue;
		}
		len = utf8_decode(name.ptr + at, name.len - at, &code);
		if (len == 0) {
			buf_add_char(out, name.ptr[at++]);
			continue;
		}
		at += len;
		if (!is_invisible(code))
			buf_add(out, bytes,
			    utf8_encode(fold_code(code), bytes));
	}
}

/* Blanks and dots at the end of a name are not seen by FAT. */
static void
trim_component(struct buf *out, size_t start)
{
	while (out->len > start + 1 && (out->ptr[out->len - 1] == ' ' ||
	    out->ptr[out->len - 1] == '.'))
		buf_truncate(out, out->len - 1);
}

/* "/a/../b//c" as "/b/c". */
static void
normalize(const struct deny_list *d, struct str path, struct buf *out)
{
	struct str part;

	if (d != NULL && d->roots.n > 0 &&
	    (path.len == 0 || path.ptr[0] != '/'))
		buf_add_cstr(out, d->roots.items[0]);
	while (str_next_field(&path, '/', &part)) {
		if (part.len == 0 || str_eq_c(part, "."))
			continue;
		if (str_eq_c(part, "..")) {
			while (out->len > 0 && out->ptr[out->len - 1] != '/')
				buf_truncate(out, out->len - 1);
			if (out->len > 0)
				buf_truncate(out, out->len - 1);
			continue;
		}
		buf_add_char(out, '/');
		buf_add_str(out, part);
	}
}

static void
fold_path(struct str path, struct buf *out)
{
	struct str part;

	while (str_next_field(&path, '/', &part)) {
		size_t start;

		if (part.len == 0)
			continue;
		buf_add_char(out, '/');
		start = out->len;
		deny_list_fold(part, out);
		trim_component(out, start);
	}
}

/* False: deeper than any file system goes. */
static bool
cut(struct str path, struct parts *ret)
{
	ret->path = path;
	ret->n = 0;
	for (size_t at = 0; at < path.len;) {
		size_t next = str_find_char(path, '/', at + 1);

		if (ret->n == COMPONENTS_MAX)
			return false;
		ret->start[ret->n] = at + 1;
		ret->end[ret->n++] = next == SIZE_MAX ? path.len : next;
		at = next == SIZE_MAX ? path.len : next;
	}
	return true;
}

static bool
is_below(struct str path, const char *folder)
{
	size_t len = strlen(folder);

	return str_starts(path, str_from(folder)) &&
	    (path.len == len || path.ptr[len] == '/' || len == 1);
}

static bool
is_below_any(struct str path, const struct path_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_below(path, list->items[i]))
			return true;
	return false;
}

static bool
is_wild(struct str pattern)
{
	return str_find_char(pattern, '*', 0) != SIZE_MAX;
}

static bool
fits(struct str pattern, struct str text)
{
	char first, last;

	if (!is_wild(pattern))
		return str_eq(pattern, text);
	if (text.len == 0)
		return false;
	first = pattern.ptr[0];
	last = pattern.ptr[pattern.len - 1];
	if ((first != '*' && first != text.ptr[0]) ||
	    (last != '*' && last != text.ptr[text.len - 1]))
		return false;
	return wildmatch(pattern, text);
}

/* Whether the head of the file holds one of the words. What cannot be read
 * might. */
static bool
file_holds(const char *path, const char *words)
{
	CLEANUP_BUF struct buf head = BUF_INIT(PEEK_MAX);
	CLEANUP_BUF struct buf low = BUF_INIT(4 * PEEK_MAX);
	struct str rest = str_from(words), word;
	CLEANUP(close_fd) int fd = -1;
	struct stat st;
	char *room;
	ssize_t got;

	if (lstat(path, &st) < 0)
		return false;
	if (!S_ISREG(st.st_mode))
		return S_ISLNK(st.st_mode);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);
	room = buf_reserve(&head, PEEK_MAX);
	if (fd < 0 || room == NULL)
		return true;
	got = pread(fd, room, PEEK_MAX, 0);
	if (got < 0)
		return true;
	buf_added(&head, (size_t)got);
	deny_list_fold(buf_str(&head), &low);
	while (str_next_field(&rest, '|', &word))
		if (str_find(buf_str(&low), word, 0) != SIZE_MAX)
			return true;
	return false;
}

struct look_up {
	struct deny_list *d;
	const struct parts *plain, *folded; /* n is the same */
	unsigned flags;
	struct deny_hit *ret;
};

static bool
hit(const struct look_up *l, const char *kind, struct str rule)
{
	if (l->ret != NULL) {
		l->ret->kind = kind;
		snprintf(l->ret->rule, sizeof(l->ret->rule), "%.*s",
		    (int)(rule.len > 120 ? 120 : rule.len), rule.ptr);
	}
	return true;
}

/* The last components of the first n, as many as the pattern has. */
static bool
row_fits(const struct look_up *l, const struct deny_row *row, size_t n,
    size_t home_parts)
{
	struct str pattern = str_from(row->pattern), path, tail;
	size_t want = 1, first;

	if (str_ends(pattern, STR("/")))
		pattern.len--;
	for (size_t i = 0; i < pattern.len; i++)
		want += pattern.ptr[i] == '/';
	if (want > n)
		return false;
	first = n - want;
	if ((row->where == DENY_SYSTEM && first != 0) ||
	    (row->where == DENY_HOME &&
		(home_parts == 0 || first != home_parts)))
		return false;
	path = l->folded->path;
	tail = str_sub(path, l->folded->start[first],
	    l->folded->end[n - 1] - l->folded->start[first]);
	return fits(pattern, tail);
}

static bool
is_exception(struct str name)
{
	for (size_t i = 0; i < deny_exceptions_len; i++)
		if (fits(str_from(deny_exceptions[i]), name))
			return true;
	return false;
}

/* Whether the row of the table counts for the first n components. */
static bool
table_hits(const struct look_up *l, size_t n, bool is_folder,
    size_t home_parts)
{
	struct str name = str_sub(l->folded->path, l->folded->start[n - 1],
	    l->folded->end[n - 1] - l->folded->start[n - 1]);
	int excepted = -1;

	for (size_t i = 0; i < deny_table_len; i++) {
		const struct deny_row *row = &deny_table[i];
		struct str pattern = str_from(row->pattern);

		if (!row_fits(l, row, n, home_parts) ||
		    (str_ends(pattern, STR("/")) ? false : is_folder))
			continue;
		/* What is called like a folder of secrets may well be a file
		 * of them. */
		if (excepted < 0)
			excepted = !is_folder && is_exception(name);
		if (excepted)
			return false;
		if (row->holds != NULL && !(l->flags & DENY_BY_NAME)) {
			CLEANUP(free_ptr) char *path = str_dup(
			    l->plain->path);

			if (!file_holds(path, row->holds))
				continue;
		}
		return hit(l, row->kind, pattern);
	}
	return false;
}

static bool
is_plain(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.ptr[i];

		if (c >= 0x80 || (c >= 'A' && c <= 'Z'))
			return false;
	}
	return true;
}

/* The last component of a row's pattern. */
static struct str
last_part(const struct deny_row *row)
{
	struct str last = str_from(row->pattern);

	if (str_ends(last, STR("/")))
		last.len--;
	for (size_t at; (at = str_find_char(last, '/', 0)) != SIZE_MAX;)
		last = str_sub(last, at + 1, SIZE_MAX);
	return last;
}

/* Notes how names that fit a row can begin and end. Each program start does
 * this: only what a row names is gone through. */
static void
ends_init(struct name_ends *ends)
{
	enum { CODES = ARRAY_LEN(ends->pairs) };

	ends->last = mem_alloc(deny_table_len, sizeof(*ends->last));
	for (size_t i = 0; i < deny_table_len; i++) {
		struct str last = last_part(&deny_table[i]);
		unsigned char first = (unsigned char)last.ptr[0];
		unsigned char end = (unsigned char)last.ptr[last.len - 1];
		unsigned f = first == '*' ? 0 : first;
		unsigned f_end = first == '*' ? CODES : f + 1u;

		for (; f < f_end; f++) {
			if (end == '*')
				memset(ends->pairs[f], true, CODES);
			else
				ends->pairs[f][end] = true;
		}
		ends->last[i] = last;
	}
}

static bool
begins_as(struct str pattern, struct str name)
{
	return pattern.ptr[0] == '*' || pattern.ptr[0] == name.ptr[0];
}

bool
deny_list_may_fit(const struct deny_list *d, struct str name)
{
	CLEANUP_BUF struct buf folded = BUF_INIT(PATH_BYTES_MAX);

	if (!is_plain(name)) {
		deny_list_fold(name, &folded);
		if (folded.failed != 0)
			return true;
		name = buf_str(&folded);
	}
	if (name.len == 0 || (unsigned char)name.ptr[0] >= 0x80 ||
	    (unsigned char)name.ptr[name.len - 1] >= 0x80)
		return true; /* rare: the whole check will tell */
	if (!d->ends.pairs[(int)name.ptr[0]][(int)name.ptr[name.len - 1]])
		return false;
	for (size_t i = 0; i < deny_table_len; i++)
		if (begins_as(d->ends.last[i], name) &&
		    fits(d->ends.last[i], name))
			return true;
	return false;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* The rules of a folder's .fridayignore as it is now; NULL: none. Inside the
 * monitor. */
static const struct ignore *
rules_of(struct deny_list *d, struct str folder)
{
	CLEANUP(free_ptr) char *path = mem_printf("%.*s/.fridayignore",
	    STR_ARG(folder));
	CLEANUP_BUF struct buf text = BUF_INIT(IGNORE_FILE_MAX);
	struct rules_file *known = map_get(d->rules, folder);
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	if (known != NULL && same_file(&known->st, &st))
		return known->rules;
	if (map_count(d->rules) >= FOLDERS_MAX ||
	    file_read(path, &text, NULL) != 0)
		return known != NULL ? known->rules : NULL;
	known = mem_new(struct rules_file);
	known->st = st;
	known->rules = ignore_create(NULL, STR_NONE);
	ignore_add(known->rules, buf_str(&text));
	map_set(d->rules, folder, known);
	return known->rules;
}

/* The deepest file that has something to say about the first n components
 * decides. rules[i]: of the folder that the first i components name; NULL
 * where there are none. */
static bool
ignore_file_hits(const struct look_up *l, const struct ignore *const *rules,
    size_t n, bool is_folder)
{
	const struct parts *p = l->plain;

	for (size_t up = n; up-- > 0;) {
		enum ignore_match match = IGNORE_NONE;

		if (rules[up] != NULL)
			match = ignore_match(rules[up], str_sub(p->path,
			    p->start[up], p->end[n - 1] - p->start[up]),
			    is_folder);
		if (match != IGNORE_NONE)
			return match == IGNORE_LEFT_OUT &&
			    hit(l, "named in a .fridayignore file",
				STR(".fridayignore"));
	}
	return false;
}

static bool
ignore_files_hit(const struct look_up *l)
{
	const struct ignore *rules[COMPONENTS_MAX] = { NULL };
	const struct parts *p = l->plain;
	size_t top = SIZE_MAX;
	bool found = false, any = false;

	for (size_t i = 0; i < l->d->roots.n; i++) {
		const char *root = l->d->roots.items[i];
		size_t n = 0;

		if (!is_below(p->path, root))
			continue;
		while (n < p->n && p->end[n] <= strlen(root))
			n++;
		top = n < top ? n : top;
	}
	if (top >= p->n)
		return false;
	monitor_enter(&l->d->monitor);
	for (size_t i = top; i < p->n; i++) {
		rules[i] = rules_of(l->d, str_sub(p->path, 0,
		    i == 0 ? 0 : p->end[i - 1]));
		any |= rules[i] != NULL;
	}
	for (size_t n = top + 1; any && n <= p->n && !found; n++)
		found = ignore_file_hits(l, rules, n,
		    n < p->n || (l->flags & DENY_FOLDER));
	monitor_leave(&l->d->monitor);
	return found;
}

static bool
look(struct look_up *l)
{
	struct deny_list *d = l->d;
	size_t home_parts = 0;
	struct str path = l->plain->path;

	for (size_t i = 0; i < d->own.n; i++)
		if (is_below(path, d->own.items[i]) &&
		    !is_below_any(path, &d->readable))
			return hit(l, "friday's own data",
			    str_from(d->own.items[i]));
	if (d->home != NULL && is_below(path, d->home))
		while (home_parts < l->plain->n &&
		    l->plain->end[home_parts] <= strlen(d->home))
			home_parts++;
	for (size_t n = 1; n <= l->folded->n; n++)
		if (table_hits(l, n, n < l->folded->n ||
			(l->flags & DENY_FOLDER), home_parts))
			return true;
	return ignore_files_hit(l);
}

bool
deny_list_check(struct deny_list *d, struct str path, unsigned flags,
    struct deny_hit *ret)
{
	CLEANUP_BUF struct buf plain = BUF_INIT(PATH_BYTES_MAX);
	CLEANUP_BUF struct buf folded = BUF_INIT(PATH_BYTES_MAX);
	struct parts plain_parts, folded_parts;
	struct look_up l = { d, &plain_parts, &folded_parts, flags, ret };

	normalize(d, path, &plain);
	fold_path(buf_str(&plain), &folded);
	/* What is too long to be looked at is too long to be opened. */
	if (plain.failed != 0 || folded.failed != 0 ||
	    !cut(buf_str(&plain), &plain_parts) ||
	    !cut(buf_str(&folded), &folded_parts) ||
	    plain_parts.n != folded_parts.n)
		return hit(&l, "not a path that can be checked", STR("path"));
	return plain_parts.n > 0 && look(&l);
}

static void
inode_key(const struct stat *st, char out[64])
{
	snprintf(out, 64, "%llx:%llx", (unsigned long long)st->st_dev,
	    (unsigned long long)st->st_ino);
}

void
deny_list_learn(struct deny_list *d, const struct stat *st)
{
	char key[64];

	if (!S_ISREG(st->st_mode) || st->st_nlink < 2)
		return;
	inode_key(st, key);
	monitor_enter(&d->monitor);
	if (map_count(d->inodes) < INODES_MAX)
		map_set(d->inodes, str_from(key), d);
	monitor_leave(&d->monitor);
}

bool
deny_list_knows(struct deny_list *d, const struct stat *st)
{
	char key[64];
	bool known;

	if (!S_ISREG(st->st_mode) || st->st_nlink < 2)
		return false;
	inode_key(st, key);
	monitor_enter(&d->monitor);
	known = map_has(d->inodes, str_from(key));
	monitor_leave(&d->monitor);
	return known;
}

bool
deny_list_seeks(struct deny_list *d, const struct stat *st)
{
	const struct deny_scan_opts opts = { .deadline_ms =
		clock_now_ms() + SEEK_MS };
	int64_t now = clock_now_ms();
	bool stale;

	if (!S_ISREG(st->st_mode) || st->st_nlink < 2)
		return false;
	monitor_enter(&d->monitor);
	stale = !d->sought || now - d->sought_ms > SEEK_AGAIN_MS;
	if (stale) {
		d->sought = true;
		d->sought_ms = now;
	}
	monitor_leave(&d->monitor);
	for (size_t i = 0; stale && i < d->roots.n; i++)
		deny_scan(d, d->roots.items[i], &opts);
	return deny_list_knows(d, st);
}

void
deny_list_each_outside(const struct deny_list *d,
    void (*take)(const char *path, bool is_folder, void *ctx), void *ctx)
{
	for (size_t i = 0; i < d->own.n; i++)
		take(d->own.items[i], true, ctx);
	for (size_t i = 0; i < deny_table_len; i++) {
		const struct deny_row *row = &deny_table[i];
		struct str pattern = str_from(row->pattern);
		bool is_folder = str_ends(pattern, STR("/"));
		CLEANUP(free_ptr) char *path = NULL;

		if (is_wild(pattern) || row->holds != NULL)
			continue;
		if (row->where != DENY_SYSTEM && d->home == NULL)
			continue;
		if (is_folder)
			pattern.len--;
		path = mem_printf("%s/%.*s",
		    row->where == DENY_SYSTEM ? "" : d->home,
		    STR_ARG(pattern));
		take(path, is_folder, ctx);
	}
}

bool
deny_list_guards(const struct deny_list *d, struct str path)
{
	CLEANUP_BUF struct buf plain = BUF_INIT(PATH_BYTES_MAX);
	CLEANUP_BUF struct buf folded = BUF_INIT(PATH_BYTES_MAX);
	struct str rest, part, above = STR_NONE;

	normalize(d, path, &plain);
	fold_path(buf_str(&plain), &folded);
	rest = buf_str(&folded);
	for (; str_next_field(&rest, '/', &part); above = part)
		if (deny_is_guarded(above, part))
			return true;
	return folded.failed != 0;
}
