/* Terms in the database of an index; see index_db.h. They are one of the
 * dictionaries of index_words.h. */
#include "base/buf.h"
#include "store/index_inner.h"
#include "store/index_numbers.h"
#include "store/index_words.h"

int
index_db_find_term(struct index_db *d, struct str text, int64_t *ret,
    int64_t *ret_count, struct error *err)
{
	struct index_word_info word;
	int rc = index_words_find(d, INDEX_TERMS, text, &word, err);

	*ret = word.id;
	*ret_count = word.count;
	return rc < 0 ? rc : 0;
}

struct each_term {
	void (*take)(int64_t id, struct str text, int64_t count, void *ctx);
	void *ctx;
};

static int
take_term(struct str text, const struct index_word_info *word, void *ctx)
{
	struct each_term *each = ctx;

	each->take(word->id, text, word->count, each->ctx);
	return 0;
}

int
index_db_each_term(struct index_db *d, struct str prefix,
    void (*take)(int64_t id, struct str text, int64_t count, void *ctx),
    void *ctx, struct error *err)
{
	struct each_term each = { take, ctx };

	return index_words_each(d, INDEX_TERMS, prefix, take_term, &each, err);
}

struct each_whole {
	void (*take)(int64_t whole, void *ctx);
	void *ctx;
};

static int
take_whole(int64_t number, void *ctx)
{
	struct each_whole *each = ctx;

	each->take(number, each->ctx);
	return 0;
}

int
index_db_each_whole(struct index_db *d, int64_t part,
    void (*take)(int64_t whole, void *ctx), void *ctx, struct error *err)
{
	struct each_whole each = { take, ctx };

	return index_numbers_each(d, INDEX_WHOLES, part, take_whole, &each,
	    err);
}

int
index_db_look_up_term(struct index_db *d, int64_t id,
    void (*take)(const struct index_term *term, void *ctx), void *ctx,
    struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	struct index_word_info word;
	int rc = index_words_get(d, INDEX_TERMS, id, &text, &word, err);

	if (rc == 1) {
		const struct index_term term = {
			.id = id,
			.text = buf_str(&text),
			.n_parts = word.n_parts,
			.count = word.count,
		};

		take(&term, ctx);
	}
	return rc;
}

int
index_db_term(struct index_db *d, int64_t id, struct buf *text,
    int64_t *ret_count, struct error *err)
{
	struct index_word_info word;
	int rc = index_words_get(d, INDEX_TERMS, id, text, &word, err);

	*ret_count = word.count;
	return rc;
}
