/* finder: where a text is found, against the plain way. */
#include "base/finder.h"
#include "tests/unit/unit.h"

static void
test_what_is_found(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool fold;
		size_t first, count;
	} cases[] = {
		{ "", "abc", false, SIZE_MAX, 0 },
		{ "a", "", false, SIZE_MAX, 0 },
		{ "abc", "ab", false, SIZE_MAX, 0 },
		{ "abc", "abc", false, 0, 1 },
		{ "b", "abcb", false, 1, 2 },
		{ "aa", "aaaaa", false, 0, 2 },
		{ "Needle", "a needle, a Needle", false, 12, 1 },
		{ "Needle", "a nEEdle, a Needle", true, 2, 2 },
		{ "é", "caf\xc3\xa9 \xc3\xa9", true, 3, 2 },
		{ "z\xff", "zz\xff", false, 1, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str text = str_from(cases[i].text);
		struct finder f;

		finder_init(&f, str_from(cases[i].pattern), cases[i].fold);
		assert_int_equal(finder_next(&f, text, 0), cases[i].first);
		assert_int_equal(finder_count(&f, text), cases[i].count);
	}
}

static void
test_a_capital_makes_the_case_count(void **state)
{
	struct finder f;

	finder_init_smart(&f, STR("run"));
	assert_int_equal(finder_next(&f, STR("a RUN"), 0), 2);
	finder_init_smart(&f, STR("Run"));
	assert_int_equal(finder_next(&f, STR("a RUN"), 0), SIZE_MAX);
}

/* Every text of few letters, so that near misses abound. */
static void
test_it_agrees_with_the_plain_search(void **state)
{
	char text[12], pattern[4];

	for (unsigned seed = 0; seed < 20000; seed++) {
		unsigned bits = seed * 2654435761u;
		size_t len = 1 + seed % 3;
		struct finder f;

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = "ab"[bits >> i & 1];
		for (size_t i = 0; i < len; i++)
			pattern[i] = "ab"[bits >> (20 + i) & 1];
		finder_init(&f, str_make(pattern, len), false);
		assert_int_equal(finder_next(&f, str_make(text, sizeof(text)),
		    0), str_find(str_make(text, sizeof(text)),
		    str_make(pattern, len), 0));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_found),
		cmocka_unit_test(test_a_capital_makes_the_case_count),
		cmocka_unit_test(test_it_agrees_with_the_plain_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
