/* Events of a session; see emit.h. */
#include "agent/emit.h"

#include "event/bus.h"

#define MEMBERS_MAX (64 * MIB)
#define MESSAGE_MAX (96 * MIB)

enum { UNIT_MESSAGES_MAX = 4, SURELY_MS = 5000 };

void
emit_begin(struct emit *e)
{
	buf_init(&e->buf, MEMBERS_MAX);
	e->w = JSON_WRITER(&e->buf);
	jw_object(&e->w);
}

struct event *
emit_event(struct emit *e, const struct emit_to *to, enum event_type type)
{
	struct event *ev = NULL;

	jw_end(&e->w);
	if (e->buf.failed == 0) {
		/* Members are the object without its braces. */
		ev = event_create(type, to->session, to->run,
		    str_sub(buf_str(&e->buf), 1, e->buf.len - 2));
		if (to->parent_call != NULL)
			snprintf(ev->parent_call, sizeof(ev->parent_call),
			    "%s", to->parent_call);
	}
	buf_release(&e->buf);
	return ev;
}

int
emit_end(struct emit *e, const struct emit_to *to, enum event_type type,
    struct error *err)
{
	struct event *ev = emit_event(e, to, type);

	return emit_store(to, &ev, 1, NULL, 0, err);
}

int
emit_end_wait(struct emit *e, const struct emit_to *to, enum event_type type,
    unsigned flags, int timeout_ms, struct error *err)
{
	CLEANUP(event_unrefp) struct event *ev = emit_event(e, to, type);

	if (ev == NULL)
		return error_set(err, ERR_TOO_LARGE,
		    "an event is larger than %zu MiB", MEMBERS_MAX / MIB);
	return store_append_wait(to->store, &ev, 1, flags, timeout_ms, NULL,
	    err);
}

static int
store_unit(const struct emit_to *to, struct event *const *events,
    size_t n_events, const struct message *const *messages, size_t n_messages,
    struct error *err)
{
	struct store_message rows[UNIT_MESSAGES_MAX];
	struct buf texts[UNIT_MESSAGES_MAX];
	int rc = 0;

	if (n_messages > UNIT_MESSAGES_MAX)
		return error_set(err, ERR_INTERNAL,
		    "%zu messages in one unit", n_messages);
	for (size_t i = 0; i < n_messages; i++) {
		buf_init(&texts[i], MESSAGE_MAX);
		message_print(messages[i], &texts[i]);
		if (rc == 0)
			rc = buf_check(&texts[i], err);
		rows[i] = (struct store_message){ .id = messages[i]->id,
			.session = to->session,
			.run = to->run == NULL ? "" : to->run,
			.role = messages[i]->role == ROLE_USER ? "user" :
								 "assistant",
			.json = buf_str(&texts[i]) };
	}
	if (rc == 0)
		rc = store_append(to->store, events, n_events, rows,
		    n_messages, err);
	for (size_t i = 0; i < n_messages; i++)
		buf_release(&texts[i]);
	return rc;
}

int
emit_store(const struct emit_to *to, struct event **events, size_t n_events,
    const struct message *const *messages, size_t n_messages,
    struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < n_events; i++)
		if (events[i] == NULL)
			rc = error_set(err, ERR_TOO_LARGE,
			    "an event is larger than %zu MiB",
			    MEMBERS_MAX / MIB);
	if (rc == 0)
		rc = store_unit(to, events, n_events, messages, n_messages,
		    err);
	for (size_t i = 0; i < n_events; i++)
		event_unref(events[i]);
	return rc;
}

int
emit_notice(const struct emit_to *to, const char *level, const char *code,
    const char *text, struct error *err)
{
	struct emit e;

	emit_begin(&e);
	jw_key_cstr(&e.w, "level", level);
	jw_key_cstr(&e.w, "text", text);
	if (code != NULL)
		jw_key_cstr(&e.w, "code", code);
	return emit_end(&e, to, EVENT_NOTICE, err);
}

struct event *
emit_fault(const struct emit_to *to, const struct error *fault)
{
	struct emit e;

	emit_begin(&e);
	error_write_fields(fault, &e.w);
	if (error_hint(fault->code) != NULL)
		jw_key_cstr(&e.w, "hint", error_hint(fault->code));
	return emit_event(&e, to, EVENT_ERROR);
}

void
emit_surely(const struct emit_to *to, struct event *ev)
{
	bool kept;

	if (ev == NULL)
		return;
	/* What is kept is told when it is stored after all. */
	if (store_append_wait(to->store, &ev, 1, 0, SURELY_MS, &kept,
		NULL) == 0 || kept)
		event_unref(ev);
	else
		emit_publish(to, ev);
}

void
emit_publish(const struct emit_to *to, struct event *ev)
{
	if (ev != NULL && to->bus != NULL)
		bus_publish(to->bus, ev);
	event_unref(ev);
}
