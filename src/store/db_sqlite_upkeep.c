/* What a database is asked now and then: its schema, its size, whether it is
 * whole, a copy. All of it is SQL of SQLite's, by way of db.h. */
#include "store/db.h"

int
db_schema_get(struct db *db, int64_t *ret, struct error *err)
{
	return db_get_int(db, "PRAGMA user_version", DB_NO_ARGS, 0, ret, err);
}

int
db_is_empty(struct db *db, bool *ret, struct error *err)
{
	int64_t n = 0;
	int rc = db_get_int(db, "SELECT count(*) FROM sqlite_schema",
	    DB_NO_ARGS, 0, &n, err);

	if (rc == 0)
		*ret = n == 0;
	return rc;
}

int
db_free_pages(struct db *db, int64_t *ret, struct error *err)
{
	return db_get_int(db, "PRAGMA freelist_count", DB_NO_ARGS, 0, ret,
	    err);
}

int
db_used_bytes(struct db *db, int64_t *ret, struct error *err)
{
	int64_t pages = 0, unused = 0, page_size = 0;
	int rc = db_get_int(db, "PRAGMA page_count", DB_NO_ARGS, 0, &pages,
	    err);

	if (rc == 0)
		rc = db_free_pages(db, &unused, err);
	if (rc == 0)
		rc = db_get_int(db, "PRAGMA page_size", DB_NO_ARGS, 0,
		    &page_size, err);
	if (rc == 0)
		*ret = (pages - unused) * page_size;
	return rc;
}

int
db_shrink(struct db *db, int pages, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(db, "PRAGMA incremental_vacuum", DB_NO_ARGS, &rows,
	    err);

	while (rc == DB_ROW && --pages > 0)
		rc = db_next(rows, err);
	db_done(rows);
	return rc < 0 ? rc : 0;
}

int
db_copy_to(struct db *db, const char *path, struct error *err)
{
	return db_run(db, "VACUUM INTO ?1", DB_ARGS(db_text(path)), err);
}

static int
check_rows(struct db *db, const char *sql, bool any_row, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(db, sql, DB_NO_ARGS, &rows, err);

	if (rc == DB_ROW &&
	    (any_row || !str_eq(db_col_text(rows, 0), STR("ok")))) {
		rc = error_set(err, ERR_STORE_CORRUPT,
		    "the database is damaged");
		error_detail(err, "%.*s", STR_ARG(db_col_text(rows, 0)));
	}
	db_done(rows);
	return rc < 0 ? rc : 0;
}

int
db_check(struct db *db, struct error *err)
{
	int rc = check_rows(db, "PRAGMA integrity_check(1)", false, err);

	return rc != 0 ? rc :
			 check_rows(db, "PRAGMA foreign_key_check", true, err);
}
