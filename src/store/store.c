/* Opening and closing; what callers hand to the writer. See store.h. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/audit_rows.h"
#include "store/holder.h"
#include "store/inner.h"
#include "store/migrate.h"
#include "store/unit.h"

enum { CLOSE_WAIT_MS = 5000 };

static int
refuse_network(const char *folder, struct error *err)
{
	if (!file_on_network(folder))
		return 0;
	error_set(err, ERR_STORE_NETWORK_FS,
	    "%s is on a network file system, where a database is not safe",
	    folder);
	error_detail(err, "%s", error_hint(ERR_STORE_NETWORK_FS));
	return -ERR_STORE_NETWORK_FS;
}

/* Every open store shares this lock; a restore wants it alone. It works also
 * when the database itself cannot be read. */
static int
lock_folder(const char *path, int *ret, struct error *err)
{
	CLEANUP(free_ptr) char *name = mem_printf("%s.lock", path);
	CLEANUP(close_fd) int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC,
	    0600);

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", name);
	if (flock(fd, LOCK_SH | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ?
		    error_set(err, ERR_STORE_LOCKED,
			"the database is being restored") :
		    error_errno(err, errno, "cannot lock %s", name);
	*ret = steal_fd(&fd);
	return 0;
}

/* Nobody else may read what the model and the tools said. */
static int
make_private(const char *path, struct error *err)
{
	CLEANUP(close_fd) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC,
	    0600);

	return fd < 0 ? error_errno(err, errno, "cannot open %s", path) : 0;
}

static void
release(struct store *s)
{
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->scope.tenant);
	free(s->scope.user);
	free(s->path);
	free(s);
}

static void
on_commit(struct db *db, void *ctx)
{
	audit_tell_seal(db, ctx);
}

static int
tick(struct db *db, void *ctx, struct error *err)
{
	struct store *s = ctx;
	int rc = lease_beat(db, s, err);

	return rc != 0 ? rc : audit_seal_if_due(db, &s->scope, false, err);
}

/* The last transaction of this process. */
static int
leave(struct db *db, void *ctx, struct error *err)
{
	struct store *s = ctx;
	int rc = s->has_holder ? lease_release_all(db, s, err) : 0;

	return rc != 0 ? rc : audit_seal_if_due(db, &s->scope, true, err);
}

static int
start_writer(struct store *s, struct error *err)
{
	struct db_opts opts = { .access = DB_WRITER, .busy_ms = s->busy_ms };
	CLEANUP(db_closep) struct db *db = NULL;
	struct writer_opts writer = { .scope = &s->scope,
		.on_stored = s->on_stored, .on_fault = s->on_fault,
		.ctx = s->ctx, .tick = tick, .tick_args = s,
		.tick_ms = HOLDER_BEAT_MS,
		.on_commit = on_commit, .commit_args = s };
	int rc;

	if ((rc = lock_folder(s->path, &s->lock_fd, err)) != 0 ||
	    (rc = make_private(s->path, err)) != 0 ||
	    (rc = db_open(s->path, &opts, &db, err)) != 0 ||
	    (rc = migrate_run(db, store_migrations, store_n_migrations,
		 err)) != 0)
		return rc;
	writer.db = steal(db);
	return writer_create(&writer, &s->writer, err);
}

int
store_open(const struct store_opts *opts, struct store **ret,
    struct error *err)
{
	struct store *s;
	int rc;

	if ((rc = file_make_dirs(opts->folder, err)) != 0 ||
	    (rc = refuse_network(opts->folder, err)) != 0)
		return rc;
	s = mem_new(struct store);
	s->lock_fd = -1;
	s->busy_ms = opts->busy_ms > 0 ? opts->busy_ms : STORE_BUSY_MS;
	s->path = file_join(opts->folder, "friday.db");
	s->scope.tenant = mem_strdup(
	    opts->tenant_id == NULL ? "local" : opts->tenant_id);
	s->scope.user = mem_strdup(
	    opts->user_id == NULL ? "local" : opts->user_id);
	if (opts->audit != NULL) {
		s->audit = *opts->audit;
		s->scope.audit = &s->audit;
		s->scope.open_rows = &s->open_rows;
		s->scope.sealed = &s->sealed;
	}
	s->on_stored = opts->on_stored;
	s->on_fault = opts->on_fault;
	s->ctx = opts->ctx;
	id_make(s->holder);
	rc = start_writer(s, err);
	if (rc != 0) {
		release(s);
		return rc;
	}
	*ret = s;
	return 0;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	writer_destroy(s->writer, CLOSE_WAIT_MS,
	    s->has_holder || s->open_rows ? leave : NULL, s);
	release(s);
}

const char *
store_path(const struct store *s)
{
	return s->path;
}

int
store_append(struct store *s, struct event *const *events, size_t n_events,
    const struct store_message *messages, size_t n_messages,
    struct error *err)
{
	return writer_append(s->writer,
	    unit_create(events, n_events, messages, n_messages, 0), err);
}

int
store_append_wait(struct store *s, struct event *const *events,
    size_t n_events, unsigned flags, int timeout_ms, bool *ret_kept,
    struct error *err)
{
	return writer_append_wait(s->writer,
	    unit_create(events, n_events, NULL, 0,
		flags & STORE_LAZY ? UNIT_LAZY : 0),
	    timeout_ms, ret_kept, err);
}

struct import_args {
	struct store *store;
	struct unit *unit;
};

static int
put_import(struct db *db, void *ctx, struct error *err)
{
	struct import_args *args = ctx;

	return unit_put(args->unit, db, &args->store->scope, err);
}

int
store_import(struct store *s, struct event *const *events, size_t n_events,
    const struct store_message *messages, size_t n_messages,
    struct error *err)
{
	CLEANUP(unit_destroyp) struct unit *unit = unit_create(events,
	    n_events, messages, n_messages, UNIT_KEEP_TIME);
	struct import_args args = { s, unit };

	return writer_call(s->writer, put_import, &args, WRITER_LAZY, err);
}

int
store_flush(struct store *s, bool synced, int timeout_ms, struct error *err)
{
	return writer_flush(s->writer, synced ? WRITER_SYNCED : WRITER_LAZY,
	    timeout_ms, err);
}
