/* Packed bytes of the index: what goes in comes out, and damage ends. */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "base/units.h"
#include "index/packing.h"

enum { MANY = 3000 };

/* The same numbers in each run (Numerical Recipes' generator). */
static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void
numbers_of_any_size_come_back(void **state)
{
	static const uint32_t numbers[] = { 0, 1, 2, 7, 8, 255, 65535, 1 << 20,
		INT32_MAX, UINT32_MAX - 1, UINT32_MAX };

	(void)state;
	for (unsigned order = 0; order <= BITS_ORDER_MAX; order++) {
		CLEANUP_BUF struct buf data = BUF_INIT(1 * KIB);
		struct bits_out out = { .out = &data };
		struct bits in;
		size_t sum = 0;

		for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
			bits_add_number(&out, numbers[i], order);
			sum += bits_number_len(numbers[i], order);
		}
		bits_add(&out, 5, 3);
		bits_end(&out);
		assert_int_equal(data.len, (sum + 3 + 7) / 8);
		bits_init(&in, buf_str(&data));
		for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
			assert_int_equal(bits_take_number(&in, order),
			    numbers[i]);
		assert_int_equal(bits_take(&in, 3), 5);
		assert_false(bits_failed(&in));
		bits_take(&in, 32);
		assert_true(bits_failed(&in));
	}
}

static size_t
random_postings(struct posting *items, uint32_t gap_max)
{
	uint32_t seed = gap_max, at = 0;

	for (size_t i = 0; i < MANY; i++) {
		at += next_random(&seed) % gap_max + (i > 0);
		items[i] = (struct posting){ .at = at };
		for (unsigned f = 0; f < N_FIELDS; f++)
			if (next_random(&seed) % 3 == 0)
				items[i].tf[f] = (uint8_t)next_random(&seed);
		items[i].tf[FIELD_BODY] |= 1;
	}
	return MANY;
}

static void
posting_lists_come_back(void **state)
{
	static const uint32_t gaps[] = { 1, 2, 100, 100000 };
	static struct posting items[MANY], back[MANY];

	(void)state;
	for (size_t g = 0; g < ARRAY_LEN(gaps); g++) {
		CLEANUP_BUF struct buf data = BUF_INIT(1 * MIB);
		struct postings_reader r;
		size_t n = random_postings(items, gaps[g]), i = 0;

		postings_pack(&data, items, n);
		assert_int_equal(postings_open(&r, buf_str(&data)), n);
		/* One by one, and many at once. */
		for (; i < 9 && postings_read(&r, back, 1) == 1; i++) {
			assert_int_equal(back->at, items[i].at);
			assert_memory_equal(back->tf, items[i].tf, N_FIELDS);
		}
		assert_int_equal(postings_read(&r, back, MANY), n - i);
		for (size_t k = 0; k < n - i; k++) {
			assert_int_equal(back[k].at, items[i + k].at);
			assert_memory_equal(back[k].tf, items[i + k].tf,
			    N_FIELDS);
		}
		assert_int_equal(postings_read(&r, back, MANY), 0);
	}
}

static void
a_list_of_one_takes_few_bytes(void **state)
{
	const struct posting one = { .at = 3000,
		.tf = { [FIELD_BODY] = 1 } };
	CLEANUP_BUF struct buf data = BUF_INIT(1 * KIB);

	(void)state;
	postings_pack(&data, &one, 1);
	assert_true(data.len <= 3);
}

static void
terms_of_a_piece_come_back(void **state)
{
	static struct chunk_term items[MANY];
	CLEANUP_BUF struct buf data = BUF_INIT(1 * MIB);
	struct chunk_terms r;
	struct chunk_term t;
	uint32_t seed = 1;
	int64_t term = 0;
	size_t i = 0;

	(void)state;
	for (size_t k = 0; k < MANY; k++) {
		term += 1 + next_random(&seed) % 500;
		items[k] = (struct chunk_term){ .term = term,
			.code = next_random(&seed) % 20,
			.comment = next_random(&seed) % 10,
			.called = next_random(&seed) % 2 };
	}
	chunk_terms_pack(&data, items, MANY);
	chunk_terms_open(&r, buf_str(&data));
	for (; chunk_terms_next(&r, &t); i++) {
		unsigned code = items[i].code, comment = items[i].comment;

		assert_int_equal(t.term, items[i].term);
		assert_int_equal(t.code, code > CHUNK_TERM_CODE_MAX ?
			CHUNK_TERM_CODE_MAX : code);
		assert_int_equal(t.comment,
		    comment > CHUNK_TERM_COMMENT_MAX ?
			CHUNK_TERM_COMMENT_MAX : comment);
		assert_int_equal(t.called, items[i].called);
	}
	assert_int_equal(i, MANY);
}

static void
a_piece_may_have_no_terms(void **state)
{
	CLEANUP_BUF struct buf data = BUF_INIT(1 * KIB);
	struct chunk_terms r;
	struct chunk_term t;

	(void)state;
	chunk_terms_pack(&data, NULL, 0);
	chunk_terms_open(&r, buf_str(&data));
	assert_false(chunk_terms_next(&r, &t));
}

/* Each byte cut off, and each one changed. */
static void
damaged_lists_end(void **state)
{
	static struct posting items[MANY];
	CLEANUP_BUF struct buf data = BUF_INIT(1 * MIB);
	struct postings_reader r;
	struct posting p;

	(void)state;
	random_postings(items, 50);
	postings_pack(&data, items, 40);
	for (size_t len = 0; len < data.len; len++) {
		size_t n = 0;

		postings_open(&r, str_make(data.ptr, len));
		while (postings_read(&r, &p, 1) == 1)
			n++;
		assert_true(n < 40);
	}
	for (size_t at = 0; at < data.len; at++) {
		data.ptr[at] ^= 0x55;
		postings_open(&r, buf_str(&data));
		for (size_t n = 0; postings_read(&r, &p, 1) == 1; n++)
			assert_true(n < data.len * 8);
		data.ptr[at] ^= 0x55;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_any_size_come_back),
		cmocka_unit_test(posting_lists_come_back),
		cmocka_unit_test(a_list_of_one_takes_few_bytes),
		cmocka_unit_test(terms_of_a_piece_come_back),
		cmocka_unit_test(a_piece_may_have_no_terms),
		cmocka_unit_test(damaged_lists_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
