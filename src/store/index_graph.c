/* Rows of the code graph; see index_graph.h. */
#include "store/index_graph.h"

#include "base/deflate.h"
#include "store/index_inner.h"
#include "store/index_words.h"

int
index_graph_find_name(struct index_db *d, struct str text, int64_t *ret,
    int64_t *ret_definitions, struct error *err)
{
	struct index_word_info word;
	int rc = text.len == 0 ? 0 :
				 index_words_find(d, INDEX_NAMES, text, &word,
	    err);

	if (text.len == 0)
		word = (struct index_word_info){ 0 };
	*ret = word.id;
	*ret_definitions = word.count;
	return rc < 0 ? rc : 0;
}

int
index_graph_name(struct index_db *d, int64_t id, struct buf *text,
    struct error *err)
{
	struct index_word_info word;
	int rc = index_words_get(d, INDEX_NAMES, id, text, &word, err);

	return rc < 0 ? rc : 0;
}

struct each_name {
	int (*take)(int64_t id, struct str text, int64_t n_definitions,
	    void *ctx);
	void *ctx;
};

static int
take_name(struct str text, const struct index_word_info *word, void *ctx)
{
	struct each_name *each = ctx;

	return word->count == 0 ? 0 :
	    each->take(word->id, text, word->count, each->ctx);
}

int
index_graph_each_defined(struct index_db *d,
    int (*take)(int64_t id, struct str text, int64_t n_definitions,
	void *ctx),
    void *ctx, struct error *err)
{
	struct each_name each = { take, ctx };

	return index_words_each(d, INDEX_NAMES, STR(""), take_name, &each,
	    err);
}

/* --- files -------------------------------------------------------------- */

int
index_graph_add_file(struct index_db *d, int64_t file, struct str data,
    struct error *err)
{
	static const char sql[] =
	    "INSERT INTO graph (file, data) VALUES (?, ?)";
	CLEANUP_BUF struct buf packed = BUF_INIT(data.len + 16);
	int rc = deflate_pack(data, &packed, err);

	return rc != 0 ? rc : db_run(d->db, sql,
	    DB_ARGS(db_int(file), db_blob(buf_str(&packed))), err);
}

int
index_graph_file(struct index_db *d, int64_t file, struct buf *data,
    struct error *err)
{
	static const char sql[] = "SELECT data FROM graph WHERE file = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(d->db, sql, DB_ARGS(db_int(file)), &row, err);

	if (rc != DB_ROW)
		return rc;
	return deflate_unpack(db_col_blob(row, 0), data, NULL) == 0 ? 0 :
	    error_set(err, ERR_STORE_CORRUPT, "the index is damaged");
}

int
index_graph_remove_file(struct index_db *d, int64_t file, struct error *err)
{
	static const char sql[] = "DELETE FROM graph WHERE file = ?";

	return db_run(d->db, sql, DB_ARGS(db_int(file)), err);
}
