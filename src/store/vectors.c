/* Vectors: the arithmetic, and the checks in front of each back-end; see
 * vectors.h. */
#include "store/vectors.h"

#include <math.h>
#include <string.h>

enum { BYTE_MAX = 127, BLOCK = 64 };

/* --- one vector --------------------------------------------------------- */

/* Bytes and their unit; false: it has no direction. */
static bool
round_values(const float *values, unsigned dim, int8_t *ret, float *ret_scale)
{
	double sum = 0, max = 0;

	for (unsigned i = 0; i < dim; i++) {
		double x = fabs((double)values[i]);

		sum += x * x;
		max = x > max ? x : max;
	}
	if (!(max > 0) || !isfinite(sum) || !(sum > 0))
		return false;
	for (unsigned i = 0; i < dim; i++)
		ret[i] = (int8_t)lround(values[i] / max * BYTE_MAX);
	*ret_scale = (float)(max / BYTE_MAX / sqrt(sum));
	return true;
}

void
vector_pack(const float *values, unsigned dim, struct buf *out)
{
	int8_t bytes[VECTOR_DIM_MAX];
	float scale = 0;

	if (!round_values(values, dim, bytes, &scale))
		memset(bytes, 0, dim);
	buf_add(out, bytes, dim);
	buf_add(out, &scale, sizeof(scale));
}

void
vector_ask(const float *values, unsigned dim, struct vector_asked *ret)
{
	int8_t bytes[VECTOR_DIM_MAX];

	memset(ret, 0, sizeof(*ret));
	ret->dim = dim;
	if (!round_values(values, dim, bytes, &ret->scale))
		return;
	for (unsigned i = 0; i < dim; i++)
		ret->values[i] = bytes[i];
}

/* In blocks of a fixed size, which compilers make into instructions that
 * multiply and add eight pairs at once. At most 4096 * 127 * 128: no overflow.
 */
static int32_t
dot_block(const int16_t *restrict a, const int8_t *restrict b)
{
	int32_t sum = 0;

	for (int k = 0; k < BLOCK; k++)
		sum += a[k] * b[k];
	return sum;
}

static int32_t
dot(const int16_t *a, const int8_t *b, size_t dim)
{
	int32_t sum = 0;
	size_t i = 0;

	for (; i + BLOCK <= dim; i += BLOCK)
		sum += dot_block(a + i, b + i);
	for (; i < dim; i++)
		sum += a[i] * b[i];
	return sum;
}

float
vector_cosine(const struct vector_asked *a, const char *packed)
{
	float scale;

	memcpy(&scale, packed + a->dim, sizeof(scale));
	/* The file may be damaged: what is no number is none. */
	if (!(scale > 0) || !isfinite(scale))
		return 0;
	return (float)dot(a->values, (const int8_t *)packed, a->dim) *
	    a->scale * scale;
}

/* --- in front of the back-ends ------------------------------------------ */

int
vectors_space(struct vectors *v, struct str repository, bool with_model,
    void (*take)(const struct vector_space *space, void *ctx), void *ctx,
    struct error *err)
{
	return v->ops->space(v, repository, with_model, take, ctx, err);
}

int
vectors_put(struct vectors *v, struct str repository,
    const struct vector_space *space, const struct vector_group *groups,
    size_t n, struct error *err)
{
	if (space->dim == 0 || space->dim > VECTOR_DIM_MAX)
		return error_set(err, ERR_INVALID,
		    "vectors of %u numbers cannot be kept", space->dim);
	for (size_t i = 0; i < n; i++)
		if (groups[i].n > VECTOR_GROUP_MAX || groups[i].data.len !=
		    groups[i].n * vector_stride(space->dim))
			return error_set(err, ERR_INVALID,
			    "vectors of another length");
	return v->ops->put(v, repository, space, groups, n, err);
}

int
vectors_keys(struct vectors *v, struct str repository,
    int (*take)(struct str key, size_t n, void *ctx), void *ctx,
    struct error *err)
{
	return v->ops->keys(v, repository, take, ctx, err);
}

int
vectors_remove(struct vectors *v, struct str repository,
    const struct str *keys, size_t n, struct error *err)
{
	return v->ops->remove(v, repository, keys, n, err);
}

int
vectors_search(struct vectors *v, struct str repository,
    const struct vector_search *s, struct vector_hit *ret, size_t *ret_n,
    struct error *err)
{
	*ret_n = 0;
	return v->ops->search(v, repository, s, ret, ret_n, err);
}

int
vectors_score(struct vectors *v, struct str repository,
    const struct vector_asked *asked, const struct vector_ref *refs, size_t n,
    float *ret, struct error *err)
{
	return v->ops->score(v, repository, asked, refs, n, ret, err);
}

int
vectors_drop(struct vectors *v, struct str repository, struct error *err)
{
	return v->ops->drop(v, repository, err);
}

void
vectors_destroy(struct vectors *v)
{
	if (v != NULL)
		v->ops->destroy(v);
}
