/* The monitor: waking, deadlines. */
#include "unit.h"

#include "base/clock.h"
#include "base/monitor.h"
#include "base/thread.h"

struct shared {
	struct monitor monitor;
	bool ready;
};

static void *
make_ready(void *ctx)
{
	struct shared *shared = ctx;

	monitor_enter(&shared->monitor);
	shared->ready = true;
	monitor_wake(&shared->monitor);
	monitor_leave(&shared->monitor);
	return NULL;
}

static void
test_waiter_is_woken(void **state)
{
	struct shared shared = { .ready = false };
	struct error err = ERROR_INIT;
	pthread_t thread;

	(void)state;
	monitor_init(&shared.monitor);
	monitor_enter(&shared.monitor);
	assert_ok(thread_start(&thread, "ready", make_ready, &shared, &err));
	while (!shared.ready)
		assert_true(monitor_wait(&shared.monitor, 0));
	monitor_leave(&shared.monitor);
	pthread_join(thread, NULL);
	monitor_release(&shared.monitor);
}

static void
test_deadline_in_the_past_ends_the_wait(void **state)
{
	struct monitor monitor;

	(void)state;
	monitor_init(&monitor);
	monitor_enter(&monitor);
	assert_false(monitor_wait(&monitor, clock_now_ms() - 1));
	monitor_leave(&monitor);
	monitor_release(&monitor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waiter_is_woken),
		cmocka_unit_test(test_deadline_in_the_past_ends_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
