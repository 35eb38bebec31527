/* What the screen should show: a grid of cells that components draw into. It
 * remembers what was shown; the painter (painter.h) sends what differs. Nothing
 * but this module puts text into cells, so nothing else has to fear control
 * characters: they are drawn as U+FFFD, one column each.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TERMINAL_SURFACE_H
#define FRIDAY_TUI_TERMINAL_SURFACE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/width.h"
#include "tui/text/line.h"
#include "tui/text/style.h"

struct rect {
	int row, col, rows, cols; /* cells; rows and cols may be 0 */
};

/* One cluster in one cell (of a wide one the second cell is a tail). Long
 * clusters are cut to what fits. Equal cells are equal as bytes. */
#define CELL_TEXT_MAX 28

struct cell {
	char text[CELL_TEXT_MAX]; /* UTF-8, then NULs; "" in a tail */
	uint8_t len;		  /* bytes of text */
	uint8_t columns;	  /* 1 or 2; 0: the tail of a wide cell */
	uint16_t link;		  /* surface_link_url(); 0: none */
	struct style style;	  /* ground is never 0 here */
};

struct surface;

struct surface *surface_create(int rows, int cols);
void surface_destroy(struct surface *s);
/* Everything becomes blank and changed. rows, cols >= 1. */
void surface_resize(struct surface *s, int rows, int cols);
int surface_rows(const struct surface *s);
int surface_cols(const struct surface *s);
struct rect surface_rect(const struct surface *s);

/* All drawing is clipped to the surface, and to the clip while one is set. */
void surface_clip(struct surface *s, const struct rect *clip); /* NULL: none */
/* Blanks; style.ground is the colour (0: the background). */
void surface_fill(struct surface *s, struct rect r, struct style style);
/* Draws whole clusters of text from (row, col) on, in at most max_cols
 * columns; returns the columns used. With `ground` 0 each cell keeps the
 * ground that it has. */
int surface_text(struct surface *s, int row, int col, int max_cols,
    struct str text, struct style style);
int surface_printf(struct surface *s, int row, int col, int max_cols,
    struct style style, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* The same, but a text that is too long ends in "…" (or, with `head`, begins
 * with it: for paths). */
int surface_text_cut(struct surface *s, int row, int col, int max_cols,
    struct str text, struct style style, bool head);
/* Draws a laid-out line; the rest of the columns is left as it is, or filled
 * with LINE_FILL. Returns the columns used. */
int surface_line(struct surface *s, int row, int col, int max_cols,
    const struct lines *lines, size_t index);
/* Puts another ground under cells that are drawn already: selection, matches,
 * the chosen row of a list. */
void surface_tint(struct surface *s, struct rect r, enum style_role ground);
/* A horizontal rule. */
void surface_rule(struct surface *s, int row, int col, int cols,
    struct style style);

/* Where the hardware cursor stands; row -1: hidden. */
void surface_cursor(struct surface *s, int row, int col);
void surface_cursor_at(const struct surface *s, int *ret_row, int *ret_col);

/* For the painter. */
const struct cell *surface_row(const struct surface *s, int row);
/* Whether the row differs from what it was when the surface settled, and in
 * which columns: from *ret_from up to, not with, *ret_to. */
bool surface_row_changed(const struct surface *s, int row, int *ret_from,
    int *ret_to);
/* After painting: nothing is changed any more. */
void surface_settle(struct surface *s);
/* Everything is changed: after Ctrl+L, a resume. */
void surface_spoil(struct surface *s);
const char *surface_link_url(const struct surface *s, uint16_t link);

/* For tests: the text of the grid, rows ended by line feeds, trailing blanks
 * cut. */
void surface_dump(const struct surface *s, struct buf *out);

#endif
