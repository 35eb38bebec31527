/* What waits; see queue_list.h. The list itself is in the facts. */
#include "tui/composer/queue_list.h"

#include "base/term_text.h"
#include "tui/composer/inner.h"

static size_t
count(const struct composer *c)
{
	return json_count(app_facts(c->app)->queue);
}

static const struct json *
item_at(const struct composer *c, size_t index)
{
	return json_at(app_facts(c->app)->queue, index);
}

int
queue_list_rows(const struct composer *c)
{
	size_t n = count(c);

	return n < QUEUE_ROWS ? (int)n : QUEUE_ROWS;
}

void
queue_list_updated(struct composer *c)
{
	struct queue_list *q = &c->queue;

	if (q->at >= count(c))
		q->at = count(c) == 0 ? 0 : count(c) - 1;
	if (count(c) == 0)
		q->open = false;
	composer_changed(c);
}

/* --- changing ------------------------------------------------------------ */

static struct json *
change_of(const struct json *item)
{
	struct json *args = json_new_object();

	json_set_str(args, "item", json_get_str(item, "id"));
	return args;
}

static void
on_taken(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	CLEANUP_BUF struct buf text = BUF_INIT(EDIT_BYTES_MAX);

	if (status != 0) {
		/* The run took it just now: it is on its way. */
		buf_clear(&c->taken);
		app_toast_error(app, reply);
		return;
	}
	buf_add_str(&text, buf_str(&c->taken));
	if (c->edit.text.len > 0)
		buf_add_char(&text, '\n');
	edit_move(&c->edit, 0);
	composer_insert(c, buf_str(&text));
	edit_move(&c->edit, c->edit.text.len);
	buf_clear(&c->taken);
}

static bool
take(struct composer *c, const struct json *item)
{
	struct json *args;

	/* One at a time. */
	if (item == NULL || c->taken.len > 0)
		return item != NULL;
	buf_add_str(&c->taken, json_get_str(item, "text"));
	args = change_of(item);
	json_set_bool(args, "drop", true);
	app_request_session(c->app, "queue.change", args, on_taken, c);
	return true;
}

bool
queue_list_take_last(struct composer *c)
{
	return count(c) > 0 && take(c, item_at(c, count(c) - 1));
}

/* What is left waits for the end of a run that went well. */
static bool
can_send(const struct composer *c)
{
	return count(c) > 0 && !app_facts(c->app)->running;
}

bool
queue_list_send(struct composer *c)
{
	if (!can_send(c))
		return false;
	app_request_session(c->app, "queue.start", NULL, NULL, c);
	return true;
}

static void
drop(struct composer *c)
{
	struct json *args = change_of(item_at(c, c->queue.at));

	json_set_bool(args, "drop", true);
	app_request_session(c->app, "queue.change", args, NULL, c);
}

static void
move_item(struct composer *c, int by)
{
	struct json *args;
	size_t to = c->queue.at + (size_t)by;

	if (to >= count(c))
		return;
	args = change_of(item_at(c, c->queue.at));
	json_set_int(args, "index", (int64_t)to);
	app_request_session(c->app, "queue.change", args, NULL, c);
	c->queue.at = to;
}

/* --- keys ---------------------------------------------------------------- */

bool
queue_list_open(struct composer *c)
{
	if (count(c) == 0)
		return false;
	c->queue.open = true;
	c->queue.at = count(c) - 1;
	composer_changed(c);
	return true;
}

static void
choose(struct composer *c, int by)
{
	size_t to = c->queue.at + (size_t)by;

	if (to < count(c))
		c->queue.at = to;
}

bool
queue_list_key(struct composer *c, const struct key *key, enum action action)
{
	bool moves = key->mods & (MOD_SHIFT | MOD_ALT);

	if (key->code == SYM_UP || key->code == 'k' || key->code == 'K') {
		if (moves || key->code == 'K')
			move_item(c, -1);
		else
			choose(c, -1);
	} else if (key->code == SYM_DOWN || key->code == 'j' ||
	    key->code == 'J') {
		if (moves || key->code == 'J')
			move_item(c, 1);
		else
			choose(c, 1);
	} else if (key->code == 'd' || key->code == SYM_DELETE ||
	    key->code == SYM_BACKSPACE) {
		drop(c);
	} else if (key->code == SYM_ENTER || key->code == 'e') {
		take(c, item_at(c, c->queue.at));
		c->queue.open = false;
	} else if (action == ACTION_INTERRUPT || key->code == 'q') {
		c->queue.open = false;
	} else {
		c->queue.open = false;
		composer_changed(c);
		return false;
	}
	composer_changed(c);
	return true;
}

/* --- drawing ------------------------------------------------------------- */

static void
draw_item(struct composer *c, struct surface *s, struct rect r, size_t index)
{
	CLEANUP_BUF struct buf line = BUF_INIT(1 * MIB);
	bool chosen = c->queue.open && c->queue.at == index;
	bool steers = json_get_bool(item_at(c, index), "steer", false);
	int col = r.col + 2;

	term_text_line(str_sub(json_get_str(item_at(c, index), "text"), 0,
	    4 * KIB), &line);
	col += surface_printf(s, r.row, col, r.cols - 2,
	    STYLE(chosen ? ROLE_ACCENT : ROLE_MUTED), "%zu %s ", index + 1,
	    steers ? "now  " : "later");
	col++;
	surface_text_cut(s, r.row, col, r.col + r.cols - 1 - col,
	    buf_str(&line), STYLE(chosen ? ROLE_TEXT : ROLE_MUTED), false);
	if (chosen)
		surface_text(s, r.row, r.col, 1, STR("›"),
		    STYLE(ROLE_ACCENT));
}

/* At the end of the last row, as much as there is room for. */
static void
draw_help(struct composer *c, struct surface *s, struct rect r)
{
	static const char open_help[] = "Enter edit · d drop · Shift+↑↓ move";
	enum { ITEM_COLS = 26 };
	char hint[64], text[96];
	int cols;

	keymap_hint(app_keymap(c->app), ACTION_EDIT_QUEUED, hint);
	for (int i = can_send(c) ? 0 : 1; i < 2; i++) {
		if (c->queue.open)
			snprintf(text, sizeof(text), "%s", open_help);
		else
			snprintf(text, sizeof(text), "%s%s edits",
			    i == 0 ? "Enter sends · " : "", hint);
		cols = (int)width_of(str_from(text));
		if (r.cols <= cols + ITEM_COLS)
			continue;
		surface_text(s, r.row, r.col + r.cols - cols - 2, cols + 2,
		    str_from(text), STYLE(ROLE_MUTED));
		return;
	}
}

/* The last row says what can be done, or that there are more. */
void
queue_list_draw(struct composer *c, struct surface *s, struct rect r)
{
	size_t n = count(c), top = 0, rows = (size_t)r.rows;

	if (n > rows)
		top = c->queue.open && c->queue.at + 1 > rows ?
		    c->queue.at + 1 - rows : 0;
	for (size_t i = 0; i < rows && top + i < n; i++)
		draw_item(c, s, (struct rect){ r.row + (int)i, r.col, 1,
		    r.cols }, top + i);
	if (r.rows > 0)
		draw_help(c, s, (struct rect){ r.row + r.rows - 1, r.col, 1,
		    r.cols });
}
