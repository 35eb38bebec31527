/* transcript: events as blocks on a surface. */
#include "tests/unit/transcript_fixture.h"

static void
test_a_question_and_its_answer(void **state)
{
	struct fixture *f = *state;

	live(f, "run.started", "\"run\":\"r\",\"prompt\":\"hello\"");
	live(f, "user.message", "\"run\":\"r\",\"text\":\"hello\","
	    "\"attachments\":[{\"name\":\"a.png\",\"media_type\":"
	    "\"image/png\",\"bytes\":34816}]");
	live(f, "text.delta", "\"run\":\"r\",\"message_id\":\"m\","
	    "\"offset_bytes\":0,\"text\":\"Hi \"");
	live(f, "text.delta", "\"run\":\"r\",\"message_id\":\"m\","
	    "\"offset_bytes\":3,\"text\":\"there\"");
	assert_drawn(f,
	    "  › hello\n"
	    "    [image a.png, 34 KiB]\n"
	    "\n"
	    "  Hi there");
}

static void
test_calls_are_cards(void **state)
{
	struct fixture *f = *state;

	live(f, "tool.started", "\"run\":\"r\",\"call_id\":\"1\",\"name\":"
	    "\"shell\",\"arguments\":{\"command\":\"make test\"}");
	live(f, "tool.finished", "\"run\":\"r\",\"call_id\":\"1\",\"name\":"
	    "\"shell\",\"ok\":true,\"duration_ms\":12000,\"files\":[],"
	    "\"result\":\"one\\ntwo\\n[exit status 0, 12.00 s]\"");
	live(f, "tool.started", "\"run\":\"r\",\"call_id\":\"2\",\"name\":"
	    "\"edit\",\"arguments\":{\"path\":\"src/a.c\"}");
	live(f, "tool.finished", "\"run\":\"r\",\"call_id\":\"2\",\"name\":"
	    "\"edit\",\"ok\":false,\"duration_ms\":3,\"files\":[],"
	    "\"result\":\"Error\",\"error\":{\"code\":\"path.denied\","
	    "\"message\":\"not there\"}");
	assert_drawn(f,
	    "  ● shell make test  12s\n"
	    "    two  (2 lines)\n"
	    "\n"
	    "  ✗ edit src/a.c\n"
	    "    not there (path.denied)\n"
	    "    Read it yourself, or allow this one\n"
	    "    call when asked.");
}

static void
test_a_command_that_failed_stands_out(void **state)
{
	struct fixture *f = *state;

	live_call(f, "1",
	    "\"name\":\"shell\",\"arguments\":{\"command\":\"cc a.c\"}",
	    "\"ok\":true,\"result\":\"1\\n2\\n3\\n4\\n"
	    "[exit status 1, 0.1 s]\"");
	live_call(f, "2",
	    "\"name\":\"shell\",\"arguments\":{\"command\":\"sleep 9\"}",
	    "\"ok\":true,\"result\":\"[ended by signal 15 (SIGTERM), 1 s]\"");
	assert_drawn(f,
	    "  ● shell cc a.c\n"
	    "    2\n"
	    "    3\n"
	    "    4\n"
	    "    exit status 1  (4 lines)\n"
	    "\n"
	    "  ● shell sleep 9\n"
	    "    ended by signal 15 (SIGTERM)");
}

static void
test_a_command_that_was_stopped_says_so_once(void **state)
{
	struct fixture *f = *state;

	live_call(f, "1",
	    "\"name\":\"shell\",\"arguments\":{\"command\":\"make\"}",
	    "\"ok\":false,\"error\":{\"code\":\"cancelled\",\"message\":"
	    "\"the command was stopped by the user\"},\"result\":\"1\\n2\\n"
	    "[ended by signal 15 (SIGTERM), 1 s]\\nError (cancelled): the "
	    "command was stopped by the user\\nThe user cancelled.\"");
	assert_drawn(f,
	    "  ○ shell make\n"
	    "    2  (2 lines)");
}

static void
test_lines_that_were_left_out_count(void **state)
{
	struct fixture *f = *state;

	live_call(f, "1",
	    "\"name\":\"shell\",\"arguments\":{\"command\":\"seq 9\"}",
	    "\"ok\":true,\"result\":\"1\\n2\\n[… 10 bytes, 5 lines left out "
	    "here, from line 3 on …]\\n8\\n9\\n[exit status 0, 0.1 s]\"");
	assert_drawn(f,
	    "  ● shell seq 9\n"
	    "    9  (9 lines)");
}

static void
test_output_of_what_runs_is_shown_at_its_end(void **state)
{
	struct fixture *f = *state;

	f->app->facts.running = true;
	live_call(f, "1",
	    "\"name\":\"shell\",\"arguments\":{\"command\":\"make\"}", NULL);
	live(f, "tool.output", "\"run\":\"r\",\"call_id\":\"1\",\"stream\":"
	    "\"stdout\",\"text\":\"1\\n2\\n3\\n4\\n5\\n\"");
	assert_drawn(f,
	    "  ● shell make\n"
	    "    2\n"
	    "    3\n"
	    "    4\n"
	    "    5");
	/* A clock that nobody sees does not tick; this one is seen. */
	assert_int_equal(f->app->n_timers, 1);
}

static void
test_calls_that_only_read_are_summed_up(void **state)
{
	static const char *const read =
	    "\"name\":\"read\",\"arguments\":{\"path\":\"a.c\"}";
	static const char *const grep =
	    "\"name\":\"grep\",\"arguments\":{\"pattern\":\"x\"}";
	static const char *const good = "\"ok\":true,\"result\":\"y\"";
	struct fixture *f = *state;

	live_call(f, "1", read, good);
	assert_drawn(f, "  ● read a.c  y");
	live_call(f, "2", grep, good);
	live_call(f, "3", read, good);
	assert_drawn(f, "  ● read 2 files, searched 1 pattern");
	/* One that failed is not. */
	live_call(f, "4", read, "\"ok\":false,\"result\":\"\",\"error\":"
	    "{\"code\":\"not_found\",\"message\":\"no a.c\"}");
	assert_drawn(f,
	    "  ● read 2 files, searched 1 pattern\n"
	    "\n"
	    "  ✗ read a.c\n"
	    "    no a.c (not_found)");
	transcript_read(f->t, false);
	press(f, '[', ACTION_BLOCK_PREVIOUS);
	press(f, '[', ACTION_BLOCK_PREVIOUS);
	press(f, SYM_ENTER, ACTION_OPEN);
	assert_drawn(f,
	    "▎ ● read 2 files, searched 1 pattern\n"
	    "\n"
	    "  ● read a.c  y\n"
	    "\n"
	    "  ● grep x  y\n"
	    "\n"
	    "  ● read a.c  y\n"
	    "\n"
	    "  ✗ read a.c\n"
	    "    no a.c (not_found)");
}

/* No row comes and goes with each call. */
static void
test_calls_that_read_are_one_row_while_they_run(void **state)
{
	static const char *const read =
	    "\"name\":\"read\",\"arguments\":{\"path\":\"a.c\"}";
	static const char *const good = "\"ok\":true,\"result\":\"1\\n2\"";
	struct fixture *f = *state;

	f->app->facts.running = true;
	live_call(f, "1", read, NULL);
	assert_drawn(f, "  ● read a.c");
	live_call(f, "2", read, NULL);
	assert_drawn(f, "  ● read 2 files");
	live(f, "tool.finished", "\"run\":\"r\",\"call_id\":\"1\",\"name\":"
	    "\"read\",\"ok\":true,\"duration_ms\":3,\"files\":[],"
	    "\"result\":\"1\\n2\"");
	assert_drawn(f, "  ● read 2 files");
	live_answer(f, "m", "So.");
	live_call(f, "3", read, good);
	assert_drawn(f,
	    "  ● read 2 files\n"
	    "\n"
	    "  So.\n"
	    "\n"
	    "  ● read a.c  (2 lines)");
	/* Nobody knows how the second one ended. */
	f->app->facts.running = false;
	assert_drawn(f,
	    "  ○ read 2 files\n"
	    "\n"
	    "  So.\n"
	    "\n"
	    "  ● read a.c  (2 lines)");
}

/* Where less is to be shown, it is blank at the foot until more comes. */
static void
test_text_does_not_move_down_in_a_run(void **state)
{
	static const char *const read =
	    "\"name\":\"read\",\"arguments\":{\"path\":\"a.c\"}";
	static const char *const good = "\"ok\":true,\"result\":\"y\"";
	CLEANUP_BUF struct buf before = BUF_INIT(4 * KIB);
	CLEANUP_BUF struct buf after = BUF_INIT(4 * KIB);
	struct fixture *f = *state;

	f->app->facts.running = true;
	live_answer(f, "m", "1\\n\\n2\\n\\n3\\n\\n4\\n\\n5\\n\\n6\\n\\n7");
	live_call(f, "1", read, good);
	live(f, "message.finished", "\"run\":\"r\",\"message_id\":\"n\","
	    "\"text\":\"\",\"reasoning\":\"Hm\",\"stop_reason\":"
	    "\"tool_use\"");
	draw(f, &before);
	assert_non_null(strstr(buf_text(&before), "thought"));
	assert_null(strstr(buf_text(&before), "  1\n"));
	live_call(f, "2", read, good);
	draw(f, &after);
	assert_null(strstr(buf_text(&after), "thought"));
	assert_non_null(strstr(buf_text(&after), "read 2 files"));
	/* The first rows are the same. */
	assert_memory_equal(buf_text(&after), buf_text(&before), 30);
	f->app->facts.running = false;
	draw(f, &after);
	assert_non_null(strstr(buf_text(&after), "  1\n"));
}

static void
test_changes_show_their_lines(void **state)
{
	struct fixture *f = *state;

	live_call(f, "1",
	    "\"name\":\"edit\",\"arguments\":{\"path\":\"a.c\"}",
	    "\"ok\":true,\"result\":\"Edited.\",\"files\":[\"a.c\"],"
	    "\"diff\":\"--- a/a.c\\n+++ b/a.c\\n@@ -1,2 +1,3 @@\\n"
	    " same\\n-old\\n+new\\n+more\\n\"");
	assert_drawn(f,
	    "  ● edit a.c  +2 -1\n"
	    "    1   same\n"
	    "    2 - old\n"
	    "    2 + new\n"
	    "    3 + more");
}

static void
test_a_sub_run_is_folded(void **state)
{
	struct fixture *f = *state;

	f->app->facts.running = true;
	live_call(f, "t", "\"name\":\"task\",\"arguments\":{\"title\":"
	    "\"look round\",\"prompt\":\"p\"}", NULL);
	live(f, "user.message", "\"run\":\"s\",\"parent_call\":\"t\","
	    "\"text\":\"look\"");
	live(f, "tool.started", "\"run\":\"s\",\"parent_call\":\"t\","
	    "\"call_id\":\"i\",\"name\":\"shell\",\"arguments\":{\"command\":"
	    "\"ls\"}");
	assert_drawn(f,
	    "  ● task look round\n"
	    "    1 call · shell ls");
	live(f, "tool.finished", "\"run\":\"s\",\"parent_call\":\"t\","
	    "\"call_id\":\"i\",\"name\":\"shell\",\"ok\":true,\"result\":"
	    "\"a\\n[exit status 0, 1 s]\",\"duration_ms\":5,\"files\":[]");
	live(f, "message.finished", "\"run\":\"s\",\"parent_call\":\"t\","
	    "\"message_id\":\"m\",\"text\":\"Found a.\",\"stop_reason\":"
	    "\"end_turn\"");
	live(f, "tool.finished", "\"run\":\"r\",\"call_id\":\"t\",\"name\":"
	    "\"task\",\"ok\":true,\"result\":\"Found a.\",\"duration_ms\":5,"
	    "\"files\":[]");
	assert_drawn(f,
	    "  ● task look round\n"
	    "    1 call");
	transcript_read(f->t, true);
	assert_drawn(f,
	    "  ● task look round\n"
	    "  │ › look\n"
	    "  │ ● shell ls\n"
	    "  │   a\n"
	    "  │   [exit status 0, 1 s]\n"
	    "  │\n"
	    "  │ Found a.");
}

static void
test_only_the_newest_plan_is_whole(void **state)
{
	static const char *const plan =
	    "\"run\":\"r\",\"items\":[{\"title\":\"one\",\"status\":\"done\"},"
	    "{\"title\":\"two\",\"status\":\"in_progress\"}]";
	struct fixture *f = *state;

	live(f, "plan.updated", plan);
	live_answer(f, "m", "On it.");
	live(f, "plan.updated", plan);
	assert_drawn(f,
	    "  ● plan  1 of 2 done\n"
	    "\n"
	    "  On it.\n"
	    "\n"
	    "  ● plan  1 of 2 done\n"
	    "    ✓ one\n"
	    "    ▸ two");
}

static void
test_a_retry_goes_when_it_helped(void **state)
{
	struct fixture *f = *state;

	live(f, "retry", "\"run\":\"r\",\"attempt\":2,\"delay_ms\":1500,"
	    "\"reason\":\"overloaded\",\"provider\":\"p\"");
	assert_drawn(f, "  ↻ overloaded (p) · attempt 2, waiting\n    1.5s");
	live_answer(f, "m", "Here I am.");
	assert_drawn(f, "  Here I am.");
}

static void
test_thoughts_are_folded(void **state)
{
	struct fixture *f = *state;

	f->app->facts.running = true;
	live(f, "reasoning.delta", "\"run\":\"r\",\"message_id\":\"m\","
	    "\"offset_bytes\":0,\"text\":\"first\\nlast line\"");
	assert_drawn(f, "  ✻ thinking · last line");
	live(f, "message.finished", "\"run\":\"r\",\"message_id\":\"m\","
	    "\"text\":\"Yes.\",\"reasoning\":\"first\\nlast line\","
	    "\"reasoning_ms\":12000,\"stop_reason\":\"end_turn\"");
	assert_drawn(f, "  ✻ thought for 12s\n\n  Yes.");
}

static void
test_ends_and_errors_say_what_to_do(void **state)
{
	struct fixture *f = *state;

	live(f, "error", "\"run\":\"r\",\"code\":\"llm.auth\",\"message\":"
	    "\"the key was refused\",\"hint\":\"Check the key.\","
	    "\"details\":\"\",\"retryable\":false,\"trace_id\":\"ab12\"");
	live(f, "run.finished", "\"run\":\"r\",\"stop_reason\":\"error\","
	    "\"duration_ms\":500");
	live(f, "user.message", "\"run\":\"q\",\"text\":\"again\"");
	live(f, "run.finished", "\"run\":\"q\",\"stop_reason\":\"cancelled\","
	    "\"duration_ms\":72000,\"cost_microusd\":1230000");
	assert_drawn(f,
	    "  ✗ the key was refused\n"
	    "    Check the key.\n"
	    "    llm.auth · trace ab12\n"
	    "\n"
	    "  › again\n"
	    "\n"
	    "  stopped · 1m 12s · $1.23");
}

#define WENT_BACK                                                             \
	"  › one\n\n  first\n\n"                                          \
	"  ↶ went back: what was said here since is\n    left out"

static void
test_going_back_takes_out_what_came_after(void **state)
{
	struct fixture *f = *state;

	live(f, "user.message", "\"text\":\"one\"");
	live_answer(f, "m1", "first");
	live(f, "user.message", "\"text\":\"two\"");
	live_answer(f, "m2", "second");
	live(f, "session.changed", "\"rewound_to\":3");
	assert_drawn(f, WENT_BACK);
	live(f, "user.message", "\"text\":\"three\"");
	live(f, "session.changed", "\"rewound_to\":6");
	live(f, "user.message", "\"text\":\"four\"");
	assert_drawn(f, WENT_BACK "\n\n  › four");
	assert_string_equal(transcript_last_answer(f->t).ptr, "first");
	/* Read again, it is the same. */
	transcript_open(f->t, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 8);
	assert_drawn(f, WENT_BACK "\n\n  › four");
	assert_string_equal(transcript_last_answer(f->t).ptr, "first");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_question_and_its_answer),
		T(test_calls_are_cards),
		T(test_a_command_that_failed_stands_out),
		T(test_a_command_that_was_stopped_says_so_once),
		T(test_lines_that_were_left_out_count),
		T(test_output_of_what_runs_is_shown_at_its_end),
		T(test_calls_that_only_read_are_summed_up),
		T(test_calls_that_read_are_one_row_while_they_run),
		T(test_text_does_not_move_down_in_a_run),
		T(test_changes_show_their_lines),
		T(test_a_sub_run_is_folded),
		T(test_only_the_newest_plan_is_whole),
		T(test_a_retry_goes_when_it_helped),
		T(test_thoughts_are_folded),
		T(test_ends_and_errors_say_what_to_do),
		T(test_going_back_takes_out_what_came_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
