/* Vi's keys; see vi.h. A command is [count][operator][count]motion, or a
 * letter of the table at the end. */
#include "tui/composer/vi.h"

#include "base/units.h"
#include "base/utf8.h"
#include "tui/composer/edit_text.h"

struct span {
	size_t from, to;
	bool lines;
};

void
vi_init(struct vi *v)
{
	*v = (struct vi){ .taken = BUF_INIT(EDIT_BYTES_MAX) };
}

void
vi_release(struct vi *v)
{
	buf_release(&v->taken);
}

static void
forget_command(struct vi *v)
{
	v->count = v->operator_count = 0;
	v->operator = v->pending = 0;
}

static void
end_group(struct vi *v, struct edit *e)
{
	if (v->grouped)
		edit_group_end(e);
	v->grouped = false;
}

void
vi_reset(struct vi *v, struct edit *e)
{
	end_group(v, e);
	forget_command(v);
	v->mode = VI_INSERT;
	v->recording = false;
}

/* In normal mode the caret stands on a character, never behind the line. */
static void
settle(struct vi *v, struct edit *e)
{
	struct str text = edit_text(e);
	size_t at = e->caret;

	if (v->mode == VI_NORMAL && at > edit_line_start(text, at) &&
	    at == edit_line_end(text, at))
		edit_move(e, edit_before(text, at));
}

static int
times(const struct vi *v)
{
	int count = v->count > 0 ? v->count : 1;

	if (v->operator_count > 0)
		count *= v->operator_count;
	return count < VI_COUNT_MAX ? count : VI_COUNT_MAX;
}

/* --- the last change ----------------------------------------------------- */

static void
record(struct vi *v, const struct key *key)
{
	if (v->replaying)
		return;
	if (v->n_recorded < VI_DOT_MAX)
		v->recorded[v->n_recorded++] = *key;
	else
		v->recording = false;
}

/* The command changed something and is complete. */
static void
keep_change(struct vi *v)
{
	if (v->replaying || !v->recording)
		return;
	memcpy(v->dot, v->recorded, v->n_recorded * sizeof(*v->dot));
	v->n_dot = v->n_recorded;
}

static void
type_again(struct edit *e, const struct key *key)
{
	char text[4];

	if (key->code == SYM_ENTER) {
		edit_type(e, STR("\n"));
	} else if (key->code == SYM_BACKSPACE) {
		size_t before = edit_before(edit_text(e), e->caret);

		edit_replace(e, before, e->caret - before, STR_NONE,
		    EDIT_OTHER);
	} else if (key_is_text(key)) {
		size_t len = utf8_encode(key->code, text);

		edit_type(e, str_make(text, len));
	}
}

static void
repeat(struct vi *v, struct edit *e)
{
	int count = times(v);

	forget_command(v);
	v->replaying = true;
	for (; count > 0; count--) {
		for (size_t i = 0; i < v->n_dot; i++) {
			if (v->mode == VI_INSERT)
				type_again(e, &v->dot[i]);
			else
				vi_key(v, e, &v->dot[i]);
		}
		if (v->mode == VI_INSERT)
			vi_escape(v, e);
	}
	v->replaying = false;
}

/* --- operators ----------------------------------------------------------- */

static void
enter_insert(struct vi *v, struct edit *e)
{
	if (!v->grouped)
		edit_group_begin(e);
	v->grouped = true;
	v->mode = VI_INSERT;
}

void
vi_typed(struct vi *v, struct edit *e, const struct key *key)
{
	if (!v->on || v->mode != VI_INSERT)
		return;
	enter_insert(v, e);
	if (v->recording)
		record(v, key);
}

static void
take(struct vi *v, const struct edit *e, const struct span *s)
{
	buf_clear(&v->taken);
	buf_add_str(&v->taken, str_sub(edit_text(e), s->from,
	    s->to - s->from));
	if (s->lines)
		buf_add_char(&v->taken, '\n');
	v->taken_lines = s->lines;
}

static void
erase(struct edit *e, size_t from, size_t to)
{
	edit_replace(e, from, to - from, STR_NONE, EDIT_OTHER);
	edit_move(e, from);
}

static void
delete_lines(struct edit *e, const struct span *s)
{
	size_t from = s->from, to = s->to;

	/* With the line feed behind, or the one before for the last line. */
	if (to < e->text.len)
		to++;
	else if (from > 0)
		from--;
	erase(e, from, to);
	edit_move(e, vi_first_nonblank(edit_text(e), from < s->from &&
	    from < e->text.len ? from : e->caret));
}

static void
operate(struct vi *v, struct edit *e, char operator, struct span s)
{
	if (s.lines) {
		s.from = edit_line_start(edit_text(e), s.from);
		s.to = edit_line_end(edit_text(e), s.to);
	}
	take(v, e, &s);
	v->mode = VI_NORMAL;
	if (operator == 'y') {
		if (!s.lines || e->caret > s.to || e->caret < s.from)
			edit_move(e, s.from);
		return;
	}
	if (operator == 'c') {
		enter_insert(v, e);
		erase(e, s.from, s.to);
	} else if (s.lines) {
		delete_lines(e, &s);
	} else {
		erase(e, s.from, s.to);
	}
	keep_change(v);
}

/* What an operator takes from here to where a motion led. */
static struct span
span_to(const struct edit *e, size_t to, unsigned flags)
{
	struct span s = { e->caret, to, (flags & VI_LINES) != 0 };

	if (s.from > s.to) {
		s.from = to;
		s.to = e->caret;
	}
	if (flags & VI_INCLUSIVE && !s.lines &&
	    s.to < edit_line_end(edit_text(e), s.to))
		s.to = edit_next(edit_text(e), s.to);
	return s;
}

static void
moved(struct vi *v, struct edit *e, size_t to, unsigned flags)
{
	if (v->operator)
		operate(v, e, v->operator, span_to(e, to, flags));
	else
		edit_move(e, to);
}

static struct vi_move
move_of(const struct vi *v, const struct edit *e)
{
	return (struct vi_move){ .edit = e,
		.count = v->count > 0 || v->operator_count > 0 ? times(v) : 0,
		.operator = v->operator || v->mode != VI_NORMAL,
		.find = v->find };
}

static enum vi_result
run_motion(struct vi *v, struct edit *e, uint32_t key)
{
	struct vi_move m = move_of(v, e);
	unsigned flags;
	size_t to;

	/* cw changes to the end of the word, as ce does. */
	if (v->operator == 'c' && (key == 'w' || key == 'W') &&
	    edit_class_at(edit_text(e), e->caret) != EDIT_BLANK) {
		/* A word of one letter ends where it begins. */
		size_t next = edit_next(edit_text(e), e->caret);
		bool ends = times(v) == 1 &&
		    (edit_class_at(edit_text(e), next) == EDIT_BLANK ||
		    (key == 'w' && edit_class_at(edit_text(e), next) !=
		    edit_class_at(edit_text(e), e->caret)));

		if (ends) {
			moved(v, e, e->caret, VI_INCLUSIVE);
			return VI_TAKEN;
		}
		key = key == 'w' ? 'e' : 'E';
	}
	if (vi_motion(&m, key, e->caret, &to, &flags)) {
		moved(v, e, to, flags);
		return VI_TAKEN;
	}
	if (!v->operator && v->mode == VI_NORMAL &&
	    (key == 'k' || key == 'j'))
		return key == 'k' ? VI_OLDER : VI_NEWER;
	return VI_TAKEN;
}

/* --- commands ------------------------------------------------------------ */

static void
insert_here(struct vi *v, struct edit *e)
{
	enter_insert(v, e);
}

static void
insert_behind(struct vi *v, struct edit *e)
{
	struct str text = edit_text(e);

	if (e->caret < edit_line_end(text, e->caret))
		edit_move(e, edit_next(text, e->caret));
	enter_insert(v, e);
}

static void
insert_at_start(struct vi *v, struct edit *e)
{
	edit_move(e, vi_first_nonblank(edit_text(e), e->caret));
	enter_insert(v, e);
}

static void
insert_at_end(struct vi *v, struct edit *e)
{
	edit_move(e, edit_line_end(edit_text(e), e->caret));
	enter_insert(v, e);
}

static void
open_below(struct vi *v, struct edit *e)
{
	enter_insert(v, e);
	edit_move(e, edit_line_end(edit_text(e), e->caret));
	edit_insert(e, STR("\n"));
}

static void
open_above(struct vi *v, struct edit *e)
{
	enter_insert(v, e);
	edit_move(e, edit_line_start(edit_text(e), e->caret));
	edit_insert(e, STR("\n"));
	edit_move(e, e->caret - 1);
}

static void
by_motion(struct vi *v, struct edit *e, char operator, uint32_t motion)
{
	v->operator = operator;
	run_motion(v, e, motion);
}

static void
delete_character(struct vi *v, struct edit *e)
{
	if (e->caret < edit_line_end(edit_text(e), e->caret))
		by_motion(v, e, 'd', 'l');
}

static void
delete_before(struct vi *v, struct edit *e)
{
	if (e->caret > edit_line_start(edit_text(e), e->caret))
		by_motion(v, e, 'd', 'h');
}

static void
substitute(struct vi *v, struct edit *e)
{
	by_motion(v, e, 'c', 'l');
}

static void
whole_lines(struct vi *v, struct edit *e, char operator)
{
	struct span s = { e->caret, e->caret, true };

	for (int i = times(v); i > 1 && s.to < e->text.len; i--) {
		s.to = edit_line_end(edit_text(e), s.to);
		if (s.to < e->text.len)
			s.to++;
	}
	operate(v, e, operator, s);
}

static void
substitute_line(struct vi *v, struct edit *e)
{
	whole_lines(v, e, 'c');
}

static void
yank_line(struct vi *v, struct edit *e)
{
	whole_lines(v, e, 'y');
}

static void
to_end(struct vi *v, struct edit *e, char operator)
{
	struct span s = { e->caret, edit_line_end(edit_text(e), e->caret),
		false };

	operate(v, e, operator, s);
}

static void
change_to_end(struct vi *v, struct edit *e)
{
	to_end(v, e, 'c');
}

static void
delete_to_end(struct vi *v, struct edit *e)
{
	to_end(v, e, 'd');
}

static void
put_lines(struct vi *v, struct edit *e, bool behind)
{
	struct str lines = str_sub(buf_str(&v->taken), 0, v->taken.len - 1);
	size_t at = behind ? edit_line_end(edit_text(e), e->caret) :
	    edit_line_start(edit_text(e), e->caret);
	CLEANUP_BUF struct buf text = BUF_INIT(EDIT_BYTES_MAX);

	for (int i = times(v); i > 0; i--) {
		if (behind)
			buf_add_char(&text, '\n');
		buf_add_str(&text, lines);
		if (!behind)
			buf_add_char(&text, '\n');
	}
	if (edit_replace(e, at, 0, buf_str(&text), EDIT_OTHER))
		edit_move(e, vi_first_nonblank(edit_text(e), at + behind));
}

static void
put(struct vi *v, struct edit *e, bool behind)
{
	CLEANUP_BUF struct buf text = BUF_INIT(EDIT_BYTES_MAX);

	if (v->taken.len == 0)
		return;
	keep_change(v);
	if (v->taken_lines) {
		put_lines(v, e, behind);
		return;
	}
	if (behind && e->caret < edit_line_end(edit_text(e), e->caret))
		edit_move(e, edit_next(edit_text(e), e->caret));
	for (int i = times(v); i > 0; i--)
		buf_add_str(&text, buf_str(&v->taken));
	if (edit_insert(e, buf_str(&text)))
		edit_move(e, edit_before(edit_text(e), e->caret));
}

static void
put_behind(struct vi *v, struct edit *e)
{
	put(v, e, true);
}

static void
put_before(struct vi *v, struct edit *e)
{
	put(v, e, false);
}

static void
undo(struct vi *v, struct edit *e)
{
	for (int i = times(v); i > 0 && edit_undo(e); i--)
		;
}

static char
other_case(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void
swap_case(struct vi *v, struct edit *e, size_t from, size_t to)
{
	CLEANUP_BUF struct buf text = BUF_INIT(EDIT_BYTES_MAX);

	buf_add_str(&text, str_sub(edit_text(e), from, to - from));
	for (size_t i = 0; i < text.len; i++)
		text.ptr[i] = other_case(text.ptr[i]);
	edit_replace(e, from, to - from, buf_str(&text), EDIT_OTHER);
	keep_change(v);
}

static void
swap_characters(struct vi *v, struct edit *e)
{
	size_t end = edit_line_end(edit_text(e), e->caret), to = e->caret;

	for (int i = times(v); i > 0 && to < end; i--)
		to = edit_next(edit_text(e), to);
	if (to > e->caret)
		swap_case(v, e, e->caret, to);
}

/* The next line to the end of this one, a blank between. */
static void
join_once(struct edit *e)
{
	struct str text = edit_text(e);
	size_t end = edit_line_end(text, e->caret), next = end + 1;
	bool blank;

	if (end == text.len)
		return;
	while (next < text.len &&
	    (text.ptr[next] == ' ' || text.ptr[next] == '\t'))
		next++;
	blank = next < text.len && text.ptr[next] != '\n' &&
	    text.ptr[next] != ')' && end > 0 && text.ptr[end - 1] != ' ' &&
	    text.ptr[end - 1] != '\n';
	edit_replace(e, end, next - end, blank ? STR(" ") : STR_NONE,
	    EDIT_OTHER);
	edit_move(e, end);
}

static void
join(struct vi *v, struct edit *e)
{
	int count = times(v) > 2 ? times(v) - 1 : 1;

	edit_group_begin(e);
	while (count-- > 0)
		join_once(e);
	edit_group_end(e);
	keep_change(v);
}

static void
visual(struct vi *v, struct edit *e)
{
	v->mode = VI_VISUAL;
	v->anchor = e->caret;
}

static void
visual_lines(struct vi *v, struct edit *e)
{
	v->mode = VI_VISUAL_LINE;
	v->anchor = e->caret;
}

static const struct command {
	char key;
	void (*run)(struct vi *v, struct edit *e);
} commands[] = {
	{ 'i', insert_here },
	{ 'a', insert_behind },
	{ 'I', insert_at_start },
	{ 'A', insert_at_end },
	{ 'o', open_below },
	{ 'O', open_above },
	{ 'x', delete_character },
	{ 'X', delete_before },
	{ 's', substitute },
	{ 'S', substitute_line },
	{ 'C', change_to_end },
	{ 'D', delete_to_end },
	{ 'Y', yank_line },
	{ 'p', put_behind },
	{ 'P', put_before },
	{ 'u', undo },
	{ '~', swap_characters },
	{ 'J', join },
	{ 'v', visual },
	{ 'V', visual_lines },
	{ '.', repeat },
};

/* --- visual mode --------------------------------------------------------- */

bool
vi_selection(const struct vi *v, const struct edit *e, size_t *ret_from,
    size_t *ret_to)
{
	struct str text = edit_text(e);
	size_t from = v->anchor < e->caret ? v->anchor : e->caret;
	size_t to = v->anchor < e->caret ? e->caret : v->anchor;

	if (!v->on || (v->mode != VI_VISUAL && v->mode != VI_VISUAL_LINE))
		return false;
	if (to > text.len)
		to = text.len;
	*ret_from = v->mode == VI_VISUAL ? from : edit_line_start(text, from);
	*ret_to = v->mode == VI_VISUAL ? edit_next(text, to) :
	    edit_line_end(text, to);
	return true;
}

static bool
visual_command(struct vi *v, struct edit *e, uint32_t key)
{
	struct span s = { .lines = v->mode == VI_VISUAL_LINE };
	size_t other;

	if (!vi_selection(v, e, &s.from, &s.to))
		return false;
	switch (key) {
	case 'd': case 'x': case 'X': case 'D':
		operate(v, e, 'd', s);
		return true;
	case 'c': case 's': case 'S': case 'C':
		operate(v, e, 'c', s);
		return true;
	case 'y': case 'Y':
		operate(v, e, 'y', s);
		return true;
	case '~':
		v->mode = VI_NORMAL;
		swap_case(v, e, s.from, s.to);
		edit_move(e, s.from);
		return true;
	case 'o':
		other = v->anchor;
		v->anchor = e->caret;
		edit_move(e, other);
		return true;
	case 'v':
		v->mode = v->mode == VI_VISUAL ? VI_NORMAL : VI_VISUAL;
		return true;
	case 'V':
		v->mode = v->mode == VI_VISUAL_LINE ? VI_NORMAL :
		    VI_VISUAL_LINE;
		return true;
	default:
		return false;
	}
}

/* --- keys ---------------------------------------------------------------- */

static void
replace_characters(struct vi *v, struct edit *e, uint32_t code)
{
	size_t end = edit_line_end(edit_text(e), e->caret), to = e->caret;
	CLEANUP_BUF struct buf with = BUF_INIT(64 * KIB);
	char text[4];
	size_t len = utf8_encode(code, text);

	for (int i = times(v); i > 0; i--) {
		if (to >= end)
			return;
		to = edit_next(edit_text(e), to);
		buf_add(&with, text, len);
	}
	if (buf_check(&with, NULL) != 0 || !edit_replace(e, e->caret,
	    to - e->caret, buf_str(&with), EDIT_OTHER))
		return;
	edit_move(e, edit_before(edit_text(e), e->caret));
	keep_change(v);
}

static void
run_object(struct vi *v, struct edit *e, bool around, uint32_t key)
{
	struct span s = { .lines = false };

	if (!vi_object(edit_text(e), around, key, e->caret, &s.from, &s.to))
		return;
	if (v->operator) {
		operate(v, e, v->operator, s);
		return;
	}
	v->anchor = s.from;
	edit_move(e, s.to > s.from ? edit_before(edit_text(e), s.to) :
	    s.from);
}

/* The character behind f, r, g, i and their like. */
static void
run_pending(struct vi *v, struct edit *e, uint32_t code)
{
	char pending = v->pending;
	struct vi_move m;
	unsigned flags;
	size_t to;

	v->pending = 0;
	switch (pending) {
	case 'r':
		replace_characters(v, e, code);
		break;
	case 'g':
		if (code == 'g')
			run_motion(v, e, 'g');
		break;
	case 'i': case 'a':
		run_object(v, e, pending == 'a', code);
		break;
	default:
		v->find = (struct vi_find){ pending, code };
		m = move_of(v, e);
		if (vi_find_motion(&m, &v->find, e->caret, &to, &flags))
			moved(v, e, to, flags);
		break;
	}
	forget_command(v);
}

static bool
is_pending(const struct vi *v, uint32_t code)
{
	bool object = (code == 'i' || code == 'a') &&
	    (v->operator || v->mode != VI_NORMAL);

	return object || (code < 0x80 && code > 0 &&
	    strchr("fFtTg", (int)code) != NULL) ||
	    (code == 'r' && !v->operator && v->mode == VI_NORMAL);
}

static bool
is_operator(uint32_t code)
{
	return code == 'd' || code == 'c' || code == 'y';
}

static enum vi_result
run_command(struct vi *v, struct edit *e, uint32_t code)
{
	if (is_operator(code) && v->operator == (char)code) {
		whole_lines(v, e, v->operator);
		forget_command(v);
		return VI_TAKEN;
	}
	if (is_operator(code) && !v->operator && v->mode == VI_NORMAL) {
		v->operator = (char)code;
		v->operator_count = v->count;
		v->count = 0;
		return VI_TAKEN;
	}
	if (vi_is_motion(code)) {
		enum vi_result result = run_motion(v, e, code);

		forget_command(v);
		return result;
	}
	if (!v->operator && !visual_command(v, e, code) &&
	    v->mode == VI_NORMAL)
		for (size_t i = 0; i < ARRAY_LEN(commands); i++)
			if ((uint32_t)commands[i].key == code) {
				commands[i].run(v, e);
				break;
			}
	forget_command(v);
	return VI_TAKEN;
}

/* Keys that are no letters as the commands that they stand for; 0: none. */
static uint32_t
letter_of(const struct key *key)
{
	static const struct {
		uint32_t code;
		char letter;
	} letters[] = {
		{ SYM_LEFT, 'h' }, { SYM_RIGHT, 'l' }, { SYM_UP, 'k' },
		{ SYM_DOWN, 'j' }, { SYM_HOME, '0' }, { SYM_END, '$' },
		{ SYM_BACKSPACE, 'h' }, { SYM_DELETE, 'x' },
	};

	if (key_is_text(key))
		return key->code;
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (letters[i].code == key->code && key->mods == 0)
			return (uint32_t)letters[i].letter;
	return 0;
}

static bool
take_digit(struct vi *v, uint32_t code)
{
	if (code < '0' || code > '9' || (code == '0' && v->count == 0))
		return false;
	if (v->count < VI_COUNT_MAX)
		v->count = v->count * 10 + (int)(code - '0');
	return true;
}

enum vi_result
vi_key(struct vi *v, struct edit *e, const struct key *key)
{
	bool begins = v->count == 0 && !v->operator && !v->pending &&
	    v->mode == VI_NORMAL;
	enum vi_result result = VI_TAKEN;
	uint32_t code = letter_of(key);

	if (key->code == SYM_ESCAPE) {
		if (begins)
			return VI_NOT_TAKEN;
		forget_command(v);
		v->mode = VI_NORMAL;
		settle(v, e);
		return VI_TAKEN;
	}
	if (code == 0)
		return VI_NOT_TAKEN;
	if (begins && !v->replaying && code != '.') {
		v->n_recorded = 0;
		v->recording = true;
	}
	if (v->recording && code != '.')
		record(v, key);
	if (v->pending)
		run_pending(v, e, code);
	else if (take_digit(v, code))
		return VI_TAKEN;
	else if (is_pending(v, code))
		v->pending = (char)code;
	else
		result = run_command(v, e, code);
	settle(v, e);
	return result;
}

void
vi_escape(struct vi *v, struct edit *e)
{
	struct str text = edit_text(e);

	end_group(v, e);
	v->mode = VI_NORMAL;
	if (!v->replaying)
		keep_change(v);
	v->recording = false;
	if (e->caret > edit_line_start(text, e->caret))
		edit_move(e, edit_before(text, e->caret));
}
