/* A monitor; see monitor.h. The condition runs on the monotonic clock, so that
 * setting the wall clock moves no deadline. */
#include "base/monitor.h"

#include <time.h>

void
monitor_init(struct monitor *m)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&m->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&m->changed, &attr);
	pthread_condattr_destroy(&attr);
}

void
monitor_release(struct monitor *m)
{
	pthread_cond_destroy(&m->changed);
	pthread_mutex_destroy(&m->lock);
}

void
monitor_enter(struct monitor *m)
{
	pthread_mutex_lock(&m->lock);
}

void
monitor_leave(struct monitor *m)
{
	pthread_mutex_unlock(&m->lock);
}

bool
monitor_wait(struct monitor *m, int64_t deadline_ms)
{
	struct timespec ts;

	if (deadline_ms == 0) {
		pthread_cond_wait(&m->changed, &m->lock);
		return true;
	}
	ts.tv_sec = deadline_ms / 1000;
	ts.tv_nsec = deadline_ms % 1000 * 1000000;
	return pthread_cond_timedwait(&m->changed, &m->lock, &ts) == 0;
}

void
monitor_wake(struct monitor *m)
{
	pthread_cond_broadcast(&m->changed);
}
