/* SQLite, loaded when the first database is opened: to bind its functions
 * costs as much as half of the rest of a start. For db_sqlite.c only. */
#ifndef FRIDAY_STORE_SQLITE_API_H
#define FRIDAY_STORE_SQLITE_API_H

#include <sqlite3.h>

#include "base/error.h"

/* Each member has the name and type of SQLite's function, without
 * "sqlite3_". */
#define SQLITE_API_TABLE(X)                                                   \
	X(bind_blob64)                                                        \
	X(bind_int64)                                                         \
	X(bind_null)                                                          \
	X(bind_text64)                                                        \
	X(busy_timeout)                                                       \
	X(changes64)                                                          \
	X(clear_bindings)                                                     \
	X(close_v2)                                                           \
	X(column_blob)                                                        \
	X(column_bytes)                                                       \
	X(column_int64)                                                       \
	X(column_text)                                                        \
	X(column_type)                                                        \
	X(db_config)                                                          \
	X(errmsg)                                                             \
	X(errstr)                                                             \
	X(exec)                                                               \
	X(extended_errcode)                                                   \
	X(extended_result_codes)                                              \
	X(file_control)                                                       \
	X(finalize)                                                           \
	X(get_autocommit)                                                     \
	X(limit)                                                              \
	X(open_v2)                                                            \
	X(prepare_v3)                                                         \
	X(reset)                                                              \
	X(sleep)                                                              \
	X(step)                                                               \
	X(system_errno)                                                       \
	X(wal_checkpoint_v2)

struct sqlite_api {
#define X(name) __typeof__(sqlite3_##name) *name;
	SQLITE_API_TABLE(X)
#undef X
};

/* The functions; any thread. NULL: not there, with the error set. Errors:
 * ERR_UNSUPPORTED. */
const struct sqlite_api *sqlite_api_get(struct error *err);

#endif
