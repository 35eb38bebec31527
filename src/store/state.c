/* Small state: values under keys, and counters over time. */
#include "base/clock.h"
#include "store/inner.h"

enum { MINUTE_MS = 60000 };

static const char sql_set[] =
    "INSERT INTO state (tenant_id, user_id, key, json, updated_ms) "
    "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET "
    "json = excluded.json, updated_ms = excluded.updated_ms";
static const char sql_remove[] =
    "DELETE FROM state WHERE tenant_id = ?1 AND user_id = ?2 AND key = ?3";
static const char sql_get[] =
    "SELECT json FROM state "
    "WHERE tenant_id = ?1 AND user_id = ?2 AND key = ?3";
static const char sql_count[] =
    "INSERT INTO counter (tenant_id, user_id, key, minute, n) "
    "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET n = n + ?5";
static const char sql_forget[] =
    "DELETE FROM counter WHERE tenant_id = ?1 AND user_id = ?2 AND key = ?3 "
    "AND minute <= ?4";
static const char sql_sum[] =
    "SELECT coalesce(sum(n), 0) FROM counter "
    "WHERE tenant_id = ?1 AND user_id = ?2 AND key = ?3 AND minute > ?4";

struct state_args {
	struct store *store;
	const char *key;
	struct str json;
	int n;
	int64_t window_ms, sum;
};

static int
set(struct db *db, void *ctx, struct error *err)
{
	struct state_args *args = ctx;
	const struct scope *scope = &args->store->scope;

	if (args->json.ptr == NULL)
		return db_run(db, sql_remove,
		    DB_ARGS(db_text(scope->tenant), db_text(scope->user),
			db_text(args->key)),
		    err);
	return db_run(db, sql_set,
	    DB_ARGS(db_text(scope->tenant), db_text(scope->user),
		db_text(args->key), db_str(args->json),
		db_int(clock_wall_ms())),
	    err);
}

int
store_state_set(struct store *s, const char *key, struct str json,
    struct error *err)
{
	struct state_args args = { .store = s, .key = key, .json = json };

	return writer_call(s->writer, set, &args, WRITER_LAZY, err);
}

bool
store_state_get(struct store_reader *r, const char *key, struct buf *ret)
{
	struct db_rows *rows;
	bool found = db_query(r->db, sql_get,
			 DB_ARGS(db_text(r->scope.tenant),
			     db_text(r->scope.user), db_text(key)),
			 &rows, NULL) == DB_ROW;

	if (found)
		buf_add_str(ret, db_col_text(rows, 0));
	db_done(rows);
	return found;
}

static int
count(struct db *db, void *ctx, struct error *err)
{
	struct state_args *args = ctx;
	const struct scope *scope = &args->store->scope;
	int64_t minute = clock_wall_ms() / MINUTE_MS;
	int64_t after = minute - (args->window_ms + MINUTE_MS - 1) / MINUTE_MS;
	int rc = 0;

	if (args->n != 0)
		rc = db_run(db, sql_count,
		    DB_ARGS(db_text(scope->tenant), db_text(scope->user),
			db_text(args->key), db_int(minute), db_int(args->n)),
		    err);
	if (rc == 0)
		rc = db_run(db, sql_forget,
		    DB_ARGS(db_text(scope->tenant), db_text(scope->user),
			db_text(args->key), db_int(after)),
		    err);
	if (rc != 0)
		return rc;
	return db_get_int(db, sql_sum,
	    DB_ARGS(db_text(scope->tenant), db_text(scope->user),
		db_text(args->key), db_int(after)),
	    0, &args->sum, err);
}

int
store_counter_add(struct store *s, const char *key, int n, int64_t window_ms,
    int64_t *ret_sum, struct error *err)
{
	struct state_args args = { .store = s, .key = key, .n = n,
		.window_ms = window_ms };
	int rc = writer_call(s->writer, count, &args, WRITER_LAZY, err);

	if (rc == 0 && ret_sum != NULL)
		*ret_sum = args.sum;
	return rc;
}
