/* Commands of one letter, a row each. */
#include "tui/composer/vi_inner.h"

#include "base/units.h"
#include "base/utf8.h"
#include "tui/composer/edit_text.h"

static void
insert_here(struct vi *v, struct edit *e)
{
	vi_enter_insert(v, e);
}

static void
insert_behind(struct vi *v, struct edit *e)
{
	struct str text = edit_text(e);

	if (e->caret < edit_line_end(text, e->caret))
		edit_move(e, edit_next(text, e->caret));
	vi_enter_insert(v, e);
}

static void
insert_at_start(struct vi *v, struct edit *e)
{
	edit_move(e, vi_first_nonblank(edit_text(e), e->caret));
	vi_enter_insert(v, e);
}

static void
insert_at_end(struct vi *v, struct edit *e)
{
	edit_move(e, edit_line_end(edit_text(e), e->caret));
	vi_enter_insert(v, e);
}

static void
open_below(struct vi *v, struct edit *e)
{
	vi_enter_insert(v, e);
	edit_move(e, edit_line_end(edit_text(e), e->caret));
	edit_insert(e, STR("\n"));
}

static void
open_above(struct vi *v, struct edit *e)
{
	vi_enter_insert(v, e);
	edit_move(e, edit_line_start(edit_text(e), e->caret));
	edit_insert(e, STR("\n"));
	edit_move(e, e->caret - 1);
}

static void
by_motion(struct vi *v, struct edit *e, char operator, uint32_t motion)
{
	v->operator = operator;
	vi_run_motion(v, e, motion);
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
substitute_line(struct vi *v, struct edit *e)
{
	vi_whole_lines(v, e, 'c');
}

static void
yank_line(struct vi *v, struct edit *e)
{
	vi_whole_lines(v, e, 'y');
}

static void
to_end(struct vi *v, struct edit *e, char operator)
{
	struct vi_span s = { e->caret, edit_line_end(edit_text(e), e->caret),
		false };

	vi_operate(v, e, operator, s);
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

	for (int i = vi_times(v); i > 0; i--) {
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
	vi_keep_change(v);
	if (v->taken_lines) {
		put_lines(v, e, behind);
		return;
	}
	if (behind && e->caret < edit_line_end(edit_text(e), e->caret))
		edit_move(e, edit_next(edit_text(e), e->caret));
	for (int i = vi_times(v); i > 0; i--)
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
	for (int i = vi_times(v); i > 0 && edit_undo(e); i--)
		;
}

static char
other_case(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void
vi_swap_case(struct vi *v, struct edit *e, size_t from, size_t to)
{
	CLEANUP_BUF struct buf text = BUF_INIT(EDIT_BYTES_MAX);

	buf_add_str(&text, str_sub(edit_text(e), from, to - from));
	for (size_t i = 0; i < text.len; i++)
		text.ptr[i] = other_case(text.ptr[i]);
	edit_replace(e, from, to - from, buf_str(&text), EDIT_OTHER);
	vi_keep_change(v);
}

static void
swap_characters(struct vi *v, struct edit *e)
{
	size_t end = edit_line_end(edit_text(e), e->caret), to = e->caret;

	for (int i = vi_times(v); i > 0 && to < end; i--)
		to = edit_next(edit_text(e), to);
	if (to > e->caret)
		vi_swap_case(v, e, e->caret, to);
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
	int count = vi_times(v) > 2 ? vi_times(v) - 1 : 1;

	edit_group_begin(e);
	while (count-- > 0)
		join_once(e);
	edit_group_end(e);
	vi_keep_change(v);
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

void
vi_replace_characters(struct vi *v, struct edit *e, uint32_t code)
{
	size_t end = edit_line_end(edit_text(e), e->caret), to = e->caret;
	CLEANUP_BUF struct buf with = BUF_INIT(64 * KIB);
	char text[4];
	size_t len = utf8_encode(code, text);

	for (int i = vi_times(v); i > 0; i--) {
		if (to >= end)
			return;
		to = edit_next(edit_text(e), to);
		buf_add(&with, text, len);
	}
	if (buf_check(&with, NULL) != 0 || !edit_replace(e, e->caret,
	    to - e->caret, buf_str(&with), EDIT_OTHER))
		return;
	edit_move(e, edit_before(edit_text(e), e->caret));
	vi_keep_change(v);
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
	{ '.', vi_repeat },
};

void
vi_run_letter(struct vi *v, struct edit *e, uint32_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if ((uint32_t)commands[i].key == code) {
			commands[i].run(v, e);
			return;
		}
	}
}
