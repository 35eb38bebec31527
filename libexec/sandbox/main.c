/* friday-sandbox: runs one command with nothing but what it is given. See
 * plan.h for how it is called, parts.h for its parts, and docs/security.md for
 * what each layer stops.
 *
 *	launcher (this file; the pid that others know)
 *	  └ first process of the sandbox (init.c), of its own namespaces
 *	      └ the command
 *
 * The launcher stays outside: it passes signals in and the ending out. When it
 * dies, of whatever, the kernel kills the first process and with it all that
 * the command has started.
 *
 * Why a program of its own, of libc and libseccomp alone: it is started for
 * each command, and loading more would cost more than the sandbox does. Why not
 * bubblewrap: see docs/dependencies.md. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libexec/sandbox/parts.h"

struct launcher {
	const struct plan *plan;
	int channel; /* to the first process */
	int signals;
	pid_t first;
	struct report ending;
	bool told;	    /* ending is set */
	int wanted;	    /* signal that asked us to end; 0: none */
	int64_t deadline_ms; /* of `wanted` */
	struct cgroup cgroup;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
report(const struct channel *c, enum report_kind kind, int value,
    const char *text)
{
	struct report r = { .kind = (int32_t)kind, .value = value };

	snprintf(r.text, sizeof(r.text), "%s", text);
	send(c->fd, &r, sizeof(r), MSG_NOSIGNAL);
}

void
fail(const struct channel *c, const char *what)
{
	report(c, REPORT_FAILED, errno, what);
	_exit(STATUS_SETUP);
}

/* Everything but the three standard ones. */
static void
close_others(void)
{
	if (syscall(SYS_close_range, 3U, ~0U, 0) == 0)
		return;
	for (int fd = 3; fd < 65536; fd++) /* before Linux 5.9 */
		close(fd);
}

/* A closed one would be taken by our own next file, and a folder is a way out:
 * ".." of it is on the host. */
static void
check_standard(void)
{
	struct stat st;

	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		int null;

		if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
			continue;
		null = open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
		if (null != fd && null >= 0) {
			dup2(null, fd);
			close(null);
		}
	}
}

static bool
write_file(pid_t pid, const char *name, const char *text)
{
	char path[64];
	size_t len = strlen(text);
	bool done;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	done = write(fd, text, len) == (ssize_t)len;
	close(fd);
	return done;
}

/* Root keeps all numbers, so that files of others show whose they are; others
 * have only their own. Nobody has any capability with them. */
static bool
map_users(pid_t pid)
{
	char uid[64], gid[64];

	if (geteuid() == 0 && write_file(pid, "uid_map", "0 0 4294967295") &&
	    write_file(pid, "gid_map", "0 0 4294967295"))
		return true;
	snprintf(uid, sizeof(uid), "%u %u 1", geteuid(), geteuid());
	snprintf(gid, sizeof(gid), "%u %u 1", getegid(), getegid());
	return write_file(pid, "setgroups", "deny") &&
	    write_file(pid, "uid_map", uid) && write_file(pid, "gid_map", gid);
}

static unsigned long
namespaces(const struct plan *plan)
{
	unsigned long flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
	    CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

	if ((plan->without & LAYER_NAMESPACES) != 0)
		return 0;
	if ((plan->without & LAYER_NETWORK) == 0)
		flags |= CLONE_NEWNET;
	return flags;
}

/* Like fork(), in new namespaces. */
static pid_t
fork_into(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL,
	    NULL);
}

static int
stop_with(const char *what, int error)
{
	fprintf(stderr, "friday-sandbox: %s: %s\n", what, strerror(error));
	return STATUS_SETUP;
}

/* 0, or the status to end with. */
static int
start(struct launcher *l)
{
	int channel[2], ready[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) ||
	    pipe2(ready, O_CLOEXEC) != 0)
		return stop_with("cannot start", errno);
	l->first = fork_into(namespaces(l->plan));
	if (l->first < 0)
		return stop_with("the kernel refuses namespaces", errno);
	if (l->first == 0) {
		close(channel[0]);
		close(ready[1]);
		init_run(l->plan, channel[1], ready[0]);
	}
	close(channel[1]);
	close(ready[0]);
	l->channel = channel[0];
	if (namespaces(l->plan) != 0 && !map_users(l->first)) {
		int error = errno;

		kill(l->first, SIGKILL);
		return stop_with("the kernel refuses a user namespace", error);
	}
	cgroup_enter(l->plan, l->first, &l->cgroup);
	if (write(ready[1], "r", 1) != 1)
		return stop_with("cannot start", errno);
	close(ready[1]);
	return 0;
}

/* Signals that ask a program to end. They go to the command, which has a
 * moment to do so; then all is killed. */
static bool
asks_to_end(int signal)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGHUP ||
	    signal == SIGQUIT;
}

static void
pass_on(struct launcher *l, int signal)
{
	char byte = (char)(signal == SIGTSTP ? SIGSTOP : signal);

	send(l->channel, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (signal == SIGTSTP)
		kill(getpid(), SIGSTOP);
	if (asks_to_end(signal) && l->wanted == 0) {
		l->wanted = signal;
		l->deadline_ms = now_ms() + l->plan->grace_ms;
	}
}

static void
take_signals(struct launcher *l)
{
	struct signalfd_siginfo info;

	while (read(l->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			pass_on(l, (int)info.ssi_signo);
}

/* False: the first process has closed its end. */
static bool
take_report(struct launcher *l)
{
	struct report r;
	ssize_t n = recv(l->channel, &r, sizeof(r), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n != (ssize_t)sizeof(r))
		return false;
	/* The first one counts: after a failure there is also an exit. */
	if (!l->told)
		l->ending = r;
	l->told = true;
	return true;
}

static void
wait_for_end(struct launcher *l)
{
	bool open = true;

	while (open) {
		struct pollfd fds[2] = { { l->signals, POLLIN, 0 },
			{ l->channel, POLLIN, 0 } };
		int64_t left = l->deadline_ms - now_ms();

		if (l->wanted != 0 && left <= 0)
			break;
		if (poll(fds, 2, l->wanted == 0 ? -1 : (int)left) < 0)
			continue;
		if (fds[0].revents != 0)
			take_signals(l);
		if (fds[1].revents != 0)
			open = take_report(l);
	}
	kill(l->first, SIGKILL);
	while (waitpid(l->first, NULL, 0) < 0 && errno == EINTR)
		;
	if (!l->told && cgroup_ran_out(&l->cgroup)) {
		l->ending = (struct report){ .kind = REPORT_LIMIT,
			.value = STATUS_LIMIT,
			.text = "used more memory than it may" };
		l->told = true;
	}
	cgroup_leave(&l->cgroup);
}

/* As the command ended, so do we. */
static int
die_of(int signal_number)
{
	struct rlimit none = { 0, 0 };
	sigset_t all;

	setrlimit(RLIMIT_CORE, &none);
	signal(signal_number, SIG_DFL);
	kill(getpid(), signal_number);
	sigfillset(&all);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	return 128 + signal_number;
}

static int
end(const struct launcher *l)
{
	const struct report *r = &l->ending;

	if (!l->told)
		return die_of(l->wanted != 0 ? l->wanted : SIGKILL);
	switch ((enum report_kind)r->kind) {
	case REPORT_EXITED:
		return r->value;
	case REPORT_SIGNALED:
		return die_of(r->value);
	case REPORT_LIMIT:
		fprintf(stderr, "friday-sandbox: the command %s and was "
		    "killed\n", r->text);
		return r->value;
	case REPORT_NO_START:
		fprintf(stderr, "friday-sandbox: cannot run %s: %s\n", r->text,
		    strerror(r->value));
		return r->value == ENOENT ? 127 : 126;
	case REPORT_FAILED:
		break;
	}
	fprintf(stderr, "friday-sandbox: the command was not run: %s%s%s\n",
	    r->text, r->value == 0 ? "" : ": ",
	    r->value == 0 ? "" : strerror(r->value));
	return STATUS_SETUP;
}

static int
open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (int s = 1; s < SIGRTMAX; s++)
		if (s != SIGKILL && s != SIGSTOP && s != SIGSEGV &&
		    s != SIGBUS && s != SIGFPE && s != SIGILL &&
		    s != SIGABRT && s != SIGTTIN && s != SIGTTOU)
			sigaddset(&set, s);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Whether new namespaces come with what is mounted in them: containers often
 * hide parts of /proc, and then it cannot be mounted anew. */
static bool
try_namespaces(unsigned long more)
{
	int status = 1;
	pid_t pid = fork_into(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
	    CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | more);

	if (pid == 0)
		_exit(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		    mount("proc", "/proc", "proc", MS_RDONLY | MS_NOSUID |
			MS_NODEV | MS_NOEXEC, NULL) != 0);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && status == 0;
}

/* One line for each layer: its name and what there is of it. */
static int
probe(const struct plan *plan)
{
	bool all = try_namespaces(CLONE_NEWNET);

	printf("namespaces %d\n", all || try_namespaces(0));
	printf("network %d\n", all);
	printf("landlock %d\n", landlock_version());
	printf("seccomp %d\n", filter_available());
	printf("cgroup %d\n", cgroup_available(plan));
	return 0;
}

int
main(int argc, char **argv)
{
	struct plan plan;
	struct launcher l = { .plan = &plan };
	int status;

	close_others();
	check_standard();
	if (!plan_read(&plan, argc, argv))
		return STATUS_SETUP;
	if (plan.probe)
		return probe(&plan);
	if (plan.parent != 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != plan.parent) /* gone before the line above */
			return STATUS_SETUP;
	}
	l.signals = open_signals();
	guard_begin(&plan);
	status = start(&l);
	if (status != 0)
		return status;
	/* The command's pipes are not ours; words of our own may follow. */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	wait_for_end(&l);
	guard_end(&plan);
	free(plan.places);
	return end(&l);
}
