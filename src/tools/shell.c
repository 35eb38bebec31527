/* The tool `shell`: one command to its end, with live output. Whatever it
 * starts ends with the call (base/proc.h); what shall go on is for
 * `shell_background`. */
#include <signal.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/proc.h"
#include "tools/head_tail.h"
#include "tools/shell_command.h"
#include "tools/text_stream.h"
#include "tools/tool_rows.h"

enum {
	TIMEOUT_DEFAULT_MS = 120 * 1000,
	TIMEOUT_MAX_MS = 600 * 1000,
	GRACE_MS = 2000,
};
/* Kept of the output; the rest is counted. The door cuts it again for the
 * model and keeps this in a file. */
#define HEAD_MAX (2 * MIB)
#define TAIL_MAX (2 * MIB)

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"command\":{\"type\":\"string\",\"description\":\"Command line for "
    "bash\"},"
    "\"workdir\":{\"type\":\"string\",\"description\":\"Folder to run it in; "
    "default: the workspace's root\"},"
    "\"timeout_ms\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":600000,"
    "\"description\":\"Default 120000\"},"
    "\"description\":{\"type\":\"string\",\"description\":\"What it does, in "
    "a few words, for the user\"}},"
    "\"required\":[\"command\"],\"additionalProperties\":false}";

struct shell_run {
	const struct tool_call *call;
	struct text_stream text;
	struct head_tail kept;
	struct proc_status status;
};

static void
pass_on(struct shell_run *r, struct str text)
{
	if (text.len == 0)
		return;
	head_tail_add(&r->kept, text);
	if (r->call->output != NULL)
		r->call->output("stdout", text, r->call->output_ctx);
}

static void
take_output(enum proc_stream stream, struct str bytes, void *ctx)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * bytes.len + 16);
	struct shell_run *r = ctx;

	text_stream_feed(&r->text, bytes, &text);
	pass_on(r, buf_str(&text));
}

static int
run_to_end(const struct proc_opts *opts, void *ctx, struct error *err)
{
	struct shell_run *r = ctx;

	return proc_run(opts, &r->status, err);
}

static void
add_ending(const struct proc_status *s, struct buf *out)
{
	if (s->exited)
		buf_printf(out, "[exit status %d", s->exit_status);
	else
		buf_printf(out, "[ended by signal %d (SIG%s)", s->signal,
		    sigabbrev_np(s->signal) != NULL ? sigabbrev_np(s->signal) :
						      "?");
	buf_printf(out, ", %.2f s]", (double)s->duration_ms / 1000);
	if (s->survivors)
		buf_add_cstr(out, "\n[a process that it started runs as "
				  "another user and could not be ended]");
}

static int
give_result(struct shell_run *r, int timeout_ms, struct buf *out,
    struct error *err)
{
	CLEANUP_BUF struct buf rest = BUF_INIT(16);

	text_stream_end(&r->text, &rest);
	pass_on(r, buf_str(&rest));
	head_tail_print(&r->kept, 0, out);
	if (out->len > 0 && out->ptr[out->len - 1] != '\n')
		buf_add_char(out, '\n');
	if (r->kept.total == 0)
		buf_add_cstr(out, "(no output)\n");
	add_ending(&r->status, out);
	if (r->status.timed_out)
		return error_set(err, ERR_TOOL_TIMEOUT,
		    "the command did not end within %d ms and was stopped; "
		    "give a larger timeout_ms, or use shell_background",
		    timeout_ms);
	if (r->status.cancelled)
		return error_set(err, ERR_CANCELLED,
		    "the command was stopped by the user");
	return buf_check(out, err);
}

static int
shell_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	CLEANUP_SHELL_COMMAND struct shell_command command =
	    SHELL_COMMAND_INIT;
	struct shell_run r = { .call = call };
	struct proc_opts opts = PROC_OPTS_INIT;
	int64_t timeout = json_get_int(call->args, "timeout_ms",
	    TIMEOUT_DEFAULT_MS);
	int left = clock_left_ms(call->deadline_ms);
	int rc = shell_command_init(&command, call, err);

	if (rc != 0)
		return rc;
	if (timeout < 1 || timeout > TIMEOUT_MAX_MS)
		timeout = TIMEOUT_MAX_MS;
	if (left >= 0 && timeout > left)
		timeout = left > 0 ? left : 1;
	opts.timeout_ms = (int)timeout;
	opts.grace_ms = GRACE_MS;
	opts.cancel = call->cancel;
	opts.merge = true;
	opts.output = take_output;
	opts.ctx = &r;
	head_tail_init(&r.kept, HEAD_MAX, TAIL_MAX);
	rc = shell_command_start(&command, call, &opts, run_to_end, &r, err);
	if (rc == 0)
		rc = give_result(&r, opts.timeout_ms, &result->text, err);
	head_tail_release(&r.kept);
	return rc;
}

static int
shell_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	CLEANUP_SHELL_COMMAND struct shell_command command =
	    SHELL_COMMAND_INIT;
	int rc = shell_command_init(&command, call, err);

	if (rc == 0)
		shell_command_preview(&command, call, ret);
	return rc;
}

const struct tool tool_shell = {
	.name = "shell",
	.summary = "Run a command",
	.description =
	    "Runs a command line in bash and returns its output (stdout and "
	    "stderr together) and exit status. Each call is a new shell: cd "
	    "and variables do not stay. There is no terminal and no input. "
	    "Everything it started is ended with the call; for servers and "
	    "watchers use shell_background. Not for reading, searching or "
	    "editing files: read, grep, glob and edit do that better.",
	.schema = schema,
	.effects = EFFECT_READS_FILES | EFFECT_WRITES_FILES |
	    EFFECT_RUNS_COMMANDS | EFFECT_NETWORK | EFFECT_WRITES_GIT |
	    EFFECT_DESTROYS,
	.output_max = 24 * KIB,
	.timeout_ms = TIMEOUT_MAX_MS + 2 * GRACE_MS,
	.preview = shell_preview,
	.run = shell_run,
};
