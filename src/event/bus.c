/* Fan-out of events to bounded queues; see bus.h. */
#include "event/bus.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/queue.h"

struct subscription {
	struct bus *bus;
	struct subscription *next;
	char session[ID_SIZE]; /* "": all */
	struct queue *queue;
	atomic_bool missed;
};

struct bus {
	pthread_mutex_t lock; /* guards the list, and with it the order */
	struct subscription *first;
};

struct bus *
bus_create(void)
{
	struct bus *bus = mem_new(struct bus);

	pthread_mutex_init(&bus->lock, NULL);
	return bus;
}

void
bus_destroy(struct bus *bus)
{
	if (bus == NULL)
		return;
	while (bus->first != NULL)
		bus_unsubscribe(bus->first);
	pthread_mutex_destroy(&bus->lock);
	free(bus);
}

void
bus_publish(struct bus *bus, struct event *ev)
{
	pthread_mutex_lock(&bus->lock);
	for (struct subscription *s = bus->first; s != NULL; s = s->next) {
		if (s->session[0] != '\0' && strcmp(s->session, ev->session))
			continue;
		if (queue_try_push(s->queue, event_ref(ev)))
			continue;
		atomic_store(&s->missed, true);
		event_unref(ev);
	}
	pthread_mutex_unlock(&bus->lock);
}

struct subscription *
bus_subscribe(struct bus *bus, const char *session, size_t capacity)
{
	struct subscription *sub = mem_new(struct subscription);

	sub->bus = bus;
	if (session != NULL)
		snprintf(sub->session, sizeof(sub->session), "%s", session);
	sub->queue = queue_create(capacity);
	atomic_init(&sub->missed, false);
	pthread_mutex_lock(&bus->lock);
	sub->next = bus->first;
	bus->first = sub;
	pthread_mutex_unlock(&bus->lock);
	return sub;
}

static void
unref_item(void *item)
{
	event_unref(item);
}

void
bus_unsubscribe(struct subscription *sub)
{
	struct subscription **at;

	if (sub == NULL)
		return;
	pthread_mutex_lock(&sub->bus->lock);
	for (at = &sub->bus->first; *at != NULL; at = &(*at)->next) {
		if (*at == sub) {
			*at = sub->next;
			break;
		}
	}
	pthread_mutex_unlock(&sub->bus->lock);
	queue_destroy(sub->queue, unref_item);
	free(sub);
}

struct event *
bus_next(struct subscription *sub)
{
	return queue_try_pop(sub->queue);
}

struct event *
bus_wait(struct subscription *sub, int timeout_ms)
{
	return queue_pop(sub->queue, timeout_ms);
}

int
bus_fd(const struct subscription *sub)
{
	return queue_fd(sub->queue);
}

bool
bus_take_missed(struct subscription *sub)
{
	return atomic_exchange(&sub->missed, false);
}
