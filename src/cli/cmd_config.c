/* friday config …, friday doctor: what holds here, and what works. */
#include "base/mem.h"
#include "cli/cli.h"

static int
show(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "config.show", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *s = json_first(json_get(reply, "settings")); s;
	    s = json_next(s)) {
		CLEANUP_BUF struct buf value = BUF_INIT(1 * MIB);

		if (json_is(json_get(s, "value"), JSON_NULL))
			buf_add_cstr(&value, "-");
		else
			json_print(json_get(s, "value"), &value);
		printf("%-28.*s ", STR_ARG(json_get_str(s, "key")));
		cli_put_line(stdout, buf_str(&value));
		printf("  (%.*s)\n", STR_ARG(json_get_str(s, "source")));
	}
	if (json_get_str(reply, "ignored").len > 0)
		printf("ignored, since the project's configuration is not "
		       "trusted: %.*s\n",
		    STR_ARG(json_get_str(reply, "ignored")));
	return EXIT_DONE;
}

static int
schema(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "config.schema", NULL, &reply)) != 0)
		return status;
	cli_print_json(json_get(reply, "schema"));
	return EXIT_DONE;
}

static int
permission_remove(struct cli *cli, struct str which)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int64_t index;
	int status;

	if (!str_to_int(which, 1, 100000, &index))
		return cli_fail(EXIT_USAGE, "which one: remove takes a number "
		    "of the list");
	json_set_int(args, "index", index - 1);
	status = cli_call(cli, "permission.remove", args, &reply);
	if (status == 0) {
		fputs("forgotten: ", stdout);
		cli_put_line(stdout, json_get_str(reply, "rule"));
		putchar('\n');
	}
	return status;
}

static int
permission_add(struct cli *cli)
{
	CLEANUP_BUF struct buf rule = BUF_INIT(64 * KIB);
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	cli_join_arguments(cli, 1, &rule);
	json_set_str(args, "rule", buf_str(&rule));
	status = cli_call(cli, "permission.add", args, &reply);
	if (status == 0) {
		fputs("kept: ", stdout);
		cli_put_line(stdout, json_get_str(reply, "rule"));
		putchar('\n');
	}
	return status;
}

static int
permission_list(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	long index = 0;
	int status = cli_call(cli, "permission.list", NULL, &reply);

	if (status != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *r = json_first(json_get(reply, "configured"));
	    r; r = json_next(r)) {
		cli_put_line(stdout, json_get_str(r, "rule"));
		printf("  (%.*s)\n", STR_ARG(json_get_str(r, "source")));
	}
	for (const struct json *r = json_first(json_get(reply, "remembered"));
	    r; r = json_next(r)) {
		printf("%ld. ", ++index);
		cli_put_line(stdout, json_get_str(r, "rule"));
		printf("  (%sremembered)\n",
		    json_get_bool(r, "exact", false) ? "exactly, " : "");
	}
	return EXIT_DONE;
}

static int
permissions(struct cli *cli)
{
	struct str word = cli->n_arguments > 0 ? cli->arguments[0] :
						 STR("list");
	int status = cli_open(cli);

	if (status != 0)
		return status;
	if (cli_option(cli, "remove").len > 0)
		return permission_remove(cli, cli_option(cli, "remove"));
	if (str_eq_c(word, "list") && cli->n_arguments <= 1)
		return permission_list(cli);
	if (str_eq_c(word, "remove") && cli->n_arguments == 2)
		return permission_remove(cli, cli->arguments[1]);
	if (str_eq_c(word, "add") && cli->n_arguments > 1)
		return permission_add(cli);
	return cli_usage(cli);
}

static int
trust(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	int status;

	json_set_bool(args, "trusted", !cli_flag(cli, "remove"));
	if ((status = cli_open(cli)) != 0)
		return status;
	return cli_call(cli, "trust.set", args, NULL);
}

static int
doctor(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "doctor", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	cli_put_line(stdout, json_get_str(reply, "version"));
	fputs("\nfolder ", stdout);
	cli_put_line(stdout, json_get_str(reply, "folder"));
	fputs("\nstate  ", stdout);
	cli_put_line(stdout, json_get_str(reply, "state"));
	putchar('\n');
	for (const struct json *c = json_first(json_get(reply, "checks")); c;
	    c = json_next(c)) {
		bool ok = json_get_bool(c, "ok", false);

		printf("%-4s %-10.*s ", ok ? "ok" : "no",
		    STR_ARG(json_get_str(c, "check")));
		cli_put_line(stdout, json_get_str(c, "found"));
		putchar('\n');
		if (!ok && json_get_str(c, "advice").len > 0)
			printf("     %.*s\n",
			    STR_ARG(json_get_str(c, "advice")));
	}
	return EXIT_DONE;
}

static const struct command_option json_options[] = {
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};
static const struct command_option permission_options[] = {
	{ "--json", NULL, NULL, "Print JSON" },
	{ "--remove", NULL, "N", "Forget remembered answer N" },
	{ NULL, NULL, NULL, NULL },
};
static const struct command_option trust_options[] = {
	{ "--remove", NULL, NULL, "No longer" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_config_rows[] = {
	{ "config", "", "Every setting, its value and where it comes from",
	    json_options, true, show },
	{ "config schema", "", "JSON Schema of config.json", NULL, false,
	    schema },
	{ "config permissions", "[list | remove N | add RULE]",
	    "Rules and remembered answers",
	    permission_options, false, permissions },
	{ "config trust", "",
	    "Trust this project's .friday/config.json as it is now",
	    trust_options, false, trust },
	{ "doctor", "", "What works here and what does not", json_options,
	    false, doctor },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
