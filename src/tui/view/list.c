/* A list to choose from; see list.h. */
#include "tui/view/list.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "base/units.h"
#include "base/width.h"

enum { MARK_COLS = 2, GAP = 2 };

/* --- rows ---------------------------------------------------------------- */

static void
release_items(struct list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->items[i].key);
		free(l->items[i].search);
		for (int c = 0; c < LIST_COLUMNS; c++)
			free(l->items[i].text[c]);
	}
	l->n = l->n_shown = 0;
}

void
list_release(struct list *l)
{
	release_items(l);
	free(l->items);
	free(l->shown);
	free(l->wanted);
	field_release(&l->filter);
	*l = LIST_INIT;
}

void
list_clear(struct list *l)
{
	const struct list_item *chosen = list_chosen(l);

	if (chosen != NULL && chosen->key != NULL && l->wanted == NULL)
		l->wanted = mem_strdup(chosen->key);
	release_items(l);
}

struct list_item *
list_add(struct list *l, struct str key)
{
	l->items = mem_grow(l->items, &l->cap, l->n + 1, sizeof(*l->items));
	l->items[l->n] = (struct list_item){
		.key = key.len > 0 ? str_dup(key) : NULL };
	return &l->items[l->n++];
}

struct list_item *
list_add_heading(struct list *l, struct str text)
{
	struct list_item *item = list_add(l, STR_NONE);

	item->heading = true;
	list_text(item, 0, text);
	return item;
}

void
list_add_group(struct list *l, struct str text)
{
	if (l->n > 0)
		list_add_heading(l, STR(""));
	list_add_heading(l, text);
}

void
list_text(struct list_item *item, int column, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);

	assert(column >= 0 && column < LIST_COLUMNS);
	term_text_line(str_sub(text, 0, 2 * KIB), &clean);
	free(item->text[column]);
	item->text[column] = str_dup(buf_str(&clean));
}

void
list_printf(struct list_item *item, int column, const char *format, ...)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	list_text(item, column, buf_str(&text));
}

void
list_search(struct list_item *item, struct str words)
{
	free(item->search);
	item->search = str_dup(words);
}

/* --- finding ------------------------------------------------------------- */

static int
lower(char c)
{
	return tolower((unsigned char)c);
}

static size_t
find_nocase(struct str text, struct str word)
{
	for (size_t i = 0; i + word.len <= text.len; i++)
		if (str_eq_nocase(str_sub(text, i, word.len), word))
			return i;
	return SIZE_MAX;
}

/* The letters of the word in their order, with gaps: fewer are better. */
static int
match_letters(struct str text, struct str word)
{
	size_t at = 0, first = SIZE_MAX, last = 0;

	for (size_t i = 0; i < word.len; i++, at++) {
		while (at < text.len && lower(text.ptr[at]) !=
		    lower(word.ptr[i]))
			at++;
		if (at == text.len)
			return -1;
		if (first == SIZE_MAX)
			first = at;
		last = at;
	}
	/* Letters that are strewn over the text mean nothing. */
	if (word.len < 2 || last - first > 3 * word.len)
		return -1;
	return 10;
}

static int
match_word(struct str text, struct str word)
{
	size_t at = find_nocase(text, word);

	if (at == SIZE_MAX)
		return match_letters(text, word);
	if (at == 0)
		return 100;
	return isalnum((unsigned char)text.ptr[at - 1]) ? 40 : 70;
}

int
list_match(struct str text, struct str words)
{
	int total = 0;
	struct str word;

	while (str_next_field(&words, ' ', &word)) {
		int score;

		if (word.len == 0)
			continue;
		score = match_word(text, word);
		if (score < 0)
			return -1;
		total += score;
	}
	return total;
}

/* "sess" means /sessions before whatever else has such a word. */
static int
bonus_of_column(struct str text, struct str words)
{
	if (text.len > 0 && text.ptr[0] == '/')
		text = str_sub(text, 1, SIZE_MAX);
	return str_eq_nocase(str_sub(text, 0, words.len), words) ? 50 : 0;
}

static int
score_of(const struct list_item *item, struct str words)
{
	CLEANUP_BUF struct buf all = BUF_INIT(256 * KIB);
	int bonus = 0, score;

	for (int c = 0; c < LIST_COLUMNS; c++) {
		buf_add_cstr(&all, item->text[c] ? item->text[c] : "");
		buf_add_char(&all, ' ');
	}
	buf_add_cstr(&all, item->search ? item->search : "");
	for (int c = 0; c < LIST_COLUMNS && bonus == 0; c++)
		bonus = bonus_of_column(str_from(item->text[c] ?
		    item->text[c] : ""), words);
	score = list_match(buf_str(&all), words);
	return score < 0 ? score : score + bonus;
}

struct ranked {
	size_t index;
	int score;
};

static int
by_score(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

/* While one filters, the best come first and headings say nothing. */
static void
rank(struct list *l)
{
	struct str words = str_trim(field_text(&l->filter));
	struct ranked *r = mem_alloc(l->n + 1, sizeof(*r));
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct list_item *item = &l->items[i];
		int score = words.len == 0 || l->as_added ? 0 :
		    item->heading	   ? -1 :
					     score_of(item, words);

		if (score >= 0)
			r[n++] = (struct ranked){ i, score };
	}
	qsort(r, n, sizeof(*r), by_score);
	l->shown = mem_resize(l->shown, l->n + 1, sizeof(*l->shown));
	for (size_t i = 0; i < n; i++)
		l->shown[i] = r[i].index;
	l->n_shown = n;
	free(r);
}

static bool
can_choose(const struct list *l, size_t at)
{
	return at < l->n_shown && !l->items[l->shown[at]].heading;
}

/* The nearest row from `at` on that can be chosen, first in the direction of
 * step, then back. */
static void
settle_at(struct list *l, size_t at, int step)
{
	if (l->n_shown == 0) {
		l->at = 0;
		return;
	}
	if (at >= l->n_shown)
		at = l->n_shown - 1;
	for (size_t i = at; i < l->n_shown; i += (size_t)(ptrdiff_t)step) {
		if (!can_choose(l, i))
			continue;
		l->at = i;
		return;
	}
	for (size_t i = at; i < l->n_shown; i -= (size_t)(ptrdiff_t)step) {
		if (!can_choose(l, i))
			continue;
		l->at = i;
		return;
	}
	l->at = at;
}

void
list_settle(struct list *l)
{
	rank(l);
	if (l->wanted != NULL) {
		for (size_t i = 0; i < l->n_shown; i++) {
			const char *key = l->items[l->shown[i]].key;

			if (key == NULL || strcmp(key, l->wanted) != 0)
				continue;
			free(l->wanted);
			l->wanted = NULL;
			settle_at(l, i, 1);
			return;
		}
	}
	settle_at(l, l->at, 1);
}

void
list_choose(struct list *l, struct str key)
{
	free(l->wanted);
	l->wanted = str_dup(key);
	list_settle(l);
}

const struct list_item *
list_chosen(const struct list *l)
{
	return can_choose(l, l->at) ? &l->items[l->shown[l->at]] : NULL;
}

size_t
list_count(const struct list *l, bool shown)
{
	size_t count = 0;

	for (size_t i = 0; i < (shown ? l->n_shown : l->n); i++)
		count += !l->items[shown ? l->shown[i] : i].heading;
	return count;
}

/* --- keys ---------------------------------------------------------------- */

static void
move(struct list *l, ptrdiff_t by)
{
	ptrdiff_t to = (ptrdiff_t)l->at + by;
	ptrdiff_t last = (ptrdiff_t)l->n_shown - 1;

	/* One step past an end goes round; a page stops there. */
	if (by == -1 && to < 0)
		to = last;
	else if (by == 1 && to > last)
		to = 0;
	if (to > last)
		to = last;
	if (to < 0)
		to = 0;
	/* A heading at the top is passed on the way round. */
	if (by == -1 && !can_choose(l, (size_t)to)) {
		ptrdiff_t i = to;

		while (i >= 0 && !can_choose(l, (size_t)i))
			i--;
		to = i >= 0 ? i : last;
	}
	settle_at(l, (size_t)to, by < 0 ? -1 : 1);
}

static enum list_result
filter_changed(struct list *l)
{
	l->at = 0;
	list_settle(l);
	l->top = 0;
	return LIST_MOVED;
}

enum list_result
list_key(struct list *l, const struct key *key, enum action action)
{
	ptrdiff_t page = l->rows > 1 ? l->rows - 1 : 1;
	const struct {
		enum action action;
		ptrdiff_t by;
	} moves[] = {
		{ ACTION_ITEM_UP, -1 },
		{ ACTION_ITEM_DOWN, 1 },
		{ ACTION_ITEM_PAGE_UP, -page },
		{ ACTION_ITEM_PAGE_DOWN, page },
		{ ACTION_ITEM_FIRST, -(ptrdiff_t)l->n },
		{ ACTION_ITEM_LAST, (ptrdiff_t)l->n },
	};

	for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
		if (action == moves[i].action) {
			move(l, moves[i].by);
			return LIST_MOVED;
		}
	}
	if (action == ACTION_ITEM_TAKE)
		return list_chosen(l) != NULL ? LIST_TAKEN : LIST_MOVED;
	if (action == ACTION_LIST_CLOSE) {
		if (field_text(&l->filter).len == 0)
			return LIST_CLOSED;
		field_set(&l->filter, STR_NONE);
		return filter_changed(l);
	}
	if (l->no_filter || action != ACTION_NONE ||
	    !field_key(&l->filter, key))
		return LIST_IGNORED;
	return filter_changed(l);
}

void
list_paste(struct list *l, struct str text)
{
	if (l->no_filter)
		return;
	field_insert(&l->filter, str_sub(text, 0, 256));
	filter_changed(l);
}

enum list_result
list_mouse(struct list *l, const struct mouse *mouse, int row)
{
	size_t at = l->top + (size_t)row;

	if (mouse->action == MOUSE_WHEEL_UP || mouse->action ==
	    MOUSE_WHEEL_DOWN) {
		bool up = mouse->action == MOUSE_WHEEL_UP;

		if (up ? l->at > 0 : l->at + 1 < l->n_shown)
			move(l, up ? -1 : 1);
		return LIST_MOVED;
	}
	if (mouse->action != MOUSE_PRESS || row < 0 || !can_choose(l, at))
		return LIST_IGNORED;
	if (l->at == at)
		return LIST_TAKEN;
	l->at = at;
	return LIST_MOVED;
}

/* --- drawing ------------------------------------------------------------- */

/* Where names leave no room for what stands behind them, the widest gives;
 * half a name and half a sentence say more than a name and a letter. Returns
 * the columns that are left. */
static int
make_room(const struct list *l, int cols, int left, int widths[LIST_COLUMNS])
{
	enum { NAME_MIN = 10 };
	int need = cols * 2 / 5 - left, widest = -1;

	for (int c = 0; c < LIST_COLUMNS; c++)
		if (l->columns[c].cols > 0 &&
		    (widest < 0 || widths[c] > widths[widest]))
			widest = c;
	if (widest < 0 || need <= 0 || widths[widest] <= NAME_MIN)
		return left;
	if (need > widths[widest] - NAME_MIN)
		need = widths[widest] - NAME_MIN;
	widths[widest] -= need;
	return left + need;
}

/* Widths of the columns within so many; 0: not shown. */
static void
lay_out(const struct list *l, int cols, int widths[LIST_COLUMNS])
{
	int left = cols, flexible = 0;

	for (int c = 0; c < LIST_COLUMNS; c++) {
		const struct list_column *col = &l->columns[c];
		int widest = 0;

		widths[c] = 0;
		if (cols < col->screen_min)
			continue;
		for (size_t i = 0; i < l->n_shown; i++) {
			const struct list_item *item = &l->items[l->shown[i]];
			int w = item->text[c] == NULL || item->heading ? 0 :
			    (int)width_of(str_from(item->text[c]));

			widest = w > widest ? w : widest;
		}
		widths[c] = widest;
		if (widest == 0)
			continue;
		if (col->cols > 0 && widths[c] > col->cols)
			widths[c] = col->cols;
		if (col->cols > 0)
			left -= widths[c];
		else
			flexible++;
		left -= c > 0 ? GAP : 0;
	}
	if (flexible > 0)
		left = make_room(l, cols, left, widths);
	for (int c = 0; c < LIST_COLUMNS; c++) {
		int share;

		if (l->columns[c].cols > 0 || widths[c] == 0)
			continue;
		share = left > 0 ? left / flexible : 0;
		if (widths[c] > share ||
		    (flexible == 1 && !l->columns[c].snug))
			widths[c] = share;
		left -= widths[c];
		flexible--;
	}
}

int
list_cols(const struct list *l, int cols)
{
	int wanted = MARK_COLS;

	for (int c = 0; c < LIST_COLUMNS; c++) {
		const struct list_column *col = &l->columns[c];
		int widest = 0;

		if (cols < col->screen_min)
			continue;
		for (size_t i = 0; i < l->n; i++) {
			const struct list_item *item = &l->items[i];
			int w = item->text[c] == NULL || item->heading ? 0 :
			    (int)width_of(str_from(item->text[c]));

			widest = w > widest ? w : widest;
		}
		if (col->cols > 0 && widest > col->cols)
			widest = col->cols;
		wanted += widest + (widest > 0 && c > 0 ? GAP : 0);
	}
	return wanted < cols ? wanted : cols;
}

static void
draw_item(const struct list *l, const struct list_item *item, bool chosen,
    const int widths[LIST_COLUMNS], struct surface *s, struct rect r)
{
	int col = r.col + MARK_COLS, end = r.col + r.cols;

	if (item->heading) {
		surface_text_cut(s, r.row, r.col, r.cols,
		    str_from(item->text[0]), STYLE(ROLE_MUTED), false);
		return;
	}
	if (chosen)
		surface_text(s, r.row, r.col, 1, STR("›"),
		    STYLE_FLAGS(ROLE_ACCENT, STYLE_BOLD));
	else if (item->current)
		surface_text(s, r.row, r.col, 1, STR("•"), STYLE(ROLE_ACCENT));
	for (int c = 0; c < LIST_COLUMNS; c++) {
		const struct list_column *column = &l->columns[c];
		struct str text = str_from(item->text[c]);
		struct style style = STYLE(item->roles[c] ? item->roles[c] :
							    column->role);
		int width = widths[c], cols = (int)width_of(text);

		if (width == 0)
			continue;
		if (col + width > end)
			width = end > col ? end - col : 0;
		if (c == 0 && (chosen || item->current))
			style.flags |= STYLE_BOLD;
		/* On the ground of the selection it would be hard to read. */
		if (chosen && style.role == ROLE_MUTED)
			style.role = ROLE_TEXT;
		surface_text_cut(s, r.row, column->right && cols < width ?
			col + width - cols : col, width, text, style,
		    column->head);
		col += width + GAP;
	}
	if (chosen)
		surface_tint(s, r, ROLE_SELECTION);
}

void
list_draw(struct list *l, struct surface *s, struct rect r)
{
	int widths[LIST_COLUMNS];

	l->rows = r.rows;
	if (r.rows < 1 || r.cols < 1)
		return;
	if (l->at < l->top)
		l->top = l->at;
	/* A heading above the first row stays in sight with it. */
	if (l->top == l->at && l->top > 0 && r.rows > 1 &&
	    l->items[l->shown[l->top - 1]].heading)
		l->top--;
	if (l->at >= l->top + (size_t)r.rows)
		l->top = l->at - (size_t)r.rows + 1;
	if (l->top > 0 && l->top + (size_t)r.rows > l->n_shown)
		l->top = l->n_shown > (size_t)r.rows ?
		    l->n_shown - (size_t)r.rows : 0;
	lay_out(l, r.cols - MARK_COLS, widths);
	for (int i = 0; i < r.rows && l->top + (size_t)i < l->n_shown; i++) {
		size_t at = l->top + (size_t)i;

		draw_item(l, &l->items[l->shown[at]], at == l->at, widths, s,
		    (struct rect){ r.row + i, r.col, 1, r.cols });
	}
}

void
list_draw_filter(const struct list *l, struct surface *s, struct rect r,
    struct str ghost)
{
	if (!l->no_filter)
		field_draw(&l->filter, s, r, ghost, true);
}
