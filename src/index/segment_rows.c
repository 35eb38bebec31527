/* Rows of a segment in packed bytes; see segment.h. Each is told by what it
 * has not in common with the one before, in bits.h's numbers (their order):
 *
 *	file, less the one before (0); first line, less the last one of the
 *	piece before if it is in the same file (3); lines (4); name's term,
 *	less the one before (12); lengths (3); 1 and flags and kind, or 0: they
 *	are those of the piece before
 *
 * What may be less than the one before has its sign as the lowest bit. */
#include "index/bits.h"
#include "index/segment.h"

enum { FILE_ORDER = 0, START_ORDER = 3, LINES_ORDER = 4, TERM_ORDER = 12 };
enum { LEN_ORDER = 3, BYTE_BITS = 8 };

/* Of two numbers of 31 bits. */
static uint32_t
difference(uint32_t to, uint32_t from)
{
	return to >= from ? (to - from) << 1 : (from - to) << 1 | 1;
}

static uint32_t
apply(uint32_t from, uint32_t difference)
{
	return (difference & 1) != 0 ? from - (difference >> 1) :
				       from + (difference >> 1);
}

void
segment_rows_pack(const struct chunk_row *rows, size_t n, struct buf *out)
{
	struct bits_out bits = { .out = out };
	struct chunk_row last = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct chunk_row *r = &rows[i];
		bool same = r->flags == last.flags && r->kind == last.kind;

		if (r->file != last.file)
			last.end_line = 0;
		bits_add_number(&bits, difference(r->file, last.file),
		    FILE_ORDER);
		bits_add_number(&bits,
		    difference(r->start_line, last.end_line), START_ORDER);
		bits_add_number(&bits,
		    difference(r->end_line, r->start_line), LINES_ORDER);
		bits_add_number(&bits,
		    difference(r->name_term, last.name_term), TERM_ORDER);
		for (unsigned f = 0; f < N_FIELDS; f++)
			bits_add_number(&bits, r->lens[f], LEN_ORDER);
		bits_add(&bits, !same, 1);
		if (!same) {
			bits_add(&bits, r->flags, BYTE_BITS);
			bits_add(&bits, r->kind, BYTE_BITS);
		}
		last = *r;
	}
	bits_end(&bits);
}

bool
segment_rows_unpack(struct str data, struct chunk_row *ret, size_t n)
{
	struct chunk_row r = { 0 };
	struct bits bits;

	bits_init(&bits, data);
	for (size_t i = 0; i < n; i++) {
		uint32_t file = apply(r.file,
		    bits_take_number(&bits, FILE_ORDER));

		if (file != r.file)
			r.end_line = 0;
		r.file = file;
		r.start_line = apply(r.end_line,
		    bits_take_number(&bits, START_ORDER));
		r.end_line = apply(r.start_line,
		    bits_take_number(&bits, LINES_ORDER));
		r.name_term = apply(r.name_term,
		    bits_take_number(&bits, TERM_ORDER));
		for (unsigned f = 0; f < N_FIELDS; f++)
			r.lens[f] = (uint16_t)bits_take_number(&bits,
			    LEN_ORDER);
		if (bits_take(&bits, 1) == 1) {
			r.flags = (uint8_t)bits_take(&bits, BYTE_BITS);
			r.kind = (uint8_t)bits_take(&bits, BYTE_BITS);
		}
		if (bits_failed(&bits))
			return false;
		ret[i] = r;
	}
	return true;
}
