/* Slash commands that show something. */
#include "tui/app.h"
#include "tui/slash.h"
#include "tui/view/views.h"

#define OPENS(function, view)                                                 \
	static void function(struct app *app, struct str arguments)           \
	{                                                                     \
		view(app);                                                    \
	}                                                                     \
	struct swallow_semicolon

OPENS(context, view_context);
OPENS(cost, view_cost);
OPENS(help, view_help);
OPENS(memory, view_memory);
OPENS(palette, view_palette);
OPENS(permissions, view_permissions);
OPENS(rewind_to, view_rewind);
OPENS(settings, view_settings);
OPENS(shells, view_shells);
OPENS(skills, view_skills);
OPENS(status, view_status);
OPENS(tools, view_tools);

static void
diff(struct app *app, struct str arguments)
{
	view_diff(app, arguments);
}

static void
review(struct app *app, struct str arguments)
{
	view_review(app, arguments);
}

static void
search(struct app *app, struct str arguments)
{
	view_code_search(app, arguments);
}

static void
sessions(struct app *app, struct str arguments)
{
	struct json *args;

	if (arguments.len == 0) {
		view_sessions(app);
		return;
	}
	args = json_new_object();
	json_set_str(args, "session", arguments);
	app_open_session(app, "session.open", args);
}

static void
model(struct app *app, struct str arguments)
{
	struct json *args;

	if (arguments.len == 0) {
		view_model(app);
		return;
	}
	args = json_new_object();
	json_set_str(args, "model", arguments);
	app_request_session(app, "session.model", args, NULL, app);
}

static void
effort(struct app *app, struct str arguments)
{
	struct json *args;

	if (arguments.len == 0) {
		view_model(app);
		return;
	}
	args = json_new_object();
	json_set_str(args, "effort", arguments);
	app_request_session(app, "session.model", args, NULL, app);
}

static void
theme(struct app *app, struct str arguments)
{
	CLEANUP(free_ptr) char *name = str_dup(arguments);

	if (arguments.len == 0)
		view_themes(app);
	else
		app_set_theme(app, name);
}

static void
panel(struct app *app, struct str arguments)
{
	app_action(app, ACTION_PANEL);
}

static void
mouse(struct app *app, struct str arguments)
{
	app_action(app, ACTION_MOUSE);
}

const struct slash_row slash_view_rows[] = {
	{ "help", "? commands", NULL, "Keys and commands", help },
	{ "palette", NULL, NULL, "Find an action or a command", palette },
	{ "sessions", "resume continue", "[ID]",
	    "Go on with another session", sessions },
	{ "model", "models", "[PROVIDER/MODEL]", "Choose a model", model },
	{ "effort", "thinking reasoning", "[none|low|medium|high]",
	    "How much the model thinks", effort },
	{ "diff", "changes", "[run|session|tree]",
	    "What changed; put hunks back", diff },
	{ "review", NULL, "[staged|RANGE|BRANCH|#PULL]",
	    "Have a change reviewed", review },
	{ "rewind", "checkpoint", NULL,
	    "Back to before one of your messages", rewind_to },
	{ "search", "find code-search", "[WORDS]",
	    "Find code by what it does", search },
	{ "permissions", "approvals allowed-tools", NULL,
	    "Rules and remembered answers", permissions },
	{ "context", "tokens", NULL, "What fills the context", context },
	{ "cost", "usage stats", NULL, "What was spent", cost },
	{ "status", "doctor", NULL, "This session, and what works here",
	    status },
	{ "tools", NULL, NULL, "What the agent can do", tools },
	{ "ps", "tasks bashes shells", NULL, "Background shells", shells },
	{ "skills", NULL, NULL, "What the agent can learn", skills },
	{ "memory", "memories instructions", NULL,
	    "Instructions that the agent reads here", memory },
	{ "theme", "themes", "[NAME]", "Choose colours", theme },
	{ "settings", "config options", NULL, "Every setting", settings },
	{ "panel", "sidebar", NULL, "Side panel on or off", panel },
	{ "mouse", NULL, NULL, "Mouse on or off; off, the terminal selects",
	    mouse },
	{ .name = NULL },
};
