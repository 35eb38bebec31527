/* What a search shows: its prompt, where it is, and tints; see search.h. */
#include "base/width.h"
#include "tui/transcript/inner.h"

static void
add_count(const struct search *s, struct buf *out)
{
	size_t here = s->nth + 1;

	for (size_t i = 0; i < s->hit && i < s->n; i++)
		here += s->hits[i].count;
	if (s->n > 0)
		buf_printf(out, "%zu/%zu%s", here, s->total,
		    s->more ? "+" : "");
	else if (s->pattern.len > 0 && !s->asking)
		buf_add_cstr(out, "not found");
	if (s->asking)
		buf_add_cstr(out, " …");
}

void
search_status(const struct search *s, struct buf *out)
{
	if (s->pattern.len == 0 || s->typing)
		return;
	buf_printf(out, "search: %s ", buf_text(&s->pattern));
	add_count(s, out);
}

void
search_draw(struct search *s, struct surface *to, struct rect r)
{
	CLEANUP_BUF struct buf count = BUF_INIT(128);
	struct rect row = { r.row + r.rows - 1, r.col, 1, r.cols };
	int used, columns;

	if (!s->typing)
		return;
	add_count(s, &count);
	columns = (int)width_of(buf_str(&count));
	surface_fill(to, row, STYLE_ON(ROLE_TEXT, ROLE_PANEL));
	used = surface_text(to, row.row, row.col, r.cols, STR("/"),
	    STYLE(ROLE_ACCENT));
	used += surface_text_cut(to, row.row, row.col + used, r.cols - used -
	    1, buf_str(&s->pattern), STYLE(ROLE_TEXT), true);
	s->cursor_row = row.row;
	s->cursor_col = row.col + used;
	if (used + columns + 3 < r.cols)
		surface_text(to, row.row, row.col + r.cols - columns - 1,
		    columns, buf_str(&count), STYLE(ROLE_MUTED));
}

/* --- tints --------------------------------------------------------------- */

/* Whether an occurrence is the one where we are: by the source it shows. */
static bool
is_now(const struct search *s, const struct block *b, const struct lines *l,
    size_t line, size_t at)
{
	const struct line *in = &l->lines[line];
	size_t before = 0;

	if (s->now.block != b)
		return false;
	for (size_t k = 0; k < in->count; k++) {
		const struct piece *p = &l->pieces[in->first + k];

		if (at < before + p->len)
			return p->source != LINE_NO_SOURCE &&
			    p->source + (at - before) == s->now.at;
		before += p->len;
	}
	return false;
}

void
search_tint(const struct search *s, struct surface *to, int row, int col,
    const struct block *b, const struct lines *l, size_t line)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	size_t at;

	if (s->pattern.len == 0)
		return;
	lines_text(l, line, &text);
	at = finder_next(&s->finder, buf_str(&text), 0);
	while (at != SIZE_MAX) {
		int from = (int)width_of(str_sub(buf_str(&text), 0, at));
		int cols = (int)width_of(str_sub(buf_str(&text), at,
		    s->finder.len));

		surface_tint(to, (struct rect){ row, col + from, 1, cols },
		    is_now(s, b, l, line, at) ? ROLE_SELECTION : ROLE_MATCH);
		at = finder_next(&s->finder, buf_str(&text),
		    at + s->finder.len);
	}
}
