/* The indexes that a user has: one folder for each repository below one folder,
 *
 *	ALL/DIGEST/root		the repository's path
 *	ALL/DIGEST/index.db	and what else is kept of it
 */
#ifndef FRIDAY_INDEX_INDEX_LIST_H
#define FRIDAY_INDEX_INDEX_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct index_entry {
	const char *folder; /* of the index */
	struct str root;    /* of the repository */
	bool gone;	    /* there is no such folder any more */
	int64_t bytes;	    /* of all its files */
	int64_t written_ms; /* since 1970, UTC */
};

/* Each index, in the order of their folders; what is none is passed over. The
 * entry lives for the call; false ends. No ALL folder is an empty list.
 * Errors: ERR_IO. */
int index_list(const char *all,
    bool (*take)(const struct index_entry *entry, void *ctx), void *ctx,
    struct error *err);

#endif
