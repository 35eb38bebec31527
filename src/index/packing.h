/* Packed bytes of the index: posting lists (which pieces have a term, how often
 * in which field) and the terms of a piece. They are half of an index: bits.h
 * packs them, and what is met often takes the fewest bits.
 *
 * What is read may be damaged: a reader stops at what cannot be.
 *
 * Thread: any. */
#ifndef FRIDAY_INDEX_PACKING_H
#define FRIDAY_INDEX_PACKING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "index/bits.h"

enum index_field {
	FIELD_PATH,
	FIELD_SYMBOL,  /* its name twice, what it is in, small definitions */
	FIELD_COMMENT,
	FIELD_SIGNATURE, /* three lines from where the definition begins */
	FIELD_BODY,	 /* without comments */
	N_FIELDS,
};

/* --- posting lists ------------------------------------------------------ */

/* How often a piece has a term, by field; at most 255. */
struct posting {
	uint32_t at; /* of the piece, in its segment */
	uint8_t tf[N_FIELDS];
};

/* items: by `at`, at least one; each has the term somewhere. */
void postings_pack(struct buf *out, const struct posting *items, size_t n);

struct postings_reader {
	struct bits bits;
	uint32_t left, next_at;
	unsigned order;
};

/* The number of postings in front of `r`; 0: damaged. Each takes more than a
 * bit, so a list has fewer than it has bits. */
size_t postings_open(struct postings_reader *r, struct str data);
/* The next ones, at most `max`; how many there are. 0: at the end, or
 * damaged. */
size_t postings_read(struct postings_reader *r, struct posting *ret,
    size_t max);

/* --- terms of a piece --------------------------------------------------- */

/* How often a piece has a term, in its symbol and body, and in its comments.
 * Larger numbers are kept as these. */
enum { CHUNK_TERM_CODE_MAX = 15, CHUNK_TERM_COMMENT_MAX = 7 };
struct chunk_term {
	int64_t term;
	unsigned code, comment;
	bool called; /* it stands before a parenthesis */
};

/* items: by term, each once; numbers of 32 bits from 1 on. */
void chunk_terms_pack(struct buf *out, const struct chunk_term *items,
    size_t n);

enum { CHUNK_TERMS_HELD = 16 };
struct chunk_terms {
	struct bits bits;
	uint32_t left;
	int64_t next_term;
	unsigned order;
	struct chunk_term items[CHUNK_TERMS_HELD]; /* that were read ahead */
	unsigned at, n;
};

void chunk_terms_open(struct chunk_terms *t, struct str data);
bool chunk_terms_fill(struct chunk_terms *t);
/* False: at the end, or damaged. */
static inline bool
chunk_terms_next(struct chunk_terms *t, struct chunk_term *ret)
{
	if (t->at == t->n && !chunk_terms_fill(t))
		return false;
	*ret = t->items[t->at++];
	return true;
}

#endif
