/* Background shells; see shell_jobs.h.
 *
 * A job's `proc` belongs to the reader thread from the moment the job is in
 * the table: others only leave wishes (stop_wanted) and wake it. What both
 * sides see sits behind the monitor; events are told outside of it. */
#include "tools/shell_jobs.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/thread.h"
#include "tools/head_tail.h"
#include "tools/text_stream.h"

#define HEAD_MAX (64 * KIB)
#define TAIL_MAX (192 * KIB)
/* How often a cancel token is looked at while waiting for output. */
#define CANCEL_LOOK_MS 50

struct job {
	struct shell_jobs *jobs;
	char id[SHELL_JOB_ID_SIZE];
	char *command, *cwd;
	int64_t start_ms;
	/* reader thread only */
	struct proc *proc; /* NULL once it has ended */
	struct text_stream text;
	bool stop_sent;
	/* inside the monitor */
	bool running, stop_wanted;
	unsigned users; /* calls that look at it: it must not be evicted */
	struct head_tail kept;
	uint64_t given; /* bytes that output calls have handed out */
	struct proc_status status;
};

struct shell_jobs {
	struct shell_jobs_opts opts;
	struct monitor monitor;
	struct job *table[SHELL_JOBS_MAX]; /* in the order of their start */
	size_t n;
	unsigned next_number;
	bool closing;
	int wake; /* eventfd for the reader */
	pthread_t reader;
};

static void
job_destroy(struct job *job)
{
	if (job == NULL)
		return;
	proc_destroy(job->proc);
	head_tail_release(&job->kept);
	free(job->command);
	free(job->cwd);
	free(job);
}
DEFINE_CLEANUP(job_destroy, struct job);

static void
tell(struct job *job, const struct shell_job_event *event)
{
	const struct shell_jobs_opts *opts = &job->jobs->opts;
	struct shell_job_event full = *event;

	full.id = job->id;
	full.command = job->command;
	full.cwd = job->cwd;
	if (opts->on_event != NULL)
		opts->on_event(&full, opts->ctx);
}

static void
wake_reader(struct shell_jobs *jobs)
{
	uint64_t one = 1;

	while (write(jobs->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void
keep_output(struct job *job, struct str text)
{
	if (text.len == 0)
		return;
	monitor_enter(&job->jobs->monitor);
	head_tail_add(&job->kept, text);
	monitor_wake(&job->jobs->monitor);
	monitor_leave(&job->jobs->monitor);
	tell(job, &(struct shell_job_event){ .kind = SHELL_JOB_OUTPUT,
		.text = text });
}

static void
take_output(enum proc_stream stream, struct str bytes, void *ctx)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * bytes.len + 16);
	struct job *job = ctx;

	text_stream_feed(&job->text, bytes, &text);
	keep_output(job, buf_str(&text));
}

/* The job has ended: its process is freed, its output stays. */
static void
finish(struct job *job)
{
	CLEANUP_BUF struct buf rest = BUF_INIT(16);
	struct shell_job_event event = { .kind = SHELL_JOB_EXITED };

	text_stream_end(&job->text, &rest);
	keep_output(job, buf_str(&rest));
	proc_status(job->proc, &event.status);
	proc_destroy(job->proc);
	job->proc = NULL;
	/* Told first: when a waiting call comes back, the event is out. The
	 * job cannot be evicted while it is said to run. */
	tell(job, &event);
	monitor_enter(&job->jobs->monitor);
	job->status = event.status;
	job->running = false;
	monitor_wake(&job->jobs->monitor);
	monitor_leave(&job->jobs->monitor);
}

/* The jobs that live, and whether each is to be stopped. False: closing and
 * none is left. */
static bool
snapshot(struct shell_jobs *jobs, struct job **live, size_t *ret_n)
{
	bool go_on;

	*ret_n = 0;
	monitor_enter(&jobs->monitor);
	for (size_t i = 0; i < jobs->n; i++) {
		struct job *job = jobs->table[i];

		if (!job->running)
			continue;
		if ((job->stop_wanted || jobs->closing) && !job->stop_sent) {
			proc_stop(job->proc, false);
			job->stop_sent = true;
		}
		live[(*ret_n)++] = job;
	}
	go_on = !jobs->closing || *ret_n > 0;
	monitor_leave(&jobs->monitor);
	return go_on;
}

static void *
read_all(void *ctx)
{
	struct shell_jobs *jobs = ctx;
	struct job *live[SHELL_JOBS_MAX];
	size_t n;

	while (snapshot(jobs, live, &n)) {
		struct pollfd fds[SHELL_JOBS_MAX + 1];
		uint64_t count;

		for (size_t i = 0; i < n; i++)
			fds[i] = (struct pollfd){ proc_fd(live[i]->proc),
				POLLIN, 0 };
		fds[n] = (struct pollfd){ jobs->wake, POLLIN, 0 };
		if (poll(fds, n + 1, -1) < 0)
			continue;
		if (fds[n].revents != 0 &&
		    read(jobs->wake, &count, sizeof(count)) < 0)
			continue;
		for (size_t i = 0; i < n; i++)
			if (fds[i].revents != 0 && !proc_pump(live[i]->proc, 0))
				finish(live[i]);
	}
	return NULL;
}

int
shell_jobs_create(const struct shell_jobs_opts *opts, struct shell_jobs **ret,
    struct error *err)
{
	struct shell_jobs *jobs = mem_new(struct shell_jobs);
	int rc;

	jobs->opts = *opts;
	monitor_init(&jobs->monitor);
	jobs->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (jobs->wake < 0)
		rc = error_errno(err, errno, "eventfd");
	else
		rc = thread_start(&jobs->reader, "shell jobs", read_all, jobs,
		    err);
	if (rc != 0) {
		if (jobs->wake >= 0)
			close(jobs->wake);
		monitor_release(&jobs->monitor);
		free(jobs);
		return rc;
	}
	*ret = jobs;
	return 0;
}

void
shell_jobs_destroy(struct shell_jobs *jobs)
{
	if (jobs == NULL)
		return;
	monitor_enter(&jobs->monitor);
	jobs->closing = true;
	monitor_leave(&jobs->monitor);
	wake_reader(jobs);
	pthread_join(jobs->reader, NULL);
	for (size_t i = 0; i < jobs->n; i++)
		job_destroy(jobs->table[i]);
	close(jobs->wake);
	monitor_release(&jobs->monitor);
	free(jobs);
}

/* Inside: makes room by forgetting the oldest job that has ended. */
static bool
make_room(struct shell_jobs *jobs)
{
	if (jobs->n < SHELL_JOBS_MAX)
		return true;
	for (size_t i = 0; i < jobs->n; i++) {
		if (jobs->table[i]->running || jobs->table[i]->users > 0)
			continue;
		job_destroy(jobs->table[i]);
		jobs->n--;
		memmove(&jobs->table[i], &jobs->table[i + 1],
		    (jobs->n - i) * sizeof(jobs->table[0]));
		return true;
	}
	return false;
}

static bool
has_room(struct shell_jobs *jobs)
{
	bool room;

	monitor_enter(&jobs->monitor);
	room = make_room(jobs);
	monitor_leave(&jobs->monitor);
	return room;
}

static int
refuse(struct error *err)
{
	return error_set(err, ERR_BUSY,
	    "%d background shells run already; end one first", SHELL_JOBS_MAX);
}

int
shell_jobs_start(struct shell_jobs *jobs, const struct proc_opts *opts,
    struct str command, char ret_id[SHELL_JOB_ID_SIZE], struct error *err)
{
	CLEANUP(job_destroyp) struct job *job = mem_new(struct job);
	struct proc_opts own = *opts;
	bool room;
	int rc;

	if (!has_room(jobs))
		return refuse(err);
	job->jobs = jobs;
	job->running = true;
	job->start_ms = clock_now_ms();
	job->command = mem_strndup(command.ptr, command.len);
	job->cwd = mem_strdup(opts->cwd == NULL ? "." : opts->cwd);
	head_tail_init(&job->kept, HEAD_MAX, TAIL_MAX);
	own.output = take_output;
	own.ctx = job;
	own.merge = true;
	own.timeout_ms = 0;
	own.cancel = NULL;
	rc = proc_start(&own, &job->proc, err);
	if (rc != 0)
		return rc;
	monitor_enter(&jobs->monitor);
	snprintf(job->id, sizeof(job->id), "sh%u", ++jobs->next_number);
	monitor_leave(&jobs->monitor);
	memcpy(ret_id, job->id, sizeof(job->id));
	/* Before the reader knows it: "started" comes before its output. */
	tell(job, &(struct shell_job_event){ .kind = SHELL_JOB_STARTED });
	monitor_enter(&jobs->monitor);
	room = make_room(jobs);
	if (room)
		jobs->table[jobs->n++] = steal(job);
	monitor_leave(&jobs->monitor);
	if (!room) { /* others were faster */
		tell(job, &(struct shell_job_event){ .kind = SHELL_JOB_EXITED,
			.status.signal = 9 });
		return refuse(err);
	}
	wake_reader(jobs);
	return 0;
}

/* Inside. */
static struct job *
find(struct shell_jobs *jobs, struct str id)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (str_eq_c(id, jobs->table[i]->id))
			return jobs->table[i];
	return NULL;
}

static int
no_such_job(struct str id, struct error *err)
{
	return error_set(err, ERR_NOT_FOUND,
	    "there is no background shell \"%.*s\"",
	    (int)(id.len > 64 ? 64 : id.len), id.ptr ? id.ptr : "");
}

/* Inside. */
static void
fill_info(const struct job *job, struct shell_job_info *ret)
{
	*ret = (struct shell_job_info){ .running = job->running,
		.status = job->status,
		.age_ms = clock_now_ms() - job->start_ms,
		.output_bytes = job->kept.total };
	memcpy(ret->id, job->id, sizeof(ret->id));
	snprintf(ret->command, sizeof(ret->command), "%s", job->command);
}

int
shell_jobs_output(struct shell_jobs *jobs, struct str id, int wait_ms,
    const struct cancel *cancel, struct buf *out, struct shell_job_info *ret,
    struct error *err)
{
	int64_t deadline = clock_now_ms() + wait_ms;
	struct job *job;
	int rc = 0;

	monitor_enter(&jobs->monitor);
	job = find(jobs, id);
	if (job == NULL) {
		monitor_leave(&jobs->monitor);
		return no_such_job(id, err);
	}
	job->users++;
	while (job->running && job->given == job->kept.total && rc == 0) {
		int64_t now = clock_now_ms();

		if (now >= deadline)
			break;
		monitor_wait(&jobs->monitor, now + CANCEL_LOOK_MS < deadline ?
			now + CANCEL_LOOK_MS : deadline);
		rc = cancel_check(cancel, err);
	}
	if (rc == 0) {
		head_tail_print(&job->kept, job->given, out);
		job->given = job->kept.total;
		fill_info(job, ret);
	}
	job->users--;
	monitor_leave(&jobs->monitor);
	return rc;
}

int
shell_jobs_stop(struct shell_jobs *jobs, struct str id, struct error *err)
{
	struct job *job;

	monitor_enter(&jobs->monitor);
	job = find(jobs, id);
	if (job != NULL) {
		job->stop_wanted = true;
		wake_reader(jobs);
	}
	monitor_leave(&jobs->monitor);
	return job != NULL ? 0 : no_such_job(id, err);
}

int
shell_jobs_peek(struct shell_jobs *jobs, struct str id, struct buf *out,
    struct shell_job_info *ret, struct error *err)
{
	struct job *job;

	monitor_enter(&jobs->monitor);
	job = find(jobs, id);
	if (job != NULL) {
		head_tail_print(&job->kept, 0, out);
		fill_info(job, ret);
	}
	monitor_leave(&jobs->monitor);
	return job != NULL ? 0 : no_such_job(id, err);
}

int
shell_jobs_kill(struct shell_jobs *jobs, struct str id, struct error *err)
{
	struct job *job;

	monitor_enter(&jobs->monitor);
	job = find(jobs, id);
	if (job != NULL) {
		job->stop_wanted = true;
		job->users++;
		wake_reader(jobs);
		/* Ends: the supervisor gives up on survivors in the end. */
		while (job->running)
			monitor_wait(&jobs->monitor, 0);
		job->users--;
	}
	monitor_leave(&jobs->monitor);
	return job != NULL ? 0 : no_such_job(id, err);
}

size_t
shell_jobs_list(struct shell_jobs *jobs, struct shell_job_info *ret)
{
	size_t n;

	monitor_enter(&jobs->monitor);
	n = jobs->n;
	for (size_t i = 0; i < n; i++)
		fill_info(jobs->table[i], &ret[i]);
	monitor_leave(&jobs->monitor);
	return n;
}
