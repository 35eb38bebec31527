/* /mode: the four modes with what they mean. */
#include "base/units.h"
#include "tui/app.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

static const struct {
	const char *name, *meaning;
	enum style_role role;
} modes[] = {
	{ "plan", "Reads only; makes plans", ROLE_MODE_PLAN },
	{ "ask", "Asks before each change and command", ROLE_MODE_ASK },
	{ "edit", "Changes files without asking; asks before commands",
	    ROLE_MODE_EDIT },
	{ "auto", "Does everything that no rule forbids", ROLE_MODE_AUTO },
};

static void
fill(struct picker *p)
{
	const struct facts *f = app_facts(p->view.app);

	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		struct str name = str_from(modes[i].name);
		struct list_item *item = list_add(&p->list, name);

		list_text(item, 0, name);
		list_text(item, 1, str_from(modes[i].meaning));
		item->roles[0] = (uint8_t)modes[i].role;
		item->current = str_eq_c(name, f->mode);
	}
}

static void
load(struct picker *p)
{
	picker_fill(p);
	list_choose(&p->list, str_from(app_facts(p->view.app)->mode));
}

static void
choose(struct picker *p, const struct list_item *item)
{
	struct json *args = json_new_object();

	json_set_str(args, "mode", str_from(item->key));
	app_request_session(p->view.app, "session.mode", args, NULL,
	    p->view.app);
	picker_close(p);
}

static const struct picker_ops modes_ops = {
	.view = PICKER_VIEW("modes", VIEW_DOCKED),
	.title = "Mode", .choose_hint = "choose", .ghost = "",
	.columns = { { .cols = 8 }, { .role = ROLE_MUTED } },
	.load = load, .fill = fill, .choose = choose,
};

void
view_modes(struct app *app)
{
	picker_open(app, &modes_ops);
}
