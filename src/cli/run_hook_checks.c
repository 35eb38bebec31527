/* The hooks that check what changes: before a commit, before a push. */
#include "cli/run_hook_private.h"

#include "cli/findings.h"

/* --- before a commit ----------------------------------------------------- */

/* What is judged: the index, unless somebody asks for something else by hand.
 * git gives no arguments. */
static void
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
}

int
run_hook_pre_commit(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;

	set_what(cli, args);
	if (cli_open(cli) != 0 || findings_call_checks(cli, args, &reply) != 0)
		return run_hook_give_up(cli);
	return findings_print_report(cli, reply);
}
