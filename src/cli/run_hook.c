/* Running in a hook of git: where it runs, which hook, and what happens when
 * something fails; see run_hook.h. */
#include "cli/run_hook.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/run_hook_private.h"

struct hook_run {
	const char *name;
	int (*run)(struct cli *cli);
};

/* --- where it runs ------------------------------------------------------ */

/* A graphical client may start git with closed descriptors: what is opened
 * next (a database) would then be written to by printf(). */
static void
fill_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* …and without HOME. */
static void
set_home(void)
{
	const char *home = getenv("HOME");
	const struct passwd *account;

	if (home != NULL && home[0] == '/')
		return;
	account = getpwuid(geteuid());
	if (account != NULL && account->pw_dir[0] == '/')
		setenv("HOME", account->pw_dir, 1);
}

/* …or with a home that nobody may write to: checks need none. What is skipped
 * needs one, since it has to be on record. */
static void
set_state(struct cli *cli)
{
	CLEANUP(free_ptr) char *path = file_state_dir();

	if (path != NULL && file_make_dirs(path, NULL) == 0 &&
	    access(path, W_OK | X_OK) == 0)
		return;
	cli->flags |= FRIDAY_EPHEMERAL;
	if (getenv("FRIDAY_SKIP") != NULL)
		fputs("friday: nothing can be recorded here, so FRIDAY_SKIP "
		      "does not count\n", stderr);
	unsetenv("FRIDAY_SKIP");
}

/* --- what fails ---------------------------------------------------------- */

static bool
is_closed_by_setting(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	const struct json *s;

	if (cli->friday == NULL ||
	    cli_try(cli, "config.show", NULL, &reply) != 0)
		return false;
	for (s = json_first(json_get(reply, "settings")); s; s = json_next(s))
		if (str_eq_c(json_get_str(s, "key"), "git_hooks.fail"))
			return str_eq_c(json_get_str(s, "value"), "closed");
	return false;
}

/* The variable counts even where the settings cannot be read. */
int
run_hook_give_up(struct cli *cli)
{
	const char *fail = getenv("FRIDAY_HOOK_FAIL");
	struct str name = cli->arguments[0];
	bool closed = fail != NULL ? strcmp(fail, "closed") == 0 :
				     is_closed_by_setting(cli);

	fprintf(stderr, closed ? "friday: so %.*s refuses\n" :
				 "friday: %.*s goes on without it\n",
	    STR_ARG(name));
	return closed ? EXIT_FAILED : EXIT_DONE;
}

void
run_hook_set_skip(struct json *args)
{
	struct str rest = str_from(getenv("FRIDAY_SKIP")), code;
	struct json *list = json_new_array();

	while (rest.len > 0 && str_next_field(&rest, ',', &code))
		if (str_trim(code).len > 0)
			json_add(list, json_new_str(str_trim(code)));
	json_set(args, "skip", list);
}

bool
run_hook_skips(struct cli *cli, const char *name)
{
	CLEANUP_JSON struct json *args = json_new_object();
	struct str rest = str_from(getenv("FRIDAY_SKIP")), word = STR_NONE;
	bool asked = false;

	while (!asked && rest.len > 0 && str_next_field(&rest, ',', &word))
		asked = str_eq_c(str_trim(word), name);
	json_set_str(args, "name", str_from(name));
	if (!asked || (cli->friday == NULL && cli_open(cli) != 0) ||
	    cli_call(cli, "hook.skip", args, NULL) != 0)
		return false;
	fprintf(stderr, "friday: let through: %s (asked); recorded in the "
	    "audit log\n", name);
	return true;
}

/* --- the table ----------------------------------------------------------- */

static const struct hook_run runs[] = {
	{ "pre-commit", run_hook_pre_commit },
	{ "prepare-commit-msg", run_hook_prepare_commit_msg },
	{ "commit-msg", run_hook_commit_msg },
	{ "pre-push", run_hook_pre_push },
	{ "post-checkout", run_hook_post_checkout },
	{ "post-merge", run_hook_post_merge },
};

int
run_hook(struct cli *cli)
{
	const struct hook_run *run = NULL;

	for (size_t i = 0; cli->n_arguments > 0 && i < ARRAY_LEN(runs); i++)
		if (str_eq_c(cli->arguments[0], runs[i].name))
			run = &runs[i];
	if (run == NULL)
		return cli_usage(cli);
	fill_descriptors();
	set_home();
	set_state(cli);
	return run_hook_skips(cli, run->name) ? EXIT_DONE : run->run(cli);
}

const struct command_option run_hook_options[] = {
	{ "--cwd", "-C", "DIR", "The repository" },
	{ "--all-files", NULL, NULL, "pre-commit: every file of the index" },
	{ "--range", NULL, "A..B", "pre-commit: what the range changes" },
	{ "--fix", NULL, NULL, "pre-commit: show and fix what is safe, in the "
	    "working tree" },
	{ "--stage", NULL, NULL, "The same, and stage it" },
	{ "--json", NULL, NULL, "pre-commit: findings as JSON" },
	{ "--sarif", NULL, NULL, "pre-commit: findings as SARIF 2.1.0" },
	{ NULL, NULL, NULL, NULL },
};
