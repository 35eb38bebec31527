/* What the bytes of a diff look like: the colours of the code, asked for a hunk
 * at a time, and the words that a change is about. For diff_lines.c. */
#ifndef FRIDAY_TUI_TEXT_DIFF_PAINT_H
#define FRIDAY_TUI_TEXT_DIFF_PAINT_H

#include "tui/text/diff_lines.h"
#include "tui/text/diff_parse.h"

struct diff_paint {
	struct str diff;
	const struct diff_parsed *parsed;
	const struct diff_lines_opts *opts;
	uint8_t *roles, *grounds; /* enum style_role, by byte of the diff */
	size_t budget;		  /* for comparing lines */
};

/* All is borrowed. */
void diff_paint_init(struct diff_paint *p, struct str diff,
    const struct diff_parsed *parsed, const struct diff_lines_opts *opts);
void diff_paint_release(struct diff_paint *p);
/* Fills the bytes of the hunk whose first row is `from`. */
void diff_paint_hunk(struct diff_paint *p, size_t from);

#endif
