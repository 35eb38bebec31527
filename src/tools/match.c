/* Tolerant comparison of lines and blocks; see match.h. */
#include "tools/match.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

static const struct {
	unsigned flag;
	const char *name;
} tolerance_names[] = {
	{ MATCH_EOL, "line endings" },
	{ MATCH_TRAILING, "blanks at line ends" },
	{ MATCH_TYPOGRAPHIC, "typographic characters" },
	{ MATCH_INDENT, "indentation" },
	{ MATCH_NUMBERS, "line numbers copied along" },
};

void
match_tolerance_print(unsigned tolerance, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(tolerance_names); i++) {
		if (!(tolerance & tolerance_names[i].flag))
			continue;
		buf_printf(out, "%s%s", first ? "" : ", ",
		    tolerance_names[i].name);
		first = false;
	}
}

/* Characters that editors, word processors and models put in place of an ASCII
 * one. */
static const struct {
	uint32_t first, last;
	char plain;
} typographic[] = {
	{ 0x00a0, 0x00a0, ' ' },  { 0x2002, 0x200a, ' ' },
	{ 0x2010, 0x2015, '-' },  { 0x2018, 0x201b, '\'' },
	{ 0x201c, 0x201f, '"' },  { 0x202f, 0x202f, ' ' },
	{ 0x2032, 0x2032, '\'' }, { 0x2033, 0x2033, '"' },
	{ 0x205f, 0x205f, ' ' },  { 0x2212, 0x2212, '-' },
	{ 0x3000, 0x3000, ' ' },
};

/* The ASCII character for the one at ptr, or 0. */
static char
plain_of(const char *ptr, size_t len, size_t *ret_bytes)
{
	uint32_t code;

	if ((unsigned char)*ptr < 0xc2)
		return 0;
	*ret_bytes = utf8_decode(ptr, len, &code);
	for (size_t i = 0; *ret_bytes > 0 && i < ARRAY_LEN(typographic); i++)
		if (code >= typographic[i].first &&
		    code <= typographic[i].last)
			return typographic[i].plain;
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str
indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.len && is_blank(line.ptr[n]))
		n++;
	return str_sub(line, 0, n);
}

static bool
blank_line(struct str line)
{
	return indent_of(line).len == line.len ||
	    str_trim_end(line).len == 0;
}

/* The next character, as one byte of its own or as the plain one. */
static char
next_folded(struct str *s)
{
	size_t bytes = 1;
	char c = plain_of(s->ptr, s->len, &bytes);

	if (c == 0) {
		c = s->ptr[0];
		bytes = 1;
	}
	*s = str_sub(*s, bytes, SIZE_MAX);
	return c;
}

static bool
equal_folded(struct str a, struct str b)
{
	while (a.len > 0 && b.len > 0)
		if (next_folded(&a) != next_folded(&b))
			return false;
	return a.len == b.len;
}

bool
match_line(struct str line, struct str wanted, unsigned tolerance)
{
	if (tolerance & MATCH_TRAILING) {
		line = str_trim_end(line);
		wanted = str_trim_end(wanted);
	}
	if (tolerance & MATCH_INDENT) {
		line = str_sub(line, indent_of(line).len, SIZE_MAX);
		wanted = str_sub(wanted, indent_of(wanted).len, SIZE_MAX);
	}
	if (str_eq(line, wanted))
		return true;
	return (tolerance & MATCH_TYPOGRAPHIC) && equal_folded(line, wanted);
}

static bool
all_are(struct str s, char c)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != c)
			return false;
	return true;
}

/* Whether an indentation is the wanted one, shifted. */
static bool
shift_fits(struct str have, struct str want, const struct match_indent *in)
{
	switch (in->kind) {
	case INDENT_SAME:
		return str_eq(have, want);
	case INDENT_ADD:
		return have.len == in->prefix.len + want.len &&
		    str_starts(have, in->prefix) && str_ends(have, want);
	case INDENT_REMOVE:
		return want.len == in->prefix.len + have.len &&
		    str_starts(want, in->prefix) && str_ends(want, have);
	case INDENT_TABS:
		return all_are(have, '\t') && all_are(want, ' ') &&
		    have.len * in->unit == want.len;
	case INDENT_SPACES:
		return all_are(have, ' ') && all_are(want, '\t') &&
		    want.len * in->unit == have.len;
	}
	return false;
}

/* The shifts that could explain one pair of indentations. */
static size_t
shifts_of(struct str have, struct str want, struct match_indent out[2])
{
	size_t n = 0;

	if (str_eq(have, want)) {
		out[n++] = (struct match_indent){ .kind = INDENT_SAME };
		return n;
	}
	if (str_ends(have, want))
		out[n++] = (struct match_indent){ .kind = INDENT_ADD,
			.prefix = str_sub(have, 0, have.len - want.len) };
	else if (str_ends(want, have))
		out[n++] = (struct match_indent){ .kind = INDENT_REMOVE,
			.prefix = str_sub(want, 0, want.len - have.len) };
	if (have.len == 0 || want.len == 0)
		return n;
	if (all_are(have, '\t') && all_are(want, ' ') &&
	    want.len % have.len == 0)
		out[n++] = (struct match_indent){ .kind = INDENT_TABS,
			.unit = want.len / have.len };
	else if (all_are(have, ' ') && all_are(want, '\t') &&
	    have.len % want.len == 0)
		out[n++] = (struct match_indent){ .kind = INDENT_SPACES,
			.unit = have.len / want.len };
	return n;
}

static bool
all_shifted(const struct text_lines *file, size_t at,
    const struct str *wanted, size_t n, const struct match_indent *shift)
{
	for (size_t i = 0; i < n; i++)
		if (!blank_line(wanted[i]) &&
		    !shift_fits(indent_of(text_lines_at(file, at + i)),
		    indent_of(wanted[i]), shift))
			return false;
	return true;
}

/* The one shift that holds for all lines. */
static bool
find_shift(const struct text_lines *file, size_t at,
    const struct str *wanted, size_t n, struct match_indent *ret)
{
	struct match_indent shifts[2];
	size_t first = n, n_shifts;

	/* Lines that are not indented at all in either say nothing about
	 * units, so the first one that is decides. */
	for (size_t i = 0; i < n; i++) {
		if (blank_line(wanted[i]))
			continue;
		if (first == n)
			first = i;
		if (indent_of(wanted[i]).len > 0 ||
		    indent_of(text_lines_at(file, at + i)).len > 0) {
			first = i;
			break;
		}
	}
	if (first == n)
		return false;
	n_shifts = shifts_of(indent_of(text_lines_at(file, at + first)),
	    indent_of(wanted[first]), shifts);
	for (size_t i = 0; i < n_shifts; i++) {
		if (all_shifted(file, at, wanted, n, &shifts[i])) {
			*ret = shifts[i];
			return true;
		}
	}
	return false;
}

bool
match_block(const struct text_lines *file, size_t at,
    const struct str *wanted, size_t n, unsigned tolerance,
    struct match_indent *ret_indent)
{
	if (at > file->n || n > file->n - at)
		return false;
	*ret_indent = (struct match_indent){ .kind = INDENT_SAME };
	for (size_t i = 0; i < n; i++)
		if (!match_line(text_lines_at(file, at + i), wanted[i],
		    tolerance))
			return false;
	if (!(tolerance & MATCH_INDENT))
		return true;
	return find_shift(file, at, wanted, n, ret_indent);
}

bool
match_reindent(struct str line, const struct match_indent *indent,
    struct buf *out)
{
	struct str own = indent_of(line);
	struct str rest = str_sub(line, own.len, SIZE_MAX);

	if (indent->kind == INDENT_SAME || blank_line(line)) {
		buf_add_str(out, line);
		return true;
	}
	switch (indent->kind) {
	case INDENT_ADD:
		buf_add_str(out, indent->prefix);
		buf_add_str(out, own);
		break;
	case INDENT_REMOVE:
		if (!str_starts(own, indent->prefix))
			return false;
		buf_add_str(out, str_sub(own, indent->prefix.len, SIZE_MAX));
		break;
	case INDENT_TABS:
		if (!all_are(own, ' ')) {
			buf_add_str(out, own);
			break;
		}
		buf_add_repeated(out, '\t', own.len / indent->unit);
		buf_add_repeated(out, ' ', own.len % indent->unit);
		break;
	default:
		for (size_t i = 0; i < own.len; i++)
			buf_add_repeated(out, ' ',
			    own.ptr[i] == '\t' ? indent->unit : 1);
		break;
	}
	buf_add_str(out, rest);
	return true;
}

/* Bytes of blanks at `at` that a line end follows (or the end of the text). */
static size_t
trailing_at(struct str s, size_t at)
{
	size_t end = at;

	while (end < s.len && is_blank(s.ptr[end]))
		end++;
	if (end == s.len || s.ptr[end] == '\n' ||
	    (s.ptr[end] == '\r' && end + 1 < s.len && s.ptr[end + 1] == '\n'))
		return end - at;
	return 0;
}

void
match_fold(struct str source, unsigned tolerance, bool last_newline,
    struct match_folded *ret)
{
	*ret = (struct match_folded){ .text = BUF_INIT(source.len + 1),
		.source = source };
	ret->offsets = calloc(source.len + 2, sizeof(*ret->offsets));
	if (ret->offsets == NULL ||
	    buf_reserve(&ret->text, source.len + 1) == NULL)
		return;
	for (size_t i = 0; i < source.len;) {
		size_t bytes = 1;
		char c = source.ptr[i];
		char plain = 0;

		if ((tolerance & MATCH_TRAILING) && is_blank(c)) {
			size_t n = trailing_at(source, i);

			if (n > 0) {
				i += n;
				continue;
			}
		}
		if ((tolerance & MATCH_EOL) && c == '\r' &&
		    i + 1 < source.len && source.ptr[i + 1] == '\n') {
			plain = '\n';
			bytes = 2;
		} else if (tolerance & MATCH_TYPOGRAPHIC) {
			plain = plain_of(source.ptr + i, source.len - i,
			    &bytes);
			if (plain == 0)
				bytes = 1;
		}
		ret->offsets[ret->text.len] = (uint32_t)i;
		buf_add_char(&ret->text, plain != 0 ? plain : c);
		i += bytes;
	}
	if (last_newline && source.len > 0 &&
	    source.ptr[source.len - 1] != '\n') {
		ret->offsets[ret->text.len] = (uint32_t)source.len;
		buf_add_char(&ret->text, '\n');
	}
	ret->offsets[ret->text.len] = (uint32_t)source.len;
}

void
match_folded_release(struct match_folded *f)
{
	buf_release(&f->text);
	free(f->offsets);
	f->offsets = NULL;
}

size_t
match_folded_end(const struct match_folded *f, size_t i)
{
	size_t at = f->offsets[i], bytes = 1;

	if (at >= f->source.len)
		return f->source.len;
	if (f->source.ptr[at] == f->text.ptr[i])
		return at + 1;
	if (f->source.ptr[at] == '\r')
		return at + 2;
	plain_of(f->source.ptr + at, f->source.len - at, &bytes);
	return at + bytes;
}

/* Blanks, digits, then one of these: what `read`, `cat -n` and other
 * assistants' readers put before a line. */
static const char *const number_marks[MATCH_NUMBER_STYLES] = { "\t", "\u2192",
	"|", "| ", " | " };

/* Bytes of such a prefix, or 0. */
static size_t
number_prefix(struct str line, size_t style, int64_t *ret_number)
{
	struct str mark = str_from(number_marks[style]), rest;
	size_t start = 0, end;

	while (start < line.len && line.ptr[start] == ' ')
		start++;
	for (end = start; end < line.len && line.ptr[end] >= '0' &&
	    line.ptr[end] <= '9';)
		end++;
	if (end == start || !str_to_int(str_sub(line, start, end - start), 0,
	    INT32_MAX, ret_number))
		return 0;
	rest = str_sub(line, end, SIZE_MAX);
	if (str_starts(rest, mark))
		return end + mark.len;
	/* The blank behind the bar of an empty line may be gone. */
	return rest.len > 0 && str_eq(rest, str_trim_end(mark)) ?
	    line.len : 0;
}

bool
match_strip_numbers(struct str text, size_t style, struct buf *out)
{
	CLEANUP_LINES struct text_lines lines;
	int64_t number, wanted = -1;

	text_lines_init(&lines, text);
	for (size_t i = 0; i < lines.n; i++) {
		struct str line = text_lines_at(&lines, i);
		size_t prefix = number_prefix(line, style, &number);

		if (prefix == 0 || (wanted >= 0 && number != wanted))
			return false;
		wanted = number + 1;
		buf_add_str(out, str_sub(line, prefix, SIZE_MAX));
		buf_add_str(out, text_lines_eol(&lines, i));
	}
	return lines.n > 0 && out->failed == 0;
}

void
match_drop_numbers(struct str text, size_t style, struct buf *out)
{
	CLEANUP_LINES struct text_lines lines;
	int64_t number;

	text_lines_init(&lines, text);
	for (size_t i = 0; i < lines.n; i++) {
		struct str line = text_lines_at(&lines, i);

		buf_add_str(out,
		    str_sub(line, number_prefix(line, style, &number),
		    SIZE_MAX));
		buf_add_str(out, text_lines_eol(&lines, i));
	}
}
