/* Forking: a new session that begins as a copy of another one up to an event.
 * Rows are copied, not shared, so that either can be deleted alone. */
#include "base/clock.h"
#include "store/inner.h"

static const char sql_last_seq[] =
    "SELECT last_seq FROM session WHERE num = ?1";
static const char sql_session[] =
    "INSERT INTO session (id, tenant_id, user_id, title, folder, provider, "
    "model, mode, parent, forked_at, created_ms, updated_ms, last_seq) "
    "SELECT ?2, tenant_id, user_id, title, folder, provider, model, mode, id, "
    "?3, ?4, ?4, ?3 FROM session WHERE num = ?1";
static const char sql_events[] =
    "INSERT INTO event (session, seq, tenant_id, user_id, type, time_ms, run, "
    "parent_call, message_id, members) "
    "SELECT ?2, seq, tenant_id, user_id, type, time_ms, run, parent_call, "
    "message_id, members FROM event WHERE session = ?1 AND seq <= ?3 "
    "ORDER BY seq";
/* A compaction that came later than the fork's end has not happened there. */
static const char sql_messages[] =
    "INSERT INTO message (session, id, tenant_id, user_id, seq, run, role, "
    "position, replaced_seq, replaced_by, json) "
    "SELECT ?2, id, tenant_id, user_id, seq, run, role, position, "
    "CASE WHEN replaced_seq <= ?3 THEN replaced_seq END, "
    "CASE WHEN replaced_seq <= ?3 THEN replaced_by END, json "
    "FROM message WHERE session = ?1 AND seq <= ?3 ORDER BY num";
static const char sql_count[] =
    "UPDATE session SET n_messages = (SELECT count(*) FROM message "
    "WHERE session = ?1), size_bytes = "
    "(SELECT coalesce(sum(length(CAST(members AS BLOB))), 0) FROM event "
    "WHERE session = ?1) + "
    "(SELECT coalesce(sum(length(CAST(json AS BLOB))), 0) FROM message "
    "WHERE session = ?1) WHERE num = ?1";

struct fork_args {
	struct store *store;
	const char *id, *new_id;
	int64_t until_seq;
};

static int
fork_session(struct db *db, void *ctx, struct error *err)
{
	struct fork_args *args = ctx;
	const struct scope *scope = &args->store->scope;
	int64_t from, to = 0, last = 0, until = args->until_seq;
	int rc;

	rc = session_number(db, scope, args->id, &from, err);
	if (rc == 0)
		rc = db_get_int(db, sql_last_seq, DB_ARGS(db_int(from)), 0,
		    &last, err);
	if (rc != 0)
		return rc;
	if (until == 0)
		until = last;
	if (until < 0 || until > last)
		return error_set(err, ERR_INVALID,
		    "the session has events 1 to %lld, not %lld",
		    (long long)last, (long long)until);
	rc = db_run(db, sql_session,
	    DB_ARGS(db_int(from), db_text(args->new_id), db_int(until),
		db_int(clock_wall_ms())),
	    err);
	if (rc == 0)
		rc = session_number(db, scope, args->new_id, &to, err);
	if (rc == 0)
		rc = db_run(db, sql_events,
		    DB_ARGS(db_int(from), db_int(to), db_int(until)), err);
	if (rc == 0)
		rc = db_run(db, sql_messages,
		    DB_ARGS(db_int(from), db_int(to), db_int(until)), err);
	return rc == 0 ? db_run(db, sql_count, DB_ARGS(db_int(to)), err) : rc;
}

int
store_session_fork(struct store *s, const char *id, int64_t until_seq,
    const char *new_id, struct error *err)
{
	struct fork_args args = { s, id, new_id, until_seq };

	if (!id_valid(str_from(new_id)))
		return error_set(err, ERR_INVALID, "\"%s\" is no session id",
		    new_id);
	return writer_call(s->writer, fork_session, &args, WRITER_SYNCED, err);
}
