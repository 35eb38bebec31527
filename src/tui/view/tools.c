/* /tools: what the agent can do, with the whole description beside the list. */
#include "tui/app.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

static void
load(struct picker *p)
{
	picker_request(p, "tool.list", NULL, false);
}

static void
fill(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data, "tools")); i;
	    i = json_next(i)) {
		struct str name = json_get_str(i, "name");
		struct list_item *item = list_add(&p->list, name);

		list_text(item, 0, name);
		list_text(item, 1, json_get_str(i, "summary"));
		item->data = i;
	}
}

static void
preview(struct picker *p, const struct list_item *item, int width,
    struct lines *out)
{
	const struct json *tool = item->data;
	const struct json *schema = json_get(json_get(tool, "schema"),
	    "properties");
	CLEANUP_BUF struct buf effects = BUF_INIT(4 * KIB);

	page_text(out, width, json_get_str(tool, "description"), ROLE_TEXT);
	for (const struct json *i = json_first(json_get(tool, "effects")); i;
	    i = json_next(i))
		buf_printf(&effects, "%s%.*s", effects.len > 0 ? ", " : "",
		    STR_ARG(json_str(i)));
	for (size_t i = 0; i < effects.len; i++)
		if (effects.ptr[i] == '_')
			effects.ptr[i] = ' ';
	page_heading(out, "May");
	page_text(out, width, effects.len > 0 ? buf_str(&effects) :
	    STR("do nothing outside of the session"), ROLE_MUTED);
	if (json_count(schema) == 0)
		return;
	page_heading(out, "Arguments");
	for (const struct json *i = json_first(schema); i; i = json_next(i)) {
		CLEANUP_BUF struct buf line = BUF_INIT(16 * KIB);
		struct str about = json_get_str(i, "description");

		buf_printf(&line, "%.*s  %.*s%s%.*s", STR_ARG(json_key(i)),
		    STR_ARG(json_get_str(i, "type")), about.len ? " · " : "",
		    STR_ARG(about));
		page_text(out, width, buf_str(&line), ROLE_MUTED);
	}
}

static const struct picker_ops tools_ops = {
	.view = PICKER_VIEW("tools", VIEW_FULL), .title = "Tools",
	.columns = { { .cols = 22 }, { .cols = 0, .role = ROLE_MUTED } },
	.load = load, .fill = fill, .preview = preview,
};

void
view_tools(struct app *app)
{
	picker_open(app, &tools_ops);
}
