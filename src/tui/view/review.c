/* /review: what two reviewers and a sceptic say of a change. Closing it while
 * they are at it ends the review: nobody would read what is still paid for. */
#include "base/mem.h"
#include "tui/app.h"
#include "tui/text/diff_lines.h"
#include "tui/view/format.h"
#include "tui/view/page.h"
#include "tui/view/views.h"

static void
load(struct page *p)
{
	struct json *args = json_new_object();
	struct str what = str_from(p->own);

	if (str_eq(what, STR("staged")) || str_eq(what, STR("--staged")))
		json_set_bool(args, "staged", true);
	else if (what.len > 0)
		json_set_str(args, "revision", what);
	page_request(p, "review.run", args, false);
}

static enum style_role
role_of(struct str severity)
{
	return str_eq(severity, STR("error")) ? ROLE_ERROR :
	    str_eq(severity, STR("warning")) ? ROLE_WARNING :
					       ROLE_TEXT;
}

static void
add_finding(const struct json *f, int width, struct lines *out)
{
	CLEANUP_BUF struct buf head = BUF_INIT(64 * KIB);
	struct str severity = json_get_str(f, "severity");

	buf_printf(&head, "%.*s:%lld  %.*s  [%.*s, %.0f %%]",
	    STR_ARG(json_get_str(f, "path")),
	    (long long)json_get_int(f, "line", 0), STR_ARG(severity),
	    STR_ARG(json_get_str(f, "code")),
	    100 * json_number(json_get(f, "confidence"), 0));
	lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	page_text(out, width, buf_str(&head), role_of(severity));
	page_text(out, width, json_get_str(f, "message"), ROLE_TEXT);
	if (json_get_str(f, "fix").len > 0)
		page_pair(out, width, 14, "fix", json_get_str(f, "fix"),
		    ROLE_MUTED);
	if (json_get_str(f, "reason").len > 0)
		page_pair(out, width, 14, "why it holds",
		    json_get_str(f, "reason"), ROLE_MUTED);
}

static void
add_section(const struct json *reply, const char *key, const char *title,
    int width, struct lines *out)
{
	struct str text = json_get_str(reply, key);

	if (text.len == 0)
		return;
	page_heading(out, title);
	page_text(out, width, text, ROLE_TEXT);
}

static void
add_patch(const struct json *reply, int width, struct lines *out)
{
	struct str patch = json_get_str(reply, "consensus_patch");

	if (patch.len == 0)
		return;
	page_heading(out, "A patch, not applied");
	diff_lines(patch, &(struct diff_lines_opts){ .width = width,
	    .headers = true }, out);
	page_text(out, width, STR("friday review --apply asks whether to "
	    "apply it; it is kept, so nothing is sent again."), ROLE_MUTED);
}

static void
add_left_out(const struct json *reply, int width, struct lines *out)
{
	const struct json *list = json_get(reply, "left_out");

	if (json_count(list) == 0)
		return;
	page_heading(out, "Not reviewed: more than code_review.tokens takes");
	for (const struct json *i = json_first(list); i; i = json_next(i))
		page_text(out, width, json_str(i), ROLE_TEXT);
}

static void
add_summary(const struct json *reply, int width, struct lines *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	size_t n = json_count(json_get(reply, "findings"));
	int64_t files = json_get_int(reply, "files", 0);
	char cost[FORMAT_SIZE];

	format_microusd(json_get_int(reply, "cost_microusd", 0), cost);
	buf_printf(&text, "%zu finding%s in %.*s (%lld file%s, +%lld -%lld), "
	    "by %.*s, %s", n, n == 1 ? "" : "s",
	    STR_ARG(json_get_str(reply, "change")), (long long)files,
	    files == 1 ? "" : "s",
	    (long long)json_get_int(reply, "insertions", 0),
	    (long long)json_get_int(reply, "deletions", 0),
	    STR_ARG(json_get_str(reply, "model")),
	    json_get_bool(reply, "cached", false) ? "kept from before" :
						    cost);
	page_text(out, width, buf_str(&text), ROLE_MUTED);
}

static void
build(struct page *p, int width, struct lines *out)
{
	const struct json *findings = json_get(p->data, "findings");

	if (p->data == NULL)
		return;
	if (!json_get_bool(p->data, "reviewed", false)) {
		page_text(out, width, json_get_str(p->data, "reason"),
		    ROLE_TEXT);
		return;
	}
	add_summary(p->data, width, out);
	for (const struct json *f = json_first(findings); f;
	    f = json_next(f))
		add_finding(f, width, out);
	add_section(p->data, "architect_notes", "The architect", width, out);
	add_section(p->data, "bug_hunter_notes", "The bug hunter", width,
	    out);
	add_section(p->data, "consensus_reasoning", "Together", width, out);
	add_patch(p->data, width, out);
	add_left_out(p->data, width, out);
}

static void
release(struct page *p)
{
	if (p->loading)
		app_request(p->view.app, "tool.cancel", NULL, NULL,
		    p->view.app);
	free(p->own);
}

static const struct page_ops review_ops = {
	.view = PAGE_VIEW("review", VIEW_FULL), .title = "Review",
	.load = load, .build = build, .release = release,
};

void
view_review(struct app *app, struct str what)
{
	char *own = str_dup(what);

	if (page_open(app, &review_ops, own) == NULL)
		free(own);
}
