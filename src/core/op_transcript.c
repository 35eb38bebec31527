/* Operations on what was said: windows of events, and searching them. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "core/operation.h"
#include "event/event_text.h"

enum { WINDOW_DEFAULT = 500 };

struct window {
	struct json_writer *out;
	size_t bytes, bytes_max; /* of the events that were written */
};

/* Not an error: there is enough. */
enum { WINDOW_FULL = 1 };

static int
write_event(struct event *ev, void *ctx)
{
	struct window *w = ctx;
	CLEANUP_BUF struct buf text = BUF_INIT(w->out->out->max);

	event_print(ev, &text);
	jw_raw(w->out, buf_str(&text));
	w->bytes += text.len;
	if (w->out->out->failed != 0)
		return w->out->out->failed;
	return w->bytes_max != 0 && w->bytes >= w->bytes_max ? WINDOW_FULL :
							       0;
}

/* A window of events: after a seq, or the last ones before a seq. */
static int
transcript(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *id = str_dup(
	    json_get_str(call->args, "session"));
	size_t limit = (size_t)json_get_int(call->args, "limit",
	    WINDOW_DEFAULT);
	size_t bytes = (size_t)json_get_int(call->args, "bytes", 0);
	const struct json *before = json_get(call->args, "before");
	/* Counted back, the events at the end count. */
	struct window window = { .out = call->out,
		.bytes_max = before == NULL ? bytes : 0 };
	struct store_reader *reader;
	struct session_row row;
	int rc = host_reader(call->worker, &reader, err);

	if (rc == 0)
		rc = store_session_get(reader, id, &row, err);
	if (rc != 0)
		return rc;
	jw_key_int(call->out, "last_seq", row.last_seq);
	jw_key(call->out, "events");
	jw_array(call->out);
	if (before != NULL)
		rc = store_events_back(reader, row.id, json_int(before, 0),
		    limit, bytes, write_event, &window, err);
	else
		rc = store_events(reader, row.id,
		    json_get_int(call->args, "after", 0), 0, limit,
		    write_event, &window, err);
	jw_end(call->out);
	return rc == WINDOW_FULL ? 0 : rc;
}

/* --- searching what was said -------------------------------------------- */

enum {
	HITS_DEFAULT = 1000,
	LOOK_MS = 1000, /* on a worker that others wait for */
	SNIPPET_BEFORE = 30,
	SNIPPET_MAX = 120,
};

struct search {
	struct json_writer *out;
	const struct finder *finder;
	size_t left;
};

struct snippet {
	const struct finder *finder;
	struct buf *out;
};

/* The line round the first occurrence. */
static bool
take_snippet(struct str text, void *ctx)
{
	const struct snippet *s = ctx;
	size_t at = finder_next(s->finder, text, 0), start, end;

	if (at == SIZE_MAX)
		return true;
	start = at > SNIPPET_BEFORE ? at - SNIPPET_BEFORE : 0;
	for (size_t i = start; i < at; i++)
		if (text.ptr[i] == '\n')
			start = i + 1;
	text = str_sub(text, start, SNIPPET_MAX);
	end = str_find_char(text, '\n', at - start);
	text = str_sub(text, 0, end);
	utf8_repair(text, s->out);
	return false;
}

static int
write_hit(struct event *ev, void *ctx)
{
	struct search *s = ctx;
	CLEANUP_BUF struct buf text = BUF_INIT(s->out->out->max);
	CLEANUP_BUF struct buf line = BUF_INIT(4 * SNIPPET_MAX);
	CLEANUP_JSON struct json *j = NULL;
	struct snippet snippet = { s->finder, &line };
	size_t count;

	event_print(ev, &text);
	if (json_parse(buf_str(&text), NULL, &j, NULL) != 0)
		return 0;
	count = event_text_count(j, s->finder);
	if (count == 0)
		return 0;
	if (s->left-- == 0)
		return WINDOW_FULL;
	event_texts(j, take_snippet, &snippet);
	jw_object(s->out);
	jw_key_int(s->out, "seq", ev->seq);
	jw_key_cstr(s->out, "type", event_table[ev->type].name);
	jw_key_int(s->out, "count", (int64_t)count);
	jw_key_str(s->out, "snippet", buf_str(&line));
	jw_end(s->out);
	return s->out->out->failed;
}

/* The store looks for the text as JSON escapes it; what people read decides.
 */
static int
search_transcript(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *id = str_dup(
	    json_get_str(call->args, "session"));
	CLEANUP_BUF struct buf escaped = BUF_INIT(8 * FINDER_MAX);
	struct str text = json_get_str(call->args, "text");
	struct finder finder, raw;
	struct search search = { .out = call->out, .finder = &finder,
		.left = (size_t)json_get_int(call->args, "limit",
		    HITS_DEFAULT) };
	struct event_search what = { .finder = &raw,
		.before = json_get_int(call->args, "before", 0),
		.until_ms = clock_now_ms() +
		    json_get_int(call->args, "ms", LOOK_MS) };
	struct store_reader *reader;
	struct session_row row;
	int64_t next = 0;
	int rc = host_reader(call->worker, &reader, err);

	if (rc == 0)
		rc = store_session_get(reader, id, &row, err);
	if (rc != 0)
		return rc;
	finder_init_smart(&finder, text);
	json_escape(text, &escaped);
	finder_init(&raw, buf_str(&escaped), finder.fold);
	jw_key_int(call->out, "last_seq", row.last_seq);
	jw_key(call->out, "hits");
	jw_array(call->out);
	rc = store_events_find(reader, row.id, &what, write_hit, &search,
	    &next, err);
	jw_end(call->out);
	jw_key_bool(call->out, "more", next != 0);
	if (next != 0)
		jw_key_int(call->out, "next", next);
	return rc == WINDOW_FULL ? 0 : rc;
}

/* --- searching all sessions ---------------------------------------------- */

enum { SESSIONS_SEARCHED = 500, SEARCH_MS = 2000 };

struct hit {
	const struct finder *finder;
	struct buf *line;
};

static int
take_hit(struct event *ev, void *ctx)
{
	const struct hit *h = ctx;
	struct snippet snippet = { h->finder, h->line };
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	CLEANUP_JSON struct json *j = NULL;

	event_print(ev, &text);
	if (json_parse(buf_str(&text), NULL, &j, NULL) != 0)
		return 0;
	event_texts(j, take_snippet, &snippet);
	return h->line->len > 0 ? WINDOW_FULL : 0;
}

struct all_search {
	struct store_reader *reader;
	struct json_writer *out;
	const struct finder *finder;
	struct event_search what;
	bool more;
};

/* Thread: the slow worker's. Rows are read while the list is walked: each
 * query has its own cursor. */
static int
search_one(const struct session_row *row, void *ctx)
{
	struct all_search *s = ctx;
	CLEANUP_BUF struct buf line = BUF_INIT(4 * SNIPPET_MAX);
	struct hit hit = { s->finder, &line };
	int64_t next = 0;
	int rc;

	if (clock_now_ms() >= s->what.until_ms) {
		s->more = true;
		return WINDOW_FULL;
	}
	rc = store_events_find(s->reader, row->id, &s->what, take_hit, &hit,
	    &next, NULL);
	if (rc != WINDOW_FULL) {
		s->more = s->more || next != 0;
		return 0;
	}
	jw_object(s->out);
	jw_key_cstr(s->out, "session", row->id);
	jw_key_str(s->out, "snippet", buf_str(&line));
	jw_end(s->out);
	return s->out->out->failed;
}

static int
search_sessions(struct op_call *call, struct error *err)
{
	CLEANUP_BUF struct buf escaped = BUF_INIT(8 * FINDER_MAX);
	struct str text = json_get_str(call->args, "text");
	struct finder finder, raw;
	struct all_search search = { .out = call->out, .finder = &finder,
		.what = { .finder = &raw,
		    .until_ms = clock_now_ms() + SEARCH_MS } };
	struct session_filter filter = {
		.in_trash = json_get_bool(call->args, "trash", false),
		.limit = SESSIONS_SEARCHED,
	};
	int rc = host_reader(call->worker, &search.reader, err);

	if (rc != 0)
		return rc;
	if (json_get_bool(call->args, "here", false))
		filter.folder = call->host->folder;
	finder_init_smart(&finder, text);
	json_escape(text, &escaped);
	finder_init(&raw, buf_str(&escaped), finder.fold);
	jw_key(call->out, "sessions");
	jw_array(call->out);
	rc = store_session_list(search.reader, &filter, search_one, &search,
	    err);
	jw_end(call->out);
	jw_key_bool(call->out, "more", search.more);
	return rc == WINDOW_FULL ? 0 : rc;
}

#define S "\"session\":{\"type\":\"string\"}"

const struct operation op_transcript_rows[] = {
	OPERATION("transcript", "read",
	    "Events of a session: after a seq, or the last before one; bytes: "
	    "no further one past so many",
	    ARGS_WITH("\"session\"",
		S ",\"after\":{\"type\":\"integer\"},\"before\":{\"type\":"
		  "\"integer\"},\"limit\":{\"type\":\"integer\",\"minimum\":"
		  "1,\"maximum\":10000},\"bytes\":{\"type\":\"integer\","
		  "\"minimum\":1}"),
	    transcript),
	OPERATION_INPUT("transcript.search", "read",
	    "Events of a session whose text has a text, newest first; a "
	    "capital in it makes the case count. There is more before next, "
	    "after limit hits or ms milliseconds (1,000)",
	    ARGS_WITH("\"session\",\"text\"",
		S ",\"text\":{\"type\":\"string\",\"minLength\":1,"
		  "\"maxLength\":1000},\"before\":{\"type\":\"integer\"},"
		  "\"limit\":{\"type\":\"integer\",\"minimum\":1,"
		  "\"maximum\":10000},\"ms\":{\"type\":\"integer\","
		  "\"minimum\":1,\"maximum\":1000}"),
	    search_transcript),
	OPERATION_SLOW("session.search", "read",
	    "Sessions in which a text was said, newest first, with the line; "
	    "for two seconds at most",
	    ARGS_WITH("\"text\"",
		"\"text\":{\"type\":\"string\",\"minLength\":1,"
		"\"maxLength\":1000},\"here\":{\"type\":\"boolean\"},"
		"\"trash\":{\"type\":\"boolean\"}"),
	    search_sessions),
	{ .face = { .name = NULL } },
};
