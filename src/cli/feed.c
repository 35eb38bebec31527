/* Events without gaps; see feed.h. */
#include "cli/feed.h"

#include "base/mem.h"

enum { WINDOW = 500 };

struct feed {
	struct cli *cli;
	struct friday_events *events;
	char *session;
	int64_t last_seq;
	struct json *window;	   /* reply of `transcript`, or NULL */
	const struct json *cursor; /* next event in it */
	char *line;
	struct buf text;
};

struct feed *
feed_create(struct cli *cli, const char *session, int64_t last_seq)
{
	struct feed *f = mem_new(struct feed);

	f->cli = cli;
	f->session = mem_strdup(session);
	f->last_seq = last_seq;
	f->text = BUF_INIT(256 * MIB);
	/* All sessions: what cannot be stored any more has no session. */
	f->events = friday_events_open(cli->friday, NULL);
	return f;
}

void
feed_destroy(struct feed *f)
{
	if (f == NULL)
		return;
	friday_events_close(f->events);
	json_destroy(f->window);
	buf_release(&f->text);
	friday_free(f->line);
	free(f->session);
	free(f);
}

int
feed_fd(const struct feed *f)
{
	return friday_events_fd(f->events);
}

/* Reads the window of stored events behind what was seen. */
static bool
load_window(struct feed *f)
{
	CLEANUP_JSON struct json *args = json_new_object();

	json_set_str(args, "session", str_from(f->session));
	json_set_int(args, "after", f->last_seq);
	json_set_int(args, "limit", WINDOW);
	json_destroy(f->window);
	f->window = NULL;
	if (cli_try(f->cli, "transcript", args, &f->window) != 0)
		return false;
	f->cursor = json_first(json_get(f->window, "events"));
	return f->cursor != NULL;
}

static struct json *
next_of_window(struct feed *f, struct str *ret_text)
{
	struct json *event;

	if (f->cursor == NULL && !load_window(f)) {
		json_destroy(f->window);
		f->window = NULL;
		return NULL;
	}
	event = json_copy(f->cursor);
	f->cursor = json_next(f->cursor);
	f->last_seq = json_get_int(event, "seq", f->last_seq);
	buf_clear(&f->text);
	json_print(event, &f->text);
	if (ret_text != NULL)
		*ret_text = buf_str(&f->text);
	return event;
}

struct json *
feed_next(struct feed *f, struct str *ret_text)
{
	struct json *event = NULL;

	for (;;) {
		int64_t seq;
		struct str session;

		if (f->window != NULL) {
			event = next_of_window(f, ret_text);
			if (event != NULL)
				return event;
		}
		if (friday_events_missed(f->events) && load_window(f))
			continue;
		friday_free(f->line);
		f->line = friday_events_next(f->events, 0);
		if (f->line == NULL)
			return NULL;
		if (json_parse(str_from(f->line), NULL, &event, NULL) != 0)
			continue;
		session = json_get_str(event, "session");
		seq = json_get_int(event, "seq", 0);
		if ((session.len == 0 || str_eq_c(session, f->session)) &&
		    (seq == 0 || seq > f->last_seq))
			break;
		json_destroy(event);
	}
	if (json_get_int(event, "seq", 0) > 0)
		f->last_seq = json_get_int(event, "seq", 0);
	if (ret_text != NULL)
		*ret_text = str_from(f->line);
	return event;
}
