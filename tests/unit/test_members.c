/* members: finding a member in text that is never parsed. */
#include "store/members.h"
#include "base/units.h"
#include "tests/unit/unit.h"

static void
test_raw_values(void **state)
{
	static const struct {
		const char *members, *key, *raw; /* NULL: none */
	} cases[] = {
		{ "\"a\":1,\"b\":\"x\"", "a", "1" },
		{ "\"a\":1,\"b\":\"x\"", "b", "\"x\"" },
		{ " \"a\" : 1 , \"b\" : true ", "b", "true" },
		{ "\"o\":{\"b\":1,\"c\":[2,3]},\"b\":4", "b", "4" },
		{ "\"o\":{\"b\":1}", "b", NULL },
		{ "\"s\":\"\\\",\\\"b\\\":1\",\"b\":2", "b", "2" },
		{ "\"s\":\"\\\\\",\"b\":2", "b", "2" },
		{ "", "a", NULL },
		{ "\"a\"", "a", NULL },
		{ "\"a", "a", NULL },
		{ "\"a\":", "a", "" },
		{ "\"", "a", NULL },
		{ "\"a\\", "a", NULL },
		{ "nonsense", "a", NULL },
		{ "]]]]", "a", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str raw = members_raw(str_from(cases[i].members),
		    cases[i].key);

		if (cases[i].raw == NULL)
			assert_null(raw.ptr);
		else if (!str_eq_c(raw, cases[i].raw))
			fail_msg("%s: %.*s", cases[i].members, STR_ARG(raw));
	}
}

static void
test_text_is_the_inside_of_quotes(void **state)
{
	struct str members = STR("\"t\":\"a\\nb\",\"n\":1,\"e\":\"\"");

	assert_true(str_eq_c(members_text(members, "t"), "a\\nb"));
	assert_true(str_eq_c(members_text(members, "e"), ""));
	assert_null(members_text(members, "n").ptr);
	assert_null(members_text(members, "x").ptr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_raw_values),
		cmocka_unit_test(test_text_is_the_inside_of_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
