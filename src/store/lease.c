/* Leases: one process works on a session, others watch or fork. A lease lies
 * in the database and names its holder; it is worth nothing once that process
 * is gone, however it went (holder.h). */
#include "base/clock.h"
#include "store/holder.h"
#include "store/inner.h"

static const char sql_holder_of[] =
    "SELECT h.id, h.pid, h.started, h.boot, h.pid_space, h.beat_ms "
    "FROM lease JOIN holder h ON h.id = lease.holder WHERE session = ?1";
static const char sql_take[] =
    "INSERT INTO lease (session, tenant_id, user_id, holder, taken_ms) "
    "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (session) DO UPDATE SET "
    "holder = excluded.holder, taken_ms = excluded.taken_ms";
static const char sql_release[] =
    "DELETE FROM lease WHERE session = ?1 AND holder = ?2";
static const char sql_release_all[] = "DELETE FROM lease WHERE holder = ?1";
static const char sql_beat[] =
    "UPDATE holder SET beat_ms = ?2 WHERE id = ?1";

struct lease_args {
	struct store *store;
	const char *session;
};

/* The present holder. DB_ROW, DB_DONE (nobody) or an error. */
static int
find_holder(struct db *db, int64_t session, char id[ID_SIZE],
    struct holder *ret, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(db, sql_holder_of, DB_ARGS(db_int(session)), &rows,
	    err);

	if (rc == DB_ROW) {
		db_col_copy(rows, 0, id, ID_SIZE);
		holder_read(rows, 1, ret);
	}
	db_done(rows);
	return rc;
}

int
lease_is_held(struct db *db, int64_t session, const char *holder, bool *ret,
    struct error *err)
{
	char id[ID_SIZE];
	struct holder h;
	int rc = find_holder(db, session, id, &h, err);

	if (rc < 0)
		return rc;
	*ret = rc == DB_ROW && (holder == NULL || strcmp(id, holder) != 0) &&
	    holder_alive(&h);
	return 0;
}

static int
take(struct db *db, void *ctx, struct error *err)
{
	struct lease_args *args = ctx;
	struct store *s = args->store;
	char former[ID_SIZE];
	struct holder h;
	int64_t session;
	int found, rc;

	rc = session_number(db, &s->scope, args->session, &session, err);
	if (rc != 0)
		return rc;
	found = find_holder(db, session, former, &h, err);
	if (found < 0)
		return found;
	if (found == DB_ROW && strcmp(former, s->holder) == 0)
		return 0;
	if (found == DB_ROW && holder_alive(&h))
		return error_set(err, ERR_SESSION_BUSY,
		    "process %lld works on this session", (long long)h.pid);
	rc = holder_put(db, &s->scope, s->holder, err);
	if (rc == 0)
		rc = db_run(db, sql_take,
		    DB_ARGS(db_int(session), db_text(s->scope.tenant),
			db_text(s->scope.user), db_text(s->holder),
			db_int(clock_wall_ms())),
		    err);
	if (rc == 0 && found == DB_ROW)
		rc = holder_drop(db, former, err);
	return rc;
}

static int
release(struct db *db, void *ctx, struct error *err)
{
	struct lease_args *args = ctx;
	int64_t session;
	int rc = session_number(db, &args->store->scope, args->session,
	    &session, err);

	if (rc != 0)
		return rc;
	return db_run(db, sql_release,
	    DB_ARGS(db_int(session), db_text(args->store->holder)), err);
}

int
lease_release_all(struct db *db, void *ctx, struct error *err)
{
	struct store *s = ctx;
	int rc = db_run(db, sql_release_all, DB_ARGS(db_text(s->holder)), err);

	return rc != 0 ? rc : holder_drop(db, s->holder, err);
}

int
lease_beat(struct db *db, void *ctx, struct error *err)
{
	struct store *s = ctx;

	return db_run(db, sql_beat,
	    DB_ARGS(db_text(s->holder), db_int(clock_now_ms())), err);
}

int
store_lease_take(struct store *s, const char *session, struct error *err)
{
	struct lease_args args = { s, session };
	int rc = writer_call(s->writer, take, &args, WRITER_LAZY, err);

	if (rc == 0) {
		atomic_store(&s->has_holder, true);
		writer_set_ticking(s->writer, true);
	}
	return rc;
}

void
store_lease_release(struct store *s, const char *session)
{
	struct lease_args args = { s, session };

	writer_call(s->writer, release, &args, WRITER_LAZY, NULL);
}
