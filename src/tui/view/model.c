/* /model: the models of every provider that is set up, with context and price,
 * and how much they think. */
#include "base/units.h"
#include "tui/app.h"
#include "tui/view/format.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

static const char *const efforts[] = { "default", "none", "low", "medium",
	"high" };

static void
load(struct picker *p)
{
	struct json *args = json_new_object();

	json_set_bool(args, "all", p->flag);
	picker_request(p, "model.list", args, false);
}

static void
price(const struct json *model, char out[2 * FORMAT_SIZE])
{
	const struct json *usd = json_get(model, "usd_per_million");
	double in = json_number(json_get(usd, "input"), -1);
	double back = json_number(json_get(usd, "output"), -1);

	out[0] = '\0';
	if (in == 0 && back == 0)
		snprintf(out, 2 * FORMAT_SIZE, "free");
	else if (in >= 0 && back >= 0)
		snprintf(out, 2 * FORMAT_SIZE, "$%g in $%g out", in, back);
}

static void
add_model(struct picker *p, const struct json *provider,
    const struct json *model)
{
	const struct facts *f = app_facts(p->view.app);
	struct str name = json_get_str(provider, "provider");
	struct str id = json_get_str(model, "id");
	CLEANUP_BUF struct buf key = BUF_INIT(8 * KIB);
	char text[2 * FORMAT_SIZE];
	struct list_item *item;

	buf_printf(&key, "%.*s/%.*s", STR_ARG(name), STR_ARG(id));
	item = list_add(&p->list, buf_str(&key));
	list_text(item, 0, id);
	if (json_get_int(model, "context", 0) > 0) {
		format_count(json_get_int(model, "context", 0), text);
		list_text(item, 1, str_from(text));
	}
	price(model, text);
	list_text(item, 2, str_from(text));
	list_printf(item, 3, "%s%s",
	    json_get_bool(model, "reasoning", false) ? "thinks " : "",
	    json_get_bool(model, "images", false) ? "sees" : "");
	list_search(item, name);
	item->current = str_eq_c(id, f->model) &&
	    str_eq_c(name, f->provider);
	item->data = model;
}

static void
fill(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data,
	    "providers")); i; i = json_next(i)) {
		const struct json *models = json_get(i, "models");
		struct str fault = json_get_str(json_get(i, "error"),
		    "message");
		CLEANUP_BUF struct buf head = BUF_INIT(8 * KIB);

		/* A local server that does not run has nothing to choose. */
		if (json_count(models) == 0 && !p->flag)
			continue;
		buf_add_str(&head, json_get_str(i, "title"));
		if (fault.len > 0)
			buf_printf(&head, " · %.*s", STR_ARG(fault));
		else if (str_eq(json_get_str(i, "source"), STR("server")))
			buf_add_cstr(&head, " · asked just now");
		list_add_heading(&p->list, buf_str(&head));
		for (const struct json *m = json_first(models); m;
		    m = json_next(m))
			add_model(p, i, m);
	}
}

static void
choose(struct picker *p, const struct list_item *item)
{
	struct json *args = json_new_object();
	size_t slash = str_find_char(str_from(item->key), '/', 0);

	json_set_str(args, "provider", str_sub(str_from(item->key), 0,
	    slash));
	json_set_str(args, "model", str_sub(str_from(item->key), slash + 1,
	    SIZE_MAX));
	app_request_session(p->view.app, "session.model", args, NULL,
	    p->view.app);
	picker_close(p);
}

void
view_effort(struct app *app, int step)
{
	const char *now = app_facts(app)->effort;
	struct json *args;
	int at = 0;

	for (int i = 0; i < (int)ARRAY_LEN(efforts); i++)
		if (strcmp(now, efforts[i]) == 0)
			at = i;
	at += step;
	if (at < 0 || at >= (int)ARRAY_LEN(efforts))
		return;
	args = json_new_object();
	json_set_str(args, "effort", str_from(efforts[at]));
	app_request_session(app, "session.model", args, NULL, app);
	app_toast(app, TOAST_INFO, "Effort: %s", efforts[at]);
}

static void
less(struct picker *p, const struct list_item *item)
{
	view_effort(p->view.app, -1);
}

static void
more(struct picker *p, const struct list_item *item)
{
	view_effort(p->view.app, 1);
}

static void
all(struct picker *p, const struct list_item *item)
{
	p->flag = !p->flag;
	picker_reload(p);
}

static const struct picker_key keys[] = {
	{ { SYM_LEFT, 0 }, "←→ effort", less },
	{ { SYM_RIGHT, 0 }, NULL, more },
	{ { SYM_TAB, 0 }, "Tab all providers", all },
	{ .run = NULL },
};

static void
on_event(struct picker *p, const struct json *event)
{
	if (str_eq(json_get_str(event, "type"), STR("model.changed")))
		picker_fill(p);
}

static const struct picker_ops model_ops = {
	.view = PICKER_VIEW("model", VIEW_DOCKED),
	.title = "Model", .choose_hint = "choose",
	.empty = "No provider is set up: put a key into its variable, start a "
	    "local server, or see docs/library.md.",
	.columns = { { .cols = 0 },
	    { .cols = 7, .right = true, .role = ROLE_MUTED },
	    { .cols = 22, .screen_min = 56, .role = ROLE_MUTED },
	    { .cols = 12, .screen_min = 72, .role = ROLE_MUTED } },
	.keys = keys, .load = load, .fill = fill, .choose = choose,
	.event = on_event,
};

void
view_model(struct app *app)
{
	picker_open(app, &model_ops);
}
