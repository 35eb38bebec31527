/* Posting lists in the database of an index; see index_db.h. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/index_inner.h"

/* Bytes of a list in one row: five of these fill a page of 4 KiB. Longer rows
 * would go to pages of their own, half of which are empty at the end. */
enum { BLOCK_BYTES = 790, LIST_BYTES_MAX = 64 << 20 };

int
index_db_add_posting(struct index_db *d, int64_t term, int64_t segment,
    struct str data, struct error *err)
{
	static const char sql[] =
	    "INSERT INTO posting (id, data) VALUES (?, ?)";
	int rc = 0;

	if (segment >> INDEX_SEGMENT_BITS != 0 ||
	    term >> INDEX_TERM_BITS != 0 ||
	    data.len / BLOCK_BYTES >> INDEX_BLOCK_BITS != 0)
		return error_set(err, ERR_TOO_LARGE,
		    "the repository is too large for an index");
	for (int64_t block = 0; rc == 0 && (block == 0 || data.len > 0);
	     block++) {
		struct str part = str_sub(data, 0, BLOCK_BYTES);

		rc = db_run(d->db, sql,
		    DB_ARGS(db_int(index_posting_id(segment, term, block)),
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
	    DB_ARGS(db_int(index_posting_id(segment, term, 0)),
		db_int(index_posting_id(segment, term + 1, 0))),
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

static int64_t
term_of(struct db_rows *posting)
{
	return db_col_int(posting, 0) >> INDEX_BLOCK_BITS &
	    (((int64_t)1 << INDEX_TERM_BITS) - 1);
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
