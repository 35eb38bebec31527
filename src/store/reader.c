/* Reading connections: one per thread, which never write. In WAL mode they
 * neither wait for the writer nor hold it up. */
#include "base/mem.h"
#include "store/inner.h"

int
store_reader_open(struct store *s, struct store_reader **ret,
    struct error *err)
{
	struct db_opts opts = { .access = DB_READER, .busy_ms = s->busy_ms };
	struct store_reader *r;
	struct db *db;
	int rc = db_open(s->path, &opts, &db, err);

	if (rc != 0)
		return rc;
	r = mem_new(struct store_reader);
	r->db = db;
	r->path = mem_strdup(s->path);
	r->scope.tenant = mem_strdup(s->scope.tenant);
	r->scope.user = mem_strdup(s->scope.user);
	*ret = r;
	return 0;
}

void
store_reader_close(struct store_reader *r)
{
	if (r == NULL)
		return;
	db_close(r->db);
	free(r->path);
	free(r->scope.tenant);
	free(r->scope.user);
	free(r);
}

int
store_check(struct store_reader *r, struct error *err)
{
	return db_check(r->db, err);
}
