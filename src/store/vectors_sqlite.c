/* Vectors in a file of SQLite; see vectors.h. Searching reads all vectors of a
 * repository into memory once and looks at each: 100,000 vectors of 64 bytes
 * take two milliseconds, less than an index of them would cost to keep right.
 * What other processes change is seen by the file's data version. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/units.h"
#include "store/db.h"
#include "store/vectors.h"

enum { BUSY_MS = 10 * 1000, SCHEMA = 1 };
/* All vectors of a repository: 22,000 of 768 numbers are 17 MiB. */
#define TABLE_BYTES_MAX (1024 * MIB)

static const char schema[] =
    "CREATE TABLE space (\n"
    "	id INTEGER PRIMARY KEY,\n"
    "	repository TEXT NOT NULL UNIQUE,\n"
    "	embedder TEXT NOT NULL,\n"
    "	dim INTEGER NOT NULL,\n"
    "	state TEXT NOT NULL,\n"
    "	model BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE vector (\n"
    "	id INTEGER PRIMARY KEY,\n"
    "	space INTEGER NOT NULL,\n"
    "	key TEXT NOT NULL,\n"
    "	n INTEGER NOT NULL,\n"
    "	data BLOB NOT NULL,\n"
    "	UNIQUE (space, key)\n"
    ") STRICT;\n"
    "PRAGMA user_version = 1;\n";

_Static_assert(SCHEMA == 1, "as in the schema");

/* A group in memory; key and data in the table's bytes. */
struct held {
	size_t key, key_len, data, n;
};

/* All groups of one repository, by their keys. */
struct table {
	char *repository; /* NULL: nothing is held */
	int64_t version;
	unsigned dim;
	struct buf bytes;
	struct held *groups;
	size_t n, cap;
};

struct sqlite_vectors {
	struct vectors base;
	struct db *db;
	struct table table;
};

/* --- what is in memory -------------------------------------------------- */

static void
forget(struct sqlite_vectors *s)
{
	struct table *t = &s->table;

	free(t->repository);
	t->repository = NULL;
	buf_release(&t->bytes);
	t->n = 0;
}

static struct str
key_of(const struct table *t, const struct held *h)
{
	return str_make(buf_text(&t->bytes) + h->key, h->key_len);
}

static const char *
vector_of(const struct table *t, const struct held *h, size_t at)
{
	return buf_text(&t->bytes) + h->data + at * vector_stride(t->dim);
}

static int
hold(struct table *t, struct str key, int64_t n, struct str data)
{
	struct held *h;

	/* A damaged row holds nothing. */
	if (n < 0 || n > VECTOR_GROUP_MAX ||
	    data.len != (size_t)n * vector_stride(t->dim))
		return 0;
	t->groups = mem_grow(t->groups, &t->cap, t->n + 1,
	    sizeof(*t->groups));
	h = &t->groups[t->n++];
	*h = (struct held){ .key = t->bytes.len, .key_len = key.len,
		.n = (size_t)n };
	buf_add_str(&t->bytes, key);
	h->data = t->bytes.len;
	return buf_add_str(&t->bytes, data);
}

static int
read_table(struct sqlite_vectors *s, struct str repository, struct error *err)
{
	static const char sql_space[] =
	    "SELECT id, dim FROM space WHERE repository = ?";
	static const char sql[] =
	    "SELECT key, n, data FROM vector WHERE space = ? ORDER BY key";
	CLEANUP(db_donep) struct db_rows *space = NULL;
	CLEANUP(db_donep) struct db_rows *row = NULL;
	struct table *t = &s->table;
	int64_t dim;
	int rc = db_query(s->db, sql_space, DB_ARGS(db_str(repository)),
	    &space, err);

	if (rc != DB_ROW)
		return rc;
	dim = db_col_int(space, 1);
	if (dim <= 0 || dim > VECTOR_DIM_MAX)
		return error_set(err, ERR_STORE_CORRUPT,
		    "the vectors are damaged");
	t->dim = (unsigned)dim;
	rc = db_query(s->db, sql, DB_ARGS(db_int(db_col_int(space, 0))), &row,
	    err);
	while (rc == DB_ROW) {
		rc = hold(t, db_col_text(row, 0), db_col_int(row, 1),
		    db_col_blob(row, 2));
		if (rc != 0)
			return buf_check(&t->bytes, err);
		rc = db_next(row, err);
	}
	return rc;
}

/* The table of this repository, as the file has it now. */
static int
load(struct sqlite_vectors *s, struct str repository, struct error *err)
{
	static const char sql[] = "PRAGMA data_version";
	struct table *t = &s->table;
	int64_t version;
	int rc = db_get_int(s->db, sql, DB_NO_ARGS, 0, &version, err);

	if (rc != 0 || (t->repository != NULL && t->version == version &&
	    str_eq_c(repository, t->repository)))
		return rc;
	forget(s);
	buf_init(&t->bytes, TABLE_BYTES_MAX);
	t->dim = 0;
	rc = read_table(s, repository, err);
	if (rc != 0) {
		forget(s);
		return rc;
	}
	t->repository = str_dup(repository);
	t->version = version;
	return 0;
}

static const struct held *
find_group(const struct table *t, struct str key)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_compare(key_of(t, &t->groups[middle]), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->n && str_eq(key_of(t, &t->groups[low]), key) ?
	    &t->groups[low] : NULL;
}

/* --- operations --------------------------------------------------------- */

static int
space(struct vectors *v, struct str repository, bool with_model,
    void (*take)(const struct vector_space *space, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] = "SELECT embedder, dim, state "
	    "FROM space WHERE repository = ?";
	static const char sql_model[] = "SELECT embedder, dim, state, model "
	    "FROM space WHERE repository = ?";
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(s->db, with_model ? sql_model : sql,
	    DB_ARGS(db_str(repository)), &row, err);

	if (rc == DB_ROW) {
		const struct vector_space found = {
			.embedder = db_col_text(row, 0),
			.dim = (unsigned)db_col_int(row, 1),
			.state = db_col_text(row, 2),
			.model = with_model ? db_col_blob(row, 3) : STR_NONE,
		};

		take(&found, ctx);
	}
	return rc;
}

/* The space's number, made or changed; what another embedder made goes. */
static int
put_space(struct sqlite_vectors *s, struct str repository,
    const struct vector_space *new, int64_t *ret, struct error *err)
{
	static const char sql_other[] = "DELETE FROM vector WHERE space IN "
	    "(SELECT id FROM space WHERE repository = ? AND "
	    "(embedder <> ? OR dim <> ?))";
	static const char sql[] =
	    "INSERT INTO space (repository, embedder, dim, state, model) "
	    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (repository) DO UPDATE SET "
	    "embedder = excluded.embedder, dim = excluded.dim, "
	    "state = excluded.state, model = excluded.model RETURNING id";
	int rc = db_run(s->db, sql_other, DB_ARGS(db_str(repository),
	    db_str(new->embedder), db_int(new->dim)), err);

	return rc != 0 ? rc : db_get_int(s->db, sql,
	    DB_ARGS(db_str(repository), db_str(new->embedder),
		db_int(new->dim),
		db_str(new->state.ptr == NULL ? STR("") : new->state),
		db_blob(new->model.ptr == NULL ? STR("") : new->model)),
	    0, ret, err);
}

static int
put(struct vectors *v, struct str repository, const struct vector_space *new,
    const struct vector_group *groups, size_t n, struct error *err)
{
	static const char sql[] =
	    "INSERT INTO vector (space, key, n, data) VALUES (?, ?, ?, ?) "
	    "ON CONFLICT (space, key) DO UPDATE SET n = excluded.n, "
	    "data = excluded.data";
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	int64_t id = 0;
	int rc = db_begin(s->db, DB_SYNC_LAZY, err);

	if (rc != 0)
		return rc;
	forget(s);
	rc = put_space(s, repository, new, &id, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = db_run(s->db, sql,
		    DB_ARGS(db_int(id), db_str(groups[i].key),
			db_int((int64_t)groups[i].n),
			db_blob(groups[i].n == 0 ? STR("") : groups[i].data)),
		    err);
	if (rc == 0)
		rc = db_commit(s->db, err);
	if (rc != 0)
		db_rollback(s->db);
	return rc;
}

static int
keys(struct vectors *v, struct str repository,
    int (*take)(struct str key, size_t n, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] = "SELECT key, n FROM vector WHERE space = "
	    "(SELECT id FROM space WHERE repository = ?) ORDER BY key";
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(s->db, sql, DB_ARGS(db_str(repository)), &row, err);

	while (rc == DB_ROW) {
		rc = take(db_col_text(row, 0), (size_t)db_col_int(row, 1),
		    ctx);
		if (rc >= 0)
			rc = db_next(row, err);
	}
	return rc;
}

static int
remove_keys(struct vectors *v, struct str repository, const struct str *these,
    size_t n, struct error *err)
{
	static const char sql[] = "DELETE FROM vector WHERE space = "
	    "(SELECT id FROM space WHERE repository = ?) AND key = ?";
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	int rc = n == 0 ? 0 : db_begin(s->db, DB_SYNC_LAZY, err);

	if (rc != 0 || n == 0)
		return rc;
	forget(s);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = db_run(s->db, sql,
		    DB_ARGS(db_str(repository), db_str(these[i])), err);
	if (rc == 0)
		rc = db_commit(s->db, err);
	if (rc != 0)
		db_rollback(s->db);
	return rc;
}

static int
check_dim(const struct table *t, const struct vector_asked *asked,
    struct error *err)
{
	return t->n == 0 || t->dim == asked->dim ? 0 :
	    error_set(err, ERR_INVALID,
		"the vectors have %u numbers, not %u", t->dim, asked->dim);
}

/* Whether `score` at this place comes before the hit. The groups are visited
 * in order, so that of equal ones the earlier stays. */
static void
insert(struct vector_hit *hits, size_t *n, size_t k,
    const struct vector_hit *new)
{
	size_t at = *n;

	if (*n == k && new->score <= hits[k - 1].score)
		return;
	at = *n < k ? (*n)++ : k - 1;
	for (; at > 0 && hits[at - 1].score < new->score; at--)
		hits[at] = hits[at - 1];
	hits[at] = *new;
}

static int
search(struct vectors *v, struct str repository,
    const struct vector_search *q, struct vector_hit *ret, size_t *ret_n,
    struct error *err)
{
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	const struct table *t = &s->table;
	int rc = load(s, repository, err);

	if (rc == 0)
		rc = check_dim(t, q->asked, err);
	for (size_t g = 0; rc == 0 && q->k > 0 && g < t->n; g++) {
		const struct held *h = &t->groups[g];
		struct str key = key_of(t, h);

		if (q->passes != NULL && !q->passes(key, q->ctx))
			continue;
		for (size_t at = 0; at < h->n; at++) {
			const struct vector_hit hit = { { key, at },
				vector_cosine(q->asked, vector_of(t, h, at)) };

			/* 0: one of the two has no direction. */
			if (hit.score < 0 || hit.score > 0)
				insert(ret, ret_n, q->k, &hit);
		}
	}
	return rc;
}

static int
score(struct vectors *v, struct str repository,
    const struct vector_asked *asked, const struct vector_ref *refs, size_t n,
    float *ret, struct error *err)
{
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	const struct table *t = &s->table;
	int rc = load(s, repository, err);

	if (rc == 0)
		rc = check_dim(t, asked, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct held *h = find_group(t, refs[i].key);

		ret[i] = h == NULL || refs[i].at >= h->n ? 0 :
		    vector_cosine(asked, vector_of(t, h, refs[i].at));
	}
	return rc;
}

static int
drop(struct vectors *v, struct str repository, struct error *err)
{
	static const char sql_vectors[] = "DELETE FROM vector WHERE space = "
	    "(SELECT id FROM space WHERE repository = ?)";
	static const char sql_space[] =
	    "DELETE FROM space WHERE repository = ?";
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	int rc = db_begin(s->db, DB_SYNC_LAZY, err);

	if (rc != 0)
		return rc;
	forget(s);
	rc = db_run(s->db, sql_vectors, DB_ARGS(db_str(repository)), err);
	if (rc == 0)
		rc = db_run(s->db, sql_space, DB_ARGS(db_str(repository)),
		    err);
	if (rc == 0)
		rc = db_commit(s->db, err);
	if (rc != 0)
		db_rollback(s->db);
	return rc;
}

static void
destroy(struct vectors *v)
{
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;

	forget(s);
	free(s->table.groups);
	db_close(s->db);
	free(s);
}

static const struct vectors_ops sqlite_ops = {
	.space = space,
	.put = put,
	.keys = keys,
	.remove = remove_keys,
	.search = search,
	.score = score,
	.drop = drop,
	.destroy = destroy,
};

/* --- opening ------------------------------------------------------------ */

static int
make_schema(struct db *db, struct error *err)
{
	int64_t version = 0;
	int rc = db_begin(db, DB_SYNC_LAZY, err);

	if (rc != 0)
		return rc;
	/* Of two processes the second one finds it made. */
	rc = db_schema_get(db, &version, err);
	if (rc == 0 && version == 0)
		rc = db_script(db, schema, err);
	if (rc == 0)
		rc = db_commit(db, err);
	if (rc != 0)
		db_rollback(db);
	return rc;
}

static int
try_open(const char *path, bool write, struct db **ret, struct error *err)
{
	const struct db_opts opts = {
		.access = write ? DB_WRITER : DB_READER,
		.busy_ms = BUSY_MS,
	};
	CLEANUP(db_closep) struct db *db = NULL;
	int64_t version = 0;
	bool empty = false;
	int rc;

	if (!write && access(path, F_OK) != 0)
		return error_set(err, ERR_NOT_FOUND, "there are no vectors");
	rc = db_open(path, &opts, &db, err);
	if (rc == 0)
		rc = db_schema_get(db, &version, err);
	if (rc == 0 && version != SCHEMA)
		rc = db_is_empty(db, &empty, err);
	if (rc == 0 && empty && write)
		rc = make_schema(db, err);
	else if (rc == 0 && version != SCHEMA)
		rc = error_set(err, write ? ERR_STORE_CORRUPT : ERR_NOT_FOUND,
		    "the vectors are of another version");
	if (rc == 0)
		*ret = steal(db);
	return rc;
}

int
vectors_open_sqlite(const char *path, bool write, struct vectors **ret,
    struct error *err)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	struct sqlite_vectors *s;
	struct db *db = NULL;
	int rc = try_open(path, write, &db, err);

	if (rc == -ERR_STORE_CORRUPT && write) {
		for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
			CLEANUP(free_ptr) char *name = mem_printf("%s%s",
			    path, tails[i]);

			unlink(name);
		}
		rc = try_open(path, write, &db, err);
	}
	if (rc != 0)
		return rc;
	s = mem_new(struct sqlite_vectors);
	s->base.ops = &sqlite_ops;
	s->db = db;
	*ret = &s->base;
	return 0;
}
