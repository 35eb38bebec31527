/* The colours of a diff; see diff_paint.h. */
#include "tui/text/diff_paint.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tui/text/diff_words.h"

enum {
	HUNK_BYTES_MAX = 128 * 1024, /* that are coloured */
	COMPARE_MAX = 20 * 1000 * 1000,
};

void
diff_paint_init(struct diff_paint *p, struct str diff,
    const struct diff_parsed *parsed, const struct diff_lines_opts *opts)
{
	*p = (struct diff_paint){ .diff = diff, .parsed = parsed,
		.opts = opts, .budget = COMPARE_MAX,
		.roles = mem_alloc(diff.len + 1, 1),
		.grounds = mem_alloc(diff.len + 1, 1) };
}

void
diff_paint_release(struct diff_paint *p)
{
	free(p->roles);
	free(p->grounds);
}

static struct str
text_of(const struct diff_paint *d, const struct diff_row *row)
{
	return str_sub(d->diff, row->at, row->len);
}

static bool
is_code(const struct diff_row *row)
{
	return row->kind == DIFF_SAME || row->kind == DIFF_ADDED ||
	    row->kind == DIFF_REMOVED;
}

/* Gathers one version of a hunk's rows, asks for its colours, and deals them
 * out to the bytes of the diff. */
static void
color_side(struct diff_paint *d, size_t from, size_t to,
    enum diff_row_kind kind)
{
	CLEANUP_BUF struct buf code = BUF_INIT(HUNK_BYTES_MAX);
	CLEANUP(free_ptr) uint8_t *roles = NULL;
	const struct diff_row *rows = d->parsed->rows;
	struct str path = diff_file_path(&d->parsed->files[rows[from].file]);
	size_t at = 0, wanted = 0;

	for (size_t i = from; i < to; i++) {
		if (rows[i].kind != DIFF_SAME && rows[i].kind != kind)
			continue;
		wanted += rows[i].kind == kind;
		buf_add_str(&code, text_of(d, &rows[i]));
		buf_add_char(&code, '\n');
	}
	/* Of the old version only what was removed is shown. */
	if (code.failed != 0 || code.len == 0 ||
	    (wanted == 0 && kind == DIFF_REMOVED))
		return;
	roles = mem_alloc(code.len, 1);
	if (!d->opts->highlight(path, buf_str(&code), roles, d->opts->ctx))
		return;
	for (size_t i = from; i < to; i++) {
		if (rows[i].kind != DIFF_SAME && rows[i].kind != kind)
			continue;
		memcpy(d->roles + rows[i].at, roles + at, rows[i].len);
		at += rows[i].len + 1;
	}
}

/* Lines that were replaced, one for one, by their order. */
static void
mark_words(struct diff_paint *d, size_t from, size_t middle, size_t to)
{
	const struct diff_row *rows = d->parsed->rows;

	for (size_t i = from, k = middle; i < middle && k < to; i++, k++)
		diff_words(text_of(d, &rows[i]), text_of(d, &rows[k]),
		    d->grounds + rows[i].at, ROLE_REMOVED_WORD,
		    d->grounds + rows[k].at, ROLE_ADDED_WORD, &d->budget);
}

void
diff_paint_hunk(struct diff_paint *d, size_t from)
{
	const struct diff_parsed *p = d->parsed;
	size_t to = from, middle, i;

	while (to < p->count && (is_code(&p->rows[to]) ||
	    p->rows[to].kind == DIFF_NO_NEWLINE))
		to++;
	if (from == to)
		return;
	if (d->opts->highlight != NULL) {
		color_side(d, from, to, DIFF_REMOVED);
		color_side(d, from, to, DIFF_ADDED);
	}
	for (i = from; i < to;) {
		size_t end_row = diff_find_change(p, i, &middle);

		mark_words(d, i, middle, end_row);
		i = end_row > i ? end_row : i + 1;
	}
}
