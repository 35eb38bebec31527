/* One vector; see vector.h.
 *
 * Four bits are enough for the vectors of the local embedder: the answers of
 * the retrieval benchmark are the same as with eight. Two bits cost 0.002 of
 * its headline, one bit 0.005. */
#include "store/vector.h"

#include <math.h>
#include <string.h>

enum { BYTE_MAX = 127, NIBBLE_MAX = 7, NIBBLE_ZERO = 8, BLOCK = 32 };

static unsigned
half_of(unsigned dim)
{
	return (dim + 1) / 2;
}

size_t
vector_bytes(struct vector_form form)
{
	return form.bits == 4 ? half_of(form.dim) : form.dim;
}

/* --- rounding ----------------------------------------------------------- */

/* The largest of them; 0: there is no direction. */
static double
largest(const float *values, unsigned dim)
{
	double max = 0;

	for (unsigned i = 0; i < dim; i++) {
		double x = fabs((double)values[i]);

		if (!isfinite(x))
			return 0;
		max = x > max ? x : max;
	}
	return max;
}

/* In steps of 1 / per_one, cut at `most`; away from zero at a half. */
static void
round_values(const float *values, unsigned dim, double per_one, int most,
    int8_t *ret)
{
	for (unsigned i = 0; i < dim; i++) {
		double x = (double)values[i] * per_one;
		int n = (int)(x + (x < 0 ? -0.5 : 0.5));

		ret[i] = (int8_t)(n > most ? most : n < -most ? -most : n);
	}
}

static double
cosine_of_rounded(const float *values, const int8_t *rounded, unsigned dim)
{
	double product = 0, squares = 0;

	for (unsigned i = 0; i < dim; i++) {
		product += (double)values[i] * rounded[i];
		squares += (double)rounded[i] * rounded[i];
	}
	return squares > 0 ? product / sqrt(squares) : 0;
}

/* A few numbers are much larger than the rest: cutting them off leaves finer
 * steps for those. Of a few cuts the one that keeps the direction best. */
static void
round_to_nibbles(const float *values, unsigned dim, double max, int8_t *ret)
{
	static const double cuts[] = { 1, 0.83, 0.68, 0.56, 0.46, 0.38 };
	int8_t rounded[VECTOR_DIM_MAX];
	double best = -1;

	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		double cosine;

		round_values(values, dim, NIBBLE_MAX / (max * cuts[i]),
		    NIBBLE_MAX, rounded);
		cosine = cosine_of_rounded(values, rounded, dim);
		if (cosine <= best)
			continue;
		best = cosine;
		memcpy(ret, rounded, dim);
	}
}

void
vector_pack(const float *values, struct vector_form form, struct buf *out)
{
	int8_t rounded[VECTOR_DIM_MAX + 1] = { 0 };
	double max = largest(values, form.dim);
	unsigned half = half_of(form.dim);

	if (form.bits == 8) {
		if (max > 0)
			round_values(values, form.dim, BYTE_MAX / max,
			    BYTE_MAX, rounded);
		buf_add(out, rounded, form.dim);
		return;
	}
	if (max > 0)
		round_to_nibbles(values, form.dim, max, rounded);
	for (unsigned i = 0; i < half; i++)
		buf_add_char(out, (char)((rounded[i] + NIBBLE_ZERO) |
		    (rounded[i + half] + NIBBLE_ZERO) << 4));
}

void
vector_unpack(const char *packed, struct vector_form form, float *ret)
{
	const uint8_t *bytes = (const uint8_t *)packed;
	unsigned half = half_of(form.dim);

	for (unsigned i = 0; i < form.dim; i++)
		ret[i] = form.bits == 8 ? (float)(int8_t)bytes[i] :
		    (float)((i < half ? bytes[i] & 15 : bytes[i - half] >> 4) -
			NIBBLE_ZERO);
}

void
vector_ask(const float *values, unsigned dim, struct vector_asked *ret)
{
	int8_t bytes[VECTOR_DIM_MAX];
	double max = largest(values, dim);
	int64_t squares = 0;

	memset(ret, 0, sizeof(*ret));
	ret->dim = dim;
	if (!(max > 0))
		return;
	round_values(values, dim, BYTE_MAX / max, BYTE_MAX, bytes);
	for (unsigned i = 0; i < dim; i++) {
		ret->values[i] = bytes[i];
		ret->sum += bytes[i];
		squares += bytes[i] * bytes[i];
	}
	ret->scale = (float)(1 / sqrt((double)squares));
}

/* --- products ----------------------------------------------------------- */

/* In blocks of a fixed size with a sum of their own, which compilers make into
 * instructions that multiply and add eight pairs at once. Wider ones, where the
 * processor has them, gain a tenth: not worth a second path. At most 4096 * 128
 * * 127: no overflow. */
static inline int32_t
block_of_bytes(const int16_t *restrict a, const int8_t *restrict b)
{
	int32_t sum = 0;

	for (int k = 0; k < 2 * BLOCK; k++)
		sum += a[k] * b[k];
	return sum;
}

static inline int32_t
product_of_bytes(const int16_t *restrict a, const int8_t *restrict b,
    unsigned dim)
{
	int32_t sum = 0;
	unsigned i = 0;

	for (; i + 2 * BLOCK <= dim; i += 2 * BLOCK)
		sum += block_of_bytes(a + i, b + i);
	for (; i < dim; i++)
		sum += a[i] * b[i];
	return sum;
}

static inline int32_t
block_of_nibbles(const int16_t *restrict low, const int16_t *restrict high,
    const uint8_t *restrict b)
{
	int32_t of_low = 0, of_high = 0;

	for (int k = 0; k < BLOCK; k++) {
		of_low += low[k] * (int16_t)(b[k] & 15);
		of_high += high[k] * (int16_t)(b[k] >> 4);
	}
	return of_low + of_high;
}

static inline int32_t
product_of_nibbles(const int16_t *restrict low, const int16_t *restrict high,
    const uint8_t *restrict b, unsigned half)
{
	int32_t sum = 0;
	unsigned i = 0;

	for (; i + BLOCK <= half; i += BLOCK)
		sum += block_of_nibbles(low + i, high + i, b + i);
	for (; i < half; i++)
		sum += low[i] * (b[i] & 15) + high[i] * (b[i] >> 4);
	return sum;
}

void
vector_products(const struct vector_asked *a, struct vector_form form,
    const char *packed, size_t n, int32_t *ret)
{
	unsigned half = half_of(form.dim);
	size_t bytes = vector_bytes(form);

	for (size_t i = 0; i < n; i++, packed += bytes)
		ret[i] = form.bits == 4 ?
		    product_of_nibbles(a->values, a->values + half,
			(const uint8_t *)packed, half) -
			NIBBLE_ZERO * a->sum :
		    product_of_bytes(a->values, (const int8_t *)packed,
			form.dim);
}

/* --- lengths ------------------------------------------------------------ */

static inline int32_t
squares_of_bytes(const int8_t *b, unsigned n)
{
	int32_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		int16_t x = b[i];

		sum += x * x;
	}
	return sum;
}

static inline int32_t
squares_of_nibbles(const uint8_t *b, unsigned n)
{
	int32_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		int16_t low = (int16_t)((b[i] & 15) - NIBBLE_ZERO);
		int16_t high = (int16_t)((b[i] >> 4) - NIBBLE_ZERO);

		sum += low * low + high * high;
	}
	return sum;
}

/* In blocks, as products are. */
static int32_t
squares_of(const char *packed, size_t bytes, unsigned bits)
{
	const int8_t *whole = (const int8_t *)packed;
	const uint8_t *halves = (const uint8_t *)packed;
	unsigned n = (unsigned)bytes, i = 0;
	int32_t sum = 0;

	for (; i + BLOCK <= n; i += BLOCK)
		sum += bits == 4 ? squares_of_nibbles(halves + i, BLOCK) :
				   squares_of_bytes(whole + i, BLOCK);
	return sum + (bits == 4 ? squares_of_nibbles(halves + i, n - i) :
				  squares_of_bytes(whole + i, n - i));
}

void
vector_scales(struct vector_form form, const char *packed, size_t n,
    float *ret)
{
	size_t bytes = vector_bytes(form);

	for (size_t i = 0; i < n; i++, packed += bytes) {
		int32_t squares = squares_of(packed, bytes, form.bits);

		ret[i] = squares == 0 ? 0 : 1 / sqrtf((float)squares);
	}
}

float
vector_cosine(const struct vector_asked *a, struct vector_form form,
    const char *packed)
{
	int32_t product;
	float scale;

	vector_scales(form, packed, 1, &scale);
	vector_products(a, form, packed, 1, &product);
	return (float)product * (a->scale * scale);
}
