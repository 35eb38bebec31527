/* See feed.h. While a window of the store is on its way, live events wait in
 * the subscription; those that the window brought are skipped there. */
#include "tui/feed.h"

#include "base/clock.h"
#include "base/mem.h"

enum { WINDOW = 500 };

struct feed {
	struct app *app;
	void (*on_event)(struct app *app, const struct json *event);
	struct friday_events *events;
	char *session; /* NULL: none is followed yet */
	int64_t last_seq;
	bool catching_up;
};

struct feed *
feed_create(struct app *app, void (*on_event)(struct app *app,
    const struct json *event))
{
	struct feed *f = mem_new(struct feed);

	f->app = app;
	f->on_event = on_event;
	return f;
}

void
feed_destroy(struct feed *f)
{
	if (f == NULL)
		return;
	friday_events_close(f->events);
	free(f->session);
	free(f);
}

void
feed_connect(struct feed *f, struct friday *friday)
{
	friday_events_close(f->events);
	f->events = NULL;
	/* All sessions: what cannot be stored any more has no session. */
	if (friday != NULL)
		f->events = friday_events_open(friday, NULL);
}

static void
give(struct feed *f, const struct json *event)
{
	int64_t seq = json_get_int(event, "seq", 0);

	if (seq > 0)
		f->last_seq = seq;
	f->on_event(f->app, event);
}

static void ask_window(struct feed *f);

static void
take_window(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct feed *f = ctx;
	const struct json *events = json_get(reply, "events");
	size_t count = 0;

	f->catching_up = false;
	if (status != FRIDAY_OK) {
		app_toast_error(app, reply);
		return;
	}
	for (const struct json *e = json_first(events); e; e = json_next(e)) {
		count++;
		if (json_get_int(e, "seq", 0) > f->last_seq)
			give(f, e);
	}
	if (count == WINDOW)
		ask_window(f);
}

static void
ask_window(struct feed *f)
{
	struct json *args = json_new_object();

	f->catching_up = true;
	json_set_str(args, "session", str_from(f->session));
	json_set_int(args, "after", f->last_seq);
	json_set_int(args, "limit", WINDOW);
	app_request(f->app, "transcript", args, take_window, f);
}

void
feed_follow(struct feed *f, const char *session, int64_t last_seq)
{
	app_forget(f->app, f);
	free(f->session);
	f->session = mem_strdup(session);
	f->last_seq = last_seq;
	/* What came while the session was being opened. */
	ask_window(f);
}

int
feed_fd(const struct feed *f)
{
	if (f->events == NULL || f->catching_up)
		return -1;
	return friday_events_fd(f->events);
}

static void
take_line(struct feed *f, const char *line)
{
	CLEANUP_JSON struct json *event = NULL;
	struct str session;
	int64_t seq;

	if (json_parse(str_from(line), NULL, &event, NULL) != 0)
		return;
	session = json_get_str(event, "session");
	seq = json_get_int(event, "seq", 0);
	if (session.len > 0 &&
	    (f->session == NULL || !str_eq_c(session, f->session)))
		return;
	if (seq == 0 || seq > f->last_seq)
		give(f, event);
}

bool
feed_pump(struct feed *f, int budget_ms)
{
	int64_t until = clock_now_ms() + budget_ms;

	while (feed_fd(f) >= 0) {
		char *line;

		if (friday_events_missed(f->events) && f->session != NULL) {
			ask_window(f);
			return false;
		}
		line = friday_events_next(f->events, 0);
		if (line == NULL)
			return false;
		take_line(f, line);
		friday_free(line);
		if (clock_now_ms() >= until)
			return true;
	}
	return false;
}
