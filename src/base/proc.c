/* Child processes; see proc.h. The supervisor does what needs a process of its
 * own (base/supervise.h, libexec/supervise.c); here are its start, the pipes,
 * the deadline and the cancel token.
 *
 * posix_spawn() starts it as vfork() would: the cost does not grow with our
 * memory, and no code of ours runs between fork and exec. All descriptors are
 * made close-on-exec at birth, so a command started by another thread at the
 * same moment inherits none of them. */
#include "base/proc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/supervise.h"

#define CHUNK_SIZE (64 * KIB)
/* Reads of one pump; more than a pipe can hold, so that the last pump has
 * everything even if a stranger goes on writing. */
#define READS_MAX 20
/* How often the second step of a cancel token is looked for: its descriptor
 * stays readable after the first. */
#define CANCEL_LOOK_MS 50
/* Our ends are moved above the numbers that the supervisor's get. */
#define FD_LOWEST 16

struct proc {
	struct proc_opts opts; /* argv, environ_, cwd, input: used up */
	pid_t supervisor;
	int channel;	/* -1: the supervisor has ended */
	int streams[2]; /* by enum proc_stream; -1: at its end */
	int waiter;	/* epoll of all these */
	int64_t start_ms, deadline_ms;
	bool started, ended; /* the command, by the supervisor's word */
	bool stop_sent, kill_sent;
	struct proc_status status;
	char chunk[CHUNK_SIZE];
};

/* What the supervisor gets as its descriptors 0 to 3; owned. */
struct child_fds {
	int fds[SUPERVISE_CHANNEL + 1];
};

static void
child_fds_release(struct child_fds *c)
{
	for (size_t i = 0; i < ARRAY_LEN(c->fds); i++)
		if (c->fds[i] >= 0)
			close(c->fds[i]);
}

/* Moves a descriptor to FD_LOWEST or above, so that the dup2() calls of the
 * spawn cannot overwrite one that is still needed. Takes `fd`. */
static int
move_up(int fd)
{
	int moved, saved;

	if (fd < 0 || fd >= FD_LOWEST)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, FD_LOWEST);
	saved = errno;
	close(fd);
	errno = saved;
	return moved;
}

/* Input is a file in memory: it has no reader to wait for, no SIGPIPE to
 * survive, and the caller's bytes are free at once. */
static int
open_input(struct str input, int *ret, struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	int rc;

	if (input.len == 0) {
		fd = move_up(open("/dev/null", O_RDONLY | O_CLOEXEC));
		if (fd < 0)
			return error_errno(err, errno, "/dev/null");
	} else {
		fd = move_up(memfd_create("input", MFD_CLOEXEC));
		if (fd < 0)
			return error_errno(err, errno, "memfd_create");
		rc = file_write_fd(fd, input, err);
		if (rc != 0)
			return rc;
		if (lseek(fd, 0, SEEK_SET) != 0)
			return error_errno(err, errno, "input of a command");
	}
	*ret = steal_fd(&fd);
	return 0;
}

static int
watch(struct proc *p, int fd, struct error *err)
{
	struct epoll_event event = { .events = EPOLLIN };

	if (epoll_ctl(p->waiter, EPOLL_CTL_ADD, fd, &event) != 0)
		return error_errno(err, errno, "epoll");
	return 0;
}

static int
open_output(struct proc *p, enum proc_stream stream, int *ret,
    struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_errno(err, errno, "pipe");
	p->streams[stream] = ends[0];
	*ret = move_up(ends[1]);
	if (*ret < 0)
		return error_errno(err, errno, "pipe");
	/* Of our end only: the two ends have flags of their own. */
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return watch(p, ends[0], err);
}

static int
open_all(struct proc *p, struct child_fds *c, struct error *err)
{
	int ends[2], rc;

	p->waiter = epoll_create1(EPOLL_CLOEXEC);
	if (p->waiter < 0)
		return error_errno(err, errno, "epoll");
	rc = open_input(p->opts.input, &c->fds[0], err);
	if (rc == 0)
		rc = open_output(p, PROC_STDOUT, &c->fds[1], err);
	if (rc == 0 && !p->opts.merge)
		rc = open_output(p, PROC_STDERR, &c->fds[2], err);
	if (rc != 0)
		return rc;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return error_errno(err, errno, "socketpair");
	p->channel = ends[0];
	c->fds[SUPERVISE_CHANNEL] = move_up(ends[1]);
	if (c->fds[SUPERVISE_CHANNEL] < 0)
		return error_errno(err, errno, "socketpair");
	return watch(p, p->channel, err);
}

static size_t
count_args(const char *const *argv)
{
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	return n;
}

static void
attributes_init(posix_spawnattr_t *a)
{
	sigset_t all, none;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_init(a);
	posix_spawnattr_setsigdefault(a, &all);
	posix_spawnattr_setsigmask(a, &none);
	/* A session of its own: a Ctrl-C at the terminal is ours to handle. */
	posix_spawnattr_setflags(a, POSIX_SPAWN_SETSIGDEF |
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
}

static void
actions_init(posix_spawn_file_actions_t *actions, const struct child_fds *c)
{
	posix_spawn_file_actions_init(actions);
	for (int fd = 0; fd <= SUPERVISE_CHANNEL; fd++) {
		int from = c->fds[fd] >= 0 ? c->fds[fd] : c->fds[1];

		posix_spawn_file_actions_adddup2(actions, from, fd);
	}
}

static int
spawn_supervisor(struct proc *p, const struct child_fds *c, struct error *err)
{
	CLEANUP(free_ptr) char *program =
	    file_data_path("libexec", SUPERVISE_PROGRAM);
	size_t n = count_args(p->opts.argv);
	CLEANUP(free_ptr) const char **argv =
	    mem_alloc(n + 4, sizeof(*argv));
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char grace[16];
	int rc;

	if (program == NULL)
		return error_set(err, ERR_NOT_FOUND,
		    "the helper program " SUPERVISE_PROGRAM " is missing: "
		    "friday is not wholly installed");
	snprintf(grace, sizeof(grace), "%d", p->opts.grace_ms);
	argv[0] = SUPERVISE_PROGRAM;
	argv[1] = grace;
	argv[2] = p->opts.cwd == NULL ? "" : p->opts.cwd;
	memcpy(argv + 3, p->opts.argv, n * sizeof(*argv));
	attributes_init(&attributes);
	actions_init(&actions, c);
	rc = posix_spawn(&p->supervisor, program, &actions, &attributes,
	    (char *const *)argv,
	    p->opts.environ_ == NULL ? environ :
				       (char *const *)p->opts.environ_);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	if (rc != 0)
		return error_errno(err, rc, "cannot start %s", program);
	return 0;
}

static int64_t
duration_ms(const struct proc *p)
{
	return clock_now_ms() - p->start_ms;
}

/* How each report is taken. 0, or the error that the command did not start. */
static int
take_report(struct proc *p, const struct supervise_report *r,
    struct error *err)
{
	const char *name = p->opts.argv == NULL ? "" : p->opts.argv[0];

	switch ((enum supervise_kind)r->kind) {
	case SUPERVISE_STARTED:
		p->started = true;
		return 0;
	case SUPERVISE_NO_FOLDER:
		return error_errno(err, r->value, "cannot start %s in %s",
		    name, p->opts.cwd == NULL ? "." : p->opts.cwd);
	case SUPERVISE_NO_START:
		return error_errno(err, r->value, "cannot run %s", name);
	case SUPERVISE_EXITED:
		p->ended = p->status.exited = true;
		p->status.exit_status = r->value;
		return 0;
	case SUPERVISE_SIGNALED:
		p->ended = true;
		p->status.signal = r->value;
		return 0;
	case SUPERVISE_SURVIVORS:
		p->status.survivors = true;
		return 0;
	}
	return 0;
}

/* The next report. 1: got it; 0: the supervisor is gone; -1: none yet. */
static int
next_report(struct proc *p, int flags, struct supervise_report *ret)
{
	for (;;) {
		ssize_t n = recv(p->channel, ret, sizeof(*ret), flags);

		if (n == (ssize_t)sizeof(*ret))
			return 1;
		if (n < 0 && errno == EAGAIN)
			return -1;
		/* It left without reading our last order: what it sent before
		 * still waits behind this error. */
		if (n < 0 && (errno == EINTR || errno == ECONNRESET))
			continue;
		return 0;
	}
}

static void
wait_supervisor(struct proc *p)
{
	/* ECHILD: the program ignores SIGCHLD; the kernel has waited. */
	while (p->supervisor > 0 && waitpid(p->supervisor, NULL, 0) < 0 &&
	    errno == EINTR)
		;
	p->supervisor = 0;
}

static void
channel_ended(struct proc *p)
{
	close(p->channel);
	p->channel = -1;
	wait_supervisor(p);
	p->status.duration_ms = duration_ms(p);
	if (!p->ended && !p->status.survivors)
		p->status.signal = SIGKILL; /* with the supervisor */
}

static void
give_order(struct proc *p, enum supervise_order order)
{
	char byte = (char)order;

	if (p->channel >= 0)
		send(p->channel, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void
proc_stop(struct proc *p, bool now)
{
	if (now && !p->kill_sent)
		give_order(p, SUPERVISE_KILL);
	else if (!now && !p->stop_sent && !p->kill_sent)
		give_order(p, SUPERVISE_STOP);
	p->kill_sent |= now;
	p->stop_sent = true;
}

void
proc_destroy(struct proc *p)
{
	if (p == NULL)
		return;
	if (p->supervisor > 0) {
		struct supervise_report r;

		proc_stop(p, true);
		while (next_report(p, 0, &r) > 0)
			;
		wait_supervisor(p);
	}
	if (p->channel >= 0)
		close(p->channel);
	for (size_t i = 0; i < ARRAY_LEN(p->streams); i++)
		if (p->streams[i] >= 0)
			close(p->streams[i]);
	if (p->waiter >= 0)
		close(p->waiter);
	free(p);
}

int
proc_start(const struct proc_opts *opts, struct proc **ret, struct error *err)
{
	CLEANUP(child_fds_release)
	struct child_fds c = { { -1, -1, -1, -1 } };
	CLEANUP(proc_destroyp) struct proc *p = mem_new(struct proc);
	struct supervise_report r;
	int rc;

	assert(opts->argv != NULL && opts->argv[0] != NULL);
	p->opts = *opts;
	p->channel = p->waiter = p->streams[0] = p->streams[1] = -1;
	p->start_ms = clock_now_ms();
	if (opts->timeout_ms > 0)
		p->deadline_ms = p->start_ms + opts->timeout_ms;
	rc = open_all(p, &c, err);
	if (rc == 0)
		rc = spawn_supervisor(p, &c, err);
	child_fds_release(&c); /* else we would never see the pipes' end */
	c = (struct child_fds){ { -1, -1, -1, -1 } };
	if (rc != 0)
		return rc;
	if (next_report(p, 0, &r) != 1)
		return error_set(err, ERR_IO, "cannot run %s: the helper "
		    "program " SUPERVISE_PROGRAM " failed", opts->argv[0]);
	rc = take_report(p, &r, err);
	if (rc != 0)
		return rc;
	/* Borrowed for this call only. */
	p->opts.argv = p->opts.environ_ = NULL;
	p->opts.cwd = NULL;
	p->opts.input = STR_NONE;
	*ret = steal(p);
	return 0;
}

static void
read_stream(struct proc *p, enum proc_stream stream)
{
	for (int i = 0; i < READS_MAX && p->streams[stream] >= 0; i++) {
		ssize_t n = read(p->streams[stream], p->chunk, CHUNK_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close(p->streams[stream]);
			p->streams[stream] = -1;
		} else if (p->opts.output != NULL) {
			p->opts.output(stream, str_make(p->chunk, (size_t)n),
			    p->opts.ctx);
		}
	}
}

static void
read_channel(struct proc *p)
{
	struct supervise_report r;
	int got = -1;

	while (p->channel >= 0 && (got = next_report(p, MSG_DONTWAIT, &r)) > 0)
		take_report(p, &r, NULL);
	if (got == 0)
		channel_ended(p);
}

static bool
cancel_settled(const struct proc *p)
{
	return p->status.cancelled || !cancel_raised(p->opts.cancel);
}

/* Passes on what the token and the clock say. */
static void
look_for_orders(struct proc *p)
{
	enum cancel_step step = cancel_step(p->opts.cancel);

	if (step != CANCEL_NONE) {
		p->status.cancelled = true;
		proc_stop(p, step == CANCEL_KILL);
	} else if (p->deadline_ms != 0 && !p->status.timed_out &&
	    clock_left_ms(p->deadline_ms) == 0) {
		p->status.timed_out = true;
		proc_stop(p, false);
	}
}

static int
wait_ms(const struct proc *p, int timeout_ms)
{
	int wait = timeout_ms;

	if (p->deadline_ms != 0 && !p->stop_sent) {
		int left = clock_left_ms(p->deadline_ms);

		if (wait < 0 || left < wait)
			wait = left;
	}
	if (p->opts.cancel != NULL && p->stop_sent && !p->kill_sent &&
	    (wait < 0 || wait > CANCEL_LOOK_MS))
		wait = CANCEL_LOOK_MS;
	return wait;
}

bool
proc_pump(struct proc *p, int timeout_ms)
{
	struct pollfd fds[2] = { { p->waiter, POLLIN, 0 },
		{ -1, POLLIN, 0 } };

	if (p->channel < 0)
		return false;
	look_for_orders(p);
	if (!p->stop_sent && cancel_settled(p))
		fds[1].fd = cancel_fd(p->opts.cancel);
	poll(fds, 2, wait_ms(p, timeout_ms));
	look_for_orders(p);
	/* The channel first: when it has ended nobody writes any more, and
	 * what is read after that is all there will be. */
	read_channel(p);
	read_stream(p, PROC_STDOUT);
	read_stream(p, PROC_STDERR);
	return p->channel >= 0;
}

int
proc_fd(const struct proc *p)
{
	return p->waiter;
}

bool
proc_status(struct proc *p, struct proc_status *ret)
{
	if (p->channel >= 0)
		return false;
	*ret = p->status;
	return true;
}

int
proc_run(const struct proc_opts *opts, struct proc_status *ret,
    struct error *err)
{
	CLEANUP(proc_destroyp) struct proc *p = NULL;
	int rc = proc_start(opts, &p, err);

	if (rc != 0)
		return rc;
	while (proc_pump(p, -1))
		;
	*ret = p->status;
	return 0;
}

struct capture {
	struct buf *bufs[2]; /* by enum proc_stream; NULL: not wanted */
	size_t dropped;
	void (*output)(enum proc_stream stream, struct str bytes, void *ctx);
	void *ctx;
};

static void
capture_output(enum proc_stream stream, struct str bytes, void *ctx)
{
	struct capture *c = ctx;
	struct buf *b = c->bufs[stream];

	if (b != NULL) {
		size_t room = b->max > b->len ? b->max - b->len : 0;
		size_t n = bytes.len < room ? bytes.len : room;

		if (b->failed != 0 || buf_add(b, bytes.ptr, n) != 0)
			n = 0;
		c->dropped += bytes.len - n;
	}
	if (c->output != NULL)
		c->output(stream, bytes, c->ctx);
}

int
proc_capture(const struct proc_opts *opts, struct buf *out,
    struct buf *err_out, size_t *ret_dropped, struct proc_status *ret,
    struct error *err)
{
	struct capture c = { { out, err_out }, 0, opts->output, opts->ctx };
	struct proc_opts own = *opts;
	int rc;

	own.output = capture_output;
	own.ctx = &c;
	rc = proc_run(&own, ret, err);
	if (rc == 0 && ret_dropped != NULL)
		*ret_dropped = c.dropped;
	return rc;
}
