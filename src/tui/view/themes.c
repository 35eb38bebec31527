/* /theme: each theme as one moves over it; Enter keeps it in the user's
 * configuration, Esc goes back to the one before. */
#include <stdlib.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/text/theme.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

/* Names; the theme that is shown may not have come yet. */
struct themes {
	char former[64], wanted[64];
};

static void
show(struct picker *p, const char *name)
{
	struct themes *own = p->own;

	if (strcmp(own->wanted, name) == 0)
		return;
	snprintf(own->wanted, sizeof(own->wanted), "%s", name);
	app_set_theme(p->view.app, name);
}

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
	const struct themes *own = p->own;
	bool chosen = list_count(&p->list, false) > 0;

	for (const struct json *i = json_first(json_get(p->data,
	    "themes")); i; i = json_next(i)) {
		struct str name = json_get_str(i, "name");
		struct error err = ERROR_INIT;
		struct list_item *item;
		struct theme theme;

		item = list_add(&p->list, name);
		list_text(item, 0, name);
		item->current = str_eq_c(name, own->former);
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
		list_choose(&p->list, str_from(own->former));
}

static void
moved(struct picker *p, const struct list_item *item)
{
	if (item != NULL)
		show(p, item->key);
}

static void
choose(struct picker *p, const struct list_item *item)
{
	struct themes *own = p->own;
	struct json *args = json_new_object();

	json_set_str(args, "key", STR("ui.theme"));
	json_set_str(args, "value", str_from(item->key));
	app_request(p->view.app, "config.set", args, NULL, p->view.app);
	show(p, item->key);
	memcpy(own->former, own->wanted, sizeof(own->former));
	picker_close(p);
}

static void
release(struct picker *p)
{
	struct themes *own = p->own;

	show(p, own->former);
	free(own);
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
	struct themes *own = mem_new(struct themes);

	snprintf(own->former, sizeof(own->former), "%s",
	    app_theme(app)->name);
	memcpy(own->wanted, own->former, sizeof(own->wanted));
	if (picker_open_with(app, &themes_ops, own) == NULL)
		free(own);
}
