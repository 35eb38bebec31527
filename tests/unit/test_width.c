/* width: clusters and columns; more of it in test_surface.c. */
#include "base/buf.h"
#include "base/width.h"
#include "tests/unit/unit.h"

static void
test_clusters_and_their_columns(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* of the first cluster */
		int columns;
	} cases[] = {
		{ "a", 1, 1 }, { "ab", 1, 1 }, { "\xc3\xa9x", 2, 1 },
		{ "e\xcc\x81x", 3, 1 }, { "日本", 3, 2 },
		{ "👨‍👩‍👧x", 18, 2 }, { "👍🏽x", 8, 2 }, { "🇩🇪🇫🇷", 8, 2 },
		{ "❤️x", 6, 2 }, { "\xff", 1, 1 }, { "\xe6\x97", 1, 1 },
		{ "\x1b[", 1, 0 }, { "\n", 1, 0 }, { "\xc2\x9b", 2, 0 },
		{ "ｱx", 3, 1 }, { "각", 3, 2 }, { "שׁx", 4, 1 },
		{ "नि", 6, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int columns = -1;
		size_t len = width_cluster(str_from(cases[i].text), &columns);

		if (len != cases[i].len || columns != cases[i].columns)
			fail_msg("%s: %zu bytes, %d columns", cases[i].text,
			    len, columns);
	}
}

/* A base with thousands of marks is many cells, not one without an end. */
static void
test_a_cluster_has_an_end(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	size_t at = 0;

	buf_add_char(&text, 'e');
	for (int i = 0; i < 5000; i++)
		buf_add_cstr(&text, "\xcc\x81");
	while (at < text.len) {
		int columns;
		size_t len = width_cluster(str_sub(buf_str(&text), at,
		    SIZE_MAX), &columns);

		assert_true(len >= 1 && len <= WIDTH_CLUSTER_MAX);
		at += len;
	}
	assert_int_equal(at, text.len);
}

static void
test_what_fits(void **state)
{
	static const struct {
		const char *text;
		size_t columns, len, used;
	} cases[] = {
		{ "abc", 2, 2, 2 }, { "abc", 9, 3, 3 }, { "日本", 3, 3, 2 },
		{ "日本", 1, 0, 0 }, { "e\xcc\x81x", 1, 3, 1 }, { "", 3, 0, 0 },
		{ "a\xe2\x80\x8b" "b", 1, 4, 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t used = 99;

		assert_int_equal(width_fit(str_from(cases[i].text),
		    cases[i].columns, &used), cases[i].len);
		assert_int_equal(used, cases[i].used);
	}
	assert_int_equal(width_fit(STR("ab"), 1, NULL), 1);
}

/* Going back meets the same borders as going forth. */
static void
test_back_is_forth(void **state)
{
	static const char text[] = "aé日👨‍👩‍👧\n🇩🇪🇫🇷e\xcc\x81\xff नि!";
	struct str s = STR_NONE;
	size_t borders[64], n = 0, at = 0;

	s = str_from(text);
	while (at < s.len) {
		int columns;

		borders[n++] = at;
		at += width_cluster(str_sub(s, at, SIZE_MAX), &columns);
	}
	while (n > 0) {
		at = width_cluster_before(s, at);
		assert_int_equal(at, borders[--n]);
	}
	assert_int_equal(width_cluster_before(s, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clusters_and_their_columns),
		cmocka_unit_test(test_a_cluster_has_an_end),
		cmocka_unit_test(test_what_fits),
		cmocka_unit_test(test_back_is_forth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
