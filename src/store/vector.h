/* One vector: small integers that keep its direction, and products of many
 * with one that is asked for.
 *
 * Bytes of a vector, by its form:
 *
 *	8 bits	a signed byte for each number
 *	4 bits	byte i: number i in the low half, number i + half in the high
 *		one, each 8 more than it is (half: dim / 2, rounded up)
 *
 * There is no unit: what counts is the direction, and the length follows from
 * the integers. A vector of zeros means that there is none. Any bytes are a
 * vector, so that a damaged file gives wrong answers at worst.
 *
 * Products are sums of integers, and so the same on each processor and in each
 * order.
 *
 * Thread: any. */
#ifndef FRIDAY_STORE_VECTOR_H
#define FRIDAY_STORE_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { VECTOR_DIM_MAX = 4096 };

struct vector_form {
	unsigned dim;  /* 1 to VECTOR_DIM_MAX */
	unsigned bits; /* of a number: 4 or 8 */
};

size_t vector_bytes(struct vector_form form);
/* Appends it; what has no direction, or is not finite, becomes zeros. */
void vector_pack(const float *values, struct vector_form form,
    struct buf *out);
/* The integers. */
void vector_unpack(const char *packed, struct vector_form form, float *ret);

/* What is asked for, in a byte each, ready for many products. */
struct vector_asked {
	unsigned dim;
	float scale; /* 1 / length; 0: no direction */
	int32_t sum;
	/* One more: it meets the unused half byte of an odd dimension. */
	int16_t values[VECTOR_DIM_MAX + 1];
};
void vector_ask(const float *values, unsigned dim, struct vector_asked *ret);

/* 1 / length of each of n vectors that follow each other; 0: no direction. */
void vector_scales(struct vector_form form, const char *packed, size_t n,
    float *ret);
/* The product of each with what is asked for, of the same dimension. Times both
 * scales that is the cosine. */
void vector_products(const struct vector_asked *a, struct vector_form form,
    const char *packed, size_t n, int32_t *ret);
/* The cosine of one, -1 to 1; 0 if either has no direction. */
float vector_cosine(const struct vector_asked *a, struct vector_form form,
    const char *packed);

#endif
