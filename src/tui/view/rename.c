/* /rename without a title: asks for it. */
#include "tui/app.h"
#include "tui/view/prompt.h"
#include "tui/view/views.h"

static bool
rename_done(struct app *app, struct str text, void *ctx)
{
	struct json *args;

	if (text.len == 0)
		return false;
	args = json_new_object();
	json_set_str(args, "title", text);
	app_request_session(app, "session.rename", args, NULL, app);
	return true;
}

void
view_rename(struct app *app)
{
	struct prompt_opts opts = { .title = "Name of this session",
		.text = str_from(app_facts(app)->title),
		.done = rename_done };

	prompt_open(app, &opts);
}
