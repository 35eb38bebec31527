/* Vi's keys; see vi.h. A command is [count][operator][count]motion, or one
 * letter. */
#include "tui/composer/vi_inner.h"

#include "base/units.h"
#include "tui/composer/edit_text.h"

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

void
vi_forget_command(struct vi *v)
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
	vi_forget_command(v);
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

void
vi_typed(struct vi *v, struct edit *e, const struct key *key)
{
	if (!v->on || v->mode != VI_INSERT)
		return;
	vi_enter_insert(v, e);
	if (v->recording)
		vi_record(v, key);
}

static void
run_object(struct vi *v, struct edit *e, bool around, uint32_t key)
{
	struct vi_span s = { .lines = false };

	if (!vi_object(edit_text(e), around, key, e->caret, &s.from, &s.to))
		return;
	if (v->operator) {
		vi_operate(v, e, v->operator, s);
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
		vi_replace_characters(v, e, code);
		break;
	case 'g':
		if (code == 'g')
			vi_run_motion(v, e, 'g');
		break;
	case 'i': case 'a':
		run_object(v, e, pending == 'a', code);
		break;
	default:
		v->find = (struct vi_find){ pending, code };
		m = vi_move_of(v, e);
		if (vi_find_motion(&m, &v->find, e->caret, &to, &flags))
			vi_moved(v, e, to, flags);
		break;
	}
	vi_forget_command(v);
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
		vi_whole_lines(v, e, v->operator);
		vi_forget_command(v);
		return VI_TAKEN;
	}
	if (is_operator(code) && !v->operator && v->mode == VI_NORMAL) {
		v->operator = (char)code;
		v->operator_count = v->count;
		v->count = 0;
		return VI_TAKEN;
	}
	if (vi_is_motion(code)) {
		enum vi_result result = vi_run_motion(v, e, code);

		vi_forget_command(v);
		return result;
	}
	if (!v->operator && !vi_visual_command(v, e, code) &&
	    v->mode == VI_NORMAL)
		vi_run_letter(v, e, code);
	vi_forget_command(v);
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
		vi_forget_command(v);
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
		vi_record(v, key);
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
		vi_keep_change(v);
	v->recording = false;
	if (e->caret > edit_line_start(text, e->caret))
		edit_move(e, edit_before(text, e->caret));
}
