/* How lately files changed, as the history of the repository has it: a weak
 * word for a file among others that fit as well. Counted in commits from the
 * newest one on, not in time: the same repository gives the same answers
 * tomorrow.
 *
 * It is kept in a file beside the index, and read from git again when HEAD
 * stands elsewhere than it did. A file's uncommitted changes do not count. */
#ifndef FRIDAY_INDEX_RECENCY_H
#define FRIDAY_INDEX_RECENCY_H

#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

enum {
	RECENCY_COMMITS = 100, /* that are looked at */
	/* One that touches more files than that says nothing of any. */
	RECENCY_FILES_MAX = 30,
};

struct recency;

/* Brings the file in `folder` up to date with the repository at root.
 * *ret_changed: it was written. No repository: nothing is done; one that cannot
 * be read has no history. Errors: ERR_CANCELLED, those of writing. Thread: one
 * for a folder. */
int recency_update(const char *root, const char *folder,
    struct cancel *cancel, bool *ret_changed, struct error *err);

/* NULL: there is none. */
struct recency *recency_read(const char *folder);
void recency_destroy(struct recency *r);
DEFINE_CLEANUP(recency_destroy, struct recency);
/* 1: the newest commit changed it; less for each commit since; 0: none of the
 * last ones did. r may be NULL. */
float recency_of(const struct recency *r, struct str path);

#endif
