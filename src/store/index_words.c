/* Dictionaries; see index_words.h. Two tables for each:
 *
 *	term_text	blocks of words in the order of their bytes, found by
 *			the text from which on they stand here: of each word
 *			how many bytes it shares with the one before and how
 *			many follow (four bits each, 15: and as many more), the
 *			bytes, its number (less the one before) and, behind
 *			'=', its parts
 *	term_at		of numbers that follow each other, 128 to a row: the
 *			block of each (less the one before) and its count
 *
 * An index of SQLite over the texts took four times the bytes. The first block
 * begins with the empty text, so each word has a block where it belongs. One
 * that grows too large is cut, and the words behind the cut get another. */
#include "store/index_words.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/varint.h"
#include "store/index_inner.h"

enum { BLOCK_MAX = INDEX_ROW_BYTES, BLOCK_GOOD = INDEX_ROW_BYTES - 100 };
enum { AT_BITS = 7, AT_ROW = 1 << AT_BITS, NIBBLE = 15 };
#define TEXT_MAX (64 * MIB)
#define ID_MAX (INT64_C(1) << 31)

struct dictionary {
	const char *find, *next, *get, *each, *last, *insert, *update;
	const char *at_get, *at_last, *at_put;
};

static const struct dictionary dictionaries[] = {
	[INDEX_TERMS] = {
		.find = "SELECT nr, data, first FROM term_text "
			"WHERE first <= ? ORDER BY first DESC LIMIT 1",
		.next = "SELECT first FROM term_text WHERE first > ? "
			"ORDER BY first LIMIT 1",
		.get = "SELECT data FROM term_text WHERE nr = ?",
		.each = "SELECT data FROM term_text WHERE first >= "
			"(SELECT max(first) FROM term_text WHERE first <= ?) "
			"ORDER BY first",
		.last = "SELECT max(nr) FROM term_text",
		.insert = "INSERT INTO term_text (nr, first, data) "
			  "VALUES (?, ?, ?)",
		.update = "UPDATE term_text SET data = ? WHERE nr = ?",
		.at_get = "SELECT data FROM term_at WHERE id = ?",
		.at_last = "SELECT max(id) FROM term_at",
		.at_put = "INSERT INTO term_at (id, data) VALUES (?, ?) "
			  "ON CONFLICT (id) DO UPDATE SET data = "
			  "excluded.data",
	},
	[INDEX_NAMES] = {
		.find = "SELECT nr, data, first FROM name_text "
			"WHERE first <= ? ORDER BY first DESC LIMIT 1",
		.next = "SELECT first FROM name_text WHERE first > ? "
			"ORDER BY first LIMIT 1",
		.get = "SELECT data FROM name_text WHERE nr = ?",
		.each = "SELECT data FROM name_text WHERE first >= "
			"(SELECT max(first) FROM name_text WHERE first <= ?) "
			"ORDER BY first",
		.last = "SELECT max(nr) FROM name_text",
		.insert = "INSERT INTO name_text (nr, first, data) "
			  "VALUES (?, ?, ?)",
		.update = "UPDATE name_text SET data = ? WHERE nr = ?",
		.at_get = "SELECT data FROM name_at WHERE id = ?",
		.at_last = "SELECT max(id) FROM name_at",
		.at_put = "INSERT INTO name_at (id, data) VALUES (?, ?) "
			  "ON CONFLICT (id) DO UPDATE SET data = "
			  "excluded.data",
	},
};

static int
damaged(struct error *err)
{
	return error_set(err, ERR_STORE_CORRUPT, "the index is damaged");
}

/* --- the words of a block ----------------------------------------------- */

static void
add_word(struct buf *out, struct str last, struct str text, int64_t last_id,
    int64_t id, uint32_t n_parts)
{
	size_t shared = 0, more;

	while (shared < last.len && shared < text.len &&
	    last.ptr[shared] == text.ptr[shared])
		shared++;
	more = text.len - shared;
	buf_add_char(out, (char)((shared < NIBBLE ? shared : NIBBLE) << 4 |
	    (more < NIBBLE ? more : NIBBLE)));
	if (shared >= NIBBLE)
		varint_add(out, shared - NIBBLE);
	if (more >= NIBBLE)
		varint_add(out, more - NIBBLE);
	buf_add_str(out, str_sub(text, shared, more));
	varint_add_signed(out, id - last_id);
	if (str_starts(text, STR("=")))
		varint_add(out, n_parts);
}

/* A word as it is read; text holds the one before, at first nothing. */
struct cursor {
	struct str rest;
	struct buf text;
	int64_t id;
	uint64_t n_parts;
};

static bool
take_length(struct str *rest, unsigned nibble, size_t max, size_t *ret)
{
	uint64_t more = 0;

	if (nibble == NIBBLE && (!varint_take(rest, &more) || more > max))
		return false;
	*ret = nibble + (size_t)more;
	return *ret <= max;
}

/* 1: a word; 0: the end; -1: damaged. */
static int
next_word(struct cursor *c)
{
	size_t shared, more;
	unsigned lengths;
	int64_t step;

	if (c->rest.len == 0)
		return 0;
	lengths = (unsigned char)*c->rest.ptr;
	c->rest = str_sub(c->rest, 1, SIZE_MAX);
	if (!take_length(&c->rest, lengths >> 4, c->text.len, &shared) ||
	    !take_length(&c->rest, lengths & NIBBLE, c->rest.len, &more) ||
	    more > c->rest.len || shared + more == 0)
		return -1;
	buf_truncate(&c->text, shared);
	if (buf_add_str(&c->text, str_sub(c->rest, 0, more)) != 0)
		return -1;
	c->rest = str_sub(c->rest, more, SIZE_MAX);
	c->n_parts = 0;
	if (!varint_take_signed(&c->rest, &step) || step > ID_MAX ||
	    step < -ID_MAX || (*c->text.ptr == '=' &&
		(!varint_take(&c->rest, &c->n_parts) ||
		    c->n_parts > UINT32_MAX)))
		return -1;
	c->id += step;
	return c->id > 0 && c->id < ID_MAX ? 1 : -1;
}

static void
cursor_init(struct cursor *c, struct str data)
{
	*c = (struct cursor){ .rest = data, .text = BUF_INIT(TEXT_MAX) };
}

static void
cursor_release(struct cursor *c)
{
	buf_release(&c->text);
}

/* --- blocks and counts by number ---------------------------------------- */

struct at_row {
	struct at {
		uint32_t block; /* 0: no word has this number */
		uint32_t count;
	} items[AT_ROW];
	size_t n; /* that are kept */
	bool changed;
};

/* A row that is not there is empty. */
static int
read_at(struct index_db *d, const struct dictionary *t, int64_t row,
    struct at_row *ret, struct error *err)
{
	CLEANUP(db_donep) struct db_rows *rows = NULL;
	int64_t block = 0, step;
	uint64_t count;
	struct str rest;
	int rc = db_query(d->db, t->at_get, DB_ARGS(db_int(row)), &rows, err);

	ret->n = 0;
	ret->changed = false;
	if (rc != DB_ROW)
		return rc;
	for (rest = db_col_blob(rows, 0); rest.len > 0; ret->n++) {
		if (ret->n == AT_ROW || !varint_take_signed(&rest, &step) ||
		    !varint_take(&rest, &count) || step > ID_MAX ||
		    step < -ID_MAX)
			return damaged(err);
		block += step;
		if (block < 0 || block > UINT32_MAX)
			return damaged(err);
		ret->items[ret->n] = (struct at){ (uint32_t)block,
			count > UINT32_MAX ? UINT32_MAX : (uint32_t)count };
	}
	return 0;
}

/* Rows that are read once and written once. */
struct at_map {
	struct index_db *d;
	const struct dictionary *t;
	struct at_row **rows;
	size_t cap;
};

static void
at_map_release(struct at_map *m)
{
	for (size_t i = 0; i < m->cap; i++)
		free(m->rows[i]);
	free(m->rows);
}

/* NULL: error. */
static struct at *
find_at(struct at_map *m, int64_t id, bool change, struct error *err)
{
	size_t row = (size_t)id >> AT_BITS, at = (size_t)id % AT_ROW;
	size_t cap = m->cap;
	struct at_row *r;

	m->rows = mem_grow(m->rows, &m->cap, row + 1, sizeof(*m->rows));
	for (; cap < m->cap; cap++)
		m->rows[cap] = NULL;
	if (m->rows[row] == NULL) {
		m->rows[row] = mem_new(struct at_row);
		if (read_at(m->d, m->t, (int64_t)row, m->rows[row], err) != 0)
			return NULL;
	}
	r = m->rows[row];
	for (; r->n <= at; r->n++)
		r->items[r->n] = (struct at){ 0 };
	r->changed |= change;
	return &r->items[at];
}

static int
write_at(struct at_map *m, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(16 * KIB);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->cap; i++) {
		const struct at_row *r = m->rows[i];
		int64_t block = 0;

		if (r == NULL || !r->changed)
			continue;
		buf_clear(&data);
		for (size_t k = 0; k < r->n; k++) {
			varint_add_signed(&data, r->items[k].block - block);
			varint_add(&data, r->items[k].count);
			block = r->items[k].block;
		}
		rc = buf_check(&data, err);
		if (rc == 0)
			rc = db_run(m->d->db, m->t->at_put,
			    DB_ARGS(db_int((int64_t)i),
				db_blob(buf_str(&data))),
			    err);
	}
	return rc;
}

static void
add_count(struct at *at, int64_t by)
{
	int64_t count = (int64_t)at->count + by;

	at->count = count < 0 ? 0 :
	    count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

/* --- adding ------------------------------------------------------------- */

struct held_word {
	size_t text_at, text_len;
	int64_t id;
	uint32_t n_parts;
};

struct adding {
	struct at_map at;
	int64_t next_id, next_block;
	/* Of the block that is being changed. */
	struct buf texts;
	struct held_word *words;
	size_t n_words, cap;
};

static void
adding_release(struct adding *a)
{
	at_map_release(&a->at);
	buf_release(&a->texts);
	free(a->words);
}

static struct str
text_of(const struct adding *a, const struct held_word *w)
{
	return str_sub(buf_str(&a->texts), w->text_at, w->text_len);
}

static void
hold(struct adding *a, struct str text, int64_t id, uint32_t n_parts)
{
	a->words = mem_grow(a->words, &a->cap, a->n_words + 1,
	    sizeof(*a->words));
	a->words[a->n_words++] = (struct held_word){ a->texts.len, text.len,
		id, n_parts };
	buf_add_str(&a->texts, text);
}

/* Tells those words that are in the block from those that are new. */
static int
match_words(struct str data, struct index_word *words, size_t n,
    struct error *err)
{
	CLEANUP(cursor_release) struct cursor old;
	size_t i = 0;
	int more = 1;

	cursor_init(&old, data);
	while (i < n) {
		int order = 1;

		if (more == 1)
			more = next_word(&old);
		if (more < 0)
			return damaged(err);
		while (i < n && (more == 0 || (order = str_compare(
		    words[i].text, buf_str(&old.text))) <= 0)) {
			words[i].is_new = more == 0 || order < 0;
			words[i].id = words[i].is_new ? 0 : old.id;
			i++;
		}
	}
	return 0;
}

/* What there is and what is new, in order. */
static int
merge_words(struct adding *a, struct str data, const struct index_word *words,
    size_t n, struct error *err)
{
	CLEANUP(cursor_release) struct cursor old;
	size_t i = 0;
	int more;

	cursor_init(&old, data);
	buf_clear(&a->texts);
	a->n_words = 0;
	do {
		more = next_word(&old);
		if (more < 0)
			return damaged(err);
		for (; i < n && (more == 0 || str_compare(words[i].text,
		    buf_str(&old.text)) <= 0); i++)
			if (words[i].is_new)
				hold(a, words[i].text, words[i].id,
				    words[i].n_parts);
		if (more == 1)
			hold(a, buf_str(&old.text), old.id,
			    (uint32_t)old.n_parts);
	} while (more == 1);
	return buf_check(&a->texts, err);
}

/* Writes words [from, to) as a block; 0: a new one. */
static int
write_block(struct adding *a, int64_t block, size_t from, size_t to,
    struct str data, struct error *err)
{
	const struct dictionary *t = a->at.t;
	struct db *db = a->at.d->db;
	bool is_new = block == 0;
	int rc;

	if (is_new) {
		block = a->next_block++;
		rc = db_run(db, t->insert,
		    DB_ARGS(db_int(block),
			db_blob(text_of(a, &a->words[from])), db_blob(data)),
		    err);
	} else {
		rc = db_run(db, t->update,
		    DB_ARGS(db_blob(data), db_int(block)), err);
	}
	for (size_t i = from; rc == 0 && i < to; i++) {
		struct at *at = find_at(&a->at, a->words[i].id, true, err);

		if (at == NULL)
			return -ERR_STORE_CORRUPT;
		at->block = (uint32_t)block;
	}
	return rc;
}

/* Of so many bytes, those of a block: blocks of like size. */
static size_t
good_size(size_t all)
{
	return all <= BLOCK_MAX ? all :
				  all / ((all + BLOCK_GOOD - 1) / BLOCK_GOOD);
}

static int
write_blocks(struct adding *a, int64_t block, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(TEXT_MAX);
	size_t size = SIZE_MAX, from = 0;
	int rc = 0;

	/* The first round says how many bytes there are. */
	for (unsigned round = 0; rc == 0 && round < 2; round++) {
		struct str last = STR_NONE;
		int64_t last_id = 0;

		if (round == 1)
			size = good_size(data.len);
		buf_clear(&data);
		for (size_t i = 0; rc == 0 && i < a->n_words; i++) {
			const struct held_word *w = &a->words[i];

			if (data.len >= size) {
				rc = write_block(a, block, from, i,
				    buf_str(&data), err);
				buf_clear(&data);
				last = STR_NONE;
				last_id = block = 0;
				from = i;
			}
			add_word(&data, last, text_of(a, w), last_id, w->id,
			    w->n_parts);
			last = text_of(a, w);
			last_id = w->id;
		}
	}
	if (rc == 0)
		rc = buf_check(&data, err);
	return rc != 0 ? rc : write_block(a, block, from, a->n_words,
	    buf_str(&data), err);
}

/* The block where the first of the words belongs, and how many of them belong
 * there. */
static int
find_block(struct adding *a, const struct index_word *words, size_t n,
    struct db_rows **ret, size_t *ret_n, struct error *err)
{
	const struct dictionary *t = a->at.t;
	CLEANUP(db_donep) struct db_rows *next = NULL;
	size_t k = n;
	int rc = db_query(a->at.d->db, t->find,
	    DB_ARGS(db_blob(words[0].text)), ret, err);

	if (rc != DB_ROW)
		return rc < 0 ? rc : damaged(err);
	rc = db_query(a->at.d->db, t->next, DB_ARGS(db_blob(words[0].text)),
	    &next, err);
	if (rc == DB_ROW)
		for (k = 1; k < n && str_compare(words[k].text,
		    db_col_blob(next, 0)) < 0;)
			k++;
	*ret_n = k;
	return rc < 0 ? rc : 0;
}

static int
match_in_block(struct adding *a, struct index_word *words, size_t n,
    size_t *ret_n, struct error *err)
{
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = find_block(a, words, n, &row, ret_n, err);

	return rc != 0 ? rc :
			 match_words(db_col_blob(row, 1), words, *ret_n, err);
}

static int
add_to_block(struct adding *a, const struct index_word *words, size_t n,
    size_t *ret_n, struct error *err)
{
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = find_block(a, words, n, &row, ret_n, err);
	bool any_new = false;
	int64_t block;

	for (size_t i = 0; rc == 0 && i < *ret_n; i++)
		any_new |= words[i].is_new;
	if (rc != 0 || !any_new)
		return rc;
	rc = merge_words(a, db_col_blob(row, 1), words, *ret_n, err);
	block = db_col_int(row, 0);
	db_done(steal(row));
	return rc != 0 ? rc : write_blocks(a, block, err);
}

struct numbered {
	uint32_t order;
	size_t at;
};

static int
compare_order(const void *left, const void *right)
{
	const struct numbered *a = left, *b = right;

	return (a->order > b->order) - (a->order < b->order);
}

static int
number_new(struct index_word *words, size_t n, int64_t next_id,
    struct error *err)
{
	CLEANUP(free_ptr) struct numbered *new = mem_alloc(n + 1,
	    sizeof(*new));
	size_t n_new = 0;

	for (size_t i = 0; i < n; i++)
		if (words[i].is_new)
			new[n_new++] = (struct numbered){ words[i].order, i };
	if (n_new > 0)
		qsort(new, n_new, sizeof(*new), compare_order);
	for (size_t i = 0; i < n_new; i++)
		words[new[i].at].id = next_id + (int64_t)i;
	return next_id + (int64_t)n_new < ID_MAX ? 0 :
						   error_set(err,
	    ERR_TOO_LARGE, "the repository is too large for an index");
}

/* An empty dictionary gets its first block. */
static int
begin_adding(struct adding *a, struct error *err)
{
	const struct dictionary *t = a->at.t;
	struct db *db = a->at.d->db;
	struct at_row last;
	int64_t block = 0, row = -1;
	int rc = db_get_int(db, t->last, DB_NO_ARGS, 0, &block, err);

	if (rc == 0 && block == 0) {
		block = 1;
		rc = db_run(db, t->insert,
		    DB_ARGS(db_int(1), db_blob(STR("")), db_blob(STR(""))),
		    err);
	}
	if (rc == 0)
		rc = db_get_int(db, t->at_last, DB_NO_ARGS, 0, &row, err);
	if (rc == 0)
		rc = read_at(a->at.d, t, row, &last, err);
	if (rc != 0)
		return rc;
	a->next_block = block + 1;
	a->next_id = row * AT_ROW + (int64_t)last.n;
	if (a->next_id == 0)
		a->next_id = 1;
	return 0;
}

int
index_words_add(struct index_db *d, enum index_dictionary which,
    struct index_word *words, size_t n, struct error *err)
{
	CLEANUP(adding_release) struct adding a = {
		.at = { .d = d, .t = &dictionaries[which] },
		.texts = BUF_INIT(TEXT_MAX) };
	size_t taken = 0;
	int rc = n == 0 ? 0 : begin_adding(&a, err);

	for (size_t i = 0; rc == 0 && i < n; i += taken)
		rc = match_in_block(&a, words + i, n - i, &taken, err);
	if (rc == 0)
		rc = number_new(words, n, a.next_id, err);
	for (size_t i = 0; rc == 0 && i < n; i += taken)
		rc = add_to_block(&a, words + i, n - i, &taken, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct at *at = find_at(&a.at, words[i].id, true, err);

		if (at == NULL)
			return -ERR_STORE_CORRUPT;
		add_count(at, words[i].by);
	}
	return rc != 0 ? rc : write_at(&a.at, err);
}

int
index_words_count(struct index_db *d, enum index_dictionary which,
    const struct index_count *counts, size_t n, struct error *err)
{
	CLEANUP(at_map_release) struct at_map m = { .d = d,
		.t = &dictionaries[which] };

	for (size_t i = 0; i < n; i++) {
		struct at *at;

		if (counts[i].id <= 0 || counts[i].id >= ID_MAX)
			return damaged(err);
		at = find_at(&m, counts[i].id, true, err);
		if (at == NULL)
			return -ERR_STORE_CORRUPT;
		add_count(at, counts[i].by);
	}
	return write_at(&m, err);
}

/* --- reading ------------------------------------------------------------ */

/* Reads on to the word of this text, or number. 1: there; 0: not; -1:
 * damaged. */
static int
seek(struct cursor *c, const struct str *text, int64_t id)
{
	int rc;

	while ((rc = next_word(c)) == 1) {
		int order = text == NULL ? (c->id == id ? 0 : -1) :
					   str_compare(buf_str(&c->text),
		    *text);

		if (order >= 0)
			return order == 0;
	}
	return rc;
}

static int
read_count(struct index_db *d, const struct dictionary *t, int64_t id,
    struct at *ret, struct error *err)
{
	struct at_row row;
	size_t at = (size_t)id % AT_ROW;
	int rc = read_at(d, t, id >> AT_BITS, &row, err);

	*ret = rc == 0 && at < row.n ? row.items[at] : (struct at){ 0 };
	return rc;
}

int
index_words_find(struct index_db *d, enum index_dictionary which,
    struct str text, struct index_word_info *ret, struct error *err)
{
	const struct dictionary *t = &dictionaries[which];
	CLEANUP(db_donep) struct db_rows *row = NULL;
	CLEANUP(cursor_release) struct cursor c;
	struct at at;
	int rc = db_query(d->db, t->find, DB_ARGS(db_blob(text)), &row, err);

	cursor_init(&c, STR_NONE);
	*ret = (struct index_word_info){ 0 };
	if (rc != DB_ROW)
		return rc;
	c.rest = db_col_blob(row, 1);
	rc = seek(&c, &text, 0);
	if (rc <= 0)
		return rc < 0 ? damaged(err) : 0;
	rc = read_count(d, t, c.id, &at, err);
	if (rc != 0)
		return rc;
	*ret = (struct index_word_info){ c.id, at.count,
		(uint32_t)c.n_parts };
	return 1;
}

int
index_words_get(struct index_db *d, enum index_dictionary which, int64_t id,
    struct buf *text, struct index_word_info *ret, struct error *err)
{
	const struct dictionary *t = &dictionaries[which];
	CLEANUP(db_donep) struct db_rows *row = NULL;
	CLEANUP(cursor_release) struct cursor c;
	struct at at = { 0 };
	int rc = id <= 0 || id >= ID_MAX ? 0 :
					   read_count(d, t, id, &at, err);

	cursor_init(&c, STR_NONE);
	*ret = (struct index_word_info){ 0 };
	if (rc != 0 || at.block == 0)
		return rc;
	rc = db_query(d->db, t->get, DB_ARGS(db_int(at.block)), &row, err);
	if (rc != DB_ROW)
		return rc < 0 ? rc : damaged(err);
	c.rest = db_col_blob(row, 0);
	if (seek(&c, NULL, id) != 1)
		return damaged(err);
	*ret = (struct index_word_info){ id, at.count, (uint32_t)c.n_parts };
	rc = buf_add_str(text, buf_str(&c.text));
	return rc != 0 ? rc : 1;
}

/* 1: the words behind it are of no interest. */
static int
take_block(struct at_map *m, struct str data, struct str prefix,
    int (*take)(struct str text, const struct index_word_info *word,
	void *ctx),
    void *ctx, struct error *err)
{
	CLEANUP(cursor_release) struct cursor c;
	int rc;

	cursor_init(&c, data);
	while ((rc = next_word(&c)) == 1) {
		struct str text = buf_str(&c.text);
		struct index_word_info word = { .id = c.id,
			.n_parts = (uint32_t)c.n_parts };
		const struct at *at;

		if (!str_starts(text, prefix)) {
			if (str_compare(text, prefix) > 0)
				return 1;
			continue;
		}
		at = find_at(m, c.id, false, err);
		if (at == NULL)
			return -ERR_STORE_CORRUPT;
		word.count = at->count;
		rc = take(text, &word, ctx);
		if (rc < 0)
			return rc;
	}
	return rc < 0 ? damaged(err) : 0;
}

int
index_words_each(struct index_db *d, enum index_dictionary which,
    struct str prefix,
    int (*take)(struct str text, const struct index_word_info *word,
	void *ctx),
    void *ctx, struct error *err)
{
	CLEANUP(at_map_release) struct at_map m = { .d = d,
		.t = &dictionaries[which] };
	CLEANUP(db_donep) struct db_rows *row = NULL;
	struct str from = prefix.len == 0 ? STR("") : prefix;
	int rc = db_query(d->db, m.t->each, DB_ARGS(db_blob(from)), &row, err);

	while (rc == DB_ROW) {
		rc = take_block(&m, db_col_blob(row, 0), prefix, take, ctx,
		    err);
		if (rc == 0)
			rc = db_next(row, err);
		else
			return rc < 0 ? rc : 0;
	}
	return rc;
}
