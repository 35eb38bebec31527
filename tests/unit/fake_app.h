/* A struct app that is no screen: for tests of the screen's parts. It answers
 * the operation `transcript` from a list of events, when told to - or all
 * operations by a friday, if it has one - and remembers what it was asked for.
 * Stands in for app.c, which a test that
 * uses it must not pull in. */
#ifndef FRIDAY_TESTS_FAKE_APP_H
#define FRIDAY_TESTS_FAKE_APP_H

#include "base/buf.h"
#include "tui/app.h"

#define FAKE_APP_TIME "2026-11-21T09:04:00.000Z" /* of its events */

struct fake_request {
	char operation[64];
	struct json *args;
	app_reply_fn *reply;
	void *owner;
};

struct fake_timer {
	void (*fn)(struct app *app, void *owner);
	void *owner;
};

struct app {
	struct facts facts;
	struct friday *friday; /* borrowed; NULL: none */
	struct json **events; /* the session's, by seq from 1 */
	size_t n_events, cap_events;
	struct fake_request requests[16];
	size_t n_requests, answered;
	struct fake_timer timers[16];
	size_t n_timers;
	struct app_job *jobs[16];
	size_t n_jobs;
	unsigned damage;
	struct buf copied; /* the last copy */
	struct buf toast;  /* the last one */
	int64_t now_ms;
};

struct app *fake_app_create(void);
void fake_app_destroy(struct app *app);
/* Adds an event to the session: members as JSON without braces; seq is given.
 * Returns the whole event, which is the app's. */
const struct json *fake_app_event(struct app *app, const char *type,
    const char *members);
/* Answers what was asked, until nothing is asked any more. */
void fake_app_answer(struct app *app);
void fake_app_ring(struct app *app); /* all timers */
void fake_app_work(struct app *app); /* all jobs */

#endif
