/* The largest of many scores; see signals_inner.h. */
#include <math.h>
#include <stdlib.h>

#include "index/signals_inner.h"

/* Of equal ones the later. */
static bool
is_worse(const struct best *a, const struct best *b)
{
	return a->score < b->score || (a->score <= b->score && a->at > b->at);
}

/* A heap whose root is the worst of the best. */
static void
sift(struct best *heap, size_t n, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		struct best swap;

		if (child >= n)
			return;
		if (child + 1 < n &&
		    is_worse(&heap[child + 1], &heap[child]))
			child++;
		if (!is_worse(&heap[child], &heap[at]))
			return;
		swap = heap[at];
		heap[at] = heap[child];
		heap[child] = swap;
		at = child;
	}
}

static int
compare_best(const void *left, const void *right)
{
	const struct best *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* As signals_best(), of those from `least` on. */
static size_t
best_from(const float *values, const float *tops, size_t n, float least,
    struct best *ret, size_t k)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (tops != NULL && i % BLOCK == 0 && (tops[i / BLOCK] <= 0 ||
		    tops[i / BLOCK] < least ||
		    (found == k && tops[i / BLOCK] <= ret->score))) {
			i += BLOCK - 1;
			continue;
		}
		if (values[i] <= 0 || values[i] < least ||
		    (found == k && values[i] <= ret->score))
			continue;
		if (found < k) {
			ret[found++] = (struct best){ values[i], (uint32_t)i };
			for (size_t j = found / 2; found == k && j-- > 0;)
				sift(ret, k, j);
		} else {
			*ret = (struct best){ values[i], (uint32_t)i };
			sift(ret, k, 0);
		}
	}
	qsort(ret, found, sizeof(*ret), compare_best);
	return found;
}

/* The blocks that have the k largest tops have k values as large as the last of
 * those, unless some were taken out since: all others are below. */
size_t
signals_best(const float *values, const float *tops, size_t n,
    struct best *ret, size_t k)
{
	size_t n_blocks = n / BLOCK + 1, found;

	if (tops == NULL || n_blocks <= k ||
	    best_from(tops, NULL, n_blocks, 0, ret, k) < k)
		return best_from(values, tops, n, 0, ret, k);
	found = best_from(values, tops, n, ret[k - 1].score, ret, k);
	return found == k ? k : best_from(values, tops, n, 0, ret, k);
}

float
signals_in_steps(float score)
{
	return roundf(score * 1024) / 1024;
}
