/* Posting lists in the database of an index; see index_db.h. A row holds the
 * lists of terms that follow each other, under the number of the first one:
 * of each its term (less the first), length and bytes. Most lists are a few
 * bytes, and a row for each would double them.
 *
 * A long list begins a row, and goes on in rows of its own. Rows fill their
 * pages: a longer one would get pages of its own, half of them empty. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/varint.h"
#include "store/index_inner.h"

enum { BLOCK_BYTES = INDEX_ROW_BYTES, LIST_BYTES_MAX = 64 << 20 };

static int64_t
term_of(int64_t id)
{
	return id >> INDEX_BLOCK_BITS &
	    (((int64_t)1 << INDEX_TERM_BITS) - 1);
}

static int64_t
block_of(int64_t id)
{
	return id & (((int64_t)1 << INDEX_BLOCK_BITS) - 1);
}

static int
damaged(struct error *err)
{
	return error_set(err, ERR_STORE_CORRUPT, "the index is damaged");
}

/* --- writing ------------------------------------------------------------ */

struct index_lists {
	struct index_db *d;
	int64_t segment;
	int64_t first; /* term of the row that is being made */
	struct buf row;
};

struct index_lists *
index_lists_create(struct index_db *d, int64_t segment)
{
	struct index_lists *l = mem_new(struct index_lists);

	*l = (struct index_lists){ .d = d, .segment = segment,
		.row = BUF_INIT(LIST_BYTES_MAX) };
	return l;
}

void
index_lists_destroy(struct index_lists *l)
{
	if (l == NULL)
		return;
	buf_release(&l->row);
	free(l);
}

static int
add_row(struct index_lists *l, int64_t block, struct str data,
    struct error *err)
{
	static const char sql[] =
	    "INSERT INTO posting (id, data) VALUES (?, ?)";

	return db_run(l->d->db, sql,
	    DB_ARGS(db_int(index_posting_id(l->segment, l->first, block)),
		db_blob(data)),
	    err);
}

/* Writes the row, in as many as it takes. */
static int
flush(struct index_lists *l, struct error *err)
{
	struct str rest = buf_str(&l->row);
	int rc = buf_check(&l->row, err);

	for (int64_t block = 0; rc == 0 && rest.len > 0; block++) {
		struct str part = str_sub(rest, 0, BLOCK_BYTES);

		rc = add_row(l, block, part, err);
		rest = str_sub(rest, part.len, SIZE_MAX);
	}
	buf_clear(&l->row);
	return rc;
}

int
index_lists_add(struct index_lists *l, int64_t term, struct str data,
    struct error *err)
{
	int rc = 0;

	if (l->segment >> INDEX_SEGMENT_BITS != 0 ||
	    term >> INDEX_TERM_BITS != 0 ||
	    data.len / BLOCK_BYTES >> INDEX_BLOCK_BITS != 0)
		return error_set(err, ERR_TOO_LARGE,
		    "the repository is too large for an index");
	/* Its term and length are of a few bytes. */
	if (l->row.len + 2 * sizeof(uint32_t) + data.len > BLOCK_BYTES)
		rc = flush(l, err);
	if (l->row.len == 0)
		l->first = term;
	varint_add(&l->row, (uint64_t)(term - l->first));
	varint_add_bytes(&l->row, data);
	return rc;
}

int
index_lists_end(struct index_lists *l, struct error *err)
{
	return flush(l, err);
}

/* --- reading ------------------------------------------------------------ */

/* The list of the term in a row's bytes: 1; 0: it is not there; -1: they are
 * damaged. Of a long one *ret_len is more than what is here. */
static int
find_in_row(struct str row, int64_t term, struct str *ret, size_t *ret_len)
{
	uint64_t at, len;

	while (varint_take(&row, &at)) {
		if (!varint_take(&row, &len) || len > LIST_BYTES_MAX)
			return -1;
		if (at >= (uint64_t)term) {
			*ret = str_sub(row, 0, (size_t)len);
			*ret_len = (size_t)len;
			return at == (uint64_t)term;
		}
		row = str_sub(row, (size_t)len, SIZE_MAX);
	}
	return 0;
}

/* The rows behind the first one of a long list. */
static int
read_rest(struct index_db *d, int64_t id, size_t len, struct buf *data,
    struct error *err)
{
	static const char sql[] = "SELECT data FROM posting "
	    "WHERE id > ? AND id < ? ORDER BY id";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(id),
	    db_int(id + ((int64_t)1 << INDEX_BLOCK_BITS))), &row, err);

	for (; rc == DB_ROW; rc = db_next(row, err))
		buf_add_str(data, db_col_blob(row, 0));
	if (rc == 0)
		rc = buf_check(data, err);
	return rc == 0 && data->len != len ? damaged(err) : rc;
}

int
index_db_posting(struct index_db *d, int64_t segment, int64_t term,
    int (*take)(struct str data, void *ctx), void *ctx, struct error *err)
{
	static const char sql[] = "SELECT id, data FROM posting "
	    "WHERE id <= ? ORDER BY id DESC LIMIT 1";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	CLEANUP_BUF struct buf data = BUF_INIT(LIST_BYTES_MAX);
	struct str list;
	int64_t id;
	size_t len;
	int rc = db_query(d->db, sql,
	    DB_ARGS(db_int(index_posting_id(segment, term, 0))), &row, err);

	if (rc != DB_ROW)
		return rc;
	id = db_col_int(row, 0);
	/* The end of a long list, or of another segment. */
	if (block_of(id) != 0 || id < index_posting_id(segment, 0, 0))
		return 0;
	rc = find_in_row(db_col_blob(row, 1), term - term_of(id), &list, &len);
	if (rc <= 0)
		return rc < 0 ? damaged(err) : 0;
	if (list.len < len) {
		buf_add_str(&data, list);
		rc = read_rest(d, id, len, &data, err);
		list = buf_str(&data);
		if (rc < 0)
			return rc;
	}
	rc = take(list, ctx);
	return rc < 0 ? rc : 1;
}

struct index_postings {
	struct db_rows *rows;
	int rc;		 /* of the row that is next */
	int64_t first;	 /* term of the row that is read */
	struct buf row;	 /* it, with those that go on with it */
	struct str rest; /* of it */
};

int
index_postings_open(struct index_db *d, int64_t segment,
    struct index_postings **ret, struct error *err)
{
	static const char sql[] = "SELECT id, data FROM posting "
	    "WHERE id >= ? AND id < ? ORDER BY id";
	struct index_postings *p = mem_new(struct index_postings);
	int rc;

	p->row = BUF_INIT(LIST_BYTES_MAX);
	rc = p->rc = db_query(d->db, sql,
	    DB_ARGS(db_int(index_posting_id(segment, 0, 0)),
		db_int(index_posting_id(segment + 1, 0, 0))),
	    &p->rows, err);
	if (rc < 0) {
		index_postings_close(p);
		return rc;
	}
	*ret = p;
	return 0;
}

static int
next_row(struct index_postings *p, struct error *err)
{
	p->first = term_of(db_col_int(p->rows, 0));
	buf_clear(&p->row);
	do {
		buf_add_str(&p->row, db_col_blob(p->rows, 1));
		p->rc = db_next(p->rows, err);
	} while (p->rc == DB_ROW && block_of(db_col_int(p->rows, 0)) != 0);
	p->rest = buf_str(&p->row);
	return p->rc < 0 ? p->rc : buf_check(&p->row, err);
}

int
index_postings_next(struct index_postings *p, int64_t *ret_term,
    struct str *ret_data, struct error *err)
{
	uint64_t at;
	int rc;

	if (p->rest.len == 0) {
		if (p->rc != DB_ROW)
			return p->rc;
		rc = next_row(p, err);
		if (rc < 0)
			return rc;
	}
	if (!varint_take(&p->rest, &at) || at >> INDEX_TERM_BITS != 0 ||
	    !varint_take_bytes(&p->rest, ret_data))
		return damaged(err);
	*ret_term = p->first + (int64_t)at;
	return 1;
}

void
index_postings_close(struct index_postings *p)
{
	if (p == NULL)
		return;
	db_done(p->rows);
	buf_release(&p->row);
	free(p);
}
