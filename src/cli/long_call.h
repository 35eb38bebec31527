/* An operation that takes its time: its steps are told on a terminal while it
 * works, and an interrupt ends it in order, with what it had reserved given
 * back. For operations of the worker for calls by hand. */
#ifndef FRIDAY_CLI_LONG_CALL_H
#define FRIDAY_CLI_LONG_CALL_H

#include "cli/cli.h"

struct long_call {
	int signals;	   /* of signals_open(), called before cli_open() */
	const char *step; /* code of the notices that tell its steps */
};

/* As cli_call(), which prints an error; EXIT_CANCELLED after an interrupt. */
int long_call_run(const struct long_call *c, struct cli *cli,
    const char *operation, const struct json *args, struct json **ret);

#endif
