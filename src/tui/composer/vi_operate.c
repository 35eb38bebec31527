/* Operators and what they take: motions, whole lines, spans. */
#include "tui/composer/vi_inner.h"

#include "tui/composer/edit_text.h"

int
vi_times(const struct vi *v)
{
	int count = v->count > 0 ? v->count : 1;

	if (v->operator_count > 0)
		count *= v->operator_count;
	return count < VI_COUNT_MAX ? count : VI_COUNT_MAX;
}

void
vi_enter_insert(struct vi *v, struct edit *e)
{
	if (!v->grouped)
		edit_group_begin(e);
	v->grouped = true;
	v->mode = VI_INSERT;
}

static void
take(struct vi *v, const struct edit *e, const struct vi_span *s)
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
delete_lines(struct edit *e, const struct vi_span *s)
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

void
vi_operate(struct vi *v, struct edit *e, char operator, struct vi_span s)
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
		vi_enter_insert(v, e);
		erase(e, s.from, s.to);
	} else if (s.lines) {
		delete_lines(e, &s);
	} else {
		erase(e, s.from, s.to);
	}
	vi_keep_change(v);
}

/* What an operator takes from here to where a motion led. */
static struct vi_span
span_to(const struct edit *e, size_t to, unsigned flags)
{
	struct vi_span s = { e->caret, to, (flags & VI_LINES) != 0 };

	if (s.from > s.to) {
		s.from = to;
		s.to = e->caret;
	}
	if (flags & VI_INCLUSIVE && !s.lines &&
	    s.to < edit_line_end(edit_text(e), s.to))
		s.to = edit_next(edit_text(e), s.to);
	return s;
}

void
vi_moved(struct vi *v, struct edit *e, size_t to, unsigned flags)
{
	if (v->operator)
		vi_operate(v, e, v->operator, span_to(e, to, flags));
	else
		edit_move(e, to);
}

struct vi_move
vi_move_of(const struct vi *v, const struct edit *e)
{
	return (struct vi_move){ .edit = e,
		.count = v->count > 0 || v->operator_count > 0 ?
		    vi_times(v) : 0,
		.operator = v->operator || v->mode != VI_NORMAL,
		.find = v->find };
}

enum vi_result
vi_run_motion(struct vi *v, struct edit *e, uint32_t key)
{
	struct vi_move m = vi_move_of(v, e);
	unsigned flags;
	size_t to;

	/* cw changes to the end of the word, as ce does. */
	if (v->operator == 'c' && (key == 'w' || key == 'W') &&
	    edit_class_at(edit_text(e), e->caret) != EDIT_BLANK) {
		/* A word of one letter ends where it begins. */
		size_t next = edit_next(edit_text(e), e->caret);
		bool ends = vi_times(v) == 1 &&
		    (edit_class_at(edit_text(e), next) == EDIT_BLANK ||
		    (key == 'w' && edit_class_at(edit_text(e), next) !=
		    edit_class_at(edit_text(e), e->caret)));

		if (ends) {
			vi_moved(v, e, e->caret, VI_INCLUSIVE);
			return VI_TAKEN;
		}
		key = key == 'w' ? 'e' : 'E';
	}
	if (vi_motion(&m, key, e->caret, &to, &flags)) {
		vi_moved(v, e, to, flags);
		return VI_TAKEN;
	}
	if (!v->operator && v->mode == VI_NORMAL &&
	    (key == 'k' || key == 'j'))
		return key == 'k' ? VI_OLDER : VI_NEWER;
	return VI_TAKEN;
}

void
vi_whole_lines(struct vi *v, struct edit *e, char operator)
{
	struct vi_span s = { e->caret, e->caret, true };

	for (int i = vi_times(v); i > 1 && s.to < e->text.len; i--) {
		s.to = edit_line_end(edit_text(e), s.to);
		if (s.to < e->text.len)
			s.to++;
	}
	vi_operate(v, e, operator, s);
}
