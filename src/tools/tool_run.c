/* The door. One call passes it in this order: find the row, parse and validate
 * the arguments, preview (what would it do), policy, ask, started, run, cap,
 * scrub. Whatever goes wrong becomes an answer that lets the model do better;
 * nothing is run on a guess. */
#include "tools/tool_run.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/json_repair.h"
#include "base/json_schema.h"
#include "base/mem.h"
#include "index/code_index.h"
#include "safety/scrubber.h"
#include "tools/after_edit.h"
#include "tools/tool_cap.h"
#include "tools/workspace.h"
#include "undo/tracker.h"

#define ARGUMENTS_MAX (8 * MIB)
/* A tool that forgot its timeout still ends. */
enum { TIMEOUT_DEFAULT_MS = 60 * 1000 };
#define OUTPUT_DEFAULT (32 * KIB)
/* After such a call the index may be behind. */
enum { CHANGES_FILES = EFFECT_WRITES_FILES | EFFECT_RUNS_COMMANDS |
	    EFFECT_WRITES_GIT };
/* Paths of the deny list that one call may ask for. */
enum { SECRETS_MAX = 8 };

/* What the model is told when a call fails: the code, what happened, what to
 * do. */
static void
answer_error(struct tool_result *r, const struct error *e, const char *advice)
{
	r->ok = false;
	r->error = *e;
	if (r->text.len > 0)
		buf_add_char(&r->text, '\n');
	buf_printf(&r->text, "Error (%s): %s", error_name(e->code), e->message);
	if (e->details[0] != '\0')
		buf_printf(&r->text, "\n%s", e->details);
	if (advice != NULL)
		buf_printf(&r->text, "\n%s", advice);
}

static void
answer_unknown(const struct tool_door *door, struct str name,
    struct tool_result *r)
{
	CLEANUP_BUF struct buf known = BUF_INIT(4 * KIB);
	struct error e;

	buf_add_cstr(&known, "Tools there are: ");
	for (size_t i = 0; i < tool_registry_count(door->registry); i++)
		buf_printf(&known, "%s%s", i ? ", " : "",
		    tool_registry_at(door->registry, i)->name);
	error_set(&e, ERR_TOOL_UNKNOWN, "there is no tool \"%.*s\"",
	    (int)(name.len > 64 ? 64 : name.len), name.ptr ? name.ptr : "");
	answer_error(r, &e, buf_text(&known));
}

/* Models write names in other cases and with prefixes of other assistants. */
static const struct tool *
find_tool(const struct tool_registry *registry, struct str name)
{
	const struct tool *tool = tool_registry_find(registry, name);
	static const struct str prefixes[] = {
		{ "functions.", 10 }, { "default_api.", 12 }, { "tools.", 6 },
	};

	for (size_t i = 0; tool == NULL && i < ARRAY_LEN(prefixes); i++)
		if (str_starts(name, prefixes[i]))
			tool = tool_registry_find(registry,
			    str_sub(name, prefixes[i].len, SIZE_MAX));
	for (size_t i = 0; tool == NULL && i < tool_registry_count(registry);
	    i++)
		if (str_eq_nocase(name,
		    str_from(tool_registry_at(registry, i)->name)))
			tool = tool_registry_at(registry, i);
	return tool;
}

static int
parse_arguments(const struct tool *tool, struct str arguments,
    struct json **ret, struct error *err)
{
	const struct json_limits limits = { .bytes_max = ARGUMENTS_MAX,
		.depth_max = 64, .flags = JSON_STRICT };
	CLEANUP_JSON struct json *schema = NULL;
	CLEANUP_JSON struct json *args = NULL;
	struct error why = ERROR_INIT;
	int rc;

	if (str_trim(arguments).len == 0)
		arguments = STR("{}");
	rc = json_parse_lenient(arguments, &limits, &args, err);
	if (rc != 0)
		return error_wrap(err, ERR_TOOL_ARGUMENTS,
		    "the arguments are not valid JSON");
	rc = json_parse(str_from(tool->schema), NULL, &schema, err);
	if (rc != 0)
		return error_wrap(err, ERR_INTERNAL,
		    "the schema of tool %s is broken", tool->name);
	json_schema_coerce(schema, &args);
	rc = json_schema_check(schema, args, NULL, &why);
	if (rc != 0)
		return error_set(err, ERR_TOOL_ARGUMENTS, "arguments of %s: %s",
		    tool->name, why.message);
	*ret = steal(args);
	return 0;
}

static int
make_preview(const struct tool_call *call, struct tool_preview *p,
    struct error *err)
{
	p->effects = call->tool->effects;
	if (call->tool->preview != NULL)
		return call->tool->preview(call, p, err);
	buf_printf(&p->summary, "%s ", call->tool->name);
	json_print(call->args, &p->summary);
	if (p->summary.failed != 0)
		buf_clear(&p->summary);
	return 0;
}

static const char *
kind_of(unsigned effects)
{
	if (effects & EFFECT_WRITES_GIT)
		return "git";
	if (effects & EFFECT_RUNS_COMMANDS)
		return "command";
	if (effects & EFFECT_WRITES_FILES)
		return "edit";
	if (effects & EFFECT_NETWORK)
		return "network";
	return "other";
}

static int
ask_user(const struct tool_door *door, const struct tool_call *call,
    const struct tool_preview *preview, const struct policy_question *question,
    const struct policy_verdict *verdict, struct error *err)
{
	struct approval_request request = { .call_id = call->id,
		.tool = call->tool, .preview = preview, .verdict = verdict,
		.kind = kind_of(preview->effects) };
	struct approval_answer answer = { .decision = APPROVE_NO };
	struct policy_rule always[APPROVAL_RULES_MAX];
	int rc;

	request.question = question;
	request.always = always;
	request.n_always = policy_rules_for(question, always,
	    ARRAY_LEN(always));
	if (door->ask == NULL)
		return error_set(err, ERR_POLICY_UNANSWERED,
		    "%s needs an approval (%s) and nobody is there to give it",
		    call->tool->name, verdict->reason);
	rc = door->ask(&request, &answer, door->ctx, err);
	if (rc != 0)
		return rc;
	if (answer.decision != APPROVE_NO)
		return 0;
	if (answer.reason[0] != '\0')
		return error_set(err, ERR_POLICY_DENIED,
		    "the user said no: %s", answer.reason);
	return error_set(err, ERR_POLICY_DENIED, "the user said no");
}

/* A path of the deny list was met: a person may let this one call have it.
 * 0: allowed, try again. Else *err stays as it is. */
static int
ask_for_secret(const struct tool_door *door, const struct tool_call *call,
    struct error *err)
{
	CLEANUP(free_ptr) char *path = workspace_refused(call->env->workspace);
	struct policy_verdict verdict = { .answer = POLICY_ASK,
		.rule = "deny list" };
	struct approval_answer answer = { .decision = APPROVE_NO };
	struct approval_request request = { .call_id = call->id,
		.tool = call->tool, .verdict = &verdict,
		.kind = APPROVAL_SECRET };
	struct tool_preview preview;
	struct error own = ERROR_INIT;
	int rc;

	if (path == NULL || door->ask == NULL)
		return -ERR_PATH_DENIED;
	tool_preview_init(&preview);
	buf_printf(&preview.summary, "%s %s", call->tool->name, path);
	buf_add_cstr(&preview.subject, path);
	snprintf(verdict.reason, sizeof(verdict.reason), "%s",
	    err->message);
	request.preview = &preview;
	rc = door->ask(&request, &answer, door->ctx, &own);
	tool_preview_release(&preview);
	if (rc == -ERR_CANCELLED)
		*err = own;
	if (rc != 0)
		return rc == -ERR_CANCELLED ? rc : -ERR_PATH_DENIED;
	if (answer.decision == APPROVE_NO)
		return -ERR_PATH_DENIED;
	workspace_allow(call->env->workspace, path);
	return 0;
}

/* Makes the preview, asking for each path that is held back. */
static int
preview_with_asking(const struct tool_door *door,
    const struct tool_call *call, struct tool_preview *preview,
    struct error *err)
{
	int rc = make_preview(call, preview, err);

	for (int i = 0; rc == -ERR_PATH_DENIED && i < SECRETS_MAX; i++) {
		if (ask_for_secret(door, call, err) != 0)
			return -(int)err->code;
		tool_preview_release(preview);
		tool_preview_init(preview);
		rc = make_preview(call, preview, err);
	}
	return rc;
}

static int
run_with_asking(const struct tool_door *door, const struct tool_call *call,
    struct tool_result *ret, struct error *err)
{
	int rc = call->tool->run(call, ret, err);

	for (int i = 0; rc == -ERR_PATH_DENIED && i < SECRETS_MAX; i++) {
		if (ask_for_secret(door, call, err) != 0)
			return -(int)err->code;
		tool_result_release(ret);
		tool_result_init(ret);
		rc = call->tool->run(call, ret, err);
	}
	if ((call->tool->effects & CHANGES_FILES) != 0 &&
	    call->env->index != NULL)
		code_index_poke(call->env->index);
	return rc;
}

/* A placeholder in a command, a commit or a request would be taken for the
 * value and saved or sent as it stands. File tools know better: see
 * change_set.h. */
static int
check_placeholders(const struct tool_call *call, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2 * ARGUMENTS_MAX);

	if ((call->tool->effects & (EFFECT_RUNS_COMMANDS | EFFECT_WRITES_GIT |
	    EFFECT_NETWORK)) == 0)
		return 0;
	json_print(call->args, &text);
	if (!scrubber_has_placeholder(buf_str(&text)))
		return 0;
	return error_set(err, ERR_SECRET_PLACEHOLDER, "%s was given a "
	    "placeholder, which is not the secret that it stands for",
	    call->tool->name);
}

static int
pass_gate(const struct tool_door *door, const struct tool_call *call,
    unsigned *ret_effects, struct error *err)
{
	struct tool_preview preview;
	struct policy_question question;
	struct policy_verdict verdict;
	int rc;

	tool_preview_init(&preview);
	rc = preview_with_asking(door, call, &preview, err);
	if (rc == 0)
		rc = check_placeholders(call, err);
	if (rc == 0) {
		question = (struct policy_question){ .tool = call->tool->name,
			.effects = preview.effects,
			.subject = buf_str(&preview.subject),
			.parts = preview.judged.parts,
			.n_parts = preview.judged.n_parts };
		policy_check(door->policy, &question, &verdict);
		if (verdict.answer == POLICY_DENY)
			rc = error_set(err, ERR_POLICY_DENIED,
			    "%s is refused: %s", call->tool->name,
			    verdict.reason);
		else if (door->before != NULL)
			rc = door->before(call, door->ctx, err);
		if (rc == 0 && verdict.answer == POLICY_ASK)
			rc = ask_user(door, call, &preview, &question,
			    &verdict, err);
		if (door->judged != NULL)
			door->judged(call->id, &verdict, rc == 0 &&
			    verdict.answer == POLICY_ASK, door->ctx);
	}
	*ret_effects = preview.effects;
	tool_preview_release(&preview);
	return rc;
}

/* What a command changes is found by looking before and after, if it was not
 * judged to change nothing. File tools record their files themselves
 * (change_commit.c). */
static int
run_recorded(const struct tool_door *door, const struct tool_call *call,
    unsigned effects, struct tool_result *ret, struct error *err)
{
	struct tracker *tracker = call->env->workspace == NULL ? NULL :
	    workspace_tracker(call->env->workspace);
	int64_t point = 0;
	int rc = 0;

	if ((call->tool->effects &
		(EFFECT_RUNS_COMMANDS | EFFECT_WRITES_GIT)) == 0 ||
	    (effects & ~(unsigned)EFFECT_HARMLESS) == 0)
		tracker = NULL;
	if (tracker != NULL)
		rc = tracker_begin_command(tracker, &point, err);
	if (rc != 0)
		return rc;
	rc = run_with_asking(door, call, ret, err);
	if (tracker != NULL)
		tracker_end_command(tracker, point);
	return rc;
}

struct output_ctx {
	const struct tool_door *door;
	const char *call_id;
};

static void
pass_output(const char *stream, struct str text, void *ctx)
{
	const struct output_ctx *o = ctx;

	o->door->output(o->call_id, stream, text, o->door->ctx);
}

static int
pass_target(const char *host, unsigned port, void *ctx, struct error *err)
{
	const struct output_ctx *o = ctx;

	return o->door->target(o->call_id, host, port, o->door->ctx, err);
}

static void
finish_text(const struct tool_door *door, const struct tool *tool,
    const char *call_id, struct buf *text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(text->max);

	if (door->scrub != NULL) {
		door->scrub(buf_str(text), &clean, door->ctx);
		buf_clear(text);
		buf_add_str(text, buf_str(&clean));
	}
	tool_cap(text, tool->output_max ? tool->output_max : OUTPUT_DEFAULT,
	    door->env->spill_folder, call_id);
}

static int
run_call(const struct tool_door *door, const char *call_id,
    const struct tool *tool, struct str arguments, struct tool_result *ret,
    struct error *err)
{
	CLEANUP_JSON struct json *args = NULL;
	struct output_ctx output = { door, call_id };
	struct tool_env env = *door->env;
	CLEANUP(workspace_destroyp) struct workspace *view =
	    env.workspace == NULL ? NULL :
				    workspace_create_view(env.workspace);
	struct tool_call call = { .id = call_id, .tool = tool,
		.env = &env, .cancel = door->cancel };
	unsigned effects = 0;
	int rc;

	env.workspace = view;
	rc = parse_arguments(tool, arguments, &args, err);
	if (rc != 0)
		return rc;
	call.args = args;
	call.deadline_ms = clock_now_ms() +
	    (tool->timeout_ms > 0 ? tool->timeout_ms : TIMEOUT_DEFAULT_MS);
	if (door->output != NULL) {
		call.output = pass_output;
		call.output_ctx = &output;
	}
	if (door->target != NULL) {
		call.target = pass_target;
		call.target_ctx = &output;
	}
	rc = cancel_check(door->cancel, err);
	if (rc == 0)
		rc = pass_gate(door, &call, &effects, err);
	if (rc == 0)
		rc = cancel_check(door->cancel, err);
	if (rc == 0 && door->started != NULL)
		rc = door->started(call_id, tool, args, door->ctx, err);
	if (rc != 0)
		return rc;
	call.effects = effects;
	/* The wait for an answer does not count. */
	call.deadline_ms = clock_now_ms() +
	    (tool->timeout_ms > 0 ? tool->timeout_ms : TIMEOUT_DEFAULT_MS);
	rc = run_recorded(door, &call, effects, ret, err);
	if (rc == 0 && env.after_edit != NULL && ret->n_files > 0 &&
	    (tool->effects & EFFECT_RUNS_COMMANDS) == 0)
		after_edit_run(&call, env.after_edit, ret);
	if (door->after != NULL)
		door->after(&call, rc == 0, ret, door->ctx);
	return rc;
}

static const char *
advice_for(enum error_code code)
{
	switch (code) {
	case ERR_TOOL_ARGUMENTS:
		return "Nothing was done. Call the tool again with arguments "
		       "that fit its schema.";
	case ERR_POLICY_DENIED:
		return "Nothing was done. Do not try the same thing another "
		       "way; go on without it, or ask the user.";
	case ERR_HOOK_DENIED:
		return "Nothing was done. The user's own rule said no: go on "
		       "without it, or in a way that fits the reason.";
	case ERR_POLICY_UNANSWERED:
		return "Nothing was done. Go on without it and say in your "
		       "answer what still needs the user's approval.";
	case ERR_PATH_DENIED:
		return "Nothing was read or done. Do not try to get at it "
		       "another way; go on without it, or tell the user what "
		       "you need from it.";
	case ERR_SECRET_PLACEHOLDER:
		return "Nothing was done. A placeholder in a file goes back "
		       "only by edit, write or apply_patch on that same "
		       "file. Have programs take the value from where it is "
		       "kept (a file, a variable), or ask the user.";
	case ERR_CANCELLED:
		return "The user cancelled.";
	default:
		return NULL;
	}
}

void
tool_run(const struct tool_door *door, const char *call_id, struct str name,
    struct str arguments, struct tool_result *ret)
{
	const struct tool *tool = find_tool(door->registry, name);
	struct error err = ERROR_INIT;

	tool_result_init(ret);
	if (tool == NULL) {
		answer_unknown(door, name, ret);
		return;
	}
	if (run_call(door, call_id, tool, arguments, ret, &err) == 0)
		ret->ok = true;
	else
		answer_error(ret, &err, advice_for(err.code));
	finish_text(door, tool, call_id, &ret->text);
}

bool
tool_call_is_read_only(const struct tool_door *door, struct str name,
    struct str arguments)
{
	const unsigned reading = EFFECT_READS_FILES | EFFECT_NETWORK;
	const struct tool *tool = find_tool(door->registry, name);
	CLEANUP_JSON struct json *args = NULL;
	struct tool_preview preview;
	struct tool_call call;
	bool read_only;

	if (tool == NULL)
		return true; /* only an answer */
	if ((tool->effects & ~reading) == 0)
		return true;
	if (tool->preview == NULL ||
	    parse_arguments(tool, arguments, &args, NULL) != 0)
		return false;
	call = (struct tool_call){ .id = "", .tool = tool, .args = args,
		.env = door->env, .cancel = door->cancel,
		.deadline_ms = clock_now_ms() + 1000 };
	tool_preview_init(&preview);
	read_only = make_preview(&call, &preview, NULL) == 0 &&
	    (preview.effects & ~reading) == 0;
	tool_preview_release(&preview);
	return read_only;
}
