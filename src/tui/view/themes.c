/* /theme: each theme as one moves over it; Enter keeps it in the user's
 * configuration, Esc goes back to the one before. */
#include <stdlib.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/text/theme.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

static void
load(struct picker *p)
{
	picker_request(p, "theme.list", NULL, false);
}

static void
fill(struct picker *p)
{
	static const char *const grounds[] = { [THEME_DARK] = "dark",
		[THEME_LIGHT] = "light", [THEME_ANY] = "any" };
	bool chosen = list_count(&p->list, false) > 0;

	for (const struct json *i = json_first(json_get(p->data,
	    "themes")); i; i = json_next(i)) {
		struct str name = json_get_str(i, "name");
		struct error err = ERROR_INIT;
		struct list_item *item;
		struct theme theme;

		item = list_add(&p->list, name);
		list_text(item, 0, name);
		item->current = str_eq_c(name, p->text);
		if (theme_parse(json_get_str(i, "text"), &theme, &err) == 0) {
			list_text(item, 1, str_from(theme.summary));
			list_text(item, 2,
			    str_from(grounds[theme.background]));
		} else {
			list_text(item, 1, str_from(err.message));
			item->roles[1] = ROLE_ERROR;
		}
		if (str_eq(json_get_str(i, "source"), STR("user")))
			list_text(item, 3, STR("yours"));
	}
	list_settle(&p->list);
	if (!chosen)
		list_choose(&p->list, str_from(p->text));
}

static void
moved(struct picker *p, const struct list_item *item)
{
	if (item != NULL &&
	    strcmp(item->key, app_theme(p->view.app)->name) != 0)
		app_set_theme(p->view.app, item->key);
}

static void
choose(struct picker *p, const struct list_item *item)
{
	struct json *args = json_new_object();

	json_set_str(args, "key", STR("ui.theme"));
	json_set_str(args, "value", str_from(item->key));
	app_request(p->view.app, "config.set", args, NULL, p->view.app);
	app_set_theme(p->view.app, item->key);
	p->flag = true;
	picker_close(p);
}

static void
release(struct picker *p)
{
	if (!p->flag && strcmp(app_theme(p->view.app)->name, p->text) != 0)
		app_set_theme(p->view.app, p->text);
}

static const struct picker_ops themes_ops = {
	.view = PICKER_VIEW("themes", VIEW_DOCKED),
	.title = "Theme", .choose_hint = "keep",
	.empty = "No theme files were found; friday doctor tells where it "
	    "looks.",
	.columns = { { .cols = 20 }, { .cols = 0, .role = ROLE_MUTED },
	    { .cols = 6, .screen_min = 60, .role = ROLE_MUTED },
	    { .cols = 6, .screen_min = 60, .role = ROLE_MUTED } },
	.load = load, .fill = fill, .choose = choose, .moved = moved,
	.release = release,
};

void
view_themes(struct app *app)
{
	struct picker *p = picker_open(app, &themes_ops);

	if (p != NULL)
		snprintf(p->text, sizeof(p->text), "%s", app_theme(app)->name);
}
