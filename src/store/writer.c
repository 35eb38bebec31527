/* The writer thread; see writer.h.
 *
 *	callers --(queue)--> list of pending jobs --(group)--> transaction
 *
 * Jobs leave the list in order: a unit when it is stored or refused, a call
 * when it is answered. A fault of the disk leaves units where they are. Who
 * waits for an answer waits on a queue of one place, in the job. */
#include "store/writer.h"

#include <poll.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/queue.h"
#include "base/thread.h"
#include "base/units.h"
#include "store/db.h"
#include "store/unit.h"

enum {
	PENDING_UNITS_MAX = 4096,
	PENDING_BYTES_MAX = 64 << 20, /* one larger unit is let through */
	QUEUE_MAX = PENDING_UNITS_MAX + 1024,
	GROUP_MAX = 256,
	GROUP_BYTES_MAX = 8 << 20,
	APPEND_WAIT_MS = 10000,
	CALL_WAIT_MS = 10000,
	WAIT_MAX_MS = 24 * 3600 * 1000,
	RETRY_FIRST_MS = 50,
	RETRY_MAX_MS = 5000,
	CLOSING_BUSY_MS = 1000,
};

enum job_kind { JOB_UNIT, JOB_CALL, JOB_FLUSH };
enum job_state { JOB_WAITS, JOB_RUNS, JOB_ABANDONED };

struct job {
	_Atomic unsigned refs; /* the writer's and the waiting caller's */
	enum job_kind kind;
	struct job *next;
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
	struct job *first, **last;
	struct error fault_error;
	bool unsynced; /* lazy commits since the last sync */
	int64_t retry_ms, retry_pause_ms, tick_ms;
};

static struct job *
job_create(enum job_kind kind, unsigned refs)
{
	struct job *job = mem_new(struct job);

	atomic_init(&job->refs, refs);
	atomic_init(&job->state, JOB_WAITS);
	job->kind = kind;
	if (kind != JOB_UNIT)
		job->answer = queue_create(1);
	return job;
}

static void
job_unref(struct job *job)
{
	if (atomic_fetch_sub(&job->refs, 1) != 1)
		return;
	unit_destroy(job->unit);
	queue_destroy(job->answer, NULL);
	free(job);
}

/* --- the writer thread -------------------------------------------------- */

static void
enqueue(struct writer *w, struct job *job)
{
	job->next = NULL;
	*w->last = job;
	w->last = &job->next;
}

/* Moves what waits into the list. True: somebody waits for an answer. */
static bool
drain(struct writer *w, struct job *job)
{
	bool urgent = false;

	for (; job != NULL; job = queue_try_pop(w->queue)) {
		urgent = urgent || job->answer != NULL;
		enqueue(w, job);
	}
	return urgent;
}

static void
report(struct writer *w, const struct error *err)
{
	if (w->opts.on_fault != NULL)
		w->opts.on_fault(err, w->opts.ctx);
}

/* Who waits for a unit hears of it once, though it may stay in the list. */
static void
answer_unit(struct job *job, int rc, const struct error *err, bool kept)
{
	if (job->answer == NULL || job->answered)
		return;
	job->answered = true;
	job->kept = kept;
	job->rc = rc;
	if (rc != 0)
		job->err = *err;
	queue_try_push(job->answer, job);
}

/* The job's last moment in the list. */
static void
finish(struct writer *w, struct job *job, int rc, const struct error *err)
{
	if (job->kind == JOB_UNIT) {
		if (rc == 0)
			unit_publish(job->unit, w->opts.on_stored,
			    w->opts.ctx);
		else
			report(w, err);
		atomic_fetch_sub(&w->pending_units, 1);
		atomic_fetch_sub(&w->pending_bytes, unit_bytes(job->unit));
		answer_unit(job, rc, err, false);
	} else {
		job->rc = rc;
		if (rc != 0)
			job->err = *err;
		queue_try_push(job->answer, job);
	}
	job_unref(job);
}

/* The fault is the job's own: the rest of the group can be stored. */
static bool
is_refusal(int rc)
{
	switch ((enum error_code)-rc) {
	case ERR_STORE_FULL:
	case ERR_STORE_LOCKED:
	case ERR_STORE_CORRUPT:
	case ERR_PERMISSION:
	case ERR_IO:
	case ERR_NO_MEMORY:
		return false;
	default:
		return true;
	}
}

static bool
wants_sync(const struct job *job)
{
	return job->kind == JOB_UNIT ? unit_is_border(job->unit) : job->synced;
}

static int
run_job(struct writer *w, struct job *job, struct error *err)
{
	struct db *db = w->opts.db;
	int expected = JOB_WAITS;
	int rc;

	job->refused = false;
	if (job->kind == JOB_FLUSH)
		return 0;
	/* From here on the caller of a job may not leave. */
	if (job->kind == JOB_CALL &&
	    !atomic_compare_exchange_strong(&job->state, &expected, JOB_RUNS))
		return 0;
	rc = db_mark(db, err);
	if (rc != 0)
		return rc;
	rc = job->kind == JOB_UNIT ?
	    unit_put(job->unit, db, w->opts.scope, &job->err) :
	    job->fn(db, job->args, &job->err);
	if (rc == 0)
		return db_mark_keep(db, err);
	if (!is_refusal(rc)) {
		*err = job->err;
		return rc;
	}
	job->refused = true;
	job->rc = rc;
	return db_mark_undo(db, err);
}

/* How many jobs from the front make the next group. */
static size_t
measure_group(const struct writer *w, bool *ret_writes, bool *ret_synced)
{
	size_t n = 0, bytes = 0;

	*ret_writes = *ret_synced = false;
	for (struct job *job = w->first; job != NULL; job = job->next) {
		if (n == GROUP_MAX || bytes > GROUP_BYTES_MAX)
			break;
		n++;
		*ret_synced = *ret_synced || wants_sync(job);
		*ret_writes = *ret_writes || job->kind != JOB_FLUSH;
		if (job->kind == JOB_UNIT)
			bytes += unit_bytes(job->unit);
	}
	return n;
}

static void
tell_commit(struct writer *w)
{
	if (w->opts.on_commit != NULL)
		w->opts.on_commit(w->opts.db, w->opts.commit_args);
}

static int
write_group(struct writer *w, size_t n, bool synced, struct error *err)
{
	struct db *db = w->opts.db;
	struct job *job = w->first;
	int rc = db_begin(db, synced ? DB_SYNC_FULL : DB_SYNC_LAZY, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < n && rc == 0; i++, job = job->next)
		rc = run_job(w, job, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc != 0) {
		db_rollback(db);
		return rc;
	}
	w->unsynced = !synced;
	tell_commit(w);
	return 0;
}

static struct job *
take_first(struct writer *w)
{
	struct job *job = w->first;

	w->first = job->next;
	if (w->first == NULL)
		w->last = &w->first;
	return job;
}

static void
finish_group(struct writer *w, size_t n)
{
	while (n-- > 0) {
		struct job *job = take_first(w);

		finish(w, job, job->refused ? job->rc : 0, &job->err);
	}
}

/* Whether the job stays in the list after its group failed. */
static bool
stays(const struct job *job, const struct error *err)
{
	if (job->kind == JOB_UNIT)
		return true;
	return err->code == ERR_STORE_LOCKED &&
	    clock_now_ms() < job->deadline_ms;
}

static void
fail_group(struct writer *w, size_t n, const struct error *err)
{
	struct job *kept = NULL, **end = &kept;

	w->fault_error = *err;
	/* Once for each fault, not for each try; before anyone hears of it. */
	if (atomic_exchange(&w->fault, (int)err->code) != (int)err->code)
		report(w, err);
	while (n-- > 0) {
		struct job *job = take_first(w);
		int expected = JOB_RUNS;

		if (!stays(job, err)) {
			finish(w, job, -(int)err->code, err);
			continue;
		}
		atomic_compare_exchange_strong(&job->state, &expected,
		    JOB_WAITS);
		if (job->kind == JOB_UNIT)
			answer_unit(job, -(int)err->code, err, true);
		*end = job;
		end = &job->next;
	}
	if (kept != NULL) {
		*end = w->first;
		if (w->first == NULL)
			w->last = end;
		w->first = kept;
	}

	w->retry_pause_ms = w->retry_pause_ms == 0 ? RETRY_FIRST_MS :
						      w->retry_pause_ms * 2;
	if (w->retry_pause_ms > RETRY_MAX_MS)
		w->retry_pause_ms = RETRY_MAX_MS;
	w->retry_ms = clock_now_ms() + w->retry_pause_ms;
}

static bool
write_next(struct writer *w)
{
	struct error err = ERROR_INIT;
	bool writes, synced;
	size_t n = measure_group(w, &writes, &synced);
	int rc = 0;

	if (writes)
		rc = write_group(w, n, synced, &err);
	else if (synced && w->unsynced) {
		rc = db_sync(w->opts.db, &err);
		w->unsynced = rc != 0;
	}
	if (rc != 0) {
		fail_group(w, n, &err);
		return false;
	}
	w->retry_pause_ms = 0;
	atomic_store(&w->fault, 0);
	finish_group(w, n);
	return true;
}

static void
tick(struct writer *w)
{
	if (!atomic_load(&w->ticking) || clock_now_ms() < w->tick_ms)
		return;
	w->tick_ms = clock_now_ms() + w->opts.tick_ms;
	if (db_begin(w->opts.db, DB_SYNC_LAZY, NULL) != 0)
		return;
	if (w->opts.tick(w->opts.db, w->opts.tick_args, NULL) != 0 ||
	    db_commit(w->opts.db, NULL) != 0) {
		db_rollback(w->opts.db);
		return;
	}
	w->unsynced = true;
	tell_commit(w);
}

/* Until the next thing that happens by itself; -1: nothing. */
static int
pause_ms(const struct writer *w)
{
	int pause = -1;

	if (w->first != NULL)
		pause = clock_left_ms(w->retry_ms);
	if (atomic_load(&w->ticking)) {
		int left = clock_left_ms(w->tick_ms);

		if (pause < 0 || left < pause)
			pause = left;
	}
	return pause;
}

/* The queue is closed and empty: a last try or several. */
static void
write_rest(struct writer *w)
{
	struct error err = ERROR_INIT;
	size_t n_lost = 0;

	db_set_busy(w->opts.db, CLOSING_BUSY_MS);
	while (w->first != NULL) {
		if (write_next(w))
			continue;
		if (clock_now_ms() + w->retry_pause_ms >=
		    atomic_load(&w->stop_ms))
			break;
		poll(NULL, 0, (int)w->retry_pause_ms);
	}
	err = w->fault_error;
	while (w->first != NULL) {
		struct job *job = take_first(w);

		if (job->kind == JOB_UNIT)
			answer_unit(job, -(int)err.code, &err, false);
		if (job->kind == JOB_UNIT)
			n_lost++;
		else
			finish(w, job, -(int)err.code, &err);
		if (job->kind == JOB_UNIT)
			job_unref(job);
	}
	if (n_lost > 0) {
		error_wrap(&err, err.code, "%zu changes could not be stored",
		    n_lost);
		report(w, &err);
	}
}

static void *
run_writer(void *ctx)
{
	struct writer *w = ctx;

	for (;;) {
		struct job *job = queue_pop(w->queue, pause_ms(w));
		bool urgent = drain(w, job);

		if (atomic_load(&w->stop_ms) != 0 && queue_closed(w->queue))
			break;
		if (w->first != NULL &&
		    (urgent || w->retry_pause_ms == 0 ||
			clock_now_ms() >= w->retry_ms))
			while (write_next(w) && w->first != NULL)
				drain(w, queue_try_pop(w->queue));
		tick(w);
	}
	drain(w, queue_try_pop(w->queue));
	write_rest(w);
	return NULL;
}

/* --- callers ------------------------------------------------------------ */

int
writer_create(const struct writer_opts *opts, struct writer **ret,
    struct error *err)
{
	struct writer *w = mem_new(struct writer);
	int rc;

	w->opts = *opts;
	w->last = &w->first;
	w->queue = queue_create(QUEUE_MAX);
	rc = thread_start(&w->thread, "friday-store", run_writer, w, err);
	if (rc != 0) {
		queue_destroy(w->queue, NULL);
		db_close(w->opts.db);
		free(w);
		return rc;
	}
	*ret = w;
	return 0;
}

void
writer_destroy(struct writer *w, int timeout_ms, writer_job_fn *last,
    void *last_args)
{
	if (w == NULL)
		return;
	atomic_store(&w->stop_ms, clock_now_ms() + timeout_ms);
	queue_close(w->queue);
	pthread_join(w->thread, NULL);
	queue_destroy(w->queue, NULL);
	if (last != NULL && db_begin(w->opts.db, DB_SYNC_LAZY, NULL) == 0) {
		if (last(w->opts.db, last_args, NULL) == 0 &&
		    db_commit(w->opts.db, NULL) == 0)
			tell_commit(w);
		else
			db_rollback(w->opts.db);
	}
	db_close(w->opts.db);
	free(w);
}

/* Hands a job over and waits for its answer; gives up while it has not
 * begun. */
static int
push_and_await(struct writer *w, struct job *job, int timeout_ms,
    struct error *err)
{
	int expected = JOB_WAITS;
	int rc;

	if (timeout_ms < 0 || timeout_ms > WAIT_MAX_MS)
		timeout_ms = WAIT_MAX_MS;
	job->deadline_ms = clock_now_ms() + timeout_ms;
	rc = queue_push(w->queue, job, timeout_ms, NULL, err);
	if (rc != 0) {
		job_unref(job); /* the writer's */
		job_unref(job);
		return rc;
	}
	if (queue_pop(job->answer, timeout_ms) == NULL) {
		if (atomic_compare_exchange_strong(&job->state, &expected,
			JOB_ABANDONED)) {
			job_unref(job);
			return error_set(err, ERR_TIMEOUT,
			    "the database did not answer in time");
		}
		/* It runs, on the caller's args: its end is near. */
		queue_pop(job->answer, -1);
	}
	rc = job->rc;
	if (rc != 0 && err != NULL)
		*err = job->err;
	job_unref(job);
	return rc;
}

int
writer_call(struct writer *w, writer_job_fn *fn, void *args, unsigned flags,
    struct error *err)
{
	struct job *job = job_create(JOB_CALL, 2);

	job->fn = fn;
	job->args = args;
	job->synced = flags & WRITER_SYNCED;
	return push_and_await(w, job, CALL_WAIT_MS, err);
}

int
writer_flush(struct writer *w, unsigned flags, int timeout_ms,
    struct error *err)
{
	struct job *job = job_create(JOB_FLUSH, 2);

	job->synced = flags & WRITER_SYNCED;
	return push_and_await(w, job, timeout_ms, err);
}

/* Waits until there is room for a unit of `bytes`. */
static int
wait_for_room(struct writer *w, size_t bytes, struct error *err)
{
	int64_t deadline = clock_now_ms() + APPEND_WAIT_MS;

	for (;;) {
		size_t units = atomic_load(&w->pending_units);
		size_t waiting = atomic_load(&w->pending_bytes);
		enum error_code fault;
		int rc;

		if (units == 0 ||
		    (units < PENDING_UNITS_MAX &&
			waiting + bytes <= PENDING_BYTES_MAX))
			return 0;
		fault = (enum error_code)atomic_load(&w->fault);
		if (fault != ERR_NONE)
			return error_set(err, fault,
			    "too much waits to be stored");
		rc = writer_flush(w, WRITER_LAZY, clock_left_ms(deadline),
		    err);
		if (rc != 0)
			return rc;
	}
}

/* Hands the unit over, in a job of so many references. On failure nothing is
 * left of it. */
static int
push_unit(struct writer *w, struct unit *unit, unsigned refs,
    struct job **ret, struct error *err)
{
	struct job *job;
	int rc = wait_for_room(w, unit_bytes(unit), err);

	if (rc != 0) {
		unit_destroy(unit);
		return rc;
	}
	job = job_create(JOB_UNIT, refs);
	job->unit = unit;
	if (refs > 1)
		job->answer = queue_create(1);
	atomic_fetch_add(&w->pending_units, 1);
	atomic_fetch_add(&w->pending_bytes, unit_bytes(unit));
	rc = queue_push(w->queue, job, APPEND_WAIT_MS, NULL, err);
	if (rc != 0) {
		atomic_fetch_sub(&w->pending_units, 1);
		atomic_fetch_sub(&w->pending_bytes, unit_bytes(unit));
		while (refs-- > 0)
			job_unref(job);
		return rc;
	}
	*ret = job;
	return 0;
}

int
writer_append(struct writer *w, struct unit *unit, struct error *err)
{
	struct job *job;

	return push_unit(w, unit, 1, &job, err);
}

int
writer_append_wait(struct writer *w, struct unit *unit, int timeout_ms,
    bool *ret_kept, struct error *err)
{
	struct job *job;
	int rc = push_unit(w, unit, 2, &job, err);

	if (ret_kept != NULL)
		*ret_kept = false;
	if (rc != 0)
		return rc;
	if (queue_pop(job->answer, timeout_ms) == NULL) {
		rc = error_set(err, ERR_TIMEOUT,
		    "the database did not answer in time");
		if (ret_kept != NULL)
			*ret_kept = true;
	} else if ((rc = job->rc) != 0) {
		if (err != NULL)
			*err = job->err;
		if (ret_kept != NULL)
			*ret_kept = job->kept;
	}
	job_unref(job);
	return rc;
}

void
writer_set_ticking(struct writer *w, bool on)
{
	atomic_store(&w->ticking, on);
}
