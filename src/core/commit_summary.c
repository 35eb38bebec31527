/* What is staged, in plain facts; see commit_summary.h.
 *
 *	3 files: 1 new, 2 changed
 *	  src/a.c +12: read_name (3 callers), split
 *	  doc/b.md new, 40 lines
 *	  old.py -> new.py
 */
#include "core/commit_summary.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "git/repo_changes.h"
#include "git/repo_index.h"
#include "index/code_index.h"
#include "index/symbol.h"
#include "syntax/language.h"
#include "syntax/outline.h"

enum {
	FILES_SHOWN = 20,
	NAMES_SHOWN = 6,
	NAME_MAX_BYTES = 60,
	PARSE_MS = 200, /* of one file */
};
#define BLOB_MAX (512 * KIB) /* of a text that is parsed */

struct summary {
	struct repo *repo;
	struct code_index *index; /* NULL: it is not asked */
	struct buf *out;
};

struct names {
	const char *items[NAMES_SHOWN];
	size_t n;
	bool more;
};

static void
names_add(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->items[i], name) == 0)
			return;
	if (names->n == NAMES_SHOWN)
		names->more = true;
	else
		names->items[names->n++] = name;
}

/* The innermost definition around a line; NULL: none. */
static const struct outline_item *
item_at(const struct outline *o, uint32_t line)
{
	const struct outline_item *best = NULL;

	for (size_t i = 0; i < o->n_items; i++) {
		const struct outline_item *item = &o->items[i];

		if (item->start_line <= line && line <= item->end_line &&
		    (best == NULL || item->depth >= best->depth))
			best = item;
	}
	return best;
}

/* Whether this file alone defines the name: then every use of it means that
 * one. Prototypes are no definitions. */
static bool
is_only_here(const struct symbol_list *definitions, struct str path)
{
	size_t here = 0;

	for (size_t i = 0; i < definitions->n; i++) {
		const struct symbol_item *d = &definitions->items[i];

		if (strcmp(d->kind, "prototype") == 0)
			continue;
		if (!str_eq_c(path, d->path))
			return false;
		here++;
	}
	return here == 1 && definitions->total == definitions->n;
}

/* How many definitions call it, as the index has it from before. */
static void
add_callers(struct summary *s, struct str path, const char *name)
{
	const struct symbol_opts opts = { .references_max = 0 };
	CLEANUP(symbol_report_release) struct symbol_report report = { 0 };
	size_t n;

	if (s->index == NULL || code_index_symbol(s->index, str_from(name),
	    &opts, &report, NULL) != 0)
		return;
	n = report.callers.total;
	if (n > 0 && is_only_here(&report.definitions, path))
		buf_printf(s->out, " (%zu caller%s)", n, n == 1 ? "" : "s");
}

static void
add_names(struct summary *s, const struct repo_change *c, struct str text,
    const struct line_set *lines)
{
	struct str path = str_from(c->path);
	const struct language *language = language_of_file(path, text);
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	CLEANUP(outline_release) struct outline outline = { .n_items = 0 };
	struct names names = { .n = 0 };

	opts.timeout_ms = PARSE_MS;
	if (language == NULL ||
	    outline_make(language, text, &opts, &outline, NULL) != 0)
		return;
	for (size_t i = 0; i < lines->n; i++) {
		uint32_t end = lines->items[i].first + lines->items[i].count;

		for (uint32_t l = lines->items[i].first;
		    l < end && !names.more; l++) {
			const struct outline_item *item =
			    item_at(&outline, l);

			if (item != NULL && item->name[0] != '\0')
				names_add(&names, item->name);
		}
	}
	for (size_t i = 0; i < names.n; i++) {
		size_t len = utf8_cut(names.items[i], strlen(names.items[i]),
		    NAME_MAX_BYTES);

		buf_printf(s->out, "%s%.*s", i == 0 ? ": " : ", ", (int)len,
		    names.items[i]);
		if (c->old_mode != 0)
			add_callers(s, path, names.items[i]);
	}
	if (names.more)
		buf_add_cstr(s->out, ", …");
}

/* What new lines a text file has. Binary and large ones say so. */
static void
add_content(struct summary *s, const struct repo_change *c)
{
	struct repo *r = s->repo;
	struct buf *out = s->out;
	CLEANUP_BUF struct buf before = BUF_INIT(BLOB_MAX);
	CLEANUP_BUF struct buf after = BUF_INIT(BLOB_MAX);
	CLEANUP_LINE_SET struct line_set lines = { .n = 0 };

	if (repo_withholds(r, str_from(c->path)))
		return;
	if ((c->old_oid[0] != '\0' &&
		repo_blob_read(r, c->old_oid, &before, NULL) != 0) ||
	    repo_blob_read(r, c->oid, &after, NULL) != 0) {
		buf_add_cstr(out, " (large)");
		return;
	}
	if (str_find_char(buf_str(&after), '\0', 0) != SIZE_MAX) {
		buf_add_cstr(out, " (binary)");
		return;
	}
	if (repo_change_lines(r, c, buf_str(&before), buf_str(&after), &lines,
		NULL) != 0)
		return;
	buf_printf(out, " +%zu", line_set_count(&lines));
	add_names(s, c, buf_str(&after), &lines);
}

static void
add_file(struct summary *s, const struct repo_change *c)
{
	struct buf *out = s->out;
	bool is_file = (c->mode & 0170000) == 0100000;

	buf_add_cstr(out, "  ");
	if (c->old_path != NULL)
		buf_printf(out, "%s -> ", c->old_path);
	buf_add_cstr(out, c->path);
	if (c->mode == 0)
		buf_add_cstr(out, " removed");
	else if (c->old_mode == 0)
		buf_add_cstr(out, " new");
	else if (c->mode != c->old_mode)
		buf_printf(out, " mode %06o", c->mode);
	if (is_file && strcmp(c->oid, c->old_oid) != 0)
		add_content(s, c);
	buf_add_char(out, '\n');
}

static void
add_count(struct buf *out, size_t n, const char *what, bool *first)
{
	if (n == 0)
		return;
	buf_printf(out, "%s%zu %s", *first ? ": " : ", ", n, what);
	*first = false;
}

int
commit_summary(struct repo *r, struct code_index *index, struct buf *out,
    struct error *err)
{
	struct summary s = { r, index, out };
	const struct repo_changes_opts opts = { .what = REPO_CHANGES_STAGED };
	CLEANUP_REPO_CHANGES struct repo_changes changes = { .n = 0 };
	size_t added = 0, removed = 0, moved = 0;
	bool first = true;
	int rc = repo_changes_read(r, &opts, &changes, err);

	if (rc != 0 || changes.n == 0)
		return rc;
	for (size_t i = 0; i < changes.n; i++) {
		const struct repo_change *c = &changes.items[i];

		added += c->old_mode == 0;
		removed += c->mode == 0;
		moved += c->old_path != NULL;
	}
	buf_printf(out, "%zu file%s", changes.n, changes.n == 1 ? "" : "s");
	add_count(out, added, "new", &first);
	add_count(out, changes.n - added - removed - moved, "changed", &first);
	add_count(out, moved, "moved", &first);
	add_count(out, removed, "removed", &first);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < changes.n && i < FILES_SHOWN; i++)
		add_file(&s, &changes.items[i]);
	if (changes.n > FILES_SHOWN)
		buf_printf(out, "  … and %zu more\n", changes.n - FILES_SHOWN);
	return buf_check(out, err);
}
