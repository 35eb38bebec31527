/* The background thread; see refresher.h. Niceness and the class of its reads
 * belong to a thread on Linux, and the threads that it starts inherit them: a
 * build or a search beside it goes first. */
#include "index/refresher.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "base/thread.h"
#include "index/code_index.h"

/* A command touches many files, and an edit is followed by others: wait until
 * it has been quiet, but not for ever. */
enum { QUIET_MS = 400, WAIT_MS = 4000 };
enum { NICE = 15, IOPRIO_WHO_PROCESS = 1, IOPRIO_IDLE = 3 << 13 };

struct refresher {
	struct code_index *index;
	struct cancel cancel;
	bool can_cancel;
	pthread_t thread;

	struct monitor monitor;
	bool has_thread, stop;
	int64_t first_ms, last_ms; /* of the pokes since; 0: there was none */
};

struct refresher *
refresher_create(struct code_index *index)
{
	struct refresher *r = mem_new(struct refresher);

	r->index = index;
	monitor_init(&r->monitor);
	r->can_cancel = cancel_init(&r->cancel, NULL) == 0;
	return r;
}

static void
step_back(void)
{
	pid_t self = (pid_t)syscall(SYS_gettid);

	/* Where it may not, it is only less polite. */
	(void)!setpriority(PRIO_PROCESS, (id_t)self, NICE);
	(void)!syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, self, IOPRIO_IDLE);
}

/* Waits until there is something to do and it has been quiet. False: stop. */
static bool
wait_for_quiet(struct refresher *r)
{
	bool stop;

	monitor_enter(&r->monitor);
	for (;;) {
		int64_t now = clock_now_ms(), due = 0;

		if (r->stop)
			break;
		if (r->first_ms != 0) {
			due = r->last_ms + QUIET_MS;
			if (due > r->first_ms + WAIT_MS)
				due = r->first_ms + WAIT_MS;
			if (now >= due)
				break;
		}
		monitor_wait(&r->monitor, due);
	}
	r->first_ms = 0;
	stop = r->stop;
	monitor_leave(&r->monitor);
	return !stop;
}

static void *
work(void *ctx)
{
	struct refresher *r = ctx;
	const struct code_index_wait wait = { .cancel = &r->cancel };
	struct index_update_stats stats;

	step_back();
	while (wait_for_quiet(r))
		code_index_refresh(r->index, &wait, &stats, NULL);
	return NULL;
}

void
refresher_poke(struct refresher *r)
{
	int64_t now = clock_now_ms();

	monitor_enter(&r->monitor);
	r->last_ms = now > 0 ? now : 1;
	if (r->first_ms == 0)
		r->first_ms = r->last_ms;
	if (!r->has_thread && r->can_cancel && !r->stop)
		r->has_thread = thread_start(&r->thread, "refresh", work, r,
		    NULL) == 0;
	monitor_leave(&r->monitor);
	monitor_wake(&r->monitor);
}

void
refresher_destroy(struct refresher *r)
{
	if (r == NULL)
		return;
	monitor_enter(&r->monitor);
	r->stop = true;
	monitor_leave(&r->monitor);
	monitor_wake(&r->monitor);
	if (r->can_cancel)
		cancel_raise(&r->cancel, CANCEL_STOP);
	if (r->has_thread)
		pthread_join(r->thread, NULL);
	if (r->can_cancel)
		cancel_release(&r->cancel);
	monitor_release(&r->monitor);
	free(r);
}
