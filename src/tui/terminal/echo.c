/* See echo.h. */
#include "tui/terminal/echo.h"

#include "tui/terminal/pen.h"

enum { ECHO_COLS = 16 };

static bool
is_printable(const struct cell *c, struct style style)
{
	return c->len == 1 && c->columns == 1 && c->link == 0 &&
	    c->text[0] >= 0x20 && c->text[0] < 0x7f &&
	    memcmp(&c->style, &style, sizeof(style)) == 0;
}

static bool
find_row(const struct surface *s, struct echo_change *e)
{
	int rows = surface_rows(s), found = 0;

	for (int row = 0; row < rows; row++) {
		int from, to;

		if (!surface_row_changed(s, row, &from, &to))
			continue;
		if (++found > 1 || to - from > ECHO_COLS)
			return false;
		e->row = row;
		e->from = from;
		e->to = to;
	}
	return true;
}

bool
echo_find(const struct surface *s, struct echo_change *ret)
{
	struct echo_change e = { .row = 0 };
	const struct cell *cells;

	surface_cursor_at(s, &e.cursor_row, &e.cursor_col);
	if (e.cursor_row < 0 || !find_row(s, &e))
		return false;
	/* Behind the last column terminals differ about the cursor. */
	if (e.to > e.from && e.to == surface_cols(s))
		return false;
	cells = surface_row(s, e.row);
	for (int col = e.from; col < e.to; col++)
		if (!is_printable(&cells[col], cells[e.from].style))
			return false;
	*ret = e;
	return true;
}

void
echo_move(struct echo *e, int row, int col, struct buf *out)
{
	if (e->row != row || e->col != col)
		buf_printf(out, "\033[%d;%dH", row + 1, col + 1);
	e->row = row;
	e->col = col;
}

static void
set_pen(struct echo *e, struct style style, struct buf *out)
{
	if (e->pen_len == 0 ||
	    memcmp(&e->style, &style, sizeof(style)) != 0) {
		CLEANUP_BUF struct buf sgr = BUF_INIT(sizeof(e->pen));
		struct pen_colors pen = pen_colors(e->theme, style, e->colors);

		pen_sgr(&pen, e->colors, &sgr);
		memcpy(e->pen, buf_text(&sgr), sgr.len);
		e->pen_len = sgr.len;
		e->style = style;
	}
	buf_add(out, e->pen, e->pen_len);
}

void
echo_print(struct echo *e, const struct surface *s,
    const struct echo_change *change, struct buf *out)
{
	const struct cell *cells = surface_row(s, change->row);

	if (change->to > change->from) {
		echo_move(e, change->row, change->from, out);
		set_pen(e, cells[change->from].style, out);
		for (int col = change->from; col < change->to; col++)
			buf_add_char(out, cells[col].text[0]);
		buf_add_cstr(out, "\033[m");
		e->col = change->to;
	}
	echo_move(e, change->cursor_row, change->cursor_col, out);
}
