/* What a shell command may do, judged by its text. Deliberately simple: it
 * calls a command reading only when every word of it is understood, and
 * destructive as soon as something in it looks so. */
#ifndef FRIDAY_TOOLS_SHELL_EFFECTS_H
#define FRIDAY_TOOLS_SHELL_EFFECTS_H

#include "base/str.h"

struct workspace;

/* enum effects. Reading only: one known program with plain options and with
 * paths that stay inside the workspace (NULL: nothing is reading only);
 * `folder` is where the command runs. Everything else runs commands. */
unsigned shell_effects(struct str command, const struct workspace *workspace,
    struct str folder);

#endif
