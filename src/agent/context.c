/* What fills the context; see context.h. */
#include "agent/context.h"

#include "agent/context_block.h"

#define COMPACT_AT_DEFAULT 0.8

int64_t
context_overhead(const struct run *r)
{
	return text_estimate_tokens(buf_str(&r->session->system)) +
	    toolset_estimate_tokens(r->tools);
}

bool
context_is_full(const struct run *r)
{
	const struct session *s = r->session;
	int64_t limit = session_model(s).context_tokens;
	double share = s->opts.compact_at > 0 && s->opts.compact_at < 1 ?
	    s->opts.compact_at :
	    COMPACT_AT_DEFAULT;

	return limit > 0 &&
	    (double)convo_tokens(r->convo, context_overhead(r)) >
		share * (double)limit;
}

static void
count_part(const struct message *m, const struct part *p,
    struct context_view *view)
{
	int64_t tokens = text_estimate_tokens(buf_str(&p->text)) +
	    text_estimate_tokens(buf_str(&p->arguments)) +
	    text_estimate_tokens(buf_str(&p->opaque));

	if (p->kind == PART_IMAGE)
		tokens += 1600;
	if (p->kind == PART_TOOL_RESULT)
		view->results += tokens;
	else if (m->role == ROLE_ASSISTANT)
		view->assistant += tokens;
	else if (context_block_is(buf_str(&p->text)))
		view->context += tokens;
	else
		view->user += tokens;
}

void
context_note(struct run *r)
{
	struct session *s = r->session;
	struct context_view view = {
		.limit = session_model(s).context_tokens,
		.used = convo_tokens(r->convo, context_overhead(r)),
		.system = text_estimate_tokens(buf_str(&s->system)),
		.tools = toolset_estimate_tokens(r->tools),
	};

	if (r->parent != NULL)
		return;
	for (size_t i = 0; i < r->convo->n; i++)
		for (size_t j = 0; j < r->convo->items[i]->n_parts; j++)
			count_part(r->convo->items[i],
			    &r->convo->items[i]->parts[j], &view);
	monitor_enter(&s->monitor);
	s->view = view;
	monitor_leave(&s->monitor);
}

void
session_context_json(struct session *s, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);
	struct agent_model next;
	struct context_view v;

	monitor_enter(&s->monitor);
	v = s->view;
	next = s->wanted;
	monitor_leave(&s->monitor);
	/* Nothing was sent yet. The run's own model is the run's to look at. */
	if (v.limit == 0)
		v.limit = catalog_model(s->opts.catalog,
		    next.targets[0].provider->name,
		    next.targets[0].model).context_tokens;
	const struct {
		const char *name;
		int64_t tokens;
	} parts[] = {
		{ "system prompt", v.system },
		{ "tools", v.tools },
		{ "instructions", v.context },
		{ "requests", v.user },
		{ "answers", v.assistant },
		{ "tool results", v.results },
	};

	jw_object(&w);
	jw_key_int(&w, "limit", v.limit);
	jw_key_int(&w, "used", v.used);
	jw_key(&w, "parts");
	jw_array(&w);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		jw_object(&w);
		jw_key_cstr(&w, "name", parts[i].name);
		jw_key_int(&w, "tokens", parts[i].tokens);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
}
