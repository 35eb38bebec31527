/* Pieces in the database of an index; see index_db.h.
 *
 *	chunk	pieces of one file that follow each other, by the number of the
 *		first: of each name, terms and container, as lengths and bytes;
 *		the container's length is one more, and 0 where it is that of
 *		the piece before
 *	text	of each file, packed: kind and signature of each piece, with a
 *		NUL behind each
 *
 * A search looks at the names of hundreds of pieces, and at the texts of the
 * few that it shows. */
#include "base/buf.h"
#include "base/deflate.h"
#include "base/varint.h"
#include "store/index_inner.h"

enum { BLOCK_BYTES = INDEX_ROW_BYTES };
#define TEXTS_MAX (64 * MIB)

static int
damaged(struct error *err)
{
	return error_set(err, ERR_STORE_CORRUPT, "the index is damaged");
}

/* --- pieces ------------------------------------------------------------- */

static int
add_block(struct index_db *d, int64_t segment, int64_t first, struct buf *data,
    struct error *err)
{
	static const char sql[] = "INSERT INTO chunk (id, data) VALUES (?, ?)";
	int rc = buf_check(data, err);

	if (rc == 0 && data->len > 0)
		rc = db_run(d->db, sql,
		    DB_ARGS(db_int(index_chunk_id(segment, first)),
			db_blob(buf_str(data))),
		    err);
	buf_clear(data);
	return rc;
}

static void
add_container(struct buf *out, struct str container, struct str *last)
{
	if (last->ptr != NULL && str_eq(*last, container)) {
		varint_add(out, 0);
		return;
	}
	varint_add(out, (uint64_t)container.len + 1);
	buf_add_str(out, container);
	*last = container;
}

int
index_db_add_chunks(struct index_db *d, int64_t segment, int64_t first,
    const struct index_chunk *items, size_t n, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(TEXTS_MAX);
	struct str container = STR_NONE;
	int64_t start = first;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct index_chunk *c = &items[i];

		if (data.len + c->name.len + c->container.len + c->terms.len >
		    BLOCK_BYTES) {
			rc = add_block(d, segment, start, &data, err);
			start = first + (int64_t)i;
		}
		if (data.len == 0)
			container = STR_NONE;
		varint_add_bytes(&data, c->name);
		varint_add_bytes(&data, c->terms);
		add_container(&data, c->container, &container);
	}
	return rc != 0 ? rc : add_block(d, segment, start, &data, err);
}

/* *ret: the piece before, in the same row; at first empty. */
static bool
take_chunk(struct str *rest, struct index_chunk *ret)
{
	uint64_t len;

	if (!varint_take_bytes(rest, &ret->name) ||
	    !varint_take_bytes(rest, &ret->terms) ||
	    !varint_take(rest, &len) || len > rest->len + 1)
		return false;
	if (len == 0)
		return true;
	ret->container = str_sub(*rest, 0, (size_t)len - 1);
	*rest = str_sub(*rest, (size_t)len - 1, SIZE_MAX);
	return true;
}

int
index_db_chunk(struct index_db *d, int64_t segment, int64_t at,
    void (*take)(const struct index_chunk *c, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] = "SELECT id, data FROM chunk WHERE id <= ? "
	    "ORDER BY id DESC LIMIT 1";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int64_t id = index_chunk_id(segment, at), from;
	struct index_chunk c = { 0 };
	struct str rest;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(id)), &row, err);

	if (rc != DB_ROW)
		return rc;
	from = db_col_int(row, 0);
	rest = db_col_blob(row, 1);
	do {
		if (!take_chunk(&rest, &c))
			return 0;
	} while (from++ < id);
	take(&c, ctx);
	return 1;
}

int
index_remove_chunks(struct index_db *d, int64_t segment, int64_t first,
    int64_t n, int (*take)(struct str terms, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql_rows[] =
	    "SELECT data FROM chunk WHERE id >= ? AND id < ?";
	static const char sql_remove[] =
	    "DELETE FROM chunk WHERE id >= ? AND id < ?";
	int64_t from = index_chunk_id(segment, first), end = from + n;
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql_rows, DB_ARGS(db_int(from),
	    db_int(end)), &row, err);

	while (rc == DB_ROW) {
		struct str rest = db_col_blob(row, 0);
		struct index_chunk c = { 0 };

		for (rc = 0; rc >= 0 && rest.len > 0;)
			rc = take_chunk(&rest, &c) ? take(c.terms, ctx) :
						     damaged(err);
		if (rc >= 0)
			rc = db_next(row, err);
	}
	return rc != 0 ? rc : db_run(d->db, sql_remove,
	    DB_ARGS(db_int(from), db_int(end)), err);
}

int
index_db_move_file(struct index_db *d, const struct index_file *from,
    int64_t segment, int64_t first_chunk, struct error *err)
{
	static const char sql_chunks[] =
	    "INSERT INTO chunk (id, data) SELECT id + ?, data "
	    "FROM chunk WHERE id >= ? AND id < ?";
	static const char sql_file[] =
	    "UPDATE file SET segment = ?, first_chunk = ? WHERE id = ?";
	int64_t old = index_chunk_id(from->segment, from->first_chunk);
	int rc = 0;

	if (from->n_chunks > 0)
		rc = db_run(d->db, sql_chunks,
		    DB_ARGS(db_int(index_chunk_id(segment, first_chunk) -
				old),
			db_int(old), db_int(old + from->n_chunks)),
		    err);
	return rc != 0 ? rc : db_run(d->db, sql_file,
	    DB_ARGS(db_int(segment), db_int(first_chunk), db_int(from->id)),
	    err);
}

/* --- texts -------------------------------------------------------------- */

static void
add_text(struct buf *out, struct str text)
{
	buf_add_str(out, text);
	buf_add_char(out, '\0');
}

int
index_db_add_texts(struct index_db *d, int64_t file,
    const struct index_text *items, size_t n, struct error *err)
{
	static const char sql[] =
	    "INSERT INTO text (file, data) VALUES (?, ?)";
	CLEANUP_BUF struct buf raw = BUF_INIT(TEXTS_MAX);
	CLEANUP_BUF struct buf data = BUF_INIT(TEXTS_MAX);
	int rc;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		add_text(&raw, items[i].kind);
		add_text(&raw, items[i].signature);
	}
	rc = buf_check(&raw, err);
	if (rc == 0)
		rc = deflate_pack(buf_str(&raw), &data, err);
	return rc != 0 ? rc : db_run(d->db, sql,
	    DB_ARGS(db_int(file), db_blob(buf_str(&data))), err);
}

static bool
take_text(struct str *rest, struct str *ret)
{
	size_t end = str_find_char(*rest, '\0', 0);

	if (end == SIZE_MAX)
		return false;
	*ret = str_sub(*rest, 0, end);
	*rest = str_sub(*rest, end + 1, SIZE_MAX);
	return true;
}

int
index_db_text(struct index_db *d, int64_t file, size_t n,
    void (*take)(const struct index_text *text, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] = "SELECT data FROM text WHERE file = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	CLEANUP_BUF struct buf raw = BUF_INIT(TEXTS_MAX);
	struct index_text text;
	struct str rest;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(file)), &row, err);

	if (rc != DB_ROW)
		return rc;
	if (deflate_unpack(db_col_blob(row, 0), &raw, NULL) != 0)
		return damaged(err);
	rest = buf_str(&raw);
	for (size_t i = 0; i <= n; i++)
		if (!take_text(&rest, &text.kind) ||
		    !take_text(&rest, &text.signature))
			return 0;
	take(&text, ctx);
	return 1;
}
