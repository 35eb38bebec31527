/* friday hook checks: what the checks of a commit are. */
#include "cli/cli.h"

static int
list(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments > 0)
		return cli_usage(cli);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "checks.list", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *c = json_first(json_get(reply, "checks")); c;
	    c = json_next(c))
		printf("%-16.*s %-8.*s %.*s\n",
		    STR_ARG(json_get_str(c, "code")),
		    STR_ARG(json_get_str(c, "severity")),
		    STR_ARG(json_get_str(c, "explanation")));
	return EXIT_DONE;
}

static const struct command_option list_options[] = {
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_checks_rows[] = {
	{ "hook checks", "", "The checks of a commit, and how strict each is",
	    list_options, false, list },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
