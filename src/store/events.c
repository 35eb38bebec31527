/* Reading events. The deltas of an answer are kept as they came until gc, so
 * a session's seqs have no gaps; whoever reads gets neighbouring deltas of one
 * message as a single one, with the offset of the first and the seq of the
 * last. Catching up from any event is then at most one delta for a message.
 *
 * Reading back leaves out the deltas whose message is finished: the finished
 * message holds their text, and a window of history is about events, not
 * about how an answer was cut. */
#include <inttypes.h>

#include "base/mem.h"
#include "store/inner.h"
#include "store/members.h"

/* A merged delta longer than this is handed out, and another one begun. */
#define MERGED_BYTES_MAX (1 * MIB)

#define EVENT_COLUMNS                                                         \
	"SELECT seq, type, time_ms, run, parent_call, message_id, members "   \
	"FROM event e WHERE session = ?1 AND seq > ?2 AND seq <= ?3 "
#define NOT_FOLDED                                                            \
	"AND (message_id IS NULL OR type = 'message.finished' OR NOT EXISTS " \
	"(SELECT 1 FROM event f WHERE f.session = ?1 "                        \
	"AND f.message_id = e.message_id AND f.type = 'message.finished')) "

static const char sql_events[] = EVENT_COLUMNS "ORDER BY seq";
static const char sql_window[] = EVENT_COLUMNS NOT_FOLDED "ORDER BY seq";
static const char sql_back[] =
    "SELECT seq, type, message_id, length(members) FROM event e "
    "WHERE session = ?1 AND seq < ?2 " NOT_FOLDED "ORDER BY seq DESC";
static const char sql_at[] =
    "SELECT seq, type, message_id FROM event "
    "WHERE session = ?1 AND seq = ?2";

/* A walk forward that hands out events, merging deltas on its way. */
struct walk {
	const char *session;
	event_fn *fn;
	void *ctx;
	size_t left; /* events to hand out; SIZE_MAX: no limit */
	bool merge;
	struct event *delta; /* not handed out yet */
	char message_id[64]; /* of the delta, as written */
	int64_t offset;
	struct buf text; /* of the delta, escaped, once it is of two rows */
};

static int
hand_out(struct walk *w, struct event *ev)
{
	w->left--;
	return w->fn(ev, w->ctx);
}

static int
hand_out_delta(struct walk *w)
{
	CLEANUP(event_unrefp) struct event *ev = steal(w->delta);
	CLEANUP(event_unrefp) struct event *merged = NULL;
	CLEANUP_BUF struct buf members = BUF_INIT(2 * MERGED_BYTES_MAX);
	size_t text_len = w->text.len;

	if (ev == NULL)
		return 0;
	if (text_len == 0)
		return hand_out(w, ev);
	buf_printf(&members,
	    "\"message_id\":\"%s\",\"offset_bytes\":%" PRId64 ",\"text\":\"",
	    w->message_id, w->offset);
	buf_add_str(&members, buf_str(&w->text));
	buf_add_char(&members, '"');
	buf_clear(&w->text);
	merged = event_create(ev->type, ev->session, ev->run,
	    buf_str(&members));
	merged->seq = ev->seq;
	merged->time_ms = ev->time_ms;
	memcpy(merged->parent_call, ev->parent_call,
	    sizeof(merged->parent_call));
	return hand_out(w, merged);
}

/* Adds a row's delta to the one that waits. False: it is of another message,
 * or there would be too much. */
static bool
merge_delta(struct walk *w, const struct event *ev, struct str message_id,
    struct str text)
{
	struct event *first = w->delta;

	if (first == NULL || first->type != ev->type ||
	    !str_eq_c(message_id, w->message_id) ||
	    strcmp(first->run, ev->run) != 0)
		return false;
	if (w->text.len == 0)
		buf_add_str(&w->text,
		    members_text(buf_str(&first->members), "text"));
	if (w->text.len + text.len > MERGED_BYTES_MAX)
		return false;
	buf_add_str(&w->text, text);
	first->seq = ev->seq;
	first->time_ms = ev->time_ms;
	return true;
}

/* Holds a delta back for the next row. False: it cannot be merged. */
static bool
hold_delta(struct walk *w, struct event *ev, struct str message_id)
{
	struct str members = buf_str(&ev->members);

	if (message_id.len >= sizeof(w->message_id) ||
	    !str_to_int(members_raw(members, "offset_bytes"), 0, INT64_MAX,
		&w->offset) ||
	    members_text(members, "text").len > MERGED_BYTES_MAX)
		return false;
	w->delta = event_ref(ev);
	snprintf(w->message_id, sizeof(w->message_id), "%.*s",
	    STR_ARG(message_id));
	return true;
}

static bool
is_delta(enum event_type type)
{
	return type == EVENT_TEXT_DELTA || type == EVENT_REASONING_DELTA;
}

struct event *
event_of_row(struct db_rows *rows, const char *session)
{
	struct event *ev;
	enum event_type type;
	char run[ID_SIZE];

	/* Of a program that knew more types; see event.h: only added. */
	if (!event_type_by_name(db_col_text(rows, 1), &type))
		return NULL;
	db_col_copy(rows, 3, run, sizeof(run));
	ev = event_create(type, session, run, db_col_text(rows, 6));
	ev->seq = db_col_int(rows, 0);
	ev->time_ms = db_col_int(rows, 2);
	db_col_copy(rows, 4, ev->parent_call, sizeof(ev->parent_call));
	return ev;
}

/* One row. Non-zero ends the walk. */
static int
walk_row(struct walk *w, struct db_rows *rows)
{
	CLEANUP(event_unrefp) struct event *ev = event_of_row(rows,
	    w->session);
	struct str message_id = db_col_text(rows, 5);
	struct str text;
	int rc;

	if (ev == NULL)
		return 0;
	if (!w->merge || !is_delta(ev->type) || message_id.len == 0) {
		rc = hand_out_delta(w);
		return rc != 0 || w->left == 0 ? rc : hand_out(w, ev);
	}
	text = members_text(buf_str(&ev->members), "text");
	if (merge_delta(w, ev, message_id, text))
		return 0;
	rc = hand_out_delta(w);
	if (rc != 0 || w->left == 0 || hold_delta(w, ev, message_id))
		return rc;
	return hand_out(w, ev);
}

static int
walk(struct store_reader *r, const char *sql, int64_t session, int64_t after,
    int64_t until, struct walk *w, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(r->db, sql,
	    DB_ARGS(db_int(session), db_int(after), db_int(until)), &rows,
	    err);

	buf_init(&w->text, 2 * MERGED_BYTES_MAX);
	while (rc == DB_ROW) {
		rc = walk_row(w, rows);
		if (rc != 0 || w->left == 0)
			break;
		rc = db_next(rows, err);
	}
	if (rc == 0 && w->left > 0)
		rc = hand_out_delta(w);
	db_done(rows);
	event_unref(w->delta);
	buf_release(&w->text);
	return rc;
}

int
store_events(struct store_reader *r, const char *session, int64_t after,
    int64_t until, size_t limit, event_fn *fn, void *ctx, struct error *err)
{
	struct walk w = { .session = session, .fn = fn, .ctx = ctx,
		.left = limit == 0 ? SIZE_MAX : limit, .merge = true };
	int64_t num;
	int rc = session_number(r->db, &r->scope, session, &num, err);

	return rc != 0 ? rc :
			 walk(r, sql_events, num, after,
			     until == 0 ? INT64_MAX : until, &w, err);
}

int
store_events_raw(struct store_reader *r, const char *session, int64_t after,
    event_fn *fn, void *ctx, struct error *err)
{
	struct walk w = { .session = session, .fn = fn, .ctx = ctx,
		.left = SIZE_MAX };
	int64_t num;
	int rc = session_number(r->db, &r->scope, session, &num, err);

	return rc != 0 ? rc :
			 walk(r, sql_events, num, after, INT64_MAX, &w, err);
}

/* --- reading back ------------------------------------------------------- */

/* What makes neighbouring deltas one: type and message. Empty for others. */
struct run_key {
	char type[32], message_id[64];
};

static void
read_key(struct db_rows *rows, struct run_key *ret)
{
	enum event_type type;

	*ret = (struct run_key){ 0 };
	if (!event_type_by_name(db_col_text(rows, 1), &type) ||
	    !is_delta(type))
		return;
	db_col_copy(rows, 1, ret->type, sizeof(ret->type));
	db_col_copy(rows, 2, ret->message_id, sizeof(ret->message_id));
}

static bool
same_run(const struct run_key *a, const struct run_key *b)
{
	return a->type[0] != '\0' && strcmp(a->type, b->type) == 0 &&
	    strcmp(a->message_id, b->message_id) == 0;
}

struct window {
	int64_t first, last; /* seqs; empty while last is 0 */
};

struct extent {
	size_t events, bytes; /* at most; bytes are passed by the last one */
};

/* Counts events back from `before`, until there are enough. If `before` is
 * itself a delta (an earlier window handed it out, merged), the rest of its
 * run was part of it and is not told again. */
static int
find_window(struct store_reader *r, int64_t session, int64_t before,
    struct extent extent, struct window *ret, struct error *err)
{
	struct run_key key, former = { 0 };
	struct db_rows *rows;
	size_t n = 0, bytes = 0;
	int rc;

	rc = db_query(r->db, sql_at, DB_ARGS(db_int(session), db_int(before)),
	    &rows, err);
	if (rc == DB_ROW)
		read_key(rows, &former);
	db_done(rows);
	if (rc < 0)
		return rc;
	rc = db_query(r->db, sql_back,
	    DB_ARGS(db_int(session), db_int(before)), &rows, err);
	for (; rc == DB_ROW; rc = db_next(rows, err)) {
		read_key(rows, &key);
		if (!same_run(&key, &former)) {
			if (n == extent.events || bytes >= extent.bytes)
				break;
			n++;
			if (ret->last == 0)
				ret->last = db_col_int(rows, 0);
		}
		former = key;
		if (n == 0)
			continue;
		ret->first = db_col_int(rows, 0);
		bytes += (size_t)db_col_int(rows, 3);
	}
	db_done(rows);
	return rc < 0 ? rc : 0;
}

int
store_events_back(struct store_reader *r, const char *session, int64_t before,
    size_t limit, size_t bytes, event_fn *fn, void *ctx, struct error *err)
{
	struct extent extent = { limit == 0 ? SIZE_MAX : limit,
		bytes == 0 ? SIZE_MAX : bytes };
	struct walk w = { .session = session, .fn = fn, .ctx = ctx,
		.left = SIZE_MAX, .merge = true };
	struct window window = { 0 };
	int64_t num;
	int rc = session_number(r->db, &r->scope, session, &num, err);

	if (rc == 0)
		rc = find_window(r, num, before == 0 ? INT64_MAX : before,
		    extent, &window, err);
	if (rc != 0 || window.last == 0)
		return rc;
	return walk(r, sql_window, num, window.first - 1, window.last, &w,
	    err);
}
