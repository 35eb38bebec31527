/* store: what is appended is numbered, told in order, and read again. */
#include "tests/unit/store_fixture.h"

static void
test_seqs_have_no_gaps(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 500; i++)
		fixture_put(f, fixture_notice(f->session, "x"));
	fixture_flush(f);
	assert_int_equal(f->n_stored, 500);
	for (int i = 0; i < 500; i++)
		assert_int_equal(f->stored[i], i + 1);
}

static void
test_seqs_go_on_after_reopening(void **state)
{
	struct fixture *f = *state;

	fixture_put(f, fixture_notice(f->session, "x"));
	fixture_close(f);
	fixture_open(f);
	fixture_put(f, fixture_notice(f->session, "y"));
	fixture_flush(f);
	assert_int_equal(f->n_stored, 2);
	assert_int_equal(f->stored[1], 2);
}

static void
test_sessions_count_apart(void **state)
{
	struct fixture *f = *state;
	char other[ID_SIZE];

	fixture_session(f, other, "other");
	fixture_put(f, fixture_notice(f->session, "x"));
	fixture_put(f, fixture_notice(other, "x"));
	fixture_put(f, fixture_notice(f->session, "x"));
	fixture_flush(f);
	assert_int_equal(f->stored[0], 1);
	assert_int_equal(f->stored[1], 1);
	assert_int_equal(f->stored[2], 2);
}

static void
test_a_unit_of_an_unknown_session_is_refused_alone(void **state)
{
	struct fixture *f = *state;

	fixture_put(f, fixture_notice("0123456789abcdefghjkmnpqrs", "x"));
	fixture_put(f, fixture_notice(f->session, "x"));
	fixture_flush(f);
	assert_int_equal(f->n_stored, 1);
	assert_int_equal(f->n_faults, 1);
	assert_int_equal(f->fault.code, ERR_SESSION_NOT_FOUND);
}

static void
test_a_unit_is_stored_whole_or_not_at_all(void **state)
{
	struct fixture *f = *state;
	struct event *events[] = { fixture_notice(f->session, "x"),
		fixture_notice("0123456789abcdefghjkmnpqrs", "y") };
	struct error err = ERROR_INIT;

	assert_ok(store_append(f->store, events, 2, NULL, 0, &err));
	event_unref(events[0]);
	event_unref(events[1]);
	fixture_put(f, fixture_notice(f->session, "z"));
	fixture_flush(f);
	assert_int_equal(f->n_stored, 1);
	assert_int_equal(f->stored[0], 1);
}

static void
test_an_event_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	fixture_put(f, fixture_notice(f->session, "\\u00e9\\n\\\"q\\\""));
	fixture_flush(f);
	assert_ok(store_events(f->reader, f->session, 0, 0, 0,
	    fixture_collect, &out, &err));
	assert_string_equal(buf_text(&out),
	    "1 notice \"level\":\"info\",\"text\":\"\\u00e9\\n\\\"q\\\"\"\n");
}

static void
put_answer(struct fixture *f)
{
	fixture_put(f, fixture_notice(f->session, "a"));
	fixture_put(f, fixture_delta(f->session, "m1", 0, "one "));
	fixture_put(f, fixture_delta(f->session, "m1", 4, "two "));
	fixture_put(f, fixture_delta(f->session, "m1", 8, "\\n3"));
}

static void
test_catching_up_is_one_delta(void **state)
{
	static const struct {
		int64_t after;
		const char *delta;
	} cases[] = {
		{ 1, "4 text.delta \"message_id\":\"m1\","
		     "\"offset_bytes\":0,\"text\":\"one two \\n3\"\n" },
		{ 2, "4 text.delta \"message_id\":\"m1\","
		     "\"offset_bytes\":4,\"text\":\"two \\n3\"\n" },
		{ 3, "4 text.delta \"message_id\":\"m1\","
		     "\"offset_bytes\":8,\"text\":\"\\n3\"\n" },
		{ 4, "" },
	};
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	put_answer(f);
	fixture_flush(f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(MIB);

		assert_ok(store_events(f->reader, f->session, cases[i].after,
		    0, 0, fixture_collect, &out, &err));
		assert_string_equal(buf_text(&out), cases[i].delta);
	}
}

static void
test_deltas_of_two_messages_stay_apart(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	fixture_put(f, fixture_delta(f->session, "m1", 0, "a"));
	fixture_put(f, fixture_delta(f->session, "m2", 0, "b"));
	fixture_put(f, fixture_delta(f->session, "m2", 1, "c"));
	fixture_flush(f);
	assert_ok(store_events(f->reader, f->session, 0, 0, 0,
	    fixture_collect, &out, &err));
	assert_string_equal(buf_text(&out),
	    "1 text.delta \"message_id\":\"m1\",\"offset_bytes\":0,"
	    "\"text\":\"a\"\n"
	    "3 text.delta \"message_id\":\"m2\",\"offset_bytes\":0,"
	    "\"text\":\"bc\"\n");
}

static void
test_limits_count_merged_events(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	put_answer(f);
	fixture_put(f, fixture_notice(f->session, "b"));
	fixture_flush(f);
	assert_ok(store_events(f->reader, f->session, 0, 0, 2,
	    fixture_collect, &out, &err));
	assert_string_equal(buf_text(&out),
	    "1 notice \"level\":\"info\",\"text\":\"a\"\n"
	    "4 text.delta \"message_id\":\"m1\",\"offset_bytes\":0,"
	    "\"text\":\"one two \\n3\"\n");
}

static void
test_raw_reading_has_no_gaps(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	put_answer(f);
	fixture_put(f, fixture_finished(f->session, "m1", "one two \\n3"));
	fixture_flush(f);
	assert_ok(store_events_raw(f->reader, f->session, 1, fixture_collect,
	    &out, &err));
	assert_string_equal(buf_text(&out),
	    "2 text.delta \"message_id\":\"m1\",\"offset_bytes\":0,"
	    "\"text\":\"one \"\n"
	    "3 text.delta \"message_id\":\"m1\",\"offset_bytes\":4,"
	    "\"text\":\"two \"\n"
	    "4 text.delta \"message_id\":\"m1\",\"offset_bytes\":8,"
	    "\"text\":\"\\n3\"\n"
	    "5 message.finished \"message_id\":\"m1\","
	    "\"text\":\"one two \\n3\",\"stop_reason\":\"end_turn\"\n");
}

static void
test_reading_back_leaves_finished_deltas_out(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	put_answer(f);
	fixture_put(f, fixture_finished(f->session, "m1", "one"));
	fixture_put(f, fixture_delta(f->session, "m2", 0, "x"));
	fixture_put(f, fixture_delta(f->session, "m2", 1, "y"));
	fixture_flush(f);
	assert_ok(store_events_back(f->reader, f->session, 0, 3, 0,
	    fixture_collect, &out, &err));
	assert_string_equal(buf_text(&out),
	    "1 notice \"level\":\"info\",\"text\":\"a\"\n"
	    "5 message.finished \"message_id\":\"m1\",\"text\":\"one\","
	    "\"stop_reason\":\"end_turn\"\n"
	    "7 text.delta \"message_id\":\"m2\",\"offset_bytes\":0,"
	    "\"text\":\"xy\"\n");
}

/* The process was killed in an answer; the session went on. */
static void
test_windows_join_at_an_unfinished_answer(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf last = BUF_INIT(MIB), first = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	put_answer(f);
	fixture_put(f, fixture_notice(f->session, "b"));
	fixture_flush(f);
	assert_ok(store_events_back(f->reader, f->session, 0, 2, 0,
	    fixture_collect, &last, &err));
	assert_string_equal(buf_text(&last),
	    "4 text.delta \"message_id\":\"m1\",\"offset_bytes\":0,"
	    "\"text\":\"one two \\n3\"\n"
	    "5 notice \"level\":\"info\",\"text\":\"b\"\n");
	assert_ok(store_events_back(f->reader, f->session, 4, 2, 0,
	    fixture_collect, &first, &err));
	assert_string_equal(buf_text(&first),
	    "1 notice \"level\":\"info\",\"text\":\"a\"\n");
}

static int
stop_at_once(struct event *ev, void *ctx)
{
	return 42;
}

static void
test_a_walk_ends_with_its_callback(void **state)
{
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	put_answer(f);
	fixture_flush(f);
	assert_int_equal(store_events(f->reader, f->session, 0, 0, 0,
			     stop_at_once, NULL, &err), 42);
}

static void
read_context(struct fixture *f, bool all, struct buf *out)
{
	struct error err = ERROR_INIT;

	buf_clear(out);
	assert_ok(store_messages(f->reader, f->session, all,
	    fixture_collect_message, out, &err));
}

static void
test_a_summary_stands_for_messages(void **state)
{
	static const char *const first[] = { "m1", "m2" };
	static const char *const second[] = { "s1", "m3" };
	struct fixture *f = *state;
	struct store_message summary = { .id = "s1", .session = f->session,
		.role = "user", .json = STR("{\"id\":\"s1\"}") };
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	for (int i = 1; i <= 4; i++) {
		char id[16];

		snprintf(id, sizeof(id), "m%d", i);
		fixture_message(f, id, "text");
	}
	assert_ok(store_context_replace(f->store, f->session, first, 2,
	    &summary, &err));
	read_context(f, false, &out);
	assert_string_equal(buf_text(&out), "s1 m3 m4 ");
	summary.id = "s2";
	summary.json = STR("{\"id\":\"s2\"}");
	assert_ok(store_context_replace(f->store, f->session, second, 2,
	    &summary, &err));
	fixture_message(f, "m5", "text");
	fixture_flush(f);
	read_context(f, false, &out);
	assert_string_equal(buf_text(&out), "s2 m4 m5 ");
	read_context(f, true, &out);
	assert_string_equal(buf_text(&out), "m1 m2 m3 m4 s1 s2 m5 ");
}

static void
test_replacing_what_is_not_there_changes_nothing(void **state)
{
	static const char *const ids[] = { "m1", "m9" };
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	fixture_message(f, "m1", "text");
	assert_error(store_context_replace(f->store, f->session, ids, 2, NULL,
	    &err), ERR_NOT_FOUND);
	read_context(f, false, &out);
	assert_string_equal(buf_text(&out), "m1 ");
}

static void
test_messages_are_found_by_their_words(void **state)
{
	static const struct {
		const char *text, *ids;
	} cases[] = {
		{ "hello", "m3 m1 " },
		{ "HELLO", "m3 m1 " },
		{ "100%", "m2 " },
		{ "100_", "" },
		{ "a\"b", "m2 " },
		{ "user", "" }, /* the role is no word */
		{ "kind", "" },
	};
	struct fixture *f = *state;
	struct error err = ERROR_INIT;

	fixture_message(f, "m1", "well, Hello there");
	fixture_message(f, "m2", "100% a\\\"b");
	fixture_message(f, "m3", "hello again");
	fixture_flush(f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(MIB);

		assert_ok(store_messages_find(f->reader, f->session,
		    cases[i].text, 0, fixture_collect_message, &out, &err));
		assert_string_equal(buf_text(&out), cases[i].ids);
	}
}

static void
test_a_message_written_again_keeps_its_place(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);

	fixture_message(f, "m1", "one");
	fixture_message(f, "m2", "two");
	fixture_message(f, "m1", "one again");
	fixture_flush(f);
	read_context(f, false, &out);
	assert_string_equal(buf_text(&out), "m1 m2 ");
}

static void
test_imported_events_keep_their_time(void **state)
{
	struct fixture *f = *state;
	CLEANUP(event_unrefp) struct event *ev = fixture_notice(f->session,
	    "old");
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;
	struct session_row row;

	ev->time_ms = 1000;
	assert_ok(store_import(f->store, &ev, 1, NULL, 0, &err));
	assert_int_equal(f->n_stored, 0);
	assert_ok(store_session_get(f->reader, f->session, &row, &err));
	assert_int_equal(row.last_seq, 1);
	assert_ok(store_events(f->reader, f->session, 0, 0, 0,
	    fixture_collect, &out, &err));
	assert_non_null(strstr(buf_text(&out), "old"));
}

static void *
append_many(void *ctx)
{
	struct fixture *f = ctx;

	for (int i = 0; i < 300; i++)
		fixture_put(f, fixture_notice(f->session, "t"));
	return NULL;
}

static void
test_threads_append_side_by_side(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, append_many, f);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	fixture_flush(f);
	assert_int_equal(f->n_stored, 1200);
	for (int i = 0; i < 1200; i++)
		assert_int_equal(f->stored[i], i + 1);
}

#define TEST(f)                                                               \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_seqs_have_no_gaps),
		TEST(test_seqs_go_on_after_reopening),
		TEST(test_sessions_count_apart),
		TEST(test_a_unit_of_an_unknown_session_is_refused_alone),
		TEST(test_a_unit_is_stored_whole_or_not_at_all),
		TEST(test_an_event_comes_back_as_it_was),
		TEST(test_catching_up_is_one_delta),
		TEST(test_deltas_of_two_messages_stay_apart),
		TEST(test_limits_count_merged_events),
		TEST(test_raw_reading_has_no_gaps),
		TEST(test_reading_back_leaves_finished_deltas_out),
		TEST(test_windows_join_at_an_unfinished_answer),
		TEST(test_a_walk_ends_with_its_callback),
		TEST(test_a_summary_stands_for_messages),
		TEST(test_replacing_what_is_not_there_changes_nothing),
		TEST(test_messages_are_found_by_their_words),
		TEST(test_a_message_written_again_keeps_its_place),
		TEST(test_imported_events_keep_their_time),
		TEST(test_threads_append_side_by_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
