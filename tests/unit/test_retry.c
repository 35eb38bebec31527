/* retry, breaker: delays, Retry-After, and the breaker's three states. */
#include "base/units.h"
#include "net/breaker.h"
#include "net/retry.h"
#include "tests/unit/unit.h"

#define NOW 1700000000000 /* Tue, 14 Nov 2023 22:13:20 GMT */

static void
test_delay_doubles_with_jitter(void **state)
{
	static const struct {
		int attempt, first_ms, low, high;
	} cases[] = {
		{ 1, 1000, 500, 1000 },
		{ 2, 1000, 1000, 2000 },
		{ 3, 1000, 2000, 4000 },
		{ 30, 1000, 60000, 120000 },
		{ 1, 0, 0, 0 },
		{ 1, 1, 0, 1 },
		{ 1000, 1 << 30, 60000, 120000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (int n = 0; n < 50; n++) {
			int ms = retry_delay_ms(cases[i].attempt,
			    cases[i].first_ms);

			assert_in_range(ms, cases[i].low, cases[i].high);
		}
}

static void
test_retry_after(void **state)
{
	static const struct {
		const char *value;
		int64_t wanted; /* -1: not understood */
	} cases[] = {
		{ "0", 0 },
		{ "12", 12000 },
		{ " 3 ", 3000 },
		{ "1.5", 1500 },
		{ "0.0345", 34 },
		{ "99999999999999999999999", 86400000 },
		{ "Tue, 14 Nov 2023 22:13:50 GMT", 30000 },
		{ "Tuesday, 14-Nov-23 22:13:50 GMT", 30000 },
		{ "Tue Nov 14 22:13:50 2023", 30000 },
		{ "Sun Nov  5 22:13:50 2023", 0 },
		{ "Tue, 14 Nov 2023 22:13:00 GMT", 0 },
		{ "Wed, 14 Nov 2029 22:13:00 GMT", 86400000 },
		{ "", -1 },
		{ ".", -1 },
		{ "-1", -1 },
		{ "1s", -1 },
		{ "1.2.3", -1 },
		{ "soon", -1 },
		{ "Tue, 14 Nov 2023 22:13:50 CET", -1 },
		{ "Tue, 14 Nov 2023 22:13:50 GMT x", -1 },
		{ "Tue, 44 Nov 2023 22:13:50 GMT", -1 },
		{ "Tue, 14 Foo 2023 22:13:50 GMT", -1 },
		{ "Tue, 14 N 2023 22:13:50 GMT", -1 },
		{ "Tue, 14 Nov 2023 99:13:50 GMT", -1 },
		{ "Tue, 14 Nov 2023 22:13:50 GMTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT"
		  "TTTTTTTTTTTTTTTTTTTTTTTTTTTTT", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t ms = -1;
		bool understood = retry_after_parse(str_from(cases[i].value),
		    NOW, &ms);

		if (understood != (cases[i].wanted >= 0) ||
		    ms != cases[i].wanted)
			fail_msg("\"%s\": %d, %ld", cases[i].value, understood,
			    (long)ms);
	}
}

static void
fail_times(struct breaker *b, int times, int64_t now)
{
	for (int i = 0; i < times; i++) {
		assert_true(breaker_allow(b, now, NULL));
		breaker_failed(b, now);
	}
}

static void
test_breaker_opens_after_five(void **state)
{
	struct breaker b = { 0 };
	int64_t wait;

	fail_times(&b, 4, NOW);
	assert_true(breaker_allow(&b, NOW, &wait));
	assert_int_equal(wait, 0);
	breaker_failed(&b, NOW);
	assert_false(breaker_allow(&b, NOW + 10000, &wait));
	assert_int_equal(wait, 20000);
}

static void
test_success_forgets_failures(void **state)
{
	struct breaker b = { 0 };

	fail_times(&b, 4, NOW);
	breaker_succeeded(&b);
	fail_times(&b, 4, NOW);
	assert_true(breaker_allow(&b, NOW, NULL));
}

static void
test_half_open_lets_one_through(void **state)
{
	struct breaker b = { 0 };

	fail_times(&b, 5, NOW);
	assert_true(breaker_allow(&b, NOW + 30000, NULL));
	assert_true(b.half_open);
	assert_false(breaker_allow(&b, NOW + 30001, NULL));
	breaker_succeeded(&b);
	assert_true(breaker_allow(&b, NOW + 30002, NULL));
	assert_false(b.half_open);
}

static void
test_failed_probes_double_the_time(void **state)
{
	static const int64_t open_ms[] = { 30000, 60000, 120000, 240000,
		480000, 600000, 600000 };
	struct breaker b = { 0 };
	int64_t now = NOW;

	fail_times(&b, 5, now);
	for (size_t i = 0; i < ARRAY_LEN(open_ms); i++) {
		assert_false(breaker_allow(&b, now + open_ms[i] - 1, NULL));
		now += open_ms[i];
		fail_times(&b, 1, now);
	}
}

static void
test_abandoned_probe_is_given_back(void **state)
{
	struct breaker b = { 0 };

	fail_times(&b, 5, NOW);
	assert_true(breaker_allow(&b, NOW + 30000, NULL));
	breaker_abandoned(&b);
	assert_true(breaker_allow(&b, NOW + 30001, NULL));
	assert_true(b.half_open);
}

static void
test_late_failure_does_not_lengthen(void **state)
{
	struct breaker b = { 0 };

	fail_times(&b, 5, NOW);
	breaker_failed(&b, NOW + 29000);
	assert_true(breaker_allow(&b, NOW + 30000, NULL));
}

static void
test_clock_set_back(void **state)
{
	struct breaker b = { 0 };

	fail_times(&b, 5, NOW);
	assert_true(breaker_allow(&b, NOW - 1000, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delay_doubles_with_jitter),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_breaker_opens_after_five),
		cmocka_unit_test(test_success_forgets_failures),
		cmocka_unit_test(test_half_open_lets_one_through),
		cmocka_unit_test(test_failed_probes_double_the_time),
		cmocka_unit_test(test_abandoned_probe_is_given_back),
		cmocka_unit_test(test_late_failure_does_not_lengthen),
		cmocka_unit_test(test_clock_set_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
