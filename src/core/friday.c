/* The public face; see friday.h. What stands behind it is in host.h. */
#include "core/friday.h"

#include <stdlib.h>

#include "base/mem.h"
#include "core/error_reply.h"
#include "core/host.h"
#include "core/host_open.h"
#include "core/operation.h"
#include "core/worker.h"

enum { EVENTS_MAX = 4096 };
#define EVENT_BYTES_MAX (256 * MIB)

const char *
friday_version(void)
{
	return FRIDAY_VERSION;
}

void
friday_free(void *ptr)
{
	free(ptr);
}

size_t
friday_operation_count(void)
{
	size_t count = 0;

	while (operation_at(count) != NULL)
		count++;
	return count;
}

const struct friday_operation *
friday_operation_at(size_t index)
{
	const struct operation *o = operation_at(index);

	return o == NULL ? NULL : &o->face;
}

static void
give_error(const struct error *err, char **ret)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

	if (ret == NULL)
		return;
	error_reply_print(err, &text);
	*ret = buf_steal(&text);
}

uint64_t
friday_request(struct friday *f, const char *operation, const char *arguments,
    friday_reply_fn *reply, void *ctx)
{
	return worker_request(f, operation, arguments, reply, ctx);
}

struct waiting_call {
	struct monitor monitor;
	bool done;
	int status;
	char *reply;
};

static void
take_reply(uint64_t request, int status, const char *json, void *ctx)
{
	struct waiting_call *c = ctx;

	monitor_enter(&c->monitor);
	c->status = status;
	c->reply = mem_strdup(json);
	c->done = true;
	monitor_wake(&c->monitor);
	monitor_leave(&c->monitor);
}

int
friday_call(struct friday *f, const char *operation, const char *arguments,
    char **ret_reply)
{
	struct waiting_call c = { .done = false };

	monitor_init(&c.monitor);
	friday_request(f, operation, arguments, take_reply, &c);
	monitor_enter(&c.monitor);
	while (!c.done)
		monitor_wait(&c.monitor, 0);
	monitor_leave(&c.monitor);
	monitor_release(&c.monitor);
	if (ret_reply != NULL)
		*ret_reply = c.reply;
	else
		free(c.reply);
	return c.status;
}

struct friday_events {
	struct subscription *sub;
};

struct friday_events *
friday_events_open(struct friday *f, const char *session)
{
	struct friday_events *e = mem_new(struct friday_events);

	e->sub = bus_subscribe(f->bus, session, EVENTS_MAX);
	return e;
}

void
friday_events_close(struct friday_events *e)
{
	if (e == NULL)
		return;
	bus_unsubscribe(e->sub);
	free(e);
}

char *
friday_events_next(struct friday_events *e, int timeout_ms)
{
	CLEANUP(event_unrefp) struct event *ev = bus_wait(e->sub, timeout_ms);
	CLEANUP_BUF struct buf text = BUF_INIT(EVENT_BYTES_MAX);

	if (ev == NULL)
		return NULL;
	event_print(ev, &text);
	return buf_steal(&text);
}

int
friday_events_fd(const struct friday_events *e)
{
	return bus_fd(e->sub);
}

int
friday_events_missed(struct friday_events *e)
{
	return bus_take_missed(e->sub);
}

int
friday_open(const struct friday_options *options, struct friday **ret,
    char **ret_error)
{
	/* A caller built against an older header knows fewer fields. */
	struct friday_options o = FRIDAY_OPTIONS_INIT;
	struct friday *f = mem_new(struct friday);
	struct error err = ERROR_INIT;
	int rc;

	if (options != NULL)
		memcpy(&o, options,
		    options->size < sizeof(o) ? options->size : sizeof(o));
	rc = host_open(f, &o, &err);
	if (rc != 0) {
		give_error(&err, ret_error);
		friday_close(f);
		return error_reply_status((enum error_code)-rc);
	}
	*ret = f;
	return FRIDAY_OK;
}

void
friday_close(struct friday *f)
{
	if (f != NULL)
		host_close(f);
}
