/* Applying patches; see patch_apply.h. */
#include "tools/patch_apply.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tools/edit_text.h"
#include "tools/line_merge.h"
#include "tools/patch_place.h"

#define BOM "\xef\xbb\xbf"

static int
by_place(const void *a, const void *b)
{
	const struct patch_place *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	/* At one line insertions come first, in the patch's order. */
	if (x->n_old != y->n_old)
		return x->n_old < y->n_old ? -1 : 1;
	return x->hunk < y->hunk ? -1 : 1;
}

/* The added line i takes the place of the n-th last removed one above `at`.
 * The lines that were removed stand in one block before it. */
static void
add_for(struct line_writer *w, const struct patch_place *q, size_t i,
    size_t at, size_t n)
{
	const struct patch_line *lines = q->hunk->lines;
	size_t old = i, left = n;

	/* Past the additions, then n removals up. */
	while (lines[old - 1].kind == '+')
		old--;
	while (left > 0 && lines[old - 1].kind == '-') {
		old--;
		left--;
	}
	line_writer_replace(w, lines[i].text, at - n, lines[old].text, at);
}

static void
write_place(struct line_writer *w, const struct patch_place *q)
{
	const struct patch_line *lines = q->hunk->lines;
	size_t at = q->at;
	size_t n = 0; /* removed lines right above that have no successor */

	w->indent = q->indent;
	for (size_t i = q->first; i < q->first + q->n_lines; i++) {
		if (lines[i].kind == '-') {
			/* Removals below additions begin a new block. */
			if (i > q->first && lines[i - 1].kind == '+')
				n = 0;
			at++;
			n++;
		} else if (lines[i].kind == ' ') {
			line_writer_keep(w, at++);
			n = 0;
		} else if (n > 0) {
			add_for(w, q, i, at, n--);
		} else {
			line_writer_add(w, lines[i].text, at);
		}
	}
}

/* What the patch says of the last newline: 1 there is one, 0 there is none,
 * -1 nothing, so it stays as it was. */
static int
said_of_newline(const struct patch_file *f)
{
	bool old_none = false, new_none = false;

	for (size_t i = 0; i < f->n_hunks; i++) {
		for (size_t j = 0; j < f->hunks[i].n_lines; j++) {
			const struct patch_line *l = &f->hunks[i].lines[j];

			old_none |= l->no_newline && l->kind != '+';
			new_none |= l->no_newline && l->kind != '-';
		}
	}
	if (new_none)
		return 0;
	return old_none ? 1 : -1;
}

static void
settle_newline(const struct patch_file *f, const struct text_lines *file,
    struct line_writer *w)
{
	int said = said_of_newline(f);
	struct buf *out = w->out;
	bool wanted = said < 0 ? file->n == 0 ||
	    file->items[file->n - 1].eol > 0 : said == 1;
	bool there = out->len > 0 && out->ptr[out->len - 1] == '\n';

	if (out->len == 0)
		return;
	if (wanted && !there)
		buf_add_str(out, text_lines_eol_near(file, file->n));
	else if (!wanted && there)
		line_writer_cut_ending(w);
}

static void
write_all(const struct patch_file *f, const struct text_lines *file,
    const struct patch_place *places, struct line_writer *w)
{
	size_t at = 0;

	w->line_start = w->out->len;
	for (size_t i = 0; i < f->n_hunks; i++) {
		while (at < places[i].at)
			line_writer_keep(w, at++);
		write_place(w, &places[i]);
		at += places[i].n_old;
	}
	while (at < file->n)
		line_writer_keep(w, at++);
}

static int
check_additions(const struct patch_file *f, struct str content,
    struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < f->n_hunks; i++)
		for (size_t j = 0; rc == 0 && j < f->hunks[i].n_lines; j++)
			if (f->hunks[i].lines[j].kind == '+')
				rc = edit_text_check_encoding(content,
				    f->hunks[i].lines[j].text, err);
	return rc;
}

/* A first line that the patch wrote with the mark must not double it. */
static struct str
without_bom(struct str body, bool bom)
{
	return bom && str_starts(body, STR(BOM)) ?
	    str_sub(body, 3, SIZE_MAX) : body;
}

int
patch_apply_text(const struct patch_file *file, struct str content,
    struct buf *out, unsigned *ret_tolerance, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(out->max);
	CLEANUP_LINES struct text_lines lines;
	CLEANUP(free_ptr) struct patch_place *places =
	    mem_alloc(file->n_hunks + 1, sizeof(*places));
	struct patch_placer placer = { .file = &lines, .places = places };
	const struct match_indent same = { .kind = INDENT_SAME };
	struct line_writer w = LINE_WRITER(&lines, same, &body);
	bool bom = str_starts(content, STR(BOM));
	int rc = check_additions(file, content, err);

	text_lines_init(&lines, str_sub(content, bom ? 3 : 0, SIZE_MAX));
	for (size_t i = 0; rc == 0 && i < file->n_hunks; i++)
		rc = patch_place_hunk(&placer, &file->hunks[i], err);
	if (rc != 0)
		return rc;
	qsort(places, placer.n, sizeof(*places), by_place);
	write_all(file, &lines, places, &w);
	if (w.failed)
		return error_set(err, ERR_TOOL_NO_MATCH,
		    "an added line is less indented than the lines around it "
		    "are shifted: nothing was changed");
	settle_newline(file, &lines, &w);
	for (size_t i = 0; i < placer.n; i++)
		*ret_tolerance |= places[i].tolerance;
	/* Kept apart until here: a cut ending must not reach the mark. */
	if (bom && body.len > 0)
		buf_add_cstr(out, BOM);
	buf_add_str(out, without_bom(buf_str(&body), bom));
	rc = buf_check(&body, err);
	return rc == 0 ? buf_check(out, err) : rc;
}

/* What an added file holds. */
static int
added_content(const struct patch_file *f, struct buf *out, struct error *err)
{
	for (size_t i = 0; i < f->n_hunks; i++) {
		for (size_t j = 0; j < f->hunks[i].n_lines; j++) {
			const struct patch_line *l = &f->hunks[i].lines[j];

			buf_add_str(out, l->text);
			if (!l->no_newline)
				buf_add_char(out, '\n');
		}
	}
	return buf_check(out, err);
}

static int
plan_add(const struct patch_file *f, struct change_set *cs, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(16 * MIB);
	struct str now;
	bool exists;
	int rc = added_content(f, &out, err);

	if (rc == 0)
		rc = change_set_exists(cs, str_from(f->path), &exists, err);
	if (rc == 0 && exists) {
		rc = change_set_read(cs, str_from(f->path), &now, err);
		if (rc == 0 && !str_eq(now, buf_str(&out)))
			return error_set(err, ERR_EXISTS,
			    "%s exists already, with another content: update "
			    "it instead of adding it", f->path);
	}
	if (rc == 0)
		rc = change_set_put(cs, str_from(f->path), buf_str(&out), 0,
		    err);
	return rc;
}

static int
plan_delete(const struct patch_file *f, struct change_set *cs,
    struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * MIB);
	struct str content;
	unsigned tolerance = 0;
	int rc = 0;

	/* A unified diff says what it deletes: that must be it, and all. */
	if (f->n_hunks > 0 && f->hunks[0].n_lines > 0) {
		rc = change_set_read(cs, str_from(f->path), &content, err);
		if (rc == 0)
			rc = patch_apply_text(f, content, &out, &tolerance,
			    err);
		if (rc == 0 && out.len > 0)
			rc = error_set(err, ERR_TOOL_NO_MATCH,
			    "%s has more lines than the patch deletes",
			    f->path);
	}
	return rc != 0 ? rc : change_set_remove(cs, str_from(f->path), err);
}

static int
plan_update(const struct patch_file *f, struct change_set *cs,
    struct buf *said, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * MIB);
	struct str path = str_from(f->path), content;
	unsigned tolerance = 0;
	int rc = change_set_read(cs, path, &content, err);

	if (rc == 0 && f->n_hunks > 0) {
		rc = patch_apply_text(f, content, &out, &tolerance, err);
		if (rc == 0)
			rc = change_set_put(cs, path, buf_str(&out), 0, err);
	}
	if (rc == 0 && tolerance != 0) {
		buf_printf(said, "note: in %s the patch was not exact, it "
		    "differed in: ", f->path);
		match_tolerance_print(tolerance, said);
		buf_add_char(said, '\n');
	}
	if (rc == 0 && f->new_path != NULL)
		rc = change_set_move(cs, path, str_from(f->new_path), err);
	return rc;
}

/* Puts the file's name before what is wrong with it. */
static int
name_file(const struct patch_file *f, int rc, struct error *err)
{
	char message[sizeof(err->message)];

	if (err == NULL || rc == 0 || strstr(err->message, f->path) != NULL)
		return rc;
	snprintf(message, sizeof(message), "%s", err->message);
	snprintf(err->message, sizeof(err->message), "%.60s: %.190s", f->path,
	    message);
	return rc;
}

int
patch_apply_files(const struct patch *patch, struct change_set *cs,
    struct buf *said, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < patch->n_files; i++) {
		const struct patch_file *f = &patch->files[i];
		const char *target = f->new_path != NULL ? f->new_path :
							   f->path;

		if (f->op == PATCH_ADD)
			rc = plan_add(f, cs, err);
		else if (f->op == PATCH_DELETE)
			rc = plan_delete(f, cs, err);
		else
			rc = plan_update(f, cs, said, err);
		if (rc == 0 && f->mode_set && f->op != PATCH_DELETE)
			rc = change_set_mode(cs, str_from(target), f->mode,
			    err);
		rc = name_file(f, rc, err);
	}
	return rc;
}
