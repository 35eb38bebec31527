/* friday secret: the vault's keys, and what was kept from models. A value is
 * never an argument: it comes from stdin or is typed without being shown. */
#include <unistd.h>

#include "base/mem.h"
#include "cli/ask_secret.h"
#include "cli/cli.h"

static int
open_vault(struct cli *cli)
{
	int status = cli_open(cli);

	return status != 0 ? status : cli_unlock(cli);
}

static int
set(struct cli *cli)
{
	CLEANUP(secret_destroyp) struct secret *value = NULL;
	CLEANUP(json_wipep) struct json *args = json_new_object();
	struct error err = ERROR_INIT;
	int status, rc;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	if ((status = open_vault(cli)) != 0)
		return status;
	rc = isatty(STDIN_FILENO) ? ask_secret("Value: ", &value, &err) :
				    ask_secret_stdin(&value, &err);
	if (rc != 0)
		return cli_fail(rc == -ERR_CANCELLED ? EXIT_CANCELLED :
		    EXIT_USAGE, "%s", err.message);
	json_set_str(args, "name", cli->arguments[0]);
	json_set_str(args, "value", secret_reveal(value));
	status = cli_call_private(cli, "secret.set", args, NULL);
	if (status == 0)
		printf("%.*s is in the vault.\n", STR_ARG(cli->arguments[0]));
	return status;
}

static int
get(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP(json_wipep) struct json *reply = NULL;
	struct str value;
	int status;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	if (!cli_flag(cli, "show"))
		return cli_fail(EXIT_USAGE, "get prints the value in the "
		    "clear: say --show if that is what you want");
	if ((status = open_vault(cli)) != 0)
		return status;
	json_set_str(args, "name", cli->arguments[0]);
	status = cli_call_private(cli, "secret.get", args, &reply);
	if (status != 0)
		return status;
	value = json_get_str(reply, "value");
	/* To a program as it is, to a terminal made harmless. */
	if (isatty(STDOUT_FILENO)) {
		cli_put(stdout, value);
		putchar('\n');
	} else {
		fwrite(value.ptr, 1, value.len, stdout);
	}
	return EXIT_DONE;
}

static void
print_entry(const struct json *s)
{
	cli_put_line(stdout, json_get_str(s, "name"));
	printf("  %lld days, %.*s",
	    (long long)json_get_int(s, "age_days", 0),
	    STR_ARG(json_get_str(s, "origin")));
	if (json_get_bool(s, "due", false))
		fputs(json_get_bool(s, "rotates", false) ?
		    ", due: friday secret rotate" : ", due: make a new one",
		    stdout);
	putchar('\n');
}

static int
list(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if ((status = open_vault(cli)) != 0 ||
	    (status = cli_call(cli, "secret.list", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	if (!json_get_bool(reply, "exists", false))
		puts("There is no vault yet; friday secret set NAME makes "
		     "it.");
	for (const struct json *s = json_first(json_get(reply, "secrets")); s;
	    s = json_next(s))
		print_entry(s);
	for (const struct json *v = json_first(json_get(reply,
	    "environment")); v; v = json_next(v)) {
		cli_put_line(stdout, json_str(v));
		puts("  in the environment; friday secret import --env moves "
		     "it");
	}
	return EXIT_DONE;
}

static int
delete(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	int status;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	json_set_str(args, "name", cli->arguments[0]);
	if ((status = open_vault(cli)) != 0)
		return status;
	return cli_call(cli, "secret.delete", args, NULL);
}

/* Typed twice: a slip would lock the vault for good. */
static int
ask_new_passphrase(struct json *args, struct error *err)
{
	CLEANUP(secret_destroyp) struct secret *one = NULL;
	CLEANUP(secret_destroyp) struct secret *two = NULL;
	int rc = ask_secret("New passphrase: ", &one, err);

	if (rc == 0)
		rc = ask_secret("Once more: ", &two, err);
	if (rc == 0 && !secret_equal(one, two))
		rc = error_set(err, ERR_INVALID, "they differ");
	if (rc == 0)
		json_set_str(args, "passphrase", secret_reveal(one));
	return rc;
}

static int
rotate(struct cli *cli)
{
	CLEANUP(json_wipep) struct json *args = json_new_object();
	struct error err = ERROR_INIT;
	int status;

	if (cli->n_arguments > 1)
		return cli_usage(cli);
	if ((status = open_vault(cli)) != 0)
		return status;
	if (cli->n_arguments == 1)
		json_set_str(args, "name", cli->arguments[0]);
	else if (cli_flag(cli, "passphrase") &&
	    ask_new_passphrase(args, &err) != 0)
		return cli_fail(EXIT_USAGE, "%s", err.message);
	if (cli_flag(cli, "key-file"))
		json_set_bool(args, "key_file", true);
	return cli_call_private(cli, "secret.rotate", args, NULL);
}

static void
print_places(const struct json *reply)
{
	const struct json *places = json_get(reply, "set_in");

	for (const struct json *n = json_first(json_get(reply, "imported")); n;
	    n = json_next(n)) {
		cli_put_line(stdout, json_str(n));
		puts(" is in the vault.");
	}
	if (json_count(json_get(reply, "imported")) == 0)
		puts("No known key is in the environment.");
	else if (json_count(places) == 0)
		puts("Remove them where your environment is set, and from "
		     "this shell: unset NAME.");
	for (const struct json *p = json_first(places); p; p = json_next(p)) {
		fputs("Remove ", stdout);
		cli_put_line(stdout, json_get_str(p, "name"));
		fputs(" from ", stdout);
		cli_put_line(stdout, json_get_str(p, "path"));
		printf(", line %lld\n", (long long)json_get_int(p, "line",
		    0));
	}
}

static int
import(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (!cli_flag(cli, "env"))
		return cli_usage(cli);
	if (cli->n_arguments > 0)
		json_set(args, "names", json_new_array());
	for (size_t i = 0; i < cli->n_arguments; i++)
		json_add(json_get_mutable(args, "names"),
		    json_new_str(cli->arguments[i]));
	if ((status = open_vault(cli)) != 0 ||
	    (status = cli_call(cli, "secret.import", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json"))
		cli_print_json(reply);
	else
		print_places(reply);
	return EXIT_DONE;
}

static int
found(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	json_set_str(args, "session", cli->arguments[0]);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "secrets.found", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *p = json_first(json_get(reply, "places")); p;
	    p = json_next(p)) {
		printf("%.*s  in ", STR_ARG(json_get_str(p, "placeholder")));
		cli_put_line(stdout, json_get_str(p, "where"));
		if (json_get_str(p, "path").len > 0) {
			fputs(": ", stdout);
			cli_put_line(stdout, json_get_str(p, "path"));
			printf(":%lld", (long long)json_get_int(p, "line",
			    0));
		}
		putchar('\n');
	}
	if (json_get_int(reply, "count", 0) == 0)
		puts("Nothing was hidden.");
	return EXIT_DONE;
}

static const struct command_option json_options[] = {
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};
static const struct command_option get_options[] = {
	{ "--show", NULL, NULL, "Print the value in the clear" },
	{ NULL, NULL, NULL, NULL },
};
static const struct command_option rotate_options[] = {
	{ "--passphrase", NULL, NULL,
	    "Protect the vault by a passphrase that you type" },
	{ "--key-file", NULL, NULL, "Protect it by a key file again" },
	{ NULL, NULL, NULL, NULL },
};
static const struct command_option import_options[] = {
	{ "--env", NULL, NULL, "From the environment" },
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_secret_rows[] = {
	{ "secret set", "NAME",
	    "Keep a key in the vault; typed, or from stdin", NULL, false,
	    set },
	{ "secret get", "NAME --show", "Print a key", get_options, false,
	    get },
	{ "secret list", "", "Names, ages and origins of keys", json_options,
	    false, list },
	{ "secret delete", "NAME", "Remove a key", NULL, false, delete },
	{ "secret rotate", "[NAME]",
	    "A new key by the configured command, or for the vault itself",
	    rotate_options, false, rotate },
	{ "secret import", "--env [NAME…]",
	    "Move keys from the environment into the vault", import_options,
	    false, import },
	{ "secret found", "SESSION",
	    "Where secrets were kept from the model", json_options, false,
	    found },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
