/* The driver's seam: connections, prepared statements, transactions, typed
 * values. The rest of the room speaks this and SQL; no type of a database
 * library crosses this header. db_sqlite.c implements it; a shared deployment
 * can add another driver behind it.
 *
 * SQL text is always a constant; values are bound. A connection keeps its
 * prepared statements, found again by the address of the constant, so a query
 * is compiled once per connection.
 *
 *	static const char sql_title[] = "SELECT title FROM session WHERE num=?";
 *
 *	rc = db_query(db, sql_title, DB_ARGS(db_int(num)), &row, err);
 *	if (rc == DB_ROW) copy(db_col_text(row, 0));
 *	db_done(row);
 *
 * Thread: a connection belongs to one thread at a time. */
#ifndef FRIDAY_STORE_DB_H
#define FRIDAY_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

struct db;
struct db_rows; /* a statement in use */

enum db_access {
	DB_WRITER, /* reads and writes; makes the file if it is missing */
	DB_READER, /* refuses to write */
};

struct db_opts {
	enum db_access access;
	int busy_ms; /* how long a lock of others is waited for */
	/* Pages in memory: 32 MiB at most, of a writer 16, instead of 2. */
	bool large_cache;
};

/* Errors of every function here: ERR_STORE_LOCKED, ERR_STORE_FULL,
 * ERR_STORE_CORRUPT, ERR_PERMISSION, ERR_IO, ERR_NO_MEMORY, ERR_TOO_LARGE,
 * ERR_EXISTS (a unique value is there already), ERR_INVALID (another
 * constraint), ERR_STORE for the rest. */
int db_open(const char *path, const struct db_opts *opts, struct db **ret,
    struct error *err);
/* Statements in use must be done. */
void db_close(struct db *db);
DEFINE_CLEANUP(db_close, struct db);
void db_set_busy(struct db *db, int busy_ms);

/* --- values ------------------------------------------------------------- */

struct db_value {
	enum { DB_NULL, DB_INT, DB_TEXT, DB_BLOB } kind;
	int64_t number;
	struct str text; /* borrowed until the statement is done */
};

struct db_value db_null(void);
struct db_value db_int(int64_t n);
struct db_value db_text(const char *text); /* NULL: null */
struct db_value db_str(struct str s);	   /* ptr NULL: null */
struct db_value db_blob(struct str bytes); /* ptr NULL: null */

#define DB_ARGS(...)                                                          \
	(const struct db_value[]){ __VA_ARGS__ },                             \
	    (sizeof((const struct db_value[]){ __VA_ARGS__ }) /               \
		sizeof(struct db_value))
#define DB_NO_ARGS NULL, 0

/* --- statements --------------------------------------------------------- */

enum { DB_DONE = 0, DB_ROW = 1 };

/* Starts a statement and goes to its first row: DB_ROW, DB_DONE (no row), or
 * a negative error. *ret is set in each case (NULL after an error): give it to
 * db_done(). A statement that is in use already gets a copy, so queries of the
 * same text may nest. */
int db_query(struct db *db, const char *sql, const struct db_value *args,
    size_t n_args, struct db_rows **ret, struct error *err);
/* The next row: as db_query(). */
int db_next(struct db_rows *rows, struct error *err);
/* Columns of the present row, from 0. Text lives until db_next/db_done. */
int64_t db_col_int(struct db_rows *rows, int column);
struct str db_col_text(struct db_rows *rows, int column);
struct str db_col_blob(struct db_rows *rows, int column);
bool db_col_null(struct db_rows *rows, int column);
/* Copies text, cut to fit, with a NUL. */
void db_col_copy(struct db_rows *rows, int column, char *out, size_t size);
void db_done(struct db_rows *rows);
DEFINE_CLEANUP(db_done, struct db_rows);

/* Runs to the end; rows are ignored. */
int db_run(struct db *db, const char *sql, const struct db_value *args,
    size_t n_args, struct error *err);
/* The first column of the first row; `fallback` if there is none. */
int db_get_int(struct db *db, const char *sql, const struct db_value *args,
    size_t n_args, int64_t fallback, int64_t *ret, struct error *err);
/* Rows changed by the last db_run. */
int64_t db_changes(struct db *db);
/* Several statements without values: a migration. */
int db_script(struct db *db, const char *sql, struct error *err);

/* --- transactions ------------------------------------------------------- */

enum db_sync {
	DB_SYNC_LAZY, /* survives a crash of the process, not of the machine */
	DB_SYNC_FULL, /* on the disk when db_commit() returns */
};

/* Takes the write lock at once, so that a transaction never fails half way
 * for want of it. */
int db_begin(struct db *db, enum db_sync sync, struct error *err);
int db_commit(struct db *db, struct error *err);
/* Also when the driver has given the transaction up by itself. */
void db_rollback(struct db *db);
/* A part of a transaction that can be undone by itself. */
int db_mark(struct db *db, struct error *err);
int db_mark_keep(struct db *db, struct error *err);
int db_mark_undo(struct db *db, struct error *err);
/* Puts earlier lazy commits on the disk. */
int db_sync(struct db *db, struct error *err);

/* --- the database as a whole -------------------------------------------- */

/* The schema's number as the file's header has it; 0: none yet. A migration
 * sets it, as its last statement. */
int db_schema_get(struct db *db, int64_t *ret, struct error *err);
/* Whether there is no table yet. */
int db_is_empty(struct db *db, bool *ret, struct error *err);
/* Moves the log into the database and shortens it, as far as readers let. */
int db_checkpoint(struct db *db, struct error *err);
/* The length of the log's file. */
int64_t db_log_bytes(struct db *db);
/* Bytes in use: the database without its free pages. */
int db_used_bytes(struct db *db, int64_t *ret, struct error *err);
int db_free_pages(struct db *db, int64_t *ret, struct error *err);
/* Gives at most `pages` free pages back to the file system. */
int db_shrink(struct db *db, int pages, struct error *err);
/* A consistent copy at `path`, which is missing or empty. */
int db_copy_to(struct db *db, const char *path, struct error *err);
/* Reads everything and checks it. ERR_STORE_CORRUPT says what is wrong. */
int db_check(struct db *db, struct error *err);

#endif
