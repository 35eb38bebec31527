/* Upkeep: gc, backup, restore, check, stats. */
#include <stdatomic.h>

#include "base/clock.h"
#include "base/file.h"
#include "tests/unit/store_fixture.h"

static const struct gc_opts gc_default = { .older_than_ms = -1 };
#define DAY_MS (24 * 3600 * INT64_C(1000))

static size_t
count_raw(struct fixture *f, const char *session)
{
	CLEANUP_BUF struct buf out = BUF_INIT(16 * MIB);
	struct error err = ERROR_INIT;
	size_t n = 0;

	assert_ok(store_events_raw(f->reader, session, 0, fixture_collect,
	    &out, &err));
	for (size_t i = 0; i < out.len; i++)
		n += out.ptr[i] == '\n';
	return n;
}

static void
test_gc_empties_old_trash_only(void **state)
{
	struct fixture *f = *state;
	struct gc_opts all = { .older_than_ms = 0 };
	struct error err = ERROR_INIT;
	struct gc_result result;
	struct session_row row;

	fixture_put(f, fixture_notice(f->session, "x"));
	assert_ok(store_gc(f->store, &all, &result, &err));
	assert_int_equal(result.sessions, 0);
	assert_ok(store_session_trash(f->store, f->session, true, &err));
	assert_ok(store_gc(f->store, &gc_default, &result, &err));
	assert_int_equal(result.sessions, 0);
	all.dry_run = true;
	assert_ok(store_gc(f->store, &all, &result, &err));
	assert_int_equal(result.sessions, 1);
	assert_int_equal(result.events, 1);
	assert_ok(store_session_get(f->reader, f->session, &row, &err));
	all.dry_run = false;
	assert_ok(store_gc(f->store, &all, &result, &err));
	assert_int_equal(result.sessions, 1);
	assert_error(store_session_get(f->reader, f->session, &row, &err),
	    ERR_SESSION_NOT_FOUND);
}

static void
test_gc_spares_what_another_process_works_on(void **state)
{
	struct fixture *f = *state;
	struct gc_opts all = { .older_than_ms = 0 };
	CLEANUP(store_closep) struct store *other = NULL;
	struct error err = ERROR_INIT;
	struct gc_result result;

	assert_ok(fixture_try_open(f, &other, &err));
	assert_ok(store_session_trash(f->store, f->session, true, &err));
	assert_ok(store_lease_take(other, f->session, &err));
	assert_ok(store_gc(f->store, &all, &result, &err));
	assert_int_equal(result.sessions, 0);
}

static void
test_gc_drops_folded_deltas_of_other_days(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;
	struct gc_result result;
	struct session_row row;

	fixture_put(f, fixture_delta(f->session, "m1", 0, "a"));
	fixture_put(f, fixture_delta(f->session, "m1", 1, "b"));
	fixture_put(f, fixture_finished(f->session, "m1", "ab"));
	fixture_put(f, fixture_delta(f->session, "m2", 0, "open"));
	fixture_flush(f);
	assert_ok(store_gc(f->store, &gc_default, &result, &err));
	assert_int_equal(count_raw(f, f->session), 4);
	clock_fake(-1, clock_wall_ms() + 2 * DAY_MS);
	assert_ok(store_gc(f->store, &gc_default, &result, &err));
	clock_fake(-1, -1);
	assert_int_equal(result.events, 2);
	assert_ok(store_events(f->reader, f->session, 0, 0, 0,
	    fixture_collect, &out, &err));
	assert_string_equal(buf_text(&out),
	    "3 message.finished \"message_id\":\"m1\",\"text\":\"ab\","
	    "\"stop_reason\":\"end_turn\"\n"
	    "4 text.delta \"message_id\":\"m2\",\"offset_bytes\":0,"
	    "\"text\":\"open\"\n");
	fixture_put(f, fixture_notice(f->session, "x"));
	fixture_flush(f);
	assert_int_equal(f->stored[f->n_stored - 1], 5);
	assert_ok(store_session_get(f->reader, f->session, &row, &err));
	assert_true(row.size_bytes > 0);
}

static void
test_gc_gives_space_back(void **state)
{
	struct fixture *f = *state;
	struct gc_opts aim = { .older_than_ms = -1, .keep_bytes = 1 };
	CLEANUP(free_ptr) char *text = mem_alloc(100000, 1);
	struct error err = ERROR_INIT;
	struct gc_result result;
	char kept[ID_SIZE];

	memset(text, 'x', 99999);
	for (int i = 0; i < 40; i++)
		fixture_put(f, fixture_notice(f->session, text));
	fixture_session(f, kept, "kept");
	fixture_put(f, fixture_notice(kept, "x"));
	assert_ok(store_session_trash(f->store, f->session, true, &err));
	assert_ok(store_gc(f->store, &aim, &result, &err));
	assert_int_equal(result.sessions, 1);
	assert_true(result.bytes_before > 4000000);
	assert_true(result.bytes_after < 500000);
	assert_int_equal(count_raw(f, kept), 1);
}

static void
test_stats_count(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct store_stats stats;
	char other[ID_SIZE];

	fixture_session(f, other, "other");
	fixture_message(f, "m1", "x");
	fixture_put(f, fixture_notice(f->session, "x"));
	assert_ok(store_session_trash(f->store, other, true, &err));
	assert_ok(store_stats(f->reader, &stats, &err));
	assert_int_equal(stats.sessions, 1);
	assert_int_equal(stats.trash, 1);
	assert_int_equal(stats.events, 2);
	assert_int_equal(stats.messages, 1);
	assert_int_equal(stats.schema, 6);
	assert_true(stats.bytes > 4096);
	assert_ok(store_check(f->reader, &err));
}

struct load {
	struct fixture *f;
	atomic_bool stop;
};

static void *
append_until_stopped(void *ctx)
{
	struct load *load = ctx;

	while (!atomic_load(&load->stop)) {
		fixture_put(load->f, fixture_notice(load->f->session, "w"));
		fixture_flush(load->f);
	}
	return NULL;
}

static void
check_gapless(struct fixture *f)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * MIB);
	struct error err = ERROR_INIT;
	struct str rest, line;
	int64_t n = 0;

	assert_ok(store_events_raw(f->reader, f->session, 0, fixture_collect,
	    &out, &err));
	rest = buf_str(&out);
	while (str_next_line(&rest, &line))
		assert_int_equal(strtoll(line.ptr, NULL, 10), ++n);
	assert_true(n > 0);
}

static void
test_backup_while_writing_then_restore(void **state)
{
	struct fixture *f = *state;
	CLEANUP(free_ptr) char *copy = file_join(f->folder, "copy.db");
	CLEANUP(free_ptr) char *sum = file_join(f->folder, "copy.db.sha256");
	CLEANUP(free_ptr) char *former = file_join(f->folder,
	    "friday.db.before-restore");
	CLEANUP_BUF struct buf line = BUF_INIT(KIB);
	struct load load = { .f = f };
	struct error err = ERROR_INIT;
	struct session_row row;
	pthread_t thread;
	char later[ID_SIZE];
	struct stat st;

	fixture_put(f, fixture_notice(f->session, "x"));
	pthread_create(&thread, NULL, append_until_stopped, &load);
	for (int i = 0; i < 3; i++)
		assert_ok(store_backup(f->store, copy, &err));
	atomic_store(&load.stop, true);
	pthread_join(thread, NULL);
	assert_ok(file_read(sum, &line, &err));
	assert_non_null(strstr(buf_text(&line), "  copy.db\n"));
	assert_int_equal(stat(copy, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	fixture_session(f, later, "later");
	assert_error(store_restore(f->folder, copy, &err), ERR_STORE_LOCKED);
	fixture_close(f);
	assert_ok(store_restore(f->folder, copy, &err));
	assert_true(file_exists(former));
	fixture_open(f);
	check_gapless(f);
	assert_ok(store_check(f->reader, &err));
	assert_error(store_session_get(f->reader, later, &row, &err),
	    ERR_SESSION_NOT_FOUND);
}

/* What was there before a restore can be opened again. */
static void
test_the_former_database_is_kept_whole(void **state)
{
	struct fixture *f = *state;
	CLEANUP(free_ptr) char *copy = file_join(f->folder, "copy.db");
	CLEANUP(free_ptr) char *former = file_join(f->folder,
	    "friday.db.before-restore");
	CLEANUP(free_ptr) char *sum = NULL;
	struct error err = ERROR_INIT;
	struct session_row row;
	char later[ID_SIZE];

	assert_ok(store_backup(f->store, copy, &err));
	fixture_session(f, later, "later");
	fixture_close(f);
	assert_ok(store_restore(f->folder, copy, &err));
	fixture_open(f);
	/* By hand: the kept one takes the place again. */
	fixture_close(f);
	sum = mem_printf("%s/friday.db", f->folder);
	assert_int_equal(rename(former, sum), 0);
	free(sum);
	sum = mem_printf("%s/friday.db-wal", f->folder);
	unlink(sum);
	fixture_open(f);
	assert_ok(store_session_get(f->reader, later, &row, &err));
}

static void
test_restore_refuses_what_it_cannot_trust(void **state)
{
	struct fixture *f = *state;
	CLEANUP(free_ptr) char *copy = file_join(f->folder, "copy.db");
	CLEANUP(free_ptr) char *sum = file_join(f->folder, "copy.db.sha256");
	struct error err = ERROR_INIT;
	struct session_row row;
	FILE *file;

	assert_ok(store_backup(f->store, copy, &err));
	fixture_close(f);
	file = fopen(copy, "r+");
	assert_non_null(file);
	fseek(file, 5000, SEEK_SET);
	fputs("damage", file);
	fclose(file);
	assert_error(store_restore(f->folder, copy, &err), ERR_STORE_CORRUPT);
	unlink(sum);
	assert_error(store_restore(f->folder, copy, &err), ERR_NOT_FOUND);
	assert_error(store_restore(f->folder, "/nonexistent/x", &err),
	    ERR_NOT_FOUND);
	fixture_open(f);
	assert_ok(store_session_get(f->reader, f->session, &row, &err));
}

#define TEST(f)                                                               \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_gc_empties_old_trash_only),
		TEST(test_gc_spares_what_another_process_works_on),
		TEST(test_gc_drops_folded_deltas_of_other_days),
		TEST(test_gc_gives_space_back),
		TEST(test_stats_count),
		TEST(test_backup_while_writing_then_restore),
		TEST(test_the_former_database_is_kept_whole),
		TEST(test_restore_refuses_what_it_cannot_trust),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
