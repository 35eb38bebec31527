/* /rewind: back to before one of the user's messages - conversation and files,
 * or one of them. The text goes back into the input. */
#include <stdlib.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/transcript/transcript.h"
#include "tui/view/format.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/take_back.h"
#include "tui/view/views.h"

/* --- what is taken back -------------------------------------------------- */

struct choice {
	int64_t seq;
	struct json *plan; /* what the preview found */
};

static const struct {
	const char *what, *text, *meaning;
} choices[] = {
	{ "both", "Conversation and files", "as before that message" },
	{ "conversation", "Only the conversation", "files stay as they are" },
	{ "files", "Only the files", "the conversation stays" },
};

static const struct picker_ops rewind_ops;

static void
choice_load(struct picker *p)
{
	const struct choice *own = p->own;
	struct json *args = json_new_object();

	json_set_int(args, "seq", own->seq);
	json_set_str(args, "what", STR("files"));
	json_set_bool(args, "preview", true);
	picker_request(p, "undo.rewind", args, true);
}

static void
choice_fill(struct picker *p)
{
	size_t files = json_count(json_get(p->data, "files"));
	int64_t conflicts = json_get_int(p->data, "conflicts", 0);

	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		struct list_item *item = list_add(&p->list,
		    str_from(choices[i].what));
		bool of_files = strcmp(choices[i].what, "conversation") != 0;

		list_text(item, 0, str_from(choices[i].text));
		if (!of_files)
			list_text(item, 1, str_from(choices[i].meaning));
		else if (files == 0)
			list_text(item, 1, STR("no file was changed since"));
		else
			list_printf(item, 1, "%zu file%s%s", files,
			    files == 1 ? "" : "s", conflicts > 0 ?
			    "; some were changed by somebody else" : "");
		if (of_files && conflicts > 0)
			item->roles[1] = ROLE_WARNING;
	}
}

static void
on_rewound(struct app *app, int status, const struct json *reply, void *ctx)
{
	bool talk = ctx != NULL;
	struct view *list = app_find(app, &rewind_ops.view);
	struct json *args;

	if (status != 0) {
		app_toast_error(app, reply);
		return;
	}
	if (list != NULL)
		app_close(app, list);
	if (json_get_int(reply, "failed", 0) > 0)
		app_toast(app, TOAST_ERROR, "%lld files could not be put back",
		    (long long)json_get_int(reply, "failed", 0));
	if (!talk) {
		app_toast(app, TOAST_INFO, "The files are as they were");
		return;
	}
	if (composer_is_empty(app_composer(app)))
		composer_set(app_composer(app), json_get_str(reply, "text"));
	/* The transcript is read again without what was taken out. */
	args = json_new_object();
	json_set_str(args, "session", str_from(app_session(app)));
	app_open_session(app, "session.open", args);
	app_toast(app, TOAST_INFO, "Back to before that message");
}

static void
on_files(struct app *app, int status, const struct json *reply, void *ctx)
{
	on_rewound(app, status, reply, NULL);
}

static const struct take_back with_talk = {
	.title = "Go back: conversation and files", .look = "undo.rewind",
	.look_key = "preview", .operation = "undo.rewind", .done = on_rewound,
};

static const struct take_back only_files = {
	.title = "Go back: files", .look = "undo.rewind",
	.look_key = "preview", .operation = "undo.rewind", .done = on_files,
};

/* Files are shown before they change. */
static void
choice_choose(struct picker *p, const struct list_item *item)
{
	const struct choice *own = p->own;
	struct app *app = p->view.app;
	bool talk = strcmp(item->key, "files") != 0;
	bool files = strcmp(item->key, "conversation") != 0 &&
	    json_count(json_get(p->data, "files")) > 0;
	struct json *args = json_new_object();

	json_set_int(args, "seq", own->seq);
	json_set_str(args, "what", str_from(item->key));
	if (files)
		view_take_back(app, talk ? &with_talk : &only_files, args);
	else
		app_request_session(app, "undo.rewind", args,
		    talk ? on_rewound : on_files, app);
	picker_close(p);
}

static void
choice_release(struct picker *p)
{
	free(p->own);
}

static const struct picker_ops choice_ops = {
	.view = PICKER_VIEW("rewind-what", VIEW_DOCKED),
	.title = "Go back", .choose_hint = "go back", .no_filter = true,
	.columns = { { .cols = 26 }, { .cols = 0, .role = ROLE_MUTED } },
	.load = choice_load, .fill = choice_fill, .choose = choice_choose,
	.release = choice_release,
};

/* --- the messages -------------------------------------------------------- */

static void
load(struct picker *p)
{
	picker_request(p, "session.prompts", NULL, true);
}

static void
fill(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data,
	    "prompts")); i; i = json_next(i)) {
		char key[32], age[FORMAT_SIZE];
		struct list_item *item;

		snprintf(key, sizeof(key), "%lld",
		    (long long)json_get_int(i, "seq", 0));
		item = list_add(&p->list, str_from(key));
		list_text(item, 0, json_get_str(i, "text"));
		format_age(json_get_str(i, "time"), age);
		list_text(item, 1, str_from(age));
		if (json_next(i) == NULL)
			list_choose(&p->list, str_from(key));
	}
}

static void
choose(struct picker *p, const struct list_item *item)
{
	struct choice *own = mem_new(struct choice);

	str_to_int(str_from(item->key), 0, INT64_MAX, &own->seq);
	if (picker_open_with(p->view.app, &choice_ops, own) == NULL)
		free(own);
}

static const struct picker_ops rewind_ops = {
	.view = PICKER_VIEW("rewind", VIEW_DOCKED),
	.title = "Go back to before", .choose_hint = "choose",
	.empty = "Nothing was said yet.",
	.columns = { { .cols = 0 },
	    { .cols = 10, .right = true, .role = ROLE_MUTED } },
	.load = load, .fill = fill, .choose = choose,
};

void
view_rewind(struct app *app)
{
	if (app_facts(app)->running)
		app_toast(app, TOAST_WARNING, "Stop the run first (Esc)");
	else
		picker_open(app, &rewind_ops);
}
