/* A command line for the shell; see shell_command.h. */
#include "tools/shell_command.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/proc.h"
#include "tools/child_env.h"
#include "tools/confined.h"
#include "tools/shell_effects.h"
#include "tools/tool.h"

/* Linux takes 128 KiB in one argument (MAX_ARG_STRLEN). */
#define COMMAND_MAX (128 * KIB - 1)

int
shell_command_init(struct shell_command *c, const struct tool_call *call,
    struct error *err)
{
	struct str workdir = json_get_str(call->args, "workdir");
	int rc;

	c->text = json_get_str(call->args, "command");
	if (str_trim(c->text).len == 0)
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "the command is empty");
	if (c->text.len > COMMAND_MAX)
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "the command is longer than %zu bytes; write a script file "
		    "and run that", COMMAND_MAX);
	if (memchr(c->text.ptr, '\0', c->text.len) != NULL)
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "the command contains a NUL byte");
	rc = workspace_locate(call->env->workspace,
	    workdir.len > 0 ? workdir : STR("."), 0, &c->folder, err);
	if (rc != 0)
		return rc;
	if (!c->folder.exists || !S_ISDIR(c->folder.st.st_mode))
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "workdir %s is no folder", c->folder.display);
	return 0;
}

void
shell_command_release(struct shell_command *c)
{
	workspace_node_release(&c->folder);
}

/* The first line, for lists of one line a call. */
static void
add_first_line(struct str command, struct buf *out)
{
	struct str rest = str_trim(command), line = rest;

	str_next_line(&rest, &line);
	buf_add_str(out, line);
	if (str_trim(rest).len > 0)
		buf_add_cstr(out, " …");
}

void
shell_command_preview(const struct shell_command *c,
    const struct tool_call *call, struct tool_preview *ret)
{
	shell_effects(c->text, call->env, c->folder.path, &ret->judged);
	ret->effects = ret->judged.effects;
	buf_add_str(&ret->subject, c->text);
	add_first_line(c->text, &ret->summary);
	if (strcmp(c->folder.display, ".") != 0)
		buf_printf(&ret->summary, " (in %s)", c->folder.display);
	buf_add_str(&ret->diff, c->text);
	confined_preview(call->env, ret);
}

int
shell_command_start(const struct shell_command *c,
    const struct tool_call *call, const struct proc_opts *opts,
    int (*start)(const struct proc_opts *opts, void *ctx, struct error *err),
    void *ctx, struct error *err)
{
	CLEANUP(free_ptr) char *text = mem_strndup(c->text.ptr, c->text.len);
	CLEANUP(free_ptr) const char **environment =
	    child_env_make(call->env->environ_);
	const char *argv[] = { call->env->shell, "-c", text, NULL };
	struct proc_opts own = *opts;
	int rc;

	if (argv[0] == NULL)
		argv[0] = "bash";
	own.argv = argv;
	own.environ_ = environment;
	own.cwd = c->folder.path;
	rc = confined_run(call, NULL, &own, start, ctx, err);
	if (rc != -ERR_NOT_FOUND || call->env->shell != NULL ||
	    !file_is_dir(own.cwd))
		return rc;
	argv[0] = "sh"; /* every POSIX system has it; bash may be missing */
	return confined_run(call, NULL, &own, start, ctx, err);
}
