/* friday model …, friday provider …: who can answer. */
#include "base/mem.h"
#include "cli/cli.h"

static void
print_price(const struct json *prices)
{
	double in = json_number(json_get(prices, "input"), -1);
	double out = json_number(json_get(prices, "output"), -1);

	if (in >= 0 && out >= 0)
		printf("  $%.2f / $%.2f", in, out);
}

/* What stands behind a provider's name. A local server needs no settings:
 * it runs or it does not. */
static const char *
describe(const struct json *p)
{
	if (json_get_bool(p, "configured", false))
		return "";
	if (!json_get_bool(p, "local", false))
		return ", no key set";
	return str_eq_c(json_get_str(p, "source"), "server") ? ", running" :
							       ", not running";
}

static void
print_provider(const struct json *p)
{
	struct str error = json_get_str(json_get(p, "error"), "message");
	size_t count = 0;

	printf("%.*s (%.*s)%s\n", STR_ARG(json_get_str(p, "provider")),
	    STR_ARG(json_get_str(p, "title")), describe(p));
	if (error.len > 0) {
		fputs("  ", stdout);
		cli_put_line(stdout, error);
		putchar('\n');
	}
	for (const struct json *m = json_first(json_get(p, "models")); m;
	    m = json_next(m)) {
		fputs("  ", stdout);
		cli_put_line(stdout, json_get_str(m, "id"));
		printf("  %lldk context%s%s%s",
		    (long long)json_get_int(m, "context", 0) / 1000,
		    json_get_bool(m, "tools", false) ? "" : ", no tools",
		    json_get_bool(m, "images", false) ? ", images" : "",
		    json_get_bool(m, "reasoning", false) ? ", reasoning" : "");
		print_price(json_get(m, "usd_per_million"));
		putchar('\n');
		count++;
	}
	if (count == 0 && error.len == 0)
		puts("  no models known");
}

static int
list(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments > 0)
		json_set_str(args, "provider", cli->arguments[0]);
	json_set_bool(args, "all", cli_flag(cli, "all"));
	json_set_bool(args, "ask", !cli_flag(cli, "no-ask"));
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "model.list", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *p = json_first(json_get(reply, "providers"));
	    p; p = json_next(p))
		print_provider(p);
	if (!cli_flag(cli, "all") && cli->n_arguments == 0)
		puts("friday model list --all shows every provider and the "
		     "variable of its key.");
	return EXIT_DONE;
}

static int
status_run(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "provider.status", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	if (json_count(json_get(reply, "providers")) == 0)
		puts("All breakers are closed.");
	for (const struct json *p = json_first(json_get(reply, "providers"));
	    p; p = json_next(p))
		printf("%-16.*s %-10.*s %lld failures in a row  %.*s\n",
		    STR_ARG(json_get_str(p, "provider")),
		    STR_ARG(json_get_str(p, "state")),
		    (long long)json_get_int(p, "failures", 0),
		    STR_ARG(json_get_str(p, "opened")));
	return EXIT_DONE;
}

static int
reset_run(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	int status;

	if (cli->n_arguments > 0)
		json_set_str(args, "provider", cli->arguments[0]);
	if ((status = cli_open(cli)) != 0)
		return status;
	return cli_call(cli, "provider.reset", args, NULL);
}

static const struct command_option list_options[] = {
	{ "--json", NULL, NULL, "Print JSON" },
	{ "--all", "-a", NULL, "Also providers that are not configured" },
	{ "--no-ask", NULL, NULL, "Do not ask the servers" },
	{ NULL, NULL, NULL, NULL },
};
static const struct command_option json_options[] = {
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_model_rows[] = {
	{ "model list", "[PROVIDER]", "Providers and their models",
	    list_options, true, list },
	{ "provider status", "", "Circuit breakers", json_options, false,
	    status_run },
	{ "provider reset", "[PROVIDER]", "Close circuit breakers", NULL,
	    false, reset_run },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
