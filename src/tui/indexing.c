/* How far the index is, for the status line: asked for when something may have
 * begun to bring it up to date, and again as long as that goes on. Most of the
 * time it is over before anybody sees it. */
#include "tui/inner.h"

#include "base/units.h"

enum { AGAIN_MS = 400 };

static void ask(struct app *app, void *owner);

static void
on_state(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct facts *f = &app->facts;
	int64_t done = json_get_int(reply, "done", 0);
	int64_t total = json_get_int(reply, "total", 0);
	bool busy = status == FRIDAY_OK && json_get_bool(reply, "busy", false);
	char before[sizeof(f->index)];

	memcpy(before, f->index, sizeof(before));
	if (!busy)
		f->index[0] = '\0';
	else if (total <= 0)
		snprintf(f->index, sizeof(f->index), "index");
	else
		snprintf(f->index, sizeof(f->index), "index %lld%%",
		    (long long)(done * 100 / total));
	if (strcmp(before, f->index) != 0)
		app_damage(app, PART_STATUS);
	app->index_asked = busy;
	if (busy)
		app_after(app, AGAIN_MS, ask, &app->index_asked);
}

static void
ask(struct app *app, void *owner)
{
	app_request(app, "index.state", NULL, on_state, owner);
}

void
app_index_look(struct app *app)
{
	if (app->index_asked)
		return;
	app->index_asked = true;
	app_after(app, AGAIN_MS, ask, &app->index_asked);
}

/* A request asks the index, and so do tools. */
void
indexing_event(struct app *app, const struct json *event)
{
	static const char *const types[] = { "user.message", "tool.started" };
	struct str type = json_get_str(event, "type");

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq_c(type, types[i]))
			app_index_look(app);
}
