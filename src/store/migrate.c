/* Migrations; see migrate.h. The number of the schema also stands in the
 * file's header (user_version), where it can be read without knowing a single
 * table; each migration's last statement sets it. */
#include "store/migrate.h"

#include "base/clock.h"
#include "base/hash.h"
#include "store/db.h"

static const char sql_recorded[] =
    "SELECT number, sha256, name FROM migration ORDER BY number";
static const char sql_record[] =
    "INSERT INTO migration (number, name, sha256, applied_ms, duration_ms) "
    "VALUES (?1, ?2, ?3, ?4, ?5)";

/* Compares one recorded row with the file of its number. */
static int
check_row(struct db_rows *rows, const struct migration *m, struct error *err)
{
	char sum[HASH_SIZE];
	int rc;

	hash_sha256(str_from(m->sql), sum);
	if (db_col_int(rows, 0) == m->number &&
	    str_eq_c(db_col_text(rows, 1), sum))
		return 0;
	rc = error_set(err, ERR_STORE_CORRUPT,
	    "migration %s of the database is not the one of this program",
	    m->name);
	error_detail(err, "recorded %lld %.*s, expected %d %s",
	    (long long)db_col_int(rows, 0), STR_ARG(db_col_text(rows, 1)),
	    m->number, sum);
	return rc;
}

/* The schema's number, once all that is recorded has been checked. */
static int
check_recorded(struct db *db, const struct migration *migrations, size_t n,
    size_t *ret_done, struct error *err)
{
	struct db_rows *rows = NULL;
	size_t done = 0;
	int64_t schema;
	bool empty;
	int rc;

	if ((rc = db_schema_get(db, &schema, err)) != 0)
		return rc;
	if (schema > (int64_t)n)
		return error_set(err, ERR_STORE_NEWER,
		    "the database has schema %lld; this program knows %zu",
		    (long long)schema, n);
	if (schema <= 0) {
		if ((rc = db_is_empty(db, &empty, err)) != 0)
			return rc;
		if (!empty || schema < 0)
			return error_set(err, ERR_STORE_CORRUPT,
			    "the database belongs to another program");
		*ret_done = 0;
		return 0;
	}
	rc = db_query(db, sql_recorded, DB_NO_ARGS, &rows, err);
	while (rc == DB_ROW) {
		if (done == (size_t)schema)
			rc = error_set(err, ERR_STORE_CORRUPT,
			    "more migrations recorded than schema %lld has",
			    (long long)schema);
		else
			rc = check_row(rows, &migrations[done], err);
		if (rc != 0)
			break;
		done++;
		rc = db_next(rows, err);
	}
	db_done(rows);
	if (rc < 0)
		return rc;
	if (done != (size_t)schema)
		return error_set(err, ERR_STORE_CORRUPT,
		    "%zu migrations recorded in a database of schema %lld",
		    done, (long long)schema);
	*ret_done = done;
	return 0;
}

static int
apply(struct db *db, const struct migration *m, struct error *err)
{
	int64_t start = clock_now_ms();
	char sum[HASH_SIZE];
	int64_t schema = 0;
	int rc;

	rc = db_script(db, m->sql, err);
	if (rc == 0)
		rc = db_schema_get(db, &schema, err);
	if (rc != 0)
		return rc;
	if (schema != m->number)
		return error_set(err, ERR_INTERNAL,
		    "migration %s does not set its number", m->name);
	hash_sha256(str_from(m->sql), sum);
	return db_run(db, sql_record,
	    DB_ARGS(db_int(m->number), db_text(m->name), db_text(sum),
		db_int(clock_wall_ms()), db_int(clock_now_ms() - start)),
	    err);
}

/* All that is missing in one transaction: a database is never left between
 * two schemas. */
static int
apply_missing(struct db *db, const struct migration *migrations, size_t n,
    struct error *err)
{
	size_t done = 0;
	int rc = db_begin(db, DB_SYNC_FULL, err);

	if (rc != 0)
		return rc;
	/* Another process may have been faster. */
	rc = check_recorded(db, migrations, n, &done, err);
	for (; rc == 0 && done < n; done++)
		rc = apply(db, &migrations[done], err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc != 0)
		db_rollback(db);
	return rc;
}

int
migrate_run(struct db *db, const struct migration *migrations,
    size_t n_migrations, struct error *err)
{
	size_t done = 0;
	int rc = check_recorded(db, migrations, n_migrations, &done, err);

	if (rc != 0 || done == n_migrations)
		return rc;
	return apply_missing(db, migrations, n_migrations, err);
}

int
migrate_check(struct db *db, const struct migration *migrations,
    size_t n_migrations, struct error *err)
{
	size_t done = 0;

	return check_recorded(db, migrations, n_migrations, &done, err);
}
