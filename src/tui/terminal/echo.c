/* See echo.h. */
#include "tui/terminal/echo.h"

#include "tui/terminal/overlay.h"
#include "tui/terminal/pen.h"

enum { ECHO_COLS = 16 };

static bool
is_printable(const struct echo *e, const struct cell *c, struct style style)
{
	wchar_t text[OVERLAY_CHARACTERS + 1];

	if (c->link != 0 || memcmp(&c->style, &style, sizeof(style)) != 0)
		return false;
	if (c->len == 1)
		return c->text[0] >= 0x20 && c->text[0] < 0x7f;
	return e->utf8 && (c->columns == 0 || overlay_is_plain(c, text));
}

static bool
find_row(const struct surface *s, struct echo_change *change)
{
	int rows = surface_rows(s), found = 0;

	for (int row = 0; row < rows; row++) {
		int from, to;

		if (!surface_row_changed(s, row, &from, &to))
			continue;
		if (++found > 1 || to - from > ECHO_COLS)
			return false;
		change->row = row;
		change->from = from;
		change->to = to;
	}
	return true;
}

bool
echo_find(const struct echo *e, const struct surface *s,
    struct echo_change *ret)
{
	struct echo_change change = { .row = 0 };
	const struct cell *cells;

	surface_cursor_at(s, &change.cursor_row, &change.cursor_col);
	if (change.cursor_row < 0 || !find_row(s, &change))
		return false;
	cells = surface_row(s, change.row);
	if (change.to > change.from) {
		/* Both halves of what is wide. */
		while (change.from > 0 && cells[change.from].columns == 0)
			change.from--;
		if (cells[change.to - 1].columns == 2)
			change.to++;
		/* Behind the last column terminals differ about the cursor. */
		if (change.to >= surface_cols(s))
			return false;
	}
	for (int col = change.from; col < change.to; col++)
		if (!is_printable(e, &cells[col], cells[change.from].style))
			return false;
	*ret = change;
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
			buf_add(out, cells[col].text, cells[col].len);
		buf_add_cstr(out, "\033[m");
		e->col = change->to;
	}
	echo_move(e, change->cursor_row, change->cursor_col, out);
}
