/* friday audit: the record of what was done. */
#include "base/mem.h"
#include "cli/cli.h"

static int
key(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments > 0)
		return cli_usage(cli);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "audit.key", NULL, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json"))
		cli_print_json(reply);
	else
		printf("%.*s\n", STR_ARG(json_get_str(reply, "key")));
	return EXIT_DONE;
}

/* --- verify ------------------------------------------------------------- */

static void
print_fault(const struct json *fault)
{
	struct str time = json_get_str(fault, "time");

	printf("entry %lld", (long long)json_get_int(fault, "seq", 0));
	if (time.len > 0)
		printf(", %.*s", STR_ARG(time));
	fputs(": ", stdout);
	cli_put_line(stdout, json_get_str(fault, "text"));
	putchar('\n');
}

static void
print_verdict(const struct json *reply)
{
	const struct json *heads = json_get(reply, "heads");
	const struct json *faults = json_get(reply, "faults");
	long long count = (long long)json_get_int(reply, "fault_count", 0);
	long long erased = (long long)json_get_int(reply, "erased", 0);
	long long wrong = (long long)json_get_int(heads, "wrong", 0);

	for (const struct json *f = json_first(faults); f; f = json_next(f))
		print_fault(f);
	if (count > (long long)json_count(faults))
		printf("and %lld more\n",
		    count - (long long)json_count(faults));
	if (wrong > 0) {
		printf("%lld lines are not as they were written in ", wrong);
		cli_put_line(stdout, json_get_str(heads, "file"));
		putchar('\n');
	}
	printf("%s: %lld entries, %lld seals",
	    json_get_bool(reply, "ok", false) ? "The record is whole" :
						"The record is NOT whole",
	    (long long)json_get_int(reply, "entries", 0),
	    (long long)json_get_int(reply, "seals", 0));
	if (json_get_int(reply, "unsealed", 0) > 0)
		printf(", the last %lld not sealed yet",
		    (long long)json_get_int(reply, "unsealed", 0));
	if (erased > 0)
		printf(", %lld of deleted sessions", erased);
	printf(".\nHead %.*s\nKey  %.*s\n",
	    STR_ARG(json_get_str(reply, "head")),
	    STR_ARG(json_get_str(reply, "key")));
}

static int
verify(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (cli->n_arguments > 0)
		return cli_usage(cli);
	if (cli_option(cli, "key").len > 0)
		json_set_str(args, "key", cli_option(cli, "key"));
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "audit.verify", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json"))
		cli_print_json(reply);
	else
		print_verdict(reply);
	return json_get_bool(reply, "ok", false) ? EXIT_DONE : EXIT_FAILED;
}

static const struct command_option key_options[] = {
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};

static const struct command_option verify_options[] = {
	{ "--key", NULL, "KEY", "The key that must have signed the record, as "
	    "friday audit key printed it" },
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_audit_rows[] = {
	{ "audit verify", "",
	    "Find any change, gap or cut in the record of what was done",
	    verify_options, false, verify },
	{ "audit key", "", "Print the key that signs the record", key_options,
	    false, key },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
