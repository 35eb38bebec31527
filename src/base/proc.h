/* Child processes, run to their end with limits. Every command runs under the
 * small supervisor of libexec (friday-supervise), which is a subreaper with a
 * control pipe: when the pipe closes - the call ended, was cancelled, or we
 * were killed by any signal - the command and everything it started are gone,
 * daemons included. The process-wide state of our own process is not touched.
 *
 * Thread: any. Blocking; call it from a run's or a worker's thread only. */
#ifndef FRIDAY_BASE_PROC_H
#define FRIDAY_BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cancel.h"
#include "base/error.h"
#include "base/str.h"

enum proc_stream { PROC_STDOUT, PROC_STDERR };

struct proc_opts {
	const char *const *argv;    /* NULL-terminated; [0] searched on PATH */
	const char *const *environ_; /* NULL: ours */
	const char *cwd;	    /* NULL: ours */
	struct str input;	    /* for stdin, copied; empty: /dev/null */
	int timeout_ms;		    /* 0: no limit */
	int grace_ms;		    /* between SIGTERM and SIGKILL; 2,000 */
	struct cancel *cancel;	    /* may be NULL */
	/* Called as output comes, on the calling thread. May be NULL. */
	void (*output)(enum proc_stream stream, struct str bytes, void *ctx);
	void *ctx;
	bool merge; /* stderr goes where stdout goes */
	/* The command may outlive its own children's pipes: the call ends when
	 * the command itself has ended, not when its pipes close. Always so. */
};

#define PROC_OPTS_INIT ((struct proc_opts){ .grace_ms = 2000 })

struct proc_status {
	bool exited;	  /* by itself: exit_status counts */
	int exit_status;  /* 0 to 255 */
	int signal;	  /* that ended it; 0: none */
	bool timed_out;
	bool cancelled;
	bool survivors; /* a process of it could not be killed (sudo) */
	int64_t duration_ms;
};

/* Errors: ERR_NOT_FOUND (no such program or folder, or our own helper is
 * missing), ERR_PERMISSION, ERR_IO. A command that fails, times out or is
 * cancelled is no error: see *ret. Returns when everything that the command
 * started is gone; what it left in the background gets grace_ms to leave. */
int proc_run(const struct proc_opts *opts, struct proc_status *ret,
    struct error *err);
/* The same, with both streams collected. Buffers may be NULL; over their
 * ceiling output is dropped and *ret_dropped counts it (may be NULL). */
int proc_capture(const struct proc_opts *opts, struct buf *out,
    struct buf *err_out, size_t *ret_dropped, struct proc_status *ret,
    struct error *err);

/* A child that goes on in the background: a shell job, later an MCP server. */
struct proc;
int proc_start(const struct proc_opts *opts, struct proc **ret,
    struct error *err);
/* Reads what is there without waiting (timeout_ms 0) or waits for more (-1: no
 * limit). True while the child lives or output may come. Calls opts.output.
 * opts.cancel and opts.timeout_ms are looked at in here only. */
bool proc_pump(struct proc *p, int timeout_ms);
int proc_fd(const struct proc *p); /* for poll(): output or exit waits */
/* SIGTERM, then SIGKILL after grace; `now`: SIGKILL at once. */
void proc_stop(struct proc *p, bool now);
/* Status of an ended child; false while it lives. */
bool proc_status(struct proc *p, struct proc_status *ret);
/* Kills what still lives, waits, frees. */
void proc_destroy(struct proc *p);
DEFINE_CLEANUP(proc_destroy, struct proc);

#endif
