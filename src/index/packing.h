/* Packed bytes of the index: posting lists (which pieces have a term, how often
 * in which field) and the terms of a piece.
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
#include "index/varint.h"

enum index_field {
	FIELD_PATH,
	FIELD_SYMBOL,  /* its name twice, what it is in, small definitions */
	FIELD_COMMENT,
	FIELD_SIGNATURE, /* three lines from where the definition begins */
	FIELD_BODY,	 /* without comments */
	N_FIELDS,
};

/* How often a piece has a term, by field; at most 255. */
struct posting {
	uint32_t at; /* of the piece, in its segment */
	uint8_t tf[N_FIELDS];
};

/* Beside the bits of the fields: no count is more than 1. */
enum { POSTING_EACH_ONCE = 1 << N_FIELDS };
_Static_assert(N_FIELDS < 8, "they are the bits of a byte");

/* distance: to the `at` of the posting before; of the first, its own. */
void posting_add(struct buf *out, uint32_t distance, const uint8_t *tf);
/* The next posting of packed ones. False: at the end, or damaged. *at is 0 at
 * first. */
static inline bool
posting_next(struct str *rest, uint32_t *at, struct posting *ret)
{
	uint64_t distance;
	unsigned fields;

	if (!varint_take(rest, &distance) || rest->len == 0)
		return false;
	fields = (unsigned char)*rest->ptr;
	rest->ptr++;
	rest->len--;
	*at += (uint32_t)distance;
	*ret = (struct posting){ .at = *at };
	for (unsigned f = 0; f < N_FIELDS; f++) {
		if ((fields & 1u << f) == 0)
			continue;
		ret->tf[f] = 1;
		if ((fields & POSTING_EACH_ONCE) != 0)
			continue;
		if (rest->len == 0)
			return false;
		ret->tf[f] = (uint8_t)*rest->ptr;
		rest->ptr++;
		rest->len--;
	}
	return true;
}

/* A term of a piece; how often it has it, in its symbol and body, and in its
 * comments. Larger numbers are kept as these. */
enum { CHUNK_TERM_CODE_MAX = 15, CHUNK_TERM_COMMENT_MAX = 7 };
struct chunk_term {
	int64_t term;
	unsigned code, comment;
	bool called; /* it stands before a parenthesis */
};
void chunk_term_add(struct buf *out, uint64_t distance, unsigned code,
    unsigned comment, bool called);
/* As posting_next(); *term is 0 at first. */
bool chunk_term_next(struct str *rest, int64_t *term, struct chunk_term *ret);

#endif
