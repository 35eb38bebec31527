/* The open database of an index, for the modules of this room that keep their
 * tables in it. Not for other rooms. */
#ifndef FRIDAY_STORE_INDEX_INNER_H
#define FRIDAY_STORE_INDEX_INNER_H

#include "store/db.h"
#include "store/index_db.h"

struct index_db {
	struct db *db;
	bool write;
};

/* Pieces and lists are found by one number: a search does a thousand such
 * look-ups, and SQLite compares keys of several columns much slower. */
enum {
	INDEX_AT_BITS = 32,
	INDEX_SEGMENT_BITS = 23,
	INDEX_TERM_BITS = 24,
	INDEX_BLOCK_BITS = 16,
};

/* Bytes in a row at most, where they can be cut: five of these fill a page of
 * 4 KiB. Longer rows would go to pages of their own, half of which are empty
 * at the end. */
enum { INDEX_ROW_BYTES = 790 };

static inline int64_t
index_chunk_id(int64_t segment, int64_t at)
{
	return segment << INDEX_AT_BITS | at;
}

static inline int64_t
index_posting_id(int64_t segment, int64_t term, int64_t block)
{
	return (segment << INDEX_TERM_BITS | term) << INDEX_BLOCK_BITS | block;
}

/* Removes pieces that stand in a row; their terms are handed over first. */
int index_remove_chunks(struct index_db *d, int64_t segment, int64_t first,
    int64_t n, int (*take)(struct str terms, void *ctx), void *ctx,
    struct error *err);

#endif
