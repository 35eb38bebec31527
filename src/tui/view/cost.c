/* /cost: this run, this session, today, this month against their caps; then
 * days and models. */
#include "base/clock.h"
#include "tui/app.h"
#include "tui/view/format.h"
#include "tui/view/page.h"
#include "tui/view/views.h"

enum { NAME_COLS = 18, ROWS_MAX = 14 };

static void
load(struct page *p)
{
	page_request(p, "cost", NULL, false);
}

/* The row of that period; NULL: nothing was spent in it. */
static const struct json *
period(const struct json *list, const char *wanted, size_t len)
{
	for (const struct json *i = json_first(list); i; i = json_next(i))
		if (str_eq(str_sub(json_get_str(i, "period"), 0, len),
		    str_make(wanted, len)))
			return i;
	return NULL;
}

static void
add(struct lines *out, int width, const char *name, int64_t microusd,
    double cap)
{
	char cost[FORMAT_SIZE], text[128];
	bool over = cap > 0 && (double)microusd / 1e6 >= cap * 0.9;

	format_microusd(microusd, cost);
	if (cap > 0)
		snprintf(text, sizeof(text), "%-10s of $%g  (%.0f%%)", cost,
		    cap, (double)microusd / 1e4 / cap);
	else
		snprintf(text, sizeof(text), "%-10s no cap", cost);
	page_pair(out, width, NAME_COLS, name, str_from(text),
	    over ? ROLE_WARNING : ROLE_TEXT);
}

static void
add_list(struct lines *out, int width, const char *heading,
    const struct json *list, const char *key)
{
	int n = 0;

	if (json_count(list) == 0)
		return;
	page_heading(out, heading);
	for (const struct json *i = json_first(list); i && n < ROWS_MAX;
	    i = json_next(i), n++) {
		char cost[FORMAT_SIZE], in[FORMAT_SIZE], back[FORMAT_SIZE];
		CLEANUP_BUF struct buf text = BUF_INIT(8 * KIB);
		CLEANUP_BUF struct buf name = BUF_INIT(8 * KIB);

		format_microusd(json_get_int(i, "cost_microusd", 0), cost);
		format_count(json_get_int(i, "input_tokens", 0), in);
		format_count(json_get_int(i, "output_tokens", 0), back);
		buf_printf(&name, "%.*s", STR_ARG(json_get_str(i, key)));
		buf_printf(&text, "%-10s %5lld calls   %6s in   %6s out",
		    cost, (long long)json_get_int(i, "calls", 0), in, back);
		page_pair(out, width, width < 90 ? NAME_COLS : 32,
		    buf_text(&name), buf_str(&text), ROLE_TEXT);
	}
}

static void
build(struct page *p, int width, struct lines *out)
{
	const struct facts *f = app_facts(p->view.app);
	const struct json *caps = json_get(p->data, "caps_usd");
	char today[CLOCK_ISO_SIZE];

	clock_iso(clock_wall_ms(), today);
	add(out, width, f->running ? "this run" : "last run",
	    f->run_cost_microusd, json_number(json_get(caps, "run"), 0));
	add(out, width, "this session", f->session_cost_microusd, 0);
	add(out, width, "today", json_get_int(period(json_get(p->data,
	    "days"), today, 10), "cost_microusd", 0),
	    json_number(json_get(caps, "day"), 0));
	add(out, width, "this month", json_get_int(period(json_get(p->data,
	    "months"), today, 7), "cost_microusd", 0),
	    json_number(json_get(caps, "month"), 0));
	add_list(out, width, "Models", json_get(p->data, "models"), "model");
	add_list(out, width, "Days", json_get(p->data, "days"), "period");
	lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	page_text(out, width, STR("Caps are the settings budget.run_usd, "
	    "budget.day_usd and budget.month_usd."), ROLE_MUTED);
}

static void
on_event(struct page *p, const struct json *event)
{
	if (str_eq(json_get_str(event, "type"), STR("usage")))
		page_reload(p);
}

static const struct page_ops cost_ops = {
	.view = PAGE_VIEW("cost", VIEW_DOCKED), .title = "Cost",
	.load = load, .build = build, .event = on_event,
};

void
view_cost(struct app *app)
{
	page_open(app, &cost_ops, NULL);
}
