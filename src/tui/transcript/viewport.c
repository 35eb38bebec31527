/* What of the transcript is in sight. The place is kept as a line of a block,
 * never as a line of the whole: what is above need not be laid out, and what
 * comes, goes or is laid out anew elsewhere does not move it. */
#include "tui/transcript/inner.h"

#include "base/clock.h"
#include "base/mem.h"

enum {
	MARGIN = 2,	     /* columns at each side */
	NESTED = 2,	     /* more of a sub-run's blocks */
	MARGIN_MIN_COLS = 24, /* narrower screens have none */
	FOOT_MIN_ROWS = 8,    /* lower ones have no blank row at the end */
	PROSE_MAX = 120,     /* wider lines are hard to read */
	BLANK_MAX = 6,	      /* rows that may stay blank below the end */
	LAID_AROUND = 48,    /* blocks round the view that stay laid out */
	TICK_MS = 1000,
};

struct look
viewport_look(const struct transcript *t, const struct block *b)
{
	int width = t->width;

	if (b->kind->flags & BLOCK_PROSE && width > PROSE_MAX)
		width = PROSE_MAX;
	if (b->owner != NULL && width > 2 * NESTED)
		width -= NESTED;
	return (struct look){ .width = width,
		.open = blocks_is_open(&t->list, b),
		.newest = blocks_is_newest(&t->list, b),
		.running = app_facts(t->app)->running,
		.wall_ms = clock_wall_ms(), .colors = t->colors,
		.list = &t->list };
}

const struct lines *
viewport_lines(struct transcript *t, struct block *b)
{
	struct look look = viewport_look(t, b);

	return block_lines(b, &look);
}

int
viewport_height(struct transcript *t, struct block *b)
{
	size_t count = viewport_lines(t, b)->count;

	return count == 0 ? 0 : (int)count + blocks_gap(&t->list, b);
}

/* --- moving -------------------------------------------------------------- */

/* Returns the lines that it could not go up. */
static int
move_up(struct transcript *t, struct place *p, int lines)
{
	while (lines > 0 && p->block != NULL) {
		struct block *before;

		if (p->line >= lines) {
			p->line -= lines;
			return 0;
		}
		before = blocks_before(&t->list, p->block->index);
		if (before == NULL) {
			lines -= p->line;
			p->line = 0;
			return lines;
		}
		lines -= p->line;
		p->block = before;
		p->line = viewport_height(t, before);
	}
	return lines;
}

static void
move_down(struct transcript *t, struct place *p, int lines)
{
	while (p->block != NULL) {
		int left = viewport_height(t, p->block) - p->line;
		struct block *after;

		if (lines < left) {
			p->line += lines;
			return;
		}
		after = blocks_after(&t->list, p->block->index);
		if (after == NULL) {
			p->line = left + p->line > 0 ? left + p->line - 1 : 0;
			return;
		}
		lines -= left;
		p->block = after;
		p->line = 0;
	}
}

/* Where the first row must be for the last line to be in the last row. */
static struct place
end_top(struct transcript *t, int rows)
{
	struct place p = { .block = blocks_last(&t->list) };

	if (p.block != NULL) {
		p.line = viewport_height(t, p.block);
		move_up(t, &p, rows);
	}
	return p;
}

static bool
is_before(const struct place *a, const struct place *b)
{
	return a->block->index != b->block->index ?
	    a->block->index < b->block->index : a->line < b->line;
}

/* While a run goes on, text moves up only: where the end comes nearer (calls
 * are summed up, a thought makes room), rows at the foot stay blank until more
 * comes. */
static bool
stays(struct transcript *t, const struct place *end, int rows)
{
	struct place near = t->top;

	if (!app_facts(t->app)->running || t->reading ||
	    rows != t->anchored_rows || t->width != t->anchored_width ||
	    near.block == NULL || end->block == NULL ||
	    near.line >= viewport_height(t, near.block) ||
	    !is_before(end, &near))
		return false;
	move_up(t, &near, rows / 3 < BLANK_MAX ? rows / 3 : BLANK_MAX);
	return !is_before(end, &near);
}

static void
to_end(struct transcript *t, const struct place *end, int rows)
{
	if (stays(t, end, rows))
		return;
	t->top = *end;
	t->anchored_rows = rows;
	t->anchored_width = t->width;
}

/* The place is within what is shown, and not past the end. */
static void
settle_top(struct transcript *t, int rows)
{
	struct place end = end_top(t, rows);
	struct block *b = t->top.block;

	if (b != NULL && !blocks_shows(&t->list, b)) {
		struct block *before = blocks_before(&t->list, b->index);

		t->top = (struct place){ before != NULL ? before :
			blocks_first(&t->list), 0 };
	}
	if (t->follow || t->top.block == NULL || end.block == NULL) {
		to_end(t, &end, rows);
		return;
	}
	if (t->top.line >= viewport_height(t, t->top.block))
		t->top.line = viewport_height(t, t->top.block) - 1;
	if (t->top.line < 0)
		t->top.line = 0;
	if (!is_before(&t->top, &end)) {
		t->top = end;
		/* While one reads, new text shall not pull the view. */
		t->follow = t->list.at_end && !t->reading;
		t->news = t->news && !t->follow;
		app_damage(t->app, PART_STATUS);
	}
}

void
viewport_scroll(struct transcript *t, int lines)
{
	int rows = t->rect.rows > 0 ? t->rect.rows : 1;

	settle_top(t, rows);
	if (t->top.block == NULL)
		return;
	if (lines < 0) {
		int left = move_up(t, &t->top, -lines);

		t->follow = false;
		t->owed = t->window.at_start ? 0 : left;
	} else {
		move_down(t, &t->top, lines);
		t->owed = 0;
	}
	settle_top(t, rows);
	app_damage(t->app, PART_TRANSCRIPT | PART_STATUS);
}

void
viewport_show(struct transcript *t, struct block *b, int line)
{
	int rows = t->rect.rows > 0 ? t->rect.rows : 1;
	int at = blocks_gap(&t->list, b) + line;

	for (int i = 0; i < t->n_rows; i++)
		if (t->rows[i].block == b && t->rows[i].line == at)
			return;
	t->follow = false;
	t->owed = 0;
	t->top = (struct place){ b, at };
	move_up(t, &t->top, rows / 3);
	settle_top(t, rows);
	app_damage(t->app, PART_TRANSCRIPT | PART_STATUS);
}

void
viewport_reveal(struct transcript *t, struct block *b, int line)
{
	int rows = t->rect.rows > 0 ? t->rect.rows : 1;
	struct place at = { b, blocks_gap(&t->list, b) + line };
	struct place low;

	settle_top(t, rows);
	if (t->top.block == NULL)
		return;
	low = at;
	move_up(t, &low, rows - 1);
	if (is_before(&at, &t->top))
		t->top = at;
	else if (is_before(&t->top, &low))
		t->top = low;
	else
		return;
	t->follow = false;
	settle_top(t, rows);
	app_damage(t->app, PART_TRANSCRIPT | PART_STATUS);
}

void
viewport_to_end(struct transcript *t)
{
	t->follow = true;
	t->news = false;
	t->owed = 0;
	if (!t->list.at_end)
		window_jump(&t->window, LOAD_TAIL, 0);
	app_damage(t->app, PART_TRANSCRIPT | PART_STATUS);
}

void
viewport_to_start(struct transcript *t)
{
	t->follow = false;
	t->owed = 0;
	t->top = (struct place){ blocks_first(&t->list), 0 };
	if (!t->window.at_start)
		window_jump(&t->window, LOAD_TOP, 0);
	app_damage(t->app, PART_TRANSCRIPT | PART_STATUS);
}

void
viewport_leaving(struct transcript *t, struct block *b)
{
	for (int i = 0; i < t->n_rows; i++)
		if (t->rows[i].block == b)
			t->rows[i].block = NULL;
	if (t->focus == b)
		t->focus = NULL;
	search_leaving(&t->search, b);
	selection_leaving(&t->selection, b);
	if (t->top.block == b) {
		struct block *next = blocks_after(&t->list, b->index);

		t->top = (struct place){ next != NULL ? next :
			blocks_before(&t->list, b->index), 0 };
	}
}

/* --- another width ------------------------------------------------------- */

/* The first byte of source that a line or one behind it shows. */
static uint32_t
source_of(const struct lines *l, size_t line)
{
	for (size_t i = line; i < l->count; i++)
		for (size_t k = 0; k < l->lines[i].count; k++) {
			uint32_t source =
			    l->pieces[l->lines[i].first + k].source;

			if (source != LINE_NO_SOURCE)
				return source;
		}
	return 0;
}

int
viewport_line_of(const struct lines *l, uint32_t source)
{
	int best = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct line *line = &l->lines[i];

		for (size_t k = 0; k < line->count; k++) {
			uint32_t at = l->pieces[line->first + k].source;

			if (at == LINE_NO_SOURCE)
				continue;
			if (at <= source)
				best = (int)i;
			break;
		}
	}
	return best;
}

/* The text in the first row stays there. */
static void
set_width(struct transcript *t, int width)
{
	struct block *b = t->top.block;
	int gap;
	uint32_t source;

	if (width == t->width)
		return;
	if (t->follow || b == NULL || b->laid_width == 0) {
		t->width = width;
		return;
	}
	gap = blocks_gap(&t->list, b);
	if (t->top.line <= gap) {
		t->width = width;
		return;
	}
	source = source_of(viewport_lines(t, b), (size_t)(t->top.line - gap));
	t->width = width;
	t->top.line = gap + viewport_line_of(viewport_lines(t, b),
	    source);
}

/* --- drawing ------------------------------------------------------------- */

int
viewport_indent(const struct transcript *t, const struct block *b)
{
	int margin = t->rect.cols - t->width > MARGIN ? MARGIN : 0;

	return b->owner != NULL ? margin + NESTED : margin;
}

/* The bar at the side of a sub-run. */
static void
draw_bar(const struct transcript *t, struct surface *s, struct rect row,
    const struct block *b)
{
	int margin = viewport_indent(t, b) - NESTED;

	if (b->owner != NULL && margin > 0)
		surface_text(s, row.row, row.col + margin, 1, STR("│"),
		    STYLE(ROLE_BORDER));
}

static void
draw_row(struct transcript *t, struct surface *s, struct rect row,
    struct block *b, int line)
{
	int indent = viewport_indent(t, b);
	int margin = b->owner != NULL ? indent - NESTED : indent;
	const struct lines *l = viewport_lines(t, b);

	if (b->kind->flags & BLOCK_PANEL && b->owner == NULL)
		surface_fill(s, row, STYLE_ON(ROLE_TEXT, ROLE_PANEL));
	draw_bar(t, s, row, b);
	surface_line(s, row.row, row.col + indent, row.cols - indent, l,
	    (size_t)line);
	selection_tint(&t->selection, s, row.row, row.col + indent, b, l,
	    (size_t)line);
	search_tint(&t->search, s, row.row, row.col + indent, b, l,
	    (size_t)line);
	if (t->reading && t->focus == b && margin > 0)
		surface_text(s, row.row, row.col, 1, STR("▎"),
		    STYLE(ROLE_ACCENT));
}

/* Fills the rows from the top place on; returns how many there were. */
static int
draw_rows(struct transcript *t, struct surface *s, struct rect r)
{
	struct place p = t->top;
	int row = 0;

	t->rows = mem_grow(t->rows, &t->cap_rows, (size_t)r.rows,
	    sizeof(*t->rows));
	while (row < r.rows && p.block != NULL) {
		int gap = blocks_gap(&t->list, p.block);
		int height = viewport_height(t, p.block);

		for (; p.line < height && row < r.rows; p.line++, row++) {
			struct rect place = { r.row + row, r.col, 1, r.cols };

			t->rows[row] = p;
			if (p.line < gap)
				draw_bar(t, s, place, p.block);
			else
				draw_row(t, s, place, p.block, p.line - gap);
		}
		p = (struct place){ blocks_after(&t->list, p.block->index), 0 };
	}
	t->n_rows = row;
	return row;
}

static void
tick(struct app *app, void *owner)
{
	struct transcript *t = owner;

	t->ticking = false;
	for (size_t i = 0; i < t->list.n; i++) {
		struct block *b = t->list.items[i];

		if (!b->done && b->kind->flags & BLOCK_TICKS)
			block_change(b);
	}
	app_damage(app, PART_TRANSCRIPT);
}

/* A clock that nobody sees does not tick. */
static void
keep_ticking(struct transcript *t)
{
	if (t->ticking || !app_facts(t->app)->running)
		return;
	for (int i = 0; i < t->n_rows; i++) {
		const struct block *b = t->rows[i].block;

		if (b == NULL || b->done || !(b->kind->flags & BLOCK_TICKS))
			continue;
		t->ticking = true;
		app_after(t->app, TICK_MS, tick, t);
		return;
	}
}

/* Layouts cost more memory than what they show. */
static void
forget_far(struct transcript *t)
{
	size_t first, last;

	if (t->n_rows == 0 || t->rows[0].block == NULL)
		return;
	first = t->rows[0].block->index;
	last = t->rows[t->n_rows - 1].block->index;
	for (size_t i = 0; i < t->list.n; i++)
		if (t->list.items[i]->laid_width > 0 &&
		    (i + LAID_AROUND < first || i > last + LAID_AROUND))
			block_forget(t->list.items[i]);
}

bool
transcript_has_foot(const struct transcript *t, int rows)
{
	return rows >= FOOT_MIN_ROWS && !t->reading;
}

void
viewport_draw(struct transcript *t, struct surface *s, struct rect r)
{
	int margins = r.cols >= MARGIN_MIN_COLS ? 2 * MARGIN : 0;
	struct rect body = r;

	t->n_rows = 0;
	if (r.rows <= 0 || r.cols <= 0)
		return;
	body.rows -= r.rows >= FOOT_MIN_ROWS;
	t->rect = body;
	set_width(t, r.cols - margins);
	settle_top(t, body.rows);
	draw_rows(t, s, body);
	forget_far(t);
	keep_ticking(t);
	search_draw(&t->search, s, r);
	if (t->news && !t->follow && !t->search.typing &&
	    r.cols >= MARGIN_MIN_COLS)
		surface_text(s, r.row + r.rows - 1, r.col + r.cols - 8, 7,
		    STR(" ↓ new "), STYLE_ON(ROLE_ACCENT, ROLE_PANEL));
}
