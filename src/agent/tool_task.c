/* task: a sub-run with a conversation of its own, for work whose intermediate
 * results nobody needs later. It draws on the same budget, passes the same
 * door, and gives back its last answer. */
#include "agent/agent_tools.h"
#include "agent/run.h"
#include "base/json.h"
#include "safety/policy.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"title\":{\"type\":\"string\",\"maxLength\":100},"
    "\"prompt\":{\"type\":\"string\",\"minLength\":1,"
    "\"description\":\"All it needs to know; it sees nothing else\"},"
    "\"may_change_files\":{\"type\":\"boolean\","
    "\"description\":\"default false: it only reads\"}},"
    "\"required\":[\"title\",\"prompt\"],\"additionalProperties\":false}";

enum { TIMEOUT_MS = 24 * 3600 * 1000 };

static const char prompt_head[] =
    "You work on one part of a larger task, alone, without the user. Your "
    "last answer is all that is seen of your work: give findings with "
    "path:line, say what you changed and what you could not do.\n\n";

/* The text of the last answer. */
static void
last_answer(const struct convo *c, struct buf *out)
{
	for (size_t i = c->n; i-- > 0 && out->len == 0;)
		if (c->items[i]->role == ROLE_ASSISTANT)
			message_text(c->items[i], out);
}

static int
start(struct run *sub, const struct tool_call *call, struct error *err)
{
	struct str prompt = json_get_str(call->args, "prompt");
	struct message *m = message_create(ROLE_USER);
	struct emit e;
	int rc;

	rc = run_emit_started(sub, json_get_str(call->args, "title"), err);
	message_add_text(m, str_from(prompt_head));
	message_add_text(m, prompt);
	emit_begin(&e);
	jw_key_str(&e.w, "text", prompt);
	{
		struct event *ev = emit_event(&e, &sub->to,
		    EVENT_USER_MESSAGE);

		if (rc != 0) {
			event_unref(ev);
			convo_add(sub->convo, m);
			return rc;
		}
		return run_keep(sub, ev, m, err);
	}
}

static int
task_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct run *r = agent_tool_run(call, err);
	struct error fault = ERROR_INIT;
	enum run_stop stop;
	struct toolset tools;
	struct convo convo;
	struct run sub;
	char id[ID_SIZE];
	int rc;

	if (r == NULL)
		return -ERR_UNSUPPORTED;
	if (r->parent != NULL)
		return error_set(err, ERR_TOOL_FAILED,
		    "a task cannot start further tasks");
	id_make(id);
	run_init(&sub, r->session, r, id, call->id);
	convo_init(&convo);
	toolset_init(&tools, r->session->opts.registry,
	    json_get_bool(call->args, "may_change_files", false) ?
		TOOLSET_WORK :
		TOOLSET_READ_ONLY,
	    session_model(r->session).abilities & MODEL_APPLY_PATCH);
	sub.convo = &convo;
	sub.tools = &tools;
	sub.budget = r->budget;
	rc = start(&sub, call, &fault);
	stop = rc == 0 ? run_loop(&sub, &fault) : RUN_ERROR;
	run_emit_finished(&sub, stop, &fault);
	last_answer(&convo, &result->text);
	if (stop == RUN_CANCELLED || stop == RUN_BUDGET || stop == RUN_ERROR) {
		if (err != NULL)
			*err = fault;
		rc = -(int)fault.code;
	} else {
		rc = 0;
		if (stop != RUN_END_TURN)
			buf_printf(&result->text,
			    "\n[The task ended early: %s.]",
			    run_stop_name(stop));
	}
	toolset_release(&tools);
	convo_release(&convo);
	return rc;
}

const struct tool tool_task = {
	.name = "task",
	.summary = "Hand a part of the work to a sub-run",
	.description = "Lets a second assistant do a self-contained part with "
	    "a context of its own (a broad search, reading many files) and "
	    "gives back its answer. Not for what one or two calls do.",
	.schema = schema,
	.effects = EFFECT_SESSION,
	.output_max = 32 * KIB,
	.timeout_ms = TIMEOUT_MS,
	.run = task_run,
};
