/* An index as a search sees it: the rows of all live pieces in memory, the
 * posting lists of the terms that are asked for read as they are needed.
 *
 * A reader sees the state of the moment when it was opened.
 *
 * Thread: one at a time. */
#ifndef FRIDAY_INDEX_READER_H
#define FRIDAY_INDEX_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "index/segment.h"
#include "index/vocabulary.h"

struct index_reader;

/* A piece. Its number here counts the pieces of all files, by path and line:
 * it does not depend on when which file was taken in. */
struct live_chunk {
	struct chunk_row row; /* row.file: number of a live_file */
	int64_t segment;
	uint32_t at;
};

struct live_file {
	int64_t id;
	char *path;
	char *language; /* its name; "": none */
	char *hash;	/* of its content, hex */
	unsigned flags; /* enum source_flags */
	size_t first_chunk, n_chunks; /* its pieces stand in a row */
	bool rare; /* few files here are of its kind */
	double lens[N_FIELDS]; /* of all its pieces; its path once */
};

/* The live pieces that have a term. */
struct postings {
	size_t n;
	struct posting *items; /* at: the number of the piece; rising */
};

/* Errors: ERR_NOT_FOUND (there is no index), those of store/index_db.h. */
int index_reader_open(const char *database, struct index_reader **ret,
    struct error *err);
void index_reader_close(struct index_reader *r);
DEFINE_CLEANUP(index_reader_close, struct index_reader);

size_t index_reader_chunks(const struct index_reader *r);
const struct live_chunk *index_reader_chunk(const struct index_reader *r,
    size_t number);
/* Of all pieces, by number, close together: what a search reads of each piece
 * that has a word. */
struct chunk_lens {
	uint16_t of[N_FIELDS];
};
const struct chunk_lens *index_reader_lens(const struct index_reader *r);
const uint32_t *index_reader_file_numbers(const struct index_reader *r);
size_t index_reader_files(const struct index_reader *r);
const struct live_file *index_reader_file(const struct index_reader *r,
    size_t number);
/* The number of the file with this id; SIZE_MAX: it is gone. */
size_t index_reader_file_number(const struct index_reader *r, int64_t id);
/* Means over the live pieces, or files. */
const double *index_reader_mean_lens(const struct index_reader *r);
const double *index_reader_mean_file_lens(const struct index_reader *r);
struct index_db *index_reader_db(struct index_reader *r);
struct vocabulary *index_reader_vocabulary(struct index_reader *r);
/* Memory for one question, of which the first bytes are zeros: valid until the
 * next call. It is kept, since asking the system for it each time costs more
 * than a search. */
void *index_reader_scratch(struct index_reader *r, size_t size_bytes,
    size_t clear_bytes);

/* The pieces that begin a definition of this name (its term), at most `max`;
 * 0 if there are more. */
size_t index_reader_definitions(struct index_reader *r, int64_t name_term,
    uint32_t *ret, size_t max);

/* The files of this content (hex of its hash), at most `max`. */
size_t index_reader_files_of(struct index_reader *r, struct str hash,
    uint32_t *ret, size_t max);

/* Release it. Errors: ERR_STORE_CORRUPT and others. */
int index_reader_postings(struct index_reader *r, int64_t term,
    struct postings *ret, struct error *err);
void postings_release(struct postings *p);

#endif
