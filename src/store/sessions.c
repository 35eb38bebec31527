/* Sessions: made, changed, thrown away, listed. */
#include <ctype.h>

#include "base/clock.h"
#include "store/inner.h"

enum {
	LIST_MAX = 1000,
	PREFIX_MIN = 4,
	FILTER_TEXT_MAX = 4096,
	LAST_LOOKS_AT = 100, /* sessions in a row in which nothing was said */
};

static const char sql_number[] =
    "SELECT num FROM session "
    "WHERE id = ?1 AND tenant_id = ?2 AND user_id = ?3";
static const char sql_create[] =
    "INSERT INTO session (id, tenant_id, user_id, title, folder, provider, "
    "model, mode, parent, forked_at, created_ms, updated_ms) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
static const char sql_update[] =
    "UPDATE session SET "
    "title = CASE ?2 WHEN '' THEN title ELSE ?2 END, "
    "provider = CASE ?3 WHEN '' THEN provider ELSE ?3 END, "
    "model = CASE ?4 WHEN '' THEN model ELSE ?4 END, "
    "mode = CASE ?5 WHEN '' THEN mode ELSE ?5 END WHERE num = ?1";
static const char sql_trash[] =
    "UPDATE session SET deleted_ms = ?2 WHERE num = ?1";

#define SESSION_COLUMNS                                                       \
	"SELECT id, title, folder, provider, model, mode, parent, forked_at, " \
	"created_ms, updated_ms, deleted_ms, last_seq, n_messages, "          \
	"cost_microusd, size_bytes FROM session "                             \
	"WHERE tenant_id = ?1 AND user_id = ?2 "
#define SESSION_FILTER                                                        \
	"AND updated_ms < ?3 AND (?4 IS NULL OR title LIKE ?4 ESCAPE '\\' "   \
	"OR folder LIKE ?4 ESCAPE '\\') "
#define SESSION_ORDER "ORDER BY updated_ms DESC, num DESC LIMIT ?5"

static const char sql_list[] = SESSION_COLUMNS
    "AND deleted_ms = 0 " SESSION_FILTER SESSION_ORDER;
static const char sql_list_folder[] = SESSION_COLUMNS
    "AND deleted_ms = 0 AND folder = ?6 " SESSION_FILTER SESSION_ORDER;
static const char sql_list_trash[] = SESSION_COLUMNS
    "AND deleted_ms <> 0 AND (?6 IS NULL OR folder = ?6) " SESSION_FILTER
	SESSION_ORDER;
static const char sql_by_prefix[] = SESSION_COLUMNS
    "AND id >= ?3 AND id < ?4 LIMIT 2";

int
session_number(struct db *db, const struct scope *scope, const char *id,
    int64_t *ret, struct error *err)
{
	int64_t num = 0;
	int rc = db_get_int(db, sql_number,
	    DB_ARGS(db_text(id), db_text(scope->tenant), db_text(scope->user)),
	    0, &num, err);

	if (rc != 0)
		return rc;
	if (num == 0)
		return error_set(err, ERR_SESSION_NOT_FOUND, "no session %s",
		    id);
	*ret = num;
	return 0;
}

void
like_pattern(struct str text, struct buf *out)
{
	buf_add_char(out, '%');
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("%_\\", text.ptr[i]) != NULL && text.ptr[i] != '\0')
			buf_add_char(out, '\\');
		buf_add_char(out, text.ptr[i]);
	}
	buf_add_char(out, '%');
}

/* --- writing ------------------------------------------------------------ */

struct session_args {
	struct store *store;
	const struct session_row *row;
	const char *id;
	bool into;
};

static int
create(struct db *db, void *ctx, struct error *err)
{
	struct session_args *args = ctx;
	const struct session_row *row = args->row;
	const struct scope *scope = &args->store->scope;
	int64_t now = clock_wall_ms();
	int64_t created = row->created_ms != 0 ? row->created_ms : now;
	int64_t updated = row->updated_ms != 0 ? row->updated_ms : created;

	return db_run(db, sql_create,
	    DB_ARGS(db_text(row->id), db_text(scope->tenant),
		db_text(scope->user), db_text(row->title),
		db_text(row->folder), db_text(row->provider),
		db_text(row->model), db_text(row->mode), db_text(row->parent),
		db_int(row->forked_at), db_int(created), db_int(updated)),
	    err);
}

int
store_session_create(struct store *s, const struct session_row *row,
    struct error *err)
{
	struct session_args args = { .store = s, .row = row };

	if (!id_valid(str_from(row->id)))
		return error_set(err, ERR_INVALID, "\"%s\" is no session id",
		    row->id);
	return writer_call(s->writer, create, &args, WRITER_LAZY, err);
}

static int
update(struct db *db, void *ctx, struct error *err)
{
	struct session_args *args = ctx;
	const struct session_row *row = args->row;
	int64_t num;
	int rc = session_number(db, &args->store->scope, row->id, &num, err);

	if (rc != 0)
		return rc;
	return db_run(db, sql_update,
	    DB_ARGS(db_int(num), db_text(row->title), db_text(row->provider),
		db_text(row->model), db_text(row->mode)),
	    err);
}

int
store_session_update(struct store *s, const struct session_row *row,
    struct error *err)
{
	struct session_args args = { .store = s, .row = row };

	return writer_call(s->writer, update, &args, WRITER_LAZY, err);
}

static int
trash(struct db *db, void *ctx, struct error *err)
{
	struct session_args *args = ctx;
	bool held = false;
	int64_t num;
	int rc = session_number(db, &args->store->scope, args->id, &num, err);

	if (rc == 0 && args->into)
		rc = lease_is_held(db, num, args->store->holder, &held, err);
	if (rc != 0)
		return rc;
	if (held)
		return error_set(err, ERR_SESSION_BUSY,
		    "another process works on this session");
	return db_run(db, sql_trash,
	    DB_ARGS(db_int(num), db_int(args->into ? clock_wall_ms() : 0)),
	    err);
}

int
store_session_trash(struct store *s, const char *id, bool into,
    struct error *err)
{
	struct session_args args = { .store = s, .id = id, .into = into };

	return writer_call(s->writer, trash, &args, WRITER_SYNCED, err);
}

/* --- reading ------------------------------------------------------------ */

static void
read_row(struct db_rows *rows, struct session_row *ret)
{
	*ret = (struct session_row){ 0 };
	db_col_copy(rows, 0, ret->id, sizeof(ret->id));
	db_col_copy(rows, 1, ret->title, sizeof(ret->title));
	db_col_copy(rows, 2, ret->folder, sizeof(ret->folder));
	db_col_copy(rows, 3, ret->provider, sizeof(ret->provider));
	db_col_copy(rows, 4, ret->model, sizeof(ret->model));
	db_col_copy(rows, 5, ret->mode, sizeof(ret->mode));
	db_col_copy(rows, 6, ret->parent, sizeof(ret->parent));
	ret->forked_at = db_col_int(rows, 7);
	ret->created_ms = db_col_int(rows, 8);
	ret->updated_ms = db_col_int(rows, 9);
	ret->deleted_ms = db_col_int(rows, 10);
	ret->last_seq = db_col_int(rows, 11);
	ret->n_messages = db_col_int(rows, 12);
	ret->cost_microusd = db_col_int(rows, 13);
	ret->size_bytes = db_col_int(rows, 14);
}

int
store_session_list(struct store_reader *r, const struct session_filter *filter,
    session_row_fn *fn, void *ctx, struct error *err)
{
	const char *sql = filter->in_trash ? sql_list_trash :
	    filter->folder != NULL	   ? sql_list_folder :
					     sql_list;
	CLEANUP_BUF struct buf pattern = BUF_INIT(FILTER_TEXT_MAX);
	struct db_value args[6];
	size_t n_args = filter->in_trash || filter->folder != NULL ? 6 : 5;
	struct session_row row;
	struct db_rows *rows;
	int rc;

	if (filter->text != NULL)
		like_pattern(str_from(filter->text), &pattern);
	if ((rc = buf_check(&pattern, err)) != 0)
		return rc;
	args[0] = db_text(r->scope.tenant);
	args[1] = db_text(r->scope.user);
	args[2] = db_int(filter->before_ms == 0 ? INT64_MAX :
						  filter->before_ms);
	args[3] = filter->text == NULL ? db_null() : db_str(buf_str(&pattern));
	args[4] = db_int(filter->limit == 0 ? LIST_MAX :
					      (int64_t)filter->limit);
	args[5] = db_text(filter->folder);
	rc = db_query(r->db, sql, args, n_args, &rows, err);
	while (rc == DB_ROW) {
		read_row(rows, &row);
		rc = fn(&row, ctx);
		if (rc != 0)
			break;
		rc = db_next(rows, err);
	}
	db_done(rows);
	return rc;
}

int
store_session_get(struct store_reader *r, const char *id,
    struct session_row *ret, struct error *err)
{
	char low[ID_SIZE], high[ID_SIZE + 1];
	struct session_row row;
	struct db_rows *rows;
	size_t len = strlen(id);
	int rc;

	if (len < PREFIX_MIN || len >= ID_SIZE)
		return error_set(err, ERR_SESSION_NOT_FOUND,
		    "a session is named by its id or by at least the first %d "
		    "characters of it", PREFIX_MIN);
	for (size_t i = 0; i <= len; i++)
		low[i] = (char)tolower((unsigned char)id[i]);
	snprintf(high, sizeof(high), "%s~", low); /* behind all letters */
	rc = db_query(r->db, sql_by_prefix,
	    DB_ARGS(db_text(r->scope.tenant), db_text(r->scope.user),
		db_text(low), db_text(high)),
	    &rows, err);
	if (rc == DB_ROW) {
		read_row(rows, &row);
		rc = db_next(rows, err);
		if (rc == DB_ROW)
			rc = error_set(err, ERR_SESSION_NOT_FOUND,
			    "several sessions begin with %.26s", id);
		else if (rc == DB_DONE)
			*ret = row;
	} else if (rc == DB_DONE) {
		rc = error_set(err, ERR_SESSION_NOT_FOUND,
		    "no session %.26s", id);
	}
	db_done(rows);
	return rc;
}

struct last {
	struct session_row *ret;
	bool found;
};

static int
take_last(const struct session_row *row, void *ctx)
{
	struct last *l = ctx;

	if (!l->found || row->n_messages > 0)
		*l->ret = *row;
	l->found = true;
	return row->n_messages > 0;
}

int
store_session_last(struct store_reader *r, const char *folder,
    struct session_row *ret, struct error *err)
{
	struct session_filter filter = { .folder = folder,
		.limit = LAST_LOOKS_AT };
	struct session_row row;
	struct last last = { .ret = &row };
	int rc = store_session_list(r, &filter, take_last, &last, err);

	if (rc < 0)
		return rc;
	if (!last.found)
		return error_set(err, ERR_SESSION_NOT_FOUND,
		    "there is no session of %s yet",
		    folder == NULL ? "this user" : folder);
	*ret = row;
	return 0;
}
