/* The files of an undo before it happens; see take_back.h. */
#include "tui/view/take_back.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

struct own {
	const struct take_back *t;
	struct json *args;
};

static const struct picker_ops take_back_ops;

static void
load(struct picker *p)
{
	const struct own *own = p->own;
	struct json *args = json_copy(own->args);

	p->title = own->t->title;
	if (own->t->look_key != NULL)
		json_set_bool(args, own->t->look_key, true);
	picker_request(p, own->t->look, args, true);
}

static bool
is_in_the_way(const struct json *file)
{
	return str_eq(json_get_str(file, "fate"), STR("conflict"));
}

static void
fill(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data, "files")); i;
	    i = json_next(i)) {
		int64_t plus = json_get_int(i, "insertions", 0);
		int64_t minus = json_get_int(i, "deletions", 0);
		struct list_item *item;

		if (str_eq(json_get_str(i, "fate"), STR("same")))
			continue;
		item = list_add(&p->list, json_get_str(i, "path"));
		list_text(item, 0, json_get_str(i, "path"));
		list_text(item, 1, json_get_str(i, "action"));
		if (plus > 0 || minus > 0)
			list_printf(item, 2, "+%lld -%lld", (long long)plus,
			    (long long)minus);
		list_text(item, 3, json_get_str(i, "why"));
		item->roles[3] = is_in_the_way(i) ? ROLE_WARNING :
						    ROLE_MUTED;
	}
}

/* What was shown is decided, not what may have come since. */
static struct json *
in_the_way(const struct picker *p)
{
	struct json *list = json_new_array();

	for (const struct json *i = json_first(json_get(p->data, "files")); i;
	    i = json_next(i))
		if (is_in_the_way(i))
			json_add(list, json_new_str(json_get_str(i, "path")));
	return list;
}

static void
carry_out(struct picker *p, const char *decision)
{
	const struct own *own = p->own;
	struct app *app = p->view.app;
	struct json *args, *conflicts;

	if (p->data == NULL)
		return;
	conflicts = in_the_way(p);
	if (decision == NULL && json_count(conflicts) > 0) {
		app_toast(app, TOAST_WARNING, "Somebody's later work is in the "
		    "way: s leaves those files, o overwrites them");
		json_destroy(conflicts);
		return;
	}
	args = json_copy(own->args);
	json_set(args, decision == NULL ? "skip" : decision, conflicts);
	app_request_session(app, own->t->operation, args, own->t->done,
	    own->t->owner == NULL ? app : own->t->owner);
	picker_close(p);
}

static void
choose(struct picker *p, const struct list_item *item)
{
	carry_out(p, NULL);
}

static void
leave(struct picker *p, const struct list_item *item)
{
	carry_out(p, "skip");
}

static void
overwrite(struct picker *p, const struct list_item *item)
{
	carry_out(p, "force");
}

static void
on_event(struct picker *p, const struct json *event)
{
	if (str_eq(json_get_str(event, "type"), STR("files.restored")))
		picker_reload(p);
}

static void
release(struct picker *p)
{
	struct own *own = p->own;

	json_destroy(own->args);
	free(own);
}

static const struct picker_key keys[] = {
	{ { 's', 0 }, "s leave what is in the way", leave },
	{ { 'o', 0 }, "o overwrite it", overwrite },
	{ .run = NULL },
};

static const struct picker_ops take_back_ops = {
	.view = PICKER_VIEW("take-back", VIEW_DOCKED),
	.title = "Undo", .choose_hint = "do it", .no_filter = true,
	.empty = "No file would change.",
	.columns = { { .cols = 0 }, { .cols = 7, .role = ROLE_CHANGED },
	    { .cols = 12, .right = true, .role = ROLE_MUTED },
	    { .cols = 40 } },
	.keys = keys, .load = load, .fill = fill, .choose = choose,
	.event = on_event, .release = release,
};

void
view_take_back(struct app *app, const struct take_back *t, struct json *args)
{
	struct own *own = mem_new(struct own);

	own->t = t;
	own->args = args == NULL ? json_new_object() : args;
	if (picker_open_with(app, &take_back_ops, own) != NULL)
		return;
	json_destroy(own->args);
	free(own);
}
