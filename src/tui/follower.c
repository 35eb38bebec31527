/* See follower.h. While a window of the store is on its way, live events wait
 * in the subscription; those that the window brought are skipped there. */
#include "tui/follower.h"

#include "base/clock.h"
#include "base/mem.h"

enum { WINDOW = 500 };

struct follower {
	struct app *app;
	void (*on_event)(struct app *app, const struct json *event);
	struct friday_events *events;
	char *session; /* NULL: none is followed yet */
	int64_t last_seq;
	bool catching_up;
};

struct follower *
follower_create(struct app *app,
    void (*on_event)(struct app *app, const struct json *event))
{
	struct follower *f = mem_new(struct follower);

	f->app = app;
	f->on_event = on_event;
	return f;
}

void
follower_destroy(struct follower *f)
{
	if (f == NULL)
		return;
	friday_events_close(f->events);
	free(f->session);
	free(f);
}

void
follower_connect(struct follower *f, struct friday *friday)
{
	friday_events_close(f->events);
	f->events = NULL;
	/* All sessions: what cannot be stored any more has no session. */
	if (friday != NULL)
		f->events = friday_events_open(friday, NULL);
}

static void
give(struct follower *f, const struct json *event)
{
	int64_t seq = json_get_int(event, "seq", 0);

	if (seq > 0)
		f->last_seq = seq;
	f->on_event(f->app, event);
}

static void ask_window(struct follower *f);

static void
take_window(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct follower *f = ctx;
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
ask_window(struct follower *f)
{
	struct json *args = json_new_object();

	f->catching_up = true;
	json_set_str(args, "session", str_from(f->session));
	json_set_int(args, "after", f->last_seq);
	json_set_int(args, "limit", WINDOW);
	app_request(f->app, "transcript", args, take_window, f);
}

void
follower_switch(struct follower *f, const char *session, int64_t last_seq)
{
	app_forget(f->app, f);
	free(f->session);
	f->session = mem_strdup(session);
	f->last_seq = last_seq;
	/* What came while the session was being opened. */
	ask_window(f);
}

int
follower_fd(const struct follower *f)
{
	if (f->events == NULL || f->catching_up)
		return -1;
	return friday_events_fd(f->events);
}

static void
take_line(struct follower *f, const char *line)
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
follower_pump(struct follower *f, int budget_ms)
{
	int64_t until = clock_now_ms() + budget_ms;

	while (follower_fd(f) >= 0) {
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
