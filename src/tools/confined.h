/* Commands of tools in the sandbox of their session (tool_env.launcher). */
#ifndef FRIDAY_TOOLS_CONFINED_H
#define FRIDAY_TOOLS_CONFINED_H

#include "safety/launcher.h"

struct proc_opts;
struct tool_call;
struct tool_env;
struct tool_preview;

typedef int confined_start_fn(const struct proc_opts *opts, void *ctx,
    struct error *err);

/* Calls `start` with a copy of *opts whose argv and environ_ run the command in
 * the sandbox, as the workspace allows; without a launcher, with *opts itself.
 * `folder` (may be NULL) counts as a root of the workspace too: the top of a
 * repository. The question about a missing layer has been asked by the door
 * (confined_preview()), and so
 * has the one about hooks and configuration that the call would change: then
 * they are not read-only. Errors: launcher_prepare()'s and start's. */
int confined_run(const struct tool_call *call, const char *folder,
    const struct proc_opts *opts, confined_start_fn *start, void *ctx,
    struct error *err);
/* Adds the effect and the words for what the sandbox lacks here. */
void confined_preview(const struct tool_env *env, struct tool_preview *ret);

#endif
