/* Messages: what the model gets again. A compaction takes messages out of the
 * context and puts its summary where the first of them stood; they stay in
 * the store, marked. */
#include "base/json.h"
#include "base/json_writer.h"
#include "store/inner.h"
#include "store/unit.h"

enum { FIND_TEXT_MAX = 4096, FIND_LIMIT = 1000 };

static const char sql_context[] =
    "SELECT json, seq FROM message "
    "WHERE session = ?1 AND replaced_seq IS NULL ORDER BY position, num";
static const char sql_all[] =
    "SELECT json, seq FROM message WHERE session = ?1 ORDER BY num";
static const char sql_find[] =
    "SELECT json, seq FROM message "
    "WHERE session = ?1 AND json LIKE ?2 ESCAPE '\\' ORDER BY num DESC";
static const char sql_place[] =
    "SELECT position FROM message WHERE session = ?1 AND id = ?2";
static const char sql_replace[] =
    "UPDATE message SET replaced_by = ?3, "
    "replaced_seq = (SELECT last_seq FROM session WHERE num = ?1) "
    "WHERE session = ?1 AND id = ?2";
static const char sql_move[] =
    "UPDATE message SET position = ?3 WHERE session = ?1 AND id = ?2";

/* Summaries made since then have not been made. */
static const char sql_revive[] =
    "UPDATE message SET replaced_seq = NULL, replaced_by = NULL "
    "WHERE session = ?1 AND seq < ?2 AND replaced_by IN "
    "(SELECT id FROM message WHERE session = ?1 AND seq >= ?2)";
static const char sql_rewind[] =
    "UPDATE message SET replaced_by = '', "
    "replaced_seq = (SELECT last_seq FROM session WHERE num = ?1) "
    "WHERE session = ?1 AND seq >= ?2 AND replaced_seq IS NULL";

struct replace_args {
	struct store *store;
	const char *session;
	const char *const *ids;
	size_t n_ids;
	struct unit *summary; /* NULL: nothing stands for them */
	const char *summary_id;
};

static int
mark_replaced(struct db *db, int64_t session, const struct replace_args *args,
    int64_t *ret_first, struct error *err)
{
	for (size_t i = 0; i < args->n_ids; i++) {
		int64_t place = -1;
		int rc = db_get_int(db, sql_place,
		    DB_ARGS(db_int(session), db_text(args->ids[i])), -1,
		    &place, err);

		if (rc == 0 && place < 0)
			rc = error_set(err, ERR_NOT_FOUND, "no message %s",
			    args->ids[i]);
		if (rc == 0)
			rc = db_run(db, sql_replace,
			    DB_ARGS(db_int(session), db_text(args->ids[i]),
				db_text(args->summary_id)),
			    err);
		if (rc != 0)
			return rc;
		if (place < *ret_first)
			*ret_first = place;
	}
	return 0;
}

static int
replace(struct db *db, void *ctx, struct error *err)
{
	struct replace_args *args = ctx;
	const struct scope *scope = &args->store->scope;
	int64_t session, first = INT64_MAX;
	int rc;

	rc = session_number(db, scope, args->session, &session, err);
	if (rc == 0)
		rc = mark_replaced(db, session, args, &first, err);
	if (rc != 0 || args->summary == NULL)
		return rc;
	rc = unit_put(args->summary, db, scope, err);
	if (rc != 0 || first == INT64_MAX)
		return rc;
	return db_run(db, sql_move,
	    DB_ARGS(db_int(session), db_text(args->summary_id), db_int(first)),
	    err);
}

int
store_context_replace(struct store *s, const char *session,
    const char *const *message_ids, size_t n_ids,
    const struct store_message *summary, struct error *err)
{
	CLEANUP(unit_destroyp) struct unit *unit = NULL;
	struct replace_args args = { s, session, message_ids, n_ids, NULL,
		"" };

	if (summary != NULL) {
		unit = unit_create(NULL, 0, summary, 1, 0);
		args.summary = unit;
		args.summary_id = summary->id;
	}
	return writer_call(s->writer, replace, &args, WRITER_SYNCED, err);
}

struct rewind_args {
	struct store *store;
	const char *session;
	int64_t from_seq;
};

static int
rewind_context(struct db *db, void *ctx, struct error *err)
{
	struct rewind_args *args = ctx;
	int64_t session;
	int rc = session_number(db, &args->store->scope, args->session,
	    &session, err);

	if (rc == 0)
		rc = db_run(db, sql_revive,
		    DB_ARGS(db_int(session), db_int(args->from_seq)), err);
	if (rc == 0)
		rc = db_run(db, sql_rewind,
		    DB_ARGS(db_int(session), db_int(args->from_seq)), err);
	return rc;
}

int
store_context_rewind(struct store *s, const char *session, int64_t from_seq,
    struct error *err)
{
	struct rewind_args args = { s, session, from_seq };

	return writer_call(s->writer, rewind_context, &args, WRITER_SYNCED,
	    err);
}

int
store_messages(struct store_reader *r, const char *session, bool all,
    message_json_fn *fn, void *ctx, struct error *err)
{
	struct db_rows *rows;
	int64_t num;
	int rc = session_number(r->db, &r->scope, session, &num, err);

	if (rc != 0)
		return rc;
	rc = db_query(r->db, all ? sql_all : sql_context, DB_ARGS(db_int(num)),
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

/* Keys whose strings are machinery, not words of the conversation. */
static bool
is_machinery(struct str key)
{
	static const char *const keys[] = { "id", "role", "kind", "call_id",
		"opaque", "opaque_wire", "opaque_provider", "signature",
		"media_type", "data" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq_c(key, keys[i]))
			return true;
	return false;
}

static bool
contains(struct str haystack, struct str needle)
{
	for (size_t i = 0; i + needle.len <= haystack.len; i++)
		if (str_starts_nocase(str_sub(haystack, i, SIZE_MAX), needle))
			return true;
	return false;
}

/* Depth is limited by the parser. */
static bool
says(const struct json *j, struct str text)
{
	const struct json *item;

	if (json_is(j, JSON_STRING))
		return contains(json_str(j), text);
	for (item = json_first(j); item != NULL; item = json_next(item))
		if (!is_machinery(json_key(item)) && says(item, text))
			return true;
	return false;
}

static bool
message_says(struct str message, struct str text)
{
	CLEANUP_JSON struct json *j = NULL;

	return json_parse(message, NULL, &j, NULL) == 0 && says(j, text);
}

/* The database finds candidates by their JSON text; what they say decides. */
int
store_messages_find(struct store_reader *r, const char *session,
    const char *text, size_t limit, message_json_fn *fn, void *ctx,
    struct error *err)
{
	CLEANUP_BUF struct buf escaped = BUF_INIT(FIND_TEXT_MAX);
	CLEANUP_BUF struct buf pattern = BUF_INIT(3 * FIND_TEXT_MAX);
	struct db_rows *rows;
	size_t left = limit == 0 ? FIND_LIMIT : limit;
	int64_t num;
	int rc;

	json_escape(str_from(text), &escaped);
	like_pattern(buf_str(&escaped), &pattern);
	if ((rc = buf_check(&escaped, err)) != 0 ||
	    (rc = buf_check(&pattern, err)) != 0 ||
	    (rc = session_number(r->db, &r->scope, session, &num, err)) != 0)
		return rc;
	rc = db_query(r->db, sql_find,
	    DB_ARGS(db_int(num), db_str(buf_str(&pattern))), &rows, err);
	while (rc == DB_ROW && left > 0) {
		struct str json = db_col_text(rows, 0);

		if (message_says(json, str_from(text))) {
			left--;
			rc = fn(json, db_col_int(rows, 1), ctx);
			if (rc != 0)
				break;
		}
		rc = db_next(rows, err);
	}
	db_done(rows);
	return left == 0 && rc == DB_ROW ? 0 : rc;
}
