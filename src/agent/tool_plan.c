/* plan: the list of steps of a larger piece of work. The whole list comes with
 * each call, so that a lost update cannot happen. */
#include "agent/agent_tools.h"
#include "agent/plan.h"
#include "base/json.h"
#include "base/mem.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\","
    "\"maxItems\":50,\"items\":{\"type\":\"object\",\"properties\":{"
    "\"title\":{\"type\":\"string\",\"maxLength\":200},"
    "\"status\":{\"enum\":[\"pending\",\"in_progress\",\"done\"]}},"
    "\"required\":[\"title\",\"status\"]}}},"
    "\"required\":[\"items\"],\"additionalProperties\":false}";

void
plan_release(struct plan *plan)
{
	free(plan->items);
	*plan = (struct plan){ .items = NULL };
}

void
plan_set(struct plan *plan, const struct json *args)
{
	const struct json *item = json_first(json_get(args, "items"));

	plan_release(plan);
	for (; item != NULL && plan->n < PLAN_ITEMS_MAX;
	    item = json_next(item)) {
		struct str title = json_get_str(item, "title");
		struct str status = json_get_str(item, "status");
		struct plan_item *p;

		plan->items = mem_resize(plan->items, plan->n + 1,
		    sizeof(*plan->items));
		p = &plan->items[plan->n++];
		*p = (struct plan_item){ .id = "" };
		snprintf(p->id, sizeof(p->id), "%zu", plan->n);
		snprintf(p->title, sizeof(p->title), "%.*s", STR_ARG(title));
		snprintf(p->status, sizeof(p->status), "%.*s",
		    STR_ARG(status));
	}
}

static int
tell(const struct run *r, const struct plan *plan, struct error *err)
{
	struct emit e;

	emit_begin(&e);
	jw_key(&e.w, "items");
	jw_array(&e.w);
	for (size_t i = 0; i < plan->n; i++) {
		jw_object(&e.w);
		jw_key_cstr(&e.w, "id", plan->items[i].id);
		jw_key_cstr(&e.w, "title", plan->items[i].title);
		jw_key_cstr(&e.w, "status", plan->items[i].status);
		jw_end(&e.w);
	}
	jw_end(&e.w);
	return emit_end(&e, &r->to, EVENT_PLAN_UPDATED, err);
}

static int
plan_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct run *r = agent_tool_run(call, err);
	size_t done = 0;
	struct plan *plan;
	int rc;

	if (r == NULL)
		return -ERR_UNSUPPORTED;
	plan = &r->session->plan;
	plan_set(plan, call->args);
	rc = tell(r, plan, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < plan->n; i++)
		done += strcmp(plan->items[i].status, "done") == 0;
	buf_printf(&result->text, "Plan kept: %zu of %zu done.", done,
	    plan->n);
	return 0;
}

const struct tool tool_plan = {
	.name = "plan",
	.summary = "Keep the list of steps",
	.description = "Keeps the plan that the user sees. Give the whole "
	    "list each time. For work of three or more steps; not for simple "
	    "tasks.",
	.schema = schema,
	.effects = EFFECT_SESSION,
	.output_max = 1 * KIB,
	.timeout_ms = 10 * 1000,
	.run = plan_run,
};
