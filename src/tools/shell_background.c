/* The tool `shell_background`: servers, watchers and long builds that go on
 * while the session does other things. */
#include <signal.h>

#include "base/json.h"
#include "tools/shell_command.h"
#include "tools/shell_jobs.h"
#include "tools/tool_rows.h"

enum { WAIT_MAX_MS = 30 * 1000, GRACE_MS = 2000 };

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"action\":{\"enum\":[\"start\",\"output\",\"kill\",\"list\"]},"
    "\"command\":{\"type\":\"string\",\"description\":\"start: command line "
    "for bash\"},"
    "\"workdir\":{\"type\":\"string\",\"description\":\"start: folder to run "
    "it in\"},"
    "\"id\":{\"type\":\"string\",\"description\":\"output, kill: as given by "
    "start\"},"
    "\"wait_ms\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":30000,"
    "\"description\":\"start, output: how long to wait for output that is "
    "not there yet\"}},"
    "\"required\":[\"action\"],\"additionalProperties\":false}";

struct action {
	const char *name;
	int (*preview)(const struct tool_call *call, struct tool_preview *ret,
	    struct error *err); /* NULL: only the session is looked at */
	int (*run)(const struct tool_call *call, struct buf *out,
	    struct error *err);
};

static void
add_state(const struct shell_job_info *info, struct buf *out)
{
	const struct proc_status *s = &info->status;

	if (info->running)
		buf_printf(out, "running for %.1f s",
		    (double)info->age_ms / 1000);
	else if (s->exited)
		buf_printf(out, "ended with exit status %d", s->exit_status);
	else
		buf_printf(out, "ended by signal %d (SIG%s)", s->signal,
		    sigabbrev_np(s->signal) != NULL ? sigabbrev_np(s->signal) :
						      "?");
}

static int
print_output(const struct tool_call *call, struct str id, struct buf *out,
    struct error *err)
{
	struct shell_job_info info;
	size_t before = out->len;
	int rc = shell_jobs_output(call->env->jobs, id,
	    (int)json_get_int(call->args, "wait_ms", 0), call->cancel, out,
	    &info, err);

	if (rc != 0)
		return rc;
	if (out->len == before)
		buf_add_cstr(out, "(no new output)");
	if (out->ptr[out->len - 1] != '\n')
		buf_add_char(out, '\n');
	buf_printf(out, "[%s: ", info.id);
	add_state(&info, out);
	buf_add_char(out, ']');
	return 0;
}

struct started {
	struct shell_jobs *jobs;
	struct str command;
	char id[SHELL_JOB_ID_SIZE];
};

static int
start_job(const struct proc_opts *opts, void *ctx, struct error *err)
{
	struct started *s = ctx;

	return shell_jobs_start(s->jobs, opts, s->command, s->id, err);
}

static int
run_start(const struct tool_call *call, struct buf *out, struct error *err)
{
	CLEANUP_SHELL_COMMAND struct shell_command command =
	    SHELL_COMMAND_INIT;
	struct started s = { .jobs = call->env->jobs };
	struct proc_opts opts = PROC_OPTS_INIT;
	int rc = shell_command_init(&command, call, err);

	if (rc != 0)
		return rc;
	s.command = command.text;
	opts.grace_ms = GRACE_MS;
	rc = shell_command_start(&command, call, &opts, start_job, &s, err);
	if (rc != 0)
		return rc;
	buf_printf(out, "Started as %s.\n", s.id);
	/* It runs: what goes wrong with looking at it is no failed start. */
	if (json_get_int(call->args, "wait_ms", 0) > 0)
		print_output(call, str_from(s.id), out, NULL);
	return 0;
}

static int
preview_start(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	CLEANUP_SHELL_COMMAND struct shell_command command =
	    SHELL_COMMAND_INIT;
	int rc = shell_command_init(&command, call, err);

	if (rc != 0)
		return rc;
	shell_command_preview(&command, call, ret);
	buf_add_cstr(&ret->summary, " (in the background)");
	return 0;
}

static int
run_output(const struct tool_call *call, struct buf *out, struct error *err)
{
	return print_output(call, json_get_str(call->args, "id"), out, err);
}

static int
run_kill(const struct tool_call *call, struct buf *out, struct error *err)
{
	struct str id = json_get_str(call->args, "id");
	int rc = shell_jobs_kill(call->env->jobs, id, err);

	return rc != 0 ? rc : print_output(call, id, out, err);
}

static int
run_list(const struct tool_call *call, struct buf *out, struct error *err)
{
	struct shell_job_info rows[SHELL_JOBS_MAX];
	size_t n = shell_jobs_list(call->env->jobs, rows);

	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "%s  ", rows[i].id);
		add_state(&rows[i], out);
		buf_printf(out, "  %s\n", rows[i].command);
	}
	if (n == 0)
		buf_add_cstr(out, "No background shells.\n");
	return 0;
}

static const struct action actions[] = {
	{ "start", preview_start, run_start },
	{ "output", NULL, run_output },
	{ "kill", NULL, run_kill },
	{ "list", NULL, run_list },
};

/* The schema has checked the name. */
static const struct action *
action_of(const struct tool_call *call)
{
	struct str name = json_get_str(call->args, "action");

	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (str_eq_c(name, actions[i].name))
			return &actions[i];
	return NULL;
}

static int
background_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	const struct action *action = action_of(call);

	if (action == NULL)
		return error_set(err, ERR_TOOL_ARGUMENTS, "unknown action");
	if (action->preview != NULL)
		return action->preview(call, ret, err);
	ret->effects = EFFECT_SESSION;
	buf_printf(&ret->summary, "%s background shell %.*s", action->name,
	    STR_ARG(json_get_str(call->args, "id")));
	buf_add_str(&ret->subject, buf_str(&ret->summary));
	return 0;
}

static int
background_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	const struct action *action = action_of(call);

	if (action == NULL)
		return error_set(err, ERR_TOOL_ARGUMENTS, "unknown action");
	if (call->env->jobs == NULL)
		return error_set(err, ERR_UNSUPPORTED,
		    "there are no background shells here; use shell");
	return action->run(call, &result->text, err);
}

const struct tool tool_shell_background = {
	.name = "shell_background",
	.summary = "Run commands in the background",
	.description =
	    "Starts a command that goes on while you do other things (servers, "
	    "watchers, long builds), and reads or ends it later. Each output "
	    "call gives only what is new. All end with the session. Not for "
	    "commands that end soon: use shell.",
	.schema = schema,
	.effects = EFFECT_READS_FILES | EFFECT_WRITES_FILES |
	    EFFECT_RUNS_COMMANDS | EFFECT_NETWORK | EFFECT_WRITES_GIT |
	    EFFECT_SESSION | EFFECT_DESTROYS,
	.output_max = 24 * KIB,
	.timeout_ms = WAIT_MAX_MS + 10 * 1000,
	.deferred = true,
	.preview = background_preview,
	.run = background_run,
};
