/* friday audit: the record of what was done. */
#include <unistd.h>

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

/* --- export ------------------------------------------------------------- */

static const char *const filters[] = { "user", "action", "session", "run",
	"since", "until" };

/* "file:src/a.c": the file as the record names it; "host", "host:a.org:443". */
static void
set_resource(const struct cli *cli, struct json *args)
{
	struct str text = cli_option(cli, "resource");
	size_t colon = str_find_char(text, ':', 0);
	struct str kind = str_sub(text, 0, colon), id;

	if (text.len == 0)
		return;
	json_set_str(args, "resource", kind);
	if (colon == SIZE_MAX)
		return;
	id = str_sub(text, colon + 1, SIZE_MAX);
	if (str_eq(kind, STR("file")) && !str_starts(id, STR("/"))) {
		CLEANUP(free_ptr) char *folder = getcwd(NULL, 0);
		CLEANUP(free_ptr) char *path = mem_printf("%s/%.*s",
		    folder == NULL ? "" : folder, STR_ARG(id));

		json_set_str(args, "resource_id", str_from(path));
	} else {
		json_set_str(args, "resource_id", id);
	}
}

static int
export(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	bool more = true;
	int status;

	if (cli->n_arguments > 0)
		return cli_usage(cli);
	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		if (cli_option(cli, filters[i]).len > 0)
			json_set_str(args, filters[i],
			    cli_option(cli, filters[i]));
	set_resource(cli, args);
	json_set_bool(args, "content", cli_flag(cli, "content"));
	json_set_int(args, "limit", 5000);
	if ((status = cli_open(cli)) != 0)
		return status;
	while (more && status == 0) {
		CLEANUP_JSON struct json *reply = NULL;

		status = cli_call(cli, "audit.list", args, &reply);
		for (const struct json *i = json_first(json_get(reply,
		    "items")); i; i = json_next(i))
			cli_print_json(i);
		more = json_get_bool(reply, "more", false);
		json_set_int(args, "after", json_get_int(reply, "last", 0));
	}
	return status;
}

static const struct command_option export_options[] = {
	{ "--since", NULL, "TIME", "From this time on (2026-11-21 or "
	    "2026-11-21T09:00:00.000Z)" },
	{ "--until", NULL, "TIME", "Before this time" },
	{ "--user", NULL, "NAME", "Of this account" },
	{ "--action", NULL, "NAME", "Of this kind (tool.call, file.change …)" },
	{ "--resource", NULL, "KIND[:ID]", "About this (file:src/a.c, host)" },
	{ "--session", NULL, "ID", "Of this session" },
	{ "--run", NULL, "ID", "Of this run" },
	{ "--content", NULL, NULL, "With prompts, answers, arguments and "
	    "results" },
	{ NULL, NULL, NULL, NULL },
};

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
	{ "audit export", "",
	    "Print the record, one JSON object a line", export_options, false,
	    export },
	{ "audit key", "", "Print the key that signs the record", key_options,
	    false, key },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
