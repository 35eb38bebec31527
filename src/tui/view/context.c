/* /context: what fills the context, as bars. */
#include "base/width.h"
#include "tui/app.h"
#include "tui/view/format.h"
#include "tui/view/page.h"
#include "tui/view/views.h"

enum { NAME_COLS = 26, COUNT_COLS = 8 };

static void
load(struct page *p)
{
	page_request(p, "session.context", NULL, true);
}

static void
add_bar(struct lines *out, int cols, int64_t part, int64_t whole,
    enum style_role role)
{
	int full = whole > 0 ? (int)((double)part * cols / (double)whole +
	    0.5) : 0;

	if (full > cols)
		full = cols;
	for (int i = 0; i < cols; i++)
		lines_add(out, i < full ? STR("━") : STR("─"),
		    STYLE(i < full ? role : ROLE_BORDER), LINE_NO_SOURCE);
}

static void
add_row(struct lines *out, int width, struct str name, int64_t tokens,
    int64_t limit, enum style_role role)
{
	char count[FORMAT_SIZE], text[96];
	int bar = width - NAME_COLS - COUNT_COLS - 8;

	format_count(tokens, count);
	lines_begin(out, 0);
	snprintf(text, sizeof(text), "%-*.*s", NAME_COLS, (int)(name.len <
	    NAME_COLS ? name.len : NAME_COLS - 1), name.ptr ? name.ptr : "");
	lines_add(out, str_from(text), STYLE(ROLE_TEXT), LINE_NO_SOURCE);
	snprintf(text, sizeof(text), "%*s  ", COUNT_COLS, count);
	lines_add(out, str_from(text), STYLE(ROLE_MUTED), LINE_NO_SOURCE);
	if (bar >= 8)
		add_bar(out, bar < 50 ? bar : 50, tokens, limit, role);
	if (limit > 0) {
		snprintf(text, sizeof(text), " %3d%%",
		    (int)((double)tokens * 100 / (double)limit));
		lines_add(out, str_from(text), STYLE(ROLE_MUTED),
		    LINE_NO_SOURCE);
	}
	lines_end(out);
}

static void
build(struct page *p, int width, struct lines *out)
{
	const struct json *c = json_get(p->data, "context");
	int64_t limit = json_get_int(c, "limit", 0);
	int64_t used = json_get_int(c, "used", 0);
	const struct facts *f = app_facts(p->view.app);
	int64_t known = 0;

	/* Before the first answer the session has measured nothing. */
	if (used == 0)
		used = f->context_used;
	if (limit == 0)
		limit = f->context_limit;
	if (used == 0) {
		page_text(out, width, STR("Nothing was sent yet: what fills "
		    "the context is known after the first answer."),
		    ROLE_MUTED);
		return;
	}
	add_row(out, width, STR("all"), used, limit, ROLE_ACCENT);
	lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	for (const struct json *i = json_first(json_get(c, "parts")); i;
	    i = json_next(i))
		known += json_get_int(i, "tokens", 0);
	if (known == 0)
		page_text(out, width, STR("By what is known after the next "
		    "answer."), ROLE_MUTED);
	for (const struct json *i = json_first(json_get(c, "parts")); i &&
	    known > 0; i = json_next(i))
		add_row(out, width, json_get_str(i, "name"),
		    json_get_int(i, "tokens", 0), limit, ROLE_TOOL);
	if (limit > used)
		add_row(out, width, STR("free"), limit - used, limit,
		    ROLE_MUTED);
	lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	page_text(out, width, STR("/compact sums up the older turns; it "
	    "happens by itself before the context is full."), ROLE_MUTED);
}

static void
on_event(struct page *p, const struct json *event)
{
	struct str type = json_get_str(event, "type");

	if (str_eq(type, STR("usage")) || str_eq(type, STR("compacted")))
		page_reload(p);
}

static const struct page_ops context_ops = {
	.view = PAGE_VIEW("context", VIEW_DOCKED), .title = "Context",
	.load = load, .build = build, .event = on_event,
};

void
view_context(struct app *app)
{
	page_open(app, &context_ops, NULL);
}
