/* The index of a repository in SQLite; see index_db.h. */
#include "store/index_db.h"

#include <limits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/units.h"
#include "store/index_inner.h"

enum { BUSY_MS = 10 * 1000 };
/* A log that is short, also beside the database, may stay: what shortens it
 * waits for the disk twice. */
enum { LOG_SHORT = 64 << 10, LOG_PART = 20, PAGE_BYTES = 4096 };
static const char schema[] =
    "CREATE TABLE file (\n"
    "	id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "	path TEXT NOT NULL UNIQUE,\n"
    "	size INTEGER NOT NULL,\n"
    "	mtime_ns INTEGER NOT NULL,\n"
    "	inode INTEGER NOT NULL,\n"
    "	hash TEXT NOT NULL,\n"
    "	language TEXT NOT NULL,\n"
    "	flags INTEGER NOT NULL,\n"
    "	segment INTEGER NOT NULL,\n"
    "	first_chunk INTEGER NOT NULL,\n"
    "	n_chunks INTEGER NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE term_text (\n"
    "	nr INTEGER PRIMARY KEY,\n"
    "	first BLOB NOT NULL UNIQUE,\n"
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE term_at (\n"
    "	id INTEGER PRIMARY KEY,\n" /* of a term, >> 7 */
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE whole (\n" /* of a part: terms of several; see */
    "	id INTEGER PRIMARY KEY,\n" /* index_numbers.c */
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE segment (\n"
    "	id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "	n_chunks INTEGER NOT NULL,\n"
    "	rows BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE chunk (\n"
    "	id INTEGER PRIMARY KEY,\n" /* segment << 32 | at */
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE text (\n"
    "	file INTEGER PRIMARY KEY,\n"
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE posting (\n"
    "	id INTEGER PRIMARY KEY,\n" /* see index_inner.h */
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE name_text (\n"
    "	nr INTEGER PRIMARY KEY,\n"
    "	first BLOB NOT NULL UNIQUE,\n"
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE name_at (\n"
    "	id INTEGER PRIMARY KEY,\n"
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE graph (\n"
    "	file INTEGER PRIMARY KEY,\n"
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE user (\n" /* of a name: files that have it */
    "	id INTEGER PRIMARY KEY,\n"
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE definer (\n" /* of a name: files that define it */
    "	id INTEGER PRIMARY KEY,\n"
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "PRAGMA user_version = 10;\n";

_Static_assert(INDEX_DB_VERSION == 10, "as in the schema");

/* --- opening ------------------------------------------------------------ */

void
index_db_remove(const char *path)
{
	static const char *const tails[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		CLEANUP(free_ptr) char *name = mem_printf("%s%s", path,
		    tails[i]);

		unlink(name);
	}
}

/* 1: it is ours; 0: it is of another version; negative: error. */
static int
check_schema(struct db *db, bool write, struct error *err)
{
	int64_t version;
	bool empty;
	int rc = db_schema_get(db, &version, err);

	if (rc == 0 && version == INDEX_DB_VERSION)
		return 1;
	/* Rebuilding it would take it away from the other friday, each time. */
	if (rc == 0 && version > INDEX_DB_VERSION)
		return error_set(err, ERR_STORE_NEWER,
		    "the index was made by a newer friday: update friday, or "
		    "remove it with 'friday index drop'");
	if (rc == 0)
		rc = db_is_empty(db, &empty, err);
	if (rc != 0 || !empty || !write)
		return rc;
	/* Of two processes the second one finds the tables made. */
	rc = db_begin(db, DB_SYNC_LAZY, err);
	if (rc != 0)
		return rc;
	rc = db_schema_get(db, &version, err);
	if (rc == 0 && version == 0)
		rc = db_script(db, schema, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc != 0)
		db_rollback(db);
	return rc == 0 ? 1 : rc;
}

static int
try_open(const char *path, bool write, struct db **ret, struct error *err)
{
	const struct db_opts opts = {
		.access = write ? DB_WRITER : DB_READER,
		.busy_ms = BUSY_MS,
		/* A search touches thousands of pages, and the next one the
		 * same ones. */
		.large_cache = true,
	};
	int rc;

	*ret = NULL;
	if (!write && access(path, F_OK) != 0)
		return error_set(err, ERR_NOT_FOUND, "there is no index yet");
	rc = db_open(path, &opts, ret, err);
	if (rc == 0)
		rc = check_schema(*ret, write, err);
	if (rc == 1)
		return 0;
	db_close(*ret);
	*ret = NULL;
	return rc != 0 ? rc :
	    error_set(err, write ? ERR_STORE_CORRUPT : ERR_NOT_FOUND,
		"the index is of another version");
}

int
index_db_open(const char *path, bool write, struct index_db **ret,
    struct error *err)
{
	struct db *db;
	int rc = try_open(path, write, &db, err);

	if (rc == -ERR_STORE_CORRUPT && write) {
		index_db_remove(path);
		rc = try_open(path, write, &db, err);
	}
	if (rc != 0)
		return rc;
	*ret = mem_new(struct index_db);
	**ret = (struct index_db){ .db = db, .write = write };
	return 0;
}

void
index_db_close(struct index_db *d)
{
	if (d == NULL)
		return;
	db_close(d->db);
	free(d);
}

int
index_db_begin(struct index_db *d, struct error *err)
{
	static const char sql_read[] = "BEGIN";

	return d->write ? db_begin(d->db, DB_SYNC_LAZY, err) :
			  db_run(d->db, sql_read, DB_NO_ARGS, err);
}

int
index_db_commit(struct index_db *d, struct error *err)
{
	return db_commit(d->db, err);
}

void
index_db_rollback(struct index_db *d)
{
	db_rollback(d->db);
}

/* Merged segments leave free pages: what is more than the next merge will use
 * is given back. */
static int
drop_free_pages(struct index_db *d, struct error *err)
{
	int64_t free_pages = 0, used = 0;
	int rc = db_free_pages(d->db, &free_pages, err);

	if (rc == 0)
		rc = db_used_bytes(d->db, &used, err);
	if (rc != 0 || free_pages > INT_MAX - 1 ||
	    free_pages * PAGE_BYTES < LOG_SHORT + used / LOG_PART)
		return rc;
	return db_shrink(d->db, (int)free_pages + 1, err);
}

int
index_db_tidy(struct index_db *d, struct error *err)
{
	int64_t log, used = 0;
	int rc;

	db_set_busy(d->db, 0);
	rc = drop_free_pages(d, err);
	log = db_log_bytes(d->db);
	if (rc == 0 && log > LOG_SHORT)
		rc = db_used_bytes(d->db, &used, err);
	if (rc == 0 && log > LOG_SHORT && log > used / LOG_PART)
		rc = db_checkpoint(d->db, err);
	db_set_busy(d->db, BUSY_MS);
	/* All is written: where there is no room to tidy it stays as it is. */
	return rc == -ERR_STORE_LOCKED || rc == -ERR_STORE_FULL ? 0 : rc;
}
