/* Events of a session: written as JSON members, handed to the store, and from
 * there (on_stored) to everyone who listens. */
#ifndef FRIDAY_AGENT_EMIT_H
#define FRIDAY_AGENT_EMIT_H

#include "base/error.h"
#include "base/json_writer.h"
#include "event/event.h"
#include "llm/message.h"
#include "store/store.h"

struct bus;

/* Where events belong; strings and structs are borrowed. */
struct emit_to {
	struct store *store;
	struct bus *bus; /* for what cannot be stored; may be NULL */
	const char *session;
	const char *run;	 /* NULL: outside a run */
	const char *parent_call; /* of a sub-run; NULL */
};

/* One event's members under construction:
 *
 *	struct emit e;
 *
 *	emit_begin(&e);
 *	jw_key_cstr(&e.w, "text", "…");
 *	rc = emit_end(&e, to, EVENT_NOTICE, err);
 *
 * Each begin is followed by exactly one end. Not to be copied or moved. */
struct emit {
	struct buf buf;
	struct json_writer w;
};

void emit_begin(struct emit *e);
/* The event, not handed to anybody yet; NULL when its members were too
 * large. */
struct event *emit_event(struct emit *e, const struct emit_to *to,
    enum event_type type);
/* Makes and stores it. Errors: the store's, ERR_TOO_LARGE. */
int emit_end(struct emit *e, const struct emit_to *to, enum event_type type,
    struct error *err);

/* The same, and waits until it is on record, at most timeout_ms; flags: enum
 * store_append_flags. */
int emit_end_wait(struct emit *e, const struct emit_to *to,
    enum event_type type, unsigned flags, int timeout_ms, struct error *err);

/* Events and messages as one unit; references are taken over. */
int emit_store(const struct emit_to *to, struct event **events,
    size_t n_events, const struct message *const *messages, size_t n_messages,
    struct error *err);

int emit_notice(const struct emit_to *to, const char *level, const char *code,
    const char *text, struct error *err);
/* The fault of a run, as an event that is not handed to anybody yet. */
struct event *emit_fault(const struct emit_to *to, const struct error *fault);
/* Stores an event (reference taken over) that somebody waits for. When the
 * store does not take it, it is published all the same: a full disk must not
 * look like silence. */
void emit_surely(const struct emit_to *to, struct event *ev);
/* Publishes past the store (reference taken over; NULL: nothing). seq is 0. */
void emit_publish(const struct emit_to *to, struct event *ev);

#endif
