/* The SQL of undo points; see undo.h. */
#include "store/undo.h"

#include "base/clock.h"
#include "store/audit_rows.h"
#include "store/inner.h"

static const char *const source_names[] = {
	[UNDO_BY_FILES] = "files",
	[UNDO_BY_COMMAND] = "command",
	[UNDO_BY_BACKGROUND] = "background",
	[UNDO_BY_UNDO] = "undo",
	[UNDO_BY_REDO] = "redo",
	[UNDO_BY_REVERT] = "revert",
};

static const char sql_begin[] =
    "INSERT INTO undo_point (id, tenant_id, user_id, session, run, call_id, "
    "kind, label, state, seq, time_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
    "?8, 'open', (SELECT last_seq FROM session WHERE num = ?4), ?9)";
static const char sql_number[] =
    "SELECT num FROM undo_point WHERE id = ?1";
static const char sql_entry[] =
    "INSERT INTO undo_entry (point, root, path, before_kind, before_mode, "
    "before_bytes, before_hash, after_kind, after_mode, after_bytes, "
    "after_hash, tenant_id, user_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
    "?8, ?9, ?10, ?11, ?12, ?13)";
static const char sql_count_entries[] =
    "SELECT count(*) FROM undo_entry WHERE point = ?1";
static const char sql_drop_entries[] =
    "DELETE FROM undo_entry WHERE point = ?1";
static const char sql_drop_point[] = "DELETE FROM undo_point WHERE num = ?1";
static const char sql_done[] =
    "UPDATE undo_point SET state = 'done' WHERE num = ?1";
static const char sql_undone[] =
    "UPDATE undo_point SET undone_by = ?2 WHERE num = ?1";
/* A redo takes an undo back: what that had taken back counts again. */
static const char sql_given_back[] =
    "UPDATE undo_point SET undone_by = 0 WHERE undone_by = ?1";
static const char sql_expire[] =
    "DELETE FROM undo_point WHERE tenant_id = ?1 AND user_id = ?2 "
    "AND (time_ms < ?3 OR num < ?4) AND state = 'done'";

#define POINT_COLUMNS                                                         \
	"SELECT p.num, p.id, s.id, p.run, p.call_id, p.kind, p.label, "       \
	"p.state, p.seq, p.time_ms, p.undone_by, (SELECT count(*) "           \
	"FROM undo_entry e WHERE e.point = p.num) FROM undo_point p "         \
	"JOIN session s ON s.num = p.session "
#define POINT_FILTER                                                          \
	"WHERE p.tenant_id = ?1 AND p.user_id = ?2 "                          \
	"AND (?11 <> 0 OR s.deleted_ms = 0) "                                 \
	"AND (?3 IS NULL OR s.id = ?3) AND (?4 IS NULL OR p.run = ?4) "       \
	"AND (?5 IS NULL OR p.id = ?5) AND (?6 = 0 OR p.num = ?6) "           \
	"AND p.seq >= ?7 AND p.time_ms >= ?8 "                                \
	"AND (?9 = 0 OR p.state = 'open') "

static const char sql_points[] =
    POINT_COLUMNS POINT_FILTER "ORDER BY p.num LIMIT ?10";
static const char sql_points_newest[] =
    POINT_COLUMNS POINT_FILTER "ORDER BY p.num DESC LIMIT ?10";
static const char sql_entries[] =
    "SELECT root, path, before_kind, before_mode, before_bytes, before_hash, "
    "after_kind, after_mode, after_bytes, after_hash FROM undo_entry "
    "WHERE point = ?1 ORDER BY root, path";
static const char sql_others[] =
    "SELECT 1 FROM undo_entry e JOIN undo_point p ON p.num = e.point "
    "JOIN session s ON s.num = p.session WHERE e.root = ?1 AND e.path = ?2 "
    "AND e.after_kind = ?3 AND e.after_hash = ?4 AND p.time_ms >= ?5 "
    "AND (s.id <> ?6 OR p.kind IN ('undo', 'redo', 'revert')) "
    "AND p.tenant_id = ?7 AND p.user_id = ?8 LIMIT 1";
static const char sql_later[] =
    POINT_COLUMNS "JOIN undo_entry later ON later.point = p.num "
    "WHERE later.root = ?1 AND later.path = ?2 AND p.num > ?3 "
    "AND p.undone_by = 0 AND p.kind NOT IN ('undo', 'redo') "
    "AND p.tenant_id = ?4 AND p.user_id = ?5 ORDER BY p.num DESC LIMIT 1";
static const char sql_stats[] =
    "SELECT count(*), coalesce(sum(state = 'open'), 0), "
    "coalesce(min(time_ms), 0), (SELECT count(*) FROM undo_entry) "
    "FROM undo_point WHERE tenant_id = ?1 AND user_id = ?2";

const char *
undo_source_name(enum undo_source source)
{
	return source_names[source];
}

static void
read_point(struct db_rows *rows, struct undo_point *ret)
{
	struct str kind = db_col_text(rows, 5);

	*ret = (struct undo_point){ .num = db_col_int(rows, 0) };
	db_col_copy(rows, 1, ret->id, sizeof(ret->id));
	db_col_copy(rows, 2, ret->session, sizeof(ret->session));
	db_col_copy(rows, 3, ret->run, sizeof(ret->run));
	db_col_copy(rows, 4, ret->call_id, sizeof(ret->call_id));
	for (size_t i = 0; i < ARRAY_LEN(source_names); i++)
		if (str_eq_c(kind, source_names[i]))
			ret->source = (enum undo_source)i;
	db_col_copy(rows, 6, ret->label, sizeof(ret->label));
	ret->open = str_eq_c(db_col_text(rows, 7), "open");
	ret->seq = db_col_int(rows, 8);
	ret->time_ms = db_col_int(rows, 9);
	ret->undone_by = db_col_int(rows, 10);
	ret->n_entries = db_col_int(rows, 11);
}

/* --- writing ------------------------------------------------------------ */

struct undo_args {
	struct store *store;
	const struct undo_point *point;
	const struct undo_entry *entries;
	size_t n;
	const int64_t *targets;
	size_t n_targets;
	int64_t num, time_ms;
};

static int
put_entries(struct db *db, const struct undo_args *args, struct error *err)
{
	const struct scope *scope = &args->store->scope;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < args->n; i++) {
		const struct undo_entry *e = &args->entries[i];

		rc = db_run(db, sql_entry,
		    DB_ARGS(db_int(args->num), db_text(e->root),
			db_text(e->path), db_int(e->before.kind),
			db_int(e->before.mode), db_int(e->before.bytes),
			db_text(e->before.hash), db_int(e->after.kind),
			db_int(e->after.mode), db_int(e->after.bytes),
			db_text(e->after.hash), db_text(scope->tenant),
			db_text(scope->user)),
		    err);
	}
	return rc;
}

static int
take_back(struct db *db, const struct undo_args *args, struct error *err)
{
	int rc = 0;

	if (args->point->source == UNDO_BY_REDO && args->n_targets == 1)
		rc = db_run(db, sql_given_back,
		    DB_ARGS(db_int(args->targets[0])), err);
	for (size_t i = 0; rc == 0 && i < args->n_targets; i++)
		rc = db_run(db, sql_undone,
		    DB_ARGS(db_int(args->targets[i]), db_int(args->num)),
		    err);
	return rc;
}

/* What is about to change stands in the record before it does. */
static int
record(struct db *db, const struct undo_args *args,
    const struct undo_point *point, struct error *err)
{
	const struct scope *scope = &args->store->scope;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < args->n; i++)
		rc = audit_put_change(point, &args->entries[i], db, scope,
		    err);
	return rc;
}

static int
begin(struct db *db, void *ctx, struct error *err)
{
	struct undo_args *args = ctx;
	const struct scope *scope = &args->store->scope;
	const struct undo_point *p = args->point;
	int64_t session;
	int rc = session_number(db, scope, p->session, &session, err);

	if (rc == 0)
		rc = db_run(db, sql_begin,
		    DB_ARGS(db_text(p->id), db_text(scope->tenant),
			db_text(scope->user), db_int(session),
			db_text(p->run), db_text(p->call_id),
			db_text(source_names[p->source]), db_text(p->label),
			db_int(clock_wall_ms())),
		    err);
	if (rc == 0)
		rc = db_get_int(db, sql_number, DB_ARGS(db_text(p->id)), 0,
		    &args->num, err);
	if (rc == 0)
		rc = put_entries(db, args, err);
	if (rc == 0)
		rc = record(db, args, p, err);
	return rc == 0 ? take_back(db, args, err) : rc;
}

int
store_undo_begin(struct store *s, const struct undo_point *point,
    const struct undo_entry *entries, size_t n, const int64_t *targets,
    size_t n_targets, int64_t *ret_num, struct error *err)
{
	struct undo_args args = { .store = s, .point = point,
		.entries = entries, .n = n, .targets = targets,
		.n_targets = n_targets };
	int rc = writer_call(s->writer, begin, &args, WRITER_LAZY, err);

	if (rc == 0)
		*ret_num = args.num;
	return rc;
}

/* What became of a point, when it is not what was announced. */
static int
record_end(struct db *db, const struct undo_args *args, struct error *err)
{
	const struct scope *scope = &args->store->scope;
	struct undo_point point;
	struct db_rows *rows;
	int64_t announced = 0;
	int rc;

	if (scope->audit == NULL)
		return 0;
	rc = db_query(db, sql_points, DB_ARGS(db_text(scope->tenant),
	    db_text(scope->user), db_null(), db_null(), db_null(),
	    db_int(args->num), db_int(0), db_int(0), db_int(0), db_int(1),
	    db_int(1)), &rows, err);
	if (rc == DB_ROW)
		read_point(rows, &point);
	db_done(rows);
	if (rc != DB_ROW)
		return rc;
	rc = db_get_int(db, sql_count_entries, DB_ARGS(db_int(args->num)), 0,
	    &announced, err);
	if (rc == 0 && announced > 0)
		rc = audit_put_change(&point, NULL, db, scope, err);
	return rc == 0 ? record(db, args, &point, err) : rc;
}

static int
finish(struct db *db, void *ctx, struct error *err)
{
	struct undo_args *args = ctx;
	int rc = 0;

	if (args->entries != NULL) {
		rc = record_end(db, args, err);
		if (rc == 0)
			rc = db_run(db, sql_drop_entries,
			    DB_ARGS(db_int(args->num)), err);
		if (rc == 0)
			rc = put_entries(db, args, err);
		if (rc == 0 && args->n == 0)
			return db_run(db, sql_drop_point,
			    DB_ARGS(db_int(args->num)), err);
	}
	if (rc == 0)
		rc = db_run(db, sql_done, DB_ARGS(db_int(args->num)), err);
	return rc;
}

int
store_undo_finish(struct store *s, int64_t num,
    const struct undo_entry *entries, size_t n, struct error *err)
{
	struct undo_args args = { .store = s, .entries = entries, .n = n,
		.num = num };

	return writer_call(s->writer, finish, &args, WRITER_LAZY, err);
}

static int
expire(struct db *db, void *ctx, struct error *err)
{
	struct undo_args *args = ctx;
	const struct scope *scope = &args->store->scope;

	return db_run(db, sql_expire,
	    DB_ARGS(db_text(scope->tenant), db_text(scope->user),
		db_int(args->time_ms), db_int(args->num)),
	    err);
}

int
store_undo_expire(struct store *s, int64_t time_ms, int64_t num,
    struct error *err)
{
	struct undo_args args = { .store = s, .time_ms = time_ms,
		.num = num };

	return writer_call(s->writer, expire, &args, WRITER_LAZY, err);
}

/* --- reading ------------------------------------------------------------ */

int
store_undo_points(struct store_reader *r, const struct undo_filter *f,
    undo_point_fn *fn, void *ctx, struct error *err)
{
	struct db_rows *rows;
	struct undo_point point;
	int rc = db_query(r->db,
	    f->newest_first ? sql_points_newest : sql_points,
	    DB_ARGS(db_text(r->scope.tenant), db_text(r->scope.user),
		db_text(f->session), db_text(f->run), db_text(f->id),
		db_int(f->num), db_int(f->from_seq), db_int(f->since_ms),
		db_int(f->open_only),
		db_int(f->limit > 0 ? (int64_t)f->limit : -1),
		db_int(f->with_trash)),
	    &rows, err);

	while (rc == DB_ROW) {
		read_point(rows, &point);
		rc = fn(&point, ctx);
		if (rc != 0)
			break;
		rc = db_next(rows, err);
	}
	db_done(rows);
	return rc;
}

static void
read_state(struct db_rows *rows, int column, struct undo_state *ret)
{
	int64_t kind = db_col_int(rows, column);

	*ret = (struct undo_state){ .kind = UNDO_OTHER };
	if (kind >= UNDO_ABSENT && kind <= UNDO_OTHER)
		ret->kind = (enum undo_kind)kind;
	ret->mode = (unsigned)db_col_int(rows, column + 1) & 07777;
	ret->bytes = db_col_int(rows, column + 2);
	db_col_copy(rows, column + 3, ret->hash, sizeof(ret->hash));
}

int
store_undo_entries(struct store_reader *r, int64_t point, undo_entry_fn *fn,
    void *ctx, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(r->db, sql_entries, DB_ARGS(db_int(point)), &rows,
	    err);

	while (rc == DB_ROW) {
		CLEANUP(free_ptr) char *root = str_dup(db_col_text(rows, 0));
		CLEANUP(free_ptr) char *path = str_dup(db_col_text(rows, 1));
		struct undo_entry e = { .root = root, .path = path };

		read_state(rows, 2, &e.before);
		read_state(rows, 6, &e.after);
		rc = fn(&e, ctx);
		if (rc != 0)
			break;
		rc = db_next(rows, err);
	}
	db_done(rows);
	return rc;
}

bool
store_undo_is_others(struct store_reader *r, const char *session,
    int64_t since_ms, const struct undo_entry *e)
{
	int64_t found = 0;

	db_get_int(r->db, sql_others,
	    DB_ARGS(db_text(e->root), db_text(e->path),
		db_int(e->after.kind), db_text(e->after.hash),
		db_int(since_ms), db_text(session),
		db_text(r->scope.tenant), db_text(r->scope.user)),
	    0, &found, NULL);
	return found != 0;
}

bool
store_undo_later(struct store_reader *r, int64_t num, const char *root,
    const char *path, struct undo_point *ret)
{
	struct db_rows *rows;
	bool found = db_query(r->db, sql_later,
			 DB_ARGS(db_text(root), db_text(path), db_int(num),
			     db_text(r->scope.tenant),
			     db_text(r->scope.user)),
			 &rows, NULL) == DB_ROW;

	if (found)
		read_point(rows, ret);
	db_done(rows);
	return found;
}

int
store_undo_stats(struct store_reader *r, struct undo_stats *ret,
    struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(r->db, sql_stats,
	    DB_ARGS(db_text(r->scope.tenant), db_text(r->scope.user)), &rows,
	    err);

	if (rc == DB_ROW)
		*ret = (struct undo_stats){ db_col_int(rows, 0),
			db_col_int(rows, 3), db_col_int(rows, 1),
			db_col_int(rows, 2) };
	db_done(rows);
	return rc < 0 ? rc : 0;
}
