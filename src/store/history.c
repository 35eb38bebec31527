/* The prompts a user has typed in a folder. A repeated prompt moves to the
 * front instead of standing twice; the oldest fall off. */
#include "base/clock.h"
#include "store/inner.h"

enum { HISTORY_MAX = 5000 }; /* of a folder */

static const char sql_forget[] =
    "DELETE FROM history WHERE tenant_id = ?1 AND user_id = ?2 "
    "AND folder = ?3 AND text = ?4";
static const char sql_add[] =
    "INSERT INTO history (tenant_id, user_id, folder, text, time_ms) "
    "VALUES (?1, ?2, ?3, ?4, ?5)";
static const char sql_bound[] =
    "DELETE FROM history WHERE num <= (SELECT num FROM history "
    "WHERE tenant_id = ?1 AND user_id = ?2 AND folder = ?3 "
    "ORDER BY num DESC LIMIT 1 OFFSET ?4) "
    "AND tenant_id = ?1 AND user_id = ?2 AND folder = ?3";
static const char sql_list[] =
    "SELECT text, time_ms FROM history "
    "WHERE tenant_id = ?1 AND user_id = ?2 AND folder = ?3 "
    "ORDER BY num DESC LIMIT ?4";
static const char sql_list_all[] =
    "SELECT text, time_ms FROM history "
    "WHERE tenant_id = ?1 AND user_id = ?2 AND ?3 IS NULL "
    "ORDER BY num DESC LIMIT ?4";

struct history_args {
	struct store *store;
	const char *folder;
	struct str text;
};

static int
add(struct db *db, void *ctx, struct error *err)
{
	struct history_args *args = ctx;
	const struct scope *scope = &args->store->scope;
	struct db_value tenant = db_text(scope->tenant);
	struct db_value user = db_text(scope->user);
	struct db_value folder = db_text(args->folder);
	int rc;

	rc = db_run(db, sql_forget,
	    DB_ARGS(tenant, user, folder, db_str(args->text)), err);
	if (rc == 0)
		rc = db_run(db, sql_add,
		    DB_ARGS(tenant, user, folder, db_str(args->text),
			db_int(clock_wall_ms())),
		    err);
	if (rc == 0)
		rc = db_run(db, sql_bound,
		    DB_ARGS(tenant, user, folder, db_int(HISTORY_MAX)), err);
	return rc;
}

int
store_history_add(struct store *s, const char *folder, struct str text,
    struct error *err)
{
	struct history_args args = { s, folder, text };

	if (text.len == 0)
		return 0;
	return writer_call(s->writer, add, &args, WRITER_LAZY, err);
}

int
store_history(struct store_reader *r, const char *folder, size_t limit,
    history_fn *fn, void *ctx, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(r->db, folder == NULL ? sql_list_all : sql_list,
	    DB_ARGS(db_text(r->scope.tenant), db_text(r->scope.user),
		db_text(folder),
		db_int(limit == 0 ? HISTORY_MAX : (int64_t)limit)),
	    &rows, err);

	while (rc == DB_ROW) {
		rc = fn(db_col_text(rows, 0), db_col_int(rows, 1), ctx);
		if (rc != 0)
			break;
		rc = db_next(rows, err);
	}
	db_done(rows);
	return rc;
}
