/* Styles as what the terminal can show: colours of the theme, reduced to what
 * there is, for ncurses and as SGR sequences (ECMA-48 8.3.117). */
#ifndef FRIDAY_TUI_TERMINAL_PEN_H
#define FRIDAY_TUI_TERMINAL_PEN_H

#include "base/buf.h"
#include "tui/text/theme.h"

enum { PEN_DEFAULT = -1 };

struct pen_colors {
	int fore, back; /* as ncurses numbers them; PEN_DEFAULT */
	unsigned flags; /* enum style_flags */
};

/* colors: as in struct terminal_traits. */
struct pen_colors pen_colors(const struct theme *theme, struct style style,
    int colors);
/* Appends the sequence that sets exactly this. */
void pen_sgr(const struct pen_colors *c, int colors, struct buf *out);

#endif
