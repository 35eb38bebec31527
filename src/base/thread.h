/* Threads with a name and with signals blocked: a library's threads must not
 * take signals that are meant for the program. */
#ifndef FRIDAY_BASE_THREAD_H
#define FRIDAY_BASE_THREAD_H

#include <pthread.h>

#include "base/error.h"

/* Starts fn(ctx); name at most 15 bytes. Join with pthread_join. */
int thread_start(pthread_t *ret, const char *name, void *(*fn)(void *ctx),
    void *ctx, struct error *err);

#endif
