/* friday audit: the record of what was done. */
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
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

/* --- trail -------------------------------------------------------------- */

static void
print_time(const struct json *j)
{
	struct str time = json_get_str(j, "time");

	if (time.len >= 19)
		printf("%.10s %.8s", time.ptr, time.ptr + 11);
}

/* The first line of a text, shortened. */
static void
print_brief(struct str text)
{
	struct str rest = text, line = STR_NONE;

	str_next_line(&rest, &line);
	putchar('"');
	cli_put_line(stdout, str_sub(line, 0, utf8_cut(line.ptr, line.len,
	    100)));
	puts(line.len > 100 || rest.len > 0 ? "…\"" : "\"");
}

static void
print_doubt(const struct json *entry)
{
	if (!json_get_bool(entry, "as_recorded", true))
		puts("            NOT what was recorded: it was changed in "
		     "the store");
}

static void
print_entry(const char *what, const struct json *entry)
{
	printf("  %-9s entry %lld ", what,
	    (long long)json_get_int(entry, "seq", 0));
}

static void
print_approval(const struct json *a)
{
	struct str decision = json_get_str(a, "decision");
	bool answer = decision.len > 0;

	print_entry(answer ? "answer" : "asked", a);
	if (answer) {
		cli_put_line(stdout, decision);
		printf(" (%.*s) by ", STR_ARG(json_get_str(a, "scope")));
		cli_put_line(stdout, json_get_str(a, "by"));
		fputs(", ", stdout);
		cli_put_line(stdout, json_get_str(a, "user"));
	} else {
		cli_put_line(stdout, json_get_str(a, "reason"));
	}
	putchar('\n');
}

static void
print_change(const struct json *c)
{
	const struct json *call = json_get(c, "call");
	const struct json *model = json_get(c, "model");

	printf("entry %lld  ", (long long)json_get_int(c, "seq", 0));
	print_time(c);
	fputs("  ", stdout);
	cli_put_line(stdout, json_get_str(c, "label"));
	printf("  (%.*s, user ", STR_ARG(json_get_str(c, "source")));
	cli_put_line(stdout, json_get_str(c, "user"));
	printf(")\n  session   %.*s\n  run       %.*s\n",
	    STR_ARG(json_get_str(c, "session")),
	    STR_ARG(json_get_str(c, "run")));
	for (const struct json *p = json_first(json_get(c, "prompts")); p;
	    p = json_next(p)) {
		print_entry("prompt", p);
		print_brief(json_get_str(p, "text"));
		print_doubt(p);
	}
	if (model != NULL) {
		fputs("  model     ", stdout);
		cli_put_line(stdout, json_get_str(model, "provider"));
		putchar('/');
		cli_put_line(stdout, json_get_str(model, "model"));
		putchar('\n');
	}
	if (json_get(c, "response") != NULL) {
		print_entry("answer", json_get(c, "response"));
		print_brief(json_get_str(json_get(c, "response"), "text"));
		print_doubt(json_get(c, "response"));
	}
	if (call != NULL) {
		print_entry("call", call);
		cli_put_line(stdout, json_get_str(call, "tool"));
		fputs(", allowed by ", stdout);
		cli_put_line(stdout, json_get_str(call, "rule"));
		putchar('\n');
		print_doubt(call);
	}
	for (const struct json *a = json_first(json_get(c, "approvals")); a;
	    a = json_next(a))
		print_approval(a);
}

static void
print_step(const struct json *s)
{
	struct str kind = json_get_str(s, "kind");
	const struct json *change = json_get(s, "change");
	static const struct {
		const char *kind, *text;
	} texts[] = {
		{ "change", "written by" },
		{ "by_hand", "changed outside of friday, after" },
		{ "before", "there before anything was recorded" },
		{ "moved", "the file was moved here by" },
		{ "unknown", "the content is not kept any more; last known" },
	};

	printf("line %lld ", (long long)json_get_int(s, "line", 0));
	print_brief(json_get_str(s, "text"));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_eq_c(kind, texts[i].kind))
			puts(texts[i].text);
	if (change != NULL)
		print_change(change);
	if (json_get(s, "path") != NULL) {
		fputs("  from      ", stdout);
		cli_put_line(stdout, json_get_str(s, "path"));
		putchar('\n');
	}
	putchar('\n');
}

/* "src/a.c:12", unless a file has that very name. */
static void
set_place(struct str word, struct json *args)
{
	CLEANUP(free_ptr) char *whole = str_dup(word);
	const char *colon = strrchr(whole, ':');
	size_t at = colon == NULL ? 0 : (size_t)(colon - whole);
	int64_t line = 0;

	if (colon != NULL && access(whole, F_OK) != 0 &&
	    str_to_int(str_sub(word, at + 1, SIZE_MAX), 1, INT32_MAX, &line)) {
		json_set_str(args, "path", str_sub(word, 0, at));
		json_set_int(args, "line", line);
	} else {
		json_set_str(args, "path", word);
	}
}

static int
trail(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	const struct json *changes;
	int status;

	if (cli->n_arguments != 1)
		return cli_usage(cli);
	set_place(cli->arguments[0], args);
	if ((status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, "audit.trail", args, &reply)) != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	changes = json_get(reply, "changes");
	for (const struct json *c = json_first(changes); c; c = json_next(c))
		print_change(c);
	for (const struct json *s = json_first(json_get(reply, "steps")); s;
	    s = json_next(s))
		print_step(s);
	if (changes != NULL && json_count(changes) == 0)
		puts("Nothing is recorded of this file.");
	return EXIT_DONE;
}

static const struct command_option trail_options[] = {
	{ "--json", NULL, NULL, "Print JSON" },
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
	{ "audit trail", "FILE[:LINE]",
	    "Which prompts, models, calls and approvals led to a file or a "
	    "line", trail_options, false, trail },
	{ "audit export", "",
	    "Print the record, one JSON object a line", export_options, false,
	    export },
	{ "audit key", "", "Print the key that signs the record", key_options,
	    false, key },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
