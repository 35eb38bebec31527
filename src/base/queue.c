/* A ring under one mutex. The eventfd is kept in step with "an item waits or
 * the queue is closed", so it can be polled beside other descriptors. */
#include "base/queue.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t not_empty, not_full;
	void **ring;
	size_t capacity, head, count;
	bool closed, signalled;
	int fd;
};

struct queue *
queue_create(size_t capacity)
{
	struct queue *q = mem_new(struct queue);
	pthread_condattr_t attr;

	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->not_empty, &attr);
	pthread_cond_init(&q->not_full, &attr);
	pthread_condattr_destroy(&attr);
	q->ring = mem_alloc(capacity, sizeof(*q->ring));
	q->capacity = capacity;
	q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->fd < 0)
		abort();
	return q;
}

void
queue_destroy(struct queue *q, void (*destroy)(void *item))
{
	void *item;

	if (q == NULL)
		return;
	while ((item = queue_try_pop(q)) != NULL)
		if (destroy != NULL)
			destroy(item);
	close(q->fd);
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->not_empty);
	pthread_cond_destroy(&q->not_full);
	free(q->ring);
	free(q);
}

static void
update_signal(struct queue *q)
{
	bool want = q->count > 0 || q->closed;
	uint64_t value = 1;
	ssize_t done = 0;

	if (want && !q->signalled)
		done = write(q->fd, &value, sizeof(value));
	else if (!want && q->signalled)
		done = read(q->fd, &value, sizeof(value));
	(void)done; /* an eventfd of ours neither fills up nor blocks */
	q->signalled = want;
}

static void
push_locked(struct queue *q, void *item)
{
	q->ring[(q->head + q->count++) % q->capacity] = item;
	update_signal(q);
	pthread_cond_signal(&q->not_empty);
}

bool
queue_try_push(struct queue *q, void *item)
{
	bool pushed;

	pthread_mutex_lock(&q->lock);
	pushed = !q->closed && q->count < q->capacity;
	if (pushed)
		push_locked(q, item);
	pthread_mutex_unlock(&q->lock);
	return pushed;
}

/* Waits on cond until deadline_ms (0: none). False: time over. */
static bool
wait_until(struct queue *q, pthread_cond_t *cond, int64_t deadline_ms)
{
	struct timespec ts;

	if (deadline_ms == 0) {
		pthread_cond_wait(cond, &q->lock);
		return true;
	}
	ts.tv_sec = deadline_ms / 1000;
	ts.tv_nsec = deadline_ms % 1000 * 1000000;
	return pthread_cond_timedwait(cond, &q->lock, &ts) == 0;
}

int
queue_push(struct queue *q, void *item, int timeout_ms, struct cancel *cancel,
    struct error *err)
{
	int64_t end = timeout_ms < 0 ? 0 : clock_now_ms() + timeout_ms;
	int rc = 0;

	pthread_mutex_lock(&q->lock);
	for (;;) {
		/* A token has no condition variable: look at it often. */
		int64_t look = cancel == NULL ? end : clock_now_ms() + 50;

		if (q->closed)
			rc = error_set(err, ERR_CLOSED, "the queue is closed");
		else if (q->count < q->capacity)
			push_locked(q, item);
		else if ((rc = cancel_check(cancel, err)) != 0)
			;
		else if (end != 0 && clock_now_ms() >= end)
			rc = error_set(err, ERR_TIMEOUT, "the queue is full");
		else {
			if (end != 0 && look > end)
				look = end;
			wait_until(q, &q->not_full, look);
			continue;
		}
		break;
	}
	pthread_mutex_unlock(&q->lock);
	return rc;
}

static void *
pop_locked(struct queue *q)
{
	void *item;

	if (q->count == 0)
		return NULL;
	item = q->ring[q->head];
	q->head = (q->head + 1) % q->capacity;
	q->count--;
	update_signal(q);
	pthread_cond_signal(&q->not_full);
	return item;
}

void *
queue_try_pop(struct queue *q)
{
	void *item;

	pthread_mutex_lock(&q->lock);
	item = pop_locked(q);
	pthread_mutex_unlock(&q->lock);
	return item;
}

void *
queue_pop(struct queue *q, int timeout_ms)
{
	int64_t end = timeout_ms < 0 ? 0 : clock_now_ms() + timeout_ms;
	void *item;

	pthread_mutex_lock(&q->lock);
	while ((item = pop_locked(q)) == NULL && !q->closed) {
		if (timeout_ms == 0 || !wait_until(q, &q->not_empty, end)) {
			item = pop_locked(q);
			break;
		}
	}
	pthread_mutex_unlock(&q->lock);
	return item;
}

void
queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	update_signal(q);
	pthread_cond_broadcast(&q->not_empty);
	pthread_cond_broadcast(&q->not_full);
	pthread_mutex_unlock(&q->lock);
}

bool
queue_closed(struct queue *q)
{
	bool closed;

	pthread_mutex_lock(&q->lock);
	closed = q->closed;
	pthread_mutex_unlock(&q->lock);
	return closed;
}

size_t
queue_count(struct queue *q)
{
	size_t count;

	pthread_mutex_lock(&q->lock);
	count = q->count;
	pthread_mutex_unlock(&q->lock);
	return count;
}

int
queue_fd(const struct queue *q)
{
	return q->fd;
}
