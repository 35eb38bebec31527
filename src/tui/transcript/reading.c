/* Reading mode: the keys of a pager, a block in focus that opens and closes;
 * and the mouse, which needs no mode. */
#include "tui/transcript/inner.h"

enum { WHEEL_LINES = 3 };
#define COPY_MAX (64 * MIB)

void
reading_enter(struct transcript *t, bool all)
{
	t->reading = true;
	if (all != t->list.all) {
		t->list.all = all;
		app_damage(t->app, PART_TRANSCRIPT);
	}
	app_damage(t->app, PART_ALL);
}

void
reading_leave(struct transcript *t)
{
	if (!t->reading)
		return;
	t->reading = false;
	t->list.all = false;
	t->focus = NULL;
	search_end(&t->search);
	selection_end(&t->selection);
	viewport_to_end(t);
	app_damage(t->app, PART_ALL);
}

/* --- folding ------------------------------------------------------------- */

static void
toggle(struct transcript *t, struct block *b)
{
	if (b == NULL || !(b->kind->flags & BLOCK_FOLDS))
		return;
	b->fold = blocks_is_open(&t->list, b) ? FOLD_CLOSED : FOLD_OPEN;
	block_change(b);
	app_damage(t->app, PART_TRANSCRIPT);
}

/* --- copying ------------------------------------------------------------- */

/* The last one in sight that says something of its own; what it cost or took
 * stands below it. */
static struct block *
last_in_sight(const struct transcript *t)
{
	for (int i = t->n_rows; i-- > 0;) {
		struct block *b = t->rows[i].block;

		if (b != NULL && b->kind != &block_end)
			return b;
	}
	return NULL;
}

/* What is selected, else the block in focus, else the last one in sight, which
 * gets the focus: one sees what was copied. */
static void
copy(struct transcript *t)
{
	CLEANUP_BUF struct buf text = BUF_INIT(COPY_MAX);
	bool selected = selection_copy(&t->selection, &text);

	if (!selected && t->focus == NULL)
		t->focus = last_in_sight(t);
	if (!selected && t->focus != NULL) {
		viewport_lines(t, t->focus);
		buf_add_str(&text, str_trim_end(block_source(t->focus)));
		app_damage(t->app, PART_TRANSCRIPT);
	}
	selection_end(&t->selection);
	if (text.len > 0)
		app_copy(t->app, buf_str(&text));
	else
		app_toast(t->app, TOAST_INFO, "nothing is selected");
}

/* Escape ends one thing at a time. */
static void
step_out(struct transcript *t)
{
	if (t->selection.kind != SELECT_NONE)
		selection_end(&t->selection);
	else if (search_is_on(&t->search))
		search_end(&t->search);
	else
		reading_leave(t);
}

/* --- the focus ----------------------------------------------------------- */

/* The block in focus; else the first one that begins in sight. */
static struct block *
focused(struct transcript *t)
{
	if (t->focus != NULL)
		return t->focus;
	for (int i = 0; i < t->n_rows; i++)
		if (t->rows[i].block != NULL && t->rows[i].line <= 1)
			return t->rows[i].block;
	return t->n_rows > 0 ? t->rows[0].block : NULL;
}

static void
set_focus(struct transcript *t, struct block *b)
{
	if (b == NULL)
		return;
	t->focus = b;
	viewport_lines(t, b);
	viewport_show(t, b, 0);
	app_damage(t->app, PART_TRANSCRIPT);
}

static void
step_focus(struct transcript *t, int step)
{
	struct block *b = t->focus;

	if (b == NULL)
		set_focus(t, step < 0 && t->n_rows > 0 ?
		    t->rows[t->n_rows - 1].block : focused(t));
	else
		set_focus(t, step < 0 ? blocks_before(&t->list, b->index) :
		    blocks_after(&t->list, b->index));
}

/* --- keys ---------------------------------------------------------------- */

static const struct {
	enum action action;
	int lines, pages, halves;
} scrolls[] = {
	{ ACTION_LINE_UP, -1, 0, 0 },
	{ ACTION_LINE_DOWN, 1, 0, 0 },
	{ ACTION_PAGE_UP, 0, -1, 0 },
	{ ACTION_PAGE_DOWN, 0, 1, 0 },
	{ ACTION_SCROLL_UP, 0, -1, 0 },
	{ ACTION_SCROLL_DOWN, 0, 1, 0 },
	{ ACTION_HALF_UP, 0, 0, -1 },
	{ ACTION_HALF_DOWN, 0, 0, 1 },
};

static bool
scroll_key(struct transcript *t, enum action action)
{
	int page = t->rect.rows > 2 ? t->rect.rows - 2 : 1;

	for (size_t i = 0; i < ARRAY_LEN(scrolls); i++)
		if (scrolls[i].action == action) {
			viewport_scroll(t, scrolls[i].lines +
			    scrolls[i].pages * page +
			    scrolls[i].halves * ((page + 1) / 2));
			return true;
		}
	return false;
}

bool
reading_key(struct transcript *t, const struct key *key, enum action action)
{
	if (!t->reading)
		return false;
	if (t->search.typing) {
		search_key(&t->search, key);
		return true;
	}
	if (selection_key(&t->selection, key, action) ||
	    scroll_key(t, action))
		return true;
	switch (action) {
	case ACTION_TOP:
		viewport_to_start(t);
		return true;
	case ACTION_BOTTOM:
		viewport_to_end(t);
		return true;
	case ACTION_BLOCK_PREVIOUS:
		step_focus(t, -1);
		return true;
	case ACTION_BLOCK_NEXT:
		step_focus(t, 1);
		return true;
	case ACTION_OPEN:
		toggle(t, focused(t));
		return true;
	case ACTION_TRANSCRIPT:
		if (t->list.all)
			reading_leave(t);
		else
			reading_enter(t, true);
		return true;
	case ACTION_SEARCH:
		search_begin(&t->search);
		return true;
	case ACTION_SEARCH_NEXT:
		search_step(&t->search, 1);
		return true;
	case ACTION_SEARCH_PREVIOUS:
		search_step(&t->search, -1);
		return true;
	case ACTION_SELECT:
		selection_toggle(&t->selection);
		return true;
	case ACTION_COPY:
		copy(t);
		return true;
	case ACTION_LEAVE:
		step_out(t);
		return true;
	default:
		return false;
	}
}

const char *
reading_status(struct transcript *t)
{
	static const char *const kinds[] = { [SELECT_NONE] = "",
		[SELECT_LINES] = "selecting lines · y copies",
		[SELECT_CHARS] = "selecting text · y copies" };

	buf_clear(&t->status);
	if (!t->reading)
		return t->follow ? "" : "scrolled up";
	if (t->selection.kind != SELECT_NONE)
		buf_add_cstr(&t->status, kinds[t->selection.kind]);
	else
		search_status(&t->search, &t->status);
	if (t->status.len == 0)
		buf_add_cstr(&t->status, "reading · / search · v select · "
		    "q back");
	return buf_text(&t->status);
}

/* --- the mouse ----------------------------------------------------------- */

/* A click opens and closes: on the line that heads a block, or anywhere in one
 * that is closed. */
static void
click(struct transcript *t, struct block *b, int line)
{
	const struct lines *l = viewport_lines(t, b);

	line -= blocks_gap(&t->list, b);
	if (line < 0 || line >= (int)l->count)
		return;
	if (!blocks_is_open(&t->list, b) || l->lines[line].tag == TAG_FOLD)
		toggle(t, b);
}

bool
reading_mouse(struct transcript *t, const struct mouse *mouse, int row,
    int col)
{
	struct place at = { NULL, 0 };
	bool clicked, taken;

	if (mouse->action == MOUSE_WHEEL_UP ||
	    mouse->action == MOUSE_WHEEL_DOWN) {
		viewport_scroll(t, mouse->action == MOUSE_WHEEL_UP ?
		    -WHEEL_LINES : WHEEL_LINES);
		return true;
	}
	if (row >= 0 && row < t->n_rows)
		at = t->rows[row];
	taken = selection_mouse(&t->selection, mouse, row, col, &clicked);
	if (clicked && at.block != NULL) {
		click(t, at.block, at.line);
	} else if (taken && mouse->action == MOUSE_RELEASE) {
		CLEANUP_BUF struct buf text = BUF_INIT(COPY_MAX);

		if (selection_copy(&t->selection, &text) && text.len > 0)
			app_copy(t->app, buf_str(&text));
	}
	return taken;
}
