/* The text as rows; see edit_view.h. */
#include "tui/composer/edit_view.h"

#include "base/mem.h"
#include "tui/composer/edit_text.h"

enum { TAB_COLUMNS = 4 };

void
edit_view_init(struct edit_view *v, const struct edit *edit,
    const struct chips *chips)
{
	*v = (struct edit_view){ .edit = edit, .chips = chips };
}

void
edit_view_release(struct edit_view *v)
{
	free(v->rows);
	v->rows = NULL;
	v->n = v->cap = 0;
}

/* One printable ASCII byte, and no mark behind it: nearly all text. */
static bool
is_simple(struct str text, size_t at)
{
	return text.ptr[at] >= 0x20 && text.ptr[at] < 0x7f &&
	    (at + 1 == text.len || (unsigned char)text.ptr[at + 1] < 0x80);
}

/* Length and columns of the character at `at`, which is no line feed. */
static size_t
character(const struct edit_view *v, struct str text, size_t at,
    int *ret_columns)
{
	int chip, limit = v->cols > 2 ? v->cols - 1 : 1;
	size_t len;

	if (is_simple(text, at)) {
		*ret_columns = 1;
		return 1;
	}
	if (text.ptr[at] == '\t') {
		*ret_columns = TAB_COLUMNS < limit ? TAB_COLUMNS : limit;
		return 1;
	}
	chip = edit_chip_at(text, at);
	if (chip >= 0) {
		size_t columns = width_of(chips_label(v->chips, chip));

		*ret_columns = columns < (size_t)limit ? (int)columns : limit;
		return CHIP_BYTES;
	}
	len = width_cluster(str_make(text.ptr + at, text.len - at),
	    ret_columns);
	return len;
}

static void
add_row(struct edit_view *v, size_t at, size_t end)
{
	v->rows = mem_grow(v->rows, &v->cap, v->n + 1, sizeof(*v->rows));
	v->rows[v->n++] = (struct edit_row){ at, end };
}

static void
lay_out_line(struct edit_view *v, struct str text, size_t from, size_t to)
{
	int width = v->cols > 2 ? v->cols - 1 : 1;
	size_t at = from, blank = from;
	int used = 0;

	while (at < to) {
		int columns;
		size_t len = character(v, text, at, &columns);

		if (used + columns > width && at > from) {
			size_t cut = blank > from ? blank : at;

			add_row(v, from, cut);
			from = blank = at = cut;
			used = 0;
			continue;
		}
		used += columns;
		at += len;
		if (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\t')
			blank = at;
	}
	add_row(v, from, to);
}

void
edit_view_layout(struct edit_view *v, int cols)
{
	struct str text = edit_text(v->edit);
	size_t at = 0;

	if (cols < 1)
		cols = 1;
	if (v->cols == cols && v->version == v->edit->version && v->n > 0)
		return;
	v->cols = cols;
	v->version = v->edit->version;
	v->n = 0;
	for (;;) {
		size_t end = edit_line_end(text, at);

		lay_out_line(v, text, at, end);
		if (end == text.len)
			break;
		at = end + 1;
	}
}

static int
columns_of(const struct edit_view *v, size_t from, size_t to)
{
	struct str text = edit_text(v->edit);
	int used = 0;

	while (from < to) {
		int columns;

		from += character(v, text, from, &columns);
		used += columns;
	}
	return used;
}

void
edit_view_place(const struct edit_view *v, size_t at, size_t *ret_row,
    int *ret_col)
{
	size_t low = 0, high = v->n;

	/* The last row that begins at or before it. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (v->rows[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	*ret_row = low;
	*ret_col = columns_of(v, v->rows[low].at, at);
}

/* A row that a wrap ended: its end is the start of the next row. */
static bool
is_wrapped(const struct edit_view *v, size_t row)
{
	return row + 1 < v->n && v->rows[row + 1].at == v->rows[row].end;
}

size_t
edit_view_at(const struct edit_view *v, size_t row, int col)
{
	struct str text = edit_text(v->edit);
	const struct edit_row *r;
	size_t at, len;
	int used = 0;

	if (row >= v->n)
		return text.len;
	r = &v->rows[row];
	for (at = r->at; at < r->end; at += len) {
		int columns;

		len = character(v, text, at, &columns);
		if (is_wrapped(v, row) && at + len == r->end)
			break;
		if (used + (columns + 1) / 2 > col)
			break;
		used += columns;
	}
	return at;
}

bool
edit_view_vertical(const struct edit_view *v, int rows, int *goal_col,
    size_t *ret_at)
{
	size_t row;
	int col;

	edit_view_place(v, v->edit->caret, &row, &col);
	if (*goal_col >= 0)
		col = *goal_col;
	if (rows < 0 ? row < (size_t)-rows : row + (size_t)rows >= v->n)
		return false;
	row = (size_t)((long)row + rows);
	*ret_at = edit_view_at(v, row, col);
	*goal_col = col;
	return true;
}

/* Draws what is neither selected nor needs a closer look, at once; returns its
 * length. */
static size_t
draw_simple(const struct edit_view *v, struct surface *s, size_t at,
    size_t end, struct rect r, const struct edit_view_draw *opts)
{
	struct str text = edit_text(v->edit);
	size_t len = 0;

	while (at + len < end && is_simple(text, at + len) &&
	    (at + len < opts->select_from || at + len >= opts->select_to))
		len++;
	return (size_t)surface_text(s, r.row, r.col, r.cols,
	    str_make(text.ptr + at, len), opts->style);
}

static void
draw_row(const struct edit_view *v, struct surface *s, const struct rect *r,
    int line, size_t row, const struct edit_view_draw *opts)
{
	struct str text = edit_text(v->edit);
	size_t at = v->rows[row].at, len;
	int used = 0;

	for (; at < v->rows[row].end && used < r->cols; at += len) {
		int columns, chip, col = r->col + used;

		len = draw_simple(v, s, at, v->rows[row].end,
		    (struct rect){ r->row + line, col, 1, r->cols - used },
		    opts);
		if (len > 0) {
			used += (int)len;
			continue;
		}
		chip = edit_chip_at(text, at);
		len = character(v, text, at, &columns);
		if (chip >= 0)
			surface_text_cut(s, r->row + line, col, columns,
			    chips_label(v->chips, chip), opts->chip, false);
		else if (text.ptr[at] != '\t')
			surface_text(s, r->row + line, col, r->cols - used,
			    str_make(text.ptr + at, len), opts->style);
		if (at >= opts->select_from && at < opts->select_to)
			surface_tint(s, (struct rect){ r->row + line, col, 1,
			    columns }, ROLE_SELECTION);
		used += columns;
	}
	/* A line feed that is selected shows as one cell. */
	if (at >= opts->select_from && at < opts->select_to && used < r->cols)
		surface_tint(s, (struct rect){ r->row + line, r->col + used, 1,
		    1 }, ROLE_SELECTION);
}

void
edit_view_draw(struct edit_view *v, struct surface *s, struct rect r,
    const struct edit_view_draw *opts)
{
	size_t row;
	int col;

	if (r.rows < 1 || r.cols < 1)
		return;
	edit_view_layout(v, r.cols);
	edit_view_place(v, v->edit->caret, &row, &col);
	if (row < v->top)
		v->top = row;
	if (row >= v->top + (size_t)r.rows)
		v->top = row + 1 - (size_t)r.rows;
	if (v->top + (size_t)r.rows > v->n)
		v->top = v->n > (size_t)r.rows ? v->n - (size_t)r.rows : 0;
	for (int i = 0; i < r.rows && v->top + (size_t)i < v->n; i++)
		draw_row(v, s, &r, i, v->top + (size_t)i, opts);
	if (opts->cursor)
		surface_cursor(s, r.row + (int)(row - v->top),
		    r.col + (col < r.cols ? col : r.cols - 1));
}
