/* Packing; see packing.h. Numbers are written as varint.h has it.
 *
 *	posting		distance to the last piece, a bit for each field that
 *			has it and POSTING_EACH_ONCE; without that a byte for
 *			each of those fields
 *	term of a piece	distance to the last term; code << 4 | comment << 1 |
 *			called
 */
#include "index/packing.h"

#include "index/varint.h"

void
posting_add(struct buf *out, uint32_t distance, const uint8_t *tf)
{
	unsigned fields = 0, more = 0;

	for (unsigned f = 0; f < N_FIELDS; f++) {
		fields |= (tf[f] > 0) << f;
		more |= tf[f] > 1;
	}
	varint_add(out, distance);
	buf_add_char(out, (char)(fields | (more ? 0 : POSTING_EACH_ONCE)));
	for (unsigned f = 0; more && f < N_FIELDS; f++)
		if (tf[f] > 0)
			buf_add_char(out, (char)tf[f]);
}

static unsigned
at_most(unsigned n, unsigned max)
{
	return n > max ? max : n;
}

void
chunk_term_add(struct buf *out, uint64_t distance, unsigned code,
    unsigned comment, bool called)
{
	varint_add(out, distance);
	buf_add_char(out, (char)(at_most(code, CHUNK_TERM_CODE_MAX) << 4 |
	    at_most(comment, CHUNK_TERM_COMMENT_MAX) << 1 | called));
}

bool
chunk_term_next(struct str *rest, int64_t *term, struct chunk_term *ret)
{
	uint64_t distance;

	if (!varint_take(rest, &distance) || rest->len == 0)
		return false;
	*term += (int64_t)distance;
	ret->term = *term;
	ret->code = (unsigned char)*rest->ptr >> 4;
	ret->comment = (unsigned char)*rest->ptr >> 1 & 7;
	ret->called = *rest->ptr & 1;
	*rest = str_sub(*rest, 1, SIZE_MAX);
	return true;
}
