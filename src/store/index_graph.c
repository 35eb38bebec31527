/* Rows of the code graph; see index_graph.h. */
#include "store/index_graph.h"

#include "store/index_inner.h"

int
index_graph_find_name(struct index_db *d, struct str text, int64_t *ret,
    int64_t *ret_definitions, struct error *err)
{
	static const char sql[] =
	    "SELECT id, n_definitions FROM name WHERE text = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_str(text)), &row, err);

	*ret = rc == DB_ROW ? db_col_int(row, 0) : 0;
	*ret_definitions = rc == DB_ROW ? db_col_int(row, 1) : 0;
	return rc < 0 ? rc : 0;
}

int
index_graph_put_name(struct index_db *d, struct str text, int64_t *ret,
    struct error *err)
{
	static const char sql[] =
	    "INSERT INTO name (text) VALUES (?) RETURNING id";
	int64_t n;
	int rc = index_graph_find_name(d, text, ret, &n, err);

	if (rc != 0 || *ret != 0)
		return rc;
	return db_get_int(d->db, sql, DB_ARGS(db_str(text)), 0, ret, err);
}

int
index_graph_count_definitions(struct index_db *d, int64_t name, int64_t by,
    struct error *err)
{
	static const char sql[] =
	    "UPDATE name SET n_definitions = n_definitions + ? WHERE id = ?";

	return db_run(d->db, sql, DB_ARGS(db_int(by), db_int(name)), err);
}

int
index_graph_name(struct index_db *d, int64_t id, struct buf *text,
    struct error *err)
{
	static const char sql[] = "SELECT text FROM name WHERE id = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(id)), &row, err);

	if (rc == DB_ROW)
		rc = buf_add_str(text, db_col_text(row, 0));
	return rc;
}

int
index_graph_each_defined(struct index_db *d,
    int (*take)(int64_t id, struct str text, int64_t n_definitions,
	void *ctx),
    void *ctx, struct error *err)
{
	static const char sql[] =
	    "SELECT id, text, n_definitions FROM name "
	    "WHERE n_definitions > 0 ORDER BY text";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_NO_ARGS, &row, err);

	while (rc == DB_ROW) {
		rc = take(db_col_int(row, 0), db_col_text(row, 1),
		    db_col_int(row, 2), ctx);
		if (rc >= 0)
			rc = db_next(row, err);
	}
	return rc;
}

/* --- files -------------------------------------------------------------- */

int
index_graph_add_file(struct index_db *d, int64_t file, struct str data,
    struct error *err)
{
	static const char sql[] =
	    "INSERT INTO graph (file, data) VALUES (?, ?)";

	return db_run(d->db, sql, DB_ARGS(db_int(file), db_blob(data)), err);
}

int
index_graph_file(struct index_db *d, int64_t file, struct buf *data,
    struct error *err)
{
	static const char sql[] = "SELECT data FROM graph WHERE file = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(file)), &row, err);

	if (rc == DB_ROW)
		rc = buf_add_str(data, db_col_blob(row, 0));
	return rc;
}

int
index_graph_each_file(struct index_db *d,
    int (*take)(int64_t file, struct str data, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] = "SELECT file, data FROM graph ORDER BY file";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_NO_ARGS, &row, err);

	while (rc == DB_ROW) {
		rc = take(db_col_int(row, 0), db_col_blob(row, 1), ctx);
		if (rc >= 0)
			rc = db_next(row, err);
	}
	return rc;
}

int
index_graph_remove_file(struct index_db *d, int64_t file, struct error *err)
{
	static const char sql[] = "DELETE FROM graph WHERE file = ?";

	return db_run(d->db, sql, DB_ARGS(db_int(file)), err);
}

/* --- links -------------------------------------------------------------- */

int
index_graph_add_link(struct index_db *d, int64_t name, int64_t file,
    struct str data, struct error *err)
{
	static const char sql[] =
	    "INSERT INTO link (name, file, data) VALUES (?, ?, ?)";

	return db_run(d->db, sql,
	    DB_ARGS(db_int(name), db_int(file), db_blob(data)), err);
}

int
index_graph_remove_link(struct index_db *d, int64_t name, int64_t file,
    struct error *err)
{
	static const char sql[] =
	    "DELETE FROM link WHERE name = ? AND file = ?";

	return db_run(d->db, sql, DB_ARGS(db_int(name), db_int(file)), err);
}

int
index_graph_link(struct index_db *d, int64_t name, int64_t file,
    struct buf *data, struct error *err)
{
	static const char sql[] =
	    "SELECT data FROM link WHERE name = ? AND file = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(name), db_int(file)),
	    &row, err);

	if (rc == DB_ROW)
		rc = buf_add_str(data, db_col_blob(row, 0));
	return rc;
}

int
index_graph_each_link(struct index_db *d, int64_t name,
    int (*take)(int64_t file, struct str data, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] =
	    "SELECT file, data FROM link WHERE name = ? ORDER BY file";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(name)), &row, err);

	while (rc == DB_ROW) {
		rc = take(db_col_int(row, 0), db_col_blob(row, 1), ctx);
		if (rc >= 0)
			rc = db_next(row, err);
	}
	return rc;
}
