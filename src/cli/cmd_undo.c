/* friday undo: what the agent changed, taken back. */
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"

static const struct {
	const char *action, *letter;
} letters[] = {
	{ "create", "A" },
	{ "delete", "D" },
	{ "modify", "M" },
	{ "mode", "m" },
	{ "type", "T" },
};

static const char *
letter_of(struct str action)
{
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (str_eq_c(action, letters[i].action))
			return letters[i].letter;
	return "?";
}

static void
print_step(const struct json *file, bool applied)
{
	struct str fate = json_get_str(file, "fate");

	if (str_eq(fate, STR("same")))
		return;
	printf("%s  ", letter_of(json_get_str(file, "action")));
	cli_put_line(stdout, json_get_str(file, "path"));
	if (json_get(file, "insertions") != NULL)
		printf("  +%lld -%lld",
		    (long long)json_get_int(file, "insertions", 0),
		    (long long)json_get_int(file, "deletions", 0));
	if (applied && json_get_bool(file, "done", false)) {
		putchar('\n');
		return;
	}
	if (json_get_str(file, "error").len > 0) {
		fputs("  failed: ", stdout);
		cli_put_line(stdout, json_get_str(file, "error"));
	} else if (json_get_str(file, "why").len > 0) {
		printf("  %s: ", str_eq(fate, STR("lost")) ? "cannot be "
			"restored" : "in the way");
		cli_put_line(stdout, json_get_str(file, "why"));
	}
	putchar('\n');
}

static void
print_plan(const struct json *plan, bool applied)
{
	for (const struct json *f = json_first(json_get(plan, "files")); f;
	    f = json_next(f))
		print_step(f, applied);
}

/* --- list --------------------------------------------------------------- */

static int
list(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status = cli_call(cli, "undo.list", NULL, &reply);

	if (status != 0)
		return status;
	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
		return EXIT_DONE;
	}
	for (const struct json *p = json_first(json_get(reply, "points")); p;
	    p = json_next(p)) {
		struct str time = json_get_str(p, "time");

		printf("%.10s %.8s  %-26.*s  %3lld files  %s ",
		    time.len >= 19 ? time.ptr : "",
		    time.len >= 19 ? time.ptr + 11 : "",
		    STR_ARG(json_get_str(p, "run")),
		    (long long)json_get_int(p, "files", 0),
		    json_get_bool(p, "undone", false) ? "(undone)" : " ");
		cli_put_line(stdout, json_get_str(p, "label"));
		putchar('\n');
	}
	if (json_count(json_get(reply, "points")) == 0)
		puts("Nothing was changed in the last session of this folder.");
	return EXIT_DONE;
}

/* --- undo, redo --------------------------------------------------------- */

static void
add_star(struct json *args, const char *key)
{
	struct json *list = json_new_array();

	json_add(list, json_new_str(STR("*")));
	json_set(args, key, list);
}

static bool
agrees(const char *what)
{
	char line[16];

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return true;
	printf("%s? [y/N] ", what);
	fflush(stdout);
	return fgets(line, sizeof(line), stdin) != NULL &&
	    (line[0] == 'y' || line[0] == 'Y');
}

static int
look(struct cli *cli, struct json *args, bool redo, int64_t *ret_conflicts)
{
	CLEANUP_JSON struct json *plan = NULL;
	int status;

	json_set_bool(args, "redo", redo);
	status = cli_call(cli, "undo.preview", args, &plan);
	json_remove(args, "redo");
	if (status != 0)
		return status;
	*ret_conflicts = json_get_int(plan, "conflicts", 0);
	if (cli_flag(cli, "json") && cli_flag(cli, "preview"))
		cli_print_json(plan);
	else if (!cli_flag(cli, "json"))
		print_plan(plan, false);
	return 0;
}

static int
carry_out(struct cli *cli, const struct json *args, bool redo)
{
	CLEANUP_JSON struct json *plan = NULL;
	int64_t failed;
	int status = cli_call(cli, redo ? "redo.apply" : "undo.apply", args,
	    &plan);

	if (status != 0)
		return status;
	failed = json_get_int(plan, "failed", 0);
	if (cli_flag(cli, "json"))
		cli_print_json(plan);
	else if (failed > 0)
		print_plan(plan, true);
	else
		puts(redo ? "Redone." : "Undone; friday undo --redo brings "
					"it back.");
	return failed > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int
undo(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	bool redo = cli_flag(cli, "redo");
	int64_t conflicts = 0;
	int status;

	if (cli->n_arguments > 1 || (redo && cli->n_arguments > 0))
		return cli_usage(cli);
	if ((status = cli_open(cli)) != 0)
		return status;
	if (cli_flag(cli, "list"))
		return list(cli);
	if (cli->n_arguments > 0)
		json_set_str(args, "run", cli->arguments[0]);
	status = look(cli, args, redo, &conflicts);
	if (status != 0 || cli_flag(cli, "preview"))
		return status;
	if (conflicts > 0 && !cli_flag(cli, "force") &&
	    !cli_flag(cli, "skip"))
		return cli_fail(EXIT_REFUSED,
		    "somebody's later work is in the way; --skip leaves those "
		    "files, --force overwrites them (a redo brings them "
		    "back)");
	if (cli_flag(cli, "force"))
		add_star(args, "force");
	else if (cli_flag(cli, "skip"))
		add_star(args, "skip");
	if (!cli_flag(cli, "yes") && !cli_flag(cli, "json") &&
	    !agrees(redo ? "Redo" : "Undo"))
		return EXIT_DONE;
	return carry_out(cli, args, redo);
}

static const struct command_option undo_options[] = {
	{ "--list", "-l", NULL, "What can be undone, newest first" },
	{ "--preview", NULL, NULL, "Only show what would change" },
	{ "--redo", NULL, NULL, "Take the last undo back" },
	{ "--skip", NULL, NULL, "Leave files with later work as they are" },
	{ "--force", NULL, NULL, "Overwrite later work too" },
	{ "--yes", "-y", NULL, "Do not ask at a terminal" },
	{ "--json", NULL, NULL, "Print JSON" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_undo_rows[] = {
	{ "undo", "[RUN]",
	    "Take back what the last run, or this one, changed in files",
	    undo_options, false, undo },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
