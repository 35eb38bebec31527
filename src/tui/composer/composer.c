/* The input as a whole: which of its parts takes a key, and how it is drawn.
 * The parts: edit_buffer and edit_keys (the text), edit_view (its rows), chips
 * (pastes, images), submit (where it goes). */
#include "tui/composer/composer.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/composer/edit_keys.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/inner.h"

enum {
	PASTE_LINES = 8,   /* longer ones become a chip */
	PASTE_BYTES = 800,
	PADDED_ROWS = 6,   /* from this height on the input has a margin */
	MARK_COLUMNS = 2,
};

static const struct {
	const char *mark, *placeholder;
	enum style_role role;
} prompts[PROMPT_KINDS] = {
	[PROMPT_TEXT] = { "›", "Ask, or / for commands", ROLE_USER },
	[PROMPT_SHELL] = { "!", "A command for the shell", ROLE_WARNING },
	[PROMPT_NOTE] = { "#", "A note for AGENTS.md", ROLE_SUCCESS },
};

struct composer *
composer_create(struct app *app)
{
	struct composer *c = mem_new(struct composer);

	c->app = app;
	edit_init(&c->edit);
	edit_view_init(&c->view, &c->edit, &c->chips);
	c->expanded = BUF_INIT(64 * MIB);
	return c;
}

void
composer_destroy(struct composer *c)
{
	if (c == NULL)
		return;
	app_forget(c->app, c);
	edit_release(&c->edit);
	chips_release(&c->chips);
	kill_ring_release(&c->ring);
	edit_view_release(&c->view);
	buf_release(&c->expanded);
	free(c);
}

void
composer_changed(struct composer *c)
{
	app_damage(c->app, PART_COMPOSER);
}

void
composer_reset(struct composer *c)
{
	edit_reset(&c->edit);
	chips_release(&c->chips);
	kill_ring_drop_chips(&c->ring);
	c->prompt = PROMPT_TEXT;
	c->view.top = 0;
	composer_changed(c);
}

void
composer_open(struct composer *c, const char *session)
{
}

void
composer_event(struct composer *c, const struct json *event)
{
}

/* --- text ---------------------------------------------------------------- */

bool
composer_is_empty(const struct composer *c)
{
	return c->edit.text.len == 0 && c->prompt == PROMPT_TEXT;
}

struct str
composer_text(struct composer *c)
{
	buf_clear(&c->expanded);
	if (c->prompt != PROMPT_TEXT)
		buf_add_cstr(&c->expanded, prompts[c->prompt].mark);
	chips_expand(&c->chips, edit_text(&c->edit), &c->expanded);
	return buf_str(&c->expanded);
}

/* A text of one line that begins with a mark is taken as typed. */
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

void
composer_set(struct composer *c, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(EDIT_BYTES_MAX);

	edit_filter(text, &clean);
	c->prompt = prompt_of(buf_str(&clean));
	if (c->prompt != PROMPT_TEXT)
		buf_consume(&clean, 1);
	edit_set(&c->edit, buf_str(&clean));
	composer_changed(c);
}

void
composer_insert(struct composer *c, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(EDIT_BYTES_MAX);

	edit_filter(text, &clean);
	edit_insert(&c->edit, buf_str(&clean));
	composer_changed(c);
}

void
composer_clear(struct composer *c)
{
	struct str text = str_trim(composer_text(c));

	if (text.len > 0) {
		struct json *args = json_new_object();

		json_set_str(args, "text", text);
		app_request(c->app, "history.add", args, NULL, c);
	}
	composer_reset(c);
}

static size_t
line_feeds(struct str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == '\n';
	return count;
}

void
composer_paste(struct composer *c, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(CHIP_TEXT_MAX);
	char character[5];

	edit_filter(str_sub(text, 0, CHIP_TEXT_MAX / 4), &clean);
	kill_ring_rest(&c->ring);
	if ((line_feeds(buf_str(&clean)) >= PASTE_LINES ||
	    clean.len > PASTE_BYTES) &&
	    chips_add_paste(&c->chips, buf_str(&clean), character))
		edit_insert(&c->edit, str_from(character));
	else if (!edit_insert(&c->edit, buf_str(&clean)))
		app_toast(c->app, TOAST_WARNING, "That is too much text.");
	composer_changed(c);
}

/* --- keys ---------------------------------------------------------------- */

enum keymap_context
composer_context(const struct composer *c)
{
	return CONTEXT_INPUT;
}

static bool
type_character(struct composer *c, const struct key *key)
{
	char text[5];
	struct str character = { text, utf8_encode(key->code, text) };

	kill_ring_rest(&c->ring);
	if (c->edit.text.len == 0 && c->prompt == PROMPT_TEXT) {
		c->prompt = prompt_of(character);
		if (c->prompt != PROMPT_TEXT) {
			composer_changed(c);
			return true;
		}
	}
	edit_type(&c->edit, character);
	composer_changed(c);
	return true;
}

static bool
move_vertically(struct composer *c, int rows)
{
	int goal = c->edit.goal_col;
	size_t at;

	if (c->view.cols == 0 || c->view.version != c->edit.version)
		edit_view_layout(&c->view, c->view.cols ? c->view.cols : 80);
	if (!edit_view_vertical(&c->view, rows, &goal, &at))
		return false;
	edit_move(&c->edit, at);
	c->edit.goal_col = goal;
	return true;
}

/* Enter behind a backslash is a new line in every terminal. */
static bool
escaped_newline(struct composer *c)
{
	size_t at = c->edit.caret;

	if (at == 0 || edit_text(&c->edit).ptr[at - 1] != '\\')
		return false;
	return edit_replace(&c->edit, at - 1, 1, STR("\n"), EDIT_OTHER);
}

static bool
composer_action(struct composer *c, enum action action)
{
	switch (action) {
	case ACTION_SUBMIT:
		if (!escaped_newline(c))
			composer_submit(c, false);
		return true;
	case ACTION_QUEUE:
		composer_submit(c, app_facts(c->app)->running);
		return true;
	case ACTION_NEWLINE:
		return edit_type(&c->edit, STR("\n"));
	case ACTION_UP:
		return move_vertically(c, -1) || true;
	case ACTION_DOWN:
		return move_vertically(c, 1) || true;
	case ACTION_CLEAR_OR_QUIT:
		if (composer_is_empty(c))
			return false;
		composer_clear(c);
		return true;
	case ACTION_QUIT: /* Ctrl+D */
		return !composer_is_empty(c) &&
		    edit_action(&c->edit, &c->ring, ACTION_DELETE_RIGHT);
	case ACTION_DELETE_LEFT:
		if (c->edit.caret == 0 && c->prompt != PROMPT_TEXT) {
			c->prompt = PROMPT_TEXT;
			return true;
		}
		break;
	default:
		break;
	}
	return edit_action(&c->edit, &c->ring, action);
}

bool
composer_key(struct composer *c, const struct key *key, enum action action)
{
	bool text = key_is_text(key);
	bool taken;

	/* "?" is help only where nothing is written. */
	if (text && (action == ACTION_NONE || !composer_is_empty(c)))
		return type_character(c, key);
	taken = composer_action(c, action);
	if (taken)
		composer_changed(c);
	return taken;
}

bool
composer_mouse(struct composer *c, const struct mouse *mouse, int row,
    int col)
{
	return false;
}

/* --- drawing ------------------------------------------------------------- */

/* Blank rows above and below the text. */
static int
padding_of(int most)
{
	return most >= PADDED_ROWS ? 2 : 0;
}

int
composer_rows(struct composer *c, int cols, int most)
{
	int padding = padding_of(most), rows;

	edit_view_layout(&c->view, cols - MARK_COLUMNS);
	rows = padding + (c->view.n < 10000 ? (int)c->view.n : 10000);
	return rows < most ? rows : most;
}

static void
draw_input(struct composer *c, struct surface *s, struct rect r)
{
	struct edit_view_draw opts = {
		.style = STYLE_ON(ROLE_TEXT, ROLE_PANEL),
		.chip = STYLE_ON(ROLE_ACCENT, ROLE_PANEL), .cursor = true };
	int padding = r.rows > 2 ? padding_of(PADDED_ROWS) : 0;

	surface_fill(s, r, STYLE_ON(ROLE_TEXT, ROLE_PANEL));
	if (padding > 0) {
		r.row += padding / 2;
		r.rows -= padding;
	}
	if (r.rows < 1)
		return;
	surface_text(s, r.row, r.col, r.cols,
	    str_from(prompts[c->prompt].mark),
	    STYLE_FLAGS(prompts[c->prompt].role, STYLE_BOLD));
	r.col += MARK_COLUMNS;
	r.cols -= MARK_COLUMNS;
	if (c->edit.text.len == 0)
		surface_text_cut(s, r.row, r.col, r.cols,
		    str_from(prompts[c->prompt].placeholder),
		    STYLE_ON(ROLE_MUTED, ROLE_PANEL), false);
	edit_view_draw(&c->view, s, r, &opts);
}

void
composer_draw(struct composer *c, struct surface *s, struct rect r)
{
	draw_input(c, s, r);
}
