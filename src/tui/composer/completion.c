/* The list over the input; see completion.h. */
#include "tui/composer/completion.h"

#include "base/fuzzy.h"
#include "base/width.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/inner.h"
#include "tui/slash.h"

enum { TEXT_COLUMNS_MAX = 40 };

void
completion_release(struct completion *p)
{
	completion_clear_items(p);
	buf_release(&p->query);
	json_destroy(p->commands);
	json_destroy(p->arguments);
	json_destroy(p->paths);
	json_destroy(p->symbols);
}

void
completion_clear_items(struct completion *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->items[i].text);
		free(p->items[i].detail);
		free(p->items[i].insert);
	}
	p->n = p->at = p->top = 0;
}

bool
completion_add(struct completion *p, struct str text, struct str detail,
    bool goes_on)
{
	if (p->n == COMPLETION_ITEMS_MAX)
		return false;
	p->items[p->n++] = (struct completion_item){ .text = str_dup(text),
		.detail = detail.len > 0 ? str_dup(detail) : NULL,
		.goes_on = goes_on };
	return true;
}

/* --- what is being typed ------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

/* Start of the run without blanks before the caret; a quoted path may have
 * some: @"my file". */
static size_t
token_start(struct str text, size_t caret)
{
	size_t start = caret, quote = caret;

	while (start > 0 && !is_blank(text.ptr[start - 1]))
		start--;
	while (quote > 1 && text.ptr[quote - 1] != '"' &&
	    text.ptr[quote - 1] != '\n')
		quote--;
	if (quote > 1 && text.ptr[quote - 1] == '"' &&
	    text.ptr[quote - 2] == '@')
		return quote - 2;
	return start;
}

static enum completion_kind
kind_at(const struct composer *c, size_t *ret_from)
{
	struct str text = edit_text(&c->edit);
	size_t caret = c->edit.caret, start, space;

	if (c->prompt != PROMPT_TEXT || text.len == 0 || caret == 0)
		return COMPLETE_NOTHING;
	if (text.ptr[0] == '/' && str_find_char(text, '\n', 0) == SIZE_MAX) {
		space = str_find_char(text, ' ', 0);
		if (caret <= space && str_find_char(str_sub(text, 1,
		    caret - 1), '/', 0) == SIZE_MAX) {
			*ret_from = 1;
			return COMPLETE_COMMAND;
		}
		if (space != SIZE_MAX && caret > space &&
		    slash_find(str_sub(text, 1, space - 1)) != NULL) {
			*ret_from = space + 1;
			return COMPLETE_ARGUMENT;
		}
	}
	start = token_start(text, caret);
	if (start >= caret || text.ptr[start] != '@')
		return COMPLETE_NOTHING;
	*ret_from = start + 1;
	if (*ret_from < caret && text.ptr[*ret_from] == '"')
		++*ret_from;
	return COMPLETE_PATH;
}

void
completion_update(struct composer *c)
{
	struct completion *p = &c->completion;
	size_t from = 0;
	enum completion_kind kind = kind_at(c, &from);
	struct str query;

	if (kind == COMPLETE_NOTHING) {
		completion_close(c);
		p->dismissed = false;
		return;
	}
	query = str_sub(edit_text(&c->edit), from, c->edit.caret - from);
	if (kind != p->kind || from != p->from)
		p->dismissed = false;
	else if (p->dismissed || str_eq(query, buf_str(&p->query)))
		return;
	p->kind = kind;
	p->from = from;
	buf_clear(&p->query);
	buf_add_str(&p->query, query);
	completion_fill(c);
}

void
completion_close(struct composer *c)
{
	completion_clear_items(&c->completion);
	c->completion.kind = COMPLETE_NOTHING;
	buf_clear(&c->completion.query);
}

bool
completion_is_open(const struct composer *c)
{
	return c->completion.n > 0 && !c->completion.dismissed;
}

/* --- keys ---------------------------------------------------------------- */

static void
move(struct completion *p, int by)
{
	p->at = (p->at + p->n + (size_t)((int)p->n + by)) % p->n;
	if (p->at < p->top)
		p->top = p->at;
	if (p->at >= p->top + COMPLETION_ROWS)
		p->top = p->at + 1 - COMPLETION_ROWS;
}

/* The end of the token around the caret: it is replaced as a whole. */
static size_t
token_end(const struct composer *c)
{
	struct str text = edit_text(&c->edit);
	size_t end = c->edit.caret;

	if (c->completion.kind == COMPLETE_ARGUMENT)
		return text.len;
	while (end < text.len && !is_blank(text.ptr[end]))
		end++;
	return end;
}

static void
take(struct composer *c)
{
	struct completion *p = &c->completion;
	const struct completion_item *item = &p->items[p->at];
	struct str name = str_from(item->insert != NULL ? item->insert :
							  item->text);
	bool quoted = p->kind == COMPLETE_PATH &&
	    str_find_char(name, ' ', 0) != SIZE_MAX;
	bool open_quote = p->from > 0 &&
	    edit_text(&c->edit).ptr[p->from - 1] == '"';
	/* A command's arguments, or what is in the folder, come next. */
	bool goes_on = item->goes_on || p->kind == COMPLETE_COMMAND;
	bool folder = item->goes_on;
	CLEANUP_BUF struct buf with = BUF_INIT(64 * KIB);

	buf_printf(&with, "%s%.*s%s%s", quoted && !open_quote ? "\"" : "",
	    STR_ARG(name), (quoted || open_quote) && !folder ? "\"" : "",
	    folder ? "" : " ");
	edit_replace(&c->edit, p->from, token_end(c) - p->from,
	    buf_str(&with), EDIT_OTHER);
	completion_close(c);
	if (goes_on)
		completion_update(c);
}

/* Enter on a command runs it, unless it cannot do without an argument. */
static bool
take_runs(const struct completion *p)
{
	const struct slash_row *row;

	if (p->kind == COMPLETE_ARGUMENT)
		return true;
	if (p->kind != COMPLETE_COMMAND)
		return false;
	row = slash_find(str_from(p->items[p->at].text));
	return row != NULL &&
	    (row->arguments == NULL || row->arguments[0] == '[');
}

bool
completion_action(struct composer *c, enum action action,
    const struct key *key)
{
	struct completion *p = &c->completion;
	bool runs;

	switch (action) {
	case ACTION_COMPLETE_NEXT:
		move(p, 1);
		return true;
	case ACTION_COMPLETE_PREVIOUS:
		move(p, -1);
		return true;
	case ACTION_COMPLETE_CLOSE:
		p->dismissed = true;
		return true;
	case ACTION_COMPLETE_TAKE:
		runs = key->code == SYM_ENTER && take_runs(p);
		/* An argument that is there already needs no choice. */
		if (runs && p->kind == COMPLETE_ARGUMENT && p->query.len == 0)
			completion_close(c);
		else
			take(c);
		if (runs)
			composer_submit(c, false);
		return true;
	default:
		return false;
	}
}

void
completion_open(struct composer *c)
{
	completion_close(c);
	json_destroy(c->completion.commands);
	c->completion.commands = NULL;
}

/* --- drawing ------------------------------------------------------------- */

int
completion_rows(const struct composer *c)
{
	size_t n = c->completion.n;

	if (!completion_is_open(c))
		return 0;
	return (int)(n < COMPLETION_ROWS ? n : COMPLETION_ROWS);
}

/* The bytes that matched, over the text that is drawn already. */
static void
mark_matches(const struct completion *p, struct surface *s, int row, int col,
    int cols, struct str text, struct style style)
{
	size_t at[FUZZY_PATTERN_MAX];
	size_t n = fuzzy_positions(buf_str(&p->query), text, at);

	style.flags |= STYLE_BOLD;
	style.role = ROLE_ACCENT;
	for (size_t i = 0; i < n; i++) {
		int before = (int)width_of(str_sub(text, 0, at[i]));

		if (before < cols && (unsigned char)text.ptr[at[i]] < 0x80)
			surface_text(s, row, col + before, 1,
			    str_sub(text, at[i], 1), style);
	}
}

static int
text_columns(const struct completion *p)
{
	size_t most = 8;

	for (size_t i = 0; i < p->n; i++) {
		size_t columns = width_of(str_from(p->items[i].text));

		if (p->items[i].detail != NULL && columns > most)
			most = columns;
	}
	return (int)(most < TEXT_COLUMNS_MAX ? most : TEXT_COLUMNS_MAX);
}

void
completion_draw(struct composer *c, struct surface *s, struct rect r)
{
	const struct completion *p = &c->completion;
	int column = text_columns(p);

	for (int i = 0; i < r.rows && p->top + (size_t)i < p->n; i++) {
		const struct completion_item *item =
		    &p->items[p->top + (size_t)i];
		bool chosen = p->top + (size_t)i == p->at;
		struct style style = STYLE(chosen ? ROLE_ACCENT : ROLE_TEXT);
		int col = r.col + 2, cols = r.cols - 3, row = r.row + i;
		int wide = item->detail == NULL ? cols : column;
		bool slash = p->kind == COMPLETE_COMMAND;

		if (chosen)
			surface_text(s, row, r.col, 1, STR("›"),
			    STYLE(ROLE_ACCENT));
		if (slash) {
			surface_text(s, row, col, 1, STR("/"), style);
			col++;
			cols--;
		}
		if (wide > cols)
			wide = cols;
		surface_text_cut(s, row, col, wide, str_from(item->text),
		    style, p->kind == COMPLETE_PATH);
		if (width_of(str_from(item->text)) <= (size_t)wide)
			mark_matches(p, s, row, col, wide,
			    str_from(item->text), style);
		if (item->detail != NULL && cols > column + 2)
			surface_text_cut(s, row, col + column + 2,
			    cols - column - 2, str_from(item->detail),
			    STYLE(ROLE_MUTED), false);
	}
}

bool
completion_click(struct composer *c, int row)
{
	struct completion *p = &c->completion;

	if (row < 0 || p->top + (size_t)row >= p->n)
		return false;
	p->at = p->top + (size_t)row;
	take(c);
	return true;
}
