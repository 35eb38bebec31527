/* What `shell` and `shell_background` share: their arguments. */
#ifndef FRIDAY_TOOLS_SHELL_COMMAND_H
#define FRIDAY_TOOLS_SHELL_COMMAND_H

#include "base/error.h"
#include "base/str.h"
#include "tools/workspace.h"

struct proc_opts;
struct tool_call;
struct tool_preview;

struct shell_command {
	struct str text;	     /* borrowed from the arguments */
	struct workspace_node folder; /* where it runs; node.path */
};

#define SHELL_COMMAND_INIT                                                    \
	((struct shell_command){ .folder = { .folder = -1 } })
#define CLEANUP_SHELL_COMMAND CLEANUP(shell_command_release)

/* From the members `command` and `workdir` of the call's arguments. Errors:
 * ERR_TOOL_ARGUMENTS, and those of workspace_locate(). */
int shell_command_init(struct shell_command *c, const struct tool_call *call,
    struct error *err);
void shell_command_release(struct shell_command *c);
/* Effects, subject, summary and text of the command. */
void shell_command_preview(const struct shell_command *c,
    const struct tool_call *call, struct tool_preview *ret);

/* Calls `start` with argv (bash, else sh, or the configured shell), cwd and
 * environment set in a copy of *opts. Errors: start's. */
int shell_command_start(const struct shell_command *c,
    const struct tool_call *call, const struct proc_opts *opts,
    int (*start)(const struct proc_opts *opts, void *ctx, struct error *err),
    void *ctx, struct error *err);

#endif
