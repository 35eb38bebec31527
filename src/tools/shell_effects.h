/* What a shell command may do, seen from a workspace: safety/shell_judge.h
 * with the disk behind it. */
#ifndef FRIDAY_TOOLS_SHELL_EFFECTS_H
#define FRIDAY_TOOLS_SHELL_EFFECTS_H

#include "base/str.h"
#include "safety/shell_judge.h"

struct tool_env;

/* *ret is initialised; release it. `folder`: where it runs, absolute. Without
 * a workspace nothing is inside, so nothing only reads. */
void shell_effects(struct str command, const struct tool_env *env,
    const char *folder, struct shell_judgement *ret);

#endif
