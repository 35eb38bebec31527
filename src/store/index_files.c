/* Files in the database of an index; see index_db.h. */
#include "store/index_inner.h"

int
index_db_add_file(struct index_db *d, struct index_file *file,
    struct error *err)
{
	static const char sql[] =
	    "INSERT INTO file (path, size, mtime_ns, inode, hash, language, "
	    "flags, segment, first_chunk, n_chunks) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id";

	return db_get_int(d->db, sql,
	    DB_ARGS(db_str(file->path), db_int(file->size),
		db_int(file->mtime_ns), db_int(file->inode),
		db_str(file->hash), db_str(file->language),
		db_int(file->flags), db_int(file->segment),
		db_int(file->first_chunk), db_int(file->n_chunks)),
	    0, &file->id, err);
}

int
index_db_remove_file(struct index_db *d, int64_t id,
    int (*take)(struct str terms, void *ctx), void *ctx, struct error *err)
{
	static const char sql[] = "DELETE FROM file WHERE id = ? "
	    "RETURNING segment, first_chunk, n_chunks";
	static const char sql_text[] = "DELETE FROM text WHERE file = ?";
	struct db_rows *row;
	int64_t segment = 0, first = 0, n = 0;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(id)), &row, err);

	if (rc == DB_ROW) {
		segment = db_col_int(row, 0);
		first = db_col_int(row, 1);
		n = db_col_int(row, 2);
		rc = db_next(row, err);
	}
	db_done(row);
	if (rc == 0)
		rc = db_run(d->db, sql_text, DB_ARGS(db_int(id)), err);
	return rc != 0 || n == 0 ? rc :
	    index_remove_chunks(d, segment, first, n, take, ctx, err);
}

int
index_db_touch_file(struct index_db *d, const struct index_file *file,
    struct error *err)
{
	static const char sql[] =
	    "UPDATE file SET size = ?, mtime_ns = ?, inode = ? WHERE id = ?";

	return db_run(d->db, sql,
	    DB_ARGS(db_int(file->size), db_int(file->mtime_ns),
		db_int(file->inode), db_int(file->id)),
	    err);
}

int
index_db_each_file(struct index_db *d,
    int (*take)(const struct index_file *file, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] =
	    "SELECT id, path, size, mtime_ns, inode, hash, language, flags, "
	    "segment, first_chunk, n_chunks FROM file ORDER BY path";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_NO_ARGS, &row, err);

	while (rc == DB_ROW) {
		const struct index_file file = {
			.id = db_col_int(row, 0),
			.path = db_col_text(row, 1),
			.size = db_col_int(row, 2),
			.mtime_ns = db_col_int(row, 3),
			.inode = db_col_int(row, 4),
			.hash = db_col_text(row, 5),
			.language = db_col_text(row, 6),
			.flags = db_col_int(row, 7),
			.segment = db_col_int(row, 8),
			.first_chunk = db_col_int(row, 9),
			.n_chunks = db_col_int(row, 10),
		};

		rc = take(&file, ctx);
		if (rc >= 0)
			rc = db_next(row, err);
	}
	return rc;
}
