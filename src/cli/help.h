/* Help from the tables. */
#ifndef FRIDAY_CLI_HELP_H
#define FRIDAY_CLI_HELP_H

#include <stdio.h>

#include "base/str.h"
#include "cli/command.h"

/* Prints a command's help; for the conversation, the whole program's. */
int help_print(const struct command *c);
/* Prints the commands that begin with this word: session list, session show.
 * False: there is none. */
bool help_print_group(struct str word, FILE *out);

#endif
