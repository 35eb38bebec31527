/* clock: ISO text, deadlines, the fake. */
#include "base/clock.h"
#include "base/units.h"
#include "tests/unit/unit.h"

static void
test_iso_text(void **state)
{
	static const struct {
		int64_t wall_ms;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1795251840123, "2026-11-21T09:04:00.123Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ 951782400000, "2000-02-29T00:00:00.000Z" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[CLOCK_ISO_SIZE];

		clock_iso(cases[i].wall_ms, out);
		assert_string_equal(out, cases[i].text);
	}
}

static void
test_time_left(void **state)
{
	clock_fake(1000, 5);
	assert_int_equal(clock_now_ms(), 1000);
	assert_int_equal(clock_now_us(), 1000000);
	assert_int_equal(clock_wall_ms(), 5);
	assert_int_equal(clock_left_ms(0), -1);
	assert_int_equal(clock_left_ms(1500), 500);
	assert_int_equal(clock_left_ms(500), 0);
	assert_int_equal(clock_left_ms(INT64_MAX), INT32_MAX);
	clock_fake(-1, -1);
	assert_true(clock_wall_ms() > 1600000000000);
}

static void
test_monotonic_does_not_go_back(void **state)
{
	int64_t before = clock_now_us();

	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_now_us();

		assert_true(now >= before);
		before = now;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iso_text),
		cmocka_unit_test(test_time_left),
		cmocka_unit_test(test_monotonic_does_not_go_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
