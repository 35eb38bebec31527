/* Workers and the requests that they run: each has a thread, which starts with
 * its first request, and a bounded queue. Private to core. */
#ifndef FRIDAY_CORE_WORKER_H
#define FRIDAY_CORE_WORKER_H

#include "core/friday.h"

struct worker;

void worker_init(struct friday *f, struct worker *w, const char *name);
/* Runs what waits, then ends the thread and frees what it had. */
void worker_stop(struct worker *w);

/* As friday_request(). Any thread. */
uint64_t worker_request(struct friday *f, const char *operation,
    const char *arguments, friday_reply_fn *reply, void *ctx);

#endif
