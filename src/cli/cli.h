/* One invocation: what was typed, and the friday it talks to. Every command
 * works through friday.h's operations. */
#ifndef FRIDAY_CLI_CLI_H
#define FRIDAY_CLI_CLI_H

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/command.h"
#include "core/friday.h"

struct cli {
	const struct command *command;
	struct str *arguments; /* behind the command's name */
	size_t n_arguments;
	struct json *options;  /* flags without dashes: {"json":true,…} */
	struct json *settings; /* the options layer of the configuration */
	unsigned flags;	       /* enum friday_flags */
	struct friday *friday; /* NULL until cli_open */
};

/* Parses argv[1…]. Returns an exit status below 0 to go on, else the status
 * with which to end (a mistake was named on stderr). */
int cli_parse(struct cli *cli, int argc, char **argv);
void cli_release(struct cli *cli);

bool cli_flag(const struct cli *cli, const char *name);
struct str cli_option(const struct cli *cli, const char *name);
/* The arguments joined by spaces. */
void cli_join_arguments(const struct cli *cli, size_t from, struct buf *out);

/* Opens friday with the settings, in the user's locale. 0, or the exit status
 * (the error was printed). */
int cli_open(struct cli *cli);
/* The same for another folder than --cwd says; empty: the current one. */
int cli_open_at(struct cli *cli, struct str where);
/* An operation. args may be NULL. 0 with *ret set (may be NULL: dropped), or
 * an exit status, the error printed on stderr. */
int cli_call(struct cli *cli, const char *operation, const struct json *args,
    struct json **ret);
/* The same, leaving the error to the caller: *ret is result or error. */
int cli_try(struct cli *cli, const char *operation, const struct json *args,
    struct json **ret);
/* cli_call() for an operation whose arguments or result hold a secret: the
 * texts on the way are wiped. */
int cli_call_private(struct cli *cli, const char *operation,
    const struct json *args, struct json **ret);
/* Where the vault wants a passphrase, asks for it on the terminal; without a
 * terminal, or when nothing is typed, it stays locked. 0, or an exit status,
 * with the error on stderr. */
int cli_unlock(struct cli *cli);
/* Asks for --json: prints the value as one line. */
void cli_print_json(const struct json *j);

/* "friday: message (code)" and the hint, filtered, on stderr. */
void cli_print_error(const struct json *error);
int cli_fail(int status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Text from outside to stdout or stderr, made harmless. */
void cli_put(FILE *to, struct str text);
void cli_put_line(FILE *to, struct str text);
/* Usage of the command, for a wrong call. Returns EXIT_USAGE. */
int cli_usage(const struct cli *cli);

#endif
