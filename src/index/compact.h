/* Merging of segments: each update adds one, and a search looks into all of
 * them. Segments of like size are merged, so that there are a few for each
 * order of magnitude and each piece is written again only as often; of what is
 * mostly dead the rest is written anew.
 *
 * Answers do not change. Each merge is a transaction of its own.
 *
 * Thread: the writer's. */
#ifndef FRIDAY_INDEX_COMPACT_H
#define FRIDAY_INDEX_COMPACT_H

#include "base/cancel.h"
#include "base/error.h"
#include "store/index_db.h"

enum {
	COMPACT_CHUNKS_MAX = 64 * 1024, /* of a merged segment */
	COMPACT_ALIKE = 4,		/* segments of a size that are merged */
};

/* cancel may be NULL: it is looked at between merges. Errors: ERR_CANCELLED,
 * those of store/index_db.h. */
int index_compact(struct index_db *db, struct cancel *cancel,
    struct error *err);

#endif
