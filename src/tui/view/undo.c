/* /undo and /redo: which files would be put back, before they are. What
 * somebody changed since is in the way: Enter leaves it as it is, ^F takes it
 * along. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/units.h"
#include "tui/app.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

struct undo {
	bool redo;
};

static struct json *
args_of(const struct picker *p)
{
	struct json *args = json_new_object();

	json_set_str(args, "session", str_from(app_session(p->view.app)));
	return args;
}

static void
load(struct picker *p)
{
	const struct undo *own = p->own;
	struct json *args = args_of(p);

	p->title = own->redo ? "Take the last undo back" :
			       "Take the last changes back";
	if (own->redo)
		json_set_bool(args, "redo", true);
	picker_request(p, "undo.preview", args, false);
}

static bool
is_in_the_way(const struct json *file)
{
	struct str fate = json_get_str(file, "fate");

	return str_eq(fate, STR("conflict")) || str_eq(fate, STR("lost"));
}

/* What will be done to it now; the change itself was the other way round. */
static const char *
deed_of(const struct json *file)
{
	static const struct {
		const char *action, *deed;
	} deeds[] = {
		{ "create", "comes again" }, { "delete", "goes away" },
		{ "modify", "is put back" }, { "mode", "mode as before" },
		{ "type", "kind as before" },
	};

	for (size_t i = 0; i < ARRAY_LEN(deeds); i++)
		if (str_eq_c(json_get_str(file, "action"), deeds[i].action))
			return deeds[i].deed;
	return "";
}

static void
fill(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data, "files")); i;
	    i = json_next(i)) {
		struct str path = json_get_str(i, "path");
		struct list_item *item = list_add(&p->list, path);
		int64_t plus = json_get_int(i, "insertions", 0);
		int64_t minus = json_get_int(i, "deletions", 0);

		list_text(item, 0, path);
		if (str_eq(json_get_str(i, "fate"), STR("same")))
			list_text(item, 1, STR("is so already"));
		else if (is_in_the_way(i))
			list_text(item, 1, json_get_str(i, "why").len > 0 ?
			    json_get_str(i, "why") :
			    STR("changed by somebody since"));
		else
			list_text(item, 1, str_from(deed_of(i)));
		if (is_in_the_way(i))
			item->roles[1] = ROLE_WARNING;
		if (plus > 0)
			list_printf(item, 2, "+%lld", (long long)plus);
		if (minus > 0)
			list_printf(item, 3, "-%lld", (long long)minus);
	}
}

static void
on_done(struct app *app, int status, const struct json *reply, void *ctx)
{
	const struct json *files = json_get(reply, "files");
	size_t n = 0;

	if (status != 0) {
		app_toast_error(app, reply);
		return;
	}
	for (const struct json *i = json_first(files); i; i = json_next(i))
		n += json_get_bool(i, "done", false);
	if (n == 1 && json_count(files) == 1)
		app_toast(app, TOAST_INFO, "%.*s was put back",
		    STR_ARG(json_get_str(json_first(files), "path")));
	else
		app_toast(app, TOAST_INFO, "%zu file%s put back", n,
		    n == 1 ? " was" : "s were");
}

/* way: what is done with files that are in the way. */
static void
apply(struct picker *p, const char *way)
{
	const struct undo *own = p->own;
	struct app *app = p->view.app;
	struct json *args = args_of(p), *all = json_new_array();

	json_add(all, json_new_str(STR("*")));
	json_set(args, way, all);
	app_request(app, own->redo ? "redo.apply" : "undo.apply", args,
	    on_done, app);
	picker_close(p);
}

static void
choose(struct picker *p, const struct list_item *item)
{
	apply(p, "skip");
}

static void
force(struct picker *p, const struct list_item *item)
{
	apply(p, "force");
}

static void
release(struct picker *p)
{
	free(p->own);
}

static const struct picker_key keys[] = {
	{ { 'f', MOD_CTRL }, "^F also what was changed since", force },
	{ .run = NULL },
};

static const struct picker_ops undo_ops = {
	.view = PICKER_VIEW("undo", VIEW_DOCKED),
	.title = "Undo", .choose_hint = "put back", .ghost = "",
	.no_filter = true, .empty = "Nothing was changed.",
	.columns = { { .cols = 0, .head = true },
	    { .cols = 26, .role = ROLE_MUTED },
	    { .cols = 7, .right = true, .role = ROLE_ADDED },
	    { .cols = 7, .right = true, .role = ROLE_REMOVED } },
	.keys = keys, .load = load, .fill = fill, .choose = choose,
	.release = release,
};

void
view_undo(struct app *app, bool redo)
{
	struct undo *own = mem_new(struct undo);

	own->redo = redo;
	if (picker_open_with(app, &undo_ops, own) == NULL)
		free(own);
}
