/* One model call; see turn.h. */
#include "agent/turn.h"

#include "agent/budget.h"
#include "agent/context.h"
#include "agent/text_mode.h"
#include "base/clock.h"
#include "base/mem.h"

static void
on_text(struct str text, void *ctx)
{
	scribe_text(ctx, text);
}

static void
on_reasoning(struct str text, void *ctx)
{
	scribe_reasoning(ctx, text);
}

/* --- the answer --------------------------------------------------------- */

static struct event *
finished_event(const struct run *r, const struct message *m,
    enum stop_reason stop)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	CLEANUP_BUF struct buf reasoning = BUF_INIT(64 * MIB);
	struct emit e;

	message_text(m, &text);
	message_reasoning(m, &reasoning);
	emit_begin(&e);
	jw_key_cstr(&e.w, "message_id", m->id);
	jw_key_str(&e.w, "text", buf_str(&text));
	if (reasoning.len > 0) {
		jw_key_str(&e.w, "reasoning", buf_str(&reasoning));
		jw_key_int(&e.w, "reasoning_ms",
		    scribe_thought_ms(r->session->scribe));
	}
	jw_key_cstr(&e.w, "stop_reason", stop_reason_name(stop));
	return emit_event(&e, &r->to, EVENT_MESSAGE_FINISHED);
}

static struct message *
text_only(const struct message *m)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	struct message *copy = message_create(ROLE_ASSISTANT);

	memcpy(copy->id, m->id, sizeof(copy->id));
	message_text(m, &text);
	/* Blanks alone are refused by some servers. */
	if (str_trim(buf_str(&text)).len > 0)
		message_add_text(copy, buf_str(&text));
	return copy;
}

/* Stores the end of the answer; the message goes into the conversation unless
 * it is empty, which some servers refuse to get back. */
static int
keep_answer(struct run *r, struct message *m, enum stop_reason stop,
    struct turn *ret, struct error *err)
{
	struct event *ev = finished_event(r, m, stop);
	int rc;

	if (m->n_parts == 0) {
		message_destroy(m);
		return emit_store(&r->to, &ev, 1, NULL, 0, err);
	}
	rc = run_keep(r, ev, m, err);
	ret->message = m;
	ret->has_calls = message_has(m, PART_TOOL_CALL);
	return rc;
}

/* What was shown of an answer that broke off stays, as text: half a call must
 * never run, and half a thought has no signature. */
static void
keep_partial(struct run *r, const struct message *m, struct turn *ret)
{
	struct message *partial;

	if (!message_has(m, PART_TEXT) && !message_has(m, PART_REASONING))
		return;
	partial = text_only(m);
	if (message_has(m, PART_REASONING) && partial->n_parts == 0) {
		/* Only thoughts: told to the faces, not to the model. */
		struct event *ev = finished_event(r, m, STOP_NONE);

		emit_store(&r->to, &ev, 1, NULL, 0, NULL);
		message_destroy(partial);
	} else {
		keep_answer(r, partial, STOP_NONE, ret, NULL);
	}
	ret->shown = true;
}

/* --- usage -------------------------------------------------------------- */

static int
emit_usage(struct run *r, const struct llm_target *target,
    const struct usage *usage, int64_t cost, struct error *err)
{
	struct session *s = r->session;
	struct emit e;

	emit_begin(&e);
	jw_key_int(&e.w, "input_tokens", usage->input_tokens);
	jw_key_int(&e.w, "output_tokens", usage->output_tokens);
	jw_key_int(&e.w, "cached_tokens", usage->cached_tokens);
	jw_key_int(&e.w, "reasoning_tokens", usage->reasoning_tokens);
	jw_key_int(&e.w, "cost_microusd", cost);
	jw_key_int(&e.w, "context_used",
	    convo_tokens(r->convo, context_overhead(r)));
	jw_key_int(&e.w, "context_limit", session_model(s).context_tokens);
	jw_key_cstr(&e.w, "provider", target->provider->name);
	jw_key_cstr(&e.w, "model", target->model);
	return emit_end(&e, &r->to, EVENT_USAGE, err);
}

/* Fills in what a server did not say. */
static void
complete_usage(struct usage *usage, const struct reply *reply, int64_t input)
{
	if (usage->input_tokens == 0 && usage->output_tokens == 0) {
		usage->input_tokens = input;
		usage->output_tokens =
		    message_estimate_tokens(reply->message);
		usage->exact = false;
	}
}

/* --- the call ----------------------------------------------------------- */

static double
temperature(const struct run *r)
{
	double t = r->session->opts.temperature;

	if (r->cooler <= 0)
		return t;
	if (t < 0)
		t = 1;
	return t > r->cooler ? t - r->cooler : 0;
}

static void
fill_request(struct run *r, struct llm_request *q)
{
	struct session *s = r->session;

	*q = (struct llm_request){ .model = s->main.targets[0].model,
		.system = buf_str(&s->system),
		.messages = (const struct message *const *)r->convo->items,
		.n_messages = r->convo->n,
		.tools = r->tools->tools, .n_tools = r->tools->n,
		.max_output_tokens = s->opts.max_output_tokens,
		.temperature = temperature(r),
		.effort = s->main.effort,
		.cache_key = s->id,
		.output_schema = r->parent == NULL ? s->opts.output_schema :
						     NULL };
}

/* Calls the client, with the stream given out by the scribe. */
static int
complete(struct run *r, const char *message_id, struct reply *reply,
    const struct llm_target **ret_target, struct error *err)
{
	struct session *s = r->session;
	struct reply_sink sink = { .text = on_text,
		.reasoning = on_reasoning, .ctx = s->scribe };
	struct llm_request request;
	struct error stream_err = ERROR_INIT;
	int rc, stream_rc;

	fill_request(r, &request);
	s->speaking = r;
	scribe_stream_begin(s->scribe, &r->to, message_id);
	rc = llm_client_complete(s->client, &request, &sink, &s->cancel,
	    reply, ret_target, err);
	stream_rc = scribe_stream_end(s->scribe, &stream_err);
	s->speaking = NULL;
	if (rc == 0 && stream_rc != 0) {
		if (err != NULL)
			*err = stream_err;
		rc = stream_rc;
	}
	return rc;
}

int
turn_run(struct run *r, struct turn *ret, struct error *err)
{
	struct session *s = r->session;
	const struct llm_target *target = &s->main.targets[0];
	struct model model = session_model(s);
	int64_t input = convo_tokens(r->convo, context_overhead(r)), cost;
	struct reply reply;
	struct usage usage;
	char warning[256], message_id[ID_SIZE];
	int rc, kept = 0, settled;

	*ret = (struct turn){ .stop = STOP_NONE };
	rc = budget_reserve(r->budget, target, &model, input, warning, err);
	if (rc == 0 && warning[0] != '\0')
		emit_notice(&r->to, "warning", "budget.warning", warning,
		    NULL);
	if (rc != 0)
		return rc;
	id_make(message_id);
	rc = complete(r, message_id, &reply, &target, err);
	memcpy(reply.message->id, message_id, sizeof(message_id));
	usage = reply.usage;
	if (rc == 0) {
		complete_usage(&usage, &reply, input);
		if (!(model.abilities & MODEL_TOOLS) &&
		    reply.stop == STOP_END_TURN &&
		    toolset_allows(r->tools, STR("apply_patch")) &&
		    text_mode_find_edits(reply.message))
			reply.stop = STOP_TOOL_USE;
		convo_name_calls(r->convo, reply.message);
		kept = keep_answer(r, steal(reply.message), reply.stop, ret,
		    err);
		if (usage.exact) {
			r->convo->exact_tokens =
			    usage.input_tokens + usage.output_tokens;
			r->convo->exact_n = r->convo->n;
		}
		ret->stop = reply.stop;
	} else {
		keep_partial(r, reply.message, ret);
		if (ret->shown)
			complete_usage(&usage, &reply, input);
	}
	model = catalog_model(s->opts.catalog, target->provider->name,
	    target->model);
	settled = budget_settle(r->budget, target, &model, &usage, &cost,
	    rc == 0 && kept == 0 ? err : NULL);
	reply_release(&reply);
	if (rc == 0)
		rc = kept != 0 ? kept : settled;
	if (usage.input_tokens > 0 || usage.output_tokens > 0) {
		int told = emit_usage(r, target, &usage, cost,
		    rc == 0 ? err : NULL);

		if (rc == 0)
			rc = told;
	}
	context_note(r);
	return rc;
}
