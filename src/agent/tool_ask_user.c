/* ask_user: questions with choices to whoever sits in front. */
#include "agent/agent_tools.h"
#include "agent/run.h"
#include "base/json.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{\"questions\":{\"type\":\"array\","
    "\"minItems\":1,\"maxItems\":4,\"items\":{\"type\":\"object\","
    "\"properties\":{\"question\":{\"type\":\"string\"},"
    "\"options\":{\"type\":\"array\",\"maxItems\":8,"
    "\"items\":{\"type\":\"string\"},"
    "\"description\":\"Choices; free text is always possible\"},"
    "\"multiple\":{\"type\":\"boolean\"}},"
    "\"required\":[\"question\"]}}},"
    "\"required\":[\"questions\"],\"additionalProperties\":false}";

/* People take their time; a day is no answer. */
enum { TIMEOUT_MS = 24 * 3600 * 1000 };

struct question {
	const struct run *run;
	const struct tool_call *call;
};

static int
tell_question(void *ctx, struct error *err)
{
	const struct question *q = ctx;
	struct emit e;

	emit_begin(&e);
	jw_key_cstr(&e.w, "call_id", q->call->id);
	jw_key(&e.w, "questions");
	jw_json(&e.w, json_get(q->call->args, "questions"));
	return emit_end(&e, &q->run->to, EVENT_QUESTION_REQUESTED, err);
}

static int
tell_answers(const struct run *r, const char *call_id,
    const struct json *answers, struct error *err)
{
	struct emit e;

	emit_begin(&e);
	jw_key_cstr(&e.w, "call_id", call_id);
	jw_key(&e.w, "answers");
	if (json_is(answers, JSON_ARRAY)) {
		jw_json(&e.w, answers);
	} else {
		jw_array(&e.w);
		if (answers != NULL)
			jw_json(&e.w, answers);
		jw_end(&e.w);
	}
	jw_key_bool(&e.w, "cancelled", answers == NULL);
	return emit_end(&e, &r->to, EVENT_QUESTION_RESOLVED, err);
}

static int
ask_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct run *r = agent_tool_run(call, err);
	struct question question = { r, call };
	struct waiting w = { .call_id = call->id, .is_question = true };
	CLEANUP_JSON struct json *answers = NULL;
	int rc, told;

	if (r == NULL)
		return -ERR_UNSUPPORTED;
	rc = session_wait_answer(r->session, &w, tell_question, &question,
	    err);
	answers = w.answers;
	told = tell_answers(r, call->id, answers, rc == 0 ? err : NULL);
	if (rc == -ERR_POLICY_UNANSWERED)
		return error_set(err, ERR_TOOL_FAILED,
		    "nobody is there to answer; choose sensibly and say what "
		    "you chose");
	if (rc != 0)
		return rc;
	if (told != 0)
		return told;
	if (answers == NULL) {
		buf_add_cstr(&result->text,
		    "The user did not want to answer.");
		return 0;
	}
	buf_add_cstr(&result->text, "The user answered: ");
	json_print(answers, &result->text);
	return 0;
}

const struct tool tool_ask_user = {
	.name = "ask_user",
	.summary = "Ask the user a question",
	.description = "Asks the user one to four questions, with choices "
	    "where there are some. Only for decisions that are theirs and "
	    "that the repository does not answer.",
	.schema = schema,
	.effects = EFFECT_ASKS_USER | EFFECT_SESSION,
	.output_max = 16 * KIB,
	.timeout_ms = TIMEOUT_MS,
	.run = ask_run,
};
