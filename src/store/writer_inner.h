/* What the two halves of the writer share: who calls (writer.c) and the thread
 * that writes (writer_thread.c). Nobody else includes it. */
#ifndef FRIDAY_STORE_WRITER_INNER_H
#define FRIDAY_STORE_WRITER_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/queue.h"
#include "store/writer.h"

enum job_kind { JOB_UNIT, JOB_CALL, JOB_FLUSH };
enum job_state { JOB_WAITS, JOB_RUNS, JOB_ABANDONED };

struct writer_job {
	_Atomic unsigned refs; /* the writer's and the waiting caller's */
	enum job_kind kind;
	struct writer_job *next;
	struct unit *unit;
	writer_job_fn *fn;
	void *args; /* on the caller's stack: valid unless abandoned */
	bool synced;
	int64_t deadline_ms;
	_Atomic int state; /* enum job_state */
	bool refused;
	int rc;
	struct error err;
	struct queue *answer; /* NULL in units that nobody waits for */
	bool answered, kept;  /* of such units */
};

struct writer {
	struct writer_opts opts;
	struct queue *queue;
	pthread_t thread;
	_Atomic size_t pending_units, pending_bytes;
	_Atomic int fault; /* enum error_code while groups fail */
	atomic_bool ticking;
	_Atomic int64_t stop_ms; /* clock_now_ms() to give up at; 0: no stop */
	/* The writer thread's own: */
	struct writer_job *first, **last;
	struct error fault_error;
	bool unsynced; /* lazy commits since the last sync */
	int64_t retry_ms, retry_pause_ms, tick_ms;
};

/* refs: one for the writer, one for a caller that waits. */
struct writer_job *writer_job_create(enum job_kind kind, unsigned refs);
void writer_job_unref(struct writer_job *job);

/* The thread's main function; ctx: the writer. */
void *writer_run(void *ctx);
/* Tells who is to know (writer_opts.on_commit) of a commit. */
void writer_tell_commit(struct writer *w);

#endif
