/* Selecting and copying; see selection.h. */
#include "tui/transcript/selection.h"

#include "base/mem.h"
#include "base/width.h"
#include "tui/transcript/inner.h"

void
selection_init(struct selection *s, struct transcript *t)
{
	*s = (struct selection){ .t = t };
}

static void
damage(const struct selection *s)
{
	app_damage(s->t->app, PART_TRANSCRIPT | PART_STATUS);
}

void
selection_end(struct selection *s)
{
	if (s->kind != SELECT_NONE)
		damage(s);
	*s = (struct selection){ .t = s->t };
}

void
selection_leaving(struct selection *s, const struct block *b)
{
	if (s->from.block == b || s->to.block == b)
		selection_end(s);
}

/* --- order --------------------------------------------------------------- */

static int
compare(const struct mark *a, const struct mark *b)
{
	if (a->block->index != b->block->index)
		return a->block->index < b->block->index ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->col < b->col ? -1 : a->col > b->col;
}

static bool
is_on(const struct selection *s)
{
	return s->kind != SELECT_NONE && s->from.block != NULL &&
	    s->to.block != NULL;
}

static void
in_order(const struct selection *s, struct mark *ret_first,
    struct mark *ret_last)
{
	bool forward = compare(&s->from, &s->to) <= 0;

	*ret_first = forward ? s->from : s->to;
	*ret_last = forward ? s->to : s->from;
}

/* The columns of a line that are selected: [*ret_from, *ret_to). */
static bool
columns_of(const struct selection *s, const struct block *b, int line,
    int *ret_from, int *ret_to)
{
	struct mark first, last;

	if (!is_on(s))
		return false;
	in_order(s, &first, &last);
	if (b->index < first.block->index || b->index > last.block->index ||
	    (b == first.block && line < first.line) ||
	    (b == last.block && line > last.line))
		return false;
	*ret_from = 0;
	*ret_to = INT32_MAX;
	if (s->kind == SELECT_CHARS && b == first.block && line == first.line)
		*ret_from = first.col;
	if (s->kind == SELECT_CHARS && b == last.block && line == last.line)
		*ret_to = last.col + 1;
	return true;
}

void
selection_tint(const struct selection *s, struct surface *to, int row,
    int col, const struct block *b, const struct lines *l, size_t line)
{
	int from, end, width;

	if (!columns_of(s, b, (int)line, &from, &end))
		return;
	width = (int)lines_width(l, line);
	if (width == 0)
		width = 1;
	end = end > width ? width : end;
	if (from < end)
		surface_tint(to, (struct rect){ row, col + from, 1,
		    end - from }, ROLE_SELECTION);
}

/* --- copying ------------------------------------------------------------- */

/* Widens [*from, *to) by the source of a line's columns. */
static void
add_source(const struct lines *l, size_t line, int from_col, int to_col,
    size_t *from, size_t *to)
{
	const struct line *in = &l->lines[line];
	int col = 0;

	for (size_t k = 0; k < in->count; k++) {
		const struct piece *p = &l->pieces[in->first + k];
		struct str text = lines_piece_text(l, p);
		int width = (int)width_of(text);
		size_t start = 0, end = text.len;

		if (p->source != LINE_NO_SOURCE && col + width > from_col &&
		    col < to_col) {
			size_t columns;

			if (col < from_col)
				start = width_fit(text,
				    (size_t)(from_col - col), NULL);
			if (col + width > to_col) {
				end = width_fit(text, (size_t)(to_col - col),
				    &columns);
				/* A wide one that is half selected. */
				if ((int)columns < to_col - col)
					end += width_cluster(str_sub(text,
					    end, SIZE_MAX), &width);
			}
			if (p->source + start < *from)
				*from = p->source + start;
			if (p->source + end > *to)
				*to = p->source + end;
		}
		col += width;
	}
}

static void
copy_block(struct selection *s, struct block *b, struct buf *out)
{
	const struct lines *l = viewport_lines(s->t, b);
	struct str source = block_source(b);
	size_t from = SIZE_MAX, to = 0, selected = 0;

	for (size_t i = 0; i < l->count; i++) {
		int from_col, to_col;

		if (!columns_of(s, b, (int)i, &from_col, &to_col))
			continue;
		selected++;
		add_source(l, i, from_col, to_col, &from, &to);
	}
	/* All of it is all of its source, also what is not shown: the marks of
	 * Markdown at both ends. */
	if (selected == l->count && s->kind == SELECT_LINES) {
		from = 0;
		to = source.len;
	}
	if (from >= to || to > source.len)
		return;
	if (out->len > 0)
		buf_add_cstr(out, "\n\n");
	buf_add_str(out, str_trim_end(str_sub(source, from, to - from)));
}

bool
selection_copy(struct selection *s, struct buf *out)
{
	struct mark first, last;

	if (!is_on(s))
		return false;
	in_order(s, &first, &last);
	for (struct block *b = first.block; b != NULL;
	    b = blocks_after(&s->t->list, b->index)) {
		copy_block(s, b, out);
		if (b == last.block)
			break;
	}
	return true;
}

/* --- keys ---------------------------------------------------------------- */

static bool
is_in_sight(const struct transcript *t, const struct block *b, int line)
{
	for (int i = 0; i < t->n_rows; i++)
		if (t->rows[i].block == b &&
		    t->rows[i].line - blocks_gap(&t->list, b) == line)
			return true;
	return false;
}

/* The line where a selection begins: what was found, the focus, or the middle
 * of the view. */
static struct mark
begin_mark(const struct selection *s)
{
	struct transcript *t = s->t;
	const struct found *now = &t->search.now;
	struct mark mark = { NULL, 0, 0 };

	if (now->block != NULL && blocks_shows(&t->list, now->block)) {
		mark.block = now->block;
		mark.line = viewport_line_of(viewport_lines(t, mark.block),
		    (uint32_t)now->at);
		if (is_in_sight(t, mark.block, mark.line))
			return mark;
		mark = (struct mark){ NULL, 0, 0 };
	}
	if (t->focus != NULL && blocks_shows(&t->list, t->focus))
		for (int i = 0; i < t->n_rows; i++)
			if (t->rows[i].block == t->focus) {
				mark.block = t->focus;
				mark.line = t->rows[i].line -
				    blocks_gap(&t->list, t->focus);
				break;
			}
	for (int i = t->n_rows / 2; i < t->n_rows && mark.block == NULL; i++)
		if (t->rows[i].block != NULL) {
			mark.block = t->rows[i].block;
			mark.line = t->rows[i].line -
			    blocks_gap(&t->list, mark.block);
		}
	if (mark.line < 0)
		mark.line = 0;
	return mark;
}

void
selection_toggle(struct selection *s)
{
	switch (s->kind) {
	case SELECT_NONE:
		s->from = s->to = begin_mark(s);
		if (s->from.block != NULL)
			s->kind = SELECT_LINES;
		break;
	case SELECT_LINES:
		s->kind = SELECT_CHARS;
		break;
	case SELECT_CHARS:
		selection_end(s);
		break;
	}
	damage(s);
}

static int
line_count(const struct selection *s, struct block *b)
{
	return (int)viewport_lines(s->t, b)->count;
}

static void
move_lines(struct selection *s, int lines)
{
	struct mark *m = &s->to;
	int step = lines < 0 ? -1 : 1;

	for (; lines != 0; lines -= step) {
		struct block *next;

		m->line += step;
		if (m->line >= 0 && m->line < line_count(s, m->block))
			continue;
		next = step < 0 ? blocks_before(&s->t->list, m->block->index) :
		    blocks_after(&s->t->list, m->block->index);
		if (next == NULL) {
			m->line -= step;
			break;
		}
		m->block = next;
		m->line = step < 0 ? line_count(s, next) - 1 : 0;
		if (m->line < 0)
			m->line = 0;
	}
	viewport_reveal(s->t, m->block, m->line);
	damage(s);
}

static void
move_columns(struct selection *s, int columns)
{
	const struct lines *l = viewport_lines(s->t, s->to.block);
	int width = s->to.line < (int)l->count ?
	    (int)lines_width(l, (size_t)s->to.line) : 0;
	int col = columns == INT32_MAX ? width - 1 : columns == INT32_MIN ?
	    0 : s->to.col + columns;

	s->to.col = col < 0 ? 0 : width > 0 && col >= width ? width - 1 : col;
	damage(s);
}

static const struct {
	uint32_t code;
	int columns;
} columns_keys[] = {
	{ 'h', -1 }, { 'l', 1 }, { SYM_LEFT, -1 }, { SYM_RIGHT, 1 },
	{ '0', INT32_MIN }, { '^', INT32_MIN }, { '$', INT32_MAX },
	{ SYM_HOME, INT32_MIN }, { SYM_END, INT32_MAX },
};

static const struct {
	enum action action;
	int lines, pages, halves;
} line_moves[] = {
	{ ACTION_LINE_UP, -1, 0, 0 },
	{ ACTION_LINE_DOWN, 1, 0, 0 },
	{ ACTION_PAGE_UP, 0, -1, 0 },
	{ ACTION_PAGE_DOWN, 0, 1, 0 },
	{ ACTION_HALF_UP, 0, 0, -1 },
	{ ACTION_HALF_DOWN, 0, 0, 1 },
};

bool
selection_key(struct selection *s, const struct key *key, enum action action)
{
	int page = s->t->rect.rows > 2 ? s->t->rect.rows - 2 : 1;

	if (!is_on(s))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(columns_keys); i++)
		if (s->kind == SELECT_CHARS && key->mods == 0 &&
		    key->code == columns_keys[i].code) {
			move_columns(s, columns_keys[i].columns);
			return true;
		}
	for (size_t i = 0; i < ARRAY_LEN(line_moves); i++)
		if (action == line_moves[i].action) {
			move_lines(s, line_moves[i].lines +
			    line_moves[i].pages * page +
			    line_moves[i].halves * ((page + 1) / 2));
			return true;
		}
	return false;
}

/* --- the mouse ----------------------------------------------------------- */

/* The cell's place; rows outside stand for the nearest one inside. */
static struct mark
mark_at(const struct selection *s, int row, int col)
{
	const struct transcript *t = s->t;
	struct mark m = { NULL, 0, 0 };
	int indent;

	if (t->n_rows == 0)
		return m;
	row = row < 0 ? 0 : row >= t->n_rows ? t->n_rows - 1 : row;
	m.block = t->rows[row].block;
	if (m.block == NULL)
		return m;
	indent = viewport_indent(t, m.block);
	m.line = t->rows[row].line - blocks_gap(&t->list, m.block);
	m.col = col > indent ? col - indent : 0;
	if (m.line < 0) {
		m.line = 0;
		m.col = 0;
	}
	return m;
}

bool
selection_mouse(struct selection *s, const struct mouse *mouse, int row,
    int col, bool *ret_click)
{
	struct mark at = mark_at(s, row, col);

	*ret_click = false;
	switch (mouse->action) {
	case MOUSE_PRESS:
		if (mouse->button != 1)
			return false;
		selection_end(s);
		s->from = s->to = at;
		s->pressed = at.block != NULL;
		return s->pressed;
	case MOUSE_DRAG:
		if (!s->pressed || at.block == NULL || s->from.block == NULL)
			return s->pressed;
		if (row < 0 || row >= s->t->rect.rows)
			viewport_scroll(s->t, row < 0 ? -1 : 1);
		s->to = at;
		s->dragged = s->dragged || compare(&s->from, &s->to) != 0;
		s->kind = s->dragged ? SELECT_CHARS : SELECT_NONE;
		damage(s);
		return true;
	case MOUSE_RELEASE:
		if (!s->pressed)
			return false;
		s->pressed = false;
		*ret_click = !s->dragged;
		return true;
	default:
		return false;
	}
}
