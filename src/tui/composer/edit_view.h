/* The text being written as rows of the screen: soft wrap, where the caret
 * stands, which byte a cell shows, moving up and down. Rows are kept until the
 * text or the width changes.
 *
 * One column at the right is left free, so that the caret behind the last
 * character of a full row has a cell. */
#ifndef FRIDAY_TUI_COMPOSER_EDIT_VIEW_H
#define FRIDAY_TUI_COMPOSER_EDIT_VIEW_H

#include "tui/composer/chips.h"
#include "tui/composer/edit_buffer.h"
#include "tui/terminal/surface.h"

struct edit_row {
	size_t at, end; /* bytes; the line feed stands behind `end` */
};

struct edit_view {
	const struct edit *edit;
	const struct chips *chips;
	struct edit_row *rows; /* at least one after a layout */
	size_t n, cap;
	int cols;	       /* of the layout; 0: none yet */
	unsigned version;      /* of the text that was laid out */
	size_t top;	       /* first row that is shown */
};

void edit_view_init(struct edit_view *v, const struct edit *edit,
    const struct chips *chips);
void edit_view_release(struct edit_view *v);
/* Lays out for `cols` columns, where that is not done yet. */
void edit_view_layout(struct edit_view *v, int cols);
/* Row and column of a byte offset. */
void edit_view_place(const struct edit_view *v, size_t at, size_t *ret_row,
    int *ret_col);
/* The offset nearest to a column of a row. */
size_t edit_view_at(const struct edit_view *v, size_t row, int col);
/* The offset `rows` above (negative) or below, at the goal column, which is
 * kept in *goal_col. False: there is no such row. */
bool edit_view_vertical(const struct edit_view *v, int rows, int *goal_col,
    size_t *ret_at);
/* Scrolls so that the caret is in sight, and draws. selection: bytes [from,
 * to); none when they are equal. The cursor is placed if `cursor`. */
struct edit_view_draw {
	struct style style, chip;
	size_t select_from, select_to;
	bool cursor;
};
void edit_view_draw(struct edit_view *v, struct surface *s, struct rect r,
    const struct edit_view_draw *opts);

#endif
