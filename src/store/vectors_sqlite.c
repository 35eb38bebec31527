/* Vectors in a file of SQLite; see vectors.h. They stand in blocks: many groups
 * to a row, so that all are read at once, and few bytes are lost to pages. What
 * changes in a block, or is in one that is not half full, is taken out and
 * written again with what is new: an edited file costs a block or two.
 *
 * Searching reads all vectors of a repository into memory once
 * (vector_table.h). What other processes change is seen by the file's data
 * version. */
#include <stdlib.h>
#include <unistd.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "store/db.h"
#include "store/vector_list.h"
#include "store/vector_table.h"

enum { BUSY_MS = 10 * 1000, SCHEMA = 2, SHRINK_PAGES_MIN = 64,
	PAGE_BYTES = 4096 };
/* All vectors of a repository: 22,000 of 768 numbers are 17 MiB. */
#define TABLE_BYTES_MAX (1024 * MIB)
#define BLOCK_BYTES (64 * KIB)
#define BLOCK_BYTES_MAX (96 * MIB) /* of a block with a group of that size */

static const char schema[] =
    "CREATE TABLE space (\n"
    "	id INTEGER PRIMARY KEY,\n"
    "	repository TEXT NOT NULL UNIQUE,\n"
    "	embedder TEXT NOT NULL,\n"
    "	dim INTEGER NOT NULL,\n"
    "	bits INTEGER NOT NULL,\n"
    "	state TEXT NOT NULL,\n"
    "	model BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE block (\n"
    "	id INTEGER PRIMARY KEY,\n"
    "	space INTEGER NOT NULL,\n"
    "	groups BLOB NOT NULL,\n"  /* vector_list.h */
    "	data BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE INDEX block_space ON block (space);\n"
    "PRAGMA user_version = 2;\n";

_Static_assert(SCHEMA == 2, "as in the schema");

struct sqlite_vectors {
	struct vectors base;
	struct db *db;
	char *repository; /* of the table; NULL: nothing is held */
	int64_t version;
	struct vector_table table;
};

/* --- reading ------------------------------------------------------------ */

static void
forget(struct sqlite_vectors *s)
{
	free(s->repository);
	s->repository = NULL;
	vector_table_release(&s->table);
}

static int
damaged(struct error *err)
{
	return error_set(err, ERR_STORE_CORRUPT, "the vectors are damaged");
}

/* 1, the number of the space and its form; 0: the repository has none. */
static int
find_space(struct sqlite_vectors *s, struct str repository, int64_t *ret,
    struct vector_form *ret_form, struct error *err)
{
	static const char sql[] =
	    "SELECT id, dim, bits FROM space WHERE repository = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(s->db, sql, DB_ARGS(db_str(repository)), &row, err);
	int64_t dim, bits;

	if (rc != DB_ROW)
		return rc;
	dim = db_col_int(row, 1);
	bits = db_col_int(row, 2);
	if (dim <= 0 || dim > VECTOR_DIM_MAX || (bits != 4 && bits != 8))
		return damaged(err);
	*ret = db_col_int(row, 0);
	*ret_form = (struct vector_form){ (unsigned)dim, (unsigned)bits };
	return 1;
}

/* Adds the groups of a block, but for those whose keys are in `without`. */
static int
add_block(struct vector_table *t, struct str groups, struct str data,
    const struct map *without, struct error *err)
{
	char room[VECTOR_KEY_MAX];
	struct str key;
	size_t n;
	int rc = 0;

	while (rc == 0 && vector_list_next(&groups, room, &key, &n)) {
		size_t len = n * vector_bytes(t->form);

		if (len > data.len)
			return damaged(err);
		if (without == NULL || !map_has(without, key))
			rc = vector_table_add(t, key, n,
			    str_sub(data, 0, len), err);
		data = str_sub(data, len, SIZE_MAX);
	}
	return rc != 0 || (groups.len == 0 && data.len == 0) ? rc :
	    damaged(err);
}

static int
read_table(struct sqlite_vectors *s, struct str repository, struct error *err)
{
	static const char sql[] =
	    "SELECT groups, data FROM block WHERE space = ? ORDER BY id";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	struct vector_form form = { 0 };
	int64_t id;
	int rc = find_space(s, repository, &id, &form, err);

	vector_table_init(&s->table, form, TABLE_BYTES_MAX);
	if (rc <= 0)
		return rc;
	rc = db_query(s->db, sql, DB_ARGS(db_int(id)), &row, err);
	while (rc == DB_ROW) {
		rc = add_block(&s->table, db_col_blob(row, 0),
		    db_col_blob(row, 1), NULL, err);
		if (rc == 0)
			rc = db_next(row, err);
	}
	vector_table_sort(&s->table);
	return rc;
}

/* The table of this repository, as the file has it now. */
static int
load(struct sqlite_vectors *s, struct str repository, struct error *err)
{
	static const char sql[] = "PRAGMA data_version";
	int64_t version;
	int rc = db_get_int(s->db, sql, DB_NO_ARGS, 0, &version, err);

	if (rc != 0 || (s->repository != NULL && s->version == version &&
	    str_eq_c(repository, s->repository)))
		return rc;
	forget(s);
	rc = read_table(s, repository, err);
	if (rc != 0) {
		forget(s);
		return rc;
	}
	s->repository = str_dup(repository);
	s->version = version;
	return 0;
}

/* --- writing ------------------------------------------------------------ */

static bool
holds_some(struct str groups, const struct map *keys)
{
	char room[VECTOR_KEY_MAX];
	struct str key;
	size_t n;

	while (vector_list_next(&groups, room, &key, &n))
		if (map_has(keys, key))
			return true;
	return false;
}

/* Takes out the blocks that have groups of these keys, and those that are not
 * half full; what else they have goes into the table. */
static int
take_out(struct sqlite_vectors *s, int64_t space, const struct map *keys,
    struct vector_table *t, struct error *err)
{
	static const char sql[] = "SELECT id, groups, data, length(data) "
	    "FROM block WHERE space = ? ORDER BY id";
	static const char sql_delete[] = "DELETE FROM block WHERE id = ?";
	CLEANUP(db_donep) struct db_rows *row = NULL;
	CLEANUP(free_ptr) int64_t *ids = NULL;
	size_t n = 0, cap = 0;
	int rc = db_query(s->db, sql, DB_ARGS(db_int(space)), &row, err);

	while (rc == DB_ROW) {
		struct str groups = db_col_blob(row, 1);

		rc = 0;
		if (db_col_int(row, 3) < (int64_t)BLOCK_BYTES / 2 ||
		    holds_some(groups, keys)) {
			ids = mem_grow(ids, &cap, n + 1, sizeof(*ids));
			ids[n++] = db_col_int(row, 0);
			rc = add_block(t, groups, db_col_blob(row, 2), keys,
			    err);
		}
		if (rc == 0)
			rc = db_next(row, err);
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = db_run(s->db, sql_delete, DB_ARGS(db_int(ids[i])), err);
	return rc;
}

static int
write_block(struct sqlite_vectors *s, int64_t space, struct buf *groups,
    struct buf *data, struct error *err)
{
	static const char sql[] =
	    "INSERT INTO block (space, groups, data) VALUES (?, ?, ?)";
	int rc = buf_check(groups, err);

	if (rc == 0)
		rc = buf_check(data, err);
	if (rc == 0 && groups->len > 0)
		rc = db_run(s->db, sql,
		    DB_ARGS(db_int(space), db_blob(buf_str(groups)),
			db_blob(data->len == 0 ? STR("") : buf_str(data))),
		    err);
	buf_clear(groups);
	buf_clear(data);
	return rc;
}

/* The groups of the table, in new blocks. */
static int
write_blocks(struct sqlite_vectors *s, int64_t space, struct vector_table *t,
    struct error *err)
{
	CLEANUP_BUF struct buf groups = BUF_INIT(BLOCK_BYTES_MAX);
	CLEANUP_BUF struct buf data = BUF_INIT(BLOCK_BYTES_MAX);
	int rc = 0;

	vector_table_sort(t);
	for (size_t g = 0; rc == 0 && g < t->n; g++) {
		vector_list_add(&groups, vector_table_key(t, g),
		    t->groups[g].n);
		buf_add_str(&data, vector_table_data(t, g));
		if (data.len >= BLOCK_BYTES || groups.len >= BLOCK_BYTES)
			rc = write_block(s, space, &groups, &data, err);
	}
	return rc != 0 ? rc : write_block(s, space, &groups, &data, err);
}

/* These groups instead of those that have their keys, and of the ones in
 * `keys`. */
static int
change(struct sqlite_vectors *s, int64_t space, struct vector_form form,
    const struct vector_group *groups, size_t n, const struct map *keys,
    struct error *err)
{
	struct vector_table t;
	int rc;

	vector_table_init(&t, form, TABLE_BYTES_MAX);
	rc = take_out(s, space, keys, &t, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = vector_table_add(&t, groups[i].key, groups[i].n,
		    groups[i].data, err);
	if (rc == 0)
		rc = write_blocks(s, space, &t, err);
	vector_table_release(&t);
	return rc;
}

/* Ends a transaction. The log is as long as what was written, and nobody else
 * would shorten it; pages that nothing uses go back, if there are many. */
static int
finish(struct sqlite_vectors *s, int rc, struct error *err)
{
	int64_t unused = 0, used = 0;

	if (rc == 0)
		rc = db_commit(s->db, err);
	if (rc != 0) {
		db_rollback(s->db);
		return rc;
	}
	/* Written it is: what fails from here on is tried again next time. */
	if (db_free_pages(s->db, &unused, NULL) == 0 &&
	    unused > SHRINK_PAGES_MIN &&
	    db_used_bytes(s->db, &used, NULL) == 0 &&
	    unused * PAGE_BYTES > used / 4)
		db_shrink(s->db, (int)unused, NULL);
	db_checkpoint(s->db, NULL);
	return 0;
}

/* --- operations --------------------------------------------------------- */

static int
space(struct vectors *v, struct str repository, bool with_model,
    void (*take)(const struct vector_space *space, void *ctx), void *ctx,
    struct error *err)
{
	static const char sql[] = "SELECT embedder, dim, bits, "
	    "state FROM space WHERE repository = ?";
	static const char sql_model[] = "SELECT embedder, dim, bits, "
	    "state, model FROM space WHERE repository = ?";
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	CLEANUP(db_donep) struct db_rows *row = NULL;
	int rc = db_query(s->db, with_model ? sql_model : sql,
	    DB_ARGS(db_str(repository)), &row, err);

	if (rc == DB_ROW) {
		const struct vector_space found = {
			.embedder = db_col_text(row, 0),
			.form = { (unsigned)db_col_int(row, 1),
			    (unsigned)db_col_int(row, 2) },
			.state = db_col_text(row, 3),
			.model = with_model ? db_col_blob(row, 4) : STR_NONE,
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
	static const char sql_other[] = "DELETE FROM block WHERE space IN "
	    "(SELECT id FROM space WHERE repository = ? AND "
	    "(embedder <> ? OR dim <> ? OR bits <> ?))";
	static const char sql[] =
	    "INSERT INTO space (repository, embedder, dim, bits, state, "
	    "model) VALUES (?, ?, ?, ?, ?, ?) "
	    "ON CONFLICT (repository) DO UPDATE SET "
	    "embedder = excluded.embedder, dim = excluded.dim, "
	    "bits = excluded.bits, state = excluded.state, "
	    "model = excluded.model RETURNING id";
	int rc = db_run(s->db, sql_other, DB_ARGS(db_str(repository),
	    db_str(new->embedder), db_int(new->form.dim),
	    db_int(new->form.bits)), err);

	return rc != 0 ? rc : db_get_int(s->db, sql,
	    DB_ARGS(db_str(repository), db_str(new->embedder),
		db_int(new->form.dim), db_int(new->form.bits),
		db_str(new->state.ptr == NULL ? STR("") : new->state),
		db_blob(new->model.ptr == NULL ? STR("") : new->model)),
	    0, ret, err);
}

static int
put(struct vectors *v, struct str repository, const struct vector_space *new,
    const struct vector_group *groups, size_t n, struct error *err)
{
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	CLEANUP(map_destroyp) struct map *keys = map_create(NULL);
	int64_t id = 0;
	int rc = db_begin(s->db, DB_SYNC_LAZY, err);

	if (rc != 0)
		return rc;
	forget(s);
	for (size_t i = 0; i < n; i++)
		map_set(keys, groups[i].key, NULL);
	rc = put_space(s, repository, new, &id, err);
	if (rc == 0 && n > 0)
		rc = change(s, id, new->form, groups, n, keys, err);
	return finish(s, rc, err);
}

static int
keys(struct vectors *v, struct str repository,
    int (*take)(struct str key, size_t n, void *ctx), void *ctx,
    struct error *err)
{
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	int rc = load(s, repository, err);

	for (size_t g = 0; rc >= 0 && g < s->table.n; g++)
		rc = take(vector_table_key(&s->table, g),
		    s->table.groups[g].n, ctx);
	return rc < 0 ? rc : 0;
}

static int
remove_keys(struct vectors *v, struct str repository, const struct str *these,
    size_t n, struct error *err)
{
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	CLEANUP(map_destroyp) struct map *without = map_create(NULL);
	struct vector_form form;
	int64_t id = 0;
	int rc = n == 0 ? 0 : db_begin(s->db, DB_SYNC_LAZY, err);

	if (rc != 0 || n == 0)
		return rc;
	forget(s);
	for (size_t i = 0; i < n; i++)
		map_set(without, these[i], NULL);
	rc = find_space(s, repository, &id, &form, err);
	if (rc == 1)
		rc = change(s, id, form, NULL, 0, without, err);
	return finish(s, rc, err);
}

/* What is asked for has the length of what there is. */
static int
load_for(struct sqlite_vectors *s, struct str repository,
    const struct vector_asked *asked, struct error *err)
{
	int rc = load(s, repository, err);

	if (rc != 0 || s->table.n == 0 || s->table.form.dim == asked->dim)
		return rc;
	return error_set(err, ERR_INVALID,
	    "the vectors have %u numbers, not %u", s->table.form.dim,
	    asked->dim);
}

static int
search(struct vectors *v, struct str repository,
    const struct vector_search *q, struct vector_hit *ret, size_t *ret_n,
    struct error *err)
{
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	int rc = load_for(s, repository, q->asked, err);

	if (rc == 0)
		vector_table_search(&s->table, q, ret, ret_n);
	return rc;
}

static int
score(struct vectors *v, struct str repository,
    const struct vector_asked *asked, const struct vector_ref *refs, size_t n,
    float *ret, struct error *err)
{
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	int rc = load_for(s, repository, asked, err);

	if (rc == 0)
		vector_table_score(&s->table, asked, refs, n, ret);
	return rc;
}

static int
drop(struct vectors *v, struct str repository, struct error *err)
{
	static const char sql_blocks[] = "DELETE FROM block WHERE space = "
	    "(SELECT id FROM space WHERE repository = ?)";
	static const char sql_space[] =
	    "DELETE FROM space WHERE repository = ?";
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;
	int rc = db_begin(s->db, DB_SYNC_LAZY, err);

	if (rc != 0)
		return rc;
	forget(s);
	rc = db_run(s->db, sql_blocks, DB_ARGS(db_str(repository)), err);
	if (rc == 0)
		rc = db_run(s->db, sql_space, DB_ARGS(db_str(repository)),
		    err);
	return finish(s, rc, err);
}

static void
destroy(struct vectors *v)
{
	struct sqlite_vectors *s = (struct sqlite_vectors *)v;

	forget(s);
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
