/* A session at work: the loop, its calls, approvals, cancelling, steering. */
#include "tests/unit/agent_fixture.h"

#include <signal.h>
#include <sys/resource.h>

#include "event/bus.h"

/* Index of the first event of a type. */
static size_t
at(struct agent_fixture *f, const char *type)
{
	char text[64];

	snprintf(text, sizeof(text), "\"type\":\"%s\"", type);
	return fixture_await(f, 0, text, "");
}

static void
test_hello_is_one_request(void **state)
{
	static const struct said script[] = { { .text = "Hello!" } };
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "hello there"), "end_turn");
	assert_int_equal(f->n_asked, 1);
	assert_has(f->asked[0], "<context>");
	assert_has(f->asked[0], "hello there");
	assert_true(at(f, "run.started") < at(f, "user.message"));
	assert_true(at(f, "user.message") < at(f, "text.delta"));
	assert_true(at(f, "text.delta") < at(f, "message.finished"));
	assert_true(at(f, "message.finished") < at(f, "usage"));
	assert_int_equal(at(f, "run.finished"), f->n_events - 1);
	fixture_await(f, 0, "session.changed", "\"title\":\"hello there\"");
}

static void
test_every_event_fits_its_row(void **state)
{
	static const struct said script[] = {
		{ .text = "a", .reasoning = "b",
		    .calls = { { "c1", "look", "{}" } } },
		{ .text = "done" },
	};
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;

	BEGIN(f, MODE_ASK, script);
	fixture_run(f, "go");
	for (size_t i = 0; i < f->n_events; i++) {
		struct json *o;

		assert_ok(json_parse(str_from(f->events[i]), NULL, &o, &err));
		assert_ok(event_check(o, &err));
		json_destroy(o);
	}
}

static void
test_call_is_run_and_its_result_goes_back(void **state)
{
	static const struct said script[] = {
		{ .text = "I look.",
		    .calls = { { "c1", "look", "{\"n\":7}" } } },
		{ .text = "Seen." },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "look"), "end_turn");
	assert_int_equal(f->n_asked, 2);
	assert_has(f->asked[1], "looked at 7");
	assert_true(at(f, "message.finished") < at(f, "tool.started"));
	assert_true(at(f, "tool.started") < at(f, "tool.finished"));
}

static void
test_prefix_stays_the_same(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "c1", "look", "{}" } } },
		{ .text = "One." },
		{ .text = "Two." },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	fixture_run(f, "first");
	fixture_run(f, "second");
	for (size_t i = 1; i < 3; i++) {
		assert_string_equal(f->prefix[0], f->prefix[i]);
		assert_memory_equal(f->asked[i - 1], f->asked[i],
		    strlen(f->asked[i - 1]));
	}
}

static void
test_found_tools_are_added_at_the_end(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "c1", "tool_search",
			"{\"query\":\"recall\"}" } } },
		{ .text = "Found." },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	fixture_run(f, "find");
	assert_memory_equal(f->prefix[0], f->prefix[1], strlen(f->prefix[0]));
	assert_has_not(f->prefix[0], "\nrecall\n");
	assert_has(f->prefix[1], "\nrecall\n");
	/* Opened again, the list is the same. */
	f->n_script = 3;
	f->script = (const struct said[]){ { 0 }, { 0 }, { .text = "x" } };
	fixture_reopen(f, session_id(f->session));
	fixture_run(f, "again");
	assert_string_equal(f->prefix[1], f->prefix[2]);
}

static void
test_reading_calls_run_side_by_side_in_order(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "c1", "meet", "{\"n\":1}" },
			{ "c2", "meet", "{\"n\":2}" },
			{ "c3", "look", "{\"n\":3}" } } },
		{ .text = "done" },
	};
	struct agent_fixture *f = *state;
	const char *one, *two, *three;

	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "go"), "end_turn");
	one = strstr(f->asked[1], "met 1");
	two = strstr(f->asked[1], "met 2");
	three = strstr(f->asked[1], "looked at 3");
	assert_non_null(one);
	assert_true(one < two && two < three);
}

static void
test_wrong_calls_are_answered(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "c1", "look", "{\"n\":\"many\"}" },
			{ "c2", "nothing", "{}" },
			{ "c3", "look", "{\"n\":" } } },
		{ .text = "sorry" },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "go"), "end_turn");
	assert_has(f->asked[1], "tool.arguments");
	assert_has(f->asked[1], "tool.unknown");
	assert_int_equal(fixture_count(f, "\"tool.started\"", ""), 3);
	assert_int_equal(fixture_count(f, "\"tool.finished\"",
			     "\"ok\":false"), 3);
}

static void
test_same_failing_call_ends_the_run(void **state)
{
	static const struct said again = {
		.calls = { { "", "fail", "{\"n\":1}" } }
	};
	const struct said script[] = { again, again, again, again, again,
		again };
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;

	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "go"), "error");
	assert_int_equal(f->n_asked, 5);
	assert_has_not(f->asked[2], "do something else");
	assert_has(f->asked[3], "do something else");
	session_last_error(f->session, &err);
	assert_int_equal(err.code, ERR_TOOL_LOOP);
	fixture_await(f, 0, "\"type\":\"error\"", "tool.loop");
}

static void
test_repeated_call_ids_are_made_unique(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "0", "look", "{\"n\":1}" } } },
		{ .calls = { { "0", "look", "{\"n\":2}" } } },
		{ .text = "done" },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	fixture_run(f, "go");
	assert_int_equal(fixture_count(f, "\"tool.started\"",
			     "\"call_id\":\"0\""), 1);
	assert_int_equal(fixture_count(f, "\"tool.started\"", ""), 2);
}

/* --- approvals ---------------------------------------------------------- */

static const struct said change_script[] = {
	{ .calls = { { "c1", "change", "{}" } } },
	{ .text = "done" },
	{ .calls = { { "c2", "change", "{}" } } },
	{ .text = "done again" },
};

static void
answer(struct agent_fixture *f, const char *call, enum approval decision)
{
	struct approval_answer answer = { .decision = decision };
	struct error err = ERROR_INIT;
	char member[64];

	snprintf(member, sizeof(member), "\"call_id\":\"%s\"", call);
	fixture_await(f, 0, "approval.requested", member);
	assert_ok(session_answer(f->session, call, &answer, &err));
}

static void
test_approval_is_asked_once_per_call(void **state)
{
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, change_script);
	fixture_submit(f, "change", SUBMIT_QUEUE);
	answer(f, "c1", APPROVE_ONCE);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_int_equal(fixture_tools.wrote, 1);
	assert_true(at(f, "approval.resolved") < at(f, "tool.started"));
	fixture_submit(f, "change", SUBMIT_QUEUE);
	answer(f, "c2", APPROVE_NO);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_int_equal(fixture_tools.wrote, 1);
	assert_has(f->asked[3], "the user said no");
	/* A person decided: that is no refusal of the caller. */
	assert_false(session_refused(f->session));
}

static void
remember(const struct policy_rule *rule, void *ctx)
{
	struct agent_fixture *f = ctx;

	f->remembered = *rule;
}

static void
test_always_is_remembered_and_not_asked_again(void **state)
{
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, change_script);
	session_on_remember(f->session, remember, f);
	fixture_submit(f, "change", SUBMIT_QUEUE);
	answer(f, "c1", APPROVE_ALWAYS);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_string_equal(f->remembered.tool, "change");
	assert_string_equal(fixture_run(f, "again"), "end_turn");
	assert_int_equal(fixture_tools.wrote, 2);
	assert_int_equal(fixture_count(f, "approval.requested", ""), 1);
}

static void
test_nobody_there_means_no(void **state)
{
	struct agent_fixture *f = *state;

	f->opts.interactive = false;
	BEGIN(f, MODE_ASK, change_script);
	assert_string_equal(fixture_run(f, "change"), "end_turn");
	assert_int_equal(fixture_tools.wrote, 0);
	assert_has(f->asked[1], "policy.unanswered");
	assert_true(session_refused(f->session));
}

static void
test_unknown_answer_is_not_found(void **state)
{
	struct approval_answer answer = { .decision = APPROVE_ONCE };
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;

	BEGIN(f, MODE_ASK, change_script);
	assert_error(session_answer(f->session, "c9", &answer, &err),
	    ERR_NOT_FOUND);
}

static void
test_question_gets_its_answers(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "q1", "ask_user",
			"{\"questions\":[{\"question\":\"Which?\"}]}" } } },
		{ .text = "thanks" },
	};
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;
	struct json *answers;

	BEGIN(f, MODE_ASK, script);
	fixture_submit(f, "ask me", SUBMIT_QUEUE);
	fixture_await(f, 0, "question.requested", "Which?");
	assert_ok(json_parse(STR("[\"this one\"]"), NULL, &answers, &err));
	assert_ok(session_answer_question(f->session, "q1", answers, &err));
	json_destroy(answers);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_has(f->asked[1], "this one");
	fixture_await(f, 0, "question.resolved", "\"cancelled\":false");
}

/* --- cancelling --------------------------------------------------------- */

static void
test_cancel_in_a_stream_keeps_the_text(void **state)
{
	static const struct said script[] = {
		{ .text = "Half an ans", .hangs = true },
		{ .text = "Going on." },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	fixture_submit(f, "tell me", SUBMIT_QUEUE);
	fixture_await(f, 0, "text.delta", "Half an ans");
	session_cancel(f->session, CANCEL_STOP);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_string_equal(session_stop_reason(f->session), "cancelled");
	assert_string_equal(fixture_run(f, "go on"), "end_turn");
	assert_has(f->asked[1], "Half an ans");
	fixture_await(f, 0, "message.finished", "Half an ans");
}

static void
test_cancel_in_a_tool_gives_each_call_a_result(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "c1", "hang", "{}" }, { "c2", "change", "{}" },
			{ "c3", "look", "{}" } } },
		{ .text = "Going on." },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_AUTO, script);
	fixture_submit(f, "hang", SUBMIT_QUEUE);
	fixture_await(f, 0, "tool.started", "\"c1\"");
	session_cancel(f->session, CANCEL_STOP);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_string_equal(session_stop_reason(f->session), "cancelled");
	assert_int_equal(fixture_tools.wrote, 0);
	assert_string_equal(fixture_run(f, "go on"), "end_turn");
	assert_int_equal(fixture_count(f, "tool.finished", "\"ok\":false"), 3);
	assert_has(f->asked[1], "cancelled");
}

static void
test_cancel_in_an_approval(void **state)
{
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, change_script);
	fixture_submit(f, "change", SUBMIT_QUEUE);
	fixture_await(f, 0, "approval.requested", "\"c1\"");
	session_cancel(f->session, CANCEL_STOP);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_string_equal(session_stop_reason(f->session), "cancelled");
	fixture_await(f, 0, "approval.resolved", "\"decision\":\"deny\"");
	assert_string_equal(fixture_run(f, "go on"), "end_turn");
}

/* --- steering and the queue --------------------------------------------- */

static void
steer(void *ctx)
{
	fixture_submit(ctx, "and mind the tests", SUBMIT_STEER);
}

static void
queue_two(void *ctx)
{
	fixture_submit(ctx, "second", SUBMIT_QUEUE);
	fixture_submit(ctx, "third", SUBMIT_QUEUE);
}

static void
test_steering_comes_before_the_next_call(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "c1", "look", "{}" } }, .before = steer },
		{ .text = "Both." },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "go"), "end_turn");
	assert_int_equal(f->n_asked, 2);
	assert_has(f->asked[1], "mind the tests");
	assert_int_equal(fixture_count(f, "\"user.message\"", ""), 2);
	assert_int_equal(fixture_count(f, "\"run.started\"", ""), 1);
}

static void
test_steering_during_the_last_answer_is_not_lost(void **state)
{
	static const struct said script[] = {
		{ .text = "Done.", .before = steer },
		{ .text = "That too." },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "go"), "end_turn");
	assert_int_equal(f->n_asked, 2);
	assert_int_equal(fixture_count(f, "\"run.started\"", ""), 1);
}

static void
test_queue_runs_one_after_the_other(void **state)
{
	static const struct said script[] = {
		{ .text = "1", .before = queue_two },
		{ .text = "2" },
		{ .text = "3" },
	};
	struct agent_fixture *f = *state;
	size_t first, second;

	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "first"), "end_turn");
	assert_int_equal(f->n_asked, 3);
	first = fixture_await(f, 0, "run.finished", "");
	second = fixture_await(f, 0, "user.message", "\"second\"");
	assert_true(first < second);
	assert_int_equal(fixture_count(f, "\"run.finished\"", ""), 3);
}

static void
test_queue_outlives_a_cancel_and_the_process(void **state)
{
	static const struct said script[] = {
		{ .text = "1", .before = queue_two, .hangs = true },
		{ .text = "2" },
	};
	struct agent_fixture *f = *state;
	struct buf queue = BUF_INIT(1 * MIB);

	BEGIN(f, MODE_ASK, script);
	fixture_submit(f, "first", SUBMIT_QUEUE);
	fixture_await(f, 0, "text.delta", "");
	session_cancel(f->session, CANCEL_STOP);
	assert_true(session_wait(f->session, WAIT_MS));
	fixture_reopen(f, session_id(f->session));
	session_queue_json(f->session, &queue);
	assert_has(buf_text(&queue), "second");
	assert_has(buf_text(&queue), "third");
	buf_release(&queue);
}

static void
test_what_a_cancel_left_is_started(void **state)
{
	static const struct said script[] = {
		{ .text = "1", .before = queue_two, .hangs = true },
		{ .text = "2" },
		{ .text = "3" },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	assert_int_equal(session_queue_start(f->session, NULL),
	    -ERR_NOT_FOUND);
	fixture_submit(f, "first", SUBMIT_QUEUE);
	fixture_await(f, 0, "text.delta", "");
	assert_int_equal(session_queue_start(f->session, NULL), -ERR_BUSY);
	session_cancel(f->session, CANCEL_STOP);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_int_equal(f->n_asked, 1);
	assert_int_equal(session_queue_start(f->session, NULL), 0);
	assert_true(session_wait(f->session, WAIT_MS));
	assert_int_equal(f->n_asked, 3);
	assert_int_equal(fixture_count(f, "\"run.finished\"", ""), 3);
}

/* --- ends --------------------------------------------------------------- */

static void
test_lost_answer_is_asked_for_again(void **state)
{
	static const struct said script[] = {
		{ .text = "The first half", .fault = ERR_LLM_DROPPED,
		    .calls = { { "c1", "change", "{}" } } },
		{ .text = " and the second." },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_AUTO, script);
	assert_string_equal(fixture_run(f, "go"), "end_turn");
	assert_int_equal(fixture_tools.wrote, 0);
	assert_has(f->asked[1], "The first half");
	assert_has(f->asked[1], "where it stopped");
	fixture_await(f, 0, "\"retry\"", "\"attempt\":1");
}

static void
test_lost_answers_end_the_run_at_last(void **state)
{
	static const struct said lost = { .text = "x",
		.fault = ERR_LLM_DROPPED };
	const struct said script[] = { lost, lost, lost, lost, lost };
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_AUTO, script);
	assert_string_equal(fixture_run(f, "go"), "error");
	assert_int_equal(f->n_asked, 4);
}

static void
test_cut_call_is_not_run(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "c1", "change", "{\"n\": 1" } },
		    .stop = STOP_MAX_TOKENS },
		{ .text = "smaller" },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_AUTO, script);
	assert_string_equal(fixture_run(f, "go"), "end_turn");
	assert_int_equal(fixture_tools.wrote, 0);
	assert_has(f->asked[1], "smaller pieces");
}

static void
test_stop_reasons(void **state)
{
	static const struct {
		enum stop_reason stop;
		const char *ends;
	} cases[] = {
		{ STOP_END_TURN, "end_turn" },
		{ STOP_SEQUENCE, "end_turn" },
		{ STOP_MAX_TOKENS, "max_tokens" },
		{ STOP_REFUSAL, "refusal" },
		{ STOP_CONTENT_FILTER, "refusal" },
	};
	struct agent_fixture *f = *state;
	struct said script[ARRAY_LEN(cases)];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		script[i] = (struct said){ .text = "x",
			.stop = cases[i].stop };
	BEGIN(f, MODE_ASK, script);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(fixture_run(f, "go"), cases[i].ends);
}

static void
test_pause_goes_on(void **state)
{
	static const struct said script[] = {
		{ .text = "…", .stop = STOP_PAUSE_TURN },
		{ .text = "done" },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "go"), "end_turn");
	assert_int_equal(f->n_asked, 2);
}

static void
test_turn_cap(void **state)
{
	static const struct said look = {
		.calls = { { "", "look", "{}" } }
	};
	const struct said script[] = { look, look, look, look };
	struct agent_fixture *f = *state;

	f->opts.max_turns = 2;
	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "go"), "max_turns");
	assert_int_equal(f->n_asked, 2);
}

static void
test_money_cap(void **state)
{
	static const struct said look = {
		.calls = { { "", "look", "{}" } }, .input_tokens = 1000000
	};
	const struct said script[] = { look, look, look, look };
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;

	f->opts.caps.run = 500000; /* half a dollar */
	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "go"), "budget");
	assert_int_equal(f->n_asked, 1);
	session_last_error(f->session, &err);
	assert_int_equal(err.code, ERR_BUDGET);
	fixture_await(f, 0, "\"type\":\"error\"", "budget.exceeded");
}

static void
test_token_cap_warns_first(void **state)
{
	static const struct said look = {
		.calls = { { "", "look", "{}" } }, .input_tokens = 40000
	};
	const struct said script[] = { look, look, look, look };
	struct agent_fixture *f = *state;

	f->opts.max_tokens = 100000;
	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "go"), "budget");
	assert_int_equal(fixture_count(f, "budget.warning", ""), 1);
}

static void
test_task_has_a_context_of_its_own(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "t1", "task",
			"{\"title\":\"x\",\"prompt\":\"find it\"}" } } },
		{ .calls = { { "s1", "change", "{}" } } },
		{ .text = "It is in a.c:1." },
		{ .text = "Found." },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_AUTO, script);
	assert_string_equal(fixture_run(f, "secret request"), "end_turn");
	assert_has_not(f->asked[1], "secret request");
	assert_has(f->asked[1], "find it");
	/* Only reading tools are there. */
	assert_int_equal(fixture_tools.wrote, 0);
	assert_has(f->asked[3], "It is in a.c:1.");
	assert_has_not(f->asked[3], "find it\\n");
	fixture_await(f, 0, "run.started", "\"parent_call\":\"t1\"");
	fixture_await(f, 0, "run.finished", "\"parent_call\":\"t1\"");
}

static void
test_plan_is_shown(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "p1", "plan",
			"{\"items\":[{\"title\":\"a\",\"status\":"
			"\"in_progress\"}]}" } } },
		{ .text = "ok" },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_PLAN, script);
	fixture_run(f, "plan");
	fixture_await(f, 0, "plan.updated", "in_progress");
}

static void
test_user_command_is_expanded(void **state)
{
	static const struct said script[] = { { .text = "ok" } };
	struct agent_fixture *f = *state;

	fixture_write(f, ".friday/commands/fix.md",
	    "---\ndescription: x\n---\nFix issue $1 now.");
	BEGIN(f, MODE_ASK, script);
	fixture_run(f, "/fix 42");
	assert_has(f->asked[0], "Fix issue 42 now.");
	fixture_await(f, 0, "user.message", "/fix 42");
}

static void
test_instructions_are_sent_once(void **state)
{
	static const struct said script[] = { { .text = "1" },
		{ .text = "2" } };
	struct agent_fixture *f = *state;
	const char *first;

	fixture_write(f, "AGENTS.md", "Use tabs here.");
	BEGIN(f, MODE_ASK, script);
	fixture_run(f, "a");
	fixture_run(f, "b");
	first = strstr(f->asked[1], "Use tabs here.");
	assert_non_null(first);
	assert_null(strstr(first + 1, "Use tabs here."));
}

static void
test_mode_change_holds_for_the_next_call(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "c1", "change", "{}" } } },
		{ .text = "no" },
		{ .calls = { { "c2", "change", "{}" } } },
		{ .text = "yes" },
	};
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;

	BEGIN(f, MODE_PLAN, script);
	fixture_run(f, "a");
	assert_int_equal(fixture_tools.wrote, 0);
	assert_true(session_refused(f->session));
	assert_ok(session_set_mode(f->session, MODE_AUTO, &err));
	fixture_run(f, "b");
	assert_int_equal(fixture_tools.wrote, 1);
	fixture_await(f, 0, "mode.changed", "auto");
}

static void
test_patch_of_a_model_without_tools_is_applied(void **state)
{
	static const struct said script[] = {
		{ .text = "Like this:\n*** Begin Patch\n*** Add File: new.txt\n"
			  "+made\n*** End Patch\n" },
		{ .text = "Done." },
	};
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;
	struct json *models;
	char *path = file_join(f->repo, "new.txt");

	catalog_destroy(f->catalog);
	assert_ok(json_parse(STR("{\"openai/plain\":{\"tools\":false}}"), NULL,
	    &models, &err));
	assert_ok(catalog_create(NULL, models, &f->catalog, &err));
	json_destroy(models);
	f->opts.catalog = f->catalog;
	f->target.provider = catalog_provider(f->catalog, STR("openai"));
	f->target.model = "plain";
	BEGIN(f, MODE_EDIT, script);
	assert_string_equal(fixture_run(f, "make it"), "end_turn");
	assert_true(file_exists(path));
	fixture_await(f, 0, "tool.finished", "new.txt");
	free(path);
}

/* --- a full disk -------------------------------------------------------- */

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static bool
bus_tells(struct subscription *sub, const char *wanted)
{
	struct event *ev;
	bool found = false;

	while (!found && (ev = bus_wait(sub, WAIT_MS)) != NULL) {
		struct buf text = BUF_INIT(64 * MIB);

		event_print(ev, &text);
		found = strstr(buf_text(&text), wanted) != NULL;
		buf_release(&text);
		event_unref(ev);
	}
	return found;
}

static void
test_full_disk_ends_the_run_in_plain_words(void **state)
{
	static const struct said script[] = {
		{ .calls = { { "c1", "change", "{}" } } },
		{ .text = "done" },
	};
	struct agent_fixture *f = *state;
	struct bus *bus = bus_create();
	struct subscription *sub = bus_subscribe(bus, NULL, 100);
	struct error err = ERROR_INIT;

	f->opts.bus = bus;
	BEGIN(f, MODE_AUTO, script);
	signal(SIGXFSZ, SIG_IGN);
	limit_files(1);
	fixture_submit(f, "change", SUBMIT_QUEUE);
	assert_true(session_wait(f->session, 60 * 1000));
	limit_files(RLIM_INFINITY);
	assert_string_equal(session_stop_reason(f->session), "error");
	assert_int_equal(fixture_tools.wrote, 0);
	assert_true(bus_tells(sub, "\"type\":\"error\""));
	assert_true(bus_tells(sub, "\"type\":\"run.finished\""));
	/* With room again, the session goes on. */
	assert_ok(store_flush(f->store, true, WAIT_MS, &err));
	f->script = (const struct said[]){ { .text = "on" }, { .text = "on" } };
	assert_string_equal(fixture_run(f, "go on"), "end_turn");
	session_destroy(f->session);
	f->session = NULL;
	bus_unsubscribe(sub);
	bus_destroy(bus);
}

#define SCHEMA                                                                \
	"{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}," \
	"\"required\":[\"n\"]}"

static void
test_answer_that_fits_is_left_alone(void **state)
{
	static const struct said script[] = { { .text = "{ \"n\": 1 }\n" } };
	struct agent_fixture *f = *state;

	f->opts.output_schema = SCHEMA;
	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "count"), "end_turn");
	assert_has(f->asked[0], "<output_schema>");
	assert_int_equal(fixture_count(f, "message.finished", ""), 1);
}

static void
test_answer_is_repaired_without_asking(void **state)
{
	static const struct said script[] = {
		{ .text = "```json\n{\"N\": \"7\",}\n```" } };
	struct agent_fixture *f = *state;

	f->opts.output_schema = SCHEMA;
	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "count"), "end_turn");
	assert_int_equal(f->n_asked, 1);
	fixture_await(f, 0, "message.finished", "\"{\\\"n\\\":7}\"");
}

static void
test_answer_is_asked_for_again_cooler(void **state)
{
	static const struct said script[] = { { .text = "seven" },
		{ .text = "{\"m\":1}" }, { .text = "{\"n\":1}" } };
	struct agent_fixture *f = *state;

	f->opts.output_schema = SCHEMA;
	f->opts.temperature = 0.3;
	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "count"), "end_turn");
	assert_int_equal(f->n_asked, 3);
	assert_true(f->temperature[0] > 0.29 && f->temperature[0] < 0.31);
	assert_true(f->temperature[1] > 0.09 && f->temperature[1] < 0.11);
	assert_true(f->temperature[2] == 0);
}

static void
test_answer_that_never_fits_is_an_error(void **state)
{
	static const struct said script[] = { { .text = "a" }, { .text = "b" },
		{ .text = "c" } };
	struct agent_fixture *f = *state;
	struct error err = ERROR_INIT;

	f->opts.output_schema = SCHEMA;
	BEGIN(f, MODE_ASK, script);
	assert_string_equal(fixture_run(f, "count"), "error");
	session_last_error(f->session, &err);
	assert_int_equal(err.code, ERR_SCHEMA_MISMATCH);
}

static void
test_first_request_is_small(void **state)
{
	static const struct said script[] = { { .text = "Hi" } };
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, script);
	fixture_run(f, "hello");
	assert_in_range(strlen(f->prefix[0]) + strlen(f->asked[0]), 1,
	    12500);
}

#define T(name)                                                               \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_hello_is_one_request),
		T(test_every_event_fits_its_row),
		T(test_call_is_run_and_its_result_goes_back),
		T(test_prefix_stays_the_same),
		T(test_found_tools_are_added_at_the_end),
		T(test_reading_calls_run_side_by_side_in_order),
		T(test_wrong_calls_are_answered),
		T(test_same_failing_call_ends_the_run),
		T(test_repeated_call_ids_are_made_unique),
		T(test_approval_is_asked_once_per_call),
		T(test_always_is_remembered_and_not_asked_again),
		T(test_nobody_there_means_no),
		T(test_unknown_answer_is_not_found),
		T(test_question_gets_its_answers),
		T(test_cancel_in_a_stream_keeps_the_text),
		T(test_cancel_in_a_tool_gives_each_call_a_result),
		T(test_cancel_in_an_approval),
		T(test_steering_comes_before_the_next_call),
		T(test_steering_during_the_last_answer_is_not_lost),
		T(test_queue_runs_one_after_the_other),
		T(test_queue_outlives_a_cancel_and_the_process),
		T(test_what_a_cancel_left_is_started),
		T(test_lost_answer_is_asked_for_again),
		T(test_lost_answers_end_the_run_at_last),
		T(test_cut_call_is_not_run),
		T(test_stop_reasons),
		T(test_pause_goes_on),
		T(test_turn_cap),
		T(test_money_cap),
		T(test_token_cap_warns_first),
		T(test_task_has_a_context_of_its_own),
		T(test_plan_is_shown),
		T(test_user_command_is_expanded),
		T(test_instructions_are_sent_once),
		T(test_mode_change_holds_for_the_next_call),
		T(test_patch_of_a_model_without_tools_is_applied),
		T(test_full_disk_ends_the_run_in_plain_words),
		T(test_answer_that_fits_is_left_alone),
		T(test_answer_is_repaired_without_asking),
		T(test_answer_is_asked_for_again_cooler),
		T(test_answer_that_never_fits_is_an_error),
		T(test_first_request_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
