/* The first process of the sandbox: builds what the command will see, starts
 * it, waits for it and for what it leaves behind, and looks at the limits. When
 * this process goes, the kernel kills all others of the sandbox at once; and it
 * goes with the launcher (parent-death signal).
 *
 * From inside it can be neither signalled (a first process gets only signals
 * that it handles) nor looked at (not dumpable, and its id is all there is). */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libexec/sandbox/parts.h"

enum { WATCH_MS = 50 };

struct init {
	const struct plan *plan;
	struct channel channel;
	int signals; /* signalfd */
	struct usage_base base;
	int proc;    /* of the sandbox; -1: there is nothing to sum */
	pid_t command;
	int64_t start_ms, leave_ms; /* leave: deadline of those left behind */
	bool ended;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
drop_capabilities(const struct channel *c)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	for (int cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &head, none) != 0)
		fail(c, "dropping capabilities");
}

/* After the fork: what the command becomes. */
static void
become_command(const struct init *init)
{
	const struct plan *plan = init->plan;
	sigset_t none;

	if ((plan->without & LAYER_NAMESPACES) != 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid(); /* no terminal is its own */
	if (chdir(plan->folder) != 0)
		fail(&init->channel, plan->folder);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		fail(&init->channel, "no_new_privs");
	rlimits_apply(plan);
	landlock_apply(plan, &init->channel);
	filter_apply(plan, &init->channel);
	for (int s = 1; s < SIGRTMAX; s++)
		if (s != SIGKILL && s != SIGSTOP)
			signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(plan->command[0], plan->command);
	report(&init->channel, REPORT_NO_START, errno, plan->command[0]);
	_exit(STATUS_SETUP);
}

static void
start(struct init *init)
{
	init->command = fork();
	if (init->command < 0)
		fail(&init->channel, "the command's process");
	if (init->command == 0)
		become_command(init);
	/* Who reads the command's pipes must see when it closes them. */
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		close(fd);
}

static void
tell_end(struct init *init, int status)
{
	if (WIFSIGNALED(status))
		report(&init->channel, REPORT_SIGNALED, WTERMSIG(status), "");
	else
		report(&init->channel, REPORT_EXITED, WEXITSTATUS(status), "");
	init->ended = true;
	/* What it left behind gets a moment to put its things in order. */
	init->leave_ms = now_ms() + init->plan->grace_ms;
	if ((init->plan->without & LAYER_NAMESPACES) == 0)
		kill(-1, SIGTERM);
}

/* False: nobody is left. */
static bool
reap(struct init *init)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid == 0)
			return true;
		if (pid < 0 && errno != EINTR)
			return false;
		if (pid == init->command)
			tell_end(init, status);
	}
}

static void
end_by_limit(struct init *init, int status, const char *why)
{
	report(&init->channel, REPORT_LIMIT, status, why);
	_exit(status); /* and the kernel kills the others */
}

static void
look_at_limits(struct init *init)
{
	const struct limits *limits = &init->plan->limits;
	struct usage usage;
	const char *why;

	if (limits->timeout_ms != 0 &&
	    now_ms() - init->start_ms > (int64_t)limits->timeout_ms)
		end_by_limit(init, STATUS_TIMEOUT,
		    "did not end within its time");
	if (init->proc < 0)
		return;
	usage_sum(init->proc, &init->base, limits->memory_bytes, &usage);
	why = usage_over(&usage, limits);
	if (why != NULL)
		end_by_limit(init, STATUS_LIMIT, why);
}

/* Signals that the launcher got are meant for the command. */
static void
pass_signals(struct init *init)
{
	char byte;
	ssize_t n = recv(init->channel.fd, &byte, 1, MSG_DONTWAIT);

	if (n == 0)
		_exit(STATUS_SETUP); /* the launcher is gone */
	if (n == 1 && !init->ended)
		kill(-init->command, byte);
}

static void
supervise(struct init *init)
{
	while (reap(init)) {
		struct pollfd fds[2] = { { init->signals, POLLIN, 0 },
			{ init->channel.fd, POLLIN, 0 } };
		struct signalfd_siginfo info;

		if (init->ended && now_ms() >= init->leave_ms)
			return;
		if (poll(fds, 2, WATCH_MS) > 0 && fds[0].revents != 0)
			while (read(init->signals, &info, sizeof(info)) > 0)
				;
		if (fds[1].revents != 0)
			pass_signals(init);
		look_at_limits(init);
	}
}

static int
open_signals(void)
{
	sigset_t all, child;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

void
init_run(const struct plan *plan, int channel, int ready)
{
	struct init init = { .plan = plan, .channel = { channel },
		.proc = -1 };
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	init.signals = open_signals();
	/* Our user's number is set; at its end: the launcher died before the
	 * line above. */
	if (read(ready, &byte, 1) != 1)
		_exit(STATUS_SETUP);
	close(ready);
	if ((plan->without & LAYER_NAMESPACES) == 0) {
		network_prepare(plan, &init.channel);
		mounts_build(plan, &init.channel);
		drop_capabilities(&init.channel);
		init.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	} else if (geteuid() == 0) {
		drop_capabilities(&init.channel);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* new credentials reset it */
	prctl(PR_SET_DUMPABLE, 0);
	init.start_ms = now_ms();
	if (init.proc >= 0)
		usage_begin(init.proc, &init.base);
	start(&init);
	supervise(&init);
	_exit(0);
}
