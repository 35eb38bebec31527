/* friday hook …: putting friday into git's hooks, taking it out, looking.
 * Running in one: run_hook.c. */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"
#include "cli/run_hook.h"

/* Our own path, for the scripts: who calls git may have another PATH. */
static bool
set_program(struct json *args)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

	if (len <= 0 || (size_t)len >= sizeof(path) || path[0] != '/')
		return false;
	json_set_str(args, "program", str_make(path, (size_t)len));
	return true;
}

static int
set_scope(struct cli *cli, struct json *args)
{
	bool global = cli_flag(cli, "global");
	bool template = cli_flag(cli, "template");

	if (global && template)
		return cli_fail(EXIT_USAGE,
		    "--global and --template are two things: one at a time");
	if (global || template)
		json_set_str(args, "scope",
		    global ? STR("global") : STR("template"));
	return EXIT_DONE;
}

static void
set_names(struct cli *cli, struct json *args)
{
	struct json *names = json_new_array();

	for (size_t i = 0; i < cli->n_arguments; i++)
		json_add(names, json_new_str(cli->arguments[i]));
	json_set(args, "names", names);
}

/* --- what is told -------------------------------------------------------- */

struct telling {
	const char *state; /* that was found */
	const char *text;
};

static const struct telling on_install[] = {
	{ "none", "installed" },
	{ "other", "installed; the hook that was there is run first" },
	{ "installed", "was installed already" },
	{ "outdated", "brought up to date" },
	{ "changed", "written anew; the changed one is put aside" },
	{ "legacy", "was installed already; pre-commit's hook runs it" },
	{ "disabled", "installed again" },
	{ "replaced", "installed" },
	{ NULL, NULL },
};

static const struct telling on_uninstall[] = {
	{ "none", "there was none" },
	{ "other", "is not friday's: left as it is" },
	{ "changed", "taken out; the changed one is put aside" },
	{ NULL, "taken out" },
};

static const struct telling on_status[] = {
	{ "none", "not installed" },
	{ "other", "another program's; friday is not in it" },
	{ "installed", "installed" },
	{ "outdated", "installed by another version or place of friday" },
	{ "changed", "friday's, but changed by hand" },
	{ "legacy", "installed; pre-commit's hook runs it" },
	{ "disabled", "put aside by another program" },
	{ "replaced", "overwritten by another program; the hook from before "
		      "friday is kept beside it" },
	{ NULL, NULL },
};

static const char *
text_of(const struct telling *rows, struct str state)
{
	while (rows->state != NULL && !str_eq_c(state, rows->state))
		rows++;
	return rows->text != NULL ? rows->text : "";
}

static void
print_hook(const struct json *hook, const struct telling *rows)
{
	const struct json *error = json_get(hook, "error");
	struct str advice = json_get_str(hook, "advice");
	struct str framework = json_get_str(hook, "framework");
	bool done = json_get_bool(hook, "done", true);

	printf("%-19.*s", STR_ARG(json_get_str(hook, "name")));
	if (error != NULL)
		cli_put_line(stdout, json_get_str(error, "message"));
	else if (!done)
		fputs("not installed", stdout);
	else
		fputs(text_of(rows, json_get_str(hook, "state")), stdout);
	if (rows == on_status && json_get_bool(hook, "chained", false))
		fputs(", with the hook that was there before", stdout);
	if (rows == on_status && framework.len > 0) {
		fputs(" (", stdout);
		cli_put_line(stdout, framework);
		putchar(')');
	}
	putchar('\n');
	if (advice.len > 0) {
		fputs("  ", stdout);
		cli_put(stdout, advice);
	}
}

static int
print_reply(struct cli *cli, const struct json *reply,
    const struct telling *rows)
{
	struct str manager = json_get_str(reply, "manager");
	const struct json *hooks = json_get(reply, "hooks");

	if (cli_flag(cli, "json")) {
		cli_print_json(reply);
	} else {
		fputs("hooks of git: ", stdout);
		cli_put_line(stdout, json_get_str(reply, "folder"));
		if (manager.len > 0)
			printf(" (%.*s is at home here)", STR_ARG(manager));
		putchar('\n');
		if (json_get_bool(reply, "global", false))
			puts("friday is in the hooks of all repositories "
			     "(--global), this one's as well");
		for (const struct json *h = json_first(hooks); h;
		    h = json_next(h))
			print_hook(h, rows);
	}
	return json_get_int(reply, "left", 0) > 0 ? EXIT_FAILED : EXIT_DONE;
}

/* --- commands ----------------------------------------------------------- */

static int
do_operation(struct cli *cli, const char *operation,
    const struct telling *rows)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status = set_scope(cli, args);

	if (status == 0 && rows != on_uninstall && !set_program(args))
		status = cli_fail(EXIT_FAILED,
		    "cannot find out where friday is: is /proc there?");
	if (rows != on_status) {
		json_set_bool(args, "force", cli_flag(cli, "force"));
		set_names(cli, args);
	}
	if (status != 0 || (status = cli_open(cli)) != 0 ||
	    (status = cli_call(cli, operation, args, &reply)) != 0)
		return status;
	return print_reply(cli, reply, rows);
}

static int
install(struct cli *cli)
{
	return do_operation(cli, "hook.install", on_install);
}

static int
uninstall(struct cli *cli)
{
	return do_operation(cli, "hook.uninstall", on_uninstall);
}

static int
status(struct cli *cli)
{
	return cli->n_arguments > 0 ? cli_usage(cli) :
	    do_operation(cli, "hook.status", on_status);
}

#define PLACES                                                                \
	{ "--global", NULL, NULL,                                             \
	    "For all of your repositories (core.hooksPath)" },                \
	{ "--template", NULL, NULL,                                           \
	    "For repositories made from now on (init.templateDir)" },         \
	{ "--json", NULL, NULL, "The reply as JSON" },                        \
	{ "--cwd", "-C", "DIR", "The repository" }

static const struct command_option change_options[] = {
	PLACES,
	{ "--force", NULL, NULL,
	    "Also where a hook manager or changes by hand are in the way" },
	{ NULL, NULL, NULL, NULL },
};
static const struct command_option status_options[] = {
	PLACES,
	{ NULL, NULL, NULL, NULL },
};

const struct command command_hook_rows[] = {
	{ "hook", "status|install|uninstall|run", "The same as hook status",
	    status_options, false, status },
	{ "hook install", "[NAME…]",
	    "Put friday into git's hooks; what is there is run first",
	    change_options, false, install },
	{ "hook uninstall", "[NAME…]",
	    "Take friday out of git's hooks and put back what was there",
	    change_options, false, uninstall },
	{ "hook status", "", "Which of git's hooks are whose", status_options,
	    false, status },
	{ "hook run", "NAME [ARGUMENT…]", "What friday does in a hook of git",
	    run_hook_options, true, run_hook },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
