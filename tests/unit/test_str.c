/* str: parts, searching, lines, fields, numbers. */
#include "base/str.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/units.h"
#include "tests/unit/unit.h"

#define assert_str(s, text)                                                   \
	do {                                                                  \
		CLEANUP(free_ptr) char *copy_ = str_dup(s);                   \
		assert_string_equal(copy_, text);                             \
	} while (0)

static void
test_sub_is_clipped(void **state)
{
	assert_str(str_sub(STR("hello"), 1, 3), "ell");
	assert_str(str_sub(STR("hello"), 3, 100), "lo");
	assert_str(str_sub(STR("hello"), 9, 1), "");
	assert_str(str_sub(STR_NONE, 1, 1), "");
}

static void
test_prefixes_and_suffixes(void **state)
{
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_true(str_starts(STR("abc"), STR("")));
	assert_false(str_starts(STR("ab"), STR("abc")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_false(str_ends(STR("c"), STR("bc")));
	assert_true(str_eq_nocase(STR("AbC"), STR("aBc")));
	assert_false(str_eq_nocase(STR("[") , STR("{")));
	assert_true(str_starts_nocase(STR("Bearer x"), STR("bearer")));
}

static void
test_find(void **state)
{
	assert_int_equal(str_find(STR("abcabc"), STR("ca"), 0), 2);
	assert_int_equal(str_find(STR("abcabc"), STR("bc"), 2), 4);
	assert_true(str_find(STR("abc"), STR("abcd"), 0) == SIZE_MAX);
	assert_true(str_find(STR("abc"), STR("a"), 9) == SIZE_MAX);
	assert_int_equal(str_find(STR("abc"), STR(""), 3), 3);
	assert_int_equal(str_find_char(STR("abc"), 'c', 0), 2);
	assert_true(str_find_char(STR("abc"), 'c', 3) == SIZE_MAX);
}

static void
test_trim(void **state)
{
	assert_str(str_trim(STR(" \t a b\r\n ")), "a b");
	assert_str(str_trim(STR(" \n")), "");
	assert_str(str_trim_end(STR(" a ")), " a");
}

static void
test_lines(void **state)
{
	static const struct {
		const char *text, *lines; /* joined by | */
	} cases[] = {
		{ "a\nb\n", "a|b|" },
		{ "a\r\nb", "a|b|" },
		{ "\n\n", "||" },
		{ "", "" },
		{ "a\rb\n", "a\rb|" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str rest = str_from(cases[i].text), line;
		char got[64] = "";
		size_t len = 0;

		while (str_next_line(&rest, &line))
			len += (size_t)snprintf(got + len, sizeof(got) - len,
			    "%.*s|", STR_ARG(line));
		assert_string_equal(got, cases[i].lines);
	}
}

static void
test_fields(void **state)
{
	struct str rest = STR("a,,b,"), field;
	const char *const wanted[] = { "a", "", "b", "" };

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		assert_true(str_next_field(&rest, ',', &field));
		assert_str(field, wanted[i]);
	}
	assert_false(str_next_field(&rest, ',', &field));
}

static void
test_integers(void **state)
{
	static const struct {
		const char *text;
		int64_t min, max;
		bool ok;
		int64_t value;
	} cases[] = {
		{ "42", 0, 100, true, 42 },
		{ "-1", -5, 5, true, -1 },
		{ "+7", 0, 9, true, 7 },
		{ "101", 0, 100, false, 0 },
		{ "", 0, 9, false, 0 },
		{ "-", -9, 9, false, 0 },
		{ "1x", 0, 9, false, 0 },
		{ " 1", 0, 9, false, 0 },
		{ "9223372036854775807", 0, INT64_MAX, true, INT64_MAX },
		{ "-9223372036854775808", INT64_MIN, 0, true, INT64_MIN },
		{ "9223372036854775808", 0, INT64_MAX, false, 0 },
		{ "99999999999999999999", 0, INT64_MAX, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t value = 0;

		assert_int_equal(str_to_int(str_from(cases[i].text),
				     cases[i].min, cases[i].max, &value),
		    cases[i].ok);
		assert_true(value == cases[i].value);
	}
}

static void
test_compare(void **state)
{
	assert_true(str_compare(STR("a"), STR("b")) < 0);
	assert_true(str_compare(STR("ab"), STR("a")) > 0);
	assert_true(str_compare(STR(""), STR_NONE) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sub_is_clipped),
		cmocka_unit_test(test_prefixes_and_suffixes),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
