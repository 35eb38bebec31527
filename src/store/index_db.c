/* The index of a repository in SQLite; see index_db.h. */
#include "store/index_db.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/index_inner.h"

enum { BUSY_MS = 10 * 1000 };
/* Bytes of a list in one row: five of these fill a page of 4 KiB. Longer rows
 * would go to pages of their own, half of which are empty at the end. */
enum { BLOCK_BYTES = 790, LIST_BYTES_MAX = 64 << 20 };

/* Pieces and lists are found by one number: a search does a thousand such
 * look-ups, and SQLite compares keys of several columns much slower. */
enum { AT_BITS = 32, SEGMENT_BITS = 23, TERM_BITS = 24, BLOCK_BITS = 16 };

static int64_t
chunk_id(int64_t segment, int64_t at)
{
	return segment << AT_BITS | at;
}

static int64_t
posting_id(int64_t segment, int64_t term, int64_t block)
{
	return (segment << TERM_BITS | term) << BLOCK_BITS | block;
}

static const char schema[] =
    "CREATE TABLE file (\n"
    "	id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "	path TEXT NOT NULL UNIQUE,\n"
    "	size INTEGER NOT NULL,\n"
    "	mtime_ns INTEGER NOT NULL,\n"
    "	inode INTEGER NOT NULL,\n"
    "	hash TEXT NOT NULL,\n"
    "	language TEXT NOT NULL,\n"
    "	flags INTEGER NOT NULL,\n"
    "	segment INTEGER NOT NULL,\n"
    "	first_chunk INTEGER NOT NULL,\n"
    "	n_chunks INTEGER NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE term (\n"
    "	id INTEGER PRIMARY KEY,\n"
    "	text TEXT NOT NULL UNIQUE,\n"
    "	n_parts INTEGER NOT NULL,\n"
    "	count INTEGER NOT NULL DEFAULT 0\n"
    ") STRICT;\n"
    "CREATE TABLE part (\n"
    "	part INTEGER NOT NULL,\n"
    "	whole INTEGER NOT NULL,\n"
    "	PRIMARY KEY (part, whole)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "CREATE TABLE segment (\n"
    "	id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "	n_chunks INTEGER NOT NULL,\n"
    "	rows BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE chunk (\n"
    "	id INTEGER PRIMARY KEY,\n" /* segment << 32 | at */
    "	kind TEXT NOT NULL,\n"
    "	name TEXT NOT NULL,\n"
    "	container TEXT NOT NULL,\n"
    "	signature TEXT NOT NULL,\n"
    "	terms BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE posting (\n"
    "	id INTEGER PRIMARY KEY,\n" /* segment << 40 | term << 16 | block */
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE name (\n"
    "	id INTEGER PRIMARY KEY,\n"
    "	text TEXT NOT NULL UNIQUE,\n"
    "	n_definitions INTEGER NOT NULL DEFAULT 0\n"
    ") STRICT;\n"
    "CREATE TABLE graph (\n"
    "	file INTEGER PRIMARY KEY,\n"
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE link (\n"
    "	name INTEGER NOT NULL,\n"
    "	file INTEGER NOT NULL,\n"
    "	data BLOB NOT NULL,\n"
    "	PRIMARY KEY (name, file)\n"
    ") STRICT, WITHOUT ROWID;\n"
    "PRAGMA user_version = 6;\n";

_Static_assert(INDEX_DB_VERSION == 6, "as in the schema");

/* --- opening ------------------------------------------------------------ */

void
index_db_remove(const char *path)
{
	static const char *const tails[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
		CLEANUP(free_ptr) char *name = mem_printf("%s%s", path,
		    tails[i]);

		unlink(name);
	}
}

/* 1: it is ours; 0: it is of another version; negative: error. */
static int
check_schema(struct db *db, bool write, struct error *err)
{
	int64_t version;
	bool empty;
	int rc = db_schema_get(db, &version, err);

	if (rc == 0 && version == INDEX_DB_VERSION)
		return 1;
	/* Rebuilding it would take it away from the other friday, each time. */
	if (rc == 0 && version > INDEX_DB_VERSION)
		return error_set(err, ERR_STORE_NEWER,
		    "the index was made by a newer friday: update friday, or "
		    "remove it with 'friday index drop'");
	if (rc == 0)
		rc = db_is_empty(db, &empty, err);
	if (rc != 0 || !empty || !write)
		return rc;
	/* Of two processes the second one finds the tables made. */
	rc = db_begin(db, DB_SYNC_LAZY, err);
	if (rc != 0)
		return rc;
	rc = db_schema_get(db, &version, err);
	if (rc == 0 && version == 0)
		rc = db_script(db, schema, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc != 0)
		db_rollback(db);
	return rc == 0 ? 1 : rc;
}

static int
try_open(const char *path, bool write, struct db **ret, struct error *err)
{
	const struct db_opts opts = {
		.access = write ? DB_WRITER : DB_READER,
		.busy_ms = BUSY_MS,
		/* A search touches thousands of pages, and the next one the
		 * same ones. */
		.large_cache = true,
	};
	int rc;

	*ret = NULL;
	if (!write && access(path, F_OK) != 0)
		return error_set(err, ERR_NOT_FOUND, "there is no index yet");
	rc = db_open(path, &opts, ret, err);
	if (rc == 0)
		rc = check_schema(*ret, write, err);
	if (rc == 1)
		return 0;
	db_close(*ret);
	*ret = NULL;
	return rc != 0 ? rc :
	    error_set(err, write ? ERR_STORE_CORRUPT : ERR_NOT_FOUND,
		"the index is of another version");
}

int
index_db_open(const char *path, bool write, struct index_db **ret,
    struct error *err)
{
	struct db *db;
	int rc = try_open(path, write, &db, err);

	if (rc == -ERR_STORE_CORRUPT && write) {
		index_db_remove(path);
		rc = try_open(path, write, &db, err);
	}
	if (rc != 0)
		return rc;
	*ret = mem_new(struct index_db);
	**ret = (struct index_db){ .db = db, .write = write };
	return 0;
}

void
index_db_close(struct index_db *d)
{
	if (d == NULL)
		return;
	db_close(d->db);
	free(d);
}

int
index_db_begin(struct index_db *d, struct error *err)
{
	static const char sql_read[] = "BEGIN";

	return d->write ? db_begin(d->db, DB_SYNC_LAZY, err) :
			  db_run(d->db, sql_read, DB_NO_ARGS, err);
}

int
index_db_commit(struct index_db *d, struct error *err)
{
	return db_commit(d->db, err);
}

void
index_db_rollback(struct index_db *d)
{
	db_rollback(d->db);
}

int
index_db_tidy(struct index_db *d, struct error *err)
{
	int rc;

	db_set_busy(d->db, 0);
	rc = db_checkpoint(d->db, err);
	db_set_busy(d->db, BUSY_MS);
	return rc;
}

/* --- files -------------------------------------------------------------- */

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

static int
remove_chunks(struct index_db *d, int64_t segment, int64_t first, int64_t n,
    int (*take)(struct str terms, void *ctx), void *ctx, struct error *err)
{
	static const char sql_terms[] =
	    "SELECT terms FROM chunk WHERE id >= ? AND id < ?";
	static const char sql_remove[] =
	    "DELETE FROM chunk WHERE id >= ? AND id < ?";
	int64_t from = chunk_id(segment, first), end = from + n;
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

int
index_db_remove_file(struct index_db *d, int64_t id,
    int (*take)(struct str terms, void *ctx), void *ctx, struct error *err)
{
	static const char sql[] = "DELETE FROM file WHERE id = ? "
	    "RETURNING segment, first_chunk, n_chunks";
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
	return rc != 0 || n == 0 ? rc :
	    remove_chunks(d, segment, first, n, take, ctx, err);
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

/* --- terms -------------------------------------------------------------- */

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

/* --- segments ----------------------------------------------------------- */

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
	    DB_ARGS(db_int(posting_id(id, 0, 0)),
		db_int(posting_id(id + 1, 0, 0))),
	    err);

	if (rc == 0)
		rc = db_run(d->db, sql_chunk, DB_ARGS(db_int(chunk_id(id, 0)),
		    db_int(chunk_id(id + 1, 0))), err);
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

int
index_db_move_file(struct index_db *d, const struct index_file *from,
    int64_t segment, int64_t first_chunk, struct error *err)
{
	static const char sql_chunks[] =
	    "INSERT INTO chunk (id, kind, name, container, signature, terms) "
	    "SELECT id + ?, kind, name, container, signature, terms "
	    "FROM chunk WHERE id >= ? AND id < ?";
	int64_t old = chunk_id(from->segment, from->first_chunk);
	static const char sql_file[] =
	    "UPDATE file SET segment = ?, first_chunk = ? WHERE id = ?";
	int rc = 0;

	if (from->n_chunks > 0)
		rc = db_run(d->db, sql_chunks,
		    DB_ARGS(db_int(chunk_id(segment, first_chunk) - old),
			db_int(old), db_int(old + from->n_chunks)),
		    err);
	return rc != 0 ? rc : db_run(d->db, sql_file,
	    DB_ARGS(db_int(segment), db_int(first_chunk), db_int(from->id)),
	    err);
}

int
index_db_add_posting(struct index_db *d, int64_t term, int64_t segment,
    struct str data, struct error *err)
{
	static const char sql[] =
	    "INSERT INTO posting (id, data) VALUES (?, ?)";
	int rc = 0;

	if (segment >> SEGMENT_BITS != 0 || term >> TERM_BITS != 0 ||
	    data.len / BLOCK_BYTES >> BLOCK_BITS != 0)
		return error_set(err, ERR_TOO_LARGE,
		    "the repository is too large for an index");
	for (int64_t block = 0; rc == 0 && (block == 0 || data.len > 0);
	     block++) {
		struct str part = str_sub(data, 0, BLOCK_BYTES);

		rc = db_run(d->db, sql,
		    DB_ARGS(db_int(posting_id(segment, term, block)),
			db_blob(part)),
		    err);
		data = str_sub(data, part.len, SIZE_MAX);
	}
	return rc;
}

int
index_db_posting(struct index_db *d, int64_t segment, int64_t term,
    int (*take)(struct str data, void *ctx), void *ctx, struct error *err)
{
	static const char sql[] = "SELECT data FROM posting "
	    "WHERE id >= ? AND id < ? ORDER BY id";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	CLEANUP_BUF struct buf data = BUF_INIT(LIST_BYTES_MAX);
	int rc = db_query(d->db, sql,
	    DB_ARGS(db_int(posting_id(segment, term, 0)),
		db_int(posting_id(segment, term + 1, 0))),
	    &row, err);

	if (rc != DB_ROW)
		return rc;
	for (; rc == DB_ROW; rc = db_next(row, err))
		buf_add_str(&data, db_col_blob(row, 0));
	if (rc == 0)
		rc = buf_check(&data, err);
	if (rc == 0)
		rc = take(buf_str(&data), ctx);
	return rc < 0 ? rc : 1;
}

struct index_postings {
	struct db_rows *rows;
	int rc; /* of the row that is next */
	struct buf data;
};

int
index_postings_open(struct index_db *d, int64_t segment,
    struct index_postings **ret, struct error *err)
{
	static const char sql[] = "SELECT id, data FROM posting "
	    "WHERE id >= ? AND id < ? ORDER BY id";
	struct index_postings *p = mem_new(struct index_postings);
	int rc;

	p->data = BUF_INIT(LIST_BYTES_MAX);
	rc = p->rc = db_query(d->db, sql,
	    DB_ARGS(db_int(posting_id(segment, 0, 0)),
		db_int(posting_id(segment + 1, 0, 0))),
	    &p->rows, err);
	if (rc < 0) {
		index_postings_close(p);
		return rc;
	}
	*ret = p;
	return 0;
}

static int64_t
term_of(struct db_rows *posting)
{
	return db_col_int(posting, 0) >> BLOCK_BITS &
	    (((int64_t)1 << TERM_BITS) - 1);
}

int
index_postings_next(struct index_postings *p, int64_t *ret_term,
    struct str *ret_data, struct error *err)
{
	int64_t term;
	int rc;

	if (p->rc != DB_ROW)
		return p->rc;
	term = term_of(p->rows);
	buf_clear(&p->data);
	do {
		buf_add_str(&p->data, db_col_blob(p->rows, 1));
		p->rc = db_next(p->rows, err);
	} while (p->rc == DB_ROW && term_of(p->rows) == term);
	rc = p->rc < 0 ? p->rc : buf_check(&p->data, err);
	if (rc < 0)
		return rc;
	*ret_term = term;
	*ret_data = buf_str(&p->data);
	return 1;
}

void
index_postings_close(struct index_postings *p)
{
	if (p == NULL)
		return;
	db_done(p->rows);
	buf_release(&p->data);
	free(p);
}

int
index_db_add_chunk(struct index_db *d, const struct index_chunk *c,
    struct error *err)
{
	static const char sql[] =
	    "INSERT INTO chunk (id, kind, name, container, signature, terms) "
	    "VALUES (?, ?, ?, ?, ?, ?)";

	return db_run(d->db, sql,
	    DB_ARGS(db_int(chunk_id(c->segment, c->at)), db_str(c->kind),
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
	int rc = db_query(d->db, sql, DB_ARGS(db_int(chunk_id(segment, at))),
	    &row, err);

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
