/* Tables; see markdown_state.h. The columns are as wide as the first rows
 * want. Where that is too much, each keeps its words and short cells whole,
 * and those with more text get more of what is left. When a table has many
 * rows the first ones decide, so that each further row is laid out once. Where
 * not even a few columns each are left, every row becomes a list of its
 * cells. */
#include "base/mem.h"
#include "tui/text/markdown_state.h"

enum {
	CELL_PARTS_MAX = 16,
	COLUMN_MIN = 5,
	SEPARATOR = 3,
	WHOLE_MAX = 10, /* columns of a cell that is not broken, if possible */
	WORD_MAX = 12,	/* a longer word may be broken for the others' sake */
};

/* The text of one cell, in parts: a "\|" is split before the bar. */
struct cell {
	struct markdown_range parts[CELL_PARTS_MAX];
	size_t count;
};

struct row_reader {
	const char *source;
	uint32_t at, end;
	size_t left; /* columns; the last one takes all that is left */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Sets a reader to a row without its outer bars. */
static struct row_reader
read_row(const struct markdown *m, struct markdown_range row, size_t columns)
{
	struct row_reader r = { m->text.ptr, row.at, row.at + row.len,
		columns };

	while (r.at < r.end && is_blank(r.source[r.at]))
		r.at++;
	while (r.end > r.at && is_blank(r.source[r.end - 1]))
		r.end--;
	if (r.at < r.end && r.source[r.at] == '|')
		r.at++;
	if (r.end > r.at && r.source[r.end - 1] == '|' &&
	    (r.end - 1 == r.at || r.source[r.end - 2] != '\\'))
		r.end--;
	return r;
}

static void
add_part(struct cell *cell, uint32_t at, uint32_t end)
{
	struct markdown_range *last = cell->count > 0 ?
	    &cell->parts[cell->count - 1] : NULL;

	if (cell->count == CELL_PARTS_MAX)
		last->len = end - last->at;
	else if (end > at)
		cell->parts[cell->count++] = (struct markdown_range){ at,
			end - at, cell->count > 0 };
}

static void
trim_cell(struct cell *cell, const char *source)
{
	struct markdown_range *r = &cell->parts[0];

	while (cell->count > 0 && r->len > 0 && is_blank(source[r->at])) {
		r->at++;
		r->len--;
	}
	r = &cell->parts[cell->count > 0 ? cell->count - 1 : 0];
	while (cell->count > 0 && r->len > 0 &&
	    is_blank(source[r->at + r->len - 1]))
		r->len--;
}

static void
next_cell(struct row_reader *r, struct cell *ret)
{
	uint32_t start = r->at;

	ret->count = 0;
	ret->parts[0] = (struct markdown_range){ r->at, 0, false };
	while (r->at < r->end) {
		char c = r->source[r->at];

		if (c == '|' && r->left > 1)
			break;
		if (c == '\\' && r->at + 1 < r->end &&
		    r->source[r->at + 1] == '|') {
			add_part(ret, start, r->at);
			start = ++r->at;
		}
		r->at++;
	}
	add_part(ret, start, r->at);
	trim_cell(ret, r->source);
	if (r->at < r->end)
		r->at++;
	if (r->left > 0)
		r->left--;
}

/* The runs of a cell; the flow is the caller's. */
static void
fill_cell(struct markdown *m, const struct cell *cell, bool header,
    struct flow *out)
{
	struct markdown_inline in = { .source = m->text.ptr,
		.ranges = cell->parts, .count = cell->count,
		.style = markdown_text_style(m), .links = m->opts.links,
		.lines = &m->lines, .scratch = &m->scratch };

	if (header)
		in.style.flags |= STYLE_BOLD;
	flow_clear(out);
	if (cell->count > 0)
		markdown_inline(&in, out);
}

size_t
markdown_table_count(struct str row)
{
	const struct markdown m = { .text = row };
	struct row_reader r = read_row(&m, (struct markdown_range){ 0,
	    (uint32_t)row.len, false }, SIZE_MAX);
	size_t n = 1;

	if (str_find_char(row, '|', 0) == SIZE_MAX)
		return 0;
	for (; r.at < r.end; r.at++) {
		if (r.source[r.at] == '\\')
			r.at++;
		else if (r.source[r.at] == '|')
			n++;
	}
	return n;
}

size_t
markdown_table_delimiter(struct str line, uint8_t *align)
{
	size_t n = 0, at = 0;

	line = str_trim(line);
	if (str_find_char(line, '|', 0) == SIZE_MAX)
		return 0;
	if (str_starts(line, STR("|")))
		at++;
	while (at < line.len) {
		bool left, right;
		size_t dashes = 0;

		while (at < line.len && is_blank(line.ptr[at]))
			at++;
		left = at < line.len && line.ptr[at] == ':';
		at += left;
		for (; at < line.len && line.ptr[at] == '-'; at++)
			dashes++;
		right = at < line.len && line.ptr[at] == ':';
		at += right;
		while (at < line.len && is_blank(line.ptr[at]))
			at++;
		if (dashes == 0 || (at < line.len && line.ptr[at] != '|'))
			return 0;
		if (n < MARKDOWN_COLUMNS_MAX)
			align[n] = right ? left ? ALIGN_CENTER : ALIGN_RIGHT :
			    ALIGN_LEFT;
		n++;
		at++;
	}
	return n;
}

/* Gives columns their share: those that want less than the share get all they
 * want, and the rest is dealt out anew. */
static void
share_out(struct markdown_state *s, const size_t *wanted, size_t room)
{
	bool done[MARKDOWN_COLUMNS_MAX] = { false };
	size_t left = s->columns;
	bool again = true;

	while (again && left > 0) {
		size_t share = room / left;

		again = false;
		for (size_t i = 0; i < s->columns; i++) {
			if (done[i] || wanted[i] > share)
				continue;
			s->widths[i] = (uint16_t)wanted[i];
			room -= wanted[i];
			done[i] = again = true;
			left--;
		}
	}
	for (size_t i = 0; i < s->columns; i++) {
		if (done[i])
			continue;
		s->widths[i] = (uint16_t)(room / left);
		room -= room / left--;
	}
}

/* What each column wants, and what keeps its words whole. */
struct wants {
	size_t all[MARKDOWN_COLUMNS_MAX], words[MARKDOWN_COLUMNS_MAX];
};

static void
measure_cell(const struct flow *cell, bool header, size_t *all, size_t *words)
{
	size_t width = flow_width_max(cell);
	size_t word = !header && width <= WHOLE_MAX ? width :
	    flow_word_max(cell);

	if (width > *all)
		*all = width;
	if (word > *words)
		*words = word;
}

static void
measure(struct markdown *m, struct wants *w)
{
	const struct markdown_state *s = &m->state;
	struct cell cell;

	for (size_t c = 0; c < s->columns; c++)
		w->all[c] = w->words[c] = 1;
	for (size_t i = 0; i < s->n_ranges; i++) {
		struct row_reader r = read_row(m, m->ranges[i], s->columns);

		for (size_t c = 0; c < s->columns; c++) {
			next_cell(&r, &cell);
			fill_cell(m, &cell, i == 0, &m->cell);
			measure_cell(&m->cell, i == 0, &w->all[c],
			    &w->words[c]);
		}
	}
}

/* More than the screen counts as the screen: one column of long text does not
 * starve those whose text nearly fits. */
static size_t
missing(const struct wants *w, size_t column, size_t room)
{
	size_t all = w->all[column] < room ? w->all[column] : room;

	return all > w->words[column] ? all - w->words[column] : 0;
}

static void
share_by_text(struct markdown_state *s, struct wants *w, size_t room)
{
	size_t word_max = room / s->columns, sum = 0, all = 0, lack = 0;
	size_t spare, rest;

	if (word_max < WORD_MAX)
		word_max = WORD_MAX;
	for (size_t c = 0; c < s->columns; c++) {
		if (w->words[c] > word_max)
			w->words[c] = word_max;
		all += w->all[c];
		sum += w->words[c];
		lack += missing(w, c, room);
	}
	if (all <= room || sum >= room || lack == 0) {
		share_out(s, all <= room ? w->all : w->words, room);
		return;
	}
	spare = rest = room - sum;
	for (size_t c = 0; c < s->columns; c++) {
		size_t more = spare * missing(w, c, room) / lack;

		s->widths[c] = (uint16_t)(w->words[c] + more);
		rest -= more;
	}
	/* What rounding left. */
	for (size_t c = 0; c < s->columns && rest > 0; c++)
		if (s->widths[c] < w->all[c]) {
			s->widths[c]++;
			rest--;
		}
}

static void
choose_widths(struct markdown *m)
{
	struct markdown_state *s = &m->state;
	size_t least = 0, between = SEPARATOR * (s->columns - 1), room;
	struct markdown_state before = *s;
	struct wants wants;

	measure(m, &wants);
	room = (size_t)markdown_prefix(m, 0);
	*s = before;
	for (size_t c = 0; c < s->columns; c++)
		least += wants.all[c] < COLUMN_MIN ? wants.all[c] : COLUMN_MIN;
	s->records = least + between > room;
	if (!s->records)
		share_by_text(s, &wants, room - between);
	s->fixed = true;
}

/* The pieces of line `index` of a cell, and blanks up to the column's end. */
static void
put_cell_line(struct markdown *m, const struct lines *cell, size_t index,
    size_t column)
{
	static const struct str blanks = STR(
	    "                                                                ");
	struct markdown_state *s = &m->state;
	size_t width = s->widths[column], used = 0, before = 0, after;
	const struct line *line = index < cell->count ? &cell->lines[index] :
	    NULL;

	if (line != NULL)
		used = lines_width(cell, index);
	if (used == 0 && column + 1 == s->columns)
		return;
	after = used < width ? width - used : 0;
	if (s->align[column] == ALIGN_RIGHT)
		before = after;
	else if (s->align[column] == ALIGN_CENTER)
		before = after / 2;
	after -= before;
	for (; before > 0; before -= before < blanks.len ? before :
	     blanks.len)
		lines_add(&m->lines, str_sub(blanks, 0, before),
		    STYLE(ROLE_TEXT), LINE_NO_SOURCE);
	for (size_t k = 0; line != NULL && k < line->count; k++) {
		const struct piece *p = &cell->pieces[line->first + k];

		lines_add_linked(&m->lines, lines_piece_text(cell, p),
		    p->style, p->source, p->link);
	}
	if (column + 1 == s->columns)
		return;
	for (; after > 0; after -= after < blanks.len ? after : blanks.len)
		lines_add(&m->lines, str_sub(blanks, 0, after),
		    STYLE(ROLE_TEXT), LINE_NO_SOURCE);
}

static void
put_columns(struct markdown *m, struct lines *cells, size_t height)
{
	const struct markdown_state *s = &m->state;

	for (size_t line = 0; line < height; line++) {
		lines_begin(&m->lines, line == 0 ? 0 : LINE_WRAPPED);
		flow_put(line == 0 ? &m->first : &m->others, &m->lines);
		for (size_t c = 0; c < s->columns; c++) {
			if (c > 0)
				lines_add(&m->lines, m->opts.ascii ?
				    STR(" | ") : STR(" │ "),
				    STYLE(ROLE_BORDER), LINE_NO_SOURCE);
			put_cell_line(m, &cells[c], line, c);
		}
		lines_end(&m->lines);
	}
}

static void
put_row(struct markdown *m, struct markdown_range row, bool header)
{
	struct markdown_state *s = &m->state;
	struct lines cells[MARKDOWN_COLUMNS_MAX];
	struct row_reader r = read_row(m, row, s->columns);
	struct cell cell;
	size_t height = 1;

	for (size_t c = 0; c < s->columns; c++) {
		cells[c] = LINES_INIT;
		next_cell(&r, &cell);
		fill_cell(m, &cell, header, &m->cell);
		flow_layout(&m->cell, &(struct flow_opts){
		    .width = s->widths[c] }, &cells[c]);
		if (cells[c].count > height)
			height = cells[c].count;
	}
	markdown_prefix(m, 0);
	put_columns(m, cells, height);
	for (size_t c = 0; c < s->columns; c++)
		lines_release(&cells[c]);
}

static void
put_rule(struct markdown *m)
{
	const struct markdown_state *s = &m->state;
	CLEANUP_BUF struct buf line = BUF_INIT(16 * KIB);
	bool ascii = m->opts.ascii;

	for (size_t c = 0; c < s->columns; c++) {
		if (c > 0)
			buf_add_cstr(&line, ascii ? "-+-" : "─┼─");
		for (size_t i = 0; i < s->widths[c]; i++)
			buf_add_cstr(&line, ascii ? "-" : "─");
	}
	markdown_prefix(m, 0);
	lines_begin(&m->lines, 0);
	flow_put(&m->others, &m->lines);
	lines_add(&m->lines, buf_str(&line), STYLE(ROLE_BORDER),
	    LINE_NO_SOURCE);
	lines_end(&m->lines);
}

/* "Header: value", one cell below the other; of a header alone, the names. */
static void
put_record(struct markdown *m, struct markdown_range row, bool header)
{
	struct markdown_state *s = &m->state;
	struct row_reader names = read_row(m, s->header, s->columns);
	struct row_reader values = read_row(m, row, s->columns);
	struct cell cell;

	if (s->record_before) {
		markdown_prefix(m, 0);
		lines_begin(&m->lines, 0);
		flow_put(&m->others, &m->lines);
		lines_end(&m->lines);
	}
	s->record_before = true;
	for (size_t c = 0; c < s->columns; c++) {
		next_cell(&names, &cell);
		fill_cell(m, &cell, true, &m->flow);
		next_cell(&values, &cell);
		fill_cell(m, &cell, false, &m->cell);
		if (header)
			flow_clear(&m->cell);
		else if (m->cell.count == 0)
			continue;
		if (m->flow.count > 0 && !header)
			flow_add(&m->flow, STR(": "), STYLE_FLAGS(ROLE_TEXT,
			    STYLE_BOLD), LINE_NO_SOURCE);
		for (size_t i = 0; i < m->cell.count; i++) {
			const struct flow_run *run = &m->cell.runs[i];

			if (run->ptr != NULL) {
				flow_add_run(&m->flow, run);
				continue;
			}
			flow_add_copy(&m->flow, flow_run_text(&m->cell, run),
			    run->style);
		}
		markdown_prefix(m, 0);
		flow_layout(&m->flow, &(struct flow_opts){
		    .width = m->opts.width, .first = &m->first,
		    .others = &m->others }, &m->lines);
	}
}

static void
put_any(struct markdown *m, struct markdown_range row, bool header)
{
	if (!m->state.records) {
		put_row(m, row, header);
		if (header)
			put_rule(m);
	} else if (!header) {
		put_record(m, row, false);
	}
}

static void
put_all(struct markdown *m)
{
	struct markdown_state *s = &m->state;
	size_t count = s->n_ranges;

	choose_widths(m);
	s->header = m->ranges[0];
	if (s->records && count == 1)
		put_record(m, m->ranges[0], true);
	for (size_t i = 0; i < count; i++)
		put_any(m, m->ranges[i], i == 0);
	s->n_ranges = s->bytes = 0;
}

void
markdown_table_begin(struct markdown *m, struct markdown_range header)
{
	struct markdown_state *s = &m->state;

	markdown_gap(m, true);
	if (s->columns > MARKDOWN_COLUMNS_MAX)
		s->columns = MARKDOWN_COLUMNS_MAX;
	s->fixed = s->records = s->record_before = false;
	s->n_ranges = s->bytes = 0;
	markdown_table_row(m, header);
}

void
markdown_table_row(struct markdown *m, struct markdown_range row)
{
	struct markdown_state *s = &m->state;

	if (s->fixed) {
		put_any(m, row, false);
		return;
	}
	m->ranges = mem_grow(m->ranges, &m->cap_ranges, s->n_ranges + 1,
	    sizeof(*m->ranges));
	m->ranges[s->n_ranges++] = row;
	s->bytes += row.len;
	if (!m->provisional && (s->n_ranges >= MARKDOWN_TABLE_ROWS ||
	    s->bytes >= MARKDOWN_TABLE_BYTES))
		put_all(m);
}

void
markdown_table_end(struct markdown *m)
{
	if (!m->state.fixed)
		put_all(m);
	m->state.n_ranges = 0;
}
