/* Segments: pieces of many files with their terms, written once and at once.
 * Here is what the packed bytes of store/index_db.h mean.
 *
 * A segment has for each piece a row of fixed size; for each term a posting
 * list (the pieces that have it, with how often in each field); and for each
 * piece its terms again, for questions that go from a piece to its words.
 *
 * Numbers are stored as this machine has them: the index is a cache and stays
 * where it was made. */
#ifndef FRIDAY_INDEX_SEGMENT_H
#define FRIDAY_INDEX_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "index/chunk.h"
#include "store/index_db.h"

enum index_field {
	FIELD_PATH,
	FIELD_SYMBOL,  /* its name twice, what it is in, small definitions */
	FIELD_COMMENT,
	FIELD_SIGNATURE, /* three lines from where the definition begins */
	FIELD_BODY,	 /* without comments */
	N_FIELDS,
};

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
	uint8_t unused;
};

/* How often a piece has a term, by field; at most 255. */
struct posting {
	uint32_t at; /* of the piece, in its segment */
	uint8_t tf[N_FIELDS];
};

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

/* --- reading ------------------------------------------------------------ */

/* The next posting of packed ones. False: at the end, or damaged. *at is 0 at
 * first. */
bool posting_next(struct str *rest, uint32_t *at, struct posting *ret);

/* A term of a piece. */
struct chunk_term {
	int64_t term;
	unsigned code, comment; /* how often, at most 15 and 7; code: symbol,
				 * body */
	bool called; /* it stands before a parenthesis */
};
bool chunk_term_next(struct str *rest, int64_t *term, struct chunk_term *ret);

#endif
