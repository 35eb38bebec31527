/* SQLite behind the driver's seam; see db.h. Every connection is hardened
 * (defensive, no trusted schema, no double-quoted strings), in WAL mode, and
 * checks foreign keys.
 *
 * synchronous is switched between FULL and NORMAL before a transaction: in WAL
 * mode a FULL commit syncs the whole log, so it also covers the NORMAL ones
 * before it. */
#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "store/db.h"
#include "store/sqlite_api.h"

enum {
	CACHE_SIZE = 128,	/* statements; the room has about 90 */
	WAL_KEEP = 8 << 20,	/* bytes the log may keep after a checkpoint */
	WAL_CLOSE = 512 << 10,	/* a shorter log is left to the next opener */
	TEXT_MAX = 128 << 20,	/* bytes of one value */
};

struct db_rows {
	struct db *db;
	sqlite3_stmt *stmt;
	const char *sql;
	bool busy;
	bool cached;
};

struct db {
	const struct sqlite_api *lib;
	sqlite3 *handle;
	enum db_access access;
	enum db_sync sync; /* as the connection has it now */
	bool sync_known;
	struct db_rows cache[CACHE_SIZE]; /* open addressing by address */
};

static const struct fault_row {
	int primary;
	enum error_code code;
	const char *text;
} fault_table[] = {
	{ SQLITE_FULL, ERR_STORE_FULL, "the disk is full" },
	{ SQLITE_BUSY, ERR_STORE_LOCKED, "the database is locked" },
	{ SQLITE_LOCKED, ERR_STORE_LOCKED, "the database is locked" },
	{ SQLITE_PROTOCOL, ERR_STORE_LOCKED, "the database is locked" },
	{ SQLITE_CORRUPT, ERR_STORE_CORRUPT, "the database is damaged" },
	{ SQLITE_NOTADB, ERR_STORE_CORRUPT, "the file is no database" },
	{ SQLITE_READONLY, ERR_PERMISSION, "the database is read-only" },
	{ SQLITE_PERM, ERR_PERMISSION, "no access to the database" },
	{ SQLITE_CANTOPEN, ERR_IO, "the database cannot be opened" },
	{ SQLITE_IOERR, ERR_IO, "the database cannot be read or written" },
	{ SQLITE_NOMEM, ERR_NO_MEMORY, "out of memory" },
	{ SQLITE_TOOBIG, ERR_TOO_LARGE, "too large for the database" },
	{ SQLITE_CONSTRAINT, ERR_INVALID, "the database refuses the value" },
};

/* What the disk said, where SQLite only says that something failed. */
static enum error_code
code_of_disk(int errno_value, enum error_code fallback)
{
	switch (errno_value) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_STORE_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_PERMISSION;
	default:
		return fallback;
	}
}

static int
fail(struct db *db, int rc, struct error *err)
{
	const struct fault_row *row = NULL;
	enum error_code code = ERR_STORE;
	int extended = rc;

	if (db->handle != NULL &&
	    (db->lib->extended_errcode(db->handle) & 0xff) == (rc & 0xff))
		extended = db->lib->extended_errcode(db->handle);
	for (size_t i = 0; i < ARRAY_LEN(fault_table) && row == NULL; i++)
		if (fault_table[i].primary == (rc & 0xff))
			row = &fault_table[i];
	if (row != NULL)
		code = row->code;
	if (code == ERR_IO && db->handle != NULL)
		code = code_of_disk(db->lib->system_errno(db->handle), code);
	if (extended == SQLITE_IOERR_CORRUPTFS)
		code = ERR_STORE_CORRUPT;
	if (extended == SQLITE_CONSTRAINT_UNIQUE ||
	    extended == SQLITE_CONSTRAINT_PRIMARYKEY)
		code = ERR_EXISTS;
	error_set(err, code, "%s",
	    row == NULL		      ? "the database failed" :
		code == ERR_STORE_FULL ? "the disk is full" :
					 row->text);
	error_detail(err, "%s (%d)",
	    db->handle == NULL ? db->lib->errstr(rc) :
				 db->lib->errmsg(db->handle),
	    extended);
	return -(int)code;
}

/* Constants only: the settings and the words of transactions. */
static int
exec(struct db *db, const char *sql, struct error *err)
{
	int rc = db->lib->exec(db->handle, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : fail(db, rc, err);
}

/* A new file becomes a WAL database. Of two processes that do so at once one
 * may be told "busy" without its busy handler being asked: SQLite gives no
 * event to wait for, so try again until the time is over. */
static int
set_wal(struct db *db, int busy_ms, struct error *err)
{
	int64_t end = clock_now_ms() + busy_ms;
	int rc;

	while ((rc = exec(db, "PRAGMA journal_mode=WAL", err)) ==
		-ERR_STORE_LOCKED &&
	    clock_now_ms() < end)
		db->lib->sleep(5);
	return rc;
}

static bool
is_new(struct db *db)
{
	sqlite3_file *file = NULL;
	sqlite3_int64 size = 0;

	return db->lib->file_control(db->handle, "main",
		   SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
	    file != NULL && file->pMethods != NULL &&
	    file->pMethods->xFileSize(file, &size) == SQLITE_OK && size == 0;
}

static int
set_up(struct db *db, const struct db_opts *opts, struct error *err)
{
	int rc;

	db->lib->extended_result_codes(db->handle, 1);
	db->lib->busy_timeout(db->handle, opts->busy_ms);
	db->lib->limit(db->handle, SQLITE_LIMIT_LENGTH, TEXT_MAX);
	db->lib->db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	db->lib->db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	db->lib->db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	db->lib->db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	db->lib->db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	db->lib->db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
	    NULL);
	if (opts->large_cache &&
	    (rc = exec(db, opts->access == DB_READER ?
			     "PRAGMA cache_size=-32768" :
			     "PRAGMA cache_size=-16384", err)) != 0)
		return rc;
	if (opts->access == DB_READER)
		return exec(db, "PRAGMA query_only=1; PRAGMA temp_store=2",
		    err);
	rc = exec(db, "PRAGMA temp_store=2", err);
	/* Must come first in a file, and would write each time. */
	if (rc == 0 && is_new(db))
		rc = exec(db, "PRAGMA auto_vacuum=INCREMENTAL", err);
	if (rc == 0)
		rc = set_wal(db, opts->busy_ms, err);
	if (rc == 0)
		rc = exec(db, "PRAGMA journal_size_limit=8388608", err);
	return rc;
}

int
db_open(const char *path, const struct db_opts *opts, struct db **ret,
    struct error *err)
{
	CLEANUP(db_closep) struct db *db = mem_new(struct db);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_PRIVATECACHE;
	int rc;

	_Static_assert(WAL_KEEP == 8388608, "as in set_up()");
	db->access = opts->access;
	if (opts->access == DB_WRITER)
		flags |= SQLITE_OPEN_CREATE;
	db->lib = sqlite_api_get(err);
	if (db->lib == NULL)
		return -ERR_UNSUPPORTED;
	rc = db->lib->open_v2(path, &db->handle, flags, NULL);
	if (rc != SQLITE_OK)
		return fail(db, rc, err);
	rc = set_up(db, opts, err);
	if (rc != 0)
		return rc;
	*ret = steal(db);
	return 0;
}

int64_t
db_log_bytes(struct db *db)
{
	sqlite3_file *log = NULL;
	sqlite3_int64 size = 0;

	return db->lib->file_control(db->handle, "main",
		   SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
		    log != NULL && log->pMethods != NULL &&
		    log->pMethods->xFileSize(log, &size) == SQLITE_OK ?
	    size : 0;
}

/* Closing does not write the log back when it is short: the next opener reads
 * it in less time than the two syncs would take at the end of a command. */
static void
tidy_log(struct db *db)
{
	if (db_log_bytes(db) > WAL_CLOSE)
		db->lib->wal_checkpoint_v2(db->handle, "main",
		    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	if (db->lib == NULL) { /* never opened */
		free(db);
		return;
	}
	if (db->access == DB_WRITER && db->handle != NULL)
		tidy_log(db);
	for (size_t i = 0; i < CACHE_SIZE; i++)
		db->lib->finalize(db->cache[i].stmt);
	db->lib->close_v2(db->handle);
	free(db);
}

void
db_set_busy(struct db *db, int busy_ms)
{
	db->lib->busy_timeout(db->handle, busy_ms);
}

struct db_value
db_null(void)
{
	return (struct db_value){ .kind = DB_NULL };
}

struct db_value
db_int(int64_t n)
{
	return (struct db_value){ .kind = DB_INT, .number = n };
}

struct db_value
db_text(const char *text)
{
	return db_str(str_from(text));
}

struct db_value
db_str(struct str s)
{
	if (s.ptr == NULL)
		return db_null();
	return (struct db_value){ .kind = DB_TEXT, .text = s };
}

struct db_value
db_blob(struct str bytes)
{
	if (bytes.ptr == NULL)
		return db_null();
	return (struct db_value){ .kind = DB_BLOB, .text = bytes };
}

/* The place of a statement in the cache: its own, or the free one where it
 * goes; NULL: it is in use, or the cache is full. */
static struct db_rows *
find_cached(struct db *db, const char *sql)
{
	size_t at = (uintptr_t)sql / 8 * 2654435761U % CACHE_SIZE;

	for (size_t i = 0; i < CACHE_SIZE; i++) {
		struct db_rows *rows = &db->cache[(at + i) % CACHE_SIZE];

		if (rows->sql == NULL)
			return rows;
		if (rows->sql == sql)
			return rows->busy ? NULL : rows;
	}
	return NULL;
}

static int
prepare(struct db *db, const char *sql, struct db_rows **ret,
    struct error *err)
{
	struct db_rows *rows = find_cached(db, sql);
	bool cached = rows != NULL;
	int rc = SQLITE_OK;

	if (!cached)
		rows = mem_new(struct db_rows);
	if (rows->stmt == NULL)
		rc = db->lib->prepare_v3(db->handle, sql, -1,
		    cached ? SQLITE_PREPARE_PERSISTENT : 0, &rows->stmt, NULL);
	if (rc != SQLITE_OK) {
		rc = fail(db, rc, err);
		if (!cached)
			free(rows);
		return rc;
	}
	rows->db = db;
	rows->sql = sql;
	rows->cached = cached;
	rows->busy = true;
	*ret = rows;
	return 0;
}

static int
bind(struct db_rows *rows, int at, const struct db_value *v)
{
	const struct sqlite_api *lib = rows->db->lib;

	switch (v->kind) {
	case DB_INT:
		return lib->bind_int64(rows->stmt, at, v->number);
	case DB_TEXT:
		return lib->bind_text64(rows->stmt, at, v->text.ptr,
		    v->text.len, SQLITE_STATIC, SQLITE_UTF8);
	case DB_BLOB:
		return lib->bind_blob64(rows->stmt, at, v->text.ptr,
		    v->text.len, SQLITE_STATIC);
	default:
		return lib->bind_null(rows->stmt, at);
	}
}

int
db_query(struct db *db, const char *sql, const struct db_value *args,
    size_t n_args, struct db_rows **ret, struct error *err)
{
	struct db_rows *rows = NULL;
	int rc;

	*ret = NULL;
	rc = prepare(db, sql, &rows, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < n_args; i++) {
		rc = bind(rows, (int)i + 1, &args[i]);
		if (rc != SQLITE_OK) {
			rc = fail(db, rc, err);
			db_done(rows);
			return rc;
		}
	}
	rc = db_next(rows, err);
	if (rc < 0)
		db_done(rows);
	else
		*ret = rows;
	return rc;
}

int
db_next(struct db_rows *rows, struct error *err)
{
	int rc = rows->db->lib->step(rows->stmt);

	if (rc == SQLITE_ROW)
		return DB_ROW;
	return rc == SQLITE_DONE ? DB_DONE : fail(rows->db, rc, err);
}

int64_t
db_col_int(struct db_rows *rows, int column)
{
	return rows->db->lib->column_int64(rows->stmt, column);
}

struct str
db_col_text(struct db_rows *rows, int column)
{
	const struct sqlite_api *lib = rows->db->lib;
	const char *text = (const char *)lib->column_text(rows->stmt, column);

	if (text == NULL)
		return STR("");
	return str_make(text, (size_t)lib->column_bytes(rows->stmt, column));
}

struct str
db_col_blob(struct db_rows *rows, int column)
{
	const struct sqlite_api *lib = rows->db->lib;
	const char *bytes = lib->column_blob(rows->stmt, column);

	return str_make(bytes,
	    bytes == NULL ? 0 :
			    (size_t)lib->column_bytes(rows->stmt, column));
}

bool
db_col_null(struct db_rows *rows, int column)
{
	return rows->db->lib->column_type(rows->stmt, column) == SQLITE_NULL;
}

void
db_col_copy(struct db_rows *rows, int column, char *out, size_t size)
{
	struct str text = db_col_text(rows, column);

	snprintf(out, size, "%.*s", STR_ARG(text));
}

void
db_done(struct db_rows *rows)
{
	if (rows == NULL)
		return;
	if (!rows->cached) {
		rows->db->lib->finalize(rows->stmt);
		free(rows);
		return;
	}
	rows->db->lib->reset(rows->stmt);
	rows->db->lib->clear_bindings(rows->stmt);
	rows->busy = false;
}

int
db_run(struct db *db, const char *sql, const struct db_value *args,
    size_t n_args, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(db, sql, args, n_args, &rows, err);

	while (rc == DB_ROW)
		rc = db_next(rows, err);
	db_done(rows);
	return rc;
}

int
db_get_int(struct db *db, const char *sql, const struct db_value *args,
    size_t n_args, int64_t fallback, int64_t *ret, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(db, sql, args, n_args, &rows, err);

	if (rc >= 0)
		*ret = rc == DB_ROW ? db_col_int(rows, 0) : fallback;
	db_done(rows);
	return rc < 0 ? rc : 0;
}

int64_t
db_changes(struct db *db)
{
	return db->lib->changes64(db->handle);
}

int
db_script(struct db *db, const char *sql, struct error *err)
{
	return exec(db, sql, err);
}

/* May not be changed inside a transaction, and takes effect when it is
 * compiled: hence not a cached statement. */
static int
set_sync(struct db *db, enum db_sync sync, struct error *err)
{
	int rc;

	if (db->sync_known && db->sync == sync)
		return 0;
	rc = exec(db,
	    sync == DB_SYNC_FULL ? "PRAGMA synchronous=FULL" :
				   "PRAGMA synchronous=NORMAL",
	    err);
	db->sync_known = rc == 0;
	db->sync = sync;
	return rc;
}

int
db_begin(struct db *db, enum db_sync sync, struct error *err)
{
	int rc = set_sync(db, sync, err);

	return rc != 0 ? rc : db_run(db, "BEGIN IMMEDIATE", DB_NO_ARGS, err);
}

int
db_commit(struct db *db, struct error *err)
{
	return db_run(db, "COMMIT", DB_NO_ARGS, err);
}

void
db_rollback(struct db *db)
{
	if (!db->lib->get_autocommit(db->handle))
		db_run(db, "ROLLBACK", DB_NO_ARGS, NULL);
}

int
db_mark(struct db *db, struct error *err)
{
	return db_run(db, "SAVEPOINT part", DB_NO_ARGS, err);
}

int
db_mark_keep(struct db *db, struct error *err)
{
	return db_run(db, "RELEASE part", DB_NO_ARGS, err);
}

int
db_mark_undo(struct db *db, struct error *err)
{
	int rc = db_run(db, "ROLLBACK TO part", DB_NO_ARGS, err);

	return rc != 0 ? rc : db_run(db, "RELEASE part", DB_NO_ARGS, err);
}

int
db_sync(struct db *db, struct error *err)
{
	sqlite3_file *log = NULL;
	int rc = db->lib->file_control(db->handle, "main",
	    SQLITE_FCNTL_JOURNAL_POINTER, &log);

	if (rc != SQLITE_OK)
		return fail(db, rc, err);
	if (log == NULL || log->pMethods == NULL)
		return 0; /* no log: nothing was written by us */
	rc = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
	return rc == SQLITE_OK ? 0 : fail(db, rc, err);
}

int
db_checkpoint(struct db *db, struct error *err)
{
	/* A reader in the way is no fault: the log is shortened later. */
	int rc = db->lib->wal_checkpoint_v2(db->handle, "main",
	    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY)
		return 0;
	return fail(db, rc, err);
}
