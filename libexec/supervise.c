/* friday-supervise: runs one command and sees to it that nothing of it stays
 * behind. See base/supervise.h for how it is called and what it reports.
 *
 * Why a program of its own: only a process that is a subreaper inherits the
 * daemons that its descendants make, and that setting belongs to a whole
 * process, which friday (a library in somebody's program) must not touch. And
 * a process of its own is still there when friday was killed by SIGKILL; it
 * sees the channel end and cleans up. If it is itself killed, the command goes
 * by its parent-death signal.
 *
 * It links to libc alone and is started for each shell command: every
 * millisecond here is paid twenty times in a turn of twenty calls. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/supervise.h"

/* How long processes may resist SIGKILL (another user's, or stuck in the
 * kernel) before we say so and leave. */
#define KILL_WAIT_MS 5000
/* Between two rounds of SIGKILL: those who forked meanwhile are found again. */
#define KILL_ROUND_MS 5
/* Processes signalled in one round; the rest comes in the next one. */
#define ROUND_MAX 4096

enum phase { RUNNING, ENDING, KILLING };

struct supervisor {
	int channel;	 /* -1 once its other end is closed */
	int signals;	 /* signalfd */
	int grace_ms;
	pid_t command;	 /* 0 once it was waited for */
	enum phase phase;
	int64_t deadline_ms; /* of ENDING and KILLING */
};

struct pid_list {
	pid_t pids[ROUND_MAX];
	size_t n;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
report(const struct supervisor *s, enum supervise_kind kind, int value)
{
	struct supervise_report r = { (int32_t)kind, value };

	/* A reader that is gone is noticed by the poll. */
	if (s->channel >= 0)
		send(s->channel, &r, sizeof(r), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
close_from(int first)
{
	DIR *dir;
	struct dirent *entry;

	if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0)
		return;
	dir = opendir("/proc/self/fd"); /* before Linux 5.9 */
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		long fd = strtol(entry->d_name, NULL, 10);

		if (fd >= first && fd != dirfd(dir))
			close((int)fd);
	}
	closedir(dir);
}

static void
list_add(struct pid_list *list, pid_t pid)
{
	if (pid > 1 && list->n < ROUND_MAX)
		list->pids[list->n++] = pid;
}

/* Adds the numbers of a "children" file. False: it cannot be read. */
static bool
add_children_file(const char *path, struct pid_list *list)
{
	FILE *file = fopen(path, "re");
	int pid;

	if (file == NULL)
		return false;
	while (list->n < ROUND_MAX && fscanf(file, "%d", &pid) == 1)
		list_add(list, pid);
	fclose(file);
	return true;
}

/* Adds the children of a process: each of its threads has its own. */
static bool
add_children(pid_t parent, struct pid_list *list)
{
	char path[64];
	struct dirent *entry;
	bool any = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)parent);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while ((entry = readdir(dir)) != NULL) {
		char file[128];
		long thread = strtol(entry->d_name, NULL, 10);

		if (thread <= 0)
			continue;
		snprintf(file, sizeof(file), "/proc/%d/task/%ld/children",
		    (int)parent, thread);
		any |= add_children_file(file, list);
	}
	closedir(dir);
	return any;
}

/* The parent of a process by its stat line; the name in it may hold anything,
 * so the fields are read behind the last ")". */
static pid_t
parent_of(pid_t pid)
{
	char path[64], line[512];
	FILE *file;
	size_t n;
	char *end;
	int parent;
	char state;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	n = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[n] = '\0';
	end = strrchr(line, ')');
	if (end == NULL || sscanf(end + 1, " %c %d", &state, &parent) != 2)
		return 0;
	return parent;
}

/* For kernels without "children" files: one walk over all processes. It finds
 * our children only; theirs become ours when they are gone. */
static void
add_children_slowly(struct pid_list *list)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && parent_of(pid) == getpid())
			list_add(list, pid);
	}
	closedir(dir);
}

/* Signals every descendant, parents before their children: who has SIGKILL
 * forks no more, and what it forked before is found below it or, once it is
 * dead, below us in the next round. */
static void
signal_all(int signal)
{
	static struct pid_list list; /* too large for a stack */

	list.n = 0;
	if (!add_children(getpid(), &list))
		add_children_slowly(&list);
	for (size_t i = 0; i < list.n; i++) {
		kill(list.pids[i], signal);
		if (signal != SIGKILL) /* a stopped one could not react */
			kill(list.pids[i], SIGCONT);
		add_children(list.pids[i], &list);
	}
}

static void
begin_ending(struct supervisor *s)
{
	if (s->phase != RUNNING)
		return;
	s->phase = ENDING;
	s->deadline_ms = now_ms() + s->grace_ms;
	signal_all(SIGTERM);
}

static void
begin_killing(struct supervisor *s)
{
	if (s->phase == KILLING)
		return;
	s->phase = KILLING;
	s->deadline_ms = now_ms() + KILL_WAIT_MS;
}

/* Waits for all that have ended. False: nobody is left. */
static bool
reap(struct supervisor *s)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid == 0)
			return true;
		if (pid < 0)
			return errno == EINTR;
		if (pid != s->command)
			continue;
		s->command = 0;
		if (WIFSIGNALED(status))
			report(s, SUPERVISE_SIGNALED, WTERMSIG(status));
		else
			report(s, SUPERVISE_EXITED, WEXITSTATUS(status));
	}
}

static void
take_order(struct supervisor *s)
{
	char order;
	ssize_t n = recv(s->channel, &order, 1, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(s->channel);
		s->channel = -1;
		begin_ending(s);
	} else if (order == SUPERVISE_KILL) {
		begin_killing(s);
	} else {
		begin_ending(s);
	}
}

/* Signals that somebody sent us are a wish to end. */
static void
take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			begin_ending(s);
}

static int
wait_ms(const struct supervisor *s)
{
	int64_t left;

	if (s->phase == RUNNING)
		return -1;
	if (s->phase == KILLING)
		return KILL_ROUND_MS;
	left = s->deadline_ms - now_ms();
	return left < 0 ? 0 : (int)left;
}

/* Until the command and all that it started are gone. */
static void
supervise(struct supervisor *s)
{
	while (reap(s)) {
		struct pollfd fds[2] = { { s->signals, POLLIN, 0 },
			{ s->channel, POLLIN, 0 } };

		if (s->command == 0)
			begin_ending(s);
		if (s->phase == ENDING && now_ms() >= s->deadline_ms)
			begin_killing(s);
		if (s->phase == KILLING) {
			if (now_ms() >= s->deadline_ms) {
				report(s, SUPERVISE_SURVIVORS, 0);
				return;
			}
			signal_all(SIGKILL);
		}
		if (poll(fds, 2, wait_ms(s)) <= 0)
			continue;
		if (fds[0].revents != 0)
			take_signals(s);
		if (s->channel >= 0 && fds[1].revents != 0)
			take_order(s);
	}
}

/* Between vfork() and exec: shares our memory, so it only makes calls. */
static void
become_command(pid_t supervisor, char **argv)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != supervisor)
		_exit(127); /* we were killed before the line above */
	setsid();	    /* no terminal, and its own process group */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
}

/* 0, or the errno of what failed. */
static int
start(struct supervisor *s, char **argv)
{
	pid_t self = getpid();
	volatile int failed = 0;
	pid_t pid = vfork();

	if (pid < 0)
		return errno;
	if (pid == 0) {
		become_command(self, argv);
		failed = errno;
		_exit(127);
	}
	if (failed != 0) {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		return failed;
	}
	s->command = pid;
	return 0;
}

static int
open_signals(void)
{
	static const int watched[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP,
		SIGQUIT };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]); i++) {
		signal(watched[i], SIG_DFL);
		sigaddset(&set, watched[i]);
	}
	sigprocmask(SIG_SETMASK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
main(int argc, char **argv)
{
	struct supervisor s = { .channel = SUPERVISE_CHANNEL };
	int failed;

	if (argc < 4 || fcntl(s.channel, F_SETFD, FD_CLOEXEC) != 0) {
		fputs("friday-supervise is started by friday, for each command "
		      "that it runs.\n", stderr);
		return 2;
	}
	s.grace_ms = (int)strtol(argv[1], NULL, 10);
	close_from(SUPERVISE_CHANNEL + 1);
	s.signals = open_signals();
	if (s.signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
		report(&s, SUPERVISE_NO_START, errno);
		return 1;
	}
	if (argv[2][0] != '\0' && chdir(argv[2]) != 0) {
		report(&s, SUPERVISE_NO_FOLDER, errno);
		return 1;
	}
	failed = start(&s, argv + 3);
	if (failed != 0) {
		report(&s, SUPERVISE_NO_START, failed);
		return 1;
	}
	report(&s, SUPERVISE_STARTED, (int)s.command);
	/* The command's pipes are not ours: who reads them must see the end
	 * when the command and its children have closed them. */
	for (int fd = 0; fd < SUPERVISE_CHANNEL; fd++)
		close(fd);
	supervise(&s);
	return 0;
}
