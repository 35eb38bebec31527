/* Segments in the database of an index; see index_db.h. */
#include "base/buf.h"
#include "store/index_inner.h"

int
index_db_add_segment(struct index_db *d, int64_t *ret, struct error *err)
{
	static const char sql[] = "INSERT INTO segment (n_chunks, rows) "
	    "VALUES (0, x'') RETURNING id";

	return db_get_int(d->db, sql, DB_NO_ARGS, 0, ret, err);
}

int
index_db_set_segment(struct index_db *d, int64_t id, int64_t n_chunks,
    struct str rows, struct error *err)
{
	static const char sql[] =
	    "UPDATE segment SET n_chunks = ?, rows = ? WHERE id = ?";

	return db_run(d->db, sql,
	    DB_ARGS(db_int(n_chunks), db_blob(rows), db_int(id)), err);
}

int
index_db_each_segment(struct index_db *d,
    int (*take)(int64_t id, int64_t n_chunks, struct str rows, void *ctx),
    void *ctx, struct error *err)
{
	static const char sql[] =
	    "SELECT id, n_chunks, rows FROM segment ORDER BY id";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_NO_ARGS, &row, err);

	while (rc == DB_ROW) {
		rc = take(db_col_int(row, 0), db_col_int(row, 1),
		    db_col_blob(row, 2), ctx);
		if (rc >= 0)
			rc = db_next(row, err);
	}
	return rc;
}

int
index_db_remove_segment(struct index_db *d, int64_t id, struct error *err)
{
	static const char sql_posting[] =
	    "DELETE FROM posting WHERE id >= ? AND id < ?";
	static const char sql_chunk[] =
	    "DELETE FROM chunk WHERE id >= ? AND id < ?";
	static const char sql_segment[] = "DELETE FROM segment WHERE id = ?";
	int rc = db_run(d->db, sql_posting,
	    DB_ARGS(db_int(index_posting_id(id, 0, 0)),
		db_int(index_posting_id(id + 1, 0, 0))),
	    err);

	if (rc == 0)
		rc = db_run(d->db, sql_chunk,
		    DB_ARGS(db_int(index_chunk_id(id, 0)),
			db_int(index_chunk_id(id + 1, 0))),
		    err);
	if (rc == 0)
		rc = db_run(d->db, sql_segment, DB_ARGS(db_int(id)), err);
	return rc;
}

int
index_db_each_segment_size(struct index_db *d,
    int (*take)(int64_t id, int64_t n_chunks, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] =
	    "SELECT id, n_chunks FROM segment ORDER BY id";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_NO_ARGS, &row, err);

	while (rc == DB_ROW) {
		rc = take(db_col_int(row, 0), db_col_int(row, 1), ctx);
		if (rc >= 0)
			rc = db_next(row, err);
	}
	return rc;
}

int
index_db_segment_rows(struct index_db *d, int64_t id, struct buf *rows,
    struct error *err)
{
	static const char sql[] = "SELECT rows FROM segment WHERE id = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(id)), &row, err);

	if (rc == DB_DONE)
		return error_set(err, ERR_STORE_CORRUPT,
		    "the index is damaged");
	if (rc == DB_ROW)
		buf_add_str(rows, db_col_blob(row, 0));
	return rc < 0 ? rc : buf_check(rows, err);
}
