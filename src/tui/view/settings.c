/* /settings: every setting with its value, where it comes from and what it
 * means. Enter changes it in the user's configuration; core checks it. */
#include <stdlib.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/prompt.h"
#include "tui/view/views.h"

static const struct picker_ops settings_ops;

static void
load(struct picker *p)
{
	picker_request(p, "config.show", NULL, false);
}

static void
value_text(const struct json *value, struct buf *out)
{
	if (value == NULL || json_is(value, JSON_NULL))
		buf_add_cstr(out, "–");
	else if (json_is(value, JSON_STRING))
		buf_add_str(out, json_str(value));
	else
		json_print(value, out);
}

static void
fill(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data,
	    "settings")); i; i = json_next(i)) {
		struct str key = json_get_str(i, "key");
		struct str source = json_get_str(i, "source");
		struct list_item *item = list_add(&p->list, key);
		CLEANUP_BUF struct buf value = BUF_INIT(1 * MIB);
		bool own = !str_eq(source, STR("default")) &&
		    !str_eq(source, STR("unset"));

		value_text(json_get(i, "value"), &value);
		list_text(item, 0, key);
		list_text(item, 1, buf_str(&value));
		list_text(item, 2, source);
		list_search(item, json_get_str(i, "summary"));
		if (own)
			item->roles[1] = item->roles[2] = ROLE_ACCENT;
		item->data = i;
	}
}

static void
preview(struct picker *p, const struct list_item *item, int width,
    struct lines *out)
{
	static const struct {
		const char *key, *name;
	} members[] = {
		{ "kind", "kind" }, { "values", "one of" },
		{ "default", "default" }, { "env", "variable" },
		{ "flag", "option" },
	};
	const struct json *s = item->data;

	page_text(out, width, json_get_str(s, "summary"), ROLE_TEXT);
	lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		CLEANUP_BUF struct buf value = BUF_INIT(1 * MIB);

		if (json_get(s, members[i].key) == NULL)
			continue;
		value_text(json_get(s, members[i].key), &value);
		page_pair(out, width, 10, members[i].name, buf_str(&value),
		    ROLE_TEXT);
	}
	if (json_get_str(p->data, "ignored").len == 0)
		return;
	page_heading(out, "Not taken from this folder until it is trusted");
	page_text(out, width, json_get_str(p->data, "ignored"),
	    ROLE_WARNING);
}

/* --- changing ------------------------------------------------------------ */

struct change {
	char *key;
	bool is_text;	 /* strings need no quotes */
	bool is_strings; /* items separated by commas do, too */
};

static void
change_release(void *ctx)
{
	struct change *c = ctx;

	free(c->key);
	free(c);
}

static void
on_set(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct picker *p = picker_find(app, &settings_ops);
	struct str source = json_get_str(reply, "source");

	if (status != 0)
		app_toast_error(app, reply);
	else if (!str_eq(source, STR("user")) &&
	    !str_eq(source, STR("default")))
		app_toast(app, TOAST_WARNING, "Kept, but %.*s sets it too "
		    "and counts here", STR_ARG(source));
	else
		app_toast(app, TOAST_INFO,
		    "Kept; it counts from the next session on");
	if (p != NULL)
		picker_reload(p);
}

static void
set(struct app *app, const char *key, struct json *value)
{
	struct json *args = json_new_object();

	json_set_str(args, "key", str_from(key));
	json_set(args, "value", value != NULL ? value : json_new_null());
	app_request(app, "config.set", args, on_set, app);
	if (strcmp(key, "ui.theme") == 0 && json_is(value, JSON_STRING))
		app_set_theme(app, json_str(value).ptr);
}

static struct json *
strings_of(struct str text)
{
	struct json *list = json_new_array();
	struct str one;

	while (str_next_field(&text, ',', &one))
		if (str_trim(one).len > 0)
			json_add(list, json_new_str(str_trim(one)));
	return list;
}

static bool
change_done(struct app *app, struct str text, void *ctx)
{
	const struct change *c = ctx;
	struct json *value = NULL;
	struct error err = ERROR_INIT;

	if (text.len == 0) {
		set(app, c->key, NULL);
		return true;
	}
	if (c->is_text) {
		value = json_new_str(text);
	} else if (c->is_strings && text.ptr[0] != '[') {
		value = strings_of(text);
	} else if (json_parse(text, NULL, &value, &err) != 0) {
		app_toast(app, TOAST_WARNING, "%s", err.message);
		return false;
	}
	set(app, c->key, value);
	return true;
}

static void
ask_value(struct app *app, const struct json *s)
{
	struct str kind = json_get_str(s, "kind");
	CLEANUP(free_ptr) char *title = str_dup(json_get_str(s, "key"));
	CLEANUP(free_ptr) char *note = str_dup(json_get_str(s, "summary"));
	CLEANUP_BUF struct buf value = BUF_INIT(1 * MIB);
	struct change *c = mem_new(struct change);
	struct prompt_opts opts = { .title = title, .note = note,
		.ghost = STR("empty: the default"), .done = change_done,
		.ctx = c, .release = change_release };

	c->key = mem_strdup(title);
	c->is_text = str_eq(kind, STR("string"));
	c->is_strings = str_eq(kind, STR("strings"));
	if (json_get(s, "value") != NULL &&
	    !json_is(json_get(s, "value"), JSON_NULL))
		value_text(json_get(s, "value"), &value);
	opts.text = buf_str(&value);
	prompt_open(app, &opts);
}

/* A word of the row's list, or true and false: the next one. */
static void
next_value(struct app *app, const struct json *s)
{
	struct str rest = json_get_str(s, "values"), word, first = STR_NONE;
	struct str now = json_get_str(s, "value"), next = STR_NONE;
	CLEANUP(free_ptr) char *key = str_dup(json_get_str(s, "key"));
	bool passed = false;

	if (rest.len == 0) {
		set(app, key, json_new_bool(!json_get_bool(s, "value",
		    false)));
		return;
	}
	while (str_next_field(&rest, ' ', &word)) {
		if (first.len == 0)
			first = word;
		if (passed && next.len == 0)
			next = word;
		passed |= str_eq(word, now);
	}
	set(app, key, json_new_str(next.len > 0 ? next : first));
}

static void
choose(struct picker *p, const struct list_item *item)
{
	const struct json *s = item->data;
	struct str kind = json_get_str(s, "kind");

	if (str_eq(kind, STR("boolean")) || str_eq(kind, STR("enum")))
		next_value(p->view.app, s);
	else if (str_eq(kind, STR("object")))
		app_toast(p->view.app, TOAST_INFO,
		    "This one is edited in config.json itself");
	else
		ask_value(p->view.app, s);
}

static void
reset(struct picker *p, const struct list_item *item)
{
	if (item != NULL)
		set(p->view.app, item->key, NULL);
}

static const struct picker_key keys[] = {
	{ { 'd', MOD_CTRL }, "^D default", reset },
	{ .run = NULL },
};

static const struct picker_ops settings_ops = {
	.view = PICKER_VIEW("settings", VIEW_FULL),
	.title = "Settings", .choose_hint = "change",
	.columns = { { .cols = 26 }, { .cols = 0, .role = ROLE_CODE },
	    { .cols = 11, .screen_min = 50, .role = ROLE_MUTED } },
	.keys = keys, .load = load, .fill = fill, .choose = choose,
	.preview = preview,
};

void
view_settings(struct app *app)
{
	picker_open(app, &settings_ops);
}
