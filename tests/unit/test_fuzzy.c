/* fuzzy: what matches, and which of two texts is the better one. */
#include "base/fuzzy.h"
#include "tests/unit/unit.h"

static int
score(const char *pattern, const char *text)
{
	return fuzzy_score(str_from(pattern), str_from(text));
}

static void
test_letters_must_occur_in_order(void **state)
{
	assert_int_equal(score("", "anything"), 0);
	assert_true(score("abc", "a_b_c") > 0);
	assert_int_equal(score("acb", "abc"), FUZZY_NONE);
	assert_int_equal(score("a", ""), FUZZY_NONE);
	assert_int_equal(score("aa", "a"), FUZZY_NONE);
	assert_true(score("readme", "README.md") > 0);
	assert_int_equal(score("README", "readme.md"), FUZZY_NONE);
	assert_true(score("\xc3\xa9", "caf\xc3\xa9") > 0);
}

static void
test_the_better_match(void **state)
{
	static const struct {
		const char *pattern, *better, *worse;
	} cases[] = {
		{ "comp", "composer.c", "c_o_m_p.c" },
		{ "ev", "edit_view", "never" },
		{ "ev", "editView", "never" },
		{ "fb", "foo_bar", "foob" },
		{ "key", "keymap", "monkey" },
		{ "main", "src/main.c", "src/domain.c" },
		{ "sm", "src/main.c", "usmx" },
		{ "buf", "buf.c", "brown_under_fox" },
		{ "abc", "xabcx", "xaxbxcx" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (score(cases[i].pattern, cases[i].better) <=
		    score(cases[i].pattern, cases[i].worse))
			fail_msg("%s: %s (%d) is not before %s (%d)",
			    cases[i].pattern, cases[i].better,
			    score(cases[i].pattern, cases[i].better),
			    cases[i].worse,
			    score(cases[i].pattern, cases[i].worse));
}

static void
test_positions(void **state)
{
	static const struct {
		const char *pattern, *text, *marks;
	} cases[] = {
		{ "ev", "edit_view", "^....^..." },
		{ "comp", "src/composer", "....^^^^...." },
		{ "scc", "src/composer.c", "^.^.^........." },
		{ "x", "abc", "..." },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t at[FUZZY_PATTERN_MAX];
		size_t n = fuzzy_positions(str_from(cases[i].pattern),
		    str_from(cases[i].text), at);
		char marks[64];

		memset(marks, '.', sizeof(marks));
		marks[strlen(cases[i].text)] = '\0';
		for (size_t k = 0; k < n; k++)
			marks[at[k]] = '^';
		assert_string_equal(marks, cases[i].marks);
	}
}

static void
test_long_texts_are_bounded(void **state)
{
	char text[2000], pattern[200];

	memset(text, 'a', sizeof(text));
	memset(pattern, 'a', sizeof(pattern));
	memcpy(text + 1990, "end", 3);
	assert_true(fuzzy_score(STR("end"), str_make(text, sizeof(text))) > 0);
	assert_true(fuzzy_score(str_make(pattern, sizeof(pattern)),
	    str_make(text, sizeof(text))) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters_must_occur_in_order),
		cmocka_unit_test(test_the_better_match),
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_long_texts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
