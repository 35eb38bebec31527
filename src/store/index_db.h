/* The database of one repository's index: what index/ puts into it and reads
 * from it, as rows and packed bytes whose meaning is index/'s own.
 *
 * Everything in it is derived from the repository. A file of another schema,
 * or one that is damaged, is removed and made anew; nothing is migrated.
 *
 * A file of the repository has a number that is never given again: a file that
 * changed is removed and added. Pieces (chunks) stand in segments that are
 * written once: a piece whose file is gone is dead. Segments are merged, so the
 * place of a piece (segment, at) changes: what is stored beside pieces goes by
 * the number of the file and of the piece in it (first_chunk is its 0).
 *
 * Thread: a struct index_db belongs to one thread at a time. Readers and the
 * one writer, also of other processes, do not wait for each other. */
#ifndef FRIDAY_STORE_INDEX_DB_H
#define FRIDAY_STORE_INDEX_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

struct index_db;

struct buf;

/* What a schema or the packed bytes change: the index is then made anew. */
enum { INDEX_DB_VERSION = 10 };

/* write false: the file must exist (ERR_NOT_FOUND). Errors: those of
 * store/db.h. */
int index_db_open(const char *path, bool write, struct index_db **ret,
    struct error *err);
/* Removes the database with its log; whoever has it open keeps what was. */
void index_db_remove(const char *path);
void index_db_close(struct index_db *d);
DEFINE_CLEANUP(index_db_close, struct index_db);

/* A transaction: of a writer, to change; of a reader, to see one state. */
int index_db_begin(struct index_db *d, struct error *err);
int index_db_commit(struct index_db *d, struct error *err);
void index_db_rollback(struct index_db *d);
/* Of a writer: moves what was written from the log into the database's file and
 * shortens the log, and gives free pages back, each if that is worth it.
 * Readers that see an older state are not waited for: then the log stays. */
int index_db_tidy(struct index_db *d, struct error *err);

/* --- files -------------------------------------------------------------- */

struct index_file {
	int64_t id;
	struct str path; /* from the root of the repository */
	/* As stat(2) gave them when the content was read. */
	int64_t size, mtime_ns, inode;
	struct str hash;     /* of the content, hex */
	struct str language; /* its name; "": none */
	int64_t flags;	     /* index/'s */
	/* Its pieces stand in a row in one segment. */
	int64_t segment, first_chunk, n_chunks;
};

/* file->id is set. */
int index_db_add_file(struct index_db *d, struct index_file *file,
    struct error *err);
/* Its pieces go with it; their terms are handed over first, so that whoever
 * counts them can take them off. */
int index_db_remove_file(struct index_db *d, int64_t id,
    int (*take)(struct str terms, void *ctx), void *ctx, struct error *err);
/* The content is what it was, only its stamps differ. */
int index_db_touch_file(struct index_db *d, const struct index_file *file,
    struct error *err);
/* Each file, by path. The row lives for the call. A negative return ends. */
int index_db_each_file(struct index_db *d,
    int (*take)(const struct index_file *file, void *ctx), void *ctx,
    struct error *err);

/* --- terms -------------------------------------------------------------- */

/* They are added and counted by index_words.h; which words of several parts
 * have a part is in index_numbers.h. */

/* *ret 0: there is no such term. */
int index_db_find_term(struct index_db *d, struct str text, int64_t *ret,
    int64_t *ret_count, struct error *err);
/* Each term whose text begins with the prefix, in the order of the bytes. */
int index_db_each_term(struct index_db *d, struct str prefix,
    void (*take)(int64_t id, struct str text, int64_t count, void *ctx),
    void *ctx, struct error *err);
/* Each word of several parts that has this one, by its number. */
int index_db_each_whole(struct index_db *d, int64_t part,
    void (*take)(int64_t whole, void *ctx), void *ctx, struct error *err);
struct index_term {
	int64_t id;
	struct str text; /* for the call */
	int64_t n_parts; /* of a word of several; else 0 */
	int64_t count;	 /* pieces that have it */
};
/* 1: found, and handed over; 0: there is no such term; negative: error. */
int index_db_look_up_term(struct index_db *d, int64_t id,
    void (*take)(const struct index_term *term, void *ctx), void *ctx,
    struct error *err);
/* 0: there is no such term. The text is appended. */
int index_db_term(struct index_db *d, int64_t id, struct buf *text,
    int64_t *ret_count, struct error *err);

/* --- segments ----------------------------------------------------------- */

/* A new segment without pieces. */
int index_db_add_segment(struct index_db *d, int64_t *ret,
    struct error *err);
int index_db_set_segment(struct index_db *d, int64_t id, int64_t n_chunks,
    struct str rows, struct error *err);
int index_db_each_segment(struct index_db *d,
    int (*take)(int64_t id, int64_t n_chunks, struct str rows, void *ctx),
    void *ctx, struct error *err);
int index_db_remove_segment(struct index_db *d, int64_t id,
    struct error *err);
/* Each segment without its rows. */
int index_db_each_segment_size(struct index_db *d,
    int (*take)(int64_t id, int64_t n_chunks, void *ctx), void *ctx,
    struct error *err);
/* Its rows are appended. ERR_STORE_CORRUPT: there is no such segment. */
int index_db_segment_rows(struct index_db *d, int64_t id, struct buf *rows,
    struct error *err);
/* Puts the pieces of a file where they are from now on; its old ones are not
 * touched. */
int index_db_move_file(struct index_db *d, const struct index_file *from,
    int64_t segment, int64_t first_chunk, struct error *err);

/* Writes the lists of a segment, each term's once, by rising term. */
struct index_lists;
struct index_lists *index_lists_create(struct index_db *d, int64_t segment);
void index_lists_destroy(struct index_lists *l);
DEFINE_CLEANUP(index_lists_destroy, struct index_lists);
int index_lists_add(struct index_lists *l, int64_t term, struct str data,
    struct error *err);
int index_lists_end(struct index_lists *l, struct error *err);
/* The list of a term in a segment: 1, and handed over for the call; 0: there
 * is none; negative: error, also what take() returns. */
int index_db_posting(struct index_db *d, int64_t segment, int64_t term,
    int (*take)(struct str data, void *ctx), void *ctx, struct error *err);

/* All lists of a segment, by term. */
struct index_postings;
int index_postings_open(struct index_db *d, int64_t segment,
    struct index_postings **ret, struct error *err);
/* 1: the next one, which lives until the next call; 0: the end. */
int index_postings_next(struct index_postings *p, int64_t *ret_term,
    struct str *ret_data, struct error *err);
void index_postings_close(struct index_postings *p);

/* --- pieces ------------------------------------------------------------- */

struct index_chunk {
	struct str name, container;
	struct str terms; /* packed */
};

/* The pieces of a file in a segment, from `first` on. */
int index_db_add_chunks(struct index_db *d, int64_t segment, int64_t first,
    const struct index_chunk *items, size_t n, struct error *err);
/* 1: found, and handed over for the call; 0: not there; negative: error. */
int index_db_chunk(struct index_db *d, int64_t segment, int64_t at,
    void (*take)(const struct index_chunk *c, void *ctx), void *ctx,
    struct error *err);

/* What is shown of a piece; no text holds a NUL. */
struct index_text {
	struct str kind, signature;
};

/* Of all pieces of a file, once. */
int index_db_add_texts(struct index_db *d, int64_t file,
    const struct index_text *items, size_t n, struct error *err);
/* Of the n-th piece of a file, from 0, as index_db_chunk(). */
int index_db_text(struct index_db *d, int64_t file, size_t n,
    void (*take)(const struct index_text *text, void *ctx), void *ctx,
    struct error *err);

#endif
