/* A monitor: one lock and one condition over a small piece of shared state.
 * This is where code above base gets its mutual exclusion from: state that two
 * threads must both see sits behind exactly one monitor, is touched only
 * between enter and leave, and nobody blocks on anything else meanwhile. */
#ifndef FRIDAY_BASE_MONITOR_H
#define FRIDAY_BASE_MONITOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct monitor {
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

void monitor_init(struct monitor *m);
/* Nobody is inside or waits. */
void monitor_release(struct monitor *m);
void monitor_enter(struct monitor *m);
void monitor_leave(struct monitor *m);
/* Inside: leaves until woken, or until deadline_ms of clock_now_ms() (0: no
 * limit). False: the time is over. May return early; look at the state. */
bool monitor_wait(struct monitor *m, int64_t deadline_ms);
/* Wakes everyone who waits. Inside or outside. */
void monitor_wake(struct monitor *m);

#endif
