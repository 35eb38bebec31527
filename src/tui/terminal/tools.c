/* See tools.h. */
#include "tui/terminal/tools.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

extern char **environ;

static bool
start(const char *const *argv, int input, pid_t *ret)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null",
	    O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null",
	    O_WRONLY, 0);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	rc = posix_spawnp(ret, argv[0], &files, &attr,
	    (char *const *)(uintptr_t)argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc == 0;
}

/* False: it does not read any more. */
static bool
give(int fd, struct str text, int64_t deadline)
{
	size_t at = 0;

	while (at < text.len) {
		struct pollfd p = { fd, POLLOUT, 0 };
		ssize_t n;

		if (poll(&p, 1, clock_left_ms(deadline)) <= 0)
			return false;
		n = write(fd, text.ptr + at, text.len - at);
		if (n > 0)
			at += (size_t)n;
		else if (errno != EINTR && errno != EAGAIN)
			return false;
	}
	return true;
}

static bool
await(pid_t pid, int64_t deadline)
{
	CLEANUP(close_fd) int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { fd, POLLIN, 0 };
	int status = 0;

	if (fd < 0 || poll(&p, 1, clock_left_ms(deadline)) <= 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool
tools_feed(const char *const *argv, struct str text, int timeout_ms)
{
	int64_t deadline = clock_now_ms() + timeout_ms;
	int fds[2];
	bool given;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	if (!start(argv, fds[0], &pid)) {
		close(fds[0]);
		close(fds[1]);
		return false;
	}
	close(fds[0]);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	given = give(fds[1], text, deadline);
	close(fds[1]);
	return await(pid, deadline) && given;
}
