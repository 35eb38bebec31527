/* Input: from the terminal's bytes to the part that takes it. */
#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "tui/inner.h"

enum { READ_BYTES = 64 * 1024, WHEEL_KEYS = 3 };

/* Without mouse reports terminals turn the wheel into arrow keys, some at once.
 * No finger is that fast: so many equal ones in one piece are the wheel.
 * Returns the lines, negative for up. */
static int
wheel_lines(struct str bytes)
{
	struct str key = str_sub(bytes, 0, 3);
	int count = 0;

	if (!str_eq(key, STR("\033[A")) && !str_eq(key, STR("\033[B")) &&
	    !str_eq(key, STR("\033OA")) && !str_eq(key, STR("\033OB")))
		return 0;
	for (; bytes.len > 0; count++) {
		if (!str_starts(bytes, key))
			return 0;
		bytes = str_sub(bytes, key.len, SIZE_MAX);
	}
	if (count < WHEEL_KEYS)
		return 0;
	return key.ptr[2] == 'A' ? -count : count;
}

void
app_read_input(struct app *app)
{
	char bytes[READ_BYTES];
	ssize_t n = read(terminal_fd(app->terminal), bytes, sizeof(bytes));
	struct str piece;
	int lines;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		app->lost = true;
		return;
	}
	piece = str_make(bytes, (size_t)n);
	lines = app->views == NULL ? wheel_lines(piece) : 0;
	if (lines != 0) {
		transcript_scroll(app->transcript, lines);
		app->urgent = true;
		return;
	}
	input_feed(app->input, piece);
}

/* --- keys ---------------------------------------------------------------- */

static enum keymap_context
context_of(const struct app *app)
{
	if (app->views != NULL)
		return app->views->ops->context;
	if (transcript_is_reading(app->transcript))
		return CONTEXT_SCROLL;
	return composer_context(app->composer);
}

static void
give_key(struct app *app, const struct key *key, enum action action)
{
	bool taken;

	if (app->views != NULL)
		taken = app->views->ops->key(app->views, key, action);
	else if (transcript_is_reading(app->transcript))
		taken = transcript_key(app->transcript, key, action);
	else
		taken = composer_key(app->composer, key, action);
	if (!taken && action != ACTION_NONE)
		app_action(app, action);
}

static void
on_key(struct app *app, const struct input_event *ev)
{
	struct key_chord *chord = &app->chord;
	enum action action = ACTION_NONE;
	enum keymap_result found;

	app->raw = ev->raw;
	if (app->views != NULL && app->views->ops->every_key) {
		chord->count = 0;
		give_key(app, &ev->key, ACTION_NONE);
		app->raw = STR_NONE;
		return;
	}
	chord->keys[chord->count++] = ev->key;
	found = keymap_find(app->keymap, context_of(app), chord, &action);
	if (found == KEYMAP_NONE && chord->count > 1) {
		/* The first key of the two began nothing. */
		chord->keys[0] = ev->key;
		chord->count = 1;
		found = keymap_find(app->keymap, context_of(app), chord,
		    &action);
	}
	if (found == KEYMAP_MORE && chord->count < 2)
		return;
	chord->count = 0;
	give_key(app, &ev->key, found == KEYMAP_ACTION ? action : ACTION_NONE);
	app->raw = STR_NONE;
	app->last_key_ms = clock_now_ms();
}

static void
on_paste(struct app *app, struct str text)
{
	app->chord.count = 0;
	if (app->views == NULL)
		composer_paste(app->composer, text);
	else if (app->views->ops->paste != NULL)
		app->views->ops->paste(app->views, text);
	app->last_key_ms = clock_now_ms();
}

/* --- mouse --------------------------------------------------------------- */

static bool
is_in(struct rect r, const struct mouse *m)
{
	return m->row >= r.row && m->row < r.row + r.rows &&
	    m->col >= r.col && m->col < r.col + r.cols;
}

static void
on_mouse(struct app *app, const struct mouse *m)
{
	const struct layout *l = &app->layout;
	struct view *v = app->views;

	if (transcript_is_dragging(app->transcript)) {
		transcript_mouse(app->transcript, m, m->row -
		    l->transcript.row, m->col - l->transcript.col);
		return;
	}
	if (is_in(l->bottom, m)) {
		int row = m->row - l->bottom.row, col = m->col - l->bottom.col;

		if (v != NULL && v->ops->mouse != NULL &&
		    v->ops->mouse(v, m, row, col))
			return;
		if (v == NULL &&
		    composer_mouse(app->composer, m, row, col))
			return;
	} else if (is_in(l->transcript, m) && l->under == NULL &&
	    transcript_mouse(app->transcript, m, m->row - l->transcript.row,
		m->col - l->transcript.col)) {
		return;
	}
	if (l->page != NULL || l->under != NULL)
		return;
	if (m->action == MOUSE_WHEEL_UP)
		transcript_scroll(app->transcript, -WHEEL_KEYS);
	else if (m->action == MOUSE_WHEEL_DOWN)
		transcript_scroll(app->transcript, WHEEL_KEYS);
}

/* --- answers ------------------------------------------------------------- */

/* Light or dark, unless the user chose. */
static void
follow_background(struct app *app)
{
	int rgb = terminal_traits(app->terminal)->background;
	int light = (rgb >> 16 & 255) * 299 + (rgb >> 8 & 255) * 587 +
	    (rgb & 255) * 114;

	if (!app->theme_chosen && rgb >= 0 &&
	    app->theme.background != THEME_ANY)
		app_load_theme(app, light > 128 * 1000 ? "light" : "dark",
		    false);
}

void
app_input(const struct input_event *ev, void *ctx)
{
	struct app *app = ctx;

	switch (ev->kind) {
	case INPUT_KEY:
		on_key(app, ev);
		break;
	case INPUT_PASTE:
		on_paste(app, ev->text);
		if (ev->cut)
			app_toast(app, TOAST_WARNING,
			    "The paste was longer than %d MiB: the rest is "
			    "not here.", INPUT_PASTE_MAX / (1024 * 1024));
		break;
	case INPUT_MOUSE:
		on_mouse(app, &ev->mouse);
		break;
	case INPUT_FOCUS:
		app->unfocused = !ev->focused;
		/* Somebody may have been at work in another terminal. */
		if (ev->focused && app->friday != NULL)
			repository_look(app);
		return;
	default:
		terminal_answer(app->terminal, ev);
		if (ev->kind == INPUT_COLOR)
			follow_background(app);
		return;
	}
	app->urgent = true;
}
