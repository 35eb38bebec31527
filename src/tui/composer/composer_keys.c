/* Which part of the input takes a key: the waiting messages, the search, the
 * list, vi, then the text. */
#include "base/utf8.h"
#include "tui/composer/edit_keys.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/inner.h"

enum keymap_context
composer_context(const struct composer *c)
{
	if (c->queue.open || c->history.searching)
		return CONTEXT_INPUT;
	if (completion_is_open(c))
		return CONTEXT_COMPLETION;
	if (c->vi.on && c->vi.mode != VI_INSERT)
		return CONTEXT_VI;
	return CONTEXT_INPUT;
}

/* The first character of an empty input may choose what it is for. */
static bool
choose_prompt(struct composer *c, const struct key *key)
{
	if (!composer_is_empty(c))
		return false;
	for (int i = PROMPT_TEXT + 1; i < PROMPT_KINDS; i++)
		if (key->code == (uint32_t)composer_mark(
		    (enum prompt_kind)i)[0]) {
			c->prompt = (enum prompt_kind)i;
			return true;
		}
	return false;
}

static void
type_character(struct composer *c, const struct key *key)
{
	char text[4];
	size_t len = utf8_encode(key->code, text);
	struct str character = { text, len };

	kill_ring_rest(&c->ring);
	/* What stands for a chip is no character that one can type. */
	if (choose_prompt(c, key) || edit_chip_at(character, 0) >= 0)
		return;
	vi_typed(&c->vi, &c->edit, key);
	edit_type(&c->edit, character);
	completion_update(c);
}

/* --- up and down --------------------------------------------------------- */

static bool
move_vertically(struct composer *c, int rows)
{
	int goal = c->edit.goal_col;
	size_t at;

	edit_view_layout(&c->view, c->view.cols > 0 ? c->view.cols : 80);
	if (!edit_view_vertical(&c->view, rows, &goal, &at))
		return false;
	edit_move(&c->edit, at);
	c->edit.goal_col = goal;
	return true;
}

/* One who leafs through the history goes on, also over long messages; one who
 * edits moves within the text first. */
static void
up_or_older(struct composer *c)
{
	bool leafing = history_is_shown(c) &&
	    (c->edit.caret == 0 || c->edit.caret == c->edit.text.len);

	if (leafing && history_walk(c, 1))
		return;
	if (!move_vertically(c, -1) && !history_walk(c, 1))
		edit_move(&c->edit, 0);
}

static void
down_or_newer(struct composer *c)
{
	bool leafing = history_is_shown(c) &&
	    (c->edit.caret == 0 || c->edit.caret == c->edit.text.len);

	if (leafing && history_walk(c, -1))
		return;
	if (!move_vertically(c, 1) && !history_walk(c, -1))
		edit_move(&c->edit, c->edit.text.len);
}

/* --- actions ------------------------------------------------------------- */

static void
newline(struct composer *c)
{
	static const struct key enter = { SYM_ENTER, 0 };

	vi_typed(&c->vi, &c->edit, &enter);
	edit_type(&c->edit, STR("\n"));
}

/* Enter behind a backslash is a new line in every terminal. */
static bool
escaped_newline(struct composer *c)
{
	size_t at = c->edit.caret;

	return at > 0 && edit_text(&c->edit).ptr[at - 1] == '\\' &&
	    edit_replace(&c->edit, at - 1, 1, STR("\n"), EDIT_OTHER);
}

static void
queue_or_complete(struct composer *c)
{
	if (app_facts(c->app)->running) {
		composer_submit(c, true);
		return;
	}
	c->completion.dismissed = false;
	completion_close(c);
	completion_update(c);
	if (c->completion.kind == COMPLETE_NOTHING &&
	    c->edit.text.len > 0)
		app_toast(c->app, TOAST_INFO, "Enter sends; Tab lets a "
		    "message wait while friday works");
}

static bool
delete_left(struct composer *c)
{
	static const struct key backspace = { SYM_BACKSPACE, 0 };

	if (c->edit.caret == 0 && c->prompt != PROMPT_TEXT) {
		c->prompt = PROMPT_TEXT;
		return true;
	}
	if (composer_is_empty(c)) {
		along_drop(c);
		return true;
	}
	vi_typed(&c->vi, &c->edit, &backspace);
	return edit_action(&c->edit, &c->ring, ACTION_DELETE_LEFT);
}

static bool
interrupt(struct composer *c)
{
	if (c->vi.on && c->vi.mode == VI_INSERT && !composer_is_empty(c)) {
		vi_escape(&c->vi, &c->edit);
		return true;
	}
	if (c->prompt != PROMPT_TEXT && c->edit.text.len == 0) {
		c->prompt = PROMPT_TEXT;
		return true;
	}
	return !app_facts(c->app)->running && composer_stop_command(c);
}

bool
composer_action(struct composer *c, const struct key *key,
    enum action action)
{
	bool empty = composer_is_empty(c);

	switch (action) {
	case ACTION_SUBMIT:
		if (!escaped_newline(c))
			composer_submit(c, false);
		return true;
	case ACTION_QUEUE:
		queue_or_complete(c);
		return true;
	case ACTION_NEWLINE:
		newline(c);
		return true;
	case ACTION_UP:
		up_or_older(c);
		return true;
	case ACTION_DOWN:
		down_or_newer(c);
		return true;
	case ACTION_HISTORY_SEARCH:
		history_search(c);
		return true;
	case ACTION_EDIT_QUEUED:
		return queue_list_take_last(c);
	case ACTION_EDITOR:
		outside_editor(c);
		return true;
	case ACTION_PASTE_IMAGE:
		composer_paste_clipboard(c);
		return true;
	case ACTION_OPEN_PASTE:
		return composer_open_paste(c);
	case ACTION_CLEAR_OR_QUIT:
		if (!empty)
			composer_clear(c);
		return !empty;
	case ACTION_QUIT: /* Ctrl+D */
		return !empty && edit_action(&c->edit, &c->ring,
		    ACTION_DELETE_RIGHT);
	case ACTION_PALETTE: /* Ctrl+P */
		if (!empty && key->code == 'p')
			up_or_older(c);
		return !empty && key->code == 'p';
	case ACTION_LEFT: /* Ctrl+B, while a command runs */
		if (empty && key->code == 'b' && app_facts(c->app)->running)
			return app_action(c->app, ACTION_BACKGROUND);
		break;
	case ACTION_DELETE_LEFT:
		return delete_left(c);
	case ACTION_INTERRUPT:
		return interrupt(c);
	default:
		break;
	}
	return edit_action(&c->edit, &c->ring, action);
}

/* --- keys ---------------------------------------------------------------- */

static bool
vi_takes(struct composer *c, const struct key *key)
{
	/* What begins a command, a mention or a note begins it here too. */
	if (composer_is_empty(c) && key_is_text(key) &&
	    strchr("/!#@", (int)(key->code < 0x80 ? key->code : 'x'))) {
		c->vi.mode = VI_INSERT;
		type_character(c, key);
		return true;
	}
	if (composer_is_empty(c) && key->code == '?')
		return app_action(c->app, ACTION_HELP);
	switch (vi_key(&c->vi, &c->edit, key)) {
	case VI_OLDER:
		history_walk(c, 1);
		return true;
	case VI_NEWER:
		history_walk(c, -1);
		return true;
	case VI_NOT_TAKEN:
		return false;
	case VI_TAKEN:
		break;
	}
	return true;
}

static bool
take_key(struct composer *c, const struct key *key, enum action action)
{
	bool text = key_is_text(key);

	if (c->queue.open && queue_list_key(c, key, action))
		return true;
	if (c->history.searching && history_search_key(c, key, action))
		return true;
	if (completion_is_open(c) && completion_action(c, action, key))
		return true;
	if (c->vi.on && c->vi.mode != VI_INSERT && vi_takes(c, key))
		return true;
	/* "?" is help only where nothing is written. */
	if (text && (action == ACTION_NONE || !composer_is_empty(c))) {
		type_character(c, key);
		return true;
	}
	if (!composer_action(c, key, action))
		return false;
	if (history_is_shown(c))
		completion_close(c);
	else
		completion_update(c);
	return true;
}

bool
composer_key(struct composer *c, const struct key *key, enum action action)
{
	if (!take_key(c, key, action))
		return false;
	composer_changed(c);
	return true;
}
