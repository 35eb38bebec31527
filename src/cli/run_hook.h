/* friday hook run: what the script in the place of a hook of git calls. Exit
 * statuses: 0 git goes on, 1 it must not; anything that fails lets it go on,
 * with a line on stderr, unless hook.fail is "closed". */
#ifndef FRIDAY_CLI_RUN_HOOK_H
#define FRIDAY_CLI_RUN_HOOK_H

#include "cli/cli.h"

extern const struct command_option run_hook_options[];

int run_hook(struct cli *cli);

#endif
