/* What may go wrong outside: killed processes, full disks, failing writes,
 * locks of others, damaged files. Nothing that was told is lost. */
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "store/db.h"
#include "tests/unit/store_fixture.h"

/* --- kill -9 ------------------------------------------------------------ */

static int report_fd;

/* Less than PIPE_BUF: a report is whole or not there. */
static void
report_seq(struct event *ev, void *ctx)
{
	if (write(report_fd, &ev->seq, sizeof(ev->seq)) !=
	    sizeof(ev->seq))
		_exit(1);
}

/* Appends everything there is until it is killed. */
static void
append_for_ever(struct fixture *f, int64_t from)
{
	struct store_opts opts = { .folder = f->folder,
		.on_stored = report_seq };

	if (store_open(&opts, &f->store, NULL) != 0)
		_exit(1);
	for (int64_t i = from;; i++) {
		char id[32];

		snprintf(id, sizeof(id), "m%lld", (long long)i);
		fixture_put(f, fixture_delta(f->session, id, 0, "text"));
		fixture_message(f, id, "hello");
		fixture_put(f, fixture_finished(f->session, id, "text"));
		if (i % 7 == 0)
			store_budget_reserve(f->store, id, f->session, "r", 5,
			    NULL, NULL, NULL);
	}
}

/* Kills a child after it has reported `n` events; the last one reported. */
static int64_t
kill_after(struct fixture *f, int64_t from, int n)
{
	int pipe_fds[2], status = 0;
	int64_t seq, last = 0;
	pid_t child;

	assert_int_equal(pipe(pipe_fds), 0);
	child = fork();
	if (child == 0) {
		report_fd = pipe_fds[1];
		append_for_ever(f, from);
	}
	close(pipe_fds[1]);
	while (n-- > 0 && read(pipe_fds[0], &seq, sizeof(seq)) == sizeof(seq))
		last = seq;
	kill(child, SIGKILL);
	while (read(pipe_fds[0], &seq, sizeof(seq)) == sizeof(seq))
		last = seq;
	close(pipe_fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	return last;
}

struct tally {
	int64_t events, messages, spent;
};

static int
count_gapless(struct event *ev, void *ctx)
{
	struct tally *t = ctx;

	assert_int_equal(ev->seq, ++t->events);
	return 0;
}

static int
count_message(struct str json, int64_t seq, void *ctx)
{
	((struct tally *)ctx)->messages++;
	return 0;
}

static struct tally
take_stock(struct fixture *f)
{
	struct error err = ERROR_INIT;
	struct tally t = { 0 };

	assert_ok(store_check(f->reader, &err));
	assert_ok(store_events_raw(f->reader, f->session, 0, count_gapless,
	    &t, &err));
	assert_ok(store_messages(f->reader, f->session, true, count_message,
	    &t, &err));
	return t;
}

static void
test_kill_9_loses_nothing_that_was_told(void **state)
{
	static const int kills[] = { 1, 2, 3, 5, 10, 17, 50, 121, 400, 1000 };
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct session_row row;
	struct budget_use use;

	fixture_close(f);
	for (size_t i = 0; i < ARRAY_LEN(kills); i++) {
		int64_t told = kill_after(f, (int64_t)i * 100000, kills[i]);
		struct tally t;

		fixture_open(f);
		t = take_stock(f);
		assert_true(t.events >= told);
		assert_ok(store_session_get(f->reader, f->session, &row,
		    &err));
		assert_int_equal(row.last_seq, t.events);
		assert_int_equal(row.n_messages, t.messages);
		fixture_close(f);
	}
	/* Each reservation of the dead is one row, counted once. */
	fixture_open(f);
	assert_ok(store_budget_reserve(f->store, "m0", f->session, "r", 5,
	    NULL, &use, &err));
	assert_int_equal(use.run % 5, 0);
	assert_true(use.run >= 5 * (int64_t)ARRAY_LEN(kills));
}

/* --- writes that fail ---------------------------------------------------
 * A file system over the real one, in which the n-th write and all later ones
 * fail with a code, until they are let through again. */

static struct {
	sqlite3_vfs vfs, *real;
	/* The log's methods differ from the database's, but for xWrite. */
	sqlite3_io_methods methods[2];
	int (*write)(sqlite3_file *, const void *, int, sqlite3_int64);
	_Atomic int left; /* writes until they fail; negative: never */
	_Atomic int code;
} shim;

static int
shim_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
	int left = atomic_load(&shim.left);

	if (left == 0)
		return atomic_load(&shim.code);
	if (left > 0)
		atomic_store(&shim.left, left - 1);
	return shim.write(file, bytes, n, at);
}

static int
shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *ret_flags)
{
	int rc = shim.real->xOpen(shim.real, name, file, flags, ret_flags);
	sqlite3_io_methods *methods =
	    &shim.methods[flags & SQLITE_OPEN_MAIN_DB ? 1 : 0];

	if (rc != SQLITE_OK || file->pMethods == NULL)
		return rc;
	if (methods->xWrite == NULL) {
		shim.write = file->pMethods->xWrite;
		*methods = *file->pMethods;
		methods->xWrite = shim_write;
	}
	file->pMethods = methods;
	return rc;
}

static int
shim_set_up(void **state)
{
	atomic_store(&shim.left, -1);
	if (shim.real == NULL) {
		shim.real = sqlite3_vfs_find(NULL);
		shim.vfs = *shim.real;
		shim.vfs.zName = "shim";
		shim.vfs.xOpen = shim_open;
		sqlite3_vfs_register(&shim.vfs, 1);
	}
	return fixture_set_up(state);
}

static void
test_every_write_may_fail(void **state)
{
	struct fixture *f = *state;
	int failed = 0;

	for (int n = 0; n < 12; n++) {
		struct error err = ERROR_INIT;
		size_t before = f->n_stored;
		int rc;

		atomic_store(&shim.code, SQLITE_FULL);
		atomic_store(&shim.left, n);
		fixture_message(f, n % 2 ? "odd" : "even", "x");
		fixture_put(f, fixture_notice(f->session, "y"));
		rc = store_flush(f->store, true, 10000, &err);
		if (rc != 0) {
			failed++;
			assert_int_equal(err.code, ERR_STORE_FULL);
			assert_int_equal(f->fault.code, ERR_STORE_FULL);
		}
		atomic_store(&shim.left, -1);
		assert_ok(store_flush(f->store, true, 10000, &err));
		assert_int_equal(f->n_stored, before + 2);
	}
	assert_true(failed > 3);
	assert_int_equal(take_stock(f).events, 24);
	for (size_t i = 0; i < f->n_stored; i++)
		assert_int_equal(f->stored[i], i + 1);
}

static void
test_a_fault_is_told_once_and_jobs_get_it(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	atomic_store(&shim.code, SQLITE_FULL);
	atomic_store(&shim.left, 0);
	fixture_put(f, fixture_notice(f->session, "kept"));
	for (int i = 0; i < 3; i++)
		assert_error(store_state_set(f->store, "k", STR("1"), &err),
		    ERR_STORE_FULL);
	assert_int_equal(f->n_faults, 1);
	atomic_store(&shim.left, -1);
	assert_ok(store_state_set(f->store, "k", STR("1"), &err));
	assert_int_equal(f->n_stored, 1);
}

/* The queue's bound is reached: appending says why instead of waiting. */
static void
test_memory_is_bounded_while_nothing_can_be_stored(void **state)
{
	struct fixture *f = *state;
	CLEANUP(free_ptr) char *text = mem_alloc(MIB, 1);
	CLEANUP(event_unrefp) struct event *ev = NULL;
	struct error err = ERROR_INIT;
	int n, rc = 0;

	memset(text, 'x', MIB - 64);
	ev = fixture_notice(f->session, text);
	atomic_store(&shim.code, SQLITE_FULL);
	atomic_store(&shim.left, 0);
	fixture_put(f, fixture_notice(f->session, "first"));
	assert_error(store_flush(f->store, false, 10000, &err),
	    ERR_STORE_FULL);
	for (n = 0; n < 200 && rc == 0; n++)
		rc = store_append(f->store, &ev, 1, NULL, 0, &err);
	assert_int_equal(rc, -ERR_STORE_FULL);
	assert_in_range(n, 32, 80);
	atomic_store(&shim.left, -1);
	assert_ok(store_flush(f->store, false, 20000, &err));
	assert_int_equal(f->n_stored, n);
}

static void
test_closing_reports_what_is_lost(void **state)
{
	struct fixture *f = *state;

	atomic_store(&shim.code, SQLITE_IOERR_WRITE);
	atomic_store(&shim.left, 0);
	fixture_put(f, fixture_notice(f->session, "lost"));
	store_close(f->store);
	f->store = NULL;
	atomic_store(&shim.left, -1);
	assert_non_null(strstr(f->fault.message, "1 changes could not"));
}

/* --- a disk that is really full: needs a mount of our own --------------- */

enum { CANNOT_MOUNT = 77 };

/* In a child, in a mount namespace of its own. */
static void
fill_disk(struct fixture *f)
{
	CLEANUP(free_ptr) char *folder = file_join(f->folder, "small");
	CLEANUP(free_ptr) char *filler = file_join(folder, "filler");
	CLEANUP_BUF struct buf bytes = BUF_INIT(4 * MIB);
	struct error err = ERROR_INIT;
	int n = 0;

	if (mkdir(folder, 0700) < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("small", folder, "tmpfs", 0, "size=3m") < 0)
		_exit(CANNOT_MOUNT);
	snprintf(f->folder, sizeof(f->folder), "%s", folder);
	buf_add_repeated(&bytes, 'x', 2 * MIB);
	if (file_write_atomic(filler, buf_str(&bytes), 0600, &err) != 0)
		_exit(2);
	fixture_open(f);
	fixture_session(f, f->session, "small");
	buf_truncate(&bytes, 20000);
	while (n < 200) {
		fixture_put(f, fixture_notice(f->session, buf_text(&bytes)));
		n++;
		if (store_flush(f->store, true, 10000, &err) != 0)
			break;
	}
	if (err.code != ERR_STORE_FULL || f->n_stored >= (size_t)n)
		_exit(3);
	unlink(filler);
	if (store_flush(f->store, true, 10000, &err) != 0)
		_exit(4);
	if (f->n_stored != (size_t)n || take_stock(f).events != n)
		_exit(5);
	fixture_close(f);
	_exit(0);
}

static void
test_a_full_disk_is_survived(void **state)
{
	struct fixture *f = *state;
	int status = -1;
	pid_t child;

	fixture_close(f);
	child = fork();
	if (child == 0)
		fill_disk(f);
	assert_int_equal(waitpid(child, &status, 0), child);
	fixture_open(f);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CANNOT_MOUNT)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- others ------------------------------------------------------------- */

static struct db *
open_beside(struct fixture *f)
{
	struct db_opts opts = { .access = DB_WRITER, .busy_ms = 5000 };
	CLEANUP(free_ptr) char *path = file_join(f->folder, "friday.db");
	struct error err = ERROR_INIT;
	struct db *db = NULL;

	assert_ok(db_open(path, &opts, &db, &err));
	return db;
}

static void
reopen_impatiently(struct fixture *f)
{
	struct store_opts opts = { .folder = f->folder, .busy_ms = 20,
		.on_stored = fixture_on_stored, .on_fault = fixture_on_fault,
		.ctx = f };
	struct error err = ERROR_INIT;

	fixture_close(f);
	assert_ok(store_open(&opts, &f->store, &err));
	assert_ok(store_reader_open(f->store, &f->reader, &err));
}

static void
test_another_writers_lock_is_outlasted(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct db *other;

	reopen_impatiently(f);
	other = open_beside(f);
	assert_ok(db_begin(other, DB_SYNC_LAZY, &err));
	fixture_put(f, fixture_notice(f->session, "x"));
	assert_error(store_flush(f->store, false, 200, &err), ERR_TIMEOUT);
	db_rollback(other);
	assert_ok(store_flush(f->store, false, 10000, &err));
	assert_int_equal(f->fault.code, ERR_STORE_LOCKED);
	assert_int_equal(f->n_stored, 1);
	db_close(other);
}

static void
test_opening_a_locked_database(void **state)
{
	struct fixture *f = *state;
	struct store_opts opts = { .folder = f->folder, .busy_ms = 20 };
	struct error err = ERROR_INIT;
	struct store *s = NULL;
	struct db *other;

	fixture_close(f);
	other = open_beside(f);
	assert_ok(db_script(other, "PRAGMA locking_mode=EXCLUSIVE;"
				   "BEGIN EXCLUSIVE;"
				   "UPDATE session SET title = 'x'; COMMIT",
	    &err));
	assert_error(store_open(&opts, &s, &err), ERR_STORE_LOCKED);
	db_close(other);
	fixture_open(f);
}

/* Bytes over the file, whose log has been written back before. */
static void
damage(struct fixture *f, long at, size_t len)
{
	CLEANUP(free_ptr) char *path = file_join(f->folder, "friday.db");
	struct error err = ERROR_INIT;
	struct db *db = open_beside(f);
	FILE *file;

	assert_ok(db_checkpoint(db, &err));
	db_close(db);
	file = fopen(path, "r+");
	assert_non_null(file);
	fseek(file, at, SEEK_SET);
	while (len-- > 0)
		fputc('?', file);
	fclose(file);
}

static void
test_a_damaged_header_is_recognised(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct store *s = NULL;

	fixture_close(f);
	damage(f, 0, 100);
	assert_error(fixture_try_open(f, &s, &err), ERR_STORE_CORRUPT);
	assert_non_null(error_hint(err.code));
}

static void
test_damaged_pages_are_found(void **state)
{
	struct fixture *f = *state;
	struct store_reader *r = NULL;
	struct error err = ERROR_INIT;
	struct store *s = NULL;
	int rc;

	for (int i = 0; i < 200; i++) {
		char id[16];

		snprintf(id, sizeof(id), "m%d", i);
		fixture_message(f, id, "some words of text");
	}
	fixture_flush(f);
	fixture_close(f);
	damage(f, 4096 * 3L, 4096 * 30);
	rc = fixture_try_open(f, &s, &err);
	if (rc == 0)
		rc = store_reader_open(s, &r, &err);
	if (rc == 0)
		rc = store_check(r, &err);
	assert_int_equal(rc, -ERR_STORE_CORRUPT);
	store_reader_close(r);
	store_close(s);
}

static void
test_a_newer_schema_is_refused(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct store *s = NULL;
	struct db *db;

	fixture_close(f);
	db = open_beside(f);
	assert_ok(db_script(db, "PRAGMA user_version = 9999", &err));
	db_close(db);
	assert_error(fixture_try_open(f, &s, &err), ERR_STORE_NEWER);
}

static void
test_a_changed_checksum_is_refused(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct store *s = NULL;
	struct db *db;

	fixture_close(f);
	db = open_beside(f);
	assert_ok(db_script(db, "UPDATE migration SET sha256 = 'x'", &err));
	db_close(db);
	assert_error(fixture_try_open(f, &s, &err), ERR_STORE_CORRUPT);
}

static void
test_files_are_private(void **state)
{
	static const char *const names[] = { "friday.db", "friday.db-wal" };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP(free_ptr) char *path = file_join(f->folder, names[i]);
		struct stat st;

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
}

#define TEST(f)                                                               \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
#define SHIM_TEST(f)                                                          \
	cmocka_unit_test_setup_teardown(f, shim_set_up, fixture_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_kill_9_loses_nothing_that_was_told),
		TEST(test_a_full_disk_is_survived),
		TEST(test_another_writers_lock_is_outlasted),
		TEST(test_opening_a_locked_database),
		TEST(test_a_damaged_header_is_recognised),
		TEST(test_damaged_pages_are_found),
		TEST(test_a_newer_schema_is_refused),
		TEST(test_a_changed_checksum_is_refused),
		TEST(test_files_are_private),
		SHIM_TEST(test_every_write_may_fail),
		SHIM_TEST(test_a_fault_is_told_once_and_jobs_get_it),
		SHIM_TEST(test_memory_is_bounded_while_nothing_can_be_stored),
		SHIM_TEST(test_closing_reports_what_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
