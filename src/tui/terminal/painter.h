/* From the surface to the terminal, by ncurses: it works out the fewest bytes.
 * They are taken from ncurses into memory and sent by terminal_write(), so a
 * slow terminal never blocks us.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TERMINAL_PAINTER_H
#define FRIDAY_TUI_TERMINAL_PAINTER_H

#include "base/error.h"
#include "tui/terminal/input.h"
#include "tui/terminal/surface.h"
#include "tui/terminal/terminal.h"
#include "tui/text/theme.h"

struct painter;

/* One at a time. */
int painter_create(struct terminal *t, const struct theme *theme,
    struct painter **ret, struct error *err);
void painter_destroy(struct painter *p);
/* What the first frame did not wait for: the locale and ncurses. Once, behind
 * it, with the surface as it was painted, and before the first thread is
 * started (terminfo.h). *ret_wrong: the terminal is not what it seemed to be,
 * and the frame must be painted anew. Errors: ERR_UNSUPPORTED, ERR_IO. */
int painter_catch_up(struct painter *p, struct surface *s, bool *ret_wrong,
    struct error *err);
/* Teaches the keys that the terminal's terminfo entry has; after
 * painter_catch_up(). */
void painter_learn_keys(struct painter *p, struct input *in);
/* Sends the rows that changed, in one synchronized frame, and settles the
 * surface. */
void painter_paint(struct painter *p, struct surface *s);
/* After a resize, or to clear all (Ctrl+L). */
void painter_resize(struct painter *p, int rows, int cols);
/* The surface must be spoiled by the caller. */
void painter_set_theme(struct painter *p, const struct theme *theme);

#endif
