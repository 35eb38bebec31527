/* Actions on the text; see edit_keys.h. */
#include "tui/composer/edit_keys.h"

#include "base/units.h"
#include "tui/composer/edit_text.h"

struct edit_action_row {
	enum action action;
	void (*run)(struct edit *e, struct kill_ring *ring);
	bool keeps_ring; /* cuts and yanks in a row go together */
};

static void
left(struct edit *e, struct kill_ring *ring)
{
	edit_move(e, edit_before(edit_text(e), e->caret));
}

static void
right(struct edit *e, struct kill_ring *ring)
{
	edit_move(e, edit_next(edit_text(e), e->caret));
}

static void
word_left(struct edit *e, struct kill_ring *ring)
{
	edit_move(e, edit_word_left(edit_text(e), e->caret));
}

static void
word_right(struct edit *e, struct kill_ring *ring)
{
	edit_move(e, edit_word_right(edit_text(e), e->caret));
}

static void
line_start(struct edit *e, struct kill_ring *ring)
{
	edit_move(e, edit_line_start(edit_text(e), e->caret));
}

static void
line_end(struct edit *e, struct kill_ring *ring)
{
	edit_move(e, edit_line_end(edit_text(e), e->caret));
}

static void
text_start(struct edit *e, struct kill_ring *ring)
{
	edit_move(e, 0);
}

static void
text_end(struct edit *e, struct kill_ring *ring)
{
	edit_move(e, e->text.len);
}

static void
erase(struct edit *e, size_t from, size_t to)
{
	edit_replace(e, from, to - from, STR_NONE, EDIT_ERASED);
}

static void
delete_left(struct edit *e, struct kill_ring *ring)
{
	erase(e, edit_before(edit_text(e), e->caret), e->caret);
}

static void
delete_right(struct edit *e, struct kill_ring *ring)
{
	erase(e, e->caret, edit_next(edit_text(e), e->caret));
}

static void
cut(struct edit *e, struct kill_ring *ring, size_t from, size_t to)
{
	bool in_front = from < e->caret;

	if (from == to)
		return;
	kill_ring_add(ring, str_sub(edit_text(e), from, to - from), in_front);
	edit_replace(e, from, to - from, STR_NONE, EDIT_OTHER);
}

static void
kill_word_left(struct edit *e, struct kill_ring *ring)
{
	cut(e, ring, edit_word_left(edit_text(e), e->caret), e->caret);
}

static void
kill_word_right(struct edit *e, struct kill_ring *ring)
{
	cut(e, ring, e->caret, edit_word_right(edit_text(e), e->caret));
}

/* At the start of a line the line feed before it goes, so that Ctrl+U again
 * and again empties everything. */
static void
kill_line_left(struct edit *e, struct kill_ring *ring)
{
	size_t start = edit_line_start(edit_text(e), e->caret);

	if (start == e->caret && start > 0)
		start--;
	cut(e, ring, start, e->caret);
}

static void
kill_line_right(struct edit *e, struct kill_ring *ring)
{
	size_t end = edit_line_end(edit_text(e), e->caret);

	if (end == e->caret && end < e->text.len)
		end++;
	cut(e, ring, e->caret, end);
}

static void
yank(struct edit *e, struct kill_ring *ring)
{
	edit_insert(e, kill_ring_yank(ring));
}

static void
yank_pop(struct edit *e, struct kill_ring *ring)
{
	size_t len = ring->yanked;

	if (len == 0 || len > e->caret)
		return;
	edit_replace(e, e->caret - len, len, kill_ring_older(ring),
	    EDIT_OTHER);
}

/* Swaps the characters around the caret; at the end of a line the two before
 * it. */
static void
transpose(struct edit *e, struct kill_ring *ring)
{
	struct str text = edit_text(e);
	size_t start = edit_line_start(text, e->caret);
	size_t end = edit_line_end(text, e->caret);
	size_t middle = e->caret, first, last;
	CLEANUP_BUF struct buf swapped = BUF_INIT(64 * KIB);

	if (middle == end && middle > start)
		middle = edit_before(text, middle);
	if (middle <= start || middle >= end)
		return;
	first = edit_before(text, middle);
	last = edit_next(text, middle);
	buf_add(&swapped, text.ptr + middle, last - middle);
	buf_add(&swapped, text.ptr + first, middle - first);
	edit_replace(e, first, last - first, buf_str(&swapped), EDIT_OTHER);
}

static void
undo(struct edit *e, struct kill_ring *ring)
{
	edit_undo(e);
}

static void
redo(struct edit *e, struct kill_ring *ring)
{
	edit_redo(e);
}

static const struct edit_action_row rows[] = {
	{ ACTION_LEFT, left, false },
	{ ACTION_RIGHT, right, false },
	{ ACTION_WORD_LEFT, word_left, false },
	{ ACTION_WORD_RIGHT, word_right, false },
	{ ACTION_LINE_START, line_start, false },
	{ ACTION_LINE_END, line_end, false },
	{ ACTION_TEXT_START, text_start, false },
	{ ACTION_TEXT_END, text_end, false },
	{ ACTION_DELETE_LEFT, delete_left, false },
	{ ACTION_DELETE_RIGHT, delete_right, false },
	{ ACTION_KILL_WORD_LEFT, kill_word_left, true },
	{ ACTION_KILL_WORD_RIGHT, kill_word_right, true },
	{ ACTION_KILL_LINE_LEFT, kill_line_left, true },
	{ ACTION_KILL_LINE_RIGHT, kill_line_right, true },
	{ ACTION_YANK, yank, true },
	{ ACTION_YANK_POP, yank_pop, true },
	{ ACTION_TRANSPOSE, transpose, false },
	{ ACTION_UNDO, undo, false },
	{ ACTION_REDO, redo, false },
};

bool
edit_action(struct edit *e, struct kill_ring *ring, enum action action)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].action == action) {
			rows[i].run(e, ring);
			if (!rows[i].keeps_ring)
				kill_ring_rest(ring);
			return true;
		}
	return false;
}
