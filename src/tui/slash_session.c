/* Slash commands that change the session: another one, its name, its mode, its
 * end. What shows something is in slash_view.c. */
#include "tui/slash.h"

#include "tui/app.h"
#include "tui/transcript/transcript.h"
#include "tui/view/take_back.h"
#include "tui/view/views.h"

static struct json *
one(const char *key, struct str value)
{
	struct json *args = json_new_object();

	json_set_str(args, key, value);
	return args;
}

static void
new_session(struct app *app, struct str arguments)
{
	app_open_session(app, "session.create", NULL);
}

static void
on_forked(struct app *app, int status, const struct json *reply, void *ctx)
{
	if (status != 0) {
		app_toast_error(app, reply);
		return;
	}
	app_open_session(app, "session.open",
	    one("session", json_get_str(reply, "session")));
	app_toast(app, TOAST_INFO, "Now in the copy");
}

static void
fork_session(struct app *app, struct str arguments)
{
	app_request_session(app, "session.fork", NULL, on_forked, app);
}

static void
rename_session(struct app *app, struct str arguments)
{
	if (arguments.len == 0)
		view_rename(app);
	else
		app_request_session(app, "session.rename",
		    one("title", arguments), NULL, app);
}

static void
compact(struct app *app, struct str arguments)
{
	view_compact(app, arguments);
}

static void
on_summary(struct app *app, int status, const struct json *reply, void *ctx)
{
	if (status != 0)
		app_toast_error(app, reply);
	else
		app_toast(app, TOAST_INFO, "The summary is kept");
}

static void
summary(struct app *app, struct str arguments)
{
	if (arguments.len == 0)
		view_summary(app);
	else
		app_request_session(app, "session.summary",
		    one("text", arguments), on_summary, app);
}

static void
mode(struct app *app, struct str arguments)
{
	if (arguments.len == 0)
		view_modes(app);
	else
		app_request_session(app, "session.mode",
		    one("mode", arguments), NULL, app);
}

static void
plan(struct app *app, struct str arguments)
{
	app_request_session(app, "session.mode", one("mode", STR("plan")),
	    NULL, app);
	if (arguments.len > 0)
		app_submit(app, arguments, NULL, false);
}

static void
on_undone(struct app *app, int status, const struct json *reply, void *ctx)
{
	size_t files = json_count(json_get(reply, "files"));
	const struct json *i = json_first(json_get(reply, "files"));

	if (status != 0)
		app_toast_error(app, reply);
	else if (json_get_int(reply, "failed", 0) > 0)
		app_toast(app, TOAST_ERROR, "%lld of %zu files could not be "
		    "put back", (long long)json_get_int(reply, "failed", 0),
		    files);
	else if (files == 1)
		app_toast(app, TOAST_INFO, "%.*s was put back",
		    STR_ARG(json_get_str(i, "path")));
	else
		app_toast(app, TOAST_INFO, "%zu files were put back", files);
}

static const struct take_back undo_kind = {
	.title = "Undo", .look = "undo.preview", .operation = "undo.apply",
	.done = on_undone,
};

static const struct take_back redo_kind = {
	.title = "Redo", .look = "undo.preview", .look_key = "redo",
	.operation = "redo.apply", .done = on_undone,
};

static void
undo(struct app *app, struct str arguments)
{
	view_take_back(app, &undo_kind, NULL);
}

static void
redo(struct app *app, struct str arguments)
{
	view_take_back(app, &redo_kind, NULL);
}

static void
stop(struct app *app, struct str arguments)
{
	app_request_session(app, "run.cancel", NULL, NULL, app);
}

static void
quit(struct app *app, struct str arguments)
{
	app_quit(app);
}

static void
on_exported(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct str path = json_get_str(reply, "path");

	if (status != 0)
		app_toast_error(app, reply);
	else if (path.len > 0)
		app_toast(app, TOAST_INFO, "Written to %.*s", STR_ARG(path));
	else
		app_copy(app, json_get_str(reply, "text"));
}

/* A name that ends in .json asks for what /import reads. */
static void
export_session(struct app *app, struct str arguments)
{
	struct json *args = json_new_object();

	if (arguments.len > 0)
		json_set_str(args, "path", arguments);
	json_set_str(args, "format", str_ends(arguments, STR(".json")) ?
	    STR("json") : STR("markdown"));
	app_request_session(app, "session.export", args, on_exported, app);
}

static void
on_imported(struct app *app, int status, const struct json *reply, void *ctx)
{
	if (status != 0)
		app_toast_error(app, reply);
	else
		app_open_session(app, "session.open",
		    one("session", json_get_str(reply, "session")));
}

static void
import_session(struct app *app, struct str arguments)
{
	if (arguments.len == 0)
		app_toast(app, TOAST_WARNING, "/import FILE.json");
	else
		app_request(app, "session.import", one("path", arguments),
		    on_imported, app);
}

static void
copy(struct app *app, struct str arguments)
{
	struct str answer = transcript_last_answer(app_transcript(app));

	if (answer.len == 0)
		app_toast(app, TOAST_INFO, "There is no answer to copy yet");
	else
		app_copy(app, answer);
}

const struct slash_row slash_session_rows[] = {
	{ "new", "clear reset", NULL, "Start a new session", new_session },
	{ "fork", "branch", NULL, "Go on in a copy of this session",
	    fork_session },
	{ "rename", "title", "[TITLE]", "Name this session",
	    rename_session },
	{ "compact", "summarize", "[WHAT TO KEEP]",
	    "Sum up the older turns now", compact },
	{ "summary", NULL, "[TEXT]",
	    "What stands for the older turns, or another text for it",
	    summary },
	{ "mode", NULL, "[plan|ask|edit|auto]", "What needs an approval",
	    mode },
	{ "plan", NULL, "[REQUEST]", "Read only: mode plan", plan },
	{ "undo", NULL, NULL, "Take the file changes of the last run back",
	    undo },
	{ "redo", NULL, NULL, "Take the last undo back", redo },
	{ "export", "share", "[FILE]",
	    "Write the session to a file, or copy it", export_session },
	{ "import", NULL, "FILE", "Go on with an exported session",
	    import_session },
	{ "copy", NULL, NULL, "Copy the last answer", copy },
	{ "stop", "cancel interrupt", NULL, "Stop the run", stop },
	{ "quit", "exit q", NULL, "Leave friday", quit },
	{ .name = NULL },
};
