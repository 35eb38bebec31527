/* The hooks that check what changes: before a commit, before a push. */
#include "cli/run_hook_private.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/findings.h"
#include "cli/long_call.h"
#include "cli/signals.h"

#define LINES_MAX (4 * MIB)

/* --- before a commit ----------------------------------------------------- */

/* What is judged: the index, unless somebody asks for something else by hand.
 * git gives no arguments. False: it is the index, all of it. */
static bool
set_what(struct cli *cli, struct json *args)
{
	struct str range = cli_option(cli, "range");
	struct json *paths = json_new_array();

	if (cli_flag(cli, "all-files")) {
		json_set_str(args, "what", STR("all"));
	} else if (range.len > 0) {
		json_set_str(args, "what", STR("range"));
		json_set_str(args, "revision", range);
	}
	for (size_t i = 1; i < cli->n_arguments; i++)
		json_add(paths, json_new_str(cli->arguments[i]));
	json_set(args, "paths", paths);
	return cli_flag(cli, "all-files") || range.len > 0 ||
	    cli->n_arguments > 1;
}

/* What a model says of the commit, where the user has chosen one. */
static int
print_review(const struct json *reply)
{
	const struct json *findings = json_get(reply, "findings");
	struct str reason = json_get_str(reply, "reason");
	bool blocks = json_get_bool(reply, "blocks", false);

	findings_print(findings, stdout, findings_colour(stdout));
	if (json_count(findings) > 0) {
		fputs("\nfriday: found by ", stdout);
		cli_put_line(stdout, json_get_str(reply, "model"));
		fputs(blocks ? "; refused (code_review.block)\n" : "\n",
		    stdout);
	} else if (json_get_str(reply, "reason_code").len > 0) {
		fputs("friday: not reviewed: ", stdout);
		cli_put_line(stdout, reason);
		fputs(blocks ? "; refused (code_review.fail)\n" :
			       "; the commit goes on\n", stdout);
	}
	return blocks ? EXIT_FAILED : EXIT_DONE;
}

static int
review(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	const struct long_call call = { .signals = signals_open(),
		.step = "review.step" };
	int status;

	if (run_hook_skips(cli, "review"))
		return EXIT_DONE;
	json_set_bool(args, "commit", true);
	json_set_bool(args, "staged", true);
	json_set_bool(args, "progress", isatty(STDERR_FILENO));
	status = long_call_run(&call, cli, "review.run", args, &reply);
	if (status == EXIT_CANCELLED)
		return status;
	return status == 0 ? print_review(reply) : run_hook_give_up(cli);
}

int
run_hook_pre_commit(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	bool by_hand = set_what(cli, args) || cli_flag(cli, "json") ||
	    cli_flag(cli, "sarif");
	int status;

	if (cli_open(cli) != 0)
		return run_hook_give_up(cli);
	if (cli_flag(cli, "fix") || cli_flag(cli, "stage")) {
		/* Somebody asks for it: a failure is no reason to go on. */
		run_hook_set_skip(args);
		status = findings_fix(cli, args);
		if (status != EXIT_DONE)
			return status;
	}
	status = findings_call_checks(cli, args, &reply);
	/* git goes on without us; a CI job must not. */
	if (status != 0)
		return by_hand ? status : run_hook_give_up(cli);
	status = findings_print_report(cli, reply);
	/* What is refused anyway, or was reviewed when it was made, is not
	 * worth a model's time. */
	if (status != EXIT_DONE || by_hand || findings_is_replay(reply))
		return status;
	return review(cli);
}

/* --- before a push ------------------------------------------------------- */

/* What is pushed, as git says it. The pre-commit framework reads that itself
 * and tells both ends in variables. */
static int
read_lines(struct buf *lines, struct error *err)
{
	const char *to = getenv("PRE_COMMIT_TO_REF");
	const char *from = getenv("PRE_COMMIT_FROM_REF");

	if (to == NULL || from == NULL)
		return file_read_fd(STDIN_FILENO, lines, err);
	buf_printf(lines, "refs %s refs %s\n", to, from);
	return buf_check(lines, err);
}

int
run_hook_pre_push(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	CLEANUP_BUF struct buf lines = BUF_INIT(LINES_MAX);
	struct error err = ERROR_INIT;

	if (read_lines(&lines, &err) != 0) {
		cli_fail(0, "what is pushed: %s", err.message);
		return run_hook_give_up(cli);
	}
	if (str_trim(buf_str(&lines)).len == 0)
		return EXIT_DONE;
	json_set_str(args, "lines", buf_str(&lines));
	if (cli->n_arguments > 1)
		json_set_str(args, "remote", cli->arguments[1]);
	run_hook_set_skip(args);
	if (cli_open(cli) != 0 ||
	    cli_call(cli, "push.check", args, &reply) != 0)
		return run_hook_give_up(cli);
	return findings_print_report(cli, reply);
}
