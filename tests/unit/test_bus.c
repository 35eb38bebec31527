/* bus: fan-out, sessions kept apart, a slow subscriber is told. */
#include "event/bus.h"
#include "base/thread.h"
#include "tests/unit/unit.h"

#include <poll.h>

static void
publish(struct bus *bus, const char *session)
{
	struct event *ev = event_create(EVENT_NOTICE, session, NULL, STR(""));

	bus_publish(bus, ev);
	event_unref(ev);
}

static void
test_reaches_every_subscriber(void **state)
{
	struct bus *bus = bus_create();
	struct subscription *one = bus_subscribe(bus, "s1", 4);
	struct subscription *all = bus_subscribe(bus, NULL, 4);
	CLEANUP(event_unrefp) struct event *first = NULL;
	CLEANUP(event_unrefp) struct event *second = NULL;
	CLEANUP(event_unrefp) struct event *third = NULL;

	publish(bus, "s1");
	publish(bus, "s2");
	first = bus_next(one);
	assert_string_equal(first->session, "s1");
	assert_null(bus_next(one));
	second = bus_next(all);
	assert_ptr_equal(second, first);
	third = bus_wait(all, -1);
	assert_string_equal(third->session, "s2");
	bus_unsubscribe(one);
	bus_unsubscribe(all);
	bus_destroy(bus);
}

static void
test_slow_subscriber_misses_and_is_told(void **state)
{
	struct bus *bus = bus_create();
	struct subscription *sub = bus_subscribe(bus, NULL, 2);
	struct pollfd pfd = { bus_fd(sub), POLLIN, 0 };

	assert_int_equal(poll(&pfd, 1, 0), 0);
	for (int i = 0; i < 5; i++)
		publish(bus, "s");
	assert_int_equal(poll(&pfd, 1, 0), 1);
	for (int i = 0; i < 2; i++) {
		struct event *ev = bus_next(sub);

		assert_non_null(ev);
		event_unref(ev);
	}
	assert_null(bus_next(sub));
	assert_true(bus_take_missed(sub));
	assert_false(bus_take_missed(sub));
	publish(bus, "s"); /* left in the queue: goes with it */
	bus_unsubscribe(sub);
	bus_unsubscribe(NULL);
	bus_destroy(bus);
}

enum { EVENTS = 2000 };

static void *
publish_many(void *ctx)
{
	for (int i = 0; i < EVENTS; i++)
		publish(ctx, "s");
	return NULL;
}

static void
test_threads_publish_and_subscribe(void **state)
{
	struct bus *bus = bus_create();
	struct subscription *sub = bus_subscribe(bus, "s", 2 * EVENTS);
	pthread_t threads[2];
	struct error err;

	for (int i = 0; i < 2; i++)
		assert_ok(thread_start(&threads[i], "publisher", publish_many,
		    bus, &err));
	for (int i = 0; i < 100; i++)
		bus_unsubscribe(bus_subscribe(bus, "s", 1));
	for (int i = 0; i < 2 * EVENTS; i++) {
		struct event *ev = bus_wait(sub, -1);

		assert_non_null(ev);
		event_unref(ev);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_false(bus_take_missed(sub));
	bus_unsubscribe(sub);
	bus_destroy(bus);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reaches_every_subscriber),
		cmocka_unit_test(test_slow_subscriber_misses_and_is_told),
		cmocka_unit_test(test_threads_publish_and_subscribe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
