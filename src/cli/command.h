/* Subcommands as rows. Help, shell completion and the man page's list come out
 * of this table; each cmd_*.c brings its rows. */
#ifndef FRIDAY_CLI_COMMAND_H
#define FRIDAY_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3,
	EXIT_CANCELLED = 130,
};

/* An option of one command; settings (option_table) are accepted beside them
 * where the command says so. */
struct command_option {
	const char *flag;	 /* "--json"; NULL ends the list */
	const char *short_flag;	 /* "-k", or NULL */
	const char *value;	 /* "FILE"; NULL: a switch */
	const char *summary;
};

struct cli; /* cli.h */

struct command {
	const char *name;      /* "session list" */
	const char *arguments; /* "[PROMPT | -]" */
	const char *summary;
	const struct command_option *options; /* may be NULL */
	bool settings; /* --provider, --model, --mode … */
	int (*run)(struct cli *cli); /* returns an exit status */
};

/* All rows, in the order of the help; NULL past the last. */
const struct command *command_at(size_t index);

extern const struct command command_run_rows[];
extern const struct command command_audit_rows[];
extern const struct command command_blame_rows[];
extern const struct command command_chat_rows[];
extern const struct command command_checks_rows[];
extern const struct command command_review_rows[];
extern const struct command command_sandbox_rows[];
extern const struct command command_secret_rows[];
extern const struct command command_session_rows[];
extern const struct command command_undo_rows[];
extern const struct command command_tool_rows[];
extern const struct command command_hook_rows[];
extern const struct command command_graph_rows[];
extern const struct command command_index_rows[];
extern const struct command command_model_rows[];
extern const struct command command_config_rows[];
extern const struct command command_help_rows[];

#endif
