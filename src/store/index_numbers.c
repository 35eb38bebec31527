/* Lists of numbers; see index_numbers.h. A row holds the lists of 16 keys that
 * follow each other, as far as their numbers are in one range, under the number
 * of both:
 *
 *	of each key	itself (less the one before), how many, the numbers
 *			(less the one before)
 *
 * A list that is in all files would be written anew for each of them: so the
 * range of files is small. */
#include "store/index_numbers.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/varint.h"
#include "store/index_inner.h"

enum { KEY_BITS = 4, RANGE_BITS = 24 };
#define ROW_MAX (64 * MIB)
#define KEY_MAX (INT64_C(1) << 36)

static const struct list_table {
	const char *get, *each, *put, *remove;
	unsigned bits; /* of the numbers in a range */
} list_tables[] = {
	[INDEX_WHOLES] = {
		.get = "SELECT data FROM whole WHERE id = ?",
		.each = "SELECT id, data FROM whole "
			"WHERE id >= ? AND id < ? ORDER BY id",
		.put = "INSERT INTO whole (id, data) VALUES (?, ?) "
		       "ON CONFLICT (id) DO UPDATE SET data = excluded.data",
		.remove = "DELETE FROM whole WHERE id = ?",
		.bits = 16,
	},
	[INDEX_USERS] = {
		.get = "SELECT data FROM user WHERE id = ?",
		.each = "SELECT id, data FROM user "
			"WHERE id >= ? AND id < ? ORDER BY id",
		.put = "INSERT INTO user (id, data) VALUES (?, ?) "
		       "ON CONFLICT (id) DO UPDATE SET data = excluded.data",
		.remove = "DELETE FROM user WHERE id = ?",
		.bits = 12,
	},
	[INDEX_DEFINERS] = {
		.get = "SELECT data FROM definer WHERE id = ?",
		.each = "SELECT id, data FROM definer "
			"WHERE id >= ? AND id < ? ORDER BY id",
		.put = "INSERT INTO definer (id, data) VALUES (?, ?) "
		       "ON CONFLICT (id) DO UPDATE SET data = excluded.data",
		.remove = "DELETE FROM definer WHERE id = ?",
		.bits = 12,
	},
};

static int
damaged(struct error *err)
{
	return error_set(err, ERR_STORE_CORRUPT, "the index is damaged");
}

static int64_t
row_of(const struct list_table *t, const struct index_pair *p)
{
	return p->key >> KEY_BITS << RANGE_BITS | p->number >> t->bits;
}

/* --- a row -------------------------------------------------------------- */

struct row {
	struct index_pair *pairs;
	size_t n, cap;
};

static void
row_release(struct row *r)
{
	free(r->pairs);
}

static void
row_add(struct row *r, struct index_pair p)
{
	r->pairs = mem_grow(r->pairs, &r->cap, r->n + 1, sizeof(*r->pairs));
	r->pairs[r->n++] = p;
}

/* The list that is next; *key is that of the one before. False: damaged. take
 * may be NULL; *ret is what it returned, and a negative one ends the calls. */
static bool
read_list(struct str *rest, int64_t *key, int64_t from,
    int (*take)(int64_t number, void *ctx), void *ctx, int *ret)
{
	uint64_t step, n, distance;

	if (!varint_take(rest, &step) || step >> KEY_BITS != 0 ||
	    !varint_take(rest, &n) || n > rest->len)
		return false;
	*key += (int64_t)step;
	for (uint64_t i = 0; i < n; i++) {
		if (!varint_take(rest, &distance) || distance > KEY_MAX)
			return false;
		from += (int64_t)distance;
		if (take != NULL && *ret >= 0)
			*ret = take(from, ctx);
	}
	return true;
}

struct reading {
	struct row *row;
	const int64_t *key;
};

static int
take_pair(int64_t number, void *ctx)
{
	struct reading *r = ctx;

	row_add(r->row, (struct index_pair){ *r->key, number });
	return 0;
}

/* A row that is not there is empty. */
static int
read_row(struct index_db *d, const struct list_table *t, int64_t id,
    struct row *ret, struct error *err)
{
	CLEANUP(db_donep) struct db_rows *rows = NULL;
	int64_t key = id >> RANGE_BITS << KEY_BITS;
	int64_t from = (id & ((1 << RANGE_BITS) - 1)) << t->bits;
	struct reading reading = { ret, &key };
	struct str rest;
	int ignored = 0, rc = db_query(d->db, t->get, DB_ARGS(db_int(id)),
	    &rows, err);

	ret->n = 0;
	if (rc != DB_ROW)
		return rc;
	rest = db_col_blob(rows, 0);
	while (rest.len > 0)
		if (!read_list(&rest, &key, from, take_pair, &reading,
			&ignored))
			return damaged(err);
	return 0;
}

static int
write_row(struct index_db *d, const struct list_table *t, int64_t id,
    const struct row *r, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(ROW_MAX);
	int64_t key = id >> RANGE_BITS << KEY_BITS;
	int rc;

	if (r->n == 0)
		return db_run(d->db, t->remove, DB_ARGS(db_int(id)), err);
	for (size_t i = 0, j; i < r->n; i = j) {
		int64_t last = (id & ((1 << RANGE_BITS) - 1)) << t->bits;

		for (j = i; j < r->n && r->pairs[j].key == r->pairs[i].key;)
			j++;
		varint_add(&data, (uint64_t)(r->pairs[i].key - key));
		varint_add(&data, j - i);
		key = r->pairs[i].key;
		for (size_t k = i; k < j; k++) {
			varint_add(&data, (uint64_t)(r->pairs[k].number -
						      last));
			last = r->pairs[k].number;
		}
	}
	rc = buf_check(&data, err);
	return rc != 0 ? rc : db_run(d->db, t->put,
	    DB_ARGS(db_int(id), db_blob(buf_str(&data))), err);
}

/* --- changing ----------------------------------------------------------- */

static int
compare_pair(const struct index_pair *a, const struct index_pair *b)
{
	return a->key != b->key ? (a->key > b->key) - (a->key < b->key) :
				  (a->number > b->number) -
	    (a->number < b->number);
}

/* Both are in order; `keep`: pairs of the second are added; else removed. */
static void
merge_rows(const struct row *old, const struct index_pair *pairs, size_t n,
    bool keep, struct row *out)
{
	size_t i = 0, k = 0;

	out->n = 0;
	while (i < old->n || k < n) {
		int order = i == old->n ? 1 : k == n ? -1 :
		    compare_pair(&old->pairs[i], &pairs[k]);

		if (order < 0 || (order == 0 && keep))
			row_add(out, old->pairs[i]);
		if (order > 0 && keep)
			row_add(out, pairs[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

static int
compare_placed(const void *left, const void *right, void *ctx)
{
	int64_t a = row_of(ctx, left), b = row_of(ctx, right);

	return a != b ? (a > b) - (a < b) : compare_pair(left, right);
}

static int
change(struct index_db *d, const struct list_table *t,
    struct index_pair *pairs, size_t n, bool keep, struct error *err)
{
	CLEANUP(row_release) struct row old = { 0 };
	CLEANUP(row_release) struct row new = { 0 };
	int rc = 0;

	if (n > 0)
		qsort_r(pairs, n, sizeof(*pairs), compare_placed, (void *)t);
	for (size_t i = 0, j; rc == 0 && i < n; i = j) {
		int64_t id = row_of(t, &pairs[i]);

		for (j = i; j < n && row_of(t, &pairs[j]) == id;)
			j++;
		rc = read_row(d, t, id, &old, err);
		if (rc != 0)
			break;
		merge_rows(&old, pairs + i, j - i, keep, &new);
		if (new.n != old.n)
			rc = write_row(d, t, id, &new, err);
	}
	return rc;
}

int
index_numbers_add(struct index_db *d, enum index_numbers which,
    struct index_pair *pairs, size_t n, struct error *err)
{
	return change(d, &list_tables[which], pairs, n, true, err);
}

int
index_numbers_remove(struct index_db *d, enum index_numbers which,
    struct index_pair *pairs, size_t n, struct error *err)
{
	return change(d, &list_tables[which], pairs, n, false, err);
}

/* --- reading ------------------------------------------------------------ */

int
index_numbers_each(struct index_db *d, enum index_numbers which, int64_t key,
    int (*take)(int64_t number, void *ctx), void *ctx, struct error *err)
{
	const struct list_table *t = &list_tables[which];
	CLEANUP(db_donep) struct db_rows *rows = NULL;
	int64_t first = key >> KEY_BITS << RANGE_BITS;
	int rc = key <= 0 || key > KEY_MAX ? 0 : db_query(d->db, t->each,
	    DB_ARGS(db_int(first), db_int(first + (1 << RANGE_BITS))), &rows,
	    err);

	while (rc == DB_ROW) {
		int64_t id = db_col_int(rows, 0);
		int64_t at, here = id >> RANGE_BITS << KEY_BITS;
		int64_t from = (id & ((1 << RANGE_BITS) - 1)) << t->bits;
		struct str list, rest = db_col_blob(rows, 1);
		int taken = 0;

		do {
			list = rest;
			at = here;
			if (!read_list(&rest, &here, from, NULL, NULL, &taken))
				return damaged(err);
		} while (here < key && rest.len > 0);
		if (here == key)
			read_list(&list, &at, from, take, ctx, &taken);
		rc = taken < 0 ? taken : db_next(rows, err);
	}
	return rc;
}
