/* Background shells of a session: started now, read and ended later. One
 * reader thread serves them all; at most SHELL_JOBS_MAX are kept, those that
 * have ended make room first. Each keeps the beginning and the end of its
 * output.
 *
 * Life cycle: shell_jobs_create(), any call from any thread,
 * shell_jobs_destroy() when the session ends, which ends every job. */
#ifndef FRIDAY_TOOLS_SHELL_JOBS_H
#define FRIDAY_TOOLS_SHELL_JOBS_H

#include "base/buf.h"
#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/proc.h"

#define SHELL_JOBS_MAX 16
#define SHELL_JOB_ID_SIZE 16

enum shell_job_event_kind {
	SHELL_JOB_STARTED, /* command, cwd; on the thread that starts it */
	SHELL_JOB_OUTPUT,  /* text; on the reader thread, as the rest */
	SHELL_JOB_EXITED,  /* status; the last of this id */
};

struct shell_job_event {
	enum shell_job_event_kind kind;
	const char *id;
	const char *command, *cwd;
	struct str text;	/* whole characters of UTF-8 */
	struct proc_status status;
};

struct shell_jobs_opts {
	/* No call of this module from in here. May be NULL. */
	void (*on_event)(const struct shell_job_event *event, void *ctx);
	void *ctx;
};

struct shell_job_info {
	char id[SHELL_JOB_ID_SIZE]; /* "sh1" */
	char command[256];	    /* its start, for lists */
	bool running;
	struct proc_status status;  /* when not running */
	int64_t age_ms;		    /* since the start */
	uint64_t output_bytes;	    /* ever written */
};

struct shell_jobs;

int shell_jobs_create(const struct shell_jobs_opts *opts,
    struct shell_jobs **ret, struct error *err);
void shell_jobs_destroy(struct shell_jobs *jobs);
DEFINE_CLEANUP(shell_jobs_destroy, struct shell_jobs);

/* Starts a job: argv, environ_, cwd and grace_ms of opts count. `command` is
 * what is shown. Errors: ERR_BUSY (all places run), proc_start()'s. */
int shell_jobs_start(struct shell_jobs *jobs, const struct proc_opts *opts,
    struct str command, char ret_id[SHELL_JOB_ID_SIZE], struct error *err);
/* Appends the output that no earlier call gave. If there is none, the job runs
 * and wait_ms is not 0, waits for some (or for its end). Errors:
 * ERR_NOT_FOUND, ERR_CANCELLED. */
int shell_jobs_output(struct shell_jobs *jobs, struct str id, int wait_ms,
    const struct cancel *cancel, struct buf *out, struct shell_job_info *ret,
    struct error *err);
/* Ends a job (SIGTERM, after the grace SIGKILL) and waits until all of it is
 * gone. An ended one is no error. Errors: ERR_NOT_FOUND. */
int shell_jobs_kill(struct shell_jobs *jobs, struct str id,
    struct error *err);
/* The same without waiting: shell_job_event tells when it is gone. */
int shell_jobs_stop(struct shell_jobs *jobs, struct str id,
    struct error *err);
/* Appends what is kept of a job's output, for somebody who looks on: what
 * shell_jobs_output() gives next is not changed by it. Errors:
 * ERR_NOT_FOUND. */
int shell_jobs_peek(struct shell_jobs *jobs, struct str id, struct buf *out,
    struct shell_job_info *ret, struct error *err);
/* Fills at most SHELL_JOBS_MAX rows, in the order of their start. */
size_t shell_jobs_list(struct shell_jobs *jobs, struct shell_job_info *ret);

#endif
