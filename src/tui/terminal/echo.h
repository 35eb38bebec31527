/* Small frames without ncurses: a key mostly changes a cell or two of one row
 * and moves the cursor. To find that out ncurses walks through its windows and
 * takes terminfo's strings apart; that is most of what a key costs.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TERMINAL_ECHO_H
#define FRIDAY_TUI_TERMINAL_ECHO_H

#include "tui/terminal/surface.h"
#include "tui/text/theme.h"

/* All of a frame's changes: cells of one row, and the cursor. */
struct echo_change {
	int row, from, to; /* to <= from: the cursor alone */
	int cursor_row, cursor_col;
};

struct echo {
	const struct theme *theme;
	int colors;   /* as in struct terminal_traits */
	bool utf8;    /* the same */
	int row, col; /* where the terminal's cursor stands */
	/* The last pen: keys come in runs. pen_len 0: none. */
	struct style style;
	char pen[80];
	size_t pen_len;
};

/* Whether no more changed than a few cells in one style before the last column,
 * whose width nobody doubts; and the cursor is shown. */
bool echo_find(const struct echo *e, const struct surface *s,
    struct echo_change *ret);
/* Appends the bytes for a terminal that understands xterm's and whose
 * attributes are off, before and after it. */
void echo_print(struct echo *e, const struct surface *s,
    const struct echo_change *change, struct buf *out);
/* Only moves the cursor, if it is not there. */
void echo_move(struct echo *e, int row, int col, struct buf *out);

#endif
