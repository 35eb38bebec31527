/* The tool `git`: one tool with an action. Reading is done by the git room;
 * changing runs the git program with the user's hooks, signing and filters,
 * never with --no-verify. Nothing here can lose work: no reset, no clean, no
 * forced delete; those are shell commands, which ask. */
#include "base/clock.h"
#include "base/json.h"
#include "base/proc.h"
#include "base/utf8.h"
#include "git/program.h"
#include "git/repo_diff.h"
#include "tools/child_env.h"
#include "tools/confined.h"
#include "tools/git_call.h"
#include "tools/tool_rows.h"

#define OUTPUT_MAX (1 * MIB)
#define PREVIEW_MAX (256 * KIB)
enum { TIMEOUT_MS = 600 * 1000 };

#define READS EFFECT_READS_FILES
#define CHANGES (EFFECT_WRITES_GIT | EFFECT_RUNS_COMMANDS)

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"action\":{\"enum\":[\"status\",\"diff\",\"log\",\"show\",\"blame\","
    "\"add\",\"commit\",\"branch\",\"stash\"]},"
    "\"operation\":{\"enum\":[\"list\",\"create\",\"switch\",\"delete\","
    "\"push\",\"pop\",\"apply\"],\"description\":\"branch: list, create (and "
    "switch), switch, delete; stash: list, push, pop, apply\"},"
    "\"paths\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
    "\"revision\":{\"type\":\"string\",\"description\":\"diff: A..B or A; "
    "log, show, blame, branch create: a commit or range; show: also "
    "REV:path\"},"
    "\"staged\":{\"type\":\"boolean\",\"description\":\"diff: what is "
    "staged\"},"
    "\"stat\":{\"type\":\"boolean\",\"description\":\"diff: numbers only\"},"
    "\"count\":{\"type\":\"integer\",\"description\":\"log\"},"
    "\"first_line\":{\"type\":\"integer\"},"
    "\"last_line\":{\"type\":\"integer\",\"description\":\"blame\"},"
    "\"message\":{\"type\":\"string\",\"description\":\"commit, stash "
    "push\"},"
    "\"all\":{\"type\":\"boolean\",\"description\":\"add: everything; commit: "
    "all tracked files; stash push: untracked too\"},"
    "\"name\":{\"type\":\"string\",\"description\":\"branch\"},"
    "\"workdir\":{\"type\":\"string\",\"description\":\"folder in another "
    "repository\"}},"
    "\"required\":[\"action\"],\"additionalProperties\":false}";

/* The first row of an action is what it does without an operation. */
static const struct git_action actions[] = {
	{ "status", NULL, READS, git_read_status, NULL },
	{ "diff", NULL, READS, git_read_diff, NULL },
	{ "log", NULL, READS, git_read_log, NULL },
	{ "show", NULL, READS, git_read_show, NULL },
	{ "blame", NULL, READS, git_read_blame, NULL },
	{ "add", NULL, CHANGES, NULL, git_change_add },
	{ "commit", NULL, CHANGES, NULL, git_change_commit },
	{ "branch", "list", READS, git_read_branches, NULL },
	{ "branch", "create", CHANGES | EFFECT_WRITES_FILES, NULL,
	    git_change_branch_create },
	{ "branch", "switch", CHANGES | EFFECT_WRITES_FILES, NULL,
	    git_change_branch_switch },
	{ "branch", "delete", CHANGES, NULL, git_change_branch_delete },
	{ "stash", "push", CHANGES | EFFECT_WRITES_FILES, NULL,
	    git_change_stash_push },
	{ "stash", "list", READS, git_read_stashes, NULL },
	{ "stash", "pop", CHANGES | EFFECT_WRITES_FILES, NULL,
	    git_change_stash_pop },
	{ "stash", "apply", CHANGES | EFFECT_WRITES_FILES, NULL,
	    git_change_stash_apply },
};

static const struct git_action *
find_action(const struct tool_call *call, struct error *err)
{
	struct str name = json_get_str(call->args, "action");
	struct str operation = json_get_str(call->args, "operation");

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		const struct git_action *row = &actions[i];

		if (str_eq_c(name, row->name) &&
		    (operation.len == 0 || row->operation == NULL ||
			str_eq_c(operation, row->operation)))
			return row;
	}
	error_set(err, ERR_TOOL_ARGUMENTS,
	    "%.*s has no operation \"%.*s\"", STR_ARG(name),
	    STR_ARG(operation));
	return NULL;
}

static bool
is_plain(const char *arg)
{
	for (; *arg != '\0'; arg++)
		if (strchr("abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			   "@%+=:,./_-", *arg) == NULL)
			return false;
	return true;
}

/* As a person would type it; for reading and for rules, never for a shell. */
static void
print_command(const struct git_args *args, struct buf *out)
{
	buf_add_cstr(out, "git");
	for (size_t i = 0; i < args->n; i++) {
		const char *arg = args->args[i];

		if (strcmp(arg, "--file=-") == 0) {
			buf_add_cstr(out, " -m '");
			buf_add_str(out, args->input);
			buf_add_char(out, '\'');
		} else if (arg[0] != '\0' && is_plain(arg)) {
			buf_printf(out, " %s", arg);
		} else {
			buf_printf(out, " '%s'", arg);
		}
	}
}

static void
add_first_line(struct str text, struct buf *out)
{
	struct str line = STR_NONE, rest = str_trim(text);

	str_next_line(&rest, &line);
	buf_add_str(out, line);
	if (str_trim(rest).len > 0)
		buf_add_cstr(out, " …");
}

/* What the commit would take. A fault is no reason not to ask. */
static void
add_staged_diff(struct git_call *c, struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(PREVIEW_MAX);
	struct repo_diff_opts opts = REPO_DIFF_OPTS_INIT;
	struct repo_diff_stat stat;

	opts.what = json_get_bool(c->call->args, "all", false) ||
		c->n_paths > 0 ?
	    REPO_DIFF_ALL :
	    REPO_DIFF_STAGED;
	opts.paths = (const char *const *)c->paths;
	opts.n_paths = c->n_paths;
	if (repo_diff_read(c->repo, &opts, &text, &stat, NULL) == 0)
		utf8_repair(buf_str(&text), out);
}

static int
preview_change(struct git_call *c, const struct git_action *action,
    struct tool_preview *ret, struct error *err)
{
	CLEANUP_BUF struct buf command = BUF_INIT(PREVIEW_MAX);
	struct git_args args = { .n = 0 };
	int rc = action->change(c, &args, err);

	if (rc != 0)
		return rc;
	print_command(&args, &command);
	rc = buf_check(&command, err);
	if (rc != 0)
		return rc;
	buf_add_str(&ret->subject, buf_str(&command));
	add_first_line(buf_str(&command), &ret->summary);
	buf_add_str(&ret->diff, buf_str(&command));
	buf_add_char(&ret->diff, '\n');
	if (args.input.len > 0)
		add_staged_diff(c, &ret->diff);
	return 0;
}

static int
git_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	CLEANUP_GIT_CALL struct git_call c = { .call = NULL };
	const struct git_action *action = find_action(call, err);
	int rc;

	if (action == NULL)
		return -ERR_TOOL_ARGUMENTS;
	ret->effects = action->effects;
	if (action->change == NULL) {
		buf_printf(&ret->subject, "git %s%s%s", action->name,
		    action->operation ? " " : "",
		    action->operation ? action->operation : "");
		buf_add_str(&ret->summary, buf_str(&ret->subject));
		return 0;
	}
	rc = git_call_init(&c, call, err);
	if (rc == 0)
		rc = preview_change(&c, action, ret, err);
	confined_preview(call->env, ret);
	return rc;
}

/* One change that runs: what its callbacks need. */
struct change_run {
	const struct git_call *c;
	struct proc_status *status;
};

static void
pass_output(struct str bytes, void *ctx)
{
	const struct change_run *r = ctx;
	const struct tool_call *call = r->c->call;
	CLEANUP_BUF struct buf text = BUF_INIT(4 * bytes.len + 16);

	if (call->output != NULL && utf8_repair(bytes, &text) == 0)
		call->output("stdout", buf_str(&text), call->output_ctx);
}

static int
run_to_end(const struct proc_opts *opts, void *ctx, struct error *err)
{
	struct change_run *r = ctx;

	return proc_run(opts, r->status, err);
}

/* The user's hooks and filters run too, and with them what the workspace
 * holds: in the sandbox, with the whole repository as a place to write. */
static int
run_confined(const struct proc_opts *opts, struct proc_status *ret, void *ctx,
    struct error *err)
{
	struct change_run *r = ctx;

	r->status = ret;
	return confined_run(r->c->call, r->c->folder, opts, run_to_end,
	    r, err);
}

static int
run_change(struct git_call *c, const struct git_action *action,
    struct buf *out, struct error *err)
{
	CLEANUP(free_ptr) const char **environment =
	    child_env_make(c->call->env->environ_);
	CLEANUP_BUF struct buf said = BUF_INIT(OUTPUT_MAX);
	struct git_args args = { .n = 0 };
	struct change_run running = { .c = c };
	struct git_change change = { .folder = c->folder,
		.environ_ = environment,
		.cancel = c->call->cancel,
		.timeout_ms = clock_left_ms(c->call->deadline_ms),
		.output = pass_output,
		.run = run_confined,
		.ctx = &running };
	int rc = action->change(c, &args, err);

	if (rc != 0)
		return rc;
	change.args = args.args;
	change.input = args.input;
	if (change.timeout_ms < 1)
		change.timeout_ms = 1;
	rc = git_program_change(&change, &said, err);
	utf8_repair(buf_str(&said), out);
	if (rc == 0 && said.len == 0)
		buf_add_cstr(out, "Done.\n");
	return rc;
}

static int
git_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	CLEANUP_GIT_CALL struct git_call c = { .call = NULL };
	const struct git_action *action = find_action(call, err);
	int rc;

	if (action == NULL)
		return -ERR_TOOL_ARGUMENTS;
	rc = git_call_init(&c, call, err);
	if (rc != 0)
		return rc;
	if (action->read != NULL)
		return action->read(&c, &result->text, err);
	return run_change(&c, action, &result->text, err);
}

const struct tool tool_git = {
	.name = "git",
	.summary = "Look at and change the git repository",
	.description =
	    "Reads the repository (status, diff, log, show, blame, branch "
	    "list, stash list) and changes it (add, commit, branch, stash) "
	    "with the user's hooks and signing. Paths are relative to the "
	    "workspace. Commit only when the user asked for it. Not for push, "
	    "pull, merge, rebase or reset: use shell.",
	.schema = schema,
	.effects = EFFECT_READS_FILES | EFFECT_WRITES_FILES |
	    EFFECT_WRITES_GIT | EFFECT_RUNS_COMMANDS,
	.output_max = 32 * KIB,
	.timeout_ms = TIMEOUT_MS,
	.preview = git_preview,
	.run = git_run,
};
