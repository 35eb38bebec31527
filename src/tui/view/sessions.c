/* /sessions: those of this folder, or all, or the trash; with what was said in
 * them beside the list. Typing finds titles at once; the store is asked for
 * sessions whose text has the words. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/app.h"
#include "tui/view/format.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/prompt.h"
#include "tui/view/views.h"

enum {
	LIMIT = 5000,
	PREVIEW_EVENTS = 60,
	LATER_MS = 150,
	SAID_BYTES = 1200,
};

enum shown { HERE, EVERYWHERE, TRASH, SHOWN };

struct sessions {
	enum shown shown;
	struct json *preview; /* events of the chosen one */
	char *preview_of;     /* its id; NULL: none */
	char *asked;	      /* the words that were searched for; NULL */
	struct json *found;   /* reply of session.search for them */
};

static const struct picker_ops sessions_ops;

static void
load(struct picker *p)
{
	struct sessions *own = p->own;
	struct json *args = json_new_object();

	json_set_int(args, "limit", LIMIT);
	json_set_bool(args, "here", own->shown == HERE);
	json_set_bool(args, "trash", own->shown == TRASH);
	free(own->asked);
	own->asked = NULL;
	picker_request(p, "session.list", args, false);
}

/* What was said there with the searched words; none: nothing. */
static struct str
line_of(const struct sessions *own, struct str id)
{
	for (const struct json *i = json_first(json_get(own->found,
	    "sessions")); i; i = json_next(i))
		if (str_eq(json_get_str(i, "session"), id))
			return json_get_str(i, "snippet");
	return STR_NONE;
}

static void
fill(struct picker *p)
{
	const struct sessions *own = p->own;

	for (const struct json *i = json_first(json_get(p->data,
	    "sessions")); i; i = json_next(i)) {
		struct str id = json_get_str(i, "session");
		struct str title = json_get_str(i, "title");
		struct list_item *item;
		char age[FORMAT_SIZE];

		/* One in which nothing was said says nothing here. */
		if (json_get_int(i, "messages", 0) == 0 && title.len == 0)
			continue;
		item = list_add(&p->list, id);
		list_text(item, 0, title.len > 0 ? title : STR("(no title)"));
		if (own->shown != HERE)
			list_text(item, 1, json_get_str(i, "folder"));
		list_printf(item, 2, "%lld msg",
		    (long long)json_get_int(i, "messages", 0));
		format_age(json_get_str(i, "updated"), age);
		list_text(item, 3, str_from(age));
		/* What was searched for was said there. */
		if (own->asked != NULL && line_of(own, id).len > 0)
			list_search(item, str_from(own->asked));
		item->current = str_eq_c(id, app_session(p->view.app));
		item->data = i;
	}
}

/* --- the preview --------------------------------------------------------- */

static void
on_preview(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct picker *p = ctx;
	struct sessions *own = p->own;

	json_destroy(own->preview);
	own->preview = status == 0 ? json_copy(json_get(reply, "events")) :
				     NULL;
	p->preview_is_old = true;
	app_damage(app, PART_VIEWS);
}

static void
ask_preview(struct app *app, void *owner)
{
	struct picker *p = owner;
	struct sessions *own = p->own;
	const struct list_item *item = list_chosen(&p->list);
	struct json *args;

	if (item == NULL || (own->preview_of != NULL &&
	    strcmp(own->preview_of, item->key) == 0))
		return;
	free(own->preview_of);
	own->preview_of = mem_strdup(item->key);
	json_destroy(own->preview);
	own->preview = NULL;
	args = json_new_object();
	json_set_str(args, "session", str_from(item->key));
	json_set_int(args, "before", INT32_MAX);
	json_set_int(args, "limit", PREVIEW_EVENTS);
	app_request(app, "transcript", args, on_preview, p);
}

static void
on_found(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct picker *p = ctx;
	struct sessions *own = p->own;

	json_destroy(own->found);
	own->found = status == 0 ? json_copy(reply) : NULL;
	picker_fill(p);
}

static void
ask_words(struct app *app, void *owner)
{
	struct picker *p = owner;
	struct sessions *own = p->own;
	struct str words = str_trim(field_text(&p->list.filter));
	struct json *args;

	if (words.len < 2 || (own->asked != NULL &&
	    str_eq_c(words, own->asked)))
		return;
	free(own->asked);
	own->asked = str_dup(words);
	args = json_new_object();
	json_set_str(args, "text", words);
	json_set_bool(args, "here", own->shown == HERE);
	json_set_bool(args, "trash", own->shown == TRASH);
	app_request(app, "session.search", args, on_found, p);
}

/* Neither is asked for with each key: only when one stops for a moment. */
static void
moved(struct picker *p, const struct list_item *item)
{
	app_after(p->view.app, LATER_MS, ask_preview, p);
	app_after(p->view.app, LATER_MS, ask_words, p);
}

/* The beginning is enough to know it again. */
static void
add_said(struct picker *p, struct lines *out, int width, struct str text,
    bool user)
{
	text.len = utf8_cut(text.ptr, text.len, SAID_BYTES);
	if (user)
		page_text(out, width, text, ROLE_USER);
	else
		page_markdown(out, width, text, picker_colors(p));
}

static void
preview(struct picker *p, const struct list_item *item, int width,
    struct lines *out)
{
	const struct sessions *own = p->own;
	const struct json *s = item->data;
	char cost[FORMAT_SIZE];
	CLEANUP_BUF struct buf head = BUF_INIT(8 * KIB);

	format_microusd(json_get_int(s, "cost_microusd", 0), cost);
	buf_printf(&head, "%.*s/%.*s · %.*s · %s",
	    STR_ARG(json_get_str(s, "provider")),
	    STR_ARG(json_get_str(s, "model")), STR_ARG(json_get_str(s,
	    "mode")), cost);
	page_text(out, width, buf_str(&head), ROLE_MUTED);
	if (own->asked != NULL && field_text(&p->list.filter).len > 0 &&
	    line_of(own, str_from(item->key)).len > 0)
		page_text(out, width, line_of(own, str_from(item->key)),
		    ROLE_ACCENT);
	if (own->preview_of == NULL ||
	    strcmp(own->preview_of, item->key) != 0)
		return;
	for (const struct json *e = json_first(own->preview); e;
	    e = json_next(e)) {
		struct str type = json_get_str(e, "type");
		struct str text = str_trim(json_get_str(e, "text"));
		bool user = str_eq(type, STR("user.message"));

		if (!user && !str_eq(type, STR("message.finished")))
			continue;
		if (text.len == 0)
			continue;
		lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
		add_said(p, out, width, text, user);
	}
}

/* --- what can be done ---------------------------------------------------- */

static struct json *
one(const struct list_item *item)
{
	struct json *args = json_new_object();

	json_set_str(args, "session", str_from(item->key));
	return args;
}

static void
choose(struct picker *p, const struct list_item *item)
{
	const struct sessions *own = p->own;
	struct app *app = p->view.app;

	if (own->shown == TRASH) {
		picker_do(p, "session.undelete", one(item), false);
		return;
	}
	if (!item->current)
		app_open_session(app, "session.open", one(item));
	picker_close(p);
}

struct renaming {
	char *id;
};

static void
on_renamed(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct picker *p = picker_find(app, &sessions_ops);

	if (status != 0)
		app_toast_error(app, reply);
	if (p != NULL)
		picker_reload(p);
}

static bool
rename_done(struct app *app, struct str text, void *ctx)
{
	struct renaming *r = ctx;
	struct json *args;

	if (text.len == 0)
		return false;
	args = json_new_object();
	json_set_str(args, "session", str_from(r->id));
	json_set_str(args, "title", text);
	app_request(app, "session.rename", args, on_renamed, app);
	return true;
}

static void
rename_release(void *ctx)
{
	struct renaming *r = ctx;

	free(r->id);
	free(r);
}

static void
rename_one(struct picker *p, const struct list_item *item)
{
	struct renaming *r;
	struct prompt_opts opts = { .title = "Name of the session",
		.done = rename_done, .release = rename_release };

	if (item == NULL)
		return;
	r = mem_new(struct renaming);
	r->id = mem_strdup(item->key);
	opts.ctx = r;
	opts.text = str_from(item->text[0]);
	prompt_open(p->view.app, &opts);
}

static void
on_forked(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct picker *p = ctx;
	struct json *args;

	if (status != 0) {
		app_toast_error(app, reply);
		return;
	}
	args = json_new_object();
	json_set_str(args, "session", json_get_str(reply, "session"));
	app_open_session(app, "session.open", args);
	picker_close(p);
}

static void
fork_one(struct picker *p, const struct list_item *item)
{
	if (item != NULL)
		app_request(p->view.app, "session.fork", one(item), on_forked,
		    p);
}

static void
trash_one(struct picker *p, const struct list_item *item)
{
	const struct sessions *own = p->own;

	if (item == NULL || own->shown == TRASH)
		return;
	if (item->current)
		app_toast(p->view.app, TOAST_WARNING,
		    "That is the open one; /new first");
	else
		picker_do(p, "session.delete", one(item), false);
}

static void
next_shown(struct picker *p, const struct list_item *item)
{
	static const char *const names[SHOWN] = { [HERE] = "Sessions here",
		[EVERYWHERE] = "All sessions", [TRASH] = "Trash" };
	struct sessions *own = p->own;

	own->shown = (own->shown + 1) % SHOWN;
	p->title = names[own->shown];
	p->choose_hint = own->shown == TRASH ? "take out" : NULL;
	picker_reload(p);
}

static void
release(struct picker *p)
{
	struct sessions *own = p->own;

	json_destroy(own->preview);
	free(own->preview_of);
	free(own->asked);
	json_destroy(own->found);
	free(own);
}

static const struct picker_key keys[] = {
	{ { 'r', MOD_CTRL }, "^R rename", rename_one },
	{ { 'f', MOD_CTRL }, "^F fork", fork_one },
	{ { 'd', MOD_CTRL }, "^D trash", trash_one },
	{ { SYM_TAB, 0 }, "Tab all, trash", next_shown },
	{ .run = NULL },
};

static const struct picker_ops sessions_ops = {
	.view = PICKER_VIEW("sessions", VIEW_FULL),
	.title = "Sessions here", .choose_hint = "go on",
	.empty = "No sessions.", .ghost = "type to search titles and text",
	.columns = { { .cols = 0 },
	    { .cols = 30, .screen_min = 70, .head = true,
		.role = ROLE_MUTED },
	    { .cols = 9, .screen_min = 60, .right = true,
		.role = ROLE_MUTED },
	    { .cols = 10, .right = true, .role = ROLE_MUTED } },
	.keys = keys, .load = load, .fill = fill, .choose = choose,
	.moved = moved, .preview = preview, .release = release,
};

void
view_sessions(struct app *app)
{
	struct sessions *own = mem_new(struct sessions);

	if (picker_open_with(app, &sessions_ops, own) == NULL)
		free(own);
}
