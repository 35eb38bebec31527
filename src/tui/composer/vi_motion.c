/* Vi's motions; see vi_motion.h. */
#include "tui/composer/vi_motion.h"

#include "base/units.h"
#include "base/utf8.h"
#include "tui/composer/edit_text.h"

static struct str
text_of(const struct vi_move *m)
{
	return edit_text(m->edit);
}

static int
times(const struct vi_move *m)
{
	return m->count > 0 ? m->count : 1;
}

size_t
vi_first_nonblank(struct str text, size_t at)
{
	size_t end = edit_line_end(text, at);

	at = edit_line_start(text, at);
	while (at < end && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at;
}

/* --- within a line ------------------------------------------------------- */

static bool
left(const struct vi_move *m, size_t *at)
{
	size_t start = edit_line_start(text_of(m), *at);

	for (int i = times(m); i > 0 && *at > start; i--)
		*at = edit_before(text_of(m), *at);
	return true;
}

static bool
right(const struct vi_move *m, size_t *at)
{
	size_t end = edit_line_end(text_of(m), *at);

	for (int i = times(m); i > 0 && *at < end; i--) {
		size_t next = edit_next(text_of(m), *at);

		if (next == end && !m->operator)
			break;
		*at = next;
	}
	return true;
}

static bool
line_start(const struct vi_move *m, size_t *at)
{
	*at = edit_line_start(text_of(m), *at);
	return true;
}

static bool
first_nonblank(const struct vi_move *m, size_t *at)
{
	*at = vi_first_nonblank(text_of(m), *at);
	return true;
}

static bool
line_end(const struct vi_move *m, size_t *at)
{
	size_t end = edit_line_end(text_of(m), *at);

	for (int i = times(m); i > 1 && end < text_of(m).len; i--)
		end = edit_line_end(text_of(m), end + 1);
	if (end > edit_line_start(text_of(m), end))
		end = edit_before(text_of(m), end);
	*at = end;
	return true;
}

/* --- words --------------------------------------------------------------- */

static enum edit_class
class_at(struct str text, size_t at, bool big)
{
	enum edit_class class = edit_class_at(text, at);

	return big && class == EDIT_PUNCTUATION ? EDIT_WORD : class;
}

/* An empty line is a word of its own. */
static bool
is_empty_line(struct str text, size_t at)
{
	return at < text.len && text.ptr[at] == '\n' &&
	    (at == 0 || text.ptr[at - 1] == '\n');
}

static size_t
next_word(struct str text, size_t at, bool big)
{
	enum edit_class class = class_at(text, at, big);

	if (class == EDIT_BLANK && at < text.len)
		at = edit_next(text, at);
	while (class != EDIT_BLANK && at < text.len &&
	    class_at(text, at, big) == class)
		at = edit_next(text, at);
	while (at < text.len && class_at(text, at, big) == EDIT_BLANK &&
	    !is_empty_line(text, at))
		at = edit_next(text, at);
	return at;
}

static size_t
word_before(struct str text, size_t at, bool big)
{
	enum edit_class class;

	if (at > 0)
		at = edit_before(text, at);
	while (at > 0 && class_at(text, at, big) == EDIT_BLANK &&
	    !is_empty_line(text, at))
		at = edit_before(text, at);
	class = class_at(text, at, big);
	while (at > 0 && class != EDIT_BLANK &&
	    class_at(text, edit_before(text, at), big) == class)
		at = edit_before(text, at);
	return at;
}

static size_t
word_end(struct str text, size_t at, bool big)
{
	enum edit_class class;

	if (at < text.len)
		at = edit_next(text, at);
	while (at < text.len && class_at(text, at, big) == EDIT_BLANK)
		at = edit_next(text, at);
	if (at >= text.len)
		return text.len == 0 ? 0 : edit_before(text, text.len);
	class = class_at(text, at, big);
	for (;;) {
		size_t next = edit_next(text, at);

		if (next >= text.len || class_at(text, next, big) != class)
			return at;
		at = next;
	}
}

/* With an operator the last word does not reach over the end of its line. */
static bool
words(const struct vi_move *m, size_t *at, bool big)
{
	struct str text = text_of(m);
	size_t from = *at, to = *at, last = *at;

	for (int i = times(m); i > 0; i--) {
		last = to;
		to = next_word(text, to, big);
	}
	if (m->operator && to > edit_line_end(text, last) &&
	    edit_line_end(text, last) > from)
		to = edit_line_end(text, last);
	*at = to;
	return true;
}

static bool
w_small(const struct vi_move *m, size_t *at)
{
	return words(m, at, false);
}

static bool
w_big(const struct vi_move *m, size_t *at)
{
	return words(m, at, true);
}

static bool
b_small(const struct vi_move *m, size_t *at)
{
	for (int i = times(m); i > 0; i--)
		*at = word_before(text_of(m), *at, false);
	return true;
}

static bool
b_big(const struct vi_move *m, size_t *at)
{
	for (int i = times(m); i > 0; i--)
		*at = word_before(text_of(m), *at, true);
	return true;
}

static bool
e_small(const struct vi_move *m, size_t *at)
{
	for (int i = times(m); i > 0; i--)
		*at = word_end(text_of(m), *at, false);
	return true;
}

static bool
e_big(const struct vi_move *m, size_t *at)
{
	for (int i = times(m); i > 0; i--)
		*at = word_end(text_of(m), *at, true);
	return true;
}

/* --- lines --------------------------------------------------------------- */

/* Characters between the start of the line and `at`. */
static int
column_of(struct str text, size_t at)
{
	int column = 0;

	for (size_t i = edit_line_start(text, at); i < at;
	    i = edit_next(text, i))
		column++;
	return column;
}

static size_t
at_column(struct str text, size_t start, int column)
{
	size_t end = edit_line_end(text, start);

	while (column-- > 0 && start < end)
		start = edit_next(text, start);
	return start;
}

static bool
down(const struct vi_move *m, size_t *at)
{
	struct str text = text_of(m);
	int column = column_of(text, *at);
	size_t to = *at;

	for (int i = times(m); i > 0; i--) {
		size_t end = edit_line_end(text, to);

		if (end == text.len)
			return false;
		to = end + 1;
	}
	*at = at_column(text, to, column);
	return true;
}

static bool
up(const struct vi_move *m, size_t *at)
{
	struct str text = text_of(m);
	int column = column_of(text, *at);
	size_t to = edit_line_start(text, *at);

	for (int i = times(m); i > 0; i--) {
		if (to == 0)
			return false;
		to = edit_line_start(text, to - 1);
	}
	*at = at_column(text, to, column);
	return true;
}

static size_t
line_number(struct str text, int number)
{
	size_t at = 0;

	while (--number > 0) {
		size_t end = edit_line_end(text, at);

		if (end == text.len)
			break;
		at = end + 1;
	}
	return at;
}

static bool
to_first(const struct vi_move *m, size_t *at)
{
	*at = vi_first_nonblank(text_of(m), line_number(text_of(m),
	    m->count));
	return true;
}

static bool
to_last(const struct vi_move *m, size_t *at)
{
	*at = vi_first_nonblank(text_of(m), m->count > 0 ?
	    line_number(text_of(m), m->count) : text_of(m).len);
	return true;
}

/* --- finding ------------------------------------------------------------- */

bool
vi_find_motion(const struct vi_move *m, const struct vi_find *find,
    size_t from, size_t *ret_to, unsigned *ret_flags)
{
	struct str text = text_of(m);
	bool back = find->kind == 'F' || find->kind == 'T';
	bool until = find->kind == 't' || find->kind == 'T';
	size_t start = edit_line_start(text, from), at = from;
	size_t end = edit_line_end(text, from);
	int left_to_go = times(m);
	char wanted[4];
	size_t len = utf8_encode(find->code, wanted);

	if (find->kind == 0)
		return false;
	while (left_to_go > 0) {
		if (back ? at <= start : at >= end)
			return false;
		at = back ? edit_before(text, at) : edit_next(text, at);
		if (at >= end && !back)
			return false;
		if (str_eq(str_sub(text, at, len), str_make(wanted, len)))
			left_to_go--;
	}
	if (until)
		at = back ? edit_next(text, at) : edit_before(text, at);
	*ret_to = at;
	*ret_flags = back ? 0 : VI_INCLUSIVE;
	return true;
}

static const struct {
	char key;
	bool (*run)(const struct vi_move *m, size_t *at);
	unsigned flags;
} motions[] = {
	{ 'h', left, 0 },
	{ 'l', right, 0 },
	{ ' ', right, 0 },
	{ '0', line_start, 0 },
	{ '^', first_nonblank, 0 },
	{ '$', line_end, VI_INCLUSIVE },
	{ 'w', w_small, 0 },
	{ 'W', w_big, 0 },
	{ 'b', b_small, 0 },
	{ 'B', b_big, 0 },
	{ 'e', e_small, VI_INCLUSIVE },
	{ 'E', e_big, VI_INCLUSIVE },
	{ 'j', down, VI_LINES },
	{ 'k', up, VI_LINES },
	{ 'g', to_first, VI_LINES },
	{ 'G', to_last, VI_LINES },
};

bool
vi_is_motion(uint32_t key)
{
	for (size_t i = 0; i < ARRAY_LEN(motions); i++)
		if ((uint32_t)motions[i].key == key)
			return true;
	return key == ';' || key == ',';
}

static bool
find_again(const struct vi_move *m, bool other_way, size_t from,
    size_t *ret_to, unsigned *ret_flags)
{
	static const char ways[] = "fFtT", opposite[] = "FfTt";
	struct vi_find find = m->find;
	const char *way = find.kind ? strchr(ways, find.kind) : NULL;

	if (way == NULL)
		return false;
	if (other_way)
		find.kind = opposite[way - ways];
	return vi_find_motion(m, &find, from, ret_to, ret_flags);
}

bool
vi_motion(const struct vi_move *m, uint32_t key, size_t from,
    size_t *ret_to, unsigned *ret_flags)
{
	if (key == ';' || key == ',')
		return find_again(m, key == ',', from, ret_to, ret_flags);
	for (size_t i = 0; i < ARRAY_LEN(motions); i++) {
		if ((uint32_t)motions[i].key != key)
			continue;
		*ret_to = from;
		*ret_flags = motions[i].flags;
		return motions[i].run(m, ret_to);
	}
	return false;
}

/* --- objects ------------------------------------------------------------- */

static bool
word_object(struct str text, bool around, bool big, size_t at,
    size_t *ret_from, size_t *ret_to)
{
	size_t start = edit_line_start(text, at);
	size_t end = edit_line_end(text, at), to = at;
	enum edit_class class = class_at(text, at, big);

	while (at > start &&
	    class_at(text, edit_before(text, at), big) == class)
		at = edit_before(text, at);
	while (to < end && class_at(text, to, big) == class)
		to = edit_next(text, to);
	if (around) {
		size_t behind = to;

		while (to < end && edit_class_at(text, to) == EDIT_BLANK)
			to = edit_next(text, to);
		while (to == behind && at > start && edit_class_at(text,
		    edit_before(text, at)) == EDIT_BLANK)
			at = edit_before(text, at);
	}
	*ret_from = at;
	*ret_to = to;
	return to > at;
}

static bool
quote_object(struct str text, bool around, char quote, size_t at,
    size_t *ret_from, size_t *ret_to)
{
	size_t end = edit_line_end(text, at), open = SIZE_MAX;

	for (size_t i = edit_line_start(text, at); i < end; i++) {
		if (text.ptr[i] != quote)
			continue;
		if (open == SIZE_MAX) {
			open = i;
			continue;
		}
		if (i >= at) {
			*ret_from = open + !around;
			*ret_to = i + around;
			return true;
		}
		open = SIZE_MAX;
	}
	return false;
}

static bool
bracket_object(struct str text, bool around, const char pair[2], size_t at,
    size_t *ret_from, size_t *ret_to)
{
	size_t from = at, to;
	int depth = 0;

	while (from > 0 && (text.ptr[from] != pair[0] || depth > 0)) {
		if (from < at && text.ptr[from] == pair[1])
			depth++;
		else if (text.ptr[from] == pair[0])
			depth--;
		from--;
	}
	if (from >= text.len || text.ptr[from] != pair[0])
		return false;
	depth = 0;
	for (to = from + 1; to < text.len; to++) {
		if (text.ptr[to] == pair[0])
			depth++;
		else if (text.ptr[to] == pair[1] && depth-- == 0)
			break;
	}
	if (to == text.len)
		return false;
	*ret_from = from + !around;
	*ret_to = to + around;
	return true;
}

bool
vi_object(struct str text, bool around, uint32_t key, size_t at,
    size_t *ret_from, size_t *ret_to)
{
	static const char *const pairs[] = { "()b", "[]", "{}B", "<>" };

	if (text.len == 0)
		return false;
	if (key == 'w' || key == 'W')
		return word_object(text, around, key == 'W', at, ret_from,
		    ret_to);
	if (key == '"' || key == '\'' || key == '`')
		return quote_object(text, around, (char)key, at, ret_from,
		    ret_to);
	for (size_t i = 0; key < 0x80 && i < ARRAY_LEN(pairs); i++)
		if (strchr(pairs[i], (int)key) != NULL)
			return bracket_object(text, around, pairs[i], at,
			    ret_from, ret_to);
	return false;
}
