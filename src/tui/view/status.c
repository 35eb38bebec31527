/* /status: the session, the model, the folder, and what the doctor finds. */
#include "base/width.h"
#include "tui/app.h"
#include "tui/view/format.h"
#include "tui/view/page.h"
#include "tui/view/views.h"

enum { NAME_COLS = 14, CHECK_COLS_MAX = 20 };

static void
load(struct page *p)
{
	page_request(p, "doctor", NULL, false);
}

static void
add_session(struct page *p, int width, struct lines *out)
{
	const struct facts *f = app_facts(p->view.app);
	CLEANUP_BUF struct buf model = BUF_INIT(8 * KIB);
	CLEANUP_BUF struct buf context = BUF_INIT(8 * KIB);
	char in[FORMAT_SIZE], back[FORMAT_SIZE], cost[FORMAT_SIZE];

	page_heading(out, "Session");
	page_pair(out, width, NAME_COLS, "id",
	    str_from(app_session(p->view.app)), ROLE_TEXT);
	page_pair(out, width, NAME_COLS, "title", str_from(f->title),
	    ROLE_TEXT);
	buf_printf(&model, "%s/%s%s%s", f->provider, f->model,
	    f->effort[0] ? ", effort " : "", f->effort);
	page_pair(out, width, NAME_COLS, "model", buf_str(&model),
	    ROLE_TEXT);
	page_pair(out, width, NAME_COLS, "mode", str_from(f->mode),
	    ROLE_TEXT);
	format_count(f->context_used, in);
	format_count(f->context_limit, back);
	if (f->context_limit > 0)
		buf_printf(&context, "%s of %s tokens", in, back);
	page_pair(out, width, NAME_COLS, "context", buf_str(&context),
	    ROLE_TEXT);
	format_count(f->input_tokens, in);
	format_count(f->output_tokens, back);
	format_microusd(f->session_cost_microusd, cost);
	buf_clear(&context);
	buf_printf(&context, "%s in, %s out, %s", in, back, cost);
	page_pair(out, width, NAME_COLS, "spent", buf_str(&context),
	    ROLE_TEXT);
}

static void
add_folder(struct page *p, int width, struct lines *out)
{
	const struct facts *f = app_facts(p->view.app);
	CLEANUP_BUF struct buf branch = BUF_INIT(8 * KIB);

	page_heading(out, "Folder");
	page_pair(out, width, NAME_COLS, "path", json_get_str(p->data,
	    "folder"), ROLE_TEXT);
	if (f->branch[0] != '\0') {
		buf_printf(&branch, "%s, %d changed", f->branch,
		    f->dirty > 0 ? f->dirty : 0);
		page_pair(out, width, NAME_COLS, "branch", buf_str(&branch),
		    ROLE_TEXT);
	}
	page_pair(out, width, NAME_COLS, "kept in", json_get_str(p->data,
	    "state"), ROLE_TEXT);
}

/* As wide as the longest name needs, within reason: a longer one has a line of
 * its own. */
static int
check_cols(const struct json *checks, int width)
{
	int cols = NAME_COLS;

	for (const struct json *i = json_first(checks); i;
	    i = json_next(i)) {
		int its = (int)width_of(json_get_str(i, "check")) + 4;

		cols = its > cols ? its : cols;
	}
	if (cols > CHECK_COLS_MAX)
		cols = CHECK_COLS_MAX;
	return cols < width / 2 ? cols : width / 2;
}

static void
add_checks(struct page *p, int width, struct lines *out)
{
	int cols = check_cols(json_get(p->data, "checks"), width);

	page_heading(out, "Checks");
	for (const struct json *i = json_first(json_get(p->data, "checks"));
	    i; i = json_next(i)) {
		bool ok = json_get_bool(i, "ok", false);
		CLEANUP_BUF struct buf name = BUF_INIT(1 * KIB);

		buf_printf(&name, "%s %.*s", ok ? "✓" : "!",
		    STR_ARG(json_get_str(i, "check")));
		page_pair(out, width, cols, buf_text(&name),
		    json_get_str(i, "found"), ok ? ROLE_TEXT : ROLE_WARNING);
		if (!ok)
			page_pair(out, width, cols, "",
			    json_get_str(i, "advice"), ROLE_MUTED);
	}
}

static void
build(struct page *p, int width, struct lines *out)
{
	page_text(out, width, json_get_str(p->data, "version"), ROLE_MUTED);
	add_session(p, width, out);
	add_folder(p, width, out);
	add_checks(p, width, out);
}

static const struct page_ops status_ops = {
	.view = PAGE_VIEW("status", VIEW_FULL), .title = "Status",
	.load = load, .build = build,
};

void
view_status(struct app *app)
{
	page_open(app, &status_ops, NULL);
}
