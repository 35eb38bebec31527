/* Merging lines; see line_merge.h. */
#include "tools/line_merge.h"

#include "tools/diff.h"

/* The line before this one must end. */
static void
close_line(struct line_writer *w, size_t at)
{
	if (w->open)
		buf_add_str(w->out, w->ending.len > 0 ? w->ending :
		    text_lines_eol_near(w->file, at));
	w->open = false;
	w->ending = STR_NONE;
	w->line_start = w->out->len;
}

void
line_writer_keep(struct line_writer *w, size_t line)
{
	close_line(w, line);
	buf_add_str(w->out, text_lines_at(w->file, line));
	buf_add_str(w->out, text_lines_eol(w->file, line));
	w->open = w->file->items[line].eol == 0;
}

/* At the end of a file without last newline, the line stays open and the next
 * one, if any, closes it. */
static void
end_line(struct line_writer *w, size_t at, struct str ending)
{
	if (at >= w->file->n && w->file->n > 0 &&
	    w->file->items[w->file->n - 1].eol == 0) {
		w->open = true;
		w->ending = ending;
		return;
	}
	buf_add_str(w->out, ending.len > 0 ? ending :
	    text_lines_eol_near(w->file, at));
}

void
line_writer_add(struct line_writer *w, struct str line, size_t at)
{
	close_line(w, at);
	if (!match_reindent(line, &w->indent, w->out))
		w->failed = true;
	end_line(w, at, STR_NONE);
}

void
line_writer_replace(struct line_writer *w, struct str line, size_t was,
    struct str old, size_t at)
{
	struct str have = text_lines_at(w->file, was);
	CLEANUP_BUF struct buf merged =
	    BUF_INIT(have.len + line.len + 1);

	close_line(w, at);
	match_merge(have, old, line, &merged);
	if (!match_reindent(buf_str(&merged), &w->indent, w->out))
		w->failed = true;
	end_line(w, at, text_lines_eol(w->file, was));
}

void
line_writer_cut_ending(struct line_writer *w)
{
	size_t len = w->out->len;

	if (len > w->line_start && w->out->ptr[len - 1] == '\n')
		len--;
	if (len < w->out->len && len > w->line_start &&
	    w->out->ptr[len - 1] == '\r')
		len--;
	buf_truncate(w->out, len);
}

/* The text with LF line ends, and one at the end. */
static void
whole_lines(struct str text, struct buf *out)
{
	struct str line;

	while (str_next_line(&text, &line)) {
		buf_add_str(out, line);
		buf_add_char(out, '\n');
	}
}

bool
line_merge(const struct text_lines *file, size_t at, struct str old_text,
    struct str new_text, const struct match_indent *indent, struct buf *out)
{
	CLEANUP_BUF struct buf a = BUF_INIT(old_text.len + 1);
	CLEANUP_BUF struct buf b = BUF_INIT(new_text.len + 1);
	CLEANUP_LINES struct text_lines old_lines, new_lines;
	struct line_writer w = LINE_WRITER(file, *indent, out);
	struct diff_script s;
	size_t dropped;

	whole_lines(old_text, &a);
	whole_lines(new_text, &b);
	text_lines_init(&old_lines, buf_str(&a));
	text_lines_init(&new_lines, buf_str(&b));
	diff_text_lines(&old_lines, &new_lines, &s);
	w.line_start = out->len;
	for (size_t i = 0; i < s.n; i++) {
		const struct diff_run *r = &s.runs[i];

		for (size_t j = 0; r->kind == DIFF_KEEP && j < r->n; j++)
			line_writer_keep(&w, at + r->a + j);
		/* What was dropped right before it is what it replaces. */
		dropped = r->kind == DIFF_ADD && i > 0 &&
		    s.runs[i - 1].kind == DIFF_DROP ? s.runs[i - 1].n : 0;
		for (size_t j = 0; r->kind == DIFF_ADD && j < r->n; j++) {
			struct str line =
			    text_lines_at(&new_lines, r->b + j);
			size_t was = r->a - dropped + j;

			if (j < dropped)
				line_writer_replace(&w, line, at + was,
				    text_lines_at(&old_lines, was),
				    at + r->a);
			else
				line_writer_add(&w, line, at + r->a);
		}
	}
	if (new_text.len > 0 && new_text.ptr[new_text.len - 1] != '\n')
		line_writer_cut_ending(&w);
	diff_script_release(&s);
	return !w.failed;
}
