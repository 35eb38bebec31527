/* What friday does in a hook of git; see run_hook.h. */
#include "cli/run_hook.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

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

/* --- after a checkout or a merge ----------------------------------------- */

/* The variables with which git tells a hook about its own work. */
static void
forget_git(void)
{
	static const char *const names[] = { "GIT_DIR", "GIT_INDEX_FILE",
		"GIT_WORK_TREE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY",
		"GIT_QUARANTINE_PATH", "GIT_REFLOG_ACTION" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
}

/* Leaves the session, the terminal and the pipes of whoever started git. */
static void
go_to_background(void)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
	setpriority(PRIO_PROCESS, 0, 10);
}

static int
refresh(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;

	go_to_background();
	forget_git();
	json_set_bool(args, "refresh", true);
	if (cli_open(cli) == 0)
		cli_try(cli, "index.update", args, &reply);
	return EXIT_DONE;
}

/* Twice forked, so that nobody has to wait for it: git goes on at once. There
 * are no threads yet. */
static int
refresh_detached(struct cli *cli)
{
	pid_t child = fork();

	if (child < 0)
		return EXIT_DONE;
	if (child > 0) {
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
		return EXIT_DONE;
	}
	if (fork() != 0)
		_exit(0);
	return refresh(cli);
}

/* The third argument is 1 where a branch was checked out and 0 for files. In
 * a rebase one comes for each commit. */
static int
post_checkout(struct cli *cli)
{
	if (cli->n_arguments > 3 && str_eq_c(cli->arguments[3], "0"))
		return EXIT_DONE;
	return refresh_detached(cli);
}

static int
post_merge(struct cli *cli)
{
	return refresh_detached(cli);
}

/* --- the table ----------------------------------------------------------- */

static const struct hook_run runs[] = {
	{ "post-checkout", post_checkout },
	{ "post-merge", post_merge },
};

int
run_hook(struct cli *cli)
{
	fill_descriptors();
	set_home();
	for (size_t i = 0; cli->n_arguments > 0 && i < ARRAY_LEN(runs); i++)
		if (str_eq_c(cli->arguments[0], runs[i].name))
			return runs[i].run(cli);
	return cli_usage(cli);
}

const struct command_option run_hook_options[] = {
	{ "--cwd", "-C", "DIR", "The repository" },
	{ "--json", NULL, NULL, "Findings as JSON" },
	{ NULL, NULL, NULL, NULL },
};
