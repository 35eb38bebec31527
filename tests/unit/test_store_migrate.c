/* The driver's seam and migrations: applied once, never altered. */
#include <sys/wait.h>

#include "store/db.h"
#include "store/migrate.h"
#include "tests/unit/store_fixture.h"

static const struct migration two[] = {
	{ 1, "0001-a",
	    "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT,"
	    " sha256 TEXT, applied_ms INTEGER, duration_ms INTEGER) STRICT;"
	    "PRAGMA user_version = 1;" },
	{ 2, "0002-b", "CREATE TABLE b (x TEXT UNIQUE) STRICT;"
		       "PRAGMA user_version = 2;" },
};
static const struct migration changed[] = {
	{ 1, "0001-a", "CREATE TABLE other (x);" },
};
static const struct migration broken[] = {
	{ 1, "0001-a", NULL }, /* as two[0] */
	{ 2, "0002-b", "CREATE TABLE b (x); CREATE TABLE nonsense" },
};

struct place {
	char folder[64], path[80];
	struct db *db;
};

static struct db *
open_db(const char *path)
{
	struct db_opts opts = { .access = DB_WRITER, .busy_ms = 5000 };
	struct error err = ERROR_INIT;
	struct db *db = NULL;

	assert_ok(db_open(path, &opts, &db, &err));
	return db;
}

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-db-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->path, sizeof(p->path), "%s/x.db", p->folder);
	p->db = open_db(p->path);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	db_close(p->db);
	nftw(p->folder, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(p);
	return 0;
}

static int64_t
get(struct db *db, const char *sql)
{
	struct error err = ERROR_INIT;
	int64_t n = -1;

	assert_ok(db_get_int(db, sql, DB_NO_ARGS, -1, &n, &err));
	return n;
}

static void
test_migrations_run_once_and_are_recorded(void **state)
{
	struct place *p = *state;
	struct error err = ERROR_INIT;

	assert_ok(migrate_run(p->db, two, 1, &err));
	assert_ok(migrate_run(p->db, two, 2, &err));
	assert_ok(migrate_run(p->db, two, 2, &err));
	assert_int_equal(get(p->db, "SELECT count(*) FROM migration"), 2);
	assert_int_equal(get(p->db, "PRAGMA user_version"), 2);
	assert_int_equal(get(p->db, "SELECT count(*) FROM migration WHERE "
				    "length(sha256) = 64 AND duration_ms >= 0 "
				    "AND applied_ms > 0"), 2);
}

static void
test_a_newer_schema_is_left_alone(void **state)
{
	struct place *p = *state;
	struct error err = ERROR_INIT;

	assert_ok(migrate_run(p->db, two, 2, &err));
	assert_error(migrate_run(p->db, two, 1, &err), ERR_STORE_NEWER);
	assert_int_equal(get(p->db, "SELECT count(*) FROM migration"), 2);
}

static void
test_a_changed_migration_is_refused(void **state)
{
	struct place *p = *state;
	struct error err = ERROR_INIT;

	assert_ok(migrate_run(p->db, two, 1, &err));
	assert_error(migrate_run(p->db, changed, 1, &err), ERR_STORE_CORRUPT);
	assert_non_null(strstr(err.message, "0001-a"));
}

static void
test_another_programs_database_is_refused(void **state)
{
	struct place *p = *state;
	struct error err = ERROR_INIT;

	assert_ok(db_script(p->db, "CREATE TABLE theirs (x)", &err));
	assert_error(migrate_run(p->db, two, 2, &err), ERR_STORE_CORRUPT);
	assert_int_equal(get(p->db, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void
test_a_failing_migration_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct migration rows[2] = { two[0], broken[1] };
	struct error err = ERROR_INIT;

	assert_error(migrate_run(p->db, rows, 2, &err), ERR_STORE);
	assert_int_equal(get(p->db, "SELECT count(*) FROM sqlite_schema"), 0);
	assert_int_equal(get(p->db, "PRAGMA user_version"), 0);
}

static void
test_processes_take_turns(void **state)
{
	struct place *p = *state;
	pid_t children[4];

	for (size_t i = 0; i < ARRAY_LEN(children); i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct db_opts opts = { .access = DB_WRITER,
				.busy_ms = 10000 };
			char path[96];
			struct db *db;

			snprintf(path, sizeof(path), "%s.new", p->path);
			_exit(db_open(path, &opts, &db, NULL) != 0 ||
			    migrate_run(db, two, 2, NULL) != 0);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(children); i++) {
		int status = -1;

		assert_int_equal(waitpid(children[i], &status, 0),
		    children[i]);
		assert_int_equal(status, 0);
	}
}

static void
test_every_table_names_tenant_and_user(void **state)
{
	struct place *p = *state;
	struct error err = ERROR_INIT;

	assert_ok(migrate_run(p->db, store_migrations, store_n_migrations,
	    &err));
	assert_int_equal(get(p->db,
	    "SELECT count(*) FROM sqlite_schema t WHERE t.type = 'table' "
	    "AND t.name <> 'migration' AND (SELECT count(*) FROM "
	    "pragma_table_info(t.name) WHERE name IN ('user_id', 'tenant_id')"
	    " AND dflt_value = '''local''') <> 2"), 0);
	assert_int_equal(get(p->db,
	    "SELECT count(*) FROM pragma_table_list WHERE type = 'table' "
	    "AND strict = 0 AND name NOT LIKE 'sqlite_%'"), 0);
}

static const char sql_insert[] = "INSERT INTO b (x) VALUES (?1)";

static void
test_values_are_bound_never_read_as_sql(void **state)
{
	static const char *const texts[] = { "", "'; DROP TABLE b; --",
		"\xc3\xa9", "\"x\"" };
	struct place *p = *state;
	struct error err = ERROR_INIT;
	struct db_rows *rows;

	assert_ok(migrate_run(p->db, two, 2, &err));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_ok(db_run(p->db, sql_insert,
		    DB_ARGS(db_text(texts[i])), &err));
		assert_int_equal(db_query(p->db, "SELECT x FROM b WHERE x=?1",
				     DB_ARGS(db_text(texts[i])), &rows, &err),
		    DB_ROW);
		assert_true(str_eq_c(db_col_text(rows, 0), texts[i]));
		db_done(rows);
	}
	assert_error(db_run(p->db, sql_insert, DB_ARGS(db_text("")), &err),
	    ERR_EXISTS);
	assert_ok(db_run(p->db, sql_insert, DB_ARGS(db_null()), &err));
}

static void
test_one_statement_may_nest(void **state)
{
	static const char sql[] = "SELECT x FROM b ORDER BY x";
	struct place *p = *state;
	struct db_rows *outer, *inner;
	struct error err = ERROR_INIT;
	int n = 0;

	assert_ok(migrate_run(p->db, two, 2, &err));
	assert_ok(db_script(p->db, "INSERT INTO b VALUES ('1'), ('2')", &err));
	for (int a = db_query(p->db, sql, DB_NO_ARGS, &outer, &err);
	    a == DB_ROW; a = db_next(outer, &err)) {
		for (int b = db_query(p->db, sql, DB_NO_ARGS, &inner, &err);
		    b == DB_ROW; b = db_next(inner, &err))
			n++;
		db_done(inner);
	}
	db_done(outer);
	assert_int_equal(n, 4);
}

static void
test_a_mark_is_undone_alone(void **state)
{
	struct place *p = *state;
	struct error err = ERROR_INIT;

	assert_ok(migrate_run(p->db, two, 2, &err));
	assert_ok(db_begin(p->db, DB_SYNC_FULL, &err));
	assert_ok(db_run(p->db, sql_insert, DB_ARGS(db_text("a")), &err));
	assert_ok(db_mark(p->db, &err));
	assert_ok(db_run(p->db, sql_insert, DB_ARGS(db_text("b")), &err));
	assert_ok(db_mark_undo(p->db, &err));
	assert_ok(db_commit(p->db, &err));
	assert_int_equal(get(p->db, "SELECT count(*) FROM b"), 1);
}

static void
test_a_reader_cannot_write(void **state)
{
	struct place *p = *state;
	struct db_opts opts = { .access = DB_READER, .busy_ms = 100 };
	CLEANUP(db_closep) struct db *reader = NULL;
	struct error err = ERROR_INIT;

	assert_ok(migrate_run(p->db, two, 2, &err));
	assert_ok(db_open(p->path, &opts, &reader, &err));
	assert_error(db_run(reader, sql_insert, DB_ARGS(db_text("a")), &err),
	    ERR_PERMISSION);
}

static void
test_another_writer_is_waited_for_then_reported(void **state)
{
	struct place *p = *state;
	struct db *other = open_db(p->path);
	struct error err = ERROR_INIT;

	db_set_busy(p->db, 20);
	assert_ok(db_begin(other, DB_SYNC_LAZY, &err));
	assert_error(db_begin(p->db, DB_SYNC_LAZY, &err), ERR_STORE_LOCKED);
	assert_true(err.retryable);
	db_rollback(other);
	assert_ok(db_begin(p->db, DB_SYNC_LAZY, &err));
	db_rollback(p->db);
	db_close(other);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_migrations_run_once_and_are_recorded),
		TEST(test_a_newer_schema_is_left_alone),
		TEST(test_a_changed_migration_is_refused),
		TEST(test_another_programs_database_is_refused),
		TEST(test_a_failing_migration_leaves_nothing),
		TEST(test_processes_take_turns),
		TEST(test_every_table_names_tenant_and_user),
		TEST(test_values_are_bound_never_read_as_sql),
		TEST(test_one_statement_may_nest),
		TEST(test_a_mark_is_undone_alone),
		TEST(test_a_reader_cannot_write),
		TEST(test_another_writer_is_waited_for_then_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
