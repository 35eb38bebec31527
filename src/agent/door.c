/* The agent's side of the door; see door.h. */
#include "agent/door.h"

#include "agent/hooks.h"
#include "agent/hide.h"
#include "agent/record.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "undo/tracker.h"

/* Live output is for looking at; the result has what counts. */
#define SHOWN_MAX (256 * KIB)
enum { FLUSH_MS = 10 * 1000, PARTS_SHOWN = 64 };

struct question {
	struct door *door;
	const struct approval_request *request;
};

static void
print_rules(const struct approval_request *request, struct buf *out)
{
	char rule[640];

	for (size_t i = 0; i < request->n_always; i++) {
		policy_rule_print(&request->always[i], rule);
		buf_printf(out, "%s%s", i > 0 ? "; " : "", rule);
	}
}

static void
write_part(struct json_writer *w, const struct policy_part *part)
{
	const char *name;

	jw_object(w);
	jw_key_str(w, "text", part->text);
	jw_key_cstr(w, "verdict", policy_answer_name(part->verdict.answer));
	jw_key_cstr(w, "rule", part->verdict.rule);
	jw_key_cstr(w, "reason", part->verdict.reason);
	jw_key(w, "effects");
	jw_array(w);
	for (size_t bit = 0; (name = policy_effect_name(bit)) != NULL; bit++)
		if (part->effects & (1u << bit))
			jw_cstr(w, name);
	jw_end(w);
	jw_end(w);
}

static void
write_list(struct json_writer *w, const char *key, char *const *items,
    size_t n)
{
	jw_key(w, key);
	jw_array(w);
	for (size_t i = 0; i < n; i++)
		jw_cstr(w, items[i]);
	jw_end(w);
}

/* What a face shows before it is answered: the parts of a command line, what
 * they name, and what "always" would keep. */
static void
write_judgement(struct json_writer *w, const struct approval_request *request)
{
	const struct shell_judgement *j = &request->preview->judged;
	char rule[640];

	if (j->n_parts > 0) {
		jw_key(w, "parts");
		jw_array(w);
		for (size_t i = 0; i < j->n_parts && i < PARTS_SHOWN; i++)
			write_part(w, &j->parts[i]);
		jw_end(w);
		write_list(w, "paths", j->paths, j->n_paths);
		write_list(w, "hosts", j->hosts, j->n_hosts);
	}
	jw_key(w, "always");
	jw_array(w);
	for (size_t i = 0; i < request->n_always; i++) {
		policy_rule_print(&request->always[i], rule);
		jw_cstr(w, rule);
	}
	jw_end(w);
}

static int
tell_request(void *ctx, struct error *err)
{
	const struct question *q = ctx;
	const struct approval_request *request = q->request;
	CLEANUP_BUF struct buf rules = BUF_INIT(32 * KIB);
	struct emit e;

	print_rules(request, &rules);
	emit_begin(&e);
	jw_key_cstr(&e.w, "call_id", request->call_id);
	jw_key_cstr(&e.w, "name", request->tool->name);
	jw_key_cstr(&e.w, "kind", request->kind);
	jw_key_str(&e.w, "summary", buf_str(&request->preview->summary));
	jw_key_cstr(&e.w, "reason", request->verdict->reason);
	jw_key_str(&e.w, "rule", buf_str(&rules));
	if (request->preview->diff.len > 0)
		jw_key_str(&e.w, "diff", buf_str(&request->preview->diff));
	write_judgement(&e.w, request);
	return emit_end(&e, &q->door->run->to, EVENT_APPROVAL_REQUESTED, err);
}

static int
tell_answer(const struct door *d, const char *call_id,
    const struct approval_answer *answer, const char *by, struct error *err)
{
	static const char *const scopes[] = { [APPROVE_NO] = "none",
		[APPROVE_ONCE] = "once", [APPROVE_SESSION] = "session",
		[APPROVE_ALWAYS] = "always" };
	struct emit e;

	emit_begin(&e);
	jw_key_cstr(&e.w, "call_id", call_id);
	/* Who: a person of this account, or nobody was there. */
	jw_key_cstr(&e.w, "by", by);
	jw_key_cstr(&e.w, "decision",
	    answer->decision == APPROVE_NO ? "deny" : "allow");
	jw_key_cstr(&e.w, "scope", scopes[answer->decision]);
	if (answer->reason[0] != '\0')
		jw_key_cstr(&e.w, "reason", answer->reason);
	return emit_end(&e, &d->run->to, EVENT_APPROVAL_RESOLVED, err);
}

static void
keep_rule(struct session *s, struct policy_rule rule, enum approval decision)
{
	rule.answer = POLICY_ALLOW;
	snprintf(rule.source, sizeof(rule.source), "%s",
	    decision == APPROVE_ALWAYS ? "remembered" : "session");
	session_add_rule(s, &rule);
	if (decision == APPROVE_ALWAYS && s->remember != NULL)
		s->remember(&rule, s->remember_ctx);
}

/* Keeps what was shown, or what the face sent instead where that is a rule for
 * what was asked. What is not, is not kept: the call runs this once. */
static void
keep_rules(struct door *d, const struct approval_request *request,
    const struct approval_answer *answer)
{
	struct session *s = d->run->session;
	struct policy_rule rule;
	struct error err;

	for (size_t i = 0; answer->n_rules == 0 && i < request->n_always; i++)
		keep_rule(s, request->always[i], answer->decision);
	for (size_t i = 0; request->question != NULL &&
	    i < answer->n_rules; i++) {
		if (policy_rule_edited(request->question,
			str_from(answer->rules[i]), &rule, &err) == 0)
			keep_rule(s, rule, answer->decision);
		else
			emit_notice(&d->run->to, "warning",
			    error_name(err.code), err.message, NULL);
	}
}

static int
door_ask(const struct approval_request *request, struct approval_answer *ret,
    void *ctx, struct error *err)
{
	struct door *d = ctx;
	struct question question = { d, request };
	struct waiting w = { .call_id = request->call_id };
	int64_t asked = clock_now_ms();
	int rc, told;

	rc = session_wait_answer(d->run->session, &w, tell_request, &question,
	    err);
	d->waited_ms += clock_now_ms() - asked;
	if (rc != 0) {
		w.answer = (struct approval_answer){ .decision = APPROVE_NO };
		snprintf(w.answer.reason, sizeof(w.answer.reason), "%s",
		    rc == -ERR_CANCELLED ? "cancelled" :
					   "nobody is there to answer");
		tell_answer(d, request->call_id, &w.answer,
		    rc == -ERR_CANCELLED ? "cancel" : "nobody", NULL);
		return rc;
	}
	/* What is asked for one call is answered for one call. */
	if (strcmp(request->kind, APPROVAL_SECRET) == 0 &&
	    w.answer.decision != APPROVE_NO)
		w.answer.decision = APPROVE_ONCE;
	told = tell_answer(d, request->call_id, &w.answer, "user", err);
	if (told == 0 && strcmp(request->kind, APPROVAL_SECRET) == 0 &&
	    w.answer.decision != APPROVE_NO)
		told = record_permit(d->run, request->call_id,
		    buf_str(&request->preview->subject), err);
	if (told != 0)
		return told;
	if (w.answer.decision >= APPROVE_SESSION)
		keep_rules(d, request, &w.answer);
	d->said_no = w.answer.decision == APPROVE_NO;
	*ret = w.answer;
	return 0;
}

/* Undo goes by the user's own runs: a sub-run's changes are theirs. */
static void
name_call(const struct door *d, const char *call_id, const struct tool *tool,
    const struct json *args)
{
	const struct run *root = d->run;
	struct str command = json_get_str(args, "command");
	char label[128];

	if (root->session->tracker == NULL || d->read_only)
		return;
	while (root->parent != NULL)
		root = root->parent;
	snprintf(label, sizeof(label), "%s%s%.*s", tool->name,
	    command.len > 0 ? ": " : "", STR_ARG(command));
	tracker_begin_call(root->session->tracker, root->id, call_id, label);
}

/* Told with the call's start: which rule let it through. */
static void
door_judged(const char *call_id, const struct policy_verdict *verdict,
    bool asked, void *ctx)
{
	struct door *d = ctx;

	snprintf(d->rule, sizeof(d->rule), "%s", verdict->rule);
	snprintf(d->reason, sizeof(d->reason), "%s%s",
	    asked ? "approved: " : "", verdict->reason);
}

static int
door_target(const char *call_id, const char *host, unsigned port, void *ctx,
    struct error *err)
{
	const struct door *d = ctx;

	return record_target(d->run, call_id, host, port, err);
}

static int
door_before(const struct tool_call *call, void *ctx, struct error *err)
{
	const struct door *d = ctx;

	return hooks_before_tool(d->run, call, err);
}

static void
door_after(const struct tool_call *call, bool ok, struct tool_result *ret,
    void *ctx)
{
	const struct door *d = ctx;

	hooks_after_tool(d->run, call, ok, ret);
}

static int
door_started(const char *call_id, const struct tool *tool,
    const struct json *args, void *ctx, struct error *err)
{
	struct door *d = ctx;
	struct emit e;
	int rc;

	name_call(d, call_id, tool, args);
	emit_begin(&e);
	jw_key_cstr(&e.w, "call_id", call_id);
	jw_key_cstr(&e.w, "name", tool->name);
	jw_key(&e.w, "arguments");
	jw_json(&e.w, args);
	if (d->rule[0] != '\0')
		jw_key_cstr(&e.w, "rule", d->rule);
	if (d->reason[0] != '\0')
		jw_key_cstr(&e.w, "reason", d->reason);
	/* On record before it happens; what changes something, also on the
	 * disk. */
	rc = emit_end_wait(&e, &d->run->to, EVENT_TOOL_STARTED,
	    d->read_only ? STORE_LAZY : 0, FLUSH_MS, err);
	d->started = rc == 0;
	if (rc != 0 && err != NULL)
		d->fault = *err;
	return rc;
}

static void
door_output(const char *call_id, const char *stream, struct str text,
    void *ctx)
{
	struct door *d = ctx;
	struct emit e;

	if (d->shown >= SHOWN_MAX)
		return;
	d->shown += text.len;
	if (d->shown >= SHOWN_MAX)
		text = STR("\n[further output is not shown live]\n");
	emit_begin(&e);
	jw_key_cstr(&e.w, "call_id", call_id);
	jw_key_cstr(&e.w, "stream", stream);
	jw_key_str(&e.w, "text", text);
	emit_end(&e, &d->run->to, EVENT_TOOL_OUTPUT, NULL);
}

static void
door_scrub(struct str text, struct buf *out, void *ctx)
{
	const struct door *d = ctx;

	hide_text(d->run->session, text, out);
}

void
door_init(struct door *d, struct run *r)
{
	struct session *s = r->session;

	*d = (struct door){ .run = r, .env = s->env };
	d->env.session = r;
	monitor_enter(&s->monitor);
	d->rules = mem_alloc(s->n_rules + 1, sizeof(*d->rules));
	if (s->n_rules > 0)
		memcpy(d->rules, s->rules, s->n_rules * sizeof(*d->rules));
	d->policy = (struct policy){ s->mode, d->rules, s->n_rules };
	monitor_leave(&s->monitor);
	d->door = (struct tool_door){ .registry = s->opts.registry,
		.env = &d->env, .policy = &d->policy, .cancel = &s->cancel,
		.ask = door_ask, .before = door_before, .after = door_after,
		.started = door_started, .judged = door_judged,
		.target = door_target, .output = door_output,
		.scrub = door_scrub, .ctx = d };
}

void
door_release(struct door *d)
{
	free(d->rules);
	d->rules = NULL;
}
