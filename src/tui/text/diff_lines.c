/* Unified diffs as lines; see diff_lines.h.
 *
 *	src/a.c  +3 -1                          a file, when asked for
 *	lines 10-24 · main()                    a hunk
 *	10 10   same                            one column
 *	11    - old
 *	   11 + new
 *	11 - old          │ 11 + new            side by side
 */
#include "tui/text/diff_lines.h"

#include "base/mem.h"
#include "base/term_text.h"
#include "base/width.h"
#include "tui/text/code.h"
#include "tui/text/diff_paint.h"

enum {
	TWO_NUMBERS_MIN = 90, /* columns */
	PATH_BYTES_MAX = 4096,
};

struct drawing {
	struct str diff;
	const struct diff_lines_opts *opts;
	struct lines *out;
	const struct diff_parsed *parsed;
	int digits;	 /* of line numbers */
	bool two;	 /* numbers of both versions */
	size_t start;	 /* lines of out before */
	size_t hunk;	 /* number of the hunk, from 1 */
	size_t used;	 /* columns of the line that is open */
	struct diff_paint paint;
	struct flow first, others;
};

static struct str
text_of(const struct drawing *d, const struct diff_row *row)
{
	return str_sub(d->diff, row->at, row->len);
}

static void
begin(struct drawing *d, unsigned flags)
{
	lines_begin(d->out, flags);
	d->used = 0;
}

static void
end(struct drawing *d, size_t tag)
{
	d->out->lines[d->out->count].tag = (uint16_t)tag;
	lines_end(d->out);
}

/* Headings are cut where the screen ends. */
static void
add_from(struct drawing *d, struct str text, struct style style,
    uint32_t source)
{
	size_t width = (size_t)d->opts->width, columns;
	size_t len = width_fit(text, width - d->used, &columns);

	if (len < text.len && d->used < width)
		len = width_fit(text, width - d->used - 1, &columns);
	lines_add(d->out, str_sub(text, 0, len), style, source);
	d->used += columns;
	if (len == text.len || d->used == width)
		return;
	lines_add(d->out, STR("…"), style, LINE_NO_SOURCE);
	d->used = width;
}

static void
add(struct drawing *d, struct str text, struct style style)
{
	add_from(d, text, style, LINE_NO_SOURCE);
}

static void __attribute__((format(printf, 3, 4)))
add_format(struct drawing *d, struct style style, const char *format, ...)
{
	CLEANUP_BUF struct buf text = BUF_INIT(PATH_BYTES_MAX);
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	add(d, buf_str(&text), style);
}

static int
octal(struct str s, size_t at)
{
	int value = 0;

	if (at + 3 > s.len)
		return -1;
	for (size_t i = at; i < at + 3; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '7')
			return -1;
		value = value * 8 + (s.ptr[i] - '0');
	}
	return value & 0xff;
}

/* A path as git writes it: "\"a/\\303\\244\"" is a quoted one. */
static void
add_path(struct drawing *d, struct str path, struct style style)
{
	CLEANUP_BUF struct buf plain = BUF_INIT(PATH_BYTES_MAX);
	CLEANUP_BUF struct buf clean = BUF_INIT(4 * PATH_BYTES_MAX);

	if (path.len > 1 && path.ptr[0] == '"' &&
	    path.ptr[path.len - 1] == '"') {
		path = str_sub(path, 1, path.len - 2);
		for (size_t i = 0; i < path.len; i++) {
			int byte = path.ptr[i] == '\\' ?
			    octal(path, i + 1) : -1;

			if (byte >= 0) {
				buf_add_char(&plain, (char)byte);
				i += 3;
			} else if (path.ptr[i] == '\\' && i + 1 < path.len) {
				buf_add_char(&plain, path.ptr[++i]);
			} else {
				buf_add_char(&plain, path.ptr[i]);
			}
		}
		path = buf_str(&plain);
		if (str_starts(path, STR("a/")) || str_starts(path, STR("b/")))
			path = str_sub(path, 2, SIZE_MAX);
	}
	term_text_line(path, &clean);
	add(d, buf_str(&clean), style);
}

/* What happened to a file, in words. */
static void
add_file_notes(struct drawing *d, const struct diff_file *f)
{
	const struct style muted = STYLE(ROLE_MUTED);

	if (f->is_new)
		add(d, STR("  new file"), muted);
	if (f->is_deleted)
		add(d, STR("  deleted"), muted);
	if ((f->is_renamed || f->is_copied) && f->old_path.len > 0) {
		add(d, f->is_renamed ? STR("  renamed from ") :
		    STR("  copied from "), muted);
		add_path(d, f->old_path, muted);
	}
	if (f->old_mode.len > 0 && f->new_mode.len > 0)
		add_format(d, muted, "  mode %.*s, was %.*s",
		    STR_ARG(f->new_mode), STR_ARG(f->old_mode));
	if (f->is_binary)
		add(d, STR("  binary"), muted);
	if (f->added > 0)
		add_format(d, STYLE(ROLE_ADDED), "  +%zu", f->added);
	if (f->removed > 0)
		add_format(d, STYLE(ROLE_REMOVED), "%s-%zu",
		    f->added > 0 ? " " : "  ", f->removed);
}

/* What the lines do not tell: that a file is new they do. */
static bool
has_notes(const struct diff_file *f)
{
	return f->is_deleted || f->is_renamed || f->is_copied ||
	    f->is_binary || f->old_mode.len > 0;
}

static void
put_file(struct drawing *d, const struct diff_row *row)
{
	const struct diff_file *f = &d->parsed->files[row->file];

	if (!d->opts->headers && d->parsed->n_files == 1 && !has_notes(f))
		return;
	if (d->out->count > d->start)
		lines_put(d->out, STR_NONE, STYLE(ROLE_TEXT));
	begin(d, 0);
	if (diff_file_path(f).len > 0)
		add_path(d, diff_file_path(f),
		    STYLE_FLAGS(ROLE_TEXT, STYLE_BOLD));
	else
		add(d, STR("a file"), STYLE(ROLE_MUTED));
	add_file_notes(d, f);
	end(d, 0);
}

static void
put_hunk(struct drawing *d, const struct diff_row *row)
{
	struct str context = text_of(d, row);
	bool is_first = row > d->parsed->rows && row[-1].kind == DIFF_FILE;
	uint32_t line = row->new_count > 0 ? row->new_line : row->old_line;
	uint32_t count = row->new_count > 0 ? row->new_count :
	    row->old_count;

	/* The numbers of the lines tell it as well. */
	if (is_first && context.len == 0)
		return;
	begin(d, 0);
	if (count > 1)
		add_format(d, STYLE(ROLE_MUTED), "lines %u-%u",
		    (unsigned)line, (unsigned)(line + count - 1));
	else
		add_format(d, STYLE(ROLE_MUTED), "line %u", (unsigned)line);
	if (context.len > 0) {
		add(d, STR(" · "), STYLE(ROLE_MUTED));
		add_from(d, context, STYLE(ROLE_MUTED), row->at);
	}
	end(d, d->hunk);
}

static enum style_role
ground_of(enum diff_row_kind kind)
{
	return kind == DIFF_ADDED ? ROLE_ADDED_LINE :
	    kind == DIFF_REMOVED ? ROLE_REMOVED_LINE : ROLE_TEXT;
}

static void
add_number(struct flow *f, int digits, uint32_t number, uint8_t ground)
{
	CLEANUP_BUF struct buf text = BUF_INIT(32);

	if (number > 0)
		buf_printf(&text, "%*u ", digits, (unsigned)number);
	else
		buf_add_repeated(&text, ' ', (size_t)digits + 1);
	flow_add_copy(f, buf_str(&text), STYLE_ON(ROLE_MUTED, ground));
}

/* The numbers and the mark before a row; `side`: of side by side. */
static void
make_gutter(struct drawing *d, const struct diff_row *row, bool side)
{
	uint8_t ground = (uint8_t)ground_of(row->kind);
	struct style mark = STYLE_ON(ROLE_TEXT, ground);
	size_t columns;

	flow_clear(&d->first);
	flow_clear(&d->others);
	if (d->digits > 0 && d->two && !side) {
		add_number(&d->first, d->digits, row->old_line, ground);
		add_number(&d->first, d->digits, row->new_line, ground);
	} else if (d->digits > 0) {
		add_number(&d->first, d->digits, row->kind == DIFF_REMOVED ?
		    row->old_line : row->new_line, ground);
	}
	if (row->kind == DIFF_ADDED)
		mark.role = ROLE_ADDED;
	if (row->kind == DIFF_REMOVED)
		mark.role = ROLE_REMOVED;
	flow_add_copy(&d->first, row->kind == DIFF_ADDED ? STR("+ ") :
	    row->kind == DIFF_REMOVED ? STR("- ") : STR("  "), mark);
	columns = flow_width(&d->first);
	for (size_t i = 0; i < columns; i++)
		flow_add_copy(&d->others, STR(" "), mark);
}

/* One row of code at a width. */
static void
put_code(struct drawing *d, const struct diff_row *row, int width, bool side,
    struct lines *out)
{
	uint8_t ground = (uint8_t)ground_of(row->kind);
	struct code_opts opts = { .width = width, .first = &d->first,
		.others = &d->others, .style = STYLE_ON(ROLE_TEXT, ground),
		.roles = d->paint.roles + row->at,
		.grounds = d->paint.grounds + row->at,
		.flags = ground != ROLE_TEXT ? LINE_FILL : 0 };
	size_t before = out->count;

	make_gutter(d, row, side);
	/* Narrower than the gutter: the text matters more. */
	if (flow_width(&d->first) + 8 > (size_t)width) {
		flow_clear(&d->others);
		if (flow_width(&d->first) + 1 > (size_t)width)
			flow_clear(&d->first);
	}
	code_line(text_of(d, row), row->at, &opts, out);
	for (size_t i = before; i < out->count; i++)
		out->lines[i].tag = (uint16_t)d->hunk;
}

/* A remark below a row, where its text begins. */
static void
put_remark(struct drawing *d, struct str remark)
{
	int columns = d->two && !d->opts->side_by_side ? 2 * d->digits + 2 :
	    d->digits + 1;

	begin(d, 0);
	for (int i = 0; i < columns; i++)
		add(d, STR(" "), STYLE(ROLE_MUTED));
	add(d, STR("  "), STYLE(ROLE_MUTED));
	add(d, remark, STYLE(ROLE_MUTED));
	end(d, d->hunk);
}

static void
put_text(struct drawing *d, const struct diff_row *row)
{
	const struct code_opts opts = { .width = d->opts->width };

	code_line(text_of(d, row), row->at, &opts, d->out);
}

/* Copies line `index` of one side, with its ground up to `width` columns. */
static void
put_half(struct drawing *d, const struct lines *side, size_t index, int width,
    bool pad)
{
	const struct line *line = index < side->count ? &side->lines[index] :
	    NULL;
	size_t used = line == NULL ? 0 : lines_width(side, index);
	struct style style = STYLE(ROLE_TEXT);

	for (size_t k = 0; line != NULL && k < line->count; k++) {
		const struct piece *p = &side->pieces[line->first + k];

		lines_add(d->out, lines_piece_text(side, p), p->style,
		    p->source);
		style.ground = p->style.ground;
	}
	/* The ground of a marked word does not reach the edge. */
	if (line != NULL && (line->flags & LINE_FILL))
		style.ground = side->pieces[line->first].style.ground;
	for (; pad && used < (size_t)width; used++)
		add(d, STR(" "), style);
}

/* A row of two halves; NULL: nothing on that side. */
static void
put_pair(struct drawing *d, const struct diff_row *left,
    const struct diff_row *right)
{
	CLEANUP_LINES struct lines a = LINES_INIT;
	CLEANUP_LINES struct lines b = LINES_INIT;
	int half = (d->opts->width - 3) / 2;
	struct diff_row old = { .kind = DIFF_TEXT };
	size_t height;

	if (left != NULL) {
		/* On this side a line that stayed has its old number. */
		old = *left;
		if (old.kind == DIFF_SAME)
			old.new_line = old.old_line;
		put_code(d, &old, half, true, &a);
	}
	if (right != NULL)
		put_code(d, right, half, true, &b);
	height = a.count > b.count ? a.count : b.count;
	for (size_t i = 0; i < height; i++) {
		bool fill = i < b.count && (b.lines[i].flags & LINE_FILL);

		begin(d, (i > 0 ? LINE_WRAPPED : 0U) |
		    (fill ? LINE_FILL : 0U));
		put_half(d, &a, i, half, true);
		add(d, STR(" │ "), STYLE(ROLE_BORDER));
		put_half(d, &b, i, half, false);
		end(d, d->hunk);
	}
}

static bool
is_full(const struct drawing *d)
{
	return d->opts->lines_max > 0 &&
	    d->out->count - d->start >= d->opts->lines_max;
}

/* A change side by side; returns the row behind it. */
static size_t
put_change(struct drawing *d, size_t from)
{
	const struct diff_row *rows = d->parsed->rows;
	size_t middle, last = diff_find_change(d->parsed, from, &middle);
	size_t old_count = middle - from, new_count = last - middle;

	for (size_t i = 0; (i < old_count || i < new_count) && !is_full(d);
	     i++)
		put_pair(d, i < old_count ? &rows[from + i] : NULL,
		    i < new_count ? &rows[middle + i] : NULL);
	return last;
}

/* Draws row i, and perhaps more; returns the next one. */
static size_t
put_row(struct drawing *d, size_t i)
{
	const struct diff_row *row = &d->parsed->rows[i];
	bool side = d->opts->side_by_side;

	switch (row->kind) {
	case DIFF_TEXT:
		put_text(d, row);
		break;
	case DIFF_FILE:
		put_file(d, row);
		break;
	case DIFF_HUNK:
		d->hunk++;
		put_hunk(d, row);
		diff_paint_hunk(&d->paint, i + 1);
		break;
	case DIFF_NO_NEWLINE:
		put_remark(d, STR("(no line end at the end of the file)"));
		break;
	case DIFF_SAME:
		if (side)
			put_pair(d, row, row);
		else
			put_code(d, row, d->opts->width, false, d->out);
		break;
	case DIFF_ADDED:
	case DIFF_REMOVED:
		if (side)
			i = put_change(d, i) - 1;
		else
			put_code(d, row, d->opts->width, false, d->out);
		if (d->parsed->rows[i].only_line_ends)
			put_remark(d, STR("(only line ends changed)"));
		break;
	}
	return i + 1;
}

/* Rows that make a line each, from i on. */
static size_t
count_rows(const struct diff_parsed *p, size_t i)
{
	size_t n = 0;

	for (; i < p->count; i++)
		n += p->rows[i].kind != DIFF_FILE;
	return n;
}

/* Where little is shown of a change, what was removed leaves room for what
 * came in its place. Returns the next row; `from`: nothing was drawn. */
static size_t
put_shortened(struct drawing *d, size_t from)
{
	enum { ROOM_MIN = 6 };
	const struct diff_row *rows = d->parsed->rows;
	size_t middle, last, keep, i, room = d->opts->lines_max -
	    (d->out->count - d->start);

	if (d->opts->side_by_side || rows[from].kind != DIFF_REMOVED ||
	    room < ROOM_MIN)
		return from;
	last = diff_find_change(d->parsed, from, &middle);
	keep = (room - 2) / 2;
	if (middle == last || middle - from <= keep + 1 ||
	    last - from < room)
		return from;
	for (i = from; i < from + keep && !is_full(d); i++)
		put_code(d, &rows[i], d->opts->width, false, d->out);
	begin(d, 0);
	add_format(d, STYLE(ROLE_MUTED), "… %zu more removed", middle - i);
	end(d, d->hunk);
	return middle;
}

static void
put_rows(struct drawing *d)
{
	const struct diff_parsed *p = d->parsed;
	size_t most = d->opts->lines_max, i = 0, last = 0;

	while (i < p->count && !is_full(d)) {
		last = i;
		if (most > 0)
			i = put_shortened(d, i);
		if (i == last)
			i = put_row(d, i);
	}
	if (most == 0 || d->out->count - d->start < most ||
	    (i == p->count && d->out->count - d->start == most))
		return;
	/* The last line tells what is missing, its own place included. */
	lines_truncate(d->out, d->start + most - 1);
	begin(d, 0);
	add_format(d, STYLE(ROLE_MUTED), "… %zu more lines",
	    count_rows(p, last));
	end(d, 0);
}

static int
digits_of(const struct diff_parsed *p)
{
	uint32_t most = 0;
	int digits = 0;

	for (size_t i = 0; i < p->count; i++) {
		if (p->rows[i].old_line > most)
			most = p->rows[i].old_line;
		if (p->rows[i].new_line > most)
			most = p->rows[i].new_line;
	}
	for (; most > 0; most /= 10)
		digits++;
	return digits;
}

void
diff_lines(struct str diff, const struct diff_lines_opts *opts,
    struct lines *out)
{
	CLEANUP(diff_parsed_release) struct diff_parsed parsed;
	struct diff_lines_opts fixed = *opts;
	struct drawing d = { .diff = diff, .opts = &fixed, .out = out,
		.parsed = &parsed, .start = out->count,
		.first = FLOW_INIT, .others = FLOW_INIT };

	if (fixed.width < 1)
		fixed.width = 1;
	diff_parse(diff, &parsed);
	d.digits = digits_of(&parsed);
	d.two = fixed.width >= TWO_NUMBERS_MIN;
	fixed.side_by_side = fixed.side_by_side && fixed.width >= 40;
	diff_paint_init(&d.paint, diff, &parsed, &fixed);
	put_rows(&d);
	flow_release(&d.first);
	flow_release(&d.others);
	diff_paint_release(&d.paint);
}

void
diff_count(struct str diff, size_t *ret_added, size_t *ret_removed)
{
	CLEANUP(diff_parsed_release) struct diff_parsed parsed;

	*ret_added = *ret_removed = 0;
	diff_parse(diff, &parsed);
	for (size_t i = 0; i < parsed.n_files; i++) {
		*ret_added += parsed.files[i].added;
		*ret_removed += parsed.files[i].removed;
	}
}
