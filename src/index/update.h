/* Brings the index of a repository up to date: walks it, and takes in what is
 * new or has changed since, by its content. What git ignores, what the deny
 * list withholds and what nobody wrote by hand is left out.
 *
 * An index that is brought up to date step by step answers as one that is made
 * at once. A kill leaves it as it was after one of the steps.
 *
 * Thread: one update of a database at a time; searches go on meanwhile. */
#ifndef FRIDAY_INDEX_UPDATE_H
#define FRIDAY_INDEX_UPDATE_H

#include "base/cancel.h"
#include "base/error.h"

struct deny_list;

struct index_update_opts {
	const char *root;	/* absolute, without links */
	const char *database;	/* file; its folder must exist */
	struct deny_list *deny; /* NULL: nothing is withheld */
	struct cancel *cancel;	/* may be NULL */
	int64_t deadline_ms;	/* clock_now_ms(); 0: none */
	unsigned n_threads;	/* 0: one for each processor, at most 8 */
	/* Called from the updating thread as it goes on; may be NULL. */
	void (*progress)(size_t done, size_t total, void *ctx);
	/* Called after each part that is in the database from then on, by one
	 * thread at a time; may be NULL. */
	void (*written)(void *ctx);
	void *ctx;
};

struct index_update_stats {
	size_t files;	  /* in the index now */
	size_t added;	  /* new or changed */
	size_t removed;	  /* gone or changed */
	size_t left_out;  /* added, but without pieces, as source.h says */
	/* The same by reason: the first of these that holds. */
	size_t binary, large, vendored, generated, minified;
	size_t withheld;  /* by the deny list */
	size_t chunks;	  /* added */
	size_t bytes;	  /* read */
};

/* Errors: ERR_CANCELLED, ERR_TIMEOUT (what is done stays done), those of
 * store/index_db.h, ERR_NOT_FOUND and others for the root. */
int index_update(const struct index_update_opts *opts,
    struct index_update_stats *ret, struct error *err);

#endif
