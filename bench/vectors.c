/* How fast vectors are searched: vectors [COUNT [DIM [BITS]]], 22,000 of 768
 * numbers of 8 bits if nothing is said. Prints what a store of that size costs, and the times of
 * searches for the nearest 40, one after the other. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"
#include "store/vectors.h"

enum { SEARCHES = 200, NEAREST = 40, OF_A_GROUP = 16, GROUPS = 64 };

static int
die(const struct error *err)
{
	fprintf(stderr, "vectors: %s\n", err->message);
	return 1;
}

/* Numbers that are the same in each run. */
static float
next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (float)((double)(*state >> 11) / 9007199254740992.0 - 0.5);
}

static int
fill(struct vectors *v, size_t count, struct vector_form form,
    uint64_t *seed, struct error *err)
{
	const struct vector_space space = { .embedder = STR("bench"),
		.form = form };
	float *x = mem_alloc(form.dim, sizeof(*x));
	int rc = 0;

	for (size_t done = 0; rc == 0 && done < count;
	     done += (size_t)OF_A_GROUP * GROUPS) {
		CLEANUP_BUF struct buf data = BUF_INIT(256 * MIB);
		struct vector_group groups[GROUPS];
		char keys[GROUPS][32];

		for (size_t i = 0; i < (size_t)OF_A_GROUP * GROUPS; i++) {
			for (unsigned k = 0; k < form.dim; k++)
				x[k] = next(seed);
			vector_pack(x, form, &data);
		}
		for (size_t g = 0; g < GROUPS; g++) {
			size_t len = OF_A_GROUP * vector_bytes(form);

			snprintf(keys[g], sizeof(keys[g]), "%zu",
			    done / OF_A_GROUP + g);
			groups[g] = (struct vector_group){ str_from(keys[g]),
				OF_A_GROUP,
				str_make(buf_text(&data) + g * len, len) };
		}
		rc = vectors_put(v, STR("bench"), &space, groups, GROUPS, err);
	}
	free(x);
	return rc;
}

static int
compare(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

static int
search(struct vectors *v, unsigned dim, uint64_t *seed, int64_t *ret_us,
    struct error *err)
{
	static struct vector_asked asked;
	const struct vector_search s = { .asked = &asked, .k = NEAREST };
	struct vector_hit hits[NEAREST];
	float *x = mem_alloc(dim, sizeof(*x));
	int64_t start;
	size_t n;
	int rc;

	for (unsigned k = 0; k < dim; k++)
		x[k] = next(seed);
	start = clock_now_us();
	vector_ask(x, dim, &asked);
	rc = vectors_search(v, STR("bench"), &s, hits, &n, err);
	*ret_us = clock_now_us() - start;
	free(x);
	return rc;
}

int
main(int argc, char **argv)
{
	char folder[] = "/tmp/friday-bench-vectors-XXXXXX";
	int64_t count = 22000, dim = 768, bits = 8, times[SEARCHES], first, start;
	CLEANUP(vectors_destroyp) struct vectors *v = NULL;
	CLEANUP(free_ptr) char *path = NULL;
	struct error err = ERROR_INIT;
	uint64_t seed = 88172645463325252;
	struct vector_form form;
	struct stat st = { 0 };

	if ((argc > 1 && !str_to_int(str_from(argv[1]), 1, 10000000, &count)) ||
	    (argc > 2 && !str_to_int(str_from(argv[2]), 1, VECTOR_DIM_MAX,
		&dim)) ||
	    (argc > 3 && !str_to_int(str_from(argv[3]), 4, 8, &bits)) ||
	    argc > 4) {
		fputs("usage: vectors [COUNT [DIM [BITS]]]\n", stderr);
		return 2;
	}
	if (mkdtemp(folder) == NULL)
		return 1;
	form = (struct vector_form){ (unsigned)dim, (unsigned)bits };
	path = file_join(folder, "vectors.db");
	start = clock_now_us();
	if (vectors_open_sqlite(path, true, &v, &err) != 0 ||
	    fill(v, (size_t)count, form, &seed, &err) != 0)
		return die(&err);
	printf("stored %lld of %lld numbers: %.1f s\n", (long long)count,
	    (long long)dim, (double)(clock_now_us() - start) / 1e6);
	stat(path, &st);
	if (search(v, (unsigned)dim, &seed, &first, &err) != 0)
		return die(&err);
	for (size_t i = 0; i < SEARCHES; i++)
		if (search(v, (unsigned)dim, &seed, &times[i], &err) != 0)
			return die(&err);
	qsort(times, SEARCHES, sizeof(*times), compare);
	printf("first search (reads all): %.1f ms\n", (double)first / 1e3);
	printf("p50 %.2f ms  p95 %.2f ms  max %.2f ms\n",
	    (double)times[SEARCHES / 2] / 1e3,
	    (double)times[SEARCHES * 95 / 100] / 1e3,
	    (double)times[SEARCHES - 1] / 1e3);
	printf("file %.1f MB, %.2f bytes a number\n", (double)st.st_size / 1e6,
	    (double)st.st_size / (double)(count * dim));
	file_remove_tree(folder);
	return 0;
}
