/* Looking for a text in the events of a session, newest first.
 *
 * The kernel reads ahead only where a file is read forward: walking a long
 * session backward, from a database that is not in memory, waits for the disk
 * at every page, ten times as long. So it is cut into pieces; the newest piece
 * comes first, and each is read forward. What was found in a piece is told from
 * its end, and read again for that. */
#include "base/clock.h"
#include "base/finder.h"
#include "event/event_text.h"
#include "store/inner.h"

enum { PIECE = 2048 }; /* events */

static const char sql_last[] =
    "SELECT max(seq) FROM event WHERE session = ?1 AND seq < ?2";
static const char sql_piece[] =
    "SELECT seq, type, members FROM event "
    "WHERE session = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq";
static const char sql_one[] =
    "SELECT seq, type, time_ms, run, parent_call, message_id, members "
    "FROM event WHERE session = ?1 AND seq = ?2";

struct find {
	struct store_reader *r;
	const char *session;
	int64_t num; /* of the session */
	const struct finder *finder;
	event_fn *fn;
	void *ctx;
	int64_t found[PIECE];
	size_t n;
};

/* Looks at (after, until], which are no more than PIECE. */
static int
look_at_piece(struct find *f, int64_t after, int64_t until, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(f->r->db, sql_piece,
	    DB_ARGS(db_int(f->num), db_int(after), db_int(until)), &rows, err);

	f->n = 0;
	for (; rc == DB_ROW; rc = db_next(rows, err))
		if (event_text_has(db_col_text(rows, 1)) &&
		    finder_next(f->finder, db_col_text(rows, 2), 0) !=
			SIZE_MAX)
			f->found[f->n++] = db_col_int(rows, 0);
	db_done(rows);
	return rc;
}

static int
tell(struct find *f, int64_t seq, struct error *err)
{
	CLEANUP(event_unrefp) struct event *ev = NULL;
	struct db_rows *rows;
	int rc = db_query(f->r->db, sql_one,
	    DB_ARGS(db_int(f->num), db_int(seq)), &rows, err);

	if (rc == DB_ROW)
		ev = event_of_row(rows, f->session);
	db_done(rows);
	if (rc < 0)
		return rc;
	return ev == NULL ? 0 : f->fn(ev, f->ctx);
}

static bool
is_over(const struct event_search *what)
{
	return what->until_ms != 0 && clock_now_ms() >= what->until_ms;
}

/* *until becomes the seq to go on with, where something ends it early. */
static int
tell_piece(struct find *f, const struct event_search *what, int64_t *until,
    struct error *err)
{
	while (f->n > 0) {
		int64_t seq = f->found[--f->n];
		int rc = tell(f, seq, err);

		if (rc != 0) {
			*until = seq;
			return rc;
		}
		/* There may be much to what is told. */
		if (is_over(what)) {
			*until = seq - 1;
			return 0;
		}
	}
	return 0;
}

int
store_events_find(struct store_reader *r, const char *session,
    const struct event_search *what, event_fn *fn, void *ctx,
    int64_t *ret_next, struct error *err)
{
	int64_t before = what->before == 0 ? INT64_MAX : what->before;
	struct find f = { .r = r, .session = session, .finder = what->finder,
		.fn = fn, .ctx = ctx };
	int64_t until = 0;
	int rc = session_number(r->db, &r->scope, session, &f.num, err);

	if (rc == 0)
		rc = db_get_int(r->db, sql_last,
		    DB_ARGS(db_int(f.num), db_int(before)), 0, &until, err);
	while (rc == 0 && until > 0) {
		int64_t after = until > PIECE ? until - PIECE : 0;

		rc = look_at_piece(&f, after, until, err);
		until = after;
		if (rc == 0)
			rc = tell_piece(&f, what, &until, err);
		if (is_over(what))
			break;
	}
	if (ret_next != NULL)
		*ret_next = until > 0 ? until + 1 : 0;
	return rc;
}
