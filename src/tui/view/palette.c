/* The command palette: every action that can be done here and every slash
 * command, with its keys, found by a few letters. */
#include <stdlib.h>

#include "base/units.h"
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/slash.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

static void
add_commands(struct picker *p)
{
	const struct slash_row *row;

	for (size_t i = 0; (row = slash_at(i)) != NULL; i++) {
		struct list_item *item;

		if (str_eq(str_from(row->name), STR("palette")))
			continue;
		item = list_add(&p->list, str_from(row->name));
		list_text(item, 0, str_from(row->summary));
		list_printf(item, 1, "/%s", row->name);
		if (row->aliases != NULL)
			list_search(item, str_from(row->aliases));
		item->data = row;
	}
}

/* Only those of the global context mean something outside of their place. */
static void
add_actions(struct picker *p)
{
	for (int i = 1; i < ACTION_COUNT; i++) {
		const struct action_row *row = &action_table[i];
		struct list_item *item;
		char key[80], hint[64];

		if (row->context != CONTEXT_GLOBAL || i == ACTION_PALETTE)
			continue;
		keymap_hint(app_keymap(p->view.app), (enum action)i, hint);
		snprintf(key, sizeof(key), "action:%d", i);
		item = list_add(&p->list, str_from(key));
		list_text(item, 0, str_from(row->meaning));
		list_text(item, 2, str_from(hint));
		list_search(item, str_from(row->name));
	}
}

static void
add_own_commands(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data,
	    "commands")); i; i = json_next(i)) {
		struct str name = json_get_str(i, "name");
		struct list_item *item;

		if (slash_find(name) != NULL)
			continue;
		item = list_add(&p->list, name);
		list_text(item, 0, json_get_str(i, "description"));
		list_printf(item, 1, "/%.*s", STR_ARG(name));
	}
}

static void
fill(struct picker *p)
{
	add_commands(p);
	add_own_commands(p);
	add_actions(p);
}

static void
load(struct picker *p)
{
	picker_fill(p);
	picker_request(p, "command.list", NULL, true);
}

static bool
needs_argument(const struct slash_row *row)
{
	return row->arguments != NULL && row->arguments[0] != '[';
}

static void
choose(struct picker *p, const struct list_item *item)
{
	struct app *app = p->view.app;
	const struct slash_row *row = item->data;
	CLEANUP(free_ptr) char *key = str_dup(str_from(item->key));
	CLEANUP_BUF struct buf line = BUF_INIT(64 * KIB);
	int64_t action;

	picker_close(p);
	if (str_starts(str_from(key), STR("action:")) &&
	    str_to_int(str_sub(str_from(key), 7, SIZE_MAX), 1,
		ACTION_COUNT - 1, &action)) {
		app_action(app, (enum action)action);
		return;
	}
	buf_printf(&line, "/%s", key);
	if (row != NULL && needs_argument(row)) {
		buf_add_char(&line, ' ');
		composer_set(app_composer(app), buf_str(&line));
	} else if (!app_slash(app, buf_str(&line))) {
		app_submit(app, buf_str(&line), NULL, false);
	}
}

static const struct picker_ops palette_ops = {
	.view = PICKER_VIEW("palette", VIEW_DOCKED),
	.title = "Commands", .choose_hint = "run", .ghost = "what to do",
	.columns = { { .cols = 0 },
	    { .cols = 16, .role = ROLE_ACCENT },
	    { .cols = 14, .role = ROLE_MUTED, .screen_min = 60 } },
	.load = load, .fill = fill, .choose = choose,
};

void
view_palette(struct app *app)
{
	picker_open(app, &palette_ops);
}
