/* Packing; see packing.h. Numbers are of the order that fits them, which stands
 * before them (four bits), unless one is given here.
 *
 *	posting list	n - 1 (order 0), order; of each: distance to the piece
 *			before, less one; its shape (order 1)
 *	piece		n (order 4), order; of each term: distance to the one
 *			before, less one; its use (order 1)
 *
 * A shape is how often the term is in each field, as its place in a table of
 * the most frequent ones. So is a use. What is in no table has the place behind
 * the last, and is spelt out. */
#include "index/packing.h"

#include "base/units.h"

enum { ORDER_BITS = 4, SHAPE_ORDER = 1, USE_ORDER = 1, PIECE_ORDER = 4 };
enum { USE_BITS = 8 };

/* Part of the index, as are the uses below; by how often they are met in ten
 * repositories of as many languages. Fields as in enum index_field. */
static const uint8_t shapes[][N_FIELDS] = {
	{ 0, 0, 0, 0, 1 }, { 0, 0, 1, 0, 0 }, { 0, 0, 0, 1, 1 },
	{ 0, 0, 0, 0, 2 }, { 1, 0, 0, 0, 0 }, { 0, 0, 0, 0, 3 },
	{ 0, 2, 0, 1, 1 }, { 2, 0, 0, 0, 0 }, { 0, 0, 0, 0, 4 },
	{ 0, 0, 2, 0, 0 }, { 0, 0, 0, 1, 2 }, { 0, 0, 0, 0, 5 },
	{ 0, 0, 0, 2, 2 }, { 0, 0, 1, 1, 0 }, { 0, 0, 0, 0, 6 },
	{ 0, 0, 0, 1, 3 }, { 0, 0, 3, 0, 0 }, { 0, 0, 1, 0, 1 },
	{ 0, 1, 0, 0, 1 }, { 0, 1, 0, 0, 0 }, { 2, 1, 0, 0, 0 },
	{ 0, 0, 0, 0, 7 }, { 0, 2, 0, 2, 2 }, { 0, 0, 0, 0, 8 },
	{ 0, 0, 4, 0, 0 }, { 0, 0, 0, 1, 4 }, { 0, 2, 0, 1, 2 },
	{ 0, 1, 0, 1, 1 }, { 0, 0, 0, 2, 3 }, { 0, 0, 1, 0, 2 },
	{ 0, 1, 0, 0, 2 }, { 0, 0, 0, 0, 9 }, { 0, 0, 1, 1, 1 },
	{ 0, 2, 0, 0, 0 }, { 0, 2, 1, 1, 1 }, { 0, 0, 0, 0, 10 },
	{ 3, 2, 0, 1, 1 }, { 0, 0, 0, 3, 3 }, { 0, 0, 0, 2, 4 },
	{ 0, 0, 0, 1, 5 }, { 2, 0, 0, 0, 1 }, { 3, 0, 0, 0, 0 },
	{ 1, 0, 0, 0, 1 }, { 0, 0, 2, 0, 1 }, { 2, 2, 0, 1, 1 },
	{ 0, 0, 1, 0, 3 }, { 0, 0, 5, 0, 0 }, { 0, 0, 0, 0, 11 },
	{ 0, 0, 0, 0, 12 }, { 0, 2, 0, 1, 3 }, { 0, 2, 0, 3, 3 },
	{ 0, 0, 2, 1, 0 }, { 0, 0, 0, 1, 6 }, { 0, 0, 1, 0, 4 },
	{ 0, 0, 2, 0, 2 }, { 2, 0, 0, 0, 2 }, { 0, 0, 0, 2, 5 },
	{ 2, 1, 0, 1, 1 }, { 0, 0, 1, 1, 2 }, { 2, 2, 0, 0, 0 },
	{ 0, 2, 0, 2, 3 }, { 0, 0, 6, 0, 0 },
};

#define USE(code, comment, called) ((code) << 4 | (comment) << 1 | (called))
static const uint8_t uses[] = {
	USE(1, 0, 0), USE(0, 1, 0), USE(2, 0, 0), USE(0, 0, 0), USE(3, 0, 0),
	USE(1, 0, 1), USE(4, 0, 0), USE(0, 2, 0), USE(3, 0, 1), USE(5, 0, 0),
	USE(2, 0, 1), USE(6, 0, 0), USE(1, 1, 0), USE(0, 3, 0), USE(7, 0, 0),
	USE(4, 0, 1), USE(8, 0, 0), USE(15, 0, 0), USE(3, 1, 0), USE(2, 1, 0),
	USE(9, 0, 0), USE(0, 4, 0), USE(10, 0, 0), USE(5, 0, 1), USE(4, 1, 0),
	USE(0, 7, 0), USE(1, 2, 0), USE(11, 0, 0), USE(6, 0, 1),
	USE(12, 0, 0),
};

_Static_assert(N_FIELDS < 8, "they are the bits of a byte");

/* --- orders ------------------------------------------------------------- */

/* Numbers of which the best order is sought, as many as have so many bits. */
struct sizes {
	uint32_t by_bits[33];
};

static void
sizes_add(struct sizes *s, uint32_t number)
{
	s->by_bits[bits_of(number)]++;
}

/* A number counts as the middle one of those that have as many bits. */
static unsigned
best_order(const struct sizes *s)
{
	uint64_t least = UINT64_MAX;
	unsigned best = 0;

	for (unsigned order = 0; order <= BITS_ORDER_MAX; order++) {
		uint64_t sum = 0;

		for (unsigned bits = 0; bits < ARRAY_LEN(s->by_bits); bits++) {
			uint64_t middle = bits == 0 ? 0 :
			    UINT64_C(3) << bits >> 2;

			if (s->by_bits[bits] > 0)
				sum += s->by_bits[bits] *
				    (uint64_t)bits_number_len(
					(uint32_t)middle, order);
		}
		if (sum < least) {
			least = sum;
			best = order;
		}
	}
	return best;
}

/* --- posting lists ------------------------------------------------------ */

static void
add_shape(struct bits_out *out, const uint8_t *tf)
{
	uint32_t i = 0;
	unsigned fields = 0;

	while (i < ARRAY_LEN(shapes) && memcmp(shapes[i], tf, N_FIELDS) != 0)
		i++;
	bits_add_number(out, i, SHAPE_ORDER);
	if (i < ARRAY_LEN(shapes))
		return;
	for (unsigned f = 0; f < N_FIELDS; f++)
		fields |= (unsigned)(tf[f] > 0) << f;
	bits_add(out, fields, N_FIELDS);
	for (unsigned f = 0; f < N_FIELDS; f++)
		if (tf[f] > 0)
			bits_add_number(out, tf[f] - 1u, SHAPE_ORDER);
}

/* Two numbers, the second one small. A search reads a hundred thousand pairs:
 * the usual one is in sight of one filling, and has no calls. */
static inline void
take_pair(struct bits *in, unsigned order, unsigned small_order,
    uint32_t *ret, uint32_t *ret_small)
{
	enum { SIGHT = 57, SMALL_BITS = 12 };

	bits_fill(in);
	if (!bits_try_number(in, order, SIGHT - SMALL_BITS, ret)) {
		*ret = bits_take_number(in, order);
		bits_fill(in);
	}
	if (!bits_try_number(in, small_order, SMALL_BITS, ret_small))
		*ret_small = bits_take_number(in, small_order);
}

static void
take_rare_shape(struct bits *in, uint8_t *ret)
{
	unsigned fields = bits_take(in, N_FIELDS);

	for (unsigned f = 0; f < N_FIELDS; f++)
		ret[f] = (fields & 1u << f) == 0 ? 0 :
		    (uint8_t)(bits_take_number(in, SHAPE_ORDER) + 1);
}

void
postings_pack(struct buf *out, const struct posting *items, size_t n)
{
	struct bits_out bits = { .out = out };
	struct sizes sizes = { 0 };
	uint32_t next = 0;
	unsigned order;

	for (size_t i = 0; i < n; i++) {
		sizes_add(&sizes, items[i].at - next);
		next = items[i].at + 1;
	}
	order = best_order(&sizes);
	bits_add_number(&bits, (uint32_t)(n - 1), 0);
	bits_add(&bits, order, ORDER_BITS);
	next = 0;
	for (size_t i = 0; i < n; i++) {
		bits_add_number(&bits, items[i].at - next, order);
		add_shape(&bits, items[i].tf);
		next = items[i].at + 1;
	}
	bits_end(&bits);
}

size_t
postings_open(struct postings_reader *r, struct str data)
{
	uint32_t last;

	*r = (struct postings_reader){ 0 };
	bits_init(&r->bits, data);
	last = bits_take_number(&r->bits, 0);
	r->order = bits_take(&r->bits, ORDER_BITS);
	if (bits_failed(&r->bits) || last >= data.len * 8)
		return 0;
	r->left = last + 1;
	return r->left;
}

size_t
postings_read(struct postings_reader *r, struct posting *ret, size_t max)
{
	struct bits in = r->bits;
	uint32_t next = r->next_at;
	unsigned order = r->order;
	size_t n = max < r->left ? max : r->left, i;

	for (i = 0; i < n; i++) {
		uint32_t distance, shape;

		take_pair(&in, order, SHAPE_ORDER, &distance, &shape);
		if (shape < ARRAY_LEN(shapes))
			memcpy(ret[i].tf, shapes[shape], N_FIELDS);
		else
			take_rare_shape(&in, ret[i].tf);
		if (bits_failed(&in)) {
			r->left = (uint32_t)i;
			break;
		}
		ret[i].at = next + distance;
		next = ret[i].at + 1;
	}
	r->left -= (uint32_t)i;
	r->next_at = next;
	r->bits = in;
	return i;
}

/* --- terms of a piece --------------------------------------------------- */

static unsigned
at_most(unsigned n, unsigned max)
{
	return n > max ? max : n;
}

static void
add_use(struct bits_out *out, const struct chunk_term *t)
{
	unsigned use = USE(at_most(t->code, CHUNK_TERM_CODE_MAX),
	    at_most(t->comment, CHUNK_TERM_COMMENT_MAX), t->called);
	uint32_t i = 0;

	while (i < ARRAY_LEN(uses) && uses[i] != use)
		i++;
	bits_add_number(out, i, USE_ORDER);
	if (i == ARRAY_LEN(uses))
		bits_add(out, use, USE_BITS);
}

void
chunk_terms_pack(struct buf *out, const struct chunk_term *items, size_t n)
{
	struct bits_out bits = { .out = out };
	struct sizes sizes = { 0 };
	int64_t next = 1;
	unsigned order;

	for (size_t i = 0; i < n; i++) {
		sizes_add(&sizes, (uint32_t)(items[i].term - next));
		next = items[i].term + 1;
	}
	order = best_order(&sizes);
	bits_add_number(&bits, (uint32_t)n, PIECE_ORDER);
	bits_add(&bits, order, ORDER_BITS);
	next = 1;
	for (size_t i = 0; i < n; i++) {
		bits_add_number(&bits, (uint32_t)(items[i].term - next),
		    order);
		add_use(&bits, &items[i]);
		next = items[i].term + 1;
	}
	bits_end(&bits);
}

void
chunk_terms_open(struct chunk_terms *t, struct str data)
{
	t->next_term = 1;
	t->at = t->n = 0;
	bits_init(&t->bits, data);
	t->left = bits_take_number(&t->bits, PIECE_ORDER);
	t->order = bits_take(&t->bits, ORDER_BITS);
}

bool
chunk_terms_fill(struct chunk_terms *t)
{
	struct bits in = t->bits;

	t->at = t->n = 0;
	while (t->n < CHUNK_TERMS_HELD && t->left > 0) {
		struct chunk_term *term = &t->items[t->n];
		uint32_t distance, use;

		take_pair(&in, t->order, USE_ORDER, &distance, &use);
		use = use < ARRAY_LEN(uses) ? uses[use] :
					      bits_take(&in, USE_BITS);
		if (bits_failed(&in)) {
			t->left = 0;
			break;
		}
		term->term = t->next_term + distance;
		term->code = use >> 4;
		term->comment = use >> 1 & CHUNK_TERM_COMMENT_MAX;
		term->called = use & 1;
		t->next_term = term->term + 1;
		t->left--;
		t->n++;
	}
	t->bits = in;
	return t->n > 0;
}
