/* Actions that no part took. */
#include "base/clock.h"
#include "core/friday.h"
#include "tui/inner.h"
#include "tui/view/views.h"

enum { TWICE_MS = 800, QUIT_MS = 2000 };

/* Esc: the run is asked to stop; the second time it is killed. The status line
 * says "stopped" when the run says that it has ended. */
static bool
interrupt(struct app *app)
{
	struct json *args;

	if (!app->facts.running)
		return false;
	args = json_new_object();
	json_set_bool(args, "now", app->cancels++ > 0);
	app->facts.stopping = true;
	app_request_session(app, "run.cancel", args, NULL, NULL);
	app_damage(app, PART_STATUS);
	return true;
}

static bool
escape(struct app *app)
{
	int64_t now = clock_now_ms();
	bool twice = now - app->escape_ms < TWICE_MS;

	if (interrupt(app))
		return true;
	if (app->toast[0] != '\0') {
		app->toast[0] = '\0';
		app_damage(app, PART_ALL);
	}
	app->escape_ms = twice ? 0 : now;
	return twice && app->views == NULL &&
	    composer_is_empty(app->composer) &&
	    views_action(app, ACTION_REWIND);
}

static bool
clear_or_quit(struct app *app)
{
	int64_t now = clock_now_ms();

	if (!composer_is_empty(app->composer) && app->views == NULL) {
		composer_clear(app->composer);
		return true;
	}
	if (interrupt(app))
		return true;
	if (now - app->quit_ms < QUIT_MS) {
		app->quit = true;
		return true;
	}
	app->quit_ms = now;
	app_toast(app, TOAST_INFO, "Once more to quit.");
	return true;
}

static bool
quit(struct app *app)
{
	app->quit = composer_is_empty(app->composer);
	return app->quit;
}

static bool
redraw(struct app *app)
{
	app_resize(app);
	return true;
}

static bool
suspend(struct app *app)
{
	app_suspend(app);
	return true;
}

static void
on_mode(struct app *app, int status, const struct json *reply, void *owner)
{
	if (status == FRIDAY_OK)
		return;
	app->mode_wanted = NULL;
	app_toast_error(app, reply);
}

/* From the mode that was asked for last: keys are faster than answers. */
static bool
mode_cycle(struct app *app)
{
	static const char *const modes[] = { "plan", "ask", "edit", "auto" };
	const char *now = app->mode_wanted != NULL ? app->mode_wanted :
						     app->facts.mode;
	struct json *args = json_new_object();
	size_t next = 1;

	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		if (strcmp(now, modes[i]) == 0)
			next = (i + 1) % ARRAY_LEN(modes);
	app->mode_wanted = modes[next];
	json_set_str(args, "mode", str_from(modes[next]));
	app_request_session(app, "session.mode", args, on_mode,
	    app->session);
	return true;
}

static bool
change_effort(struct app *app, int step)
{
	static const char *const levels[] = { "none", "low", "medium",
		"high" };
	struct json *args = json_new_object();
	int at = 2; /* where a model's own effort counts as standing */

	for (size_t i = 0; i < ARRAY_LEN(levels); i++)
		if (strcmp(app->facts.effort, levels[i]) == 0)
			at = (int)i;
	at += step;
	if (at < 0 || at >= (int)ARRAY_LEN(levels))
		at -= step;
	json_set_str(args, "effort", str_from(levels[at]));
	app_request_session(app, "session.model", args, NULL, NULL);
	app_toast(app, TOAST_INFO, "Effort: %s", levels[at]);
	return true;
}

static bool
effort_less(struct app *app)
{
	return change_effort(app, -1);
}

static bool
effort_more(struct app *app)
{
	return change_effort(app, 1);
}

static bool
read_all(struct app *app)
{
	transcript_read(app->transcript, true);
	app_damage(app, PART_ALL);
	return true;
}

static bool
panel(struct app *app)
{
	app->panel = !app->panel;
	repository_look_panel(app);
	app_damage(app, PART_ALL);
	return true;
}

/* With it the mouse is friday's, without it the terminal's. */
static bool
mouse(struct app *app)
{
	app->mouse = !app->mouse;
	terminal_mouse(app->terminal, app->mouse);
	app_toast(app, TOAST_INFO, app->mouse ?
	    "Mouse on: clicks open, selecting copies the source." :
	    "Mouse off: the terminal selects. The wheel still scrolls.");
	return true;
}

static bool
page(struct app *app, int direction)
{
	int rows = app->layout.transcript.rows;

	transcript_scroll(app->transcript, direction * (rows > 2 ? rows - 1 :
								  1));
	return true;
}

static bool
page_up(struct app *app)
{
	return page(app, -1);
}

static bool
page_down(struct app *app)
{
	return page(app, 1);
}

static const struct {
	enum action action;
	bool (*run)(struct app *app);
} table[] = {
	{ ACTION_INTERRUPT, escape },
	{ ACTION_CLEAR_OR_QUIT, clear_or_quit },
	{ ACTION_QUIT, quit },
	{ ACTION_REDRAW, redraw },
	{ ACTION_SUSPEND, suspend },
	{ ACTION_MODE_CYCLE, mode_cycle },
	{ ACTION_TRANSCRIPT, read_all },
	{ ACTION_PANEL, panel },
	{ ACTION_EFFORT_LESS, effort_less },
	{ ACTION_EFFORT_MORE, effort_more },
	{ ACTION_MOUSE, mouse },
	{ ACTION_SCROLL_UP, page_up },
	{ ACTION_SCROLL_DOWN, page_down },
};

bool
app_action(struct app *app, enum action action)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].action == action)
			return table[i].run(app);
	return views_action(app, action);
}
