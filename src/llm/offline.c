/* The offline provider: a plan per kind of request (offline_plan.h), and what
 * is said around its answer: that it is no language model, and how to get
 * one. */
#include "llm/offline.h"

#include "llm/offline_plan.h"

static void
plan_help(struct talk *t)
{
	buf_add_cstr(&t->out,
	    "I can look things up in this folder:\n\n"
	    "- where a symbol is defined: `where is parse_config defined`\n"
	    "- who uses it: `who calls parse_config`\n"
	    "- code about a subject: `find code about retry limits`\n"
	    "- what is central here: `map of the repository`\n"
	    "- the structure of a file: `outline of src/main.c`\n"
	    "- a file or some of its lines: `read src/main.c lines 10-40`\n"
	    "- files: `list src/`, `find files named *.c`\n"
	    "- git: `what changed`, `git log`, `blame src/main.c`\n");
}

static void (*const plans[INTENT_KINDS])(struct talk *t) = {
	[INTENT_HELP] = plan_help,
	[INTENT_DEFINITION] = offline_definition,
	[INTENT_USES] = offline_uses,
	[INTENT_FIND] = offline_find,
	[INTENT_OUTLINE] = offline_outline,
	[INTENT_READ] = offline_read,
	[INTENT_LIST] = offline_list,
	[INTENT_GLOB] = offline_glob,
	[INTENT_CHANGES] = offline_changes,
	[INTENT_STATUS] = offline_status,
	[INTENT_LOG] = offline_log,
	[INTENT_BLAME] = offline_blame,
	[INTENT_MAP] = offline_map,
};

#define CHANGE_NOTE                                                           \
	"Changing code needs a language model, and none is set up, so I "     \
	"changed nothing. What I can do is show the places that your "        \
	"request is about.\n\n"

#define FOOTER                                                                \
	"\n---\n*friday is offline: this answer comes from searching the "    \
	"code, not from a language model. To set one up, export "             \
	"`ANTHROPIC_API_KEY`, `OPENAI_API_KEY` or `GEMINI_API_KEY`, or "      \
	"start a local server such as Ollama; `friday model list` shows "     \
	"what is found.*\n"

/* In lines, as a model's answer comes in pieces. */
static int
send(struct talk *t, struct str text)
{
	int rc = 0;

	while (rc == 0 && text.len > 0) {
		size_t end = str_find_char(text, '\n', 0);
		size_t n = end == SIZE_MAX ? text.len : end + 1;

		rc = reply_text(t->reply, 0, str_sub(text, 0, n), t->err);
		text = str_sub(text, n, SIZE_MAX);
	}
	return rc;
}

static int
send_answer(struct talk *t)
{
	int rc = 0;

	if (t->intent.change)
		rc = send(t, STR(CHANGE_NOTE));
	/* A cut answer is still an answer: the buf keeps what fitted. */
	if (rc == 0)
		rc = send(t, buf_str(&t->out));
	if (rc == 0 && t->out.failed != 0)
		rc = send(t, STR("\n… and more.\n"));
	if (rc == 0 && t->no_search)
		rc = send(t, STR("\nThis session offers no `grep` tool, so I "
		    "could not search.\n"));
	if (rc == 0 && t->trouble != NULL) {
		buf_clear(&t->out);
		buf_add_cstr(&t->out, "\nA search did not work: ");
		talk_code(t, str_trim(buf_str(&t->trouble->text)));
		buf_add_cstr(&t->out, "\n");
		rc = send(t, buf_str(&t->out));
	}
	return rc == 0 ? send(t, STR(FOOTER)) : rc;
}

static void
estimate_usage(struct talk *t)
{
	struct usage u = { .exact = false };

	u.input_tokens = text_estimate_tokens(t->request->system);
	for (size_t i = 0; i < t->request->n_messages; i++)
		u.input_tokens +=
		    message_estimate_tokens(t->request->messages[i]);
	u.output_tokens = message_estimate_tokens(t->reply->message);
	reply_usage(t->reply, &u);
}

int
offline_complete(const struct llm_request *request, struct reply *ret,
    struct error *err)
{
	struct talk t;
	int rc;

	if (request->output_schema != NULL)
		return error_set(err, ERR_UNSUPPORTED,
		    "the offline provider is no language model and cannot "
		    "answer in a given schema");
	talk_init(&t, request, ret, err);
	plans[t.intent.kind](&t);
	rc = t.failed;
	if (rc == 0 && t.n_calls == 0)
		rc = send_answer(&t);
	if (rc == 0) {
		reply_stop(ret, t.n_calls > 0 ? STOP_TOOL_USE : STOP_END_TURN);
		snprintf(ret->model, sizeof(ret->model), "offline");
		estimate_usage(&t);
		ret->finished = true;
	}
	talk_release(&t);
	return rc;
}
