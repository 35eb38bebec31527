/* Packed models and vectors as a damaged file may have them. */
#include <assert.h>
#include <math.h>

#include "index/lsa.h"
#include "store/vector_list.h"
#include "store/vectors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use_model(const struct lsa_model *m)
{
	const size_t last = m->n > 0 ? m->n - 1 : 0;
	const struct lsa_use uses[] = { { 0, 3, 1 }, { (uint32_t)last, 1, 0 },
		{ UINT32_MAX, 1, 1 } };
	const struct lsa_word words[] = { { 0, 1 }, { last, 0.5 },
		{ SIZE_MAX, 1 } };
	const struct vector_form form = { LSA_DIM, LSA_BITS };
	CLEANUP_BUF struct buf packed = BUF_INIT(4 * KIB);
	struct vector_asked asked;
	float v[LSA_DIM];
	size_t at = lsa_model_find(m, lsa_hash(STR("parse")));

	assert(at == SIZE_MAX || at < m->n);
	lsa_model_code(m, uses, 3, v);
	vector_pack(v, form, &packed);
	lsa_model_question(m, words, 3, v);
	vector_ask(v, LSA_DIM, &asked);
	assert(!isnan(vector_cosine(&asked, form, buf_text(&packed))));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const float ones[LSA_DIM] = { 1, 1, 1, 1 };
	static const struct vector_form forms[] = { { LSA_DIM, 4 },
		{ LSA_DIM, 8 } };
	struct str list = str_make((const char *)data, size), text;
	char key[VECTOR_KEY_MAX];
	size_t n;
	struct vector_asked asked;
	struct lsa_model m;

	if (lsa_model_init(&m, str_make((const char *)data, size)))
		use_model(&m);
	vector_ask(ones, LSA_DIM, &asked);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (size >= vector_bytes(forms[i]))
			assert(!isnan(vector_cosine(&asked, forms[i],
			    (const char *)data)));
	while (vector_list_next(&list, key, &text, &n))
		assert(text.len <= VECTOR_KEY_MAX && n <= VECTOR_GROUP_MAX);
	return 0;
}
