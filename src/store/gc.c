/* Keeping the database small, and saying how large it is. Only what a user
 * has thrown away is deleted, and what is stored twice. Each step is a job of
 * its own, so that a run that goes on writes in between. */
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/audit_rows.h"
#include "store/inner.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))
#define TRASH_KEEP_MS (30 * DAY_MS)
#define DELTA_KEEP_MS DAY_MS

enum { BATCH = 64, SHRINK_PAGES = 2000 };

static const char sql_trash[] =
    "SELECT num FROM session WHERE tenant_id = ?1 AND user_id = ?2 "
    "AND deleted_ms <> 0 AND deleted_ms <= ?3 AND num > ?4 "
    "ORDER BY num LIMIT ?5";
static const char sql_trash_oldest[] =
    "SELECT num FROM session WHERE tenant_id = ?1 AND user_id = ?2 "
    "AND deleted_ms <> 0 AND deleted_ms <= ?3 AND num NOT IN "
    "(SELECT session FROM lease) AND ?4 = 0 ORDER BY deleted_ms LIMIT ?5";
static const char sql_all_sessions[] =
    "SELECT num FROM session WHERE tenant_id = ?1 AND user_id = ?2 "
    "AND created_ms <= ?3 AND num > ?4 ORDER BY num LIMIT ?5";
static const char sql_count_events[] =
    "SELECT count(*) FROM event WHERE session = ?1";
static const char sql_purge[] = "DELETE FROM session WHERE num = ?1";

#define FOLDED                                                                \
	"FROM event WHERE session = ?1 AND time_ms <= ?2 "                    \
	"AND message_id IS NOT NULL AND type <> 'message.finished' "          \
	"AND EXISTS (SELECT 1 FROM event f WHERE f.session = ?1 "             \
	"AND f.message_id = event.message_id "                                \
	"AND f.type = 'message.finished')"

static const char sql_count_folded[] = "SELECT count(*) " FOLDED;
static const char sql_folded_bytes[] =
    "SELECT coalesce(sum(length(CAST(members AS BLOB))), 0) " FOLDED;
static const char sql_drop_folded[] = "DELETE " FOLDED;
static const char sql_smaller[] =
    "UPDATE session SET size_bytes = max(0, size_bytes - ?2) WHERE num = ?1";

static const char sql_stats[] =
    "SELECT (SELECT count(*) FROM session WHERE tenant_id = ?1 "
    "AND user_id = ?2 AND deleted_ms = 0), "
    "(SELECT count(*) FROM session WHERE tenant_id = ?1 "
    "AND user_id = ?2 AND deleted_ms <> 0), "
    "(SELECT count(*) FROM event WHERE tenant_id = ?1 AND user_id = ?2), "
    "(SELECT count(*) FROM message WHERE tenant_id = ?1 AND user_id = ?2)";

/* Bytes on the disk, the log included. */
static int64_t
file_bytes(const char *path)
{
	CLEANUP(free_ptr) char *log = mem_printf("%s-wal", path);
	struct stat st;
	int64_t sum = 0;

	if (stat(path, &st) == 0)
		sum += st.st_size;
	if (stat(log, &st) == 0)
		sum += st.st_size;
	return sum;
}

struct gc {
	struct store *store;
	bool dry_run;
	int64_t cutoff_ms; /* of the present pass */
	int64_t session;   /* the one of the present job */
	int64_t deleted;   /* events, by the present job */
	bool skipped;	   /* somebody works on it */
	struct gc_result sum;
};

typedef int gc_step_fn(struct gc *gc, struct error *err);

static int
purge(struct db *db, void *ctx, struct error *err)
{
	struct gc *gc = ctx;
	int rc = lease_is_held(db, gc->session, gc->store->holder,
	    &gc->skipped, err);

	if (rc != 0 || gc->skipped)
		return rc;
	rc = db_get_int(db, sql_count_events, DB_ARGS(db_int(gc->session)), 0,
	    &gc->deleted, err);
	if (rc == 0 && !gc->dry_run)
		rc = audit_forget_session(db, &gc->store->scope, gc->session,
		    err);
	if (rc == 0 && !gc->dry_run)
		rc = db_run(db, sql_purge, DB_ARGS(db_int(gc->session)), err);
	return rc;
}

static int
purge_session(struct gc *gc, struct error *err)
{
	int rc;

	gc->deleted = 0;
	gc->skipped = false;
	rc = writer_call(gc->store->writer, purge, gc, WRITER_LAZY, err);
	if (rc == 0 && !gc->skipped) {
		gc->sum.sessions++;
		gc->sum.events += gc->deleted;
	}
	return rc;
}

static int
fold(struct db *db, void *ctx, struct error *err)
{
	struct gc *gc = ctx;
	int64_t bytes = 0;
	int rc = db_get_int(db, sql_count_folded,
	    DB_ARGS(db_int(gc->session), db_int(gc->cutoff_ms)), 0,
	    &gc->deleted, err);

	if (rc != 0 || gc->deleted == 0 || gc->dry_run)
		return rc;
	rc = db_get_int(db, sql_folded_bytes,
	    DB_ARGS(db_int(gc->session), db_int(gc->cutoff_ms)), 0, &bytes,
	    err);
	if (rc == 0)
		rc = db_run(db, sql_drop_folded,
		    DB_ARGS(db_int(gc->session), db_int(gc->cutoff_ms)), err);
	if (rc == 0)
		rc = db_run(db, sql_smaller,
		    DB_ARGS(db_int(gc->session), db_int(bytes)), err);
	return rc;
}

static int
fold_session(struct gc *gc, struct error *err)
{
	int rc;

	gc->deleted = 0;
	rc = writer_call(gc->store->writer, fold, gc, WRITER_LAZY, err);
	if (rc == 0)
		gc->sum.events += gc->deleted;
	return rc;
}

/* Runs `step` for each session that `sql` names, a batch at a time. */
static int
each_session(struct gc *gc, struct db *db, const char *sql, gc_step_fn *step,
    struct error *err)
{
	const struct scope *scope = &gc->store->scope;
	int64_t batch[BATCH], after = 0;
	size_t n = BATCH;
	int rc = 0;

	while (n == BATCH && rc == 0) {
		struct db_rows *rows;

		n = 0;
		rc = db_query(db, sql,
		    DB_ARGS(db_text(scope->tenant), db_text(scope->user),
			db_int(gc->cutoff_ms), db_int(after), db_int(BATCH)),
		    &rows, err);
		for (; rc == DB_ROW && n < BATCH; rc = db_next(rows, err))
			batch[n++] = db_col_int(rows, 0);
		db_done(rows);
		rc = rc > 0 ? 0 : rc;
		for (size_t i = 0; i < n && rc == 0; i++) {
			after = gc->session = batch[i];
			rc = step(gc, err);
		}
	}
	return rc;
}

/* Deletes what else may go, the oldest of the trash first, until the database
 * is no larger than it should be. */
static int
reach_aim(struct gc *gc, struct db *db, int64_t keep_bytes, struct error *err)
{
	const struct scope *scope = &gc->store->scope;
	int64_t used = 0;
	int rc;

	gc->cutoff_ms = clock_wall_ms();
	while ((rc = db_used_bytes(db, &used, err)) == 0 &&
	    used > keep_bytes) {
		int64_t oldest = 0;

		rc = db_get_int(db, sql_trash_oldest,
		    DB_ARGS(db_text(scope->tenant), db_text(scope->user),
			db_int(gc->cutoff_ms), db_int(0), db_int(1)),
		    0, &oldest, err);
		if (rc != 0 || oldest == 0)
			break;
		gc->session = oldest;
		rc = purge_session(gc, err);
		if (rc != 0 || gc->skipped)
			break;
	}
	if (rc == 0 && used > keep_bytes)
		rc = each_session(gc, db, sql_all_sessions, fold_session, err);
	return rc;
}

static int
shrink(struct db *db, void *ctx, struct error *err)
{
	return db_shrink(db, SHRINK_PAGES, err);
}

/* Gives the free pages back. */
static int
shrink_all(struct gc *gc, struct db *db, struct error *err)
{
	int64_t before = INT64_MAX, now = 0;
	int rc;

	while ((rc = db_free_pages(db, &now, err)) == 0 && now > 0 &&
	    now < before) {
		before = now;
		rc = writer_call(gc->store->writer, shrink, gc, WRITER_LAZY,
		    err);
		if (rc != 0)
			return rc;
	}
	return rc != 0 ? rc : db_checkpoint(db, err);
}

int
store_gc(struct store *s, const struct gc_opts *opts, struct gc_result *ret,
    struct error *err)
{
	/* A connection of our own, to look while the writer works. */
	struct db_opts db_opts = { .access = DB_WRITER,
		.busy_ms = s->busy_ms };
	CLEANUP(db_closep) struct db *db = NULL;
	struct gc gc = { .store = s, .dry_run = opts->dry_run };
	int64_t now = clock_wall_ms();
	int rc = db_open(s->path, &db_opts, &db, err);

	if (rc != 0)
		return rc;
	gc.sum.bytes_before = file_bytes(s->path);
	gc.cutoff_ms = now - (opts->older_than_ms < 0 ? TRASH_KEEP_MS :
							opts->older_than_ms);
	rc = each_session(&gc, db, sql_trash, purge_session, err);
	gc.cutoff_ms = now - DELTA_KEEP_MS;
	if (rc == 0)
		rc = each_session(&gc, db, sql_all_sessions, fold_session,
		    err);
	if (rc == 0 && opts->keep_bytes > 0 && !opts->dry_run)
		rc = reach_aim(&gc, db, opts->keep_bytes, err);
	if (rc == 0 && !opts->dry_run)
		rc = shrink_all(&gc, db, err);
	gc.sum.bytes_after = file_bytes(s->path);
	if (rc == 0)
		*ret = gc.sum;
	return rc;
}

int
store_stats(struct store_reader *r, struct store_stats *ret, struct error *err)
{
	struct store_stats stats = { 0 };
	struct db_rows *rows;
	int64_t schema = 0;
	int rc = db_schema_get(r->db, &schema, err);

	if (rc != 0)
		return rc;
	rc = db_query(r->db, sql_stats,
	    DB_ARGS(db_text(r->scope.tenant), db_text(r->scope.user)), &rows,
	    err);
	if (rc == DB_ROW) {
		stats.bytes = file_bytes(r->path);
		stats.schema = (int)schema;
		stats.sessions = db_col_int(rows, 0);
		stats.trash = db_col_int(rows, 1);
		stats.events = db_col_int(rows, 2);
		stats.messages = db_col_int(rows, 3);
		*ret = stats;
	}
	db_done(rows);
	return rc < 0 ? rc : 0;
}
