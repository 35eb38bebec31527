/* Branch and dirt for the status line, changed files and what fills the context
 * for the panel: asked for when something may have changed them, never by a
 * timer of its own. */
#include "tui/inner.h"

#include "base/units.h"

/* Tool calls come in bursts; one look is enough for all of them. */
enum { SOON_MS = 300 };

static void look(struct app *app, void *owner);

static void
on_status(struct app *app, int status, const struct json *reply, void *ctx)
{
	app->looking = false;
	if (status == FRIDAY_OK && facts_repository(&app->facts, reply))
		app_damage(app, PART_STATUS | PART_PANEL);
	if (app->look_again)
		repository_look(app);
}

static void
look(struct app *app, void *owner)
{
	app->look_due = false;
	app->looking = true;
	app->look_again = false;
	app_request(app, "repository.status", NULL, on_status, app);
}

void
repository_look(struct app *app)
{
	if (app->looking) {
		app->look_again = true;
	} else if (!app->look_due) {
		app->look_due = true;
		app_after(app, SOON_MS, look, app);
	}
}

/* --- changed files ------------------------------------------------------- */

static void
on_changes(struct app *app, int status, const struct json *reply, void *ctx)
{
	/* A run counts what it changes from its own events; when it has ended
	 * one looks again. */
	if (status != FRIDAY_OK || app->facts.running)
		return;
	facts_changes(&app->facts, reply);
	app_damage(app, PART_PANEL);
}

static void
on_context(struct app *app, int status, const struct json *reply, void *ctx)
{
	if (status != FRIDAY_OK)
		return;
	facts_context(&app->facts, reply);
	app_damage(app, PART_PANEL);
}

static void
look_context(struct app *app)
{
	if (app->panel && app->session[0] != '\0')
		app_request_session(app, "session.context", NULL, on_context,
		    app->session);
}

void
repository_look_panel(struct app *app)
{
	struct json *args;

	if (!app->panel || app->session[0] == '\0')
		return;
	look_context(app);
	args = json_new_object();
	json_set_str(args, "scope", STR("session"));
	app_request_session(app, "changes.list", args, on_changes,
	    app->session);
}

void
repository_event(struct app *app, const struct json *event)
{
	static const char *const types[] = { "tool.finished", "run.finished",
		"files.restored", "shell.exited" };
	struct str type = json_get_str(event, "type");

	if (str_eq(type, STR("run.finished")) ||
	    str_eq(type, STR("files.restored")))
		repository_look_panel(app);
	if (str_eq(type, STR("usage")) || str_eq(type, STR("compacted")))
		look_context(app);

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq_c(type, types[i]))
			repository_look(app);
}
