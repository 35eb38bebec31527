/* Libraries that are loaded when they are wanted. libm stands for any. */
#include "base/late_library.h"
#include "tests/unit/unit.h"

struct math_api {
	double (*cos)(double);
	double (*sin)(double);
};

static const struct late_symbol symbols[] = {
	{ "cos", offsetof(struct math_api, cos) },
	{ "sin", offsetof(struct math_api, sin) },
};
static const char *const sonames[] = { "libnot-there.so.9", "libm.so.6",
	NULL };
static const char *const missing[] = { "libnot-there.so.9", NULL };

static int begun;

static int
count_begin(const void *api, struct error *err)
{
	begun++;
	return 0;
}

static int
refuse_begin(const void *api, struct error *err)
{
	begun++;
	return error_set(err, ERR_UNSUPPORTED, "not today");
}

static void
test_first_name_that_is_there(void **state)
{
	static struct math_api api;
	static struct late_library library = LATE_LIBRARY("math", sonames,
	    symbols, &api, .begin = count_begin);
	struct error err = ERROR_INIT;

	begun = 0;
	assert_ptr_equal(late_library_get(&library, &err), &api);
	assert_ptr_equal(late_library_get(&library, NULL), &api);
	assert_int_equal(begun, 1);
	assert_true(api.cos(0) == 1 && api.sin(0) == 0);
}

static void
test_missing_says_what_is_lost(void **state)
{
	static struct math_api api;
	static struct late_library library = LATE_LIBRARY("math", missing,
	    symbols, &api, .without = "no numbers");

	for (int i = 0; i < 2; i++) {
		struct error err = ERROR_INIT;

		assert_null(late_library_get(&library, &err));
		assert_int_equal(err.code, ERR_UNSUPPORTED);
		assert_string_equal(err.message, "math is not installed "
		    "(libnot-there.so.9 was not found): no numbers");
	}
}

static void
test_too_old(void **state)
{
	static const struct late_symbol newer[] = {
		{ "cos", offsetof(struct math_api, cos) },
		{ "cos_of_tomorrow", offsetof(struct math_api, sin) },
	};
	static struct math_api api;
	static struct late_library library = LATE_LIBRARY("math", sonames,
	    newer, &api);
	struct error err = ERROR_INIT;

	assert_null(late_library_get(&library, &err));
	assert_non_null(strstr(err.message, "cos_of_tomorrow"));
}

static void
test_begin_is_asked_once(void **state)
{
	static struct math_api api;
	static struct late_library library = LATE_LIBRARY("math", sonames,
	    symbols, &api, .begin = refuse_begin);
	struct error err = ERROR_INIT;

	begun = 0;
	assert_null(late_library_get(&library, &err));
	assert_string_equal(err.message, "not today");
	assert_null(late_library_get(&library, NULL));
	assert_int_equal(begun, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_name_that_is_there),
		cmocka_unit_test(test_missing_says_what_is_lost),
		cmocka_unit_test(test_too_old),
		cmocka_unit_test(test_begin_is_asked_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
