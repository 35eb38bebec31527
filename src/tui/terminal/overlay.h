/* Cells put where they belong by explicit movements of the cursor: what
 * ncurses and terminals could disagree on, and the first frame. For terminals
 * that understand xterm's sequences.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TERMINAL_OVERLAY_H
#define FRIDAY_TUI_TERMINAL_OVERLAY_H

#include <wchar.h>

#include "tui/terminal/surface.h"
#include "tui/text/theme.h"

enum { OVERLAY_CHARACTERS = 5 }; /* of a plain cell; as many as ncurses takes */

struct overlay {
	const struct theme *theme;
	int colors; /* as in struct terminal_traits */
};

/* Whether ncurses, libc and every terminal agree on how wide the cell is. Its
 * characters, NUL-ended, in out. */
bool overlay_is_plain(const struct cell *c,
    wchar_t out[OVERLAY_CHARACTERS + 1]);
/* Appends the cells of a row that are not plain, links and what is struck
 * through; behind the first cell that a terminal may take for wider than it is
 * all of them, as it may have covered others. Attributes are on after it,
 * autowrap must be off. */
void overlay_row(const struct overlay *o, const struct surface *s, int row,
    struct buf *out);
/* Appends the whole surface, on a screen that is cleared with attributes
 * off. */
void overlay_all(const struct overlay *o, const struct surface *s,
    struct buf *out);

#endif
