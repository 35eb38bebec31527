/* /compact and /summary: what stands for the older turns. A compaction is a
 * run of its own; when it has ended the summary is shown, and can be put into
 * the input to be changed before it counts for the next request. */
#include "base/mem.h"
#include "base/term_text.h"
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/text/markdown.h"
#include "tui/view/format.h"
#include "tui/view/page.h"
#include "tui/view/views.h"

struct summary {
	bool compacting;
	int64_t before, after; /* tokens; 0: nothing was compacted now */
};

static void
load(struct page *p)
{
	const struct summary *own = p->own;

	if (!own->compacting)
		page_request(p, "session.summary", NULL, true);
}

static void
build(struct page *p, int width, struct lines *out)
{
	const struct summary *own = p->own;
	char before[FORMAT_SIZE], after[FORMAT_SIZE], line[128];
	CLEANUP_BUF struct buf clean = BUF_INIT(16 * MIB);
	struct markdown_opts opts = { .width = width };
	struct markdown *m;

	if (own->compacting) {
		page_text(out, width, STR("Summing up the older turns…"),
		    ROLE_MUTED);
		return;
	}
	if (own->before > 0) {
		format_count(own->before, before);
		format_count(own->after, after);
		snprintf(line, sizeof(line),
		    "%s tokens became %s. This stands for what was before:",
		    before, after);
		page_text(out, width, str_from(line), ROLE_MUTED);
		lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	}
	term_text(json_get_str(p->data, "text"), &clean);
	m = markdown_create(&opts);
	markdown_feed(m, buf_str(&clean));
	markdown_finish(m);
	lines_append(out, markdown_lines(m), 0, SIZE_MAX);
	markdown_destroy(m);
}

static void
on_event(struct page *p, const struct json *event)
{
	struct summary *own = p->own;
	struct str type = json_get_str(event, "type");

	if (str_eq(type, STR("compacted"))) {
		own->before = json_get_int(event, "tokens_before", 0);
		own->after = json_get_int(event, "tokens_after", 0);
		own->compacting = false;
		json_destroy(p->data);
		p->data = json_new_object();
		json_set_str(p->data, "text", json_get_str(event, "summary"));
		page_relayout(p);
	} else if (str_eq(type, STR("run.finished")) && own->compacting) {
		/* Why is in the transcript. */
		app_toast(p->view.app, TOAST_INFO, "Nothing was summed up");
		page_close(p);
	}
}

/* The composer has undo, $EDITOR and all that a long text needs. */
static void
edit(struct page *p)
{
	struct app *app = p->view.app;
	CLEANUP_BUF struct buf text = BUF_INIT(16 * MIB);

	if (json_get_str(p->data, "text").len == 0)
		return;
	buf_add_cstr(&text, "/summary ");
	buf_add_str(&text, json_get_str(p->data, "text"));
	composer_set(app_composer(app), buf_str(&text));
	page_close(p);
	app_toast(app, TOAST_INFO, "Change it and press Enter; it counts "
	    "from the next request on");
}

static void
release(struct page *p)
{
	free(p->own);
}

static const struct page_key keys[] = {
	{ { 'e', 0 }, "e edit", edit },
	{ .run = NULL },
};

static const struct page_ops summary_ops = {
	.view = PAGE_VIEW("summary", VIEW_FULL),
	.title = "Summary", .keys = keys, .load = load, .build = build,
	.event = on_event, .release = release,
};

static void
on_compact(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct view *open = app_find(app, &summary_ops.view);

	if (status == 0)
		return;
	if (open != NULL)
		app_close(app, open);
	app_toast_error(app, reply);
}

static void
open_page(struct app *app, bool compacting)
{
	struct summary *own = mem_new(struct summary);

	own->compacting = compacting;
	if (page_open(app, &summary_ops, own) == NULL)
		free(own);
}

void
view_summary(struct app *app)
{
	open_page(app, false);
}

void
view_compact(struct app *app, struct str instructions)
{
	struct json *args = json_new_object();

	json_set_str(args, "instructions", instructions);
	open_page(app, true);
	app_request_session(app, "session.compact", args, on_compact, app);
}
