/* What was sent before; see history.h. */
#include "tui/composer/history.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/inner.h"

#define QUERY_MAX (4 * KIB)
#define ITEM_MAX (256 * KIB) /* longer ones are not kept */

static void
clear(struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->items[i]);
	h->n = 0;
}

void
history_release(struct history *h)
{
	clear(h);
	free(h->items);
	buf_release(&h->draft);
	buf_release(&h->query);
}

static void
on_list(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	struct history *h = &c->history;

	/* Not under the hands of somebody who walks in it. */
	if (status != 0 || h->at > 0 || h->searching)
		return;
	clear(h);
	for (const struct json *i = json_first(json_get(reply, "items")); i;
	    i = json_next(i)) {
		h->items = mem_grow(h->items, &h->cap, h->n + 1,
		    sizeof(*h->items));
		h->items[h->n++] = str_dup(json_str(i));
	}
}

void
history_open(struct composer *c)
{
	struct json *args = json_new_object();

	c->history.at = 0;
	json_set_int(args, "limit", HISTORY_ITEMS_MAX);
	app_request(c->app, "history.list", args, on_list, c);
}

static void
remember(struct history *h, struct str text)
{
	for (size_t i = 0; i < h->n; i++)
		if (str_eq_c(text, h->items[i])) {
			char *same = h->items[i];

			memmove(h->items + 1, h->items,
			    i * sizeof(*h->items));
			h->items[0] = same;
			return;
		}
	if (h->n == HISTORY_ITEMS_MAX)
		free(h->items[--h->n]);
	h->items = mem_grow(h->items, &h->cap, h->n + 1, sizeof(*h->items));
	memmove(h->items + 1, h->items, h->n * sizeof(*h->items));
	h->items[0] = str_dup(text);
	h->n++;
}

static void
on_added(struct app *app, int status, const struct json *reply, void *ctx)
{
	/* A history that cannot be kept is no reason to interrupt. */
}

void
history_add(struct composer *c, struct str text)
{
	struct json *args;

	c->history.at = 0;
	if (text.len == 0 || text.len > ITEM_MAX)
		return;
	remember(&c->history, text);
	args = json_new_object();
	json_set_str(args, "text", text);
	app_request(c->app, "history.add", args, on_added, c);
}

/* --- Up and Down --------------------------------------------------------- */

bool
history_is_shown(const struct composer *c)
{
	return c->history.at > 0 && c->history.version == c->edit.version;
}

bool
history_walk(struct composer *c, int direction)
{
	struct history *h = &c->history;
	size_t at = history_is_shown(c) ? h->at : 0;

	if (direction > 0 ? at >= h->n : at == 0)
		return false;
	if (at == 0) {
		/* Chips stay alive: the draft keeps their characters. */
		buf_clear(&h->draft);
		buf_add_cstr(&h->draft, composer_mark(c->prompt));
		buf_add_str(&h->draft, edit_text(&c->edit));
	}
	h->at = direction > 0 ? at + 1 : at - 1;
	if (h->at == 0)
		composer_put(c, buf_str(&h->draft));
	else
		composer_set(c, str_from(h->items[h->at - 1]));
	h->version = c->edit.version;
	return true;
}

/* --- Ctrl+R -------------------------------------------------------------- */

static size_t
find_nocase(struct str text, struct str needle)
{
	for (size_t at = 0; at + needle.len <= text.len; at++)
		if (str_eq_nocase(str_sub(text, at, needle.len), needle))
			return at;
	return SIZE_MAX;
}

/* The first item that fits, from `from` on in the direction. */
static void
find(struct composer *c, size_t from, int direction)
{
	struct history *h = &c->history;
	struct str query = buf_str(&h->query);

	for (size_t i = from; i >= 1 && i <= h->n;
	    i = direction > 0 ? i + 1 : i - 1) {
		struct str text = str_from(h->items[i - 1]);
		size_t at = find_nocase(text, query);

		if (at == SIZE_MAX)
			continue;
		h->found = i;
		h->failing = false;
		composer_set(c, text);
		return;
	}
	h->failing = query.len > 0 || h->n == 0;
}

void
history_search(struct composer *c)
{
	struct history *h = &c->history;

	buf_clear(&h->draft);
	buf_add_cstr(&h->draft, composer_mark(c->prompt));
	buf_add_str(&h->draft, edit_text(&c->edit));
	h->searching = true;
	h->failing = h->n == 0;
	h->found = 0;
	h->query.max = QUERY_MAX;
	buf_clear(&h->query);
}

static void
query_changed(struct composer *c)
{
	struct history *h = &c->history;

	h->failing = false;
	if (h->query.len == 0) {
		composer_put(c, buf_str(&h->draft));
		h->found = 0;
	} else {
		find(c, 1, 1);
	}
}

bool
history_search_key(struct composer *c, const struct key *key,
    enum action action)
{
	struct history *h = &c->history;
	char text[5];

	if (key_is_text(key)) {
		buf_add(&h->query, text, utf8_encode(key->code, text));
		query_changed(c);
		return true;
	}
	switch (action) {
	case ACTION_HISTORY_SEARCH:
	case ACTION_UP:
		find(c, h->found + 1, 1);
		return true;
	case ACTION_DOWN:
		if (h->found > 1)
			find(c, h->found - 1, -1);
		return true;
	case ACTION_DELETE_LEFT:
		buf_truncate(&h->query, edit_before(buf_str(&h->query),
		    h->query.len));
		query_changed(c);
		return true;
	case ACTION_INTERRUPT:
	case ACTION_CLEAR_OR_QUIT:
		h->searching = false;
		composer_put(c, buf_str(&h->draft));
		return true;
	case ACTION_SUBMIT:
	case ACTION_QUEUE:
		/* Taken, not sent: it is read once more before it goes. */
		h->searching = false;
		return true;
	default:
		h->searching = false;
		return false;
	}
}

void
history_search_draw(struct composer *c, struct surface *s, struct rect r)
{
	const struct history *h = &c->history;
	int col = r.col + 2;

	col += surface_text(s, r.row, col, r.cols - 2,
	    h->failing ? STR("no such message: ") : STR("search history: "),
	    STYLE(h->failing ? ROLE_WARNING : ROLE_MUTED));
	col += surface_text_cut(s, r.row, col, r.col + r.cols - 1 - col,
	    buf_str(&h->query), STYLE(ROLE_ACCENT), true);
	surface_cursor(s, r.row, col);
}
