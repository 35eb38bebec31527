/* Unified diffs as lines: numbers, marks, changes inside the line, colours of
 * the language; one column, or old and new side by side. */
#ifndef FRIDAY_TUI_TEXT_DIFF_LINES_H
#define FRIDAY_TUI_TEXT_DIFF_LINES_H

#include "tui/text/line.h"
#include "tui/text/markdown.h"

#define DIFF_SIDE_BY_SIDE_MIN 120 /* columns from which it makes sense */

struct diff_lines_opts {
	int width;
	bool side_by_side;
	bool headers;	/* file names as headings; false: one known file */
	size_t lines_max; /* 0: all; else the rest is counted in one line */
	markdown_highlight_fn *highlight; /* may be NULL; language: file name */
	void *ctx;
};

/* Appends the lines of a diff (git or plain unified, several files). A line's
 * tag is the number of its hunk, from 1, 0 for headings. Text that is no diff
 * is shown as it is. */
void diff_lines(struct str diff, const struct diff_lines_opts *opts,
    struct lines *out);
/* Counts added and removed lines. */
void diff_count(struct str diff, size_t *ret_added, size_t *ret_removed);

#endif
