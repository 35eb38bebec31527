/* /ps: background shells of the session; Enter shows the output of one as it
 * comes. */
#include <stdlib.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/text/plain_output.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

/* --- output of one ------------------------------------------------------- */

struct output {
	char *id;
	struct buf text; /* what came since it was asked for */
};

static struct json *
shell_args(const char *id)
{
	struct json *args = json_new_object();

	json_set_str(args, "shell_id", str_from(id));
	return args;
}

static void
output_load(struct page *p)
{
	struct output *own = p->own;

	buf_clear(&own->text);
	page_request(p, "shell.output", shell_args(own->id), true);
}

static void
output_build(struct page *p, int width, struct lines *out)
{
	const struct output *own = p->own;
	struct str text = json_get_str(p->data, "text");
	CLEANUP_BUF struct buf all = BUF_INIT(64 * MIB);
	CLEANUP_BUF struct buf plain = BUF_INIT(64 * MIB);

	page_text(out, width, json_get_str(p->data, "command"), ROLE_CODE);
	lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	if (text.len + own->text.len == 0)
		page_text(out, width, STR("No output yet."), ROLE_MUTED);
	/* What came later may go on in the middle of a line. */
	buf_add_str(&all, text);
	buf_add_str(&all, buf_str(&own->text));
	plain_output(buf_str(&all), &plain);
	page_text(out, width, str_trim_end(buf_str(&plain)), ROLE_TEXT);
	if (!json_get_bool(p->data, "running", true))
		page_text(out, width, json_get(p->data, "signal") != NULL ?
		    STR("It was ended.") : STR("It has ended."), ROLE_MUTED);
}

/* Text that comes is added; after a lot of it, it is asked for again, which
 * gives its beginning and its end. */
static void
output_event(struct page *p, const struct json *event)
{
	struct output *own = p->own;
	struct str type = json_get_str(event, "type");

	if (!str_eq_c(json_get_str(event, "shell_id"), own->id))
		return;
	if (str_eq(type, STR("shell.exited"))) {
		page_reload(p);
		return;
	}
	if (!str_eq(type, STR("shell.output")) || p->loading)
		return;
	if (buf_add_str(&own->text, json_get_str(event, "text")) != 0)
		page_reload(p);
	page_relayout(p);
}

static void
output_release(struct page *p)
{
	struct output *own = p->own;

	free(own->id);
	buf_release(&own->text);
	free(own);
}

static void
output_stop(struct page *p)
{
	struct output *own = p->own;

	page_do(p, "shell.stop", shell_args(own->id), true);
}

static const struct page_key output_keys[] = {
	{ { 'x', 0 }, "x end it", output_stop },
	{ .run = NULL },
};

static const struct page_ops output_ops = {
	.view = PAGE_VIEW("shell", VIEW_FULL),
	.title = "Background shell", .keys = output_keys,
	.load = output_load, .build = output_build, .event = output_event,
	.release = output_release,
};

static void
open_output(struct app *app, const char *id)
{
	struct output *own = mem_new(struct output);
	struct page *p;

	own->id = mem_strdup(id);
	own->text = BUF_INIT(256 * KIB);
	p = page_open(app, &output_ops, own);
	if (p != NULL) {
		p->follow = true;
		return;
	}
	free(own->id);
	free(own);
}

/* --- the list ------------------------------------------------------------ */

static void
load(struct picker *p)
{
	picker_request(p, "shell.list", NULL, true);
}

static void
fill(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data, "shells"));
	    i; i = json_next(i)) {
		struct str id = json_get_str(i, "shell_id");
		struct list_item *item = list_add(&p->list, id);
		int64_t seconds = json_get_int(i, "age_ms", 0) / 1000;

		list_text(item, 0, id);
		list_text(item, 1, json_get_str(i, "command"));
		if (json_get_bool(i, "running", false)) {
			list_text(item, 2, STR("running"));
			item->roles[2] = ROLE_SUCCESS;
		} else if (json_get(i, "signal") != NULL) {
			list_text(item, 2, STR("ended"));
		} else {
			list_printf(item, 2, "exit %lld",
			    (long long)json_get_int(i, "exit_status", 0));
		}
		list_printf(item, 3, "%lldm%02llds",
		    (long long)seconds / 60, (long long)seconds % 60);
	}
}

static void
choose(struct picker *p, const struct list_item *item)
{
	open_output(p->view.app, item->key);
}

static void
stop(struct picker *p, const struct list_item *item)
{
	if (item != NULL)
		picker_do(p, "shell.stop", shell_args(item->key), true);
}

static void
on_event(struct picker *p, const struct json *event)
{
	struct str type = json_get_str(event, "type");

	if (str_eq(type, STR("shell.started")) ||
	    str_eq(type, STR("shell.exited")))
		picker_reload(p);
}

static const struct picker_key keys[] = {
	{ { 'd', MOD_CTRL }, "^D end it", stop },
	{ { SYM_DELETE, 0 }, NULL, stop },
	{ .run = NULL },
};

static const struct picker_ops shells_ops = {
	.view = PICKER_VIEW("shells", VIEW_DOCKED),
	.title = "Background shells", .choose_hint = "output",
	.empty = "None. The agent starts them for servers and watchers.",
	.columns = { { .cols = 5, .role = ROLE_MUTED },
	    { .cols = 0, .role = ROLE_CODE },
	    { .cols = 8, .role = ROLE_MUTED },
	    { .cols = 8, .screen_min = 50, .right = true,
		.role = ROLE_MUTED } },
	.keys = keys, .load = load, .fill = fill, .choose = choose,
	.event = on_event,
};

void
view_shells(struct app *app)
{
	picker_open(app, &shells_ops);
}
