/* Layouts that make their own source; see sheet.h. */
#include "tui/transcript/sheet.h"

#include <stdarg.h>

#include "base/mem.h"
#include "base/width.h"
#include "tui/text/code.h"
#include "tui/text/diff_lines.h"
#include "tui/text/wrap.h"
#include "tui/transcript/colors.h"

#define ONE_LINE_MAX (64 * KIB)
#define MANY_LINES_MAX (64 * MIB)

enum { INDENT_MAX = 16 };

static const char blanks[INDENT_MAX + 1] = "                ";

struct sheet
sheet_begin_block(struct block *b, const struct look *look)
{
	lines_clear(&b->lines);
	buf_clear(&b->source);
	return (struct sheet){ .block = b, .lines = &b->lines,
		.source = &b->source, .width = look->width };
}

void
sheet_begin(struct sheet *s, unsigned tag)
{
	lines_begin(s->lines, 0);
	s->lines->lines[s->lines->count].tag = (uint16_t)tag;
	s->used = 0;
}

void
sheet_end(struct sheet *s)
{
	lines_end(s->lines);
	buf_add_char(s->source, '\n');
}

void
sheet_put(struct sheet *s, const char *text, struct style style)
{
	size_t columns;
	size_t len = width_fit(str_from(text),
	    (size_t)(s->width > s->used ? s->width - s->used : 0), &columns);

	lines_add(s->lines, str_make(text, len), style, LINE_NO_SOURCE);
	s->used += (int)columns;
}

void
sheet_add_keep(struct sheet *s, struct str text, struct style style, int keep)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(8 * ONE_LINE_MAX);
	int room = s->width - s->used - keep;
	size_t columns, len;
	struct str line;

	term_text_line(str_sub(text, 0, ONE_LINE_MAX), &clean);
	line = buf_str(&clean);
	if (room <= 0)
		return;
	len = width_fit(line, (size_t)room, &columns);
	if (len < line.len)
		len = width_fit(line, (size_t)room - 1, &columns);
	lines_add(s->lines, str_sub(line, 0, len), style,
	    (uint32_t)s->source->len);
	/* All of it can be copied, also what is cut here. */
	buf_add_str(s->source, line);
	s->used += (int)columns;
	if (len < line.len)
		sheet_put(s, "…", style);
}

void
sheet_add(struct sheet *s, struct str text, struct style style)
{
	sheet_add_keep(s, text, style, 0);
}

void
sheet_printf(struct sheet *s, struct style style, const char *format, ...)
{
	CLEANUP_BUF struct buf text = BUF_INIT(ONE_LINE_MAX);
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	sheet_add(s, buf_str(&text), style);
}

static int
limit_indent(const struct sheet *s, int indent)
{
	if (indent > INDENT_MAX)
		indent = INDENT_MAX;
	return s->width < 4 * indent ? 0 : indent;
}

static void
wrap(struct sheet *s, struct wrap_opts *opts, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(MANY_LINES_MAX);

	term_text(text, &clean);
	while (clean.len > 0 && clean.ptr[clean.len - 1] == '\n')
		buf_truncate(&clean, clean.len - 1);
	if (clean.len == 0)
		return;
	opts->width = s->width;
	opts->source = (uint32_t)s->source->len;
	wrap_text(buf_str(&clean), opts, s->lines);
	buf_add_str(s->source, buf_str(&clean));
	buf_add_char(s->source, '\n');
}

void
sheet_wrap(struct sheet *s, int indent, struct str text, struct style style,
    size_t lines_max)
{
	struct str prefix = str_make(blanks, (size_t)limit_indent(s, indent));
	struct wrap_opts opts = { .first = prefix, .others = prefix,
		.prefix_style = style, .style = style,
		.lines_max = lines_max };

	wrap(s, &opts, text);
}

void
sheet_marked(struct sheet *s, const char *mark, struct style mark_style,
    struct str text, struct style style)
{
	struct wrap_opts opts = { .first = str_from(mark),
		.others = STR("  "), .prefix_style = mark_style,
		.style = style };

	wrap(s, &opts, text);
}

void
sheet_line(struct sheet *s, int indent, struct str text, struct style style)
{
	sheet_begin(s, TAG_NONE);
	sheet_put(s, blanks + INDENT_MAX - limit_indent(s, indent), style);
	sheet_add(s, text, style);
	sheet_end(s);
}

/* Appends lines with an indent, their sources moved by `base`. */
static void
append_indented(struct sheet *s, const struct lines *from, int indent,
    uint32_t base)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct line *line = &from->lines[i];

		lines_begin(s->lines, line->flags);
		lines_add(s->lines, str_make(blanks, (size_t)indent),
		    STYLE(ROLE_TEXT), LINE_NO_SOURCE);
		for (size_t k = 0; k < line->count; k++) {
			const struct piece *p = &from->pieces[line->first + k];

			lines_add(s->lines, lines_piece_text(from, p),
			    p->style, p->source == LINE_NO_SOURCE ?
			    LINE_NO_SOURCE : p->source + base);
		}
		lines_end(s->lines);
	}
}

void
sheet_diff(struct sheet *s, int indent, struct str diff, struct str file,
    size_t lines_max)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(MANY_LINES_MAX);
	CLEANUP_LINES struct lines laid = LINES_INIT;
	struct diff_lines_opts opts = { .headers = file.len == 0,
		.lines_max = lines_max, .highlight = colors_fill,
		.ctx = &s->block->colors };

	indent = limit_indent(s, indent);
	opts.width = s->width - indent;
	opts.side_by_side = lines_max == 0 &&
	    opts.width >= DIFF_SIDE_BY_SIDE_MIN;
	term_text(diff, &clean);
	diff_lines(buf_str(&clean), &opts, &laid);
	append_indented(s, &laid, indent, (uint32_t)s->source->len);
	buf_add_str(s->source, buf_str(&clean));
	buf_add_char(s->source, '\n');
}

/* --- source text --------------------------------------------------------- */

/* Parts "     1\tint x;". */
static bool
split_number(struct str line, struct str *ret_number, struct str *ret_code)
{
	size_t tab = str_find_char(line, '\t', 0);
	struct str number = str_trim(str_sub(line, 0, tab));

	if (tab == SIZE_MAX || number.len == 0 || number.len > 9)
		return false;
	for (size_t i = 0; i < number.len; i++)
		if (number.ptr[i] < '0' || number.ptr[i] > '9')
			return false;
	*ret_number = number;
	*ret_code = str_sub(line, tab + 1, SIZE_MAX);
	return true;
}

/* The code alone, as it is coloured and copied. */
static void
gather_code(struct str text, struct buf *out, size_t *ret_digits)
{
	struct str line, number, code;

	*ret_digits = 1;
	while (str_next_line(&text, &line)) {
		if (!split_number(line, &number, &code))
			continue;
		if (number.len > *ret_digits)
			*ret_digits = number.len;
		buf_add_str(out, code);
		buf_add_char(out, '\n');
	}
}

static void
number_flow(struct flow *f, int indent, size_t digits, struct str number)
{
	CLEANUP_BUF struct buf text = BUF_INIT(128);

	flow_clear(f);
	buf_add_repeated(&text, ' ', (size_t)indent + digits - number.len);
	buf_add_str(&text, number);
	buf_add_cstr(&text, "  ");
	flow_add_copy(f, buf_str(&text), STYLE(ROLE_MUTED));
}

void
sheet_numbered(struct sheet *s, int indent, struct str text, struct str file)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(MANY_LINES_MAX);
	CLEANUP_BUF struct buf all = BUF_INIT(MANY_LINES_MAX);
	CLEANUP(free_ptr) uint8_t *roles = NULL;
	CLEANUP_FLOW struct flow first = FLOW_INIT;
	CLEANUP_FLOW struct flow others = FLOW_INIT;
	struct code_opts opts = { .width = s->width, .first = &first,
		.others = &others, .style = STYLE(ROLE_TEXT) };
	struct str rest, line, number, code;
	uint32_t base = (uint32_t)s->source->len;
	size_t digits, at = 0;

	term_text(text, &clean);
	gather_code(buf_str(&clean), &all, &digits);
	indent = limit_indent(s, indent);
	if (all.len > 0) {
		roles = mem_alloc(all.len, 1);
		if (!colors_fill(file, buf_str(&all), roles,
		    &s->block->colors)) {
			free(roles);
			roles = NULL;
		}
	}
	buf_add_str(s->source, buf_str(&all));
	number_flow(&others, indent, digits, STR_NONE);
	rest = buf_str(&clean);
	while (str_next_line(&rest, &line)) {
		if (!split_number(line, &number, &code)) {
			sheet_line(s, indent, line, STYLE(ROLE_MUTED));
			continue;
		}
		number_flow(&first, indent, digits, number);
		opts.roles = roles == NULL ? NULL : roles + at;
		code_line(code, base + (uint32_t)at, &opts, s->lines);
		at += code.len + 1;
	}
}
