/* Terms in the database of an index; see index_db.h. */
#include "base/buf.h"
#include "store/index_inner.h"

int
index_db_put_term(struct index_db *d, struct str text, const int64_t *parts,
    size_t n_parts, int64_t *ret, struct error *err)
{
	static const char sql[] =
	    "INSERT INTO term (text, n_parts) VALUES (?, ?) RETURNING id";
	static const char sql_part[] =
	    "INSERT INTO part (part, whole) VALUES (?, ?)";
	int64_t count;
	int rc = index_db_find_term(d, text, ret, &count, err);

	if (rc != 0 || *ret != 0)
		return rc;
	rc = db_get_int(d->db, sql,
	    DB_ARGS(db_str(text), db_int((int64_t)n_parts)), 0, ret, err);
	for (size_t i = 0; rc == 0 && i < n_parts; i++)
		rc = db_run(d->db, sql_part,
		    DB_ARGS(db_int(parts[i]), db_int(*ret)), err);
	return rc;
}

int
index_db_count_term(struct index_db *d, int64_t id, int64_t by,
    struct error *err)
{
	static const char sql[] =
	    "UPDATE term SET count = count + ? WHERE id = ?";

	return db_run(d->db, sql, DB_ARGS(db_int(by), db_int(id)), err);
}

int
index_db_find_term(struct index_db *d, struct str text, int64_t *ret,
    int64_t *ret_count, struct error *err)
{
	static const char sql[] = "SELECT id, count FROM term WHERE text = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_str(text)), &row, err);

	*ret = rc == DB_ROW ? db_col_int(row, 0) : 0;
	*ret_count = rc == DB_ROW ? db_col_int(row, 1) : 0;
	return rc < 0 ? rc : 0;
}

int
index_db_each_term(struct index_db *d, struct str prefix,
    void (*take)(int64_t id, struct str text, int64_t count, void *ctx),
    void *ctx, struct error *err)
{
	static const char sql[] =
	    "SELECT id, text, count FROM term WHERE text >= ?1 AND "
	    "text < ?1 || char(1114111) ORDER BY text";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_str(prefix)), &row, err);

	for (; rc == DB_ROW; rc = db_next(row, err))
		take(db_col_int(row, 0), db_col_text(row, 1),
		    db_col_int(row, 2), ctx);
	return rc;
}

int
index_db_each_whole(struct index_db *d, int64_t part,
    void (*take)(int64_t whole, void *ctx), void *ctx, struct error *err)
{
	static const char sql[] =
	    "SELECT whole FROM part WHERE part = ? ORDER BY whole";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(part)), &row, err);

	for (; rc == DB_ROW; rc = db_next(row, err))
		take(db_col_int(row, 0), ctx);
	return rc;
}

int
index_db_look_up_term(struct index_db *d, int64_t id,
    void (*take)(const struct index_term *term, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] =
	    "SELECT text, n_parts, count FROM term WHERE id = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(id)), &row, err);

	if (rc == DB_ROW) {
		const struct index_term term = {
			.id = id,
			.text = db_col_text(row, 0),
			.n_parts = db_col_int(row, 1),
			.count = db_col_int(row, 2),
		};

		take(&term, ctx);
	}
	return rc;
}

int
index_db_term(struct index_db *d, int64_t id, struct buf *text,
    int64_t *ret_count, struct error *err)
{
	static const char sql[] = "SELECT text, count FROM term WHERE id = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(id)), &row, err);

	*ret_count = 0;
	if (rc == DB_ROW) {
		buf_add_str(text, db_col_text(row, 0));
		*ret_count = db_col_int(row, 1);
	}
	return rc;
}
