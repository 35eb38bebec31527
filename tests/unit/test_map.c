/* map: keys, replacing, removing, order, growth. */
#include "base/map.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static int destroyed;

static void
count_destroyed(void *value)
{
	destroyed++;
}

static void
test_set_get_replace(void **state)
{
	CLEANUP(map_destroyp) struct map *m = map_create(NULL);
	int a, b;

	assert_null(map_get(m, STR("x")));
	map_set(m, STR("x"), &a);
	map_set(m, STR(""), &b);
	assert_ptr_equal(map_get(m, STR("x")), &a);
	assert_ptr_equal(map_get(m, STR_NONE), &b);
	map_set(m, STR("x"), &b);
	assert_ptr_equal(map_get(m, STR("x")), &b);
	assert_int_equal(map_count(m), 2);
	map_set(m, STR("null"), NULL);
	assert_true(map_has(m, STR("null")));
	assert_false(map_has(m, STR("nul")));
}

static void
test_keys_may_hold_nul(void **state)
{
	CLEANUP(map_destroyp) struct map *m = map_create(NULL);
	int a, b;

	map_set(m, str_make("a\0b", 3), &a);
	map_set(m, STR("a"), &b);
	assert_ptr_equal(map_get(m, str_make("a\0b", 3)), &a);
	assert_ptr_equal(map_get(m, STR("a")), &b);
}

static void
test_values_are_destroyed_once(void **state)
{
	struct map *m = map_create(count_destroyed);
	int a, b;

	destroyed = 0;
	map_set(m, STR("x"), &a);
	map_set(m, STR("x"), &a);
	assert_int_equal(destroyed, 0);
	map_set(m, STR("x"), &b);
	assert_int_equal(destroyed, 1);
	assert_true(map_remove(m, STR("x")));
	assert_false(map_remove(m, STR("x")));
	assert_int_equal(destroyed, 2);
	map_set(m, STR("y"), &a);
	map_destroy(m);
	assert_int_equal(destroyed, 3);
	map_destroy(NULL);
}

static void
test_walks_in_order_through_growth(void **state)
{
	CLEANUP(map_destroyp) struct map *m = map_create(NULL);
	size_t cursor = 0;
	struct str key;
	void *value;

	for (uintptr_t i = 0; i < 5000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "k%u", (unsigned)i);
		map_set(m, str_from(name), (void *)(i + 1));
	}
	for (uintptr_t i = 0; i < 5000; i += 2) {
		char name[16];

		snprintf(name, sizeof(name), "k%u", (unsigned)i);
		assert_true(map_remove(m, str_from(name)));
	}
	assert_int_equal(map_count(m), 2500);
	for (uintptr_t i = 1; i < 5000; i += 2) {
		assert_true(map_next(m, &cursor, &key, &value));
		assert_true((uintptr_t)value == i + 1);
		assert_ptr_equal(map_get(m, key), value);
	}
	assert_false(map_next(m, &cursor, &key, &value));
}

/* Setting and removing without end must not grow without end, nor fill all
 * slots, where a search for a missing key would never stop. */
static void
test_churn_keeps_working(void **state)
{
	CLEANUP(map_destroyp) struct map *m = map_create(NULL);

	for (int i = 0; i < 10000; i++) {
		char name[16];

		snprintf(name, sizeof(name), "k%d", i);
		map_set(m, str_from(name), m);
		assert_true(map_remove(m, str_from(name)));
		assert_false(map_has(m, STR("other")));
	}
	assert_int_equal(map_count(m), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_get_replace),
		cmocka_unit_test(test_keys_may_hold_nul),
		cmocka_unit_test(test_values_are_destroyed_once),
		cmocka_unit_test(test_walks_in_order_through_growth),
		cmocka_unit_test(test_churn_keeps_working),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
