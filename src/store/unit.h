/* A unit: events and messages that are stored together or not at all. */
#ifndef FRIDAY_STORE_UNIT_H
#define FRIDAY_STORE_UNIT_H

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

struct db;
struct scope;
struct unit;

enum {
	UNIT_KEEP_TIME = 1, /* import: the events' own time, not now */
	UNIT_LAZY = 2,	    /* border events need no sync */
};

/* Takes references to the events, copies the messages. */
struct unit *unit_create(struct event *const *events, size_t n_events,
    const struct store_message *messages, size_t n_messages, unsigned flags);
void unit_destroy(struct unit *u);
DEFINE_CLEANUP(unit_destroy, struct unit);
size_t unit_bytes(const struct unit *u);
/* Holds an event that must be on the disk before it is shown as done. */
bool unit_is_border(const struct unit *u);
/* Inside a transaction: gives each event the next seq of its session. May be
 * called again after a rollback. Errors: ERR_SESSION_NOT_FOUND, db.h's. */
int unit_put(struct unit *u, struct db *db, const struct scope *scope,
    struct error *err);
/* After the commit: the events get their seq and time and are handed on. */
void unit_publish(struct unit *u,
    void (*on_stored)(struct event *ev, void *ctx), void *ctx);

#endif
