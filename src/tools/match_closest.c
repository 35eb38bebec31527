/* Where a file is most like a text that it does not hold: for telling a model
 * what it got wrong, never for applying anything. Each window of as many lines
 * as were asked for is scored by the lines that are equal but for blanks, then
 * by how much of the others is alike at both ends. */
#include "base/utf8.h"
#include "tools/match.h"

enum { LINES_MAX = 200, SHOWN_MAX = 60, WORK_MAX = 20 * 1000 * 1000 };

/* 0 to 100: share of the longer line that is equal at head and tail. */
static unsigned
likeness(struct str a, struct str b)
{
	size_t longer, head = 0, tail = 0, shorter;

	a = str_trim(a);
	b = str_trim(b);
	longer = a.len > b.len ? a.len : b.len;
	shorter = a.len < b.len ? a.len : b.len;
	if (longer == 0)
		return 100;
	while (head < shorter && a.ptr[head] == b.ptr[head])
		head++;
	while (tail < shorter - head &&
	    a.ptr[a.len - 1 - tail] == b.ptr[b.len - 1 - tail])
		tail++;
	return (unsigned)(100 * (head + tail) / longer);
}

static unsigned
score_at(const struct text_lines *file, size_t at,
    const struct text_lines *wanted, size_t n)
{
	unsigned score = 0;

	for (size_t i = 0; i < n && at + i < file->n; i++) {
		struct str line = text_lines_at(wanted, i);

		if (str_trim(line).len > 0)
			score += likeness(text_lines_at(file, at + i), line);
	}
	return score;
}

static void
quote(struct str line, struct buf *out)
{
	size_t len = line.len;

	if (len > SHOWN_MAX)
		len = utf8_cut(line.ptr, line.len, SHOWN_MAX);
	buf_add_char(out, '"');
	utf8_repair(str_sub(line, 0, len), out);
	buf_add_cstr(out, len < line.len ? "…\"" : "\"");
}

/* Long lines are shown from a little before where they begin to differ. */
static void
quote_pair(struct str have, struct str want, struct buf *out)
{
	size_t same = 0;

	while (same < have.len && same < want.len &&
	    have.ptr[same] == want.ptr[same])
		same++;
	if (same > SHOWN_MAX - 20 &&
	    (have.len > SHOWN_MAX || want.len > SHOWN_MAX)) {
		size_t cut = utf8_cut(have.ptr, have.len, same - 20);

		have = str_sub(have, cut, SIZE_MAX);
		want = str_sub(want, cut, SIZE_MAX);
	}
	buf_add_cstr(out, "the file has ");
	quote(have, out);
	buf_add_cstr(out, " where the text has ");
	quote(want, out);
}

void
match_closest(const struct text_lines *file, struct str wanted,
    struct buf *out)
{
	CLEANUP_LINES struct text_lines want;
	unsigned best = 0, full = 0;
	size_t n, best_at = 0, skip = 0, differs;

	text_lines_init(&want, wanted);
	/* Blank lines at the start say nothing. */
	while (skip < want.n && str_trim(text_lines_at(&want, skip)).len == 0)
		skip++;
	want.items += skip;
	want.n -= skip;
	n = want.n < LINES_MAX ? want.n : LINES_MAX;
	for (size_t i = 0; i < n; i++)
		full += str_trim(text_lines_at(&want, i)).len > 0 ? 100 : 0;
	if (n > 0 && file->n < WORK_MAX / n)
		for (size_t at = 0; at < file->n; at++) {
			unsigned score = score_at(file, at, &want, n);

			if (score > best) {
				best = score;
				best_at = at;
			}
		}
	if (full > 0 && best * 2 >= full) {
		for (differs = 0; differs < n && best_at + differs < file->n;
		    differs++)
			if (!str_eq(text_lines_at(file, best_at + differs),
			    text_lines_at(&want, differs)))
				break;
		if (n == 1)
			buf_printf(out, "The closest is line %zu",
			    best_at + 1);
		else
			buf_printf(out, "The closest is lines %zu-%zu",
			    best_at + 1,
			    best_at + n < file->n ? best_at + n : file->n);
		if (differs < n && best_at + differs < file->n) {
			buf_printf(out, "; in line %zu ",
			    best_at + differs + 1);
			quote_pair(text_lines_at(file, best_at + differs),
			    text_lines_at(&want, differs), out);
		} else if (differs < n) {
			buf_add_cstr(out, "; the file ends there");
		}
		buf_add_char(out, '.');
	}
	want.items -= skip;
}
