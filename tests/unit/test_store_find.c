/* store: looking for a text in a long session. */
#include "base/clock.h"
#include "base/finder.h"
#include "tests/unit/store_fixture.h"

enum { EVENTS = 5000, EVERY = 1000, STOP = 7 };

struct seen {
	int64_t seqs[64];
	size_t n, most; /* most: stops there; 0: never */
};

static int
take(struct event *ev, void *ctx)
{
	struct seen *s = ctx;

	if (s->most != 0 && s->n == s->most)
		return STOP;
	s->seqs[s->n++] = ev->seq;
	return 0;
}

/* Every thousandth event, from the first on, has a needle. */
static void
fill(struct fixture *f)
{
	for (int i = 0; i < EVENTS; i++)
		fixture_put(f, fixture_notice(f->session,
		    i % EVERY == 0 ? "a Needle" : "hay"));
	fixture_flush(f);
}

static int
find(struct fixture *f, int64_t before, int64_t until_ms, struct seen *s,
    int64_t *next)
{
	struct event_search what = { .before = before,
		.until_ms = until_ms };
	struct error err = ERROR_INIT;
	struct finder finder;

	finder_init(&finder, STR("needle"), true);
	what.finder = &finder;
	return store_events_find(f->reader, f->session, &what, take, s, next,
	    &err);
}

static void
assert_needles(const struct seen *s, int64_t newest, size_t n)
{
	assert_int_equal(s->n, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(s->seqs[i], newest - (int64_t)i * EVERY);
}

static void
test_the_newest_is_told_first(void **state)
{
	struct fixture *f = *state;
	struct seen all = { .n = 0 }, earlier = { .n = 0 };
	int64_t next = -1;

	fill(f);
	assert_int_equal(find(f, 0, 0, &all, &next), 0);
	assert_needles(&all, 4001, 5);
	assert_int_equal(next, 0);
	assert_int_equal(find(f, 2001, 0, &earlier, NULL), 0);
	assert_needles(&earlier, 1001, 2);
}

/* However little time there is, each call gets on, and none tells twice. */
static void
test_a_search_goes_on_where_its_time_was_over(void **state)
{
	struct fixture *f = *state;
	struct seen all = { .n = 0 };
	int64_t next = 0;
	int calls = 0;

	fill(f);
	clock_fake(1000, 1000);
	do {
		int64_t before = next;

		assert_int_equal(find(f, before, 1000, &all, &next), 0);
		assert_true(before == 0 || next < before);
		calls++;
	} while (next != 0);
	clock_fake(-1, -1);
	assert_true(calls > 1);
	assert_needles(&all, 4001, 5);
}

static void
test_time_is_looked_at_between_what_is_told(void **state)
{
	struct fixture *f = *state;
	struct seen all = { .n = 0 };
	int64_t next = 0;

	for (int i = 0; i < 3; i++)
		fixture_put(f, fixture_notice(f->session, "needle"));
	fixture_flush(f);
	clock_fake(1000, 1000);
	for (size_t calls = 1; calls <= 3; calls++) {
		assert_int_equal(find(f, next, 1000, &all, &next), 0);
		assert_int_equal(all.n, calls);
		assert_int_equal(all.seqs[calls - 1], 4 - calls);
	}
	clock_fake(-1, -1);
	assert_int_equal(next, 0);
}

static void
test_a_search_goes_on_with_what_it_stopped_at(void **state)
{
	struct fixture *f = *state;
	struct seen few = { .most = 2 }, rest = { .n = 0 };
	int64_t next = 0;

	fill(f);
	assert_int_equal(find(f, 0, 0, &few, &next), STOP);
	assert_needles(&few, 4001, 2);
	assert_int_equal(next, 2002);
	assert_int_equal(find(f, next, 0, &rest, &next), 0);
	assert_needles(&rest, 2001, 3);
	assert_int_equal(next, 0);
}

static void
test_only_what_people_read_is_looked_at(void **state)
{
	struct fixture *f = *state;
	struct seen none = { .n = 0 };
	int64_t next = -1;

	assert_int_equal(find(f, 0, 0, &none, &next), 0);
	assert_int_equal(next, 0);
	fixture_put(f, fixture_delta(f->session, "m1", 0, "needle"));
	fixture_flush(f);
	assert_int_equal(find(f, 0, 0, &none, &next), 0);
	assert_int_equal(none.n, 0);
}

static void
test_an_unknown_session_has_nothing(void **state)
{
	struct fixture *f = *state;
	struct event_search what = { .before = 0 };
	struct seen none = { .n = 0 };
	struct error err = ERROR_INIT;
	struct finder finder;

	finder_init(&finder, STR("needle"), true);
	what.finder = &finder;
	assert_int_equal(store_events_find(f->reader,
	    "0123456789abcdefghjkmnpqrs", &what, take, &none, NULL, &err),
	    -ERR_SESSION_NOT_FOUND);
}

int
main(void)
{
#define T(f)                                                                  \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		T(test_the_newest_is_told_first),
		T(test_a_search_goes_on_where_its_time_was_over),
		T(test_time_is_looked_at_between_what_is_told),
		T(test_a_search_goes_on_with_what_it_stopped_at),
		T(test_only_what_people_read_is_looked_at),
		T(test_an_unknown_session_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
