/* id: form, order within a millisecond, order over time. */
#include "base/id.h"
#include "base/clock.h"
#include "tests/unit/unit.h"

static void
test_ids_go_up(void **state)
{
	char last[ID_SIZE], next[ID_SIZE];

	clock_fake(0, 1700000000000);
	id_make(last);
	for (int i = 0; i < 10000; i++) {
		id_make(next);
		assert_true(id_valid(str_from(next)));
		assert_true(strcmp(last, next) < 0);
		memcpy(last, next, sizeof(last));
	}
	/* Also when the wall clock goes back. */
	clock_fake(0, 1600000000000);
	id_make(next);
	assert_true(strcmp(last, next) < 0);
	clock_fake(-1, -1);
	id_make(last);
	assert_true(strcmp(next, last) < 0);
}

static void
test_form(void **state)
{
	assert_true(id_valid(STR("01hf7yat00abcdefghjkmnpqrs")));
	assert_false(id_valid(STR("01hf7yat00abcdefghjkmnpqr")));
	assert_false(id_valid(STR("01HF7YAT00ABCDEFGHJKMNPQRS")));
	assert_false(id_valid(STR("01hf7yat00abcdefghjkmnpqr/")));
	assert_false(id_valid(STR("01hf7yat00abcdefghjkmnpqri")));
	assert_false(id_valid(str_make("01hf7yat00abcdefghjkmnpqr\0", 26)));
}

static void
test_hex(void **state)
{
	char a[33], b[33];

	id_hex(a, 16);
	id_hex(b, 16);
	assert_int_equal(strlen(a), 32);
	assert_int_equal(strspn(a, "0123456789abcdef"), 32);
	assert_string_not_equal(a, b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids_go_up),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
