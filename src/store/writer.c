/* The writer as its callers see it; see writer.h. Who waits for an answer waits
 * on a queue of one place, in the job. */
#include "store/writer_inner.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/thread.h"
#include "base/units.h"
#include "store/db.h"
#include "store/unit.h"

enum {
	PENDING_UNITS_MAX = 4096,
	PENDING_BYTES_MAX = 64 << 20, /* one larger unit is let through */
	QUEUE_MAX = PENDING_UNITS_MAX + 1024,
	APPEND_WAIT_MS = 10000,
	CALL_WAIT_MS = 10000,
	WAIT_MAX_MS = 24 * 3600 * 1000,
};

struct writer_job *
writer_job_create(enum job_kind kind, unsigned refs)
{
	struct writer_job *job = mem_new(struct writer_job);

	atomic_init(&job->refs, refs);
	atomic_init(&job->state, JOB_WAITS);
	job->kind = kind;
	if (kind != JOB_UNIT)
		job->answer = queue_create(1);
	return job;
}

void
writer_job_unref(struct writer_job *job)
{
	if (atomic_fetch_sub(&job->refs, 1) != 1)
		return;
	unit_destroy(job->unit);
	queue_destroy(job->answer, NULL);
	free(job);
}

int
writer_create(const struct writer_opts *opts, struct writer **ret,
    struct error *err)
{
	struct writer *w = mem_new(struct writer);
	int rc;

	w->opts = *opts;
	w->last = &w->first;
	w->queue = queue_create(QUEUE_MAX);
	rc = thread_start(&w->thread, "friday-store", writer_run, w, err);
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
			writer_tell_commit(w);
		else
			db_rollback(w->opts.db);
	}
	db_close(w->opts.db);
	free(w);
}

/* Hands a job over and waits for its answer; gives up while it has not
 * begun. */
static int
push_and_await(struct writer *w, struct writer_job *job, int timeout_ms,
    struct error *err)
{
	int expected = JOB_WAITS;
	int rc;

	if (timeout_ms < 0 || timeout_ms > WAIT_MAX_MS)
		timeout_ms = WAIT_MAX_MS;
	job->deadline_ms = clock_now_ms() + timeout_ms;
	rc = queue_push(w->queue, job, timeout_ms, NULL, err);
	if (rc != 0) {
		writer_job_unref(job); /* the writer's */
		writer_job_unref(job);
		return rc;
	}
	if (queue_pop(job->answer, timeout_ms) == NULL) {
		if (atomic_compare_exchange_strong(&job->state, &expected,
			JOB_ABANDONED)) {
			writer_job_unref(job);
			return error_set(err, ERR_TIMEOUT,
			    "the database did not answer in time");
		}
		/* It runs, on the caller's args: its end is near. */
		queue_pop(job->answer, -1);
	}
	rc = job->rc;
	if (rc != 0 && err != NULL)
		*err = job->err;
	writer_job_unref(job);
	return rc;
}

int
writer_call(struct writer *w, writer_job_fn *fn, void *args, unsigned flags,
    struct error *err)
{
	struct writer_job *job = writer_job_create(JOB_CALL, 2);

	job->fn = fn;
	job->args = args;
	job->synced = flags & WRITER_SYNCED;
	return push_and_await(w, job, CALL_WAIT_MS, err);
}

int
writer_flush(struct writer *w, unsigned flags, int timeout_ms,
    struct error *err)
{
	struct writer_job *job = writer_job_create(JOB_FLUSH, 2);

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
    struct writer_job **ret, struct error *err)
{
	struct writer_job *job;
	int rc = wait_for_room(w, unit_bytes(unit), err);

	if (rc != 0) {
		unit_destroy(unit);
		return rc;
	}
	job = writer_job_create(JOB_UNIT, refs);
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
			writer_job_unref(job);
		return rc;
	}
	*ret = job;
	return 0;
}

int
writer_append(struct writer *w, struct unit *unit, struct error *err)
{
	struct writer_job *job;

	return push_unit(w, unit, 1, &job, err);
}

int
writer_append_wait(struct writer *w, struct unit *unit, int timeout_ms,
    bool *ret_kept, struct error *err)
{
	struct writer_job *job;
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
	writer_job_unref(job);
	return rc;
}

void
writer_set_ticking(struct writer *w, bool on)
{
	atomic_store(&w->ticking, on);
}
