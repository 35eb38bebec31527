/* /permissions: what is allowed, asked and denied here, by the configuration
 * and by answers that were kept; those can be forgotten. */
#include "base/units.h"
#include "tui/app.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

static void
load(struct picker *p)
{
	picker_request(p, "permission.list", NULL, false);
}

static void
add(struct picker *p, struct str rule, struct str source, struct str key)
{
	static const struct {
		const char *word;
		enum style_role role;
	} words[] = {
		{ "allow", ROLE_SUCCESS },
		{ "ask", ROLE_WARNING },
		{ "deny", ROLE_ERROR },
	};
	size_t space = str_find_char(rule, ' ', 0);
	struct str word = str_sub(rule, 0, space);
	struct list_item *item = list_add(&p->list, key);

	list_text(item, 0, word);
	list_text(item, 1, space == SIZE_MAX ? STR_NONE :
					       str_sub(rule, space + 1,
						   SIZE_MAX));
	list_text(item, 2, source);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq_c(word, words[i].word))
			item->roles[0] = (uint8_t)words[i].role;
}

static void
fill(struct picker *p)
{
	int index = 0;

	for (const struct json *i = json_first(json_get(p->data,
	    "remembered")); i; i = json_next(i), index++) {
		CLEANUP_BUF struct buf rule = BUF_INIT(8 * KIB);
		struct str pattern = json_get_str(i, "pattern");
		char key[32];

		snprintf(key, sizeof(key), "remembered:%d", index);
		buf_printf(&rule, "allow %.*s", STR_ARG(json_get_str(i,
		    "tool")));
		if (pattern.len > 0)
			buf_printf(&rule, "(%.*s)", STR_ARG(pattern));
		add(p, buf_str(&rule), STR("your answer"), str_from(key));
	}
	for (const struct json *i = json_first(json_get(p->data,
	    "configured")); i; i = json_next(i))
		add(p, json_get_str(i, "rule"), json_get_str(i, "source"),
		    STR("configured"));
}

static void
forget(struct picker *p, const struct list_item *item)
{
	struct json *args;
	int64_t index;

	if (item == NULL)
		return;
	if (!str_starts(str_from(item->key), STR("remembered:")) ||
	    !str_to_int(str_sub(str_from(item->key), 11, SIZE_MAX), 0,
		INT32_MAX, &index)) {
		app_toast(p->view.app, TOAST_INFO,
		    "That one is in the configuration: see /settings");
		return;
	}
	args = json_new_object();
	json_set_int(args, "index", index);
	picker_do(p, "permission.remove", args, false);
}

static void
mode(struct picker *p, const struct list_item *item)
{
	view_modes(p->view.app);
}

static const struct picker_key keys[] = {
	{ { 'd', MOD_CTRL }, "^D forget", forget },
	{ { SYM_DELETE, 0 }, NULL, forget },
	{ { SYM_TAB, 0 }, "Tab mode", mode },
	{ .run = NULL },
};

static const struct picker_ops permissions_ops = {
	.view = PICKER_VIEW("permissions", VIEW_DOCKED),
	.title = "Permissions",
	.empty = "No rules: the mode alone decides. An approval that is "
	    "answered with \"always\" appears here.",
	.columns = { { .cols = 6 }, { .cols = 0 },
	    { .cols = 14, .screen_min = 50, .role = ROLE_MUTED } },
	.keys = keys, .load = load, .fill = fill,
};

void
view_permissions(struct app *app)
{
	picker_open(app, &permissions_ops);
}
