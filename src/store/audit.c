/* The audit log's rows; see audit.h. */
#include "store/audit.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"
#include "store/audit_rows.h"
#include "store/inner.h"

enum { SALT_BYTES = 16, SALT_SIZE = 2 * SALT_BYTES + 1 };

static const char sql_head[] =
    "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
static const char sql_append[] =
    "INSERT INTO audit (seq, tenant_id, user_id, time_ms, action, resource, "
    "resource_id, session, run, salt, body, body_hash, hash) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
static const char sql_session_id[] = "SELECT id FROM session WHERE num = ?1";
static const char sql_forget[] =
    "UPDATE audit SET salt = NULL, resource_id = '', body = NULL "
    "WHERE session = ?1 AND tenant_id = ?2";
static const char sql_last_seal[] =
    "SELECT seq, time_ms, hash, key, signature FROM audit_seal "
    "ORDER BY seq DESC LIMIT 1";
static const char sql_seal[] =
    "INSERT INTO audit_seal (seq, time_ms, hash, key, signature) "
    "VALUES (?1, ?2, ?3, ?4, ?5)";

/* One statement for each index; the filter is the same in all. */
#define WALK_COLUMNS                                                          \
	"SELECT seq, time_ms, user_id, action, resource, resource_id, "       \
	"session, run, salt, body, body_hash, hash FROM audit "
#define WALK_FILTER                                                           \
	"seq > ?1 AND (?2 IS NULL OR user_id = ?2) "                          \
	"AND (?3 IS NULL OR action = ?3) AND (?4 IS NULL OR resource = ?4) "  \
	"AND (?5 IS NULL OR resource_id = ?5) "                               \
	"AND (?6 IS NULL OR session = ?6) AND time_ms >= ?7 "                 \
	"AND (?8 = 0 OR time_ms < ?8) AND (?10 IS NULL OR run = ?10) "        \
	"ORDER BY seq LIMIT ?9"

static const char sql_walk[] = WALK_COLUMNS "WHERE " WALK_FILTER;
static const char sql_walk_resource[] = WALK_COLUMNS
    "INDEXED BY audit_by_resource "
    "WHERE resource = ?4 AND resource_id = ?5 AND " WALK_FILTER;
static const char sql_walk_session[] = WALK_COLUMNS
    "INDEXED BY audit_by_session WHERE session = ?6 AND " WALK_FILTER;
static const char sql_walk_action[] = WALK_COLUMNS
    "INDEXED BY audit_by_action WHERE action = ?3 AND " WALK_FILTER;
/* The one index for users and times: users are few, so each is looked up. */
static const char sql_walk_time[] =
    "WITH RECURSIVE who(id) AS (SELECT min(user_id) FROM audit UNION ALL "
    "SELECT (SELECT min(user_id) FROM audit WHERE user_id > who.id) FROM who "
    "WHERE who.id IS NOT NULL) " WALK_COLUMNS
    "INDEXED BY audit_by_user WHERE user_id IN (SELECT id FROM who) AND "
    "time_ms >= ?7 AND "
    "time_ms < CASE ?8 WHEN 0 THEN 9223372036854775807 ELSE ?8 END "
    "AND " WALK_FILTER;
static const char sql_walk_user[] = WALK_COLUMNS
    "INDEXED BY audit_by_user WHERE user_id = ?2 AND " WALK_FILTER;
static const char sql_seals[] =
    "SELECT seq, time_ms, hash, key, signature FROM audit_seal "
    "WHERE seq > ?1 ORDER BY seq";

void
audit_hash_body(const struct audit_row *row, char out[HASH_SIZE])
{
	const struct str texts[] = { row->salt, row->resource_id, row->body };

	hash_texts(texts, ARRAY_LEN(texts), out);
}

void
audit_hash_row(const struct audit_row *row, struct str before,
    char out[HASH_SIZE])
{
	char seq[24], time_ms[24];
	const struct str texts[] = { STR(AUDIT_LABEL), before, { seq,
	    (size_t)snprintf(seq, sizeof(seq), "%" PRId64, row->seq) },
		{ time_ms, (size_t)snprintf(time_ms, sizeof(time_ms),
		    "%" PRId64, row->time_ms) },
		row->user, row->action, row->resource, row->session,
		row->run, row->body_hash };

	hash_texts(texts, ARRAY_LEN(texts), out);
}

struct head {
	int64_t seq; /* 0: no row yet */
	char hash[HASH_SIZE];
};

static int
read_head(struct db *db, struct head *ret, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(db, sql_head, DB_NO_ARGS, &rows, err);

	*ret = (struct head){ .seq = 0 };
	if (rc == DB_ROW) {
		ret->seq = db_col_int(rows, 0);
		db_col_copy(rows, 1, ret->hash, sizeof(ret->hash));
	}
	db_done(rows);
	return rc < 0 ? rc : 0;
}

static struct str
text_or_empty(const char *text)
{
	return str_from(text == NULL ? "" : text);
}

/* head: the last row, becomes this one. */
static int
append(struct db *db, const struct scope *scope,
    const struct audit_draft *draft, struct head *head, struct error *err)
{
	char body_hash[HASH_SIZE], salt[SALT_SIZE];
	struct head next = { .seq = head->seq + 1 };
	struct audit_row row = { .time_ms = clock_wall_ms(),
		.user = str_from(scope->audit != NULL &&
		    scope->audit->user != NULL ? scope->audit->user :
		    scope->user),
		.action = str_from(draft->action),
		.resource = str_from(draft->resource),
		.resource_id = draft->resource_id.ptr == NULL ? STR("") :
		    draft->resource_id,
		.session = text_or_empty(draft->session),
		.run = text_or_empty(draft->run),
		.body = draft->body };
	int rc;

	if (draft->body.len > AUDIT_BODY_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "a row of the audit log is too large");
	row.seq = next.seq;
	id_hex(salt, SALT_BYTES);
	row.salt = str_from(salt);
	audit_hash_body(&row, body_hash);
	row.body_hash = str_from(body_hash);
	audit_hash_row(&row, str_from(head->hash), next.hash);
	if (scope->open_rows != NULL)
		atomic_store(scope->open_rows, true);
	rc = db_run(db, sql_append,
	    DB_ARGS(db_int(row.seq), db_text(scope->tenant), db_str(row.user),
		db_int(row.time_ms), db_str(row.action), db_str(row.resource),
		db_str(row.resource_id), db_str(row.session), db_str(row.run),
		db_str(row.salt), db_str(row.body), db_str(row.body_hash),
		db_text(next.hash)),
	    err);
	if (rc == 0)
		*head = next;
	return rc;
}

static int
read_last_seal(struct db *db, struct audit_seal *ret, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(db, sql_last_seal, DB_NO_ARGS, &rows, err);

	*ret = (struct audit_seal){ .seq = 0 };
	if (rc == DB_ROW) {
		ret->seq = db_col_int(rows, 0);
		ret->time_ms = db_col_int(rows, 1);
		db_col_copy(rows, 2, ret->hash, sizeof(ret->hash));
		db_col_copy(rows, 3, ret->key, sizeof(ret->key));
		db_col_copy(rows, 4, ret->signature, sizeof(ret->signature));
	}
	db_done(rows);
	return rc < 0 ? rc : 0;
}

/* A seal over the head: when many rows or a long time have none, or (`now`)
 * when there is anything new. */
static int
seal(struct db *db, const struct scope *scope, const struct head *head,
    bool now, struct error *err)
{
	const struct store_audit *audit = scope->audit;
	struct audit_seal s = { .seq = head->seq,
		.time_ms = clock_wall_ms() }, last;
	int rc = read_last_seal(db, &last, err);

	memcpy(s.hash, head->hash, sizeof(s.hash));
	if (rc != 0 || s.seq <= last.seq)
		return rc;
	/* A clock that was put back must not hold seals up. */
	if (!now && s.seq - last.seq < audit->seal_every &&
	    s.time_ms >= last.time_ms &&
	    s.time_ms - last.time_ms < audit->seal_after_ms)
		return 0;
	rc = audit->sign(&s, audit->ctx, err);
	if (rc == 0)
		rc = db_run(db, sql_seal,
		    DB_ARGS(db_int(s.seq), db_int(s.time_ms),
			db_text(s.hash), db_text(s.key),
			db_text(s.signature)),
		    err);
	if (rc == 0)
		*scope->sealed = true;
	return rc;
}

struct putting {
	struct db *db;
	const struct scope *scope;
	struct head head; /* read before the first row */
	size_t n;
};

static int
put_row(const struct audit_draft *draft, void *ctx, struct error *err)
{
	struct putting *p = ctx;
	int rc = p->n++ == 0 ? read_head(p->db, &p->head, err) : 0;

	return rc != 0 ? rc : append(p->db, p->scope, draft, &p->head, err);
}

int
audit_put_event(const struct event *ev, int64_t event_seq, struct db *db,
    const struct scope *scope, struct error *err)
{
	const struct store_audit *audit = scope->audit;
	struct putting p = { .db = db, .scope = scope };
	int rc;

	if (audit == NULL)
		return 0;
	rc = audit->rows(ev, event_seq, put_row, &p, audit->ctx, err);
	if (rc != 0 || p.n == 0)
		return rc;
	return seal(db, scope, &p.head, audit->ends(ev->type), err);
}

int
audit_put_change(const struct undo_point *point,
    const struct undo_entry *entry, struct db *db, const struct scope *scope,
    struct error *err)
{
	const struct store_audit *audit = scope->audit;
	struct putting p = { .db = db, .scope = scope };

	if (audit == NULL)
		return 0;
	return audit->change(point, entry, put_row, &p, audit->ctx, err);
}

int
audit_seal_if_due(struct db *db, const struct scope *scope, bool now,
    struct error *err)
{
	struct head head;
	int rc;

	if (scope->audit == NULL || !atomic_load(scope->open_rows))
		return 0;
	rc = read_head(db, &head, err);
	return rc != 0 ? rc : seal(db, scope, &head, now, err);
}

void
audit_tell_seal(struct db *db, struct store *s)
{
	struct audit_seal last;
	struct head head;

	if (!s->sealed)
		return;
	s->sealed = false;
	if (read_last_seal(db, &last, NULL) != 0 ||
	    read_head(db, &head, NULL) != 0)
		return;
	if (head.seq == last.seq)
		atomic_store(&s->open_rows, false);
	if (s->audit.sealed == NULL || last.seq <= s->told_seal)
		return;
	s->told_seal = last.seq;
	s->audit.sealed(&last, s->audit.ctx);
}

int
audit_forget_session(struct db *db, const struct scope *scope,
    int64_t session, struct error *err)
{
	char id[ID_SIZE] = "";
	struct audit_draft draft = { .action = "session.delete",
		.resource = "session", .body = STR("{}") };
	struct db_rows *rows;
	struct head head;
	int rc;

	if (scope->audit == NULL)
		return 0;
	rc = db_query(db, sql_session_id, DB_ARGS(db_int(session)), &rows,
	    err);
	if (rc == DB_ROW)
		db_col_copy(rows, 0, id, sizeof(id));
	db_done(rows);
	if (rc != DB_ROW)
		return rc;
	draft.resource_id = str_from(id);
	rc = db_run(db, sql_forget,
	    DB_ARGS(db_text(id), db_text(scope->tenant)), err);
	if (rc == 0)
		rc = read_head(db, &head, err);
	return rc != 0 ? rc : append(db, scope, &draft, &head, err);
}

struct append_args {
	struct store *store;
	const struct audit_draft *draft; /* NULL: only a seal */
};

static int
run_append(struct db *db, void *ctx, struct error *err)
{
	struct append_args *args = ctx;
	const struct scope *scope = &args->store->scope;
	struct head head;
	int rc = read_head(db, &head, err);

	if (rc == 0 && args->draft != NULL)
		rc = append(db, scope, args->draft, &head, err);
	return rc != 0 ? rc : seal(db, scope, &head, args->draft == NULL, err);
}

int
store_audit_append(struct store *s, const struct audit_draft *draft,
    struct error *err)
{
	struct append_args args = { s, draft };

	if (s->scope.audit == NULL)
		return 0;
	return writer_call(s->writer, run_append, &args, WRITER_SYNCED, err);
}

int
store_audit_seal(struct store *s, struct error *err)
{
	struct append_args args = { s, NULL };

	if (s->scope.audit == NULL)
		return 0;
	return writer_call(s->writer, run_append, &args, WRITER_SYNCED, err);
}

static struct str
text_or_null(struct db_rows *rows, int column)
{
	return db_col_null(rows, column) ? STR_NONE :
	    db_col_text(rows, column);
}

static int
take_row(struct db_rows *rows, audit_row_fn *fn, void *ctx)
{
	struct audit_row row = {
		.seq = db_col_int(rows, 0),
		.time_ms = db_col_int(rows, 1),
		.user = db_col_text(rows, 2),
		.action = db_col_text(rows, 3),
		.resource = db_col_text(rows, 4),
		.resource_id = db_col_text(rows, 5),
		.session = db_col_text(rows, 6),
		.run = db_col_text(rows, 7),
		.salt = text_or_null(rows, 8),
		.body = text_or_null(rows, 9),
		.body_hash = db_col_text(rows, 10),
		.hash = db_col_text(rows, 11),
	};

	return fn(&row, ctx);
}

/* The index that leaves the fewest rows. */
static const char *
choose_walk(const struct audit_filter *f)
{
	if (f->resource != NULL && f->resource_id != NULL)
		return sql_walk_resource;
	if (f->session != NULL)
		return sql_walk_session;
	if (f->action != NULL)
		return sql_walk_action;
	if (f->from_ms != 0 || f->until_ms != 0)
		return sql_walk_time;
	return f->user != NULL ? sql_walk_user : sql_walk;
}

int
store_audit_walk(struct store_reader *r, const struct audit_filter *filter,
    audit_row_fn *fn, void *ctx, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(r->db, choose_walk(filter),
	    DB_ARGS(db_int(filter->after_seq), db_text(filter->user),
		db_text(filter->action), db_text(filter->resource),
		db_text(filter->resource_id), db_text(filter->session),
		db_int(filter->from_ms), db_int(filter->until_ms),
		db_int(filter->limit == 0 ? -1 : (int64_t)filter->limit),
		db_text(filter->run)),
	    &rows, err);
	int stopped = 0;

	while (rc == DB_ROW && stopped == 0) {
		stopped = take_row(rows, fn, ctx);
		if (stopped == 0)
			rc = db_next(rows, err);
	}
	db_done(rows);
	return stopped != 0 ? stopped : rc < 0 ? rc : 0;
}

int
store_audit_seals(struct store_reader *r, int64_t after, audit_seal_fn *fn,
    void *ctx, struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(r->db, sql_seals, DB_ARGS(db_int(after)), &rows,
	    err);
	int stopped = 0;

	while (rc == DB_ROW && stopped == 0) {
		struct audit_seal s = { .seq = db_col_int(rows, 0),
			.time_ms = db_col_int(rows, 1) };

		db_col_copy(rows, 2, s.hash, sizeof(s.hash));
		db_col_copy(rows, 3, s.key, sizeof(s.key));
		db_col_copy(rows, 4, s.signature, sizeof(s.signature));
		stopped = fn(&s, ctx);
		if (stopped == 0)
			rc = db_next(rows, err);
	}
	db_done(rows);
	return stopped != 0 ? stopped : rc < 0 ? rc : 0;
}

int
store_audit_head(struct store_reader *r, int64_t *ret_seq,
    char ret_hash[HASH_SIZE], struct error *err)
{
	struct head head;
	int rc = read_head(r->db, &head, err);

	*ret_seq = head.seq;
	memcpy(ret_hash, head.hash, HASH_SIZE);
	return rc;
}
