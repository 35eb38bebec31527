/* The one writer thread of a process. Units (events with their messages) and
 * jobs (anything else that writes) wait in a bounded queue; whatever waits is
 * written in one transaction. A group with a border event or a synced job is
 * on the disk before anyone is told.
 *
 * When a group cannot be written (full disk, lock), its units are kept and
 * tried again: when somebody waits, else after a growing pause. Jobs get the
 * fault at once, but for a lock, which they outwait until their deadline. */
#ifndef FRIDAY_STORE_WRITER_H
#define FRIDAY_STORE_WRITER_H

#include <stdbool.h>

#include "base/error.h"
#include "event/event.h"

struct db;
struct scope;
struct unit;
struct writer;

/* Runs in the writer thread, inside a transaction; may run again when the
 * group was rolled back, so it must set its results, not add to them. An error
 * undoes what it did and nothing else. */
typedef int writer_job_fn(struct db *db, void *args, struct error *err);

struct writer_opts {
	struct db *db; /* given to the writer */
	const struct scope *scope;
	void (*on_stored)(struct event *ev, void *ctx); /* may be NULL */
	void (*on_fault)(const struct error *err, void *ctx); /* may be NULL */
	void *ctx;
	/* After each commit, outside a transaction. May be NULL. */
	void (*on_commit)(struct db *db, void *commit_args);
	void *commit_args;
	/* Called every tick_ms while ticking is on. */
	writer_job_fn *tick;
	void *tick_args;
	int tick_ms;
};

int writer_create(const struct writer_opts *opts, struct writer **ret,
    struct error *err);
/* Writes what waits, at most timeout_ms; what is left is reported to on_fault.
 * Then runs `last` (may be NULL) and closes the database. */
void writer_destroy(struct writer *w, int timeout_ms, writer_job_fn *last,
    void *last_args);
/* Takes the unit, also when it fails. Waits while too much is pending, at most
 * 10 s. Errors: the fault that keeps it from shrinking, ERR_TIMEOUT. */
int writer_append(struct writer *w, struct unit *unit, struct error *err);

/* The same, and waits until it is committed (for a border unit: on the disk),
 * at most timeout_ms. Errors too: the unit's own fault (it is dropped), the
 * group's, ERR_TIMEOUT. *ret_kept after an error: it is tried again. */
int writer_append_wait(struct writer *w, struct unit *unit, int timeout_ms,
    bool *ret_kept, struct error *err);

enum {
	WRITER_LAZY = 0,
	WRITER_SYNCED = 1, /* on the disk before the call returns */
};
/* Runs a job and waits for its commit. Errors: the job's, the group's. */
int writer_call(struct writer *w, writer_job_fn *fn, void *args,
    unsigned flags, struct error *err);
int writer_flush(struct writer *w, unsigned flags, int timeout_ms,
    struct error *err);
void writer_set_ticking(struct writer *w, bool on);

#endif
