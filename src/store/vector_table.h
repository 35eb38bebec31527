/* Vectors in memory: the groups of one repository, by their keys, and looking
 * at each of them. For stores that search this way, and to put groups together
 * that are to be written.
 *
 * Filled by vector_table_add(), then ordered by vector_table_sort(); what is
 * below that wants it sorted.
 *
 * Thread: the owner's. */
#ifndef FRIDAY_STORE_VECTOR_TABLE_H
#define FRIDAY_STORE_VECTOR_TABLE_H

#include "store/vectors.h"

struct vector_table {
	struct vector_form form;
	struct buf keys, packed;
	struct vector_table_group {
		size_t key, key_len; /* in keys */
		size_t first, n;     /* vectors */
	} *groups;
	size_t n, cap;
	size_t n_vectors;
	float *scales; /* of each vector */
	size_t scales_cap;
};

/* size_max: of the vectors. */
void vector_table_init(struct vector_table *t, struct vector_form form,
    size_t size_max);
void vector_table_release(struct vector_table *t);
/* data: n vectors. ERR_TOO_LARGE. */
int vector_table_add(struct vector_table *t, struct str key, size_t n,
    struct str data, struct error *err);
/* Of groups of one key the one that was added last stays. */
void vector_table_sort(struct vector_table *t);
struct str vector_table_key(const struct vector_table *t, size_t group);
/* The packed vectors of a group. */
struct str vector_table_data(const struct vector_table *t, size_t group);

/* As vectors_search() and vectors_score(). The dimension is the table's. */
void vector_table_search(const struct vector_table *t,
    const struct vector_search *s, struct vector_hit *ret, size_t *ret_n);
void vector_table_score(const struct vector_table *t,
    const struct vector_asked *asked, const struct vector_ref *refs, size_t n,
    float *ret);

#endif
