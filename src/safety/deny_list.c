/* The deny list; see deny_list.h. A path is folded once; then each of its
 * leading parts is a folder to look up, the whole of it a file. Most rows are
 * turned down by their first or last letter, so that a look-up costs a few
 * microseconds. */
#include "safety/deny_list.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "safety/deny_ignore.h"
#include "safety/deny_links.h"
#include "safety/deny_names.h"
#include "safety/deny_path.h"
#include "safety/deny_scan.h"
#include "safety/deny_table.h"

#define PEEK_MAX (32 * KIB)
enum { SEEK_MS = 1000 }; /* looking for other names */

struct path_list {
	char **items;
	size_t n;
};

struct deny_list {
	struct deny_names names;
	char *home;
	struct path_list roots, own, readable;
	struct deny_ignore ignored;
	struct deny_links links;
};

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
	deny_names_init(&d->names);
	deny_ignore_init(&d->ignored, (const char *const *)d->roots.items,
	    d->roots.n);
	deny_links_init(&d->links);
	return d;
}

void
deny_list_destroy(struct deny_list *d)
{
	if (d == NULL)
		return;
	free(d->home);
	deny_names_release(&d->names);
	deny_ignore_release(&d->ignored);
	deny_links_release(&d->links);
	list_release(&d->roots);
	list_release(&d->own);
	list_release(&d->readable);
	free(d);
}

static bool
is_below_any(struct str path, const struct path_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (deny_path_below(path, list->items[i]))
			return true;
	return false;
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
	deny_fold(buf_str(&head), &low);
	while (str_next_field(&rest, '|', &word))
		if (str_find(buf_str(&low), word, 0) != SIZE_MAX)
			return true;
	return false;
}

struct look_up {
	struct deny_list *d;
	const struct deny_parts *plain, *folded; /* n is the same */
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
	return deny_pattern_fits(pattern, tail);
}

static bool
is_exception(struct str name)
{
	for (size_t i = 0; i < deny_exceptions_len; i++)
		if (deny_pattern_fits(str_from(deny_exceptions[i]), name))
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
look(struct look_up *l)
{
	struct deny_list *d = l->d;
	size_t home_parts = 0;
	struct str path = l->plain->path;

	for (size_t i = 0; i < d->own.n; i++)
		if (deny_path_below(path, d->own.items[i]) &&
		    !is_below_any(path, &d->readable))
			return hit(l, "friday's own data",
			    str_from(d->own.items[i]));
	if (d->home != NULL && deny_path_below(path, d->home))
		while (home_parts < l->plain->n &&
		    l->plain->end[home_parts] <= strlen(d->home))
			home_parts++;
	for (size_t n = 1; n <= l->folded->n; n++)
		if (table_hits(l, n, n < l->folded->n ||
			(l->flags & DENY_FOLDER), home_parts))
			return true;
	return deny_ignore_hits(&d->ignored, l->plain,
		   l->flags & DENY_FOLDER) &&
	    hit(l, "named in a .fridayignore file", STR(".fridayignore"));
}

bool
deny_list_check(struct deny_list *d, struct str path, unsigned flags,
    struct deny_hit *ret)
{
	CLEANUP_BUF struct buf plain = BUF_INIT(DENY_PATH_MAX);
	CLEANUP_BUF struct buf folded = BUF_INIT(DENY_PATH_MAX);
	struct deny_parts plain_parts, folded_parts;
	struct look_up l = { d, &plain_parts, &folded_parts, flags, ret };

	deny_path_normalize(d->roots.items[0], path, &plain);
	deny_path_fold(buf_str(&plain), &folded);
	/* What is too long to be looked at is too long to be opened. */
	if (plain.failed != 0 || folded.failed != 0 ||
	    !deny_path_cut(buf_str(&plain), &plain_parts) ||
	    !deny_path_cut(buf_str(&folded), &folded_parts) ||
	    plain_parts.n != folded_parts.n)
		return hit(&l, "not a path that can be checked", STR("path"));
	return plain_parts.n > 0 && look(&l);
}

bool
deny_list_may_fit(const struct deny_list *d, struct str name)
{
	return deny_names_may_fit(&d->names, name);
}

void
deny_list_learn(struct deny_list *d, const struct stat *st)
{
	deny_links_learn(&d->links, st);
}

static void
learn_all(void *ctx)
{
	struct deny_list *d = ctx;
	const struct deny_scan_opts opts = { .learn_below = true,
		.deadline_ms = clock_now_ms() + SEEK_MS };

	for (size_t i = 0; i < d->roots.n; i++)
		deny_scan(d, d->roots.items[i], &opts);
}

bool
deny_list_seeks(struct deny_list *d, const struct stat *st)
{
	return deny_links_seek(&d->links, st, learn_all, d);
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

		if (deny_pattern_wild(pattern) || row->holds != NULL)
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
	CLEANUP_BUF struct buf plain = BUF_INIT(DENY_PATH_MAX);
	CLEANUP_BUF struct buf folded = BUF_INIT(DENY_PATH_MAX);
	struct str rest, part, above = STR_NONE;

	deny_path_normalize(d == NULL ? NULL : d->roots.items[0], path,
	    &plain);
	deny_path_fold(buf_str(&plain), &folded);
	rest = buf_str(&folded);
	for (; str_next_field(&rest, '/', &part); above = part)
		if (deny_is_guarded(above, part))
			return true;
	return folded.failed != 0;
}
