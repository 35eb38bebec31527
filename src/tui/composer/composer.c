/* The input as a whole: its parts, its text, how it is drawn. Which part takes
 * a key is in composer_keys.c. */
#include "tui/composer/composer.h"

#include "base/mem.h"
#include "base/term_text.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/inner.h"

enum {
	PADDED_ROWS = 8, /* from this height on the input has a margin */
	MARK_COLUMNS = 2,
	TEXT_ROWS_MAX = 10000,
};

static const struct {
	const char *mark, *shown, *placeholder;
	enum style_role role;
} prompts[PROMPT_KINDS] = {
	[PROMPT_TEXT] = { "", "›", "Ask, or / for commands", ROLE_USER },
	[PROMPT_SHELL] = { "!", "!", "A command for the shell",
	    ROLE_WARNING },
	[PROMPT_NOTE] = { "#", "#", "A note for AGENTS.md", ROLE_SUCCESS },
};

struct composer *
composer_create(struct app *app)
{
	struct composer *c = mem_new(struct composer);

	c->app = app;
	edit_init(&c->edit);
	edit_view_init(&c->view, &c->edit, &c->chips);
	vi_init(&c->vi);
	c->completion.query = BUF_INIT(EDIT_BYTES_MAX);
	c->history.draft = BUF_INIT(EDIT_BYTES_MAX);
	c->expanded = BUF_INIT(64 * MIB);
	c->taken = BUF_INIT(16 * MIB);
	c->command = BUF_INIT(EDIT_BYTES_MAX);
	return c;
}

void
composer_destroy(struct composer *c)
{
	if (c == NULL)
		return;
	draft_flush(c);
	app_forget(c->app, c);
	edit_release(&c->edit);
	chips_release(&c->chips);
	kill_ring_release(&c->ring);
	edit_view_release(&c->view);
	vi_release(&c->vi);
	completion_release(&c->completion);
	history_release(&c->history);
	submit_release(c);
	outside_release(c);
	json_destroy(c->along);
	buf_release(&c->expanded);
	buf_release(&c->taken);
	buf_release(&c->command);
	free(c);
}

void
composer_changed(struct composer *c)
{
	draft_touch(c);
	app_damage(c->app, PART_COMPOSER);
}

void
composer_reset(struct composer *c)
{
	vi_reset(&c->vi, &c->edit);
	edit_reset(&c->edit);
	chips_release(&c->chips);
	kill_ring_drop_chips(&c->ring);
	completion_close(c);
	c->history.at = 0;
	c->history.searching = false;
	c->prompt = PROMPT_TEXT;
	c->view.top = 0;
	composer_changed(c);
}

/* --- settings ------------------------------------------------------------ */

static void
on_settings(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	struct str text = json_get_str(reply, "text");
	struct str preset = json_get_str(reply, "preset");
	struct error err = ERROR_INIT;

	if (status != 0) {
		app_toast_error(app, reply);
		return;
	}
	if (json_get_bool(reply, "vi", false))
		composer_set_vi(c, true);
	if (preset.ptr != NULL &&
	    keymap_set_preset(app_keymap(app), preset.ptr, &err) != 0)
		app_toast(app, TOAST_WARNING, "%s", err.message);
	if (text.ptr != NULL &&
	    keymap_read(app_keymap(app), text, &err) != 0)
		app_toast(app, TOAST_WARNING, "%s: %s",
		    json_get_str(reply, "path").ptr, err.message);
	app_damage(app, PART_ALL);
}

void
composer_open(struct composer *c, const char *session)
{
	if (!c->settings_asked) {
		c->settings_asked = true;
		app_request(c->app, "keymap.get", NULL, on_settings, c);
	}
	c->queue.open = false;
	draft_open(c, session);
	history_open(c);
	completion_open(c);
}

bool
composer_vi(const struct composer *c)
{
	return c->vi.on;
}

void
composer_set_vi(struct composer *c, bool on)
{
	vi_reset(&c->vi, &c->edit);
	c->vi.on = on;
	composer_changed(c);
}

bool
composer_open_queue(struct composer *c)
{
	return queue_list_open(c);
}

void
composer_event(struct composer *c, const struct json *event)
{
	struct str type = json_get_str(event, "type");

	if (str_eq(type, STR("queue.updated")))
		queue_list_updated(c);
	/* What can be done with the queue depends on whether a run goes on. */
	else if (str_eq(type, STR("mode.changed")) ||
	    str_eq(type, STR("run.started")) ||
	    str_eq(type, STR("run.finished")))
		app_damage(c->app, PART_COMPOSER);
}

/* --- text ---------------------------------------------------------------- */

const char *
composer_mark(enum prompt_kind prompt)
{
	return prompts[prompt].mark;
}

bool
composer_is_empty(const struct composer *c)
{
	return c->edit.text.len == 0 && c->prompt == PROMPT_TEXT;
}

struct str
composer_text(struct composer *c)
{
	buf_clear(&c->expanded);
	buf_add_cstr(&c->expanded, composer_mark(c->prompt));
	chips_expand(&c->chips, edit_text(&c->edit), &c->expanded);
	return buf_str(&c->expanded);
}

/* A text of one line that begins with a mark is taken as if it was typed. A
 * heading ("# One") is none, nor is anything of several lines. */
static enum prompt_kind
prompt_of(struct str text)
{
	if (text.len == 0 || str_find_char(text, '\n', 0) != SIZE_MAX)
		return PROMPT_TEXT;
	for (int i = PROMPT_TEXT + 1; i < PROMPT_KINDS; i++)
		if (text.ptr[0] == prompts[i].mark[0])
			return (enum prompt_kind)i;
	return PROMPT_TEXT;
}

static void
put_clean(struct composer *c, struct str text)
{
	c->prompt = prompt_of(text);
	if (c->prompt != PROMPT_TEXT)
		text = str_sub(text, 1, SIZE_MAX);
	edit_set(&c->edit, text);
	completion_close(c);
	composer_changed(c);
}

void
composer_put(struct composer *c, struct str raw)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(EDIT_BYTES_MAX);

	term_text(raw, &clean);
	put_clean(c, buf_str(&clean));
}

void
composer_set(struct composer *c, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(EDIT_BYTES_MAX);

	edit_filter(text, &clean);
	put_clean(c, buf_str(&clean));
}

void
composer_insert(struct composer *c, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(EDIT_BYTES_MAX);

	edit_filter(text, &clean);
	edit_insert(&c->edit, buf_str(&clean));
	completion_update(c);
	composer_changed(c);
}

void
composer_clear(struct composer *c)
{
	history_add(c, str_trim(composer_text(c)));
	composer_reset(c);
	draft_drop(c);
}

/* --- layout -------------------------------------------------------------- */

static int
at_most(int wanted, int *left)
{
	int rows = wanted < *left ? wanted : *left;

	*left -= rows;
	return rows;
}

/* The text first, then what helps with it, then what waits. */
static struct composer_layout
lay_out(struct composer *c, int cols, int most)
{
	struct composer_layout l = { .padding = c->padded ? 1 : 0 };
	int left = most, rows;

	edit_view_layout(&c->view, cols - MARK_COLUMNS);
	rows = c->view.n < TEXT_ROWS_MAX ? (int)c->view.n : TEXT_ROWS_MAX;
	l.input = at_most(rows + 2 * l.padding, &left);
	if (l.input < 1 + 2 * l.padding)
		l.padding = 0;
	l.list = at_most(c->history.searching ? 1 : completion_rows(c),
	    &left);
	/* A gap to what stands above, where there is something. */
	l.queue = at_most(queue_list_rows(c), &left);
	l.along = at_most(along_rows(c), &left);
	return l;
}

int
composer_rows(struct composer *c, int cols, int most)
{
	struct composer_layout l;

	/* For draw() too, which sees only the rows that were given. */
	c->padded = most >= PADDED_ROWS;
	l = lay_out(c, cols, most);
	return l.along + l.queue + l.list + l.input;
}

/* --- drawing ------------------------------------------------------------- */

static enum style_role
mode_role(const char *mode)
{
	static const struct {
		const char *mode;
		enum style_role role;
	} roles[] = {
		{ "plan", ROLE_MODE_PLAN },
		{ "edit", ROLE_MODE_EDIT },
		{ "auto", ROLE_MODE_AUTO },
	};

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcmp(roles[i].mode, mode) == 0)
			return roles[i].role;
	return ROLE_USER;
}

static void
draw_mark(struct composer *c, struct surface *s, const struct rect *r)
{
	enum style_role role = c->prompt == PROMPT_TEXT ?
	    mode_role(app_facts(c->app)->mode) : prompts[c->prompt].role;

	surface_text(s, r->row, r->col, r->cols,
	    str_from(prompts[c->prompt].shown),
	    STYLE_FLAGS(role, STYLE_BOLD));
}

static void
draw_vi_mode(struct composer *c, struct surface *s, const struct rect *r)
{
	static const struct str names[] = {
		[VI_INSERT] = STR(""),
		[VI_NORMAL] = STR("normal"),
		[VI_VISUAL] = STR("visual"),
		[VI_VISUAL_LINE] = STR("visual line"),
	};
	struct str name = names[c->vi.mode];
	int cols = (int)name.len;

	if (c->vi.on && r->cols > 3 * cols)
		surface_text(s, r->row, r->col + r->cols - cols - 2, cols,
		    name, STYLE(ROLE_MUTED));
}

static void
draw_input(struct composer *c, struct surface *s, struct rect r, int padding)
{
	struct edit_view_draw opts = {
		.style = STYLE_ON(ROLE_TEXT, ROLE_PANEL),
		.chip = STYLE_ON(ROLE_ACCENT, ROLE_PANEL), .cursor = true };

	surface_fill(s, r, STYLE_ON(ROLE_TEXT, ROLE_PANEL));
	if (r.rows < 1)
		return;
	draw_vi_mode(c, s, &r);
	r.row += padding;
	r.rows -= 2 * padding;
	draw_mark(c, s, &r);
	/* Too narrow for both: the text. */
	if (r.cols > MARK_COLUMNS) {
		r.col += MARK_COLUMNS;
		r.cols -= MARK_COLUMNS;
	}
	if (c->edit.text.len == 0)
		surface_text_cut(s, r.row, r.col, r.cols,
		    str_from(prompts[c->prompt].placeholder),
		    STYLE(ROLE_MUTED), false);
	vi_selection(&c->vi, &c->edit, &opts.select_from, &opts.select_to);
	edit_view_draw(&c->view, s, r, &opts);
}

static struct rect
next_part(struct rect *r, int rows)
{
	struct rect part = { r->row, r->col, rows, r->cols };

	r->row += rows;
	r->rows -= rows;
	return part;
}

void
composer_draw(struct composer *c, struct surface *s, struct rect r)
{
	struct composer_layout l = lay_out(c, r.cols, r.rows);
	struct rect list;

	c->layout = l;
	surface_fill(s, (struct rect){ r.row, r.col, l.along + l.queue,
	    r.cols }, STYLE_ON(ROLE_TEXT, ROLE_BACKGROUND));
	along_draw(c, s, next_part(&r, l.along));
	queue_list_draw(c, s, next_part(&r, l.queue));
	list = next_part(&r, l.list);
	surface_fill(s, list, STYLE_ON(ROLE_TEXT, ROLE_PANEL));
	if (!c->history.searching)
		completion_draw(c, s, list);
	draw_input(c, s, next_part(&r, l.input), l.padding);
	/* Last: the cursor stands in the search, not in the text. */
	if (c->history.searching && l.list > 0)
		history_search_draw(c, s, list);
}

bool
composer_mouse(struct composer *c, const struct mouse *mouse, int row,
    int col)
{
	const struct composer_layout *l = &c->layout;

	if (mouse->action != MOUSE_PRESS || mouse->button != 1)
		return false;
	row -= l->along + l->queue;
	if (row >= 0 && row < l->list && completion_is_open(c)) {
		completion_click(c, row);
		composer_changed(c);
		return true;
	}
	row -= l->list + l->padding;
	if (row < 0 || row >= l->input - 2 * l->padding)
		return false;
	col = col > MARK_COLUMNS ? col - MARK_COLUMNS : 0;
	edit_move(&c->edit, edit_view_at(&c->view,
	    c->view.top + (size_t)row, col));
	composer_changed(c);
	return true;
}
