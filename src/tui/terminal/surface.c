/* The grid of cells; see surface.h. */
#include "tui/terminal/surface.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { LINKS_MAX = 4096 };

enum row_state {
	ROW_SETTLED, /* shown as it is */
	ROW_TOUCHED, /* drawn into; perhaps with what was there */
	ROW_SPOILT,  /* to be sent, whatever is shown */
};

struct surface {
	int rows, cols;
	/* Most rows of most screens are blank. Those stand for one row that
	 * is shared; only what differs gets to use its own memory. */
	struct cell *blanks;
	struct cell *cells; /* of rows that are drawn */
	struct cell *shown; /* as they were when the surface settled */
	bool *drawn, *shown_drawn;
	enum row_state *states;
	struct rect clip;
	int cursor_row, cursor_col;
	char **links;
	size_t n_links, cap_links;
};

static const struct cell blank = { .text = " ", .len = 1, .columns = 1,
	.style = { .role = ROLE_TEXT, .ground = ROLE_BACKGROUND } };

struct surface *
surface_create(int rows, int cols)
{
	struct surface *s = mem_new(struct surface);

	surface_resize(s, rows, cols);
	return s;
}

static void
drop_links(struct surface *s)
{
	for (size_t i = 0; i < s->n_links; i++)
		free(s->links[i]);
	s->n_links = 0;
}

void
surface_destroy(struct surface *s)
{
	if (s == NULL)
		return;
	drop_links(s);
	free(s->links);
	free(s->blanks);
	free(s->cells);
	free(s->shown);
	free(s->drawn);
	free(s->shown_drawn);
	free(s->states);
	free(s);
}

struct rect
surface_rect(const struct surface *s)
{
	return (struct rect){ 0, 0, s->rows, s->cols };
}

void
surface_resize(struct surface *s, int rows, int cols)
{
	size_t count;

	s->rows = rows < 1 ? 1 : rows;
	s->cols = cols < 1 ? 1 : cols;
	count = (size_t)s->rows * (size_t)s->cols;
	s->blanks = mem_resize(s->blanks, (size_t)s->cols,
	    sizeof(*s->blanks));
	for (int col = 0; col < s->cols; col++)
		s->blanks[col] = blank;
	s->cells = mem_resize(s->cells, count, sizeof(*s->cells));
	s->shown = mem_resize(s->shown, count, sizeof(*s->shown));
	s->drawn = mem_resize(s->drawn, (size_t)s->rows, sizeof(*s->drawn));
	s->shown_drawn = mem_resize(s->shown_drawn, (size_t)s->rows,
	    sizeof(*s->shown_drawn));
	memset(s->drawn, 0, (size_t)s->rows * sizeof(*s->drawn));
	memset(s->shown_drawn, 0, (size_t)s->rows * sizeof(*s->shown_drawn));
	s->states = mem_resize(s->states, (size_t)s->rows,
	    sizeof(*s->states));
	drop_links(s);
	surface_clip(s, NULL);
	s->cursor_row = -1;
	surface_spoil(s);
}

int
surface_rows(const struct surface *s)
{
	return s->rows;
}

int
surface_cols(const struct surface *s)
{
	return s->cols;
}

static struct rect
intersect(struct rect a, struct rect b)
{
	int bottom = a.row + a.rows < b.row + b.rows ? a.row + a.rows :
	    b.row + b.rows;
	int right = a.col + a.cols < b.col + b.cols ? a.col + a.cols :
	    b.col + b.cols;

	if (a.row < b.row)
		a.row = b.row;
	if (a.col < b.col)
		a.col = b.col;
	a.rows = bottom > a.row ? bottom - a.row : 0;
	a.cols = right > a.col ? right - a.col : 0;
	return a;
}

void
surface_clip(struct surface *s, const struct rect *clip)
{
	s->clip = clip == NULL ? surface_rect(s) :
	    intersect(*clip, surface_rect(s));
}

/* Without padding, and with zeros behind the text, equal cells are equal as
 * bytes. Most of drawing is this comparison: in words, without a call. */
struct words {
	uint64_t text[4];
	uint32_t rest;
};

static_assert(CELL_TEXT_MAX + 4 + sizeof(struct style) == sizeof(struct cell),
    "a cell has no padding");
static_assert(offsetof(struct words, rest) + sizeof(uint32_t) ==
    sizeof(struct cell), "all of a cell is compared");

static bool
same_cell(const struct cell *a, const struct cell *b)
{
	struct words x, y;

	memcpy(&x, a, sizeof(*a));
	memcpy(&y, b, sizeof(*b));
	return ((x.text[0] ^ y.text[0]) | (x.text[1] ^ y.text[1]) |
	    (x.text[2] ^ y.text[2]) | (x.text[3] ^ y.text[3]) |
	    (x.rest ^ y.rest)) == 0;
}

const struct cell *
surface_row(const struct surface *s, int row)
{
	return s->drawn[row] ? s->cells + (size_t)row * (size_t)s->cols :
			       s->blanks;
}

static const struct cell *
cell_at(const struct surface *s, int row, int col)
{
	return &surface_row(s, row)[col];
}

static void
copy_row(const struct surface *s, struct cell *to, const struct cell *from)
{
	memcpy(to, from, (size_t)s->cols * sizeof(*to));
}

/* The row's own cells, to be changed. */
static struct cell *
own_row(struct surface *s, int row)
{
	struct cell *cells = s->cells + (size_t)row * (size_t)s->cols;

	if (!s->drawn[row])
		copy_row(s, cells, s->blanks);
	s->drawn[row] = true;
	return cells;
}

static void
touch(struct surface *s, int row)
{
	if (s->states[row] == ROW_SETTLED)
		s->states[row] = ROW_TOUCHED;
}

static void
put(struct surface *s, int row, int col, const struct cell *cell)
{
	if (same_cell(cell_at(s, row, col), cell))
		return;
	own_row(s, row)[col] = *cell;
	touch(s, row);
}

/* A wide cell of which one half is overwritten leaves a blank behind. */
static void
split_wide(struct surface *s, int row, int col)
{
	const struct cell *c;
	struct cell half;

	if (col < 0 || col >= s->cols)
		return;
	c = cell_at(s, row, col);
	if (c->columns == 0 && col > 0) {
		half = blank;
		half.style.ground = cell_at(s, row, col - 1)->style.ground;
		put(s, row, col - 1, &half);
	} else if (c->columns == 2 && col + 1 < s->cols) {
		half = blank;
		half.style.ground = c->style.ground;
		put(s, row, col + 1, &half);
	}
}

static void
fill_row(struct surface *s, int row, int from, int to,
    const struct cell *cell)
{
	const struct cell *now = surface_row(s, row);
	struct cell *own;

	/* Most of what is wiped is blank. */
	while (from < to && same_cell(&now[from], cell))
		from++;
	if (from >= to)
		return;
	own = own_row(s, row);
	for (; from < to; from++)
		own[from] = *cell;
	touch(s, row);
}

void
surface_fill(struct surface *s, struct rect r, struct style style)
{
	struct cell cell = blank;

	r = intersect(r, s->clip);
	cell.style = style;
	if (style.ground == ROLE_TEXT)
		cell.style.ground = ROLE_BACKGROUND;
	for (int row = r.row; row < r.row + r.rows; row++) {
		if (!s->drawn[row] && same_cell(&cell, &blank))
			continue;
		if (r.cols > 0) {
			split_wide(s, row, r.col);
			split_wide(s, row, r.col + r.cols - 1);
		}
		fill_row(s, row, r.col, r.col + r.cols, &cell);
	}
}

/* Puts one cluster; false when it is outside of the clip. */
static bool
put_cluster(struct surface *s, int row, int col, struct str cluster,
    int columns, struct style style, uint16_t link)
{
	const struct rect *clip = &s->clip;
	struct cell cell = { .columns = (uint8_t)columns, .style = style,
		.link = link };
	size_t len = cluster.len;

	if (row < clip->row || row >= clip->row + clip->rows ||
	    col < clip->col || col + columns > clip->col + clip->cols)
		return false;
	if (len >= CELL_TEXT_MAX)
		len = utf8_cut(cluster.ptr, len, CELL_TEXT_MAX - 1);
	memcpy(cell.text, cluster.ptr, len);
	cell.len = (uint8_t)len;
	if (cell.style.ground == ROLE_TEXT)
		cell.style.ground = cell_at(s, row, col)->style.ground;
	split_wide(s, row, col);
	if (columns == 2)
		split_wide(s, row, col + 1);
	put(s, row, col, &cell);
	if (columns == 2) {
		cell.columns = 0;
		cell.len = 0;
		memset(cell.text, 0, sizeof(cell.text));
		put(s, row, col + 1, &cell);
	}
	return true;
}

static bool
is_harmless(struct str cluster)
{
	uint32_t code;
	size_t len = utf8_decode(cluster.ptr, cluster.len, &code);

	return len > 0 && code >= 0x20 && (code < 0x7f || code >= 0xa0) &&
	    code != 0x2028 && code != 0x2029 &&
	    !(code >= 0x202a && code <= 0x202e) &&
	    !(code >= 0x2066 && code <= 0x2069);
}

/* Nearly all text: a printable ASCII byte, and no mark behind it. */
static bool
is_simple(struct str text)
{
	return text.ptr[0] >= 0x20 && text.ptr[0] < 0x7f &&
	    (text.len == 1 || (unsigned char)text.ptr[1] < 0x80);
}

static int
draw_text(struct surface *s, int row, int col, int max_cols, struct str text,
    struct style style, uint16_t link)
{
	int used = 0;
	size_t at = 0;

	if (row < 0 || row >= s->rows)
		return 0;
	while (at < text.len && used < max_cols) {
		int columns;
		struct str cluster = { text.ptr + at, 1 };

		if (is_simple(str_make(text.ptr + at, text.len - at))) {
			put_cluster(s, row, col + used++, cluster, 1, style,
			    link);
			at++;
			continue;
		}
		cluster.len = width_cluster(
		    str_make(text.ptr + at, text.len - at), &columns);
		at += cluster.len;
		if (!is_harmless(cluster)) {
			cluster = STR("\xef\xbf\xbd");
			columns = 1;
		}
		/* A mark without a base has no cell. */
		if (columns == 0)
			continue;
		if (used + columns > max_cols)
			break;
		put_cluster(s, row, col + used, cluster, columns, style, link);
		used += columns;
	}
	return used;
}

int
surface_text(struct surface *s, int row, int col, int max_cols,
    struct str text, struct style style)
{
	return draw_text(s, row, col, max_cols, text, style, 0);
}

int
surface_printf(struct surface *s, int row, int col, int max_cols,
    struct style style, const char *format, ...)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	return surface_text(s, row, col, max_cols, buf_str(&text), style);
}

int
surface_text_cut(struct surface *s, int row, int col, int max_cols,
    struct str text, struct style style, bool head)
{
	size_t columns = width_of(text), at = 0;
	int used;

	if (max_cols <= 0)
		return 0;
	if (columns <= (size_t)max_cols)
		return surface_text(s, row, col, max_cols, text, style);
	if (!head) {
		at = width_fit(text, (size_t)max_cols - 1, NULL);
		used = surface_text(s, row, col, max_cols - 1,
		    str_sub(text, 0, at), style);
		return used + surface_text(s, row, col + used, 1, STR("…"),
		    style);
	}
	while (at < text.len && columns > (size_t)max_cols - 1) {
		int wide;

		at += width_cluster(str_sub(text, at, SIZE_MAX), &wide);
		columns -= (size_t)wide;
	}
	surface_text(s, row, col, 1, STR("…"), style);
	return 1 + surface_text(s, row, col + 1, max_cols - 1,
	    str_sub(text, at, SIZE_MAX), style);
}

static uint16_t
keep_link(struct surface *s, const char *url)
{
	for (size_t i = s->n_links; i > 0; i--)
		if (strcmp(s->links[i - 1], url) == 0)
			return (uint16_t)i;
	if (s->n_links == LINKS_MAX)
		return 0;
	s->links = mem_grow(s->links, &s->cap_links, s->n_links + 1,
	    sizeof(*s->links));
	s->links[s->n_links++] = mem_strdup(url);
	return (uint16_t)s->n_links;
}

int
surface_line(struct surface *s, int row, int col, int max_cols,
    const struct lines *lines, size_t index)
{
	const struct line *line = &lines->lines[index];
	struct style style = STYLE(ROLE_TEXT);
	int used = 0;

	for (size_t k = 0; k < line->count; k++) {
		const struct piece *p = &lines->pieces[line->first + k];
		uint16_t link = p->link == 0 ? 0 :
		    keep_link(s, lines->links[p->link - 1]);

		style = p->style;
		used += draw_text(s, row, col + used, max_cols - used,
		    lines_piece_text(lines, p), style, link);
	}
	/* Without a ground of its own it keeps the one that is there. */
	if (line->flags & LINE_FILL && used < max_cols && style.ground != 0)
		surface_fill(s, (struct rect){ row, col + used, 1,
		    max_cols - used }, style);
	return used;
}

void
surface_tint(struct surface *s, struct rect r, enum style_role ground)
{
	r = intersect(r, s->clip);
	for (int row = r.row; row < r.row + r.rows; row++)
		for (int col = r.col; col < r.col + r.cols; col++) {
			struct cell cell = *cell_at(s, row, col);

			cell.style.ground = (uint8_t)ground;
			put(s, row, col, &cell);
		}
}

void
surface_rule(struct surface *s, int row, int col, int cols,
    struct style style)
{
	for (int i = 0; i < cols; i++)
		surface_text(s, row, col + i, 1, STR("─"), style);
}

void
surface_cursor(struct surface *s, int row, int col)
{
	s->cursor_row = row;
	s->cursor_col = col;
}

void
surface_cursor_at(const struct surface *s, int *ret_row, int *ret_col)
{
	*ret_row = s->cursor_row;
	*ret_col = s->cursor_col;
}

bool
surface_row_changed(const struct surface *s, int row, int *ret_from,
    int *ret_to)
{
	const struct cell *now = surface_row(s, row), *shown = s->blanks;
	int from = 0, to = s->cols;

	if (s->states[row] == ROW_SETTLED)
		return false;
	if (s->shown_drawn[row])
		shown = s->shown + (size_t)row * (size_t)s->cols;
	if (s->states[row] == ROW_TOUCHED) {
		while (from < to && same_cell(&now[from], &shown[from]))
			from++;
		while (to > from && same_cell(&now[to - 1], &shown[to - 1]))
			to--;
	}
	*ret_from = from;
	*ret_to = to;
	return from < to;
}

void
surface_settle(struct surface *s)
{
	for (int row = 0; row < s->rows; row++) {
		if (s->states[row] == ROW_SETTLED)
			continue;
		if (s->drawn[row])
			copy_row(s, s->shown + (size_t)row * (size_t)s->cols,
			    surface_row(s, row));
		s->shown_drawn[row] = s->drawn[row];
		s->states[row] = ROW_SETTLED;
	}
}

void
surface_spoil(struct surface *s)
{
	for (int row = 0; row < s->rows; row++)
		s->states[row] = ROW_SPOILT;
}

const char *
surface_link_url(const struct surface *s, uint16_t link)
{
	return link == 0 ? NULL : s->links[link - 1];
}

void
surface_dump(const struct surface *s, struct buf *out)
{
	for (int row = 0; row < s->rows; row++) {
		const struct cell *cells = surface_row(s, row);
		size_t from = out->len;

		for (int col = 0; col < s->cols; col++)
			buf_add(out, cells[col].text, cells[col].len);
		while (out->len > from && out->ptr[out->len - 1] == ' ')
			buf_truncate(out, out->len - 1);
		buf_add_char(out, '\n');
	}
}
