/* Findings (of the checks, of a review) as text, and running the checks as a
 * command does. */
#ifndef FRIDAY_CLI_FINDINGS_H
#define FRIDAY_CLI_FINDINGS_H

#include <stdio.h>

#include "cli/cli.h"

/* Whether to colour what goes to `to`: a terminal, and neither NO_COLOR nor
 * TERM=dumb. */
bool findings_colour(FILE *to);
/* "path:line:col: severity: message [code]" for each, grouped by file; then,
 * for each code, what to do. Those of a review also say how sure it is, and
 * what to do about each. `list`: the array as checks.run or review.run returns
 * it. */
void findings_print(const struct json *list, FILE *to, bool colour);

/* Runs the operation checks.run with these arguments, to which "skip" is added
 * from FRIDAY_SKIP. 0, or an exit status, with the error on stderr. */
int findings_call_checks(struct cli *cli, struct json *args,
    struct json **ret);
/* Prints the report: as text, or as --json or --sarif ask. Without findings
 * nothing is printed, unless something was left out; in the middle of a rebase
 * nothing but what is refused. Returns an exit status: 1 where a finding is an
 * error. */
int findings_print_report(struct cli *cli, const struct json *reply);
/* Whether git replays commits (a rebase), which were judged when they were
 * made. */
bool findings_is_replay(const struct json *reply);
/* Both. */
int findings_run_checks(struct cli *cli, struct json *args);

/* Shows what can be fixed in what is staged, as diffs, and changes the files
 * of the working tree that are as they are staged; with --stage the index too.
 * `args` says which files, as for checks.run. Returns an exit status. */
int findings_fix(struct cli *cli, const struct json *args);

#endif
