/* One edit of a text; see edit_text.h. The steps, each tried only when the one
 * before found nothing:
 *
 *	1. byte for byte
 *	2. CRLF for LF, a last newline that the file does not have
 *	3. with blanks at line ends, or typographic characters, or both
 *	4. whole lines, shifted as a block; then also with 3
 *	5. whole lines after line numbers were taken off; then also with 3
 *
 * A step that finds two places ends the search: no place is chosen by the kind
 * of its difference. */
#include "tools/edit_text.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tools/line_merge.h"
#include "tools/match.h"
#include "tools/text_lines.h"

#define BOM "\xef\xbb\xbf"

enum { PLACES_SHOWN = 5 };

/* A place in the text. */
struct place {
	size_t start, end;
};

struct search {
	struct str content;
	const struct text_edit *edit;
	struct place first;
	size_t n;		    /* places found */
	size_t lines[PLACES_SHOWN]; /* of the first places, from 1 */
	unsigned tolerance;
	struct match_indent indent;
};

static size_t
line_of(struct str content, size_t offset)
{
	size_t line = 1;

	for (size_t at = 0; (at = str_find_char(content, '\n', at)) < offset;)
		line++, at++;
	return line;
}

static void
found(struct search *s, size_t start, size_t end)
{
	if (s->n == 0)
		s->first = (struct place){ start, end };
	if (s->n < PLACES_SHOWN)
		s->lines[s->n] = line_of(s->content, start);
	s->n++;
}

static bool
is_crlf(struct str content, size_t lf)
{
	return lf > 0 && content.ptr[lf - 1] == '\r';
}

/* Whether new lines put at `start` end in CRLF: as the lines there do, or
 * the line it is in, or the one before. */
static bool
place_has_crlf(struct str content, size_t start)
{
	size_t lf = str_find_char(content, '\n', start);

	if (lf != SIZE_MAX)
		return is_crlf(content, lf);
	for (lf = start; lf > 0; lf--)
		if (content.ptr[lf - 1] == '\n')
			return is_crlf(content, lf - 1);
	return false;
}

static void
add_with_endings(struct str text, bool crlf, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (crlf && text.ptr[i] == '\n' && !is_crlf(text, i))
			buf_add_char(out, '\r');
		buf_add_char(out, text.ptr[i]);
	}
}

/* All of them: for uniqueness overlapping places count too. */
static void
find_exact(struct search *s)
{
	struct str old = s->edit->old_string;
	size_t at = 0;

	while ((at = str_find(s->content, old, at)) != SIZE_MAX) {
		found(s, at, at + old.len);
		at += s->edit->replace_all ? old.len : 1;
	}
}

static void
apply_exact(const struct search *s, struct buf *out)
{
	struct str old = s->edit->old_string;
	size_t from = 0, at;

	while ((at = str_find(s->content, old, from)) != SIZE_MAX) {
		buf_add_str(out, str_sub(s->content, from, at - from));
		add_with_endings(s->edit->new_string,
		    place_has_crlf(s->content, at), out);
		from = at + old.len;
	}
	buf_add_str(out, str_sub(s->content, from, SIZE_MAX));
}

static bool
at_line_start(struct str content, size_t at)
{
	return at == 0 || content.ptr[at - 1] == '\n';
}

/* Blanks at the end of the old string that were not followed by a line end
 * there must be at a line end here. */
static bool
end_fits(const struct match_folded *file, size_t end, bool at_line_end)
{
	return !at_line_end || end == file->text.len ||
	    file->text.ptr[end] == '\n';
}

static void
find_folded(struct search *s, const struct match_folded *file,
    const struct match_folded *old, bool at_line_end)
{
	struct str text = buf_str(&file->text), wanted = buf_str(&old->text);
	size_t at = 0;

	if (wanted.len == 0)
		return;
	while ((at = str_find(text, wanted, at)) != SIZE_MAX) {
		if (end_fits(file, at + wanted.len, at_line_end))
			found(s, file->offsets[at],
			    match_folded_end(file, at + wanted.len - 1));
		at++;
	}
}

/* Where the model wrote a typographic character for the plain one in the file,
 * it did so in the new text too: there it becomes plain as well. */
static void
plain_like_file(struct str old, struct str matched, struct str text,
    struct buf *out)
{
	struct match_folded folded;
	bool file_is_plain = true, old_is_plain = true;

	for (size_t i = 0; i < matched.len; i++)
		file_is_plain &= (unsigned char)matched.ptr[i] < 0x80;
	for (size_t i = 0; i < old.len; i++)
		old_is_plain &= (unsigned char)old.ptr[i] < 0x80;
	if (!file_is_plain || old_is_plain) {
		buf_add_str(out, text);
		return;
	}
	match_fold(text, MATCH_TYPOGRAPHIC, false, &folded);
	buf_add_str(out, buf_str(&folded.text));
	match_folded_release(&folded);
}

/* A place that is no whole lines: what old and new have in common at both ends
 * keeps the file's bytes. */
static void
apply_within(const struct search *s, const struct match_folded *file,
    const struct match_folded *old, size_t folded_at, struct str new_text,
    struct buf *out)
{
	struct str a = old->source;
	size_t head = 0, tail = 0, shorter, first, last, start, end;

	shorter = a.len < new_text.len ? a.len : new_text.len;
	while (head < shorter && a.ptr[head] == new_text.ptr[head])
		head++;
	head = utf8_cut(a.ptr, a.len, head);
	while (tail < shorter - head && a.ptr[a.len - 1 - tail] ==
	    new_text.ptr[new_text.len - 1 - tail])
		tail++;
	while (tail > 0 &&
	    ((unsigned char)a.ptr[a.len - tail] & 0xc0) == 0x80)
		tail--;
	/* The folded characters of old that lie between head and tail. */
	for (first = 0; first < old->text.len && old->offsets[first] < head;)
		first++;
	for (last = first; last < old->text.len &&
	    old->offsets[last] < a.len - tail;)
		last++;
	start = first == 0 ? s->first.start :
			     match_folded_end(file, folded_at + first - 1);
	end = last == old->text.len ? s->first.end :
				      file->offsets[folded_at + last];
	if (end < start)
		end = start;
	buf_add_str(out, str_sub(s->content, 0, start));
	add_with_endings(str_sub(new_text, head, new_text.len - head - tail),
	    place_has_crlf(s->content, start), out);
	buf_add_str(out, str_sub(s->content, end, SIZE_MAX));
}

/* Whole lines: the place becomes what line_merge() makes of it. */
static bool
apply_lines(const struct search *s, const struct text_lines *lines, size_t at,
    struct str old, struct str new_text, struct buf *out)
{
	size_t n = 0, end;
	struct str rest = old, line;

	while (str_next_line(&rest, &line))
		n++;
	buf_add_str(out, str_sub(s->content, 0,
	    text_lines_offset(lines, at)));
	if (!line_merge(lines, at, old, new_text, &s->indent, out))
		return false;
	end = text_lines_offset(lines, at + n);
	/* An old string that stopped before the line end leaves it there. */
	if (old.ptr[old.len - 1] != '\n' && at + n <= lines->n)
		end -= lines->items[at + n - 1].eol;
	buf_add_str(out, str_sub(s->content, end, SIZE_MAX));
	return true;
}

static struct str
without_newline(struct str text)
{
	if (text.len > 0 && text.ptr[text.len - 1] == '\n')
		text.len--;
	if (text.len > 0 && text.ptr[text.len - 1] == '\r')
		text.len--;
	return text;
}

static bool
apply_folded(const struct search *s, const struct match_folded *file,
    const struct match_folded *old, struct buf *out)
{
	CLEANUP_BUF struct buf new_text =
	    BUF_INIT(s->edit->new_string.len + 1);
	CLEANUP_LINES struct text_lines lines;
	struct str fresh, left, wanted = old->source;
	size_t at = 0, end = s->first.end, last;
	bool one_line;

	plain_like_file(wanted, str_sub(s->content, s->first.start,
	    end - s->first.start), s->edit->new_string, &new_text);
	fresh = buf_str(&new_text);
	text_lines_init(&lines, s->content);
	/* The newline at the end is not in the file, and stays out of it. */
	if (end == s->content.len && wanted.ptr[wanted.len - 1] == '\n' &&
	    s->content.ptr[end - 1] != '\n')
		fresh = without_newline(fresh);
	last = text_lines_find(&lines, end - 1);
	left = str_sub(s->content, end,
	    text_lines_offset(&lines, last + 1) - end);
	if (s->tolerance & MATCH_TRAILING)
		left = str_trim(left);
	else if (str_eq(left, text_lines_eol(&lines, last)))
		left.len = 0;
	one_line = str_find_char(wanted, '\n', 0) == SIZE_MAX;
	if (!one_line && left.len == 0 &&
	    at_line_start(s->content, s->first.start))
		return apply_lines(s, &lines,
		    text_lines_find(&lines, s->first.start), wanted, fresh,
		    out);
	while (file->offsets[at] < s->first.start)
		at++;
	apply_within(s, file, old, at, fresh, out);
	return true;
}

/* Several places that differ in nothing but line endings may all change. */
static void
apply_folded_all(const struct search *s, const struct match_folded *file,
    const struct match_folded *old, struct buf *out)
{
	struct str text = buf_str(&file->text), wanted = buf_str(&old->text);
	size_t from = 0, at = 0;

	while ((at = str_find(text, wanted, at)) != SIZE_MAX) {
		size_t start = file->offsets[at];

		buf_add_str(out, str_sub(s->content, from, start - from));
		add_with_endings(s->edit->new_string,
		    place_has_crlf(s->content, start), out);
		from = match_folded_end(file, at + wanted.len - 1);
		at += wanted.len;
	}
	buf_add_str(out, str_sub(s->content, from, SIZE_MAX));
}

static bool
step_folded(struct search *s, unsigned tolerance, struct buf *out)
{
	struct str old = s->edit->old_string;
	bool blanks_at_end = old.ptr[old.len - 1] == ' ' ||
	    old.ptr[old.len - 1] == '\t';
	bool newline_at_end = old.ptr[old.len - 1] == '\n';
	struct match_folded file, folded_old;
	bool done = true;

	s->tolerance = tolerance;
	match_fold(s->content, tolerance, newline_at_end, &file);
	match_fold(old, tolerance, false, &folded_old);
	find_folded(s, &file, &folded_old,
	    blanks_at_end && (tolerance & MATCH_TRAILING));
	if (s->n == 1)
		done = apply_folded(s, &file, &folded_old, out);
	else if (s->n > 1 && s->edit->replace_all && tolerance == MATCH_EOL)
		apply_folded_all(s, &file, &folded_old, out);
	match_folded_release(&file);
	match_folded_release(&folded_old);
	return done;
}

/* Whole lines of `old` in the file. */
static void
find_lines(struct search *s, const struct text_lines *lines,
    const struct text_lines *old, unsigned tolerance)
{
	struct str *wanted = mem_alloc(old->n + 1, sizeof(*wanted));
	struct match_indent indent;

	s->tolerance = tolerance;
	for (size_t i = 0; i < old->n; i++)
		wanted[i] = text_lines_at(old, i);
	for (size_t at = 0; old->n > 0 && at + old->n <= lines->n; at++) {
		if (!match_block(lines, at, wanted, old->n, tolerance,
		    &indent))
			continue;
		if (s->n == 0)
			s->indent = indent;
		found(s, text_lines_offset(lines, at), 0);
	}
	free(wanted);
}

static bool
step_lines(struct search *s, struct str old, struct str new_text,
    const unsigned *tolerances, size_t n, struct buf *out)
{
	CLEANUP_BUF struct buf fresh = BUF_INIT(new_text.len + 1);
	CLEANUP_LINES struct text_lines lines, old_lines;
	size_t at, end;

	text_lines_init(&lines, s->content);
	text_lines_init(&old_lines, old);
	for (size_t i = 0; i < n && s->n == 0; i++)
		find_lines(s, &lines, &old_lines, tolerances[i]);
	if (s->n != 1)
		return true;
	at = text_lines_find(&lines, s->first.start);
	end = text_lines_offset(&lines, at + old_lines.n);
	plain_like_file(old, str_sub(s->content, s->first.start,
	    end - s->first.start), new_text, &fresh);
	return apply_lines(s, &lines, at, old, buf_str(&fresh), out);
}

static bool
step_numbers(struct search *s, size_t style, struct buf *out)
{
	static const unsigned tolerances[] = { 0, MATCH_TRAILING,
		MATCH_TRAILING | MATCH_TYPOGRAPHIC };
	struct str old = s->edit->old_string;
	CLEANUP_BUF struct buf stripped = BUF_INIT(old.len);
	CLEANUP_BUF struct buf fresh = BUF_INIT(s->edit->new_string.len);
	bool done;

	if (!match_strip_numbers(old, style, &stripped) ||
	    str_trim(buf_str(&stripped)).len == 0)
		return true;
	match_drop_numbers(s->edit->new_string, style, &fresh);
	done = step_lines(s, buf_str(&stripped), buf_str(&fresh), tolerances,
	    ARRAY_LEN(tolerances), out);
	s->tolerance |= MATCH_NUMBERS;
	return done;
}

static int
refuse_ambiguous(const struct search *s, struct error *err)
{
	CLEANUP_BUF struct buf where = BUF_INIT(256);
	CLEANUP_BUF struct buf but = BUF_INIT(256);

	for (size_t i = 0; i < s->n && i < PLACES_SHOWN; i++)
		buf_printf(&where, "%s%zu", i ? ", " : "", s->lines[i]);
	if (s->n > PLACES_SHOWN)
		buf_add_cstr(&where, " and more");
	if (s->tolerance != 0) {
		match_tolerance_print(s->tolerance, &but);
		return error_set(err, ERR_TOOL_AMBIGUOUS,
		    "old_string is not in the file as it is, and %zu places "
		    "differ only in %s (lines %s): copy one exactly",
		    s->n, buf_text(&but), buf_text(&where));
	}
	return error_set(err, ERR_TOOL_AMBIGUOUS,
	    "old_string is there %zu times (lines %s): add lines around it "
	    "until it is unique, or set replace_all", s->n, buf_text(&where));
}

static int
refuse_no_match(struct str content, struct str old, struct error *err)
{
	CLEANUP_BUF struct buf closest = BUF_INIT(500);
	CLEANUP_LINES struct text_lines lines;
	int rc;

	text_lines_init(&lines, content);
	match_closest(&lines, old, &closest);
	rc = error_set(err, ERR_TOOL_NO_MATCH,
	    "old_string is not in the file: nothing was changed. Read the "
	    "file again and copy the text exactly");
	if (closest.len > 0)
		error_detail(err, "%s", buf_text(&closest));
	return rc;
}

int
edit_text_check_encoding(struct str content, struct str addition,
    struct error *err)
{
	bool plain = true;

	if (str_starts(content, STR("\xff\xfe")) ||
	    str_starts(content, STR("\xfe\xff")))
		return error_set(err, ERR_INVALID,
		    "the file is UTF-16: it cannot be edited as text. Convert "
		    "it to UTF-8 first");
	for (size_t i = 0; i < addition.len && plain; i++)
		plain = (unsigned char)addition.ptr[i] < 0x80;
	if (plain || utf8_valid(content))
		return 0;
	return error_set(err, ERR_INVALID,
	    "the file is not UTF-8, so characters beyond ASCII would mix two "
	    "encodings in it: use ASCII only, or convert the file first");
}

/* Steps 2 to 5, on the text without its BOM. */
static bool
search_tolerant(struct search *s, struct buf *out)
{
	static const unsigned folded[] = { MATCH_EOL,
		MATCH_EOL | MATCH_TRAILING, MATCH_EOL | MATCH_TYPOGRAPHIC,
		MATCH_EOL | MATCH_TRAILING | MATCH_TYPOGRAPHIC };
	static const unsigned shifted[] = { MATCH_INDENT,
		MATCH_INDENT | MATCH_TRAILING,
		MATCH_INDENT | MATCH_TYPOGRAPHIC,
		MATCH_INDENT | MATCH_TRAILING | MATCH_TYPOGRAPHIC };
	bool done = true;

	if (str_trim(s->edit->old_string).len == 0 || s->content.len == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(folded) && s->n == 0; i++)
		done = step_folded(s, folded[i], out);
	if (s->n == 0)
		done = step_lines(s, s->edit->old_string,
		    s->edit->new_string, shifted, ARRAY_LEN(shifted), out);
	for (size_t i = 0; i < MATCH_NUMBER_STYLES && s->n == 0; i++)
		done = step_numbers(s, i, out);
	return done;
}

/* Only what the place really needed is reported. */
static unsigned
tolerance_used(const struct search *s)
{
	unsigned used = s->tolerance;
	struct str old = s->edit->old_string;

	if ((used & MATCH_INDENT) && s->indent.kind == INDENT_SAME)
		used &= ~(unsigned)MATCH_INDENT;
	if (used != MATCH_EOL && str_find_char(s->content, '\r', 0) ==
	    SIZE_MAX && str_find_char(old, '\r', 0) == SIZE_MAX)
		used &= ~(unsigned)MATCH_EOL;
	return used;
}

/* A new string without the mark that the old one has: it was left out, unless
 * taking it off is all that the edit does. */
static bool
forgets_bom(const struct text_edit *e)
{
	struct str rest = str_sub(e->old_string, 3, SIZE_MAX);

	return str_starts(e->old_string, STR(BOM)) && rest.len > 0 &&
	    !str_starts(e->new_string, STR(BOM)) &&
	    !str_eq(rest, e->new_string);
}

/* Whether CRLF in the new string is only a habit: the file has none, and the
 * old string has no line end to tell. */
static bool
strays_to_crlf(struct str content, const struct text_edit *e)
{
	return str_find_char(e->old_string, '\n', 0) == SIZE_MAX &&
	    str_find(e->new_string, STR("\r\n"), 0) != SIZE_MAX &&
	    str_find_char(content, '\n', 0) != SIZE_MAX &&
	    str_find(content, STR("\r\n"), 0) == SIZE_MAX;
}

static void
add_without_cr(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\r' || i + 1 == text.len ||
		    text.ptr[i + 1] != '\n')
			buf_add_char(out, text.ptr[i]);
}

int
edit_once(struct str content, const struct text_edit *edit, struct buf *out,
    struct text_edit_report *ret, struct error *err)
{
	CLEANUP_BUF struct buf fresh = BUF_INIT(edit->new_string.len + 1);
	struct text_edit plain = *edit;
	struct search s = { .content = content, .edit = &plain };
	bool done = true;
	int rc;

	if (edit->old_string.len == 0)
		return error_set(err, ERR_INVALID, "old_string is empty");
	if (str_eq(edit->old_string, edit->new_string))
		return error_set(err, ERR_INVALID,
		    "old_string and new_string are the same: there is nothing "
		    "to change");
	rc = edit_text_check_encoding(content, edit->new_string, err);
	if (rc != 0)
		return rc;
	if (strays_to_crlf(content, edit)) {
		add_without_cr(edit->new_string, &fresh);
		plain.new_string = buf_str(&fresh);
	}
	find_exact(&s);
	if (s.n == 1 || (s.n > 1 && edit->replace_all)) {
		if (forgets_bom(edit))
			buf_add_cstr(out, BOM);
		apply_exact(&s, out);
	} else if (s.n == 0) {
		if (str_starts(content, STR(BOM))) {
			s.content = str_sub(content, 3, SIZE_MAX);
			buf_add_cstr(out, BOM);
		}
		if (str_starts(plain.old_string, STR(BOM)))
			plain.old_string = str_sub(plain.old_string, 3,
			    SIZE_MAX);
		if (str_starts(plain.new_string, STR(BOM)))
			plain.new_string = str_sub(plain.new_string, 3,
			    SIZE_MAX);
		done = search_tolerant(&s, out);
	}
	if (s.n > 1 && !(edit->replace_all &&
	    (s.tolerance == 0 || s.tolerance == MATCH_EOL)))
		return refuse_ambiguous(&s, err);
	if (s.n == 0 || !done)
		return refuse_no_match(content, edit->old_string, err);
	*ret = (struct text_edit_report){ .places = s.n, .line = s.lines[0],
		.tolerance = tolerance_used(&s) };
	return buf_check(out, err);
}
