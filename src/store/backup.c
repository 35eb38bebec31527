/* Backup and restore. A backup is one file, made from a snapshot while others
 * write, and beside it its SHA-256 in the form that `sha256sum -c` reads. A
 * restore looks at everything before it touches anything, and keeps what was
 * there. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "store/inner.h"
#include "store/migrate.h"

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static int
sync_file(const char *path, struct error *err)
{
	CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return error_errno(err, errno, "cannot write %s", path);
	return 0;
}

/* The copy is private from its first byte. */
static int
make_empty(const char *path, struct error *err)
{
	CLEANUP(close_fd) int fd = open(path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 ? error_errno(err, errno, "cannot create %s", path) : 0;
}

static int
write_sum(const char *path, const char *of, struct error *err)
{
	CLEANUP(free_ptr) char *name = mem_printf("%s.sha256", path);
	CLEANUP_BUF struct buf line = BUF_INIT(8 * KIB);
	char sum[HASH_SIZE];
	int rc = hash_sha256_file(of, sum, err);

	if (rc != 0)
		return rc;
	buf_printf(&line, "%s  %s\n", sum, base_name(path));
	return file_write_atomic(name, buf_str(&line), 0600, err);
}

int
store_backup(struct store *s, const char *path, struct error *err)
{
	struct db_opts opts = { .access = DB_WRITER, .busy_ms = s->busy_ms };
	CLEANUP(db_closep) struct db *db = NULL;
	CLEANUP(free_ptr) char *copy = NULL;
	char id[ID_SIZE];
	int rc;

	id_make(id);
	copy = mem_printf("%s.%s.tmp", path, id);
	if ((rc = writer_flush(s->writer, WRITER_LAZY, STORE_BUSY_MS, err)) !=
		0 ||
	    (rc = make_empty(copy, err)) != 0)
		return rc;
	if ((rc = db_open(s->path, &opts, &db, err)) == 0 &&
	    (rc = db_copy_to(db, copy, err)) == 0 &&
	    (rc = sync_file(copy, err)) == 0 &&
	    (rc = write_sum(path, copy, err)) == 0 && rename(copy, path) < 0)
		rc = error_errno(err, errno, "cannot write %s", path);
	if (rc != 0)
		unlink(copy);
	return rc;
}

/* --- restore ------------------------------------------------------------ */

static int
lock_alone(const char *path, int *ret, struct error *err)
{
	CLEANUP(free_ptr) char *name = mem_printf("%s.lock", path);
	CLEANUP(close_fd) int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC,
	    0600);

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", name);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return error_set(err, ERR_STORE_LOCKED,
		    "another friday has the database open");
	*ret = steal_fd(&fd);
	return 0;
}

static int
copy_file(const char *from, const char *to, struct error *err)
{
	CLEANUP(close_fd) int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(close_fd) int out = -1;
	char chunk[64 * KIB];
	ssize_t n;
	int rc = 0;

	if (in < 0)
		return error_errno(err, errno, "cannot open %s", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return error_errno(err, errno, "cannot create %s", to);
	while (rc == 0 && (n = read(in, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		rc = n < 0 ? error_errno(err, errno, "cannot read %s", from) :
			     file_write_fd(out, str_make(chunk, (size_t)n),
				 err);
	}
	if (rc == 0 && fsync(out) < 0)
		rc = error_errno(err, errno, "cannot write %s", to);
	return rc;
}

static int
check_sum(const char *path, const char *copy, struct error *err)
{
	CLEANUP(free_ptr) char *name = mem_printf("%s.sha256", path);
	CLEANUP_BUF struct buf line = BUF_INIT(8 * KIB);
	char sum[HASH_SIZE];
	int rc = file_read(name, &line, err);

	if (rc != 0)
		return error_wrap(err, ERR_NOT_FOUND,
		    "the backup's checksum %s cannot be read", name);
	rc = hash_sha256_file(copy, sum, err);
	if (rc == 0 && !str_starts(buf_str(&line), str_from(sum)))
		rc = error_set(err, ERR_STORE_CORRUPT,
		    "%s is not what its checksum says", path);
	return rc;
}

static void
remove_beside(const char *path)
{
	CLEANUP(free_ptr) char *log = mem_printf("%s-wal", path);
	CLEANUP(free_ptr) char *shared = mem_printf("%s-shm", path);

	unlink(log);
	unlink(shared);
}

static int
check_copy(const char *copy, struct error *err)
{
	struct db_opts opts = { .access = DB_READER, .busy_ms = STORE_BUSY_MS };
	struct db *db = NULL;
	int rc = db_open(copy, &opts, &db, err);

	if (rc == 0)
		rc = db_check(db, err);
	if (rc == 0)
		rc = migrate_check(db, store_migrations, store_n_migrations,
		    err);
	db_close(db);
	remove_beside(copy);
	return rc;
}

/* Whatever can still be read moves from the log into the database; a damaged
 * one stays as it is. */
static void
settle_former(const char *path)
{
	struct db_opts opts = { .access = DB_WRITER, .busy_ms = STORE_BUSY_MS };
	CLEANUP(db_closep) struct db *db = NULL;

	if (db_open(path, &opts, &db, NULL) == 0)
		db_checkpoint(db, NULL);
}

/* At every moment there is a whole database under `path`: the former one gets
 * its second name, its log goes (a log beside another database would be taken
 * for that one's), then the copy replaces it in one step. */
static int
put_in_place(const char *copy, const char *path, struct error *err)
{
	CLEANUP(free_ptr) char *former = mem_printf("%s.before-restore", path);
	CLEANUP(free_ptr) char *log = mem_printf("%s-wal", path);
	CLEANUP(free_ptr) char *former_log = mem_printf("%s-wal", former);

	if (file_exists(path)) {
		settle_former(path);
		unlink(former);
		remove_beside(former);
		if (link(path, former) < 0)
			return error_errno(err, errno, "cannot keep %s", path);
		if (rename(log, former_log) < 0 && errno != ENOENT)
			return error_errno(err, errno, "cannot keep %s", log);
		remove_beside(path);
	}
	if (rename(copy, path) < 0)
		return error_errno(err, errno, "cannot replace %s", path);
	return sync_file(path, err);
}

int
store_restore(const char *folder, const char *path, struct error *err)
{
	CLEANUP(free_ptr) char *database = file_join(folder, "friday.db");
	CLEANUP(free_ptr) char *copy = NULL;
	CLEANUP(close_fd) int lock_fd = -1;
	char id[ID_SIZE];
	int rc;

	id_make(id);
	copy = mem_printf("%s.%s.tmp", database, id);
	if ((rc = file_make_dirs(folder, err)) != 0 ||
	    (rc = lock_alone(database, &lock_fd, err)) != 0)
		return rc;
	if ((rc = copy_file(path, copy, err)) == 0 &&
	    (rc = check_sum(path, copy, err)) == 0 &&
	    (rc = check_copy(copy, err)) == 0)
		rc = put_in_place(copy, database, err);
	if (rc != 0)
		unlink(copy);
	return rc;
}
