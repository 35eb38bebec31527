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
permissions(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int64_t index = 0;
	int status = cli_open(cli);

	if (status == 0 && cli_option(cli, "remove").len > 0) {
		if (!str_to_int(cli_option(cli, "remove"), 1, 100000, &index))
			return cli_fail(EXIT_USAGE, "--remove takes a number");
		json_set_int(args, "index", index - 1);
		return cli_call(cli, "permission.remove", args, NULL);
	}
	if (status != 0 ||
	    (status = cli_call(cli, "permission.list", NULL, &reply)) != 0)
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
		printf("%lld. always allow %.*s: ", (long long)++index,
		    STR_ARG(json_get_str(r, "tool")));
		cli_put_line(stdout, json_get_str(r, "pattern"));
		putchar('\n');
	}
	return EXIT_DONE;
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
	{ "config permissions", "", "Rules and remembered answers",
	    permission_options, false, permissions },
	{ "config trust", "",
	    "Trust this project's .friday/config.json as it is now",
	    trust_options, false, trust },
	{ "doctor", "", "What works here and what does not", json_options,
	    false, doctor },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
