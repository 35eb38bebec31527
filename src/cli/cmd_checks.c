/* friday hook checks, friday hook baseline: what the checks of a commit are,
 * and what they find in a repository that has never seen them. */
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

static int
write_baseline(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments > 0)
		return cli_usage(cli);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "checks.baseline", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	printf("%lld findings are in ",
	    (long long)json_get_int(reply, "findings", 0));
	cli_put_line(stdout, json_get_str(reply, "path"));
	puts("; they are let through once it is committed.");
	return EXIT_DONE;
}

static const struct command_option list_options[] = {
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_checks_rows[] = {
	{ "hook checks", "", "The checks of a commit, and how strict each is",
	    list_options, false, list },
	{ "hook baseline", "",
	    "Write all that the checks find now to .friday/checks-baseline."
	    "json, to let it through", list_options, false, write_baseline },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
