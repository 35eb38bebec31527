/* Packed models and vectors as a damaged file may have them. */
#include <assert.h>
#include <math.h>

#include "index/lsa.h"
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
	CLEANUP_BUF struct buf packed = BUF_INIT(4 * KIB);
	struct vector_asked asked;
	float v[LSA_DIM];
	size_t at = lsa_model_find(m, lsa_hash(STR("parse")));

	assert(at == SIZE_MAX || at < m->n);
	lsa_model_code(m, uses, 3, v);
	vector_pack(v, LSA_DIM, &packed);
	lsa_model_question(m, words, 3, v);
	vector_ask(v, LSA_DIM, &asked);
	assert(!isnan(vector_cosine(&asked, buf_text(&packed))));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const float ones[LSA_DIM] = { 1, 1, 1, 1 };
	struct vector_asked asked;
	struct lsa_model m;

	if (lsa_model_init(&m, str_make((const char *)data, size)))
		use_model(&m);
	if (size >= vector_stride(LSA_DIM)) {
		vector_ask(ones, LSA_DIM, &asked);
		assert(!isnan(vector_cosine(&asked, (const char *)data)));
	}
	return 0;
}
