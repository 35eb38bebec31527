/* Compaction: where it cuts, what it keeps, what goes on afterwards. */
#include "tests/unit/agent_fixture.h"

#include "agent/compact.h"

static struct message *
said_by(enum role role, const char *text)
{
	struct message *m = message_create(role);

	message_add_text(m, str_from(text));
	return m;
}

static struct message *
call_of(const char *name, const char *arguments)
{
	struct message *m = message_create(ROLE_ASSISTANT);
	struct part *p = message_add(m, PART_TOOL_CALL);

	p->call_id = mem_strdup("c");
	p->name = mem_strdup(name);
	buf_add_cstr(&p->arguments, arguments);
	return m;
}

static struct message *
result_of(const char *text)
{
	struct message *m = message_create(ROLE_USER);

	message_add_result(m, "c", "t", str_from(text), false);
	return m;
}

static void
test_border_is_in_front_of_an_answer(void **state)
{
	struct convo c;

	(void)state;
	convo_init(&c);
	convo_add(&c, said_by(ROLE_USER, "one"));
	convo_add(&c, call_of("read", "{}"));
	convo_add(&c, result_of("text"));
	convo_add(&c, said_by(ROLE_ASSISTANT, "two"));
	convo_add(&c, said_by(ROLE_USER, "three"));
	assert_int_equal(compact_border(&c, 0), 5);
	assert_int_equal(compact_border(&c, 1 << 20), 1);
	assert_int_equal(compact_border(&c,
	    message_estimate_tokens(c.items[3]) +
		message_estimate_tokens(c.items[4])), 3);
	convo_release(&c);
}

static void
test_paths_are_found_in_calls_and_summaries(void **state)
{
	struct buf paths = BUF_INIT(64 * KIB);
	struct convo c;

	(void)state;
	convo_init(&c);
	convo_add(&c, said_by(ROLE_USER,
	    "x\nFiles changed so far:\n- old.c\n\nmore\n- not.c\n"));
	convo_add(&c, call_of("edit", "{\"path\":\"a.c\"}"));
	convo_add(&c, call_of("read", "{\"path\":\"b.c\"}"));
	convo_add(&c, call_of("apply_patch",
	    "{\"patch\":\"*** Begin Patch\\n*** Update File: d.c\\n"
	    "*** Move to: e.c\\n*** End Patch\"}"));
	convo_add(&c, call_of("write", "{\"path\":\"a.c\"}"));
	compact_paths(&c, c.n, &paths);
	assert_string_equal(buf_text(&paths),
	    "- old.c\n- a.c\n- d.c\n- e.c\n");
	buf_release(&paths);
	convo_release(&c);
}

static void
test_transcript_cuts_long_results(void **state)
{
	struct buf text = BUF_INIT(1 * MIB), out = BUF_INIT(1 * MIB);
	struct convo c;

	(void)state;
	buf_add_repeated(&text, 'x', 100000);
	convo_init(&c);
	convo_add(&c, said_by(ROLE_USER, "<context>\nsecret\n</context>"));
	convo_add(&c, call_of("read", "{}"));
	convo_add(&c, result_of(buf_text(&text)));
	compact_transcript(&c, c.n, &out);
	assert_in_range(out.len, 100, 4000);
	assert_has_not(buf_text(&out), "secret");
	buf_release(&text);
	buf_release(&out);
	convo_release(&c);
}

static const struct said long_script[] = {
	{ .calls = { { "p1", "plan",
		"{\"items\":[{\"title\":\"write docs\",\"status\":\"pending\"},"
		"{\"title\":\"old step\",\"status\":\"done\"}]}" } } },
	{ .calls = { { "c1", "look", "{}" } }, .input_tokens = 2000000 },
	{ .text = "THE SUMMARY" },
	{ .text = "All done." },
	{ .text = "And more." },
};

static void
test_full_context_is_compacted_and_the_run_goes_on(void **state)
{
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;

	fixture_write(f, "AGENTS.md", "Use tabs here.");
	BEGIN(f, MODE_ASK, long_script);
	assert_string_equal(fixture_run(f, "do the whole thing"), "end_turn");
	assert_int_equal(f->n_asked, 4);
	assert_has(f->asked[2], "<transcript>");
	assert_has(f->asked[3], "THE SUMMARY");
	assert_has(f->asked[3], "do the whole thing");
	assert_has(f->asked[3], "write docs");
	assert_has_not(f->asked[3], "old step\\n");
	assert_has(f->asked[3], "Use tabs here.");
	assert_string_equal(f->prefix[0], f->prefix[3]);
	fixture_await(f, 0, "\"compacted\"", "THE SUMMARY");
	assert_ok(store_flush(f->store, true, WAIT_MS, &err));
	/* Opened again, the summary stands in the old messages' place. */
	fixture_reopen(f, session_id(f->session));
	fixture_run(f, "more");
	assert_memory_equal(f->asked[3], f->asked[4], strlen(f->asked[3]));
}

static void
test_context_error_compacts_once(void **state)
{
	static const struct said script[] = {
		{ .text = "one" },
		{ .fault = ERR_LLM_CONTEXT },
		{ .text = "SUMMARY" },
		{ .text = "two" },
	};
	struct agent_fixture *f = *state;
	struct buf big = BUF_INIT(2 * MIB);

	BEGIN(f, MODE_ASK, script);
	buf_add_repeated(&big, 'y', 600000);
	fixture_run(f, buf_text(&big));
	assert_string_equal(fixture_run(f, "second"), "end_turn");
	assert_has(f->asked[3], "SUMMARY");
	buf_release(&big);
}

static void
test_asked_compaction_is_a_run_of_its_own(void **state)
{
	static const struct said script[] = {
		{ .text = "one" },
		{ .text = "SUMMARY" },
		{ .text = "two" },
		{ .calls = { { "r1", "recall",
			"{\"query\":\"first words\"}" } } },
		{ .text = "three" },
	};
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;

	BEGIN(f, MODE_ASK, script);
	fixture_run(f, "first words");
	assert_ok(session_compact(f->session, STR("the names"), &err));
	assert_true(session_wait(f->session, WAIT_MS));
	assert_has(f->asked[1], "the names");
	fixture_run(f, "second");
	assert_has(f->asked[2], "SUMMARY");
	/* What was summed up is still found. */
	fixture_run(f, "third");
	assert_has(f->asked[4], "## user");
	assert_int_equal(fixture_count(f, "run.finished", ""), 4);
}

static void
test_nothing_to_compact_is_an_error(void **state)
{
	static const struct said script[] = { { .text = "one" } };
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;

	BEGIN(f, MODE_ASK, script);
	assert_ok(session_compact(f->session, STR_NONE, &err));
	assert_true(session_wait(f->session, WAIT_MS));
	assert_string_equal(session_stop_reason(f->session), "error");
	assert_int_equal(f->n_asked, 0);
}

#define T(name)                                                               \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_border_is_in_front_of_an_answer),
		cmocka_unit_test(test_paths_are_found_in_calls_and_summaries),
		cmocka_unit_test(test_transcript_cuts_long_results),
		T(test_full_context_is_compacted_and_the_run_goes_on),
		T(test_context_error_compacts_once),
		T(test_asked_compaction_is_a_run_of_its_own),
		T(test_nothing_to_compact_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
