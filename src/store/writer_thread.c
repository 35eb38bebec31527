/* The writer's thread; see writer.h.
 *
 *	callers --(queue)--> list of pending jobs --(group)--> transaction
 *
 * Jobs leave the list in order: a unit when it is stored or refused, a call
 * when it is answered. A fault of the disk leaves units where they are. */
#include "store/writer_inner.h"

#include <poll.h>

#include "base/clock.h"
#include "store/db.h"
#include "store/unit.h"

enum {
	GROUP_MAX = 256,
	GROUP_BYTES_MAX = 8 << 20,
	RETRY_FIRST_MS = 50,
	RETRY_MAX_MS = 5000,
	CLOSING_BUSY_MS = 1000,
};

static void
enqueue(struct writer *w, struct writer_job *job)
{
	job->next = NULL;
	*w->last = job;
	w->last = &job->next;
}

/* Moves what waits into the list. True: somebody waits for an answer. */
static bool
drain(struct writer *w, struct writer_job *job)
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
answer_unit(struct writer_job *job, int rc, const struct error *err, bool kept)
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
finish(struct writer *w, struct writer_job *job, int rc,
    const struct error *err)
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
	writer_job_unref(job);
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
wants_sync(const struct writer_job *job)
{
	return job->kind == JOB_UNIT ? unit_is_border(job->unit) : job->synced;
}

static int
run_job(struct writer *w, struct writer_job *job, struct error *err)
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
	for (struct writer_job *job = w->first; job != NULL; job = job->next) {
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

void
writer_tell_commit(struct writer *w)
{
	if (w->opts.on_commit != NULL)
		w->opts.on_commit(w->opts.db, w->opts.commit_args);
}

static int
write_group(struct writer *w, size_t n, bool synced, struct error *err)
{
	struct db *db = w->opts.db;
	struct writer_job *job = w->first;
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
	writer_tell_commit(w);
	return 0;
}

static struct writer_job *
take_first(struct writer *w)
{
	struct writer_job *job = w->first;

	w->first = job->next;
	if (w->first == NULL)
		w->last = &w->first;
	return job;
}

static void
finish_group(struct writer *w, size_t n)
{
	while (n-- > 0) {
		struct writer_job *job = take_first(w);

		finish(w, job, job->refused ? job->rc : 0, &job->err);
	}
}

/* Whether the job stays in the list after its group failed. */
static bool
stays(const struct writer_job *job, const struct error *err)
{
	if (job->kind == JOB_UNIT)
		return true;
	return err->code == ERR_STORE_LOCKED &&
	    clock_now_ms() < job->deadline_ms;
}

static void
fail_group(struct writer *w, size_t n, const struct error *err)
{
	struct writer_job *kept = NULL, **end = &kept;

	w->fault_error = *err;
	/* Once for each fault, not for each try; before anyone hears of it. */
	if (atomic_exchange(&w->fault, (int)err->code) != (int)err->code)
		report(w, err);
	while (n-- > 0) {
		struct writer_job *job = take_first(w);
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
	writer_tell_commit(w);
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
		struct writer_job *job = take_first(w);

		if (job->kind == JOB_UNIT)
			answer_unit(job, -(int)err.code, &err, false);
		if (job->kind == JOB_UNIT)
			n_lost++;
		else
			finish(w, job, -(int)err.code, &err);
		if (job->kind == JOB_UNIT)
			writer_job_unref(job);
	}
	if (n_lost > 0) {
		error_wrap(&err, err.code, "%zu changes could not be stored",
		    n_lost);
		report(w, &err);
	}
}

void *
writer_run(void *ctx)
{
	struct writer *w = ctx;

	for (;;) {
		struct writer_job *job = queue_pop(w->queue, pause_ms(w));
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
