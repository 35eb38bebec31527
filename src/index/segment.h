/* Segments: pieces of many files with their terms, written once and at once.
 * Here is what the packed bytes of store/index_db.h mean.
 *
 * A segment has for each piece a row; for each term a posting list (the pieces
 * that have it, with how often in each field); and for each piece its terms
 * again, for questions that go from a piece to its words.
 *
 * The index is a cache and stays where it was made. */
#ifndef FRIDAY_INDEX_SEGMENT_H
#define FRIDAY_INDEX_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "index/chunk.h"
#include "index/packing.h"
#include "store/index_db.h"

struct terms;

enum row_flags {
	ROW_FUNCTION = 1,   /* it is (a part of) something that runs */
	ROW_DEFINITION = 2, /* it holds the beginning of its definition */
	ROW_TEST = 4,	    /* in a file that is no test as a whole */
};

struct chunk_row {
	uint32_t file; /* index_file.id */
	uint32_t start_line, end_line;
	uint32_t name_term; /* what its name is as a term; 0: none */
	uint16_t lens[N_FIELDS]; /* terms; at most 65,535 */
	uint8_t flags;
	uint8_t kind; /* kind_number() */
};

/* Rows of a segment as they are stored. Lines, files and terms are of 31 bits.
 */
void segment_rows_pack(const struct chunk_row *rows, size_t n,
    struct buf *out);
/* False: the bytes are damaged. What they say may be anything. */
bool segment_rows_unpack(struct str data, struct chunk_row *ret, size_t n);

/* What a name is as a term, by its number in the table; TERM_NONE: nothing. */
uint32_t segment_name_term(struct terms *terms, struct str name);

/* --- writing ------------------------------------------------------------ */

struct segment_builder;

struct segment_builder *segment_builder_create(void);
void segment_builder_destroy(struct segment_builder *b);
DEFINE_CLEANUP(segment_builder_destroy, struct segment_builder);
/* Takes a file in: everything is copied. file->id and n_chunks are set when it
 * is written. */
void segment_builder_add(struct segment_builder *b,
    const struct index_file *file, struct str text,
    const struct chunks *chunks);
/* Postings held; the measure of its memory (16 bytes each). */
size_t segment_builder_size(const struct segment_builder *b);
/* Writes all as one segment (in the caller's transaction) and empties itself.
 */
int segment_builder_write(struct segment_builder *b, struct index_db *db,
    struct error *err);

/* Takes a file out, and its pieces off the counts of their terms. */
int segment_remove_file(struct index_db *db, int64_t id, struct error *err);

#endif
