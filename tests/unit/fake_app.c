/* A struct app that is no screen; see fake_app.h. */
#include "tests/unit/fake_app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "core/friday.h"

struct app *
fake_app_create(void)
{
	struct app *app = mem_new(struct app);

	buf_init(&app->copied, 64 * MIB);
	buf_init(&app->toast, 64 * KIB);
	app->now_ms = 1000;
	return app;
}

void
fake_app_destroy(struct app *app)
{
	for (size_t i = 0; i < app->n_events; i++)
		json_destroy(app->events[i]);
	for (size_t i = 0; i < app->n_requests; i++)
		json_destroy(app->requests[i].args);
	fake_app_work(app);
	free(app->events);
	buf_release(&app->copied);
	buf_release(&app->toast);
	facts_release(&app->facts);
	free(app);
}

const struct json *
fake_app_event(struct app *app, const char *type, const char *members)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	struct json *event = NULL;
	struct error err;

	buf_printf(&text, "{\"type\":\"%s\",\"seq\":%zu,\"time\":"
	    "\"" FAKE_APP_TIME "\"%s%s}", type, app->n_events + 1,
	    members[0] ? "," : "", members);
	if (json_parse(buf_str(&text), NULL, &event, &err) != 0) {
		fprintf(stderr, "%s: %s\n", err.message, buf_text(&text));
		abort();
	}
	app->events = mem_grow(app->events, &app->cap_events,
	    app->n_events + 1, sizeof(*app->events));
	app->events[app->n_events++] = event;
	return event;
}

/* --- the operation transcript -------------------------------------------- */

static bool
is_delta(const struct json *event)
{
	return str_ends(json_get_str(event, "type"), STR(".delta"));
}

/* The store leaves out deltas whose message is finished. */
static bool
is_folded(const struct app *app, const struct json *event)
{
	if (!is_delta(event))
		return false;
	for (size_t i = 0; i < app->n_events; i++)
		if (str_eq(json_get_str(app->events[i], "type"),
			STR("message.finished")) &&
		    str_eq(json_get_str(app->events[i], "message_id"),
			json_get_str(event, "message_id")))
			return true;
	return false;
}

static struct json *
window(const struct app *app, const struct json *args)
{
	struct json *reply = json_new_object(), *list = json_new_array();
	int64_t limit = json_get_int(args, "limit", 500);
	int64_t before = json_get_int(args, "before", INT64_MAX);
	int64_t from = json_get_int(args, "after", 0) + 1;

	if (json_get(args, "after") == NULL) {
		/* Counted back. */
		from = (int64_t)app->n_events + 1;
		from = before < from ? before : from;
		for (int64_t n = 0; from > 1 && n < limit; from--)
			n += !is_folded(app, app->events[from - 2]);
		limit = INT64_MAX;
	}
	for (int64_t seq = from; seq < before &&
	    seq <= (int64_t)app->n_events && limit > 0; seq++) {
		const struct json *event = app->events[seq - 1];

		if (json_get(args, "after") == NULL && is_folded(app, event))
			continue;
		json_add(list, json_copy(event));
		limit--;
	}
	json_set_int(reply, "last_seq", (int64_t)app->n_events);
	json_set(reply, "events", list);
	return reply;
}

static void
call_friday(struct app *app, const struct fake_request *r)
{
	CLEANUP_BUF struct buf args = BUF_INIT(1 * MIB);
	CLEANUP_JSON struct json *reply = NULL;
	char *text = NULL;
	int status;

	json_print(r->args, &args);
	status = friday_call(app->friday, r->operation, buf_text(&args),
	    &text);
	if (json_parse(str_from(text), NULL, &reply, NULL) != 0)
		abort();
	friday_free(text);
	if (r->reply != NULL)
		r->reply(app, status, reply, r->owner);
}

void
fake_app_answer(struct app *app)
{
	while (app->n_requests > 0) {
		struct fake_request r = app->requests[0];
		struct json *reply;

		memmove(&app->requests[0], &app->requests[1],
		    --app->n_requests * sizeof(r));
		app->answered++;
		if (app->friday != NULL) {
			call_friday(app, &r);
		} else if (strcmp(r.operation, "transcript") == 0) {
			reply = window(app, r.args);
			if (r.reply != NULL)
				r.reply(app, FRIDAY_OK, reply, r.owner);
			json_destroy(reply);
		}
		json_destroy(r.args);
	}
}

void
fake_app_ring(struct app *app)
{
	size_t n = app->n_timers;
	struct fake_timer timers[16];

	memcpy(timers, app->timers, sizeof(timers));
	app->n_timers = 0;
	for (size_t i = 0; i < n; i++)
		timers[i].fn(app, timers[i].owner);
}

void
fake_app_work(struct app *app)
{
	while (app->n_jobs > 0) {
		struct app_job *job = app->jobs[--app->n_jobs];

		job->work(job);
		job->done(app, job, job->owner);
	}
}

/* --- app.h --------------------------------------------------------------- */

void
app_request(struct app *app, const char *operation, struct json *args,
    app_reply_fn *reply, void *owner)
{
	struct fake_request *r = &app->requests[app->n_requests++];

	if (app->n_requests == 16)
		abort();
	*r = (struct fake_request){ .args = args, .reply = reply,
		.owner = owner };
	snprintf(r->operation, sizeof(r->operation), "%s", operation);
}

void
app_request_session(struct app *app, const char *operation,
    struct json *args, app_reply_fn *reply, void *owner)
{
	app_request(app, operation, args, reply, owner);
}

void
app_forget(struct app *app, void *owner)
{
	size_t kept = 0;

	for (size_t i = 0; i < app->n_requests; i++) {
		if (app->requests[i].owner == owner) {
			json_destroy(app->requests[i].args);
			continue;
		}
		app->requests[kept++] = app->requests[i];
	}
	app->n_requests = kept;
	kept = 0;
	for (size_t i = 0; i < app->n_timers; i++)
		if (app->timers[i].owner != owner)
			app->timers[kept++] = app->timers[i];
	app->n_timers = kept;
	for (size_t i = 0; i < app->n_jobs; i++)
		if (app->jobs[i]->owner == owner)
			app->jobs[i]->owner = NULL;
}

void
app_after(struct app *app, int delay_ms,
    void (*fn)(struct app *app, void *owner), void *owner)
{
	if (app->n_timers == 16)
		abort();
	app->timers[app->n_timers++] = (struct fake_timer){ fn, owner };
}

int64_t
app_now_ms(const struct app *app)
{
	return app->now_ms;
}

void
app_damage(struct app *app, unsigned parts)
{
	app->damage |= parts;
}

void
app_toast(struct app *app, enum toast_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_clear(&app->toast);
	buf_vprintf(&app->toast, format, args);
	va_end(args);
}

void
app_toast_error(struct app *app, const struct json *error)
{
	app_toast(app, TOAST_ERROR, "%.*s",
	    STR_ARG(json_get_str(error, "message")));
}

void
app_past(struct app *app, const struct json *events)
{
	facts_past(&app->facts, events);
}

const struct facts *
app_facts(const struct app *app)
{
	return &app->facts;
}

void
app_copy(struct app *app, struct str text)
{
	buf_clear(&app->copied);
	buf_add_str(&app->copied, text);
}

bool
app_work(struct app *app, struct app_job *job)
{
	if (app->n_jobs == 16)
		return false;
	app->jobs[app->n_jobs++] = job;
	return true;
}
