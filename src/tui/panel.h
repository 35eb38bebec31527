/* The panel at the right of the transcript: the plan, the files that changed,
 * what fills the context. Thread: the screen's. */
#ifndef FRIDAY_TUI_PANEL_H
#define FRIDAY_TUI_PANEL_H

#include "tui/facts.h"
#include "tui/terminal/surface.h"

/* Columns that it takes of so many, with its left margin; 0: there is no room
 * for it. */
int panel_cols(int cols);
void panel_draw(const struct facts *facts, struct surface *s, struct rect r);

#endif
