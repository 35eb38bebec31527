/* Numbers of bits in packed bytes, the high ones first: for what is stored
 * millions of times, where a byte for a number is too much.
 *
 * Small numbers take few bits (Exp-Golomb codes): a number n of order k is
 * written as n + 2^k without its k low bits in Elias' gamma, then those. So an
 * order near the logarithm of what is written is the best one.
 *
 * What is read may be damaged: past the end there are zeros, and bits_failed()
 * says so. A reader of many looks after each.
 *
 * Thread: any. */
#ifndef FRIDAY_INDEX_BITS_H
#define FRIDAY_INDEX_BITS_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

/* --- writing ------------------------------------------------------------ */

struct bits_out {
	struct buf *out;
	uint64_t held; /* the low `n` bits are to be written */
	unsigned n;    /* less than 8 between calls */
};

/* n: at most 32; value has no more bits. */
static inline void
bits_add(struct bits_out *b, uint64_t value, unsigned n)
{
	b->held = b->held << n | value;
	for (b->n += n; b->n >= 8; b->n -= 8)
		buf_add_char(b->out, (char)(b->held >> (b->n - 8)));
}

static inline unsigned
bits_of(uint64_t n)
{
	return n == 0 ? 0 : 64 - (unsigned)__builtin_clzll(n);
}

/* value: 32 bits; order: at most BITS_ORDER_MAX. */
enum { BITS_ORDER_MAX = 15 };
static inline void
bits_add_number(struct bits_out *b, uint32_t value, unsigned order)
{
	uint64_t n = (uint64_t)value + (UINT64_C(1) << order);
	unsigned len = bits_of(n);

	bits_add(b, 0, len - 1 - order);
	if (len > 32) {
		bits_add(b, n >> 32, len - 32);
		len = 32;
	}
	bits_add(b, n & UINT32_MAX, len);
}

/* The bits that bits_add_number() takes. */
static inline unsigned
bits_number_len(uint32_t value, unsigned order)
{
	return 2 * bits_of((uint64_t)value + (UINT64_C(1) << order)) - 1 -
	    order;
}

/* Fills the last byte up. */
static inline void
bits_end(struct bits_out *b)
{
	if (b->n > 0)
		bits_add(b, 0, 8 - b->n);
}

/* --- reading ------------------------------------------------------------ */

struct bits {
	const unsigned char *at, *end;
	uint64_t held; /* the high `n` bits are next */
	unsigned n;
	size_t missing; /* bytes that were read past the end */
};

static inline void
bits_init(struct bits *b, struct str data)
{
	const unsigned char *at = (const unsigned char *)data.ptr;

	*b = (struct bits){ .at = at, .end = at + data.len };
}

/* At least 57 bits are held after it. */
static inline void
bits_fill(struct bits *b)
{
	if (b->n <= 56 && b->end - b->at >= (ptrdiff_t)sizeof(uint64_t)) {
		unsigned taken = (63 - b->n) / 8;
		uint64_t next;

		/* Bits below the `n` are those that come next anyway. */
		memcpy(&next, b->at, sizeof(next));
		b->held |= be64toh(next) >> b->n;
		b->at += taken;
		b->n += taken * 8;
		return;
	}
	while (b->n <= 56) {
		uint64_t byte = 0;

		if (b->at < b->end)
			byte = *b->at++;
		else
			b->missing++;
		b->held |= byte << (56 - b->n);
		b->n += 8;
	}
}

/* n: at most 32. */
static inline uint32_t
bits_take(struct bits *b, unsigned n)
{
	uint32_t value;

	if (n == 0)
		return 0;
	if (n > b->n)
		bits_fill(b);
	value = (uint32_t)(b->held >> (64 - n));
	b->held <<= n;
	b->n -= n;
	return value;
}

static inline uint32_t
bits_take_number(struct bits *b, unsigned order)
{
	uint64_t value;
	unsigned zeros, len;

	zeros = b->held == 0 ? 64 : (unsigned)__builtin_clzll(b->held);
	/* Most numbers are held already. */
	if (2 * zeros + order + 1 > b->n) {
		bits_fill(b);
		zeros = b->held == 0 ? 64 :
		    (unsigned)__builtin_clzll(b->held);
	}
	len = zeros + order + 1;
	if (len > 33) { /* damaged */
		b->at = b->end;
		b->missing += 64;
		return 0;
	}
	b->held <<= zeros;
	b->n -= zeros;
	if (len > b->n)
		bits_fill(b);
	value = b->held >> (64 - len);
	b->held <<= len;
	b->n -= len;
	return (uint32_t)(value - (UINT64_C(1) << order));
}

/* The same where bits_fill() was called, for a number of at most `max` bits.
 * False: it is a longer one, and still there. */
static inline bool
bits_try_number(struct bits *b, unsigned order, unsigned max, uint32_t *ret)
{
	unsigned zeros = (unsigned)__builtin_clzll(b->held | 1);
	unsigned len = 2 * zeros + 1 + order;

	if (len > max)
		return false;
	*ret = (uint32_t)((b->held << zeros >> (63 - zeros - order)) -
	    (UINT64_C(1) << order));
	b->held <<= len;
	b->n -= len;
	return true;
}

/* More was taken than there is. */
static inline bool
bits_failed(const struct bits *b)
{
	return b->missing * 8 > b->n;
}

#endif
