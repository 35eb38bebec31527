/* A bounded queue between threads, with a descriptor that is readable while
 * something waits. Items are pointers whose ownership is handed over. */
#ifndef FRIDAY_BASE_QUEUE_H
#define FRIDAY_BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cancel.h"
#include "base/error.h"

struct queue;

/* At most `capacity` items wait. */
struct queue *queue_create(size_t capacity);
/* Closes; items that still wait go to `destroy` (may be NULL). No thread may
 * use the queue any more. */
void queue_destroy(struct queue *q, void (*destroy)(void *item));
/* False: full or closed; the item stays the caller's. */
bool queue_try_push(struct queue *q, void *item);
/* Waits for room at most timeout_ms (-1: no limit). Errors: ERR_TIMEOUT,
 * ERR_CLOSED, ERR_CANCELLED. */
int queue_push(struct queue *q, void *item, int timeout_ms,
    struct cancel *cancel, struct error *err);
/* NULL: empty. */
void *queue_try_pop(struct queue *q);
/* Waits at most timeout_ms (-1: no limit). NULL: time over, or closed and
 * empty. */
void *queue_pop(struct queue *q, int timeout_ms);
/* Wakes everyone; pushes fail from now on, pops drain what is there. */
void queue_close(struct queue *q);
bool queue_closed(struct queue *q);
size_t queue_count(struct queue *q);
/* Readable while items wait or the queue is closed. For poll(). */
int queue_fd(const struct queue *q);

#endif
