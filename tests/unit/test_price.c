/* Cost of a call in whole micro-dollars. */
#include "llm/message.h"
#include "llm/provider.h"

#include "tests/unit/unit.h"

static void
test_cost(void **state)
{
	static const struct {
		int64_t input, cached, write, output; /* prices */
		struct usage usage;
		int64_t cost;
	} rows[] = {
		/* 3 USD per million in, 15 out */
		{ 3000000, 300000, 3750000, 15000000,
		    { .input_tokens = 1000000 }, 3000000 },
		{ 3000000, 300000, 3750000, 15000000,
		    { .output_tokens = 1000 }, 15000 },
		{ 3000000, 300000, 3750000, 15000000,
		    { .input_tokens = 1000, .cached_tokens = 600,
			.cache_write_tokens = 300, .output_tokens = 10,
			.reasoning_tokens = 5 },
		    300 + 180 + 1125 + 150 },
		/* rounded up once, not for each part */
		{ 100000, 10000, -1, 500000, { .input_tokens = 1 }, 1 },
		{ 100000, 10000, -1, 500000,
		    { .input_tokens = 5, .output_tokens = 1 }, 1 },
		/* no price of its own */
		{ 2000000, -1, -1, 1,
		    { .input_tokens = 10, .cached_tokens = 5,
			.cache_write_tokens = 5 }, 20 },
		/* not known, free */
		{ -1, -1, -1, -1, { .input_tokens = 10 }, 0 },
		{ 0, 0, 0, 0, { .input_tokens = 10, .output_tokens = 9 }, 0 },
		/* parts larger than the whole, and nonsense */
		{ 1000000, 100000, 0, 1000000,
		    { .input_tokens = 10, .cached_tokens = 50 }, 1 },
		{ 1000000, 100000, 0, 1000000,
		    { .input_tokens = -10, .output_tokens = -9 }, 0 },
		{ INT64_MAX, 0, 0, 0, { .input_tokens = INT64_MAX },
		    1000000000000000000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct model m = {
			.price_input = rows[i].input,
			.price_cached = rows[i].cached,
			.price_cache_write = rows[i].write,
			.price_output = rows[i].output,
		};

		if (model_cost_microusd(&m, &rows[i].usage) != rows[i].cost)
			fail_msg("row %zu: %lld", i, (long long)
			    model_cost_microusd(&m, &rows[i].usage));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cost) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
