/* What the files run_hook*.c share: one function for each hook, and what all of
 * them do alike. */
#ifndef FRIDAY_CLI_RUN_HOOK_PRIVATE_H
#define FRIDAY_CLI_RUN_HOOK_PRIVATE_H

#include "cli/run_hook.h"

/* friday could not do its part, and has said why: the exit status that the
 * user wants then. */
int run_hook_give_up(struct cli *cli);
/* Member "skip": the codes of FRIDAY_SKIP. */
void run_hook_set_skip(struct json *args);

/* Whether FRIDAY_SKIP has the name of a hook or of the review; then that is on
 * record and said. friday is opened where it is not. */
bool run_hook_skips(struct cli *cli, const char *name);

/* Exit statuses of the hook; arguments[0] is its name, git's are behind. */
int run_hook_pre_commit(struct cli *cli);
int run_hook_pre_push(struct cli *cli);
int run_hook_prepare_commit_msg(struct cli *cli);
int run_hook_commit_msg(struct cli *cli);
int run_hook_post_checkout(struct cli *cli);
int run_hook_post_merge(struct cli *cli);

#endif
