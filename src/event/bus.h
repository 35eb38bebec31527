/* The bus: carries each published event to every subscriber. A subscriber has
 * a bounded queue and a descriptor to wait on. One that falls behind loses
 * events, is told so (bus_take_missed) and catches up from the store; it never
 * holds up who publishes.
 *
 * Thread: any thread may publish, subscribe and unsubscribe; one subscription
 * is read by one thread. */
#ifndef FRIDAY_EVENT_BUS_H
#define FRIDAY_EVENT_BUS_H

#include <stdbool.h>
#include <stddef.h>

#include "event/event.h"

struct bus;
struct subscription;

struct bus *bus_create(void);
/* All subscriptions must be gone. */
void bus_destroy(struct bus *bus);
void bus_publish(struct bus *bus, struct event *ev); /* takes a reference */

/* Events of one session, or of all with session NULL. At most `capacity` wait.
 * Never NULL. */
struct subscription *bus_subscribe(struct bus *bus, const char *session,
    size_t capacity);
void bus_unsubscribe(struct subscription *sub);
/* The next event, the caller's reference; NULL: none waits. */
struct event *bus_next(struct subscription *sub);
/* Waits at most timeout_ms. */
struct event *bus_wait(struct subscription *sub, int timeout_ms);
/* Readable while events wait. */
int bus_fd(const struct subscription *sub);
/* Whether events were lost since the last call. */
bool bus_take_missed(struct subscription *sub);

#endif
