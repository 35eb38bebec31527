/* Help from the tables. */
#ifndef FRIDAY_CLI_HELP_H
#define FRIDAY_CLI_HELP_H

#include "cli/command.h"

/* Prints a command's help; for the conversation, the whole program's. */
int help_print(const struct command *c);

#endif
