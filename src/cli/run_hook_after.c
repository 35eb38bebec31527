/* After a checkout or a merge: the index of the repository is brought up to
 * date by a process of its own, and git goes on at once. */
#include "cli/run_hook_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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
	int null;

	setsid();
	close_range(STDERR_FILENO + 1, ~0U, 0);
	null = open("/dev/null", O_RDWR);
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
int
run_hook_post_checkout(struct cli *cli)
{
	if (cli->n_arguments > 3 && str_eq_c(cli->arguments[3], "0"))
		return EXIT_DONE;
	return refresh_detached(cli);
}

int
run_hook_post_merge(struct cli *cli)
{
	return refresh_detached(cli);
}
