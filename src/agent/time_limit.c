/* A time limit as a cancel token; see time_limit.h. A thread waits, since a
 * call in a library looks at nothing but its token. */
#include "agent/time_limit.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/thread.h"
#include "base/units.h"

struct time_limit {
	struct cancel token;
	struct cancel done; /* tells the thread to go */
	struct cancel *outer;
	int64_t deadline_ms;
	pthread_t thread;
	bool started;
	_Atomic bool over;
};

static void *
watch(void *ctx)
{
	struct time_limit *l = ctx;
	struct pollfd fds[] = {
		{ .fd = cancel_fd(&l->done), .events = POLLIN },
		{ .fd = cancel_fd(l->outer), .events = POLLIN },
	};

	for (;;) {
		int n = poll(fds, ARRAY_LEN(fds),
		    clock_left_ms(l->deadline_ms));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || cancel_raised(&l->done))
			return NULL;
		if (cancel_raised(l->outer)) {
			cancel_raise(&l->token, cancel_step(l->outer));
			return NULL;
		}
		if (l->deadline_ms != 0 &&
		    clock_now_ms() >= l->deadline_ms) {
			l->over = true;
			cancel_raise(&l->token, CANCEL_STOP);
			return NULL;
		}
	}
}

int
time_limit_create(int64_t deadline_ms, struct cancel *outer,
    struct time_limit **ret, struct error *err)
{
	CLEANUP(time_limit_destroyp) struct time_limit *l =
	    mem_new(struct time_limit);
	int rc;

	l->token.fd = l->done.fd = -1;
	l->outer = outer;
	l->deadline_ms = deadline_ms;
	rc = cancel_init(&l->token, err);
	if (rc == 0)
		rc = cancel_init(&l->done, err);
	if (rc == 0)
		rc = thread_start(&l->thread, "friday-limit", watch, l, err);
	if (rc != 0)
		return rc;
	l->started = true;
	*ret = steal(l);
	return 0;
}

void
time_limit_destroy(struct time_limit *l)
{
	if (l == NULL)
		return;
	if (l->started) {
		cancel_raise(&l->done, CANCEL_STOP);
		pthread_join(l->thread, NULL);
	}
	if (l->token.fd >= 0)
		cancel_release(&l->token);
	if (l->done.fd >= 0)
		cancel_release(&l->done);
	free(l);
}

struct cancel *
time_limit_token(struct time_limit *l)
{
	return &l->token;
}

bool
time_limit_over(const struct time_limit *l)
{
	return l->over;
}
