/* Vectors in memory; see vector_table.h. Each is looked at: 100,000 of 64
 * numbers take half a millisecond, less than an index of them would cost to
 * keep right. */
#include "store/vector_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"

enum { AT_ONCE = 256 }; /* products */
#define KEYS_BYTES_MAX (256 * MIB)

void
vector_table_init(struct vector_table *t, struct vector_form form,
    size_t size_max)
{
	*t = (struct vector_table){ .form = form };
	buf_init(&t->keys, KEYS_BYTES_MAX);
	buf_init(&t->packed, size_max);
}

void
vector_table_release(struct vector_table *t)
{
	buf_release(&t->keys);
	buf_release(&t->packed);
	free(t->groups);
	free(t->scales);
	*t = (struct vector_table){ 0 };
}

int
vector_table_add(struct vector_table *t, struct str key, size_t n,
    struct str data, struct error *err)
{
	int rc;

	t->groups = mem_grow(t->groups, &t->cap, t->n + 1,
	    sizeof(*t->groups));
	t->groups[t->n++] = (struct vector_table_group){
		.key = t->keys.len, .key_len = key.len,
		.first = t->n_vectors, .n = n };
	buf_add_str(&t->keys, key);
	buf_add_str(&t->packed, data);
	rc = buf_check(&t->keys, err);
	if (rc == 0)
		rc = buf_check(&t->packed, err);
	if (rc != 0)
		return rc;
	t->scales = mem_grow(t->scales, &t->scales_cap, t->n_vectors + n + 1,
	    sizeof(*t->scales));
	vector_scales(t->form, data.ptr, n, t->scales + t->n_vectors);
	t->n_vectors += n;
	return 0;
}

struct str
vector_table_key(const struct vector_table *t, size_t group)
{
	const struct vector_table_group *g = &t->groups[group];

	return str_make(buf_text(&t->keys) + g->key, g->key_len);
}

struct str
vector_table_data(const struct vector_table *t, size_t group)
{
	const struct vector_table_group *g = &t->groups[group];
	size_t bytes = vector_bytes(t->form);

	return str_make(buf_text(&t->packed) + g->first * bytes,
	    g->n * bytes);
}

static int
compare_groups(const void *left, const void *right, void *ctx)
{
	const struct vector_table_group *a = left, *b = right;
	const struct vector_table *t = ctx;
	const char *keys = buf_text(&t->keys);
	int order = str_compare(str_make(keys + a->key, a->key_len),
	    str_make(keys + b->key, b->key_len));

	/* The later one first. */
	return order != 0 ? order : (a->key < b->key) - (a->key > b->key);
}

void
vector_table_sort(struct vector_table *t)
{
	size_t n = 0;

	if (t->n > 0)
		qsort_r(t->groups, t->n, sizeof(*t->groups), compare_groups,
		    t);
	for (size_t i = 0; i < t->n; i++) {
		if (n > 0 && str_eq(vector_table_key(t, i),
			vector_table_key(t, n - 1)))
			continue;
		t->groups[n++] = t->groups[i];
	}
	t->n = n;
}

/* --- looking ------------------------------------------------------------ */

/* Puts a hit where it belongs, if it does. They come in the order of their
 * keys and places, so that of equal ones the earlier stays. */
static void
insert(struct vector_hit *hits, size_t *n, size_t k,
    const struct vector_hit *new)
{
	size_t at = *n < k ? (*n)++ : k - 1;

	for (; at > 0 && hits[at - 1].score < new->score; at--)
		hits[at] = hits[at - 1];
	hits[at] = *new;
}

static void
search_group(const struct vector_table *t, size_t group,
    const struct vector_search *s, struct vector_hit *ret, size_t *ret_n)
{
	const struct vector_table_group *g = &t->groups[group];
	const float *scales = t->scales + g->first;
	const char *packed = vector_table_data(t, group).ptr;
	size_t bytes = vector_bytes(t->form);
	int32_t products[AT_ONCE];

	for (size_t at = 0; at < g->n; at += AT_ONCE) {
		size_t n = g->n - at < AT_ONCE ? g->n - at : AT_ONCE;

		vector_products(s->asked, t->form, packed + at * bytes, n,
		    products);
		for (size_t i = 0; i < n; i++) {
			float score = (float)products[i] *
			    (s->asked->scale * scales[at + i]);

			/* 0: one of the two has no direction. */
			if ((*ret_n == s->k && score <= ret[s->k - 1].score) ||
			    !(score < 0 || score > 0))
				continue;
			insert(ret, ret_n, s->k,
			    &(struct vector_hit){ { vector_table_key(t, group),
				at + i }, score });
		}
	}
}

void
vector_table_search(const struct vector_table *t,
    const struct vector_search *s, struct vector_hit *ret, size_t *ret_n)
{
	for (size_t g = 0; s->k > 0 && g < t->n; g++)
		if (s->passes == NULL ||
		    s->passes(vector_table_key(t, g), s->ctx))
			search_group(t, g, s, ret, ret_n);
}

static const struct vector_table_group *
find_group(const struct vector_table *t, struct str key)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_compare(vector_table_key(t, middle), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->n && str_eq(vector_table_key(t, low), key) ?
	    &t->groups[low] : NULL;
}

void
vector_table_score(const struct vector_table *t,
    const struct vector_asked *asked, const struct vector_ref *refs, size_t n,
    float *ret)
{
	size_t bytes = vector_bytes(t->form);

	for (size_t i = 0; i < n; i++) {
		const struct vector_table_group *g = find_group(t,
		    refs[i].key);
		int32_t product;
		size_t at;

		ret[i] = 0;
		if (g == NULL || refs[i].at >= g->n)
			continue;
		at = g->first + refs[i].at;
		vector_products(asked, t->form,
		    buf_text(&t->packed) + at * bytes, 1, &product);
		ret[i] = (float)product * (asked->scale * t->scales[at]);
	}
}
