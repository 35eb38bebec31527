/* Formatter and tests after an edit; see after_edit.h. */
#include "tools/after_edit.h"

#include "base/mem.h"
#include "base/proc.h"
#include "base/utf8.h"
#include "safety/wildmatch.h"
#include "tools/child_env.h"
#include "tools/confined.h"
#include "tools/diff.h"
#include "tools/head_tail.h"
#include "tools/tool.h"
#include "tools/workspace.h"
#include "undo/tracker.h"

#define COMMAND_MAX (64 * KIB)
#define SAID_HEAD (1 * KIB)
#define SAID_TAIL (6 * KIB)
#define DIFF_MAX (8 * KIB)
enum { FILES_MAX = 50, GRACE_MS = 1000 };

struct work {
	const struct tool_call *call;
	struct tool_result *result;
	struct head_tail said;
	struct proc_status status;
};

static void
take_output(enum proc_stream stream, struct str bytes, void *ctx)
{
	struct work *w = ctx;

	head_tail_add(&w->said, bytes);
}

static int
start(const struct proc_opts *opts, void *ctx, struct error *err)
{
	struct work *w = ctx;

	return proc_run(opts, &w->status, err);
}

/* Each {file} becomes "$1", so that no name is ever read as shell text; a
 * formatter without it gets the file behind. */
static char *
shell_text(const char *command, bool append)
{
	CLEANUP_BUF struct buf text = BUF_INIT(COMMAND_MAX);
	struct str rest = str_from(command), mark = STR("{file}");
	size_t at;

	for (; (at = str_find(rest, mark, 0)) != SIZE_MAX;
	    rest = str_sub(rest, at + mark.len, SIZE_MAX)) {
		buf_add_str(&text, str_sub(rest, 0, at));
		buf_add_cstr(&text, "\"$1\"");
		append = false;
	}
	buf_add_str(&text, rest);
	if (append)
		buf_add_cstr(&text, " \"$1\"");
	return buf_steal(&text);
}

static int
run_one(struct work *w, const char *command, const char *file,
    bool append, int timeout_ms, struct error *err)
{
	const struct tool_env *env = w->call->env;
	struct tool_call call = *w->call;
	CLEANUP(free_ptr) char *text = shell_text(command, append);
	CLEANUP(free_ptr) const char **environment =
	    child_env_make(env->environ_);
	const char *argv[] = { "sh", "-c", text, "sh", file, NULL };
	struct proc_opts opts = PROC_OPTS_INIT;

	if (text == NULL)
		return error_set(err, ERR_TOO_LARGE, "the command is too long");
	opts.argv = argv;
	opts.environ_ = environment;
	opts.cwd = workspace_root(env->workspace, 0);
	opts.timeout_ms = timeout_ms;
	opts.grace_ms = GRACE_MS;
	opts.cancel = w->call->cancel;
	opts.merge = true;
	opts.output = take_output;
	opts.ctx = w;
	w->status = (struct proc_status){ .exited = false };
	/* What the edit was allowed to change is not theirs to change. */
	call.effects = EFFECT_RUNS_COMMANDS;
	return confined_run(&call, NULL, &opts, start, w, err);
}

static bool
succeeded(const struct work *w, int rc)
{
	return rc == 0 && w->status.exited && w->status.exit_status == 0;
}

/* "[test `make check`: exit status 2, 1.20 s]" and what it said. */
static void
tell(struct work *w, const char *kind, const char *command, int rc,
    const struct error *fault)
{
	CLEANUP_BUF struct buf said = BUF_INIT(64 * KIB);
	struct buf *out = &w->result->text;
	double seconds = (double)w->status.duration_ms / 1000;

	if (out->len > 0 && out->ptr[out->len - 1] != '\n')
		buf_add_char(out, '\n');
	buf_printf(out, "[%s `%s`: ", kind, command);
	if (rc != 0)
		buf_printf(out, "not run: %s]\n", fault->message);
	else if (w->status.timed_out)
		buf_printf(out, "did not end within %.0f s]\n", seconds);
	else if (w->status.cancelled)
		buf_add_cstr(out, "stopped by the user]\n");
	else if (!w->status.exited)
		buf_printf(out, "ended by signal %d]\n", w->status.signal);
	else if (w->status.exit_status == 0)
		buf_printf(out, "passed, %.2f s]\n", seconds);
	else
		buf_printf(out, "failed, exit status %d, %.2f s]\n",
		    w->status.exit_status, seconds);
	if (succeeded(w, rc))
		return;
	head_tail_print(&w->said, 0, &said);
	utf8_repair(buf_str(&said), out);
	if (said.len > 0 && said.ptr[said.len - 1] != '\n')
		buf_add_char(out, '\n');
}

static bool
fits(const char *pattern, const char *path)
{
	CLEANUP_WILDMATCH struct wildmatch_set set = { .n = 0 };

	return wildmatch_set_init(&set, str_from(pattern), NULL) == 0 &&
	    wildmatch_set_fits(&set, str_from(path));
}

/* What the formatter made of the file: told, and known from now on, so that
 * the next edit does not take it for somebody else's work. */
static void
note_formatted(struct work *w, const char *file, struct str before)
{
	CLEANUP_BUF struct buf after = BUF_INIT(WORKSPACE_FILE_MAX);
	CLEANUP_BUF struct buf diff = BUF_INIT(DIFF_MAX);
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	struct workspace *workspace = w->call->env->workspace;
	struct buf *out = &w->result->text;

	if (workspace_read(workspace, str_from(file), &after, &node, NULL) !=
		0 || str_eq(before, buf_str(&after)))
		return;
	workspace_stamp(workspace, &node, buf_str(&after));
	diff_unified(before, buf_str(&after), file, file, &diff);
	if (out->len > 0 && out->ptr[out->len - 1] != '\n')
		buf_add_char(out, '\n');
	buf_printf(out, "[%s was changed by the formatter:]\n", file);
	buf_add_str(out, buf_str(&diff));
}

static void
format_file(struct work *w, const struct edit_commands *c, const char *file)
{
	for (size_t i = 0; i < c->n_format; i++) {
		CLEANUP_BUF struct buf before = BUF_INIT(WORKSPACE_FILE_MAX);
		struct error fault = ERROR_INIT;
		int rc;

		if (!fits(c->format[i].pattern, file) ||
		    workspace_read(w->call->env->workspace, str_from(file),
			&before, NULL, NULL) != 0)
			continue; /* removed, or not to be read */
		head_tail_init(&w->said, SAID_HEAD, SAID_TAIL);
		rc = run_one(w, c->format[i].command, file, true,
		    c->format_timeout_ms, &fault);
		if (!succeeded(w, rc))
			tell(w, "formatter", c->format[i].command, rc, &fault);
		note_formatted(w, file, buf_str(&before));
		head_tail_release(&w->said);
	}
}

/* A test that names no file runs once, however many files it is for. */
static void
run_tests(struct work *w, const struct edit_commands *c)
{
	CLEANUP(free_ptr) bool *ran = mem_alloc(c->n_test + 1, sizeof(*ran));

	for (size_t i = 0; i < c->n_test; i++) {
		const char *command = c->test[i].command;
		bool each = strstr(command, "{file}") != NULL, done = false;

		for (size_t k = 0; k < i && !each; k++)
			done |= ran[k] &&
			    strcmp(c->test[k].command, command) == 0;
		for (size_t k = 0; k < w->result->n_files && k < FILES_MAX &&
		    !(done && !each); k++) {
			struct error fault = ERROR_INIT;
			int rc;

			if (!fits(c->test[i].pattern, w->result->files[k]) ||
			    cancel_raised(w->call->cancel))
				continue;
			head_tail_init(&w->said, SAID_HEAD, SAID_TAIL);
			rc = run_one(w, command, w->result->files[k], false,
			    c->test_timeout_ms, &fault);
			tell(w, "test", command, rc, &fault);
			head_tail_release(&w->said);
			done = ran[i] = true;
		}
	}
}

/* A weaker run is never silent: here nobody can be asked. */
static bool
can_run(struct work *w)
{
	CLEANUP_BUF struct buf warning = BUF_INIT(256);
	struct launcher *l = w->call->env->launcher;

	if (l == NULL || launcher_mode_of(l) == LAUNCHER_OFF)
		return true;
	launcher_warning(l, &warning);
	if (warning.len > 0)
		buf_printf(&w->result->text, "\n[formatter and tests were not "
		    "run: %s]\n", buf_text(&warning));
	return warning.len == 0;
}

static bool
has_work(const struct edit_commands *c, const struct tool_result *result)
{
	for (size_t i = 0; i < result->n_files; i++) {
		for (size_t k = 0; k < c->n_format; k++)
			if (fits(c->format[k].pattern, result->files[i]))
				return true;
		for (size_t k = 0; k < c->n_test; k++)
			if (fits(c->test[k].pattern, result->files[i]))
				return true;
	}
	return false;
}

void
after_edit_run(const struct tool_call *call,
    const struct edit_commands *commands, struct tool_result *result)
{
	struct work w = { .call = call, .result = result };
	struct tracker *tracker = workspace_tracker(call->env->workspace);
	int64_t point = 0;

	if (!has_work(commands, result) || !can_run(&w))
		return;
	if (tracker != NULL &&
	    tracker_begin_command(tracker, &point, NULL) != 0)
		return;
	for (size_t i = 0; i < result->n_files && i < FILES_MAX &&
	    !cancel_raised(call->cancel); i++)
		format_file(&w, commands, result->files[i]);
	run_tests(&w, commands);
	if (tracker != NULL)
		tracker_end_command(tracker, point);
}
