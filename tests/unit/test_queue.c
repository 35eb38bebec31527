/* queue: order, bounds, closing, waiting, the descriptor. */
#include "base/queue.h"
#include "base/thread.h"
#include "tests/unit/unit.h"

#include <poll.h>

static int items[8];

static bool
readable(const struct queue *q)
{
	struct pollfd pfd = { queue_fd(q), POLLIN, 0 };

	return poll(&pfd, 1, 0) == 1;
}

static void
test_first_in_first_out_and_bounded(void **state)
{
	struct queue *q = queue_create(2);

	assert_false(readable(q));
	for (int round = 0; round < 5; round++) {
		assert_true(queue_try_push(q, &items[0]));
		assert_true(queue_try_push(q, &items[1]));
		assert_false(queue_try_push(q, &items[2]));
		assert_int_equal(queue_count(q), 2);
		assert_true(readable(q));
		assert_ptr_equal(queue_try_pop(q), &items[0]);
		assert_ptr_equal(queue_pop(q, 0), &items[1]);
		assert_null(queue_try_pop(q));
		assert_false(readable(q));
	}
	queue_destroy(q, NULL);
}

static void
test_push_waits_and_gives_up(void **state)
{
	struct queue *q = queue_create(1);
	struct cancel token;
	struct error err;

	assert_ok(cancel_init(&token, &err));
	assert_ok(queue_push(q, &items[0], 0, NULL, &err));
	assert_error(queue_push(q, &items[1], 1, NULL, &err), ERR_TIMEOUT);
	cancel_raise(&token, CANCEL_STOP);
	assert_error(queue_push(q, &items[1], -1, &token, &err),
	    ERR_CANCELLED);
	queue_close(q);
	assert_error(queue_push(q, &items[1], -1, NULL, &err), ERR_CLOSED);
	cancel_release(&token);
	queue_destroy(q, NULL);
}

static void
test_closed_queue_drains(void **state)
{
	struct queue *q = queue_create(2);

	queue_try_push(q, &items[0]);
	queue_close(q);
	assert_true(queue_closed(q));
	assert_false(queue_try_push(q, &items[1]));
	assert_ptr_equal(queue_pop(q, -1), &items[0]);
	assert_null(queue_pop(q, -1));
	assert_true(readable(q));
	queue_destroy(q, NULL);
}

static int dropped;

static void
count_dropped(void *item)
{
	dropped++;
}

static void
test_destroy_hands_over_what_waits(void **state)
{
	struct queue *q = queue_create(4);

	dropped = 0;
	queue_try_push(q, &items[0]);
	queue_try_push(q, &items[1]);
	queue_destroy(q, count_dropped);
	assert_int_equal(dropped, 2);
	queue_destroy(NULL, NULL);
}

enum { PASSED = 20000 };

static void *
produce(void *ctx)
{
	for (uintptr_t i = 1; i <= PASSED; i++)
		if (queue_push(ctx, (void *)i, -1, NULL, NULL) != 0)
			return NULL;
	queue_close(ctx);
	return ctx;
}

static void
test_threads_pass_everything_on(void **state)
{
	struct queue *q = queue_create(3);
	uintptr_t next = 1, item;
	pthread_t thread;
	struct error err;
	void *done;

	assert_ok(thread_start(&thread, "producer", produce, q, &err));
	while ((item = (uintptr_t)queue_pop(q, -1)) != 0)
		assert_true(item == next++);
	assert_int_equal(next, PASSED + 1);
	pthread_join(thread, &done);
	assert_ptr_equal(done, q);
	queue_destroy(q, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_in_first_out_and_bounded),
		cmocka_unit_test(test_push_waits_and_gives_up),
		cmocka_unit_test(test_closed_queue_drains),
		cmocka_unit_test(test_destroy_hands_over_what_waits),
		cmocka_unit_test(test_threads_pass_everything_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
