/* THE door: validate, policy, ask, run, cap, scrub, record. Every call of a
 * tool, by a model, a user or a script, goes through tool_run(). */
#ifndef FRIDAY_TOOLS_TOOL_RUN_H
#define FRIDAY_TOOLS_TOOL_RUN_H

#include "tools/tool.h"

enum { APPROVAL_RULES_MAX = POLICY_RULES_MAX };
enum approval { APPROVE_NO, APPROVE_ONCE, APPROVE_SESSION, APPROVE_ALWAYS };

/* To read a path of the deny list: for one call, never remembered. */
#define APPROVAL_SECRET "secret"

struct approval_request {
	const char *call_id;
	const struct tool *tool;
	const struct tool_preview *preview;
	const struct policy_verdict *verdict;
	const char *kind; /* "edit", "command", "network", "git", "other", or
			   * APPROVAL_SECRET */
	const struct policy_question *question; /* NULL: of a secret */
	/* What "always" would keep; none: this is asked each time. */
	const struct policy_rule *always;
	size_t n_always;
};

struct approval_answer {
	enum approval decision;
	char reason[512]; /* with APPROVE_NO: what the model is told */
	/* Rules that a face wants kept instead; as text, checked by who keeps
	 * them. n_rules 0: those of the request. */
	char rules[APPROVAL_RULES_MAX][640];
	size_t n_rules;
};

/* What the door needs of its owner (the agent, or `friday tool run`). All
 * callbacks run on the calling thread. */
struct tool_door {
	const struct tool_registry *registry;
	const struct tool_env *env;
	const struct policy *policy; /* looked at for each call */
	struct cancel *cancel;
	/* Asks the user and waits. Errors: ERR_POLICY_UNANSWERED (nobody is
	 * there), ERR_CANCELLED. NULL: nobody is there. */
	int (*ask)(const struct approval_request *request,
	    struct approval_answer *ret, void *ctx, struct error *err);
	/* Hooks. Before: after the policy, ahead of any question; an error
	 * refuses the call. After: it ran, `ok` says how; may append to the
	 * result's text. Either may be NULL. */
	int (*before)(const struct tool_call *call, void *ctx,
	    struct error *err);
	void (*after)(const struct tool_call *call, bool ok,
	    struct tool_result *ret, void *ctx);
	/* The call passed the gate and starts now: must be durable before it
	 * returns. May be NULL. */
	int (*started)(const char *call_id, const struct tool *tool,
	    const struct json *args, void *ctx, struct error *err);
	/* What policy said of it, before `started` or a refusal; `asked`: a
	 * person said yes. May be NULL. */
	void (*judged)(const char *call_id,
	    const struct policy_verdict *verdict, bool asked, void *ctx);
	/* As tool_call's. May be NULL. */
	int (*target)(const char *call_id, const char *host, unsigned port,
	    void *ctx, struct error *err);
	void (*output)(const char *call_id, const char *stream,
	    struct str text, void *ctx);
	/* Replaces secrets in what goes to a model. NULL: text as it is. */
	void (*scrub)(struct str text, struct buf *out, void *ctx);
	void *ctx;
};

/* Runs a call. `arguments` is the raw text as the model gave it; empty means
 * {}. Never fails itself: what went wrong is in ret (ok false, error set, and
 * text telling the model how to do better). ret is initialised here; release
 * it. Unknown tool, broken JSON (repaired where that is safe), a wrong type:
 * all end here with an answer. */
void tool_run(const struct tool_door *door, const char *call_id,
    struct str name, struct str arguments, struct tool_result *ret);

/* Whether calls of this row with these arguments may run beside others
 * (nothing but reading). */
bool tool_call_is_read_only(const struct tool_door *door, struct str name,
    struct str arguments);

#endif
