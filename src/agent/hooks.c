/* Hooks; see hooks.h. */
#include "agent/hooks.h"

#include "agent/run.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/utf8.h"
#include "tools/child_env.h"
#include "tools/confined.h"
#include "tools/tool.h"
#include "tools/workspace.h"

#define INPUT_MAX (32 * MIB)
#define OUTPUT_MAX (64 * KIB)
/* Of a result's text; the rest of it is not the hook's business. */
#define RESULT_MAX (1 * MIB)
enum { STATUS_DENY = 2, GRACE_MS = 500 };

static const char *const event_names[HOOK_EVENTS] = {
	[HOOK_BEFORE_TOOL] = "before_tool",
	[HOOK_AFTER_TOOL] = "after_tool",
	[HOOK_PROMPT] = "prompt",
	[HOOK_STOP] = "stop",
	[HOOK_SESSION_START] = "session_start",
};

const char *
hook_event_name(enum hook_event event)
{
	return event_names[event];
}

/* One program on its way. */
struct hook_run {
	struct run *run;
	const struct hook *hook;
	struct buf out, err_out;
	struct proc_status status;
	char reason[HOOK_REASON_MAX];
};

/* What it says goes to the model and to a screen: one repaired line. */
static void
set_reason(struct hook_run *h, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(4 * OUTPUT_MAX);

	utf8_repair(str_trim(text), &clean);
	for (size_t i = 0; i < clean.len; i++)
		if ((unsigned char)clean.ptr[i] < ' ')
			clean.ptr[i] = ' ';
	if (clean.len >= sizeof(h->reason))
		buf_truncate(&clean, utf8_cut(clean.ptr, clean.len,
		    sizeof(h->reason) - 1));
	snprintf(h->reason, sizeof(h->reason), "%s", buf_text(&clean));
}

static int
start(const struct proc_opts *opts, void *ctx, struct error *err)
{
	struct hook_run *h = ctx;

	return proc_capture(opts, &h->out, &h->err_out, NULL, &h->status, err);
}

static int
start_hook(struct hook_run *h, struct str input, struct error *err)
{
	struct session *s = h->run->session;
	CLEANUP(free_ptr) const char **environment = child_env_make(NULL);
	const char *argv[] = { "sh", "-c", h->hook->command, NULL };
	const struct tool_call call = { .id = "", .env = &s->env,
		.effects = EFFECT_RUNS_COMMANDS };
	struct proc_opts opts = PROC_OPTS_INIT;

	opts.argv = argv;
	opts.environ_ = environment;
	opts.cwd = s->opts.roots[0];
	opts.input = input;
	opts.timeout_ms = h->hook->timeout_ms;
	opts.grace_ms = GRACE_MS;
	opts.cancel = &s->cancel;
	if (!h->hook->sandbox)
		return start(&opts, h, err);
	if (s->opts.launcher == NULL ||
	    launcher_missing(s->opts.launcher) != 0)
		return error_set(err, ERR_SANDBOX_MISSING,
		    "it is to run in the sandbox, which is not whole here");
	return confined_run(&call, NULL, &opts, start, h, err);
}

/* "{"decision":"deny","reason":"…"}" on stdout. */
static bool
says_no(struct hook_run *h)
{
	CLEANUP_JSON struct json *said = NULL;

	if (json_parse(buf_str(&h->out), NULL, &said, NULL) != 0 ||
	    !str_eq_c(json_get_str(said, "decision"), "deny"))
		return false;
	set_reason(h, json_get_str(said, "reason"));
	return true;
}

static void
describe_failure(struct hook_run *h, int rc, const struct error *fault)
{
	CLEANUP_BUF struct buf said = BUF_INIT(256 * KIB);

	if (rc != 0)
		buf_printf(&said, "the hook did not start: %s",
		    fault->message);
	else if (h->status.timed_out)
		buf_printf(&said, "the hook did not end within %d s",
		    h->hook->timeout_ms / 1000);
	else if (!h->status.exited)
		buf_printf(&said, "the hook was ended by signal %d",
		    h->status.signal);
	else
		buf_printf(&said, "the hook failed with status %d: ",
		    h->status.exit_status);
	if (h->status.exited)
		buf_add_str(&said, buf_str(&h->err_out));
	set_reason(h, buf_str(&said));
}

enum outcome { HOOK_FINE, HOOK_DENIES, HOOK_FAILED, HOOK_CANCELLED };

static enum outcome
run_hook(struct hook_run *h, struct str input)
{
	struct error fault = ERROR_INIT;
	int rc = start_hook(h, input, &fault);

	if (h->status.cancelled)
		return HOOK_CANCELLED;
	if (rc == 0 && h->status.exited && h->status.exit_status == 0)
		return says_no(h) ? HOOK_DENIES : HOOK_FINE;
	if (rc == 0 && h->status.exited &&
	    h->status.exit_status == STATUS_DENY) {
		set_reason(h, buf_str(&h->err_out));
		return HOOK_DENIES;
	}
	describe_failure(h, rc, &fault);
	return HOOK_FAILED;
}

static bool
has_hooks(const struct run *r, enum hook_event event)
{
	for (size_t i = 0; i < r->session->opts.n_hooks; i++)
		if (r->session->opts.hooks[i].event == event)
			return true;
	return false;
}

static void
tell(const struct run *r, enum hook_event event, const char *what,
    const char *reason)
{
	char text[HOOK_REASON_MAX + 128];

	snprintf(text, sizeof(text), "%s hook %s: %s", event_names[event],
	    what, reason);
	emit_notice(&r->to, "warning", what[0] == 'd' ? "hook.denied" :
	    "hook.failed", text, NULL);
}

/* Runs those of the event one after the other, to the first that refuses.
 * True: refused, *ret_reason says why; *ret_cancelled: nobody wants to know
 * any more. */
static bool
run_hooks(struct run *r, enum hook_event event, const char *tool,
    struct str input, char ret_reason[HOOK_REASON_MAX], bool *ret_cancelled)
{
	const struct agent_opts *o = &r->session->opts;
	bool guards = event != HOOK_AFTER_TOOL && event != HOOK_STOP;
	bool denied = false;

	*ret_cancelled = false;
	for (size_t i = 0; i < o->n_hooks && !denied && !*ret_cancelled;
	    i++) {
		struct hook_run h = { .run = r, .hook = &o->hooks[i],
			.out = BUF_INIT(OUTPUT_MAX),
			.err_out = BUF_INIT(OUTPUT_MAX) };
		enum outcome outcome = HOOK_FINE;

		if (h.hook->event == event && (tool == NULL ||
		    str_fits(str_from(tool), str_from(h.hook->tool))))
			outcome = run_hook(&h, input);
		*ret_cancelled = outcome == HOOK_CANCELLED;
		denied = outcome == HOOK_DENIES ||
		    (outcome == HOOK_FAILED && guards);
		if (denied || outcome == HOOK_FAILED) {
			if (h.reason[0] == '\0')
				snprintf(h.reason, sizeof(h.reason),
				    "no reason was given");
			tell(r, event, outcome == HOOK_DENIES ? "denied" :
			    "failed", h.reason);
		}
		if (denied)
			memcpy(ret_reason, h.reason, sizeof(h.reason));
		buf_release(&h.out);
		buf_release(&h.err_out);
	}
	return denied;
}

static void
begin_input(const struct run *r, enum hook_event event,
    struct json_writer *w)
{
	jw_object(w);
	jw_key_cstr(w, "hook", event_names[event]);
	jw_key_cstr(w, "session", r->session->id);
	jw_key_cstr(w, "run", r->id);
	jw_key_cstr(w, "folder", r->session->opts.roots[0]);
	jw_key_cstr(w, "mode", policy_mode_name(session_mode(r->session)));
}

static void
write_call(struct json_writer *w, const struct tool_call *call)
{
	jw_key_cstr(w, "call_id", call->id);
	jw_key_cstr(w, "tool", call->tool->name);
	jw_key(w, "arguments");
	jw_json(w, call->args);
}

/* A guard's answer as an error. What cannot be shown to a guard is refused. */
static int
guard(struct run *r, enum hook_event event, const char *tool,
    const struct buf *input, const char *what, struct error *err)
{
	char reason[HOOK_REASON_MAX] = "";
	bool cancelled = false;

	if (input->failed != 0)
		snprintf(reason, sizeof(reason), "it is too large for the %s "
		    "hook", event_names[event]);
	else
		run_hooks(r, event, tool, buf_str(input), reason, &cancelled);
	if (cancelled)
		return error_set(err, ERR_CANCELLED, "cancelled by the user");
	if (reason[0] == '\0')
		return 0;
	return error_set(err, ERR_HOOK_DENIED, "a hook refuses %s: %s", what,
	    reason);
}

int
hooks_before_tool(struct run *r, const struct tool_call *call,
    struct error *err)
{
	CLEANUP_BUF struct buf input = BUF_INIT(INPUT_MAX);
	struct json_writer w = JSON_WRITER(&input);

	if (!has_hooks(r, HOOK_BEFORE_TOOL))
		return 0;
	begin_input(r, HOOK_BEFORE_TOOL, &w);
	write_call(&w, call);
	jw_end(&w);
	return guard(r, HOOK_BEFORE_TOOL, call->tool->name, &input,
	    call->tool->name, err);
}

void
hooks_after_tool(struct run *r, const struct tool_call *call, bool ok,
    struct tool_result *result)
{
	CLEANUP_BUF struct buf input = BUF_INIT(INPUT_MAX);
	struct json_writer w = JSON_WRITER(&input);
	struct str text = buf_str(&result->text);
	char reason[HOOK_REASON_MAX] = "";
	bool cancelled;

	if (!has_hooks(r, HOOK_AFTER_TOOL))
		return;
	if (text.len > RESULT_MAX)
		text.len = utf8_cut(text.ptr, text.len, RESULT_MAX);
	begin_input(r, HOOK_AFTER_TOOL, &w);
	write_call(&w, call);
	jw_key_bool(&w, "ok", ok);
	jw_key_str(&w, "result", text);
	jw_key(&w, "files");
	jw_array(&w);
	for (size_t i = 0; i < result->n_files; i++)
		jw_cstr(&w, result->files[i]);
	jw_end(&w);
	jw_end(&w);
	if (input.failed == 0 && run_hooks(r, HOOK_AFTER_TOOL,
	    call->tool->name, buf_str(&input), reason, &cancelled))
		buf_printf(&result->text, "%sA hook of the user objects to "
		    "this: %s", result->text.len > 0 ? "\n" : "", reason);
}

/* Once for each session and process, at the first prompt. */
static int
begin_session(struct run *r, struct error *err)
{
	CLEANUP_BUF struct buf input = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&input);
	struct session *s = r->session;
	int rc;

	if (s->begun)
		return 0;
	begin_input(r, HOOK_SESSION_START, &w);
	jw_key_bool(&w, "resumed", s->convo.n > 0);
	jw_end(&w);
	rc = guard(r, HOOK_SESSION_START, NULL, &input, "this session", err);
	s->begun = rc == 0;
	return rc;
}

int
hooks_prompt(struct run *r, struct str text, struct error *err)
{
	CLEANUP_BUF struct buf input = BUF_INIT(INPUT_MAX);
	struct json_writer w = JSON_WRITER(&input);
	int rc = begin_session(r, err);

	if (rc == 0 && has_hooks(r, HOOK_PROMPT)) {
		begin_input(r, HOOK_PROMPT, &w);
		jw_key_str(&w, "text", text);
		jw_end(&w);
		rc = guard(r, HOOK_PROMPT, NULL, &input, "this prompt", err);
	}
	if (rc == -ERR_HOOK_DENIED) {
		monitor_enter(&r->session->monitor);
		r->session->refused = true;
		monitor_leave(&r->session->monitor);
	}
	return rc;
}

bool
hooks_stop(struct run *r, const char *stop_reason,
    char ret_reason[HOOK_REASON_MAX])
{
	CLEANUP_BUF struct buf input = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&input);
	bool cancelled;

	if (!has_hooks(r, HOOK_STOP))
		return false;
	begin_input(r, HOOK_STOP, &w);
	jw_key_cstr(&w, "stop_reason", stop_reason);
	jw_end(&w);
	return run_hooks(r, HOOK_STOP, NULL, buf_str(&input), ret_reason,
	    &cancelled);
}
