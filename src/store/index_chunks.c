/* Pieces in the database of an index; see index_db.h. */
#include "store/index_inner.h"

int
index_db_move_file(struct index_db *d, const struct index_file *from,
    int64_t segment, int64_t first_chunk, struct error *err)
{
	static const char sql_chunks[] =
	    "INSERT INTO chunk (id, kind, name, container, signature, terms) "
	    "SELECT id + ?, kind, name, container, signature, terms "
	    "FROM chunk WHERE id >= ? AND id < ?";
	int64_t old = index_chunk_id(from->segment, from->first_chunk);
	static const char sql_file[] =
	    "UPDATE file SET segment = ?, first_chunk = ? WHERE id = ?";
	int rc = 0;

	if (from->n_chunks > 0)
		rc = db_run(d->db, sql_chunks,
		    DB_ARGS(db_int(index_chunk_id(segment, first_chunk) - old),
			db_int(old), db_int(old + from->n_chunks)),
		    err);
	return rc != 0 ? rc : db_run(d->db, sql_file,
	    DB_ARGS(db_int(segment), db_int(first_chunk), db_int(from->id)),
	    err);
}

int
index_db_add_chunk(struct index_db *d, const struct index_chunk *c,
    struct error *err)
{
	static const char sql[] =
	    "INSERT INTO chunk (id, kind, name, container, signature, terms) "
	    "VALUES (?, ?, ?, ?, ?, ?)";

	return db_run(d->db, sql,
	    DB_ARGS(db_int(index_chunk_id(c->segment, c->at)), db_str(c->kind),
		db_str(c->name), db_str(c->container), db_str(c->signature),
		db_blob(c->terms)),
	    err);
}

int
index_db_chunk(struct index_db *d, int64_t segment, int64_t at,
    void (*take)(const struct index_chunk *c, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] =
	    "SELECT kind, name, container, signature, terms FROM chunk "
	    "WHERE id = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql,
	    DB_ARGS(db_int(index_chunk_id(segment, at))), &row, err);

	if (rc == DB_ROW) {
		const struct index_chunk c = {
			.segment = segment,
			.at = at,
			.kind = db_col_text(row, 0),
			.name = db_col_text(row, 1),
			.container = db_col_text(row, 2),
			.signature = db_col_text(row, 3),
			.terms = db_col_blob(row, 4),
		};

		take(&c, ctx);
	}
	return rc;
}

int
index_remove_chunks(struct index_db *d, int64_t segment, int64_t first,
    int64_t n, int (*take)(struct str terms, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql_terms[] =
	    "SELECT terms FROM chunk WHERE id >= ? AND id < ?";
	static const char sql_remove[] =
	    "DELETE FROM chunk WHERE id >= ? AND id < ?";
	int64_t from = index_chunk_id(segment, first), end = from + n;
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql_terms, DB_ARGS(db_int(from),
	    db_int(end)), &row, err);

	while (rc == DB_ROW) {
		rc = take(db_col_blob(row, 0), ctx);
		if (rc >= 0)
			rc = db_next(row, err);
	}
	return rc != 0 ? rc : db_run(d->db, sql_remove,
	    DB_ARGS(db_int(from), db_int(end)), err);
}
