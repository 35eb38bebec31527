/* cancel: steps only go up, the descriptor follows, waiting ends. */
#include "base/cancel.h"
#include "base/thread.h"
#include "tests/unit/unit.h"

#include <poll.h>

static bool
readable(const struct cancel *token)
{
	struct pollfd pfd = { cancel_fd(token), POLLIN, 0 };

	return poll(&pfd, 1, 0) == 1;
}

static void
test_steps_only_go_up(void **state)
{
	struct cancel token;
	struct error err;

	assert_ok(cancel_init(&token, &err));
	assert_false(cancel_raised(&token));
	assert_ok(cancel_check(&token, &err));
	assert_false(readable(&token));
	cancel_raise(&token, CANCEL_KILL);
	cancel_raise(&token, CANCEL_STOP);
	assert_int_equal(cancel_step(&token), CANCEL_KILL);
	assert_true(readable(&token));
	assert_error(cancel_check(&token, &err), ERR_CANCELLED);
	cancel_reset(&token);
	assert_int_equal(cancel_step(&token), CANCEL_NONE);
	assert_false(readable(&token));
	cancel_release(&token);
}

static void
test_null_is_never_raised(void **state)
{
	struct error err;

	assert_false(cancel_raised(NULL));
	assert_ok(cancel_check(NULL, &err));
	assert_int_equal(cancel_fd(NULL), -1);
	assert_false(cancel_wait(NULL, 1));
}

static void *
raise_it(void *ctx)
{
	cancel_raise(ctx, CANCEL_STOP);
	return NULL;
}

static void
test_wait_ends_when_raised(void **state)
{
	struct cancel token;
	pthread_t thread;
	struct error err;

	assert_ok(cancel_init(&token, &err));
	assert_false(cancel_wait(&token, 0));
	assert_false(cancel_wait(&token, 1));
	assert_ok(thread_start(&thread, "raiser", raise_it, &token, &err));
	assert_true(cancel_wait(&token, -1));
	pthread_join(thread, NULL);
	cancel_release(&token);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps_only_go_up),
		cmocka_unit_test(test_null_is_never_raised),
		cmocka_unit_test(test_wait_ends_when_raised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
