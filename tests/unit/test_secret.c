/* secret: reveals, compares, takes nothing. */
#include "base/secret.h"
#include "tests/unit/unit.h"

static void
test_reveals_what_went_in(void **state)
{
	char key[] = "sk-123";
	CLEANUP(secret_destroyp) struct secret *s =
	    secret_create(str_from(key));

	memset(key, 0, sizeof(key));
	assert_true(str_eq_c(secret_reveal(s), "sk-123"));
	assert_int_equal(secret_reveal(s).ptr[6], '\0');
	assert_true(secret_reveal(NULL).ptr == NULL);
	secret_destroy(NULL);
}

static void
test_compares(void **state)
{
	CLEANUP(secret_destroyp) struct secret *a = secret_create(STR("abc"));
	CLEANUP(secret_destroyp) struct secret *b = secret_create(STR("abc"));
	CLEANUP(secret_destroyp) struct secret *c = secret_create(STR("abd"));
	CLEANUP(secret_destroyp) struct secret *d = secret_create(STR("ab"));
	CLEANUP(secret_destroyp) struct secret *none = secret_create(STR_NONE);

	assert_true(secret_equal(a, b));
	assert_false(secret_equal(a, c));
	assert_false(secret_equal(a, d));
	assert_true(secret_equal(none, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reveals_what_went_in),
		cmocka_unit_test(test_compares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
