/* sessions: listed, found, changed, thrown away, forked; leases. */
#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "store/holder.h"
#include "tests/unit/store_fixture.h"

static int
collect_title(const struct session_row *row, void *ctx)
{
	buf_printf(ctx, "%s ", row->title);
	return 0;
}

static void
make_at(struct fixture *f, const char *title, const char *folder, int64_t ms)
{
	struct session_row row = { .created_ms = ms, .updated_ms = ms };
	struct error err = ERROR_INIT;

	id_make(row.id);
	snprintf(row.title, sizeof(row.title), "%s", title);
	snprintf(row.folder, sizeof(row.folder), "%s", folder);
	assert_ok(store_session_create(f->store, &row, &err));
}

static void
test_lists_by_filter(void **state)
{
	static const struct {
		struct session_filter filter;
		const char *titles;
	} cases[] = {
		{ { .limit = 0 }, "first c b a " },
		{ { .limit = 2 }, "first c " },
		{ { .folder = "/x" }, "c a " },
		{ { .folder = "/none" }, "" },
		{ { .text = "FIR" }, "first " },
		{ { .text = "y_z" }, "b " }, /* in the folder, literally */
		{ { .text = "%" }, "" },
		{ { .before_ms = 3000 }, "b a " },
		{ { .in_trash = true }, "" },
	};
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	make_at(f, "a", "/x", 1000);
	make_at(f, "b", "/y_z", 2000);
	make_at(f, "c", "/x", 3000);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(MIB);

		assert_ok(store_session_list(f->reader, &cases[i].filter,
		    collect_title, &out, &err));
		assert_string_equal(buf_text(&out), cases[i].titles);
	}
}

static void
test_last_of_a_folder(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct session_row row;

	make_at(f, "old", "/x", 1000);
	make_at(f, "new", "/x", 2000);
	assert_ok(store_session_last(f->reader, "/x", &row, &err));
	assert_string_equal(row.title, "new");
	assert_error(store_session_last(f->reader, "/none", &row, &err),
	    ERR_SESSION_NOT_FOUND);
}

static void
test_last_is_one_where_something_was_said(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct session_row row;
	struct store_message said = { .id = "m1", .role = "user",
		.json = STR("{\"role\":\"user\"}") };

	make_at(f, "said", "/x", 1000);
	assert_ok(store_session_last(f->reader, "/x", &row, &err));
	said.session = row.id;
	assert_ok(store_append(f->store, NULL, 0, &said, 1, &err));
	assert_ok(store_flush(f->store, false, 10000, &err));
	make_at(f, "left again", "/x", clock_wall_ms() + 60000);
	assert_ok(store_session_last(f->reader, "/x", &row, &err));
	assert_string_equal(row.title, "said");
}

static void
test_found_by_a_unique_prefix(void **state)
{
	struct fixture *f = *state;
	struct session_row row, other = { .id =
		"zzzz0000000000000000000000" };
	struct error err = ERROR_INIT;

	assert_ok(store_session_create(f->store, &other, &err));
	assert_ok(store_session_get(f->reader, f->session, &row, &err));
	assert_string_equal(row.title, "first");
	assert_string_equal(row.mode, "ask");
	assert_ok(store_session_get(f->reader, "ZZZZ", &row, &err));
	assert_string_equal(row.id, other.id);
	assert_error(store_session_get(f->reader, "zzz", &row, &err),
	    ERR_SESSION_NOT_FOUND);
	assert_error(store_session_get(f->reader, "zzzy", &row, &err),
	    ERR_SESSION_NOT_FOUND);
	other.id[25] = '1';
	assert_ok(store_session_create(f->store, &other, &err));
	assert_error(store_session_get(f->reader, "zzzz", &row, &err),
	    ERR_SESSION_NOT_FOUND);
	assert_error(store_session_get(f->reader,
	    "zzzz00000000000000000000000000000", &row, &err),
	    ERR_SESSION_NOT_FOUND);
}

static void
test_ids_are_checked_and_unique(void **state)
{
	struct fixture *f = *state;
	struct session_row row = { .id = "short" };
	struct error err = ERROR_INIT;

	assert_error(store_session_create(f->store, &row, &err), ERR_INVALID);
	memcpy(row.id, f->session, ID_SIZE);
	assert_error(store_session_create(f->store, &row, &err), ERR_EXISTS);
}

static void
test_update_leaves_what_is_empty(void **state)
{
	struct fixture *f = *state;
	struct session_row row = { .title = "renamed" };
	struct error err = ERROR_INIT;

	memcpy(row.id, f->session, ID_SIZE);
	assert_ok(store_session_update(f->store, &row, &err));
	assert_ok(store_session_get(f->reader, f->session, &row, &err));
	assert_string_equal(row.title, "renamed");
	assert_string_equal(row.provider, "offline");
}

static void
test_counters_follow_what_is_stored(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct session_row row;

	fixture_message(f, "m1", "hello");
	fixture_put(f, fixture_notice(f->session, "x"));
	fixture_flush(f);
	assert_ok(store_session_get(f->reader, f->session, &row, &err));
	assert_int_equal(row.last_seq, 2);
	assert_int_equal(row.n_messages, 1);
	assert_true(row.size_bytes > 50);
}

static void
test_trash_and_back(void **state)
{
	static const struct session_filter trash = { .in_trash = true },
					   all = { .limit = 0 };
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	assert_ok(store_session_trash(f->store, f->session, true, &err));
	assert_ok(store_session_list(f->reader, &all, collect_title, &out,
	    &err));
	assert_string_equal(buf_text(&out), "");
	assert_ok(store_session_list(f->reader, &trash, collect_title, &out,
	    &err));
	assert_string_equal(buf_text(&out), "first ");
	assert_ok(store_session_trash(f->store, f->session, false, &err));
	buf_clear(&out);
	assert_ok(store_session_list(f->reader, &all, collect_title, &out,
	    &err));
	assert_string_equal(buf_text(&out), "first ");
	assert_error(store_session_trash(f->store,
	    "0123456789abcdefghjkmnpqrs", true, &err), ERR_SESSION_NOT_FOUND);
}

static void
test_fork_is_a_copy_up_to_an_event(void **state)
{
	static const char *const replaced[] = { "m1", "m2" };
	struct fixture *f = *state;
	struct store_message summary = { .id = "s1", .session = f->session,
		.role = "user", .json = STR("{\"id\":\"s1\"}") };
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;
	struct session_row row;
	char id[ID_SIZE];

	fixture_message(f, "m1", "one");
	fixture_message(f, "m2", "two");
	fixture_message(f, "m3", "three");
	assert_ok(store_context_replace(f->store, f->session, replaced, 2,
	    &summary, &err));
	id_make(id);
	assert_ok(store_session_fork(f->store, f->session, 2, id, &err));
	assert_ok(store_session_get(f->reader, id, &row, &err));
	assert_string_equal(row.parent, f->session);
	assert_int_equal(row.forked_at, 2);
	assert_int_equal(row.last_seq, 2);
	assert_int_equal(row.n_messages, 2);
	/* The compaction came later. */
	assert_ok(store_messages(f->reader, id, false,
	    fixture_collect_message, &out, &err));
	assert_string_equal(buf_text(&out), "m1 m2 ");
	fixture_put(f, fixture_notice(id, "goes on"));
	fixture_flush(f);
	assert_int_equal(f->stored[f->n_stored - 1], 3);

	id_make(id);
	assert_ok(store_session_fork(f->store, f->session, 0, id, &err));
	buf_clear(&out);
	assert_ok(store_messages(f->reader, id, false,
	    fixture_collect_message, &out, &err));
	assert_string_equal(buf_text(&out), "s1 m3 ");
	assert_error(store_session_fork(f->store, f->session, 4, row.id,
	    &err), ERR_INVALID);
}

static void
test_users_see_their_own(void **state)
{
	struct fixture *f = *state;
	struct store_opts opts = { .folder = f->folder, .user_id = "other" };
	CLEANUP(store_closep) struct store *s = NULL;
	CLEANUP(store_reader_closep) struct store_reader *r = NULL;
	struct session_filter filter = { .limit = 0 };
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;
	struct session_row row;

	assert_ok(store_open(&opts, &s, &err));
	assert_ok(store_reader_open(s, &r, &err));
	assert_ok(store_session_list(r, &filter, collect_title, &out, &err));
	assert_string_equal(buf_text(&out), "");
	assert_error(store_session_get(r, f->session, &row, &err),
	    ERR_SESSION_NOT_FOUND);
	assert_error(store_lease_take(s, f->session, &err),
	    ERR_SESSION_NOT_FOUND);
}

/* A child opens the store, takes the lease, says so and waits to be killed. */
static pid_t
start_holder(struct fixture *f)
{
	int pipe_fds[2];
	pid_t child;
	char answer = 0;

	assert_int_equal(pipe(pipe_fds), 0);
	child = fork();
	if (child == 0) {
		struct store_opts opts = { .folder = f->folder };
		struct store *s;

		if (store_open(&opts, &s, NULL) == 0 &&
		    store_lease_take(s, f->session, NULL) == 0)
			answer = 'y';
		if (write(pipe_fds[1], &answer, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(pipe_fds[1]);
	assert_int_equal(read(pipe_fds[0], &answer, 1), 1);
	close(pipe_fds[0]);
	assert_int_equal(answer, 'y');
	return child;
}

static void
test_a_lease_ends_with_its_process(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	pid_t child = start_holder(f);
	siginfo_t info;

	assert_error(store_lease_take(f->store, f->session, &err),
	    ERR_SESSION_BUSY);
	assert_error(store_session_trash(f->store, f->session, true, &err),
	    ERR_SESSION_BUSY);
	kill(child, SIGKILL);
	/* Dead, but not yet reaped: a zombie holds nothing. */
	assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT),
	    0);
	assert_ok(store_lease_take(f->store, f->session, &err));
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_ok(store_lease_take(f->store, f->session, &err)); /* ours */
}

static void
test_a_lease_is_released(void **state)
{
	struct fixture *f = *state;
	CLEANUP(store_closep) struct store *other = NULL;
	struct error err = ERROR_INIT;

	assert_ok(fixture_try_open(f, &other, &err));
	assert_ok(store_lease_take(f->store, f->session, &err));
	assert_error(store_lease_take(other, f->session, &err),
	    ERR_SESSION_BUSY);
	store_lease_release(other, f->session); /* not its own */
	assert_error(store_lease_take(other, f->session, &err),
	    ERR_SESSION_BUSY);
	store_lease_release(f->store, f->session);
	assert_ok(store_lease_take(other, f->session, &err));
}

static void
test_closing_releases_leases(void **state)
{
	struct fixture *f = *state;
	struct store *other;
	struct error err = ERROR_INIT;

	assert_ok(fixture_try_open(f, &other, &err));
	assert_ok(store_lease_take(other, f->session, &err));
	store_close(other);
	assert_ok(store_lease_take(f->store, f->session, &err));
}

static void
test_who_counts_as_alive(void **state)
{
	struct holder self, h;

	holder_self(&self);
	assert_true(holder_alive(&self));
	h = self;
	h.started++; /* the number was given to another process */
	assert_false(holder_alive(&h));
	h = self;
	snprintf(h.boot, sizeof(h.boot), "another boot");
	assert_false(holder_alive(&h));
	/* Of another container: only its signs of life are seen. */
	h = self;
	snprintf(h.pid_space, sizeof(h.pid_space), "pid:[1]");
	assert_true(holder_alive(&h));
	h.beat_ms = self.beat_ms - HOLDER_STALE_MS;
	assert_false(holder_alive(&h));
}

#define TEST(f)                                                               \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lists_by_filter),
		TEST(test_last_of_a_folder),
		TEST(test_last_is_one_where_something_was_said),
		TEST(test_found_by_a_unique_prefix),
		TEST(test_ids_are_checked_and_unique),
		TEST(test_update_leaves_what_is_empty),
		TEST(test_counters_follow_what_is_stored),
		TEST(test_trash_and_back),
		TEST(test_fork_is_a_copy_up_to_an_event),
		TEST(test_users_see_their_own),
		TEST(test_a_lease_ends_with_its_process),
		TEST(test_a_lease_is_released),
		TEST(test_closing_releases_leases),
		TEST(test_who_counts_as_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
