/* Opening a session that a kill left in each phase. The store is filled with
 * what a run had written until then. */
#include "tests/unit/agent_fixture.h"

#include "agent/emit.h"

enum phase {
	AFTER_PROMPT,
	IN_STREAM,
	AFTER_ANSWER, /* with calls, none started */
	IN_APPROVAL,
	IN_TOOL,
	BETWEEN_TOOLS, /* one has its result */
};

struct state {
	char session[ID_SIZE], run[ID_SIZE], message[ID_SIZE];
	struct emit_to to;
};

static void
make_session(struct agent_fixture *f, struct state *st)
{
	struct session_row row = { .title = "killed" };
	struct error err = ERROR_INIT;

	id_make(st->session);
	id_make(st->run);
	id_make(st->message);
	memcpy(row.id, st->session, sizeof(row.id));
	snprintf(row.folder, sizeof(row.folder), "%s", f->repo);
	snprintf(row.mode, sizeof(row.mode), "auto");
	assert_ok(store_session_create(f->store, &row, &err));
	st->to = (struct emit_to){ .store = f->store, .session = st->session,
		.run = st->run };
}

static void
put(const struct state *st, enum event_type type, const char *members,
    struct message *m)
{
	const struct message *kept[] = { m };
	struct event *ev = event_create(type, st->session, st->run,
	    str_from(members));
	struct error err = ERROR_INIT;

	assert_ok(emit_store(&st->to, &ev, 1, kept, m != NULL, &err));
	message_destroy(m);
}

static void
put_call(struct message *m, const char *id)
{
	struct part *p = message_add(m, PART_TOOL_CALL);

	p->call_id = mem_strdup(id);
	p->name = mem_strdup("change");
	buf_add_cstr(&p->arguments, "{}");
}

static void
put_answer(const struct state *st)
{
	struct message *m = message_create(ROLE_ASSISTANT);

	message_add_text(m, STR("I change it."));
	put_call(m, "c1");
	put_call(m, "c2");
	put(st, EVENT_MESSAGE_FINISHED,
	    "\"message_id\":\"m\",\"text\":\"I change it.\","
	    "\"stop_reason\":\"tool_use\"", m);
}

static void
put_delta(const struct state *st, int offset, const char *text)
{
	char members[256];

	snprintf(members, sizeof(members),
	    "\"message_id\":\"%s\",\"offset_bytes\":%d,\"text\":\"%s\"",
	    st->message, offset, text);
	put(st, EVENT_TEXT_DELTA, members, NULL);
}

static void
fill(struct agent_fixture *f, struct state *st, enum phase phase)
{
	struct message *m = message_create(ROLE_USER);
	struct error err = ERROR_INIT;

	make_session(f, st);
	put(st, EVENT_RUN_STARTED,
	    "\"schema\":1,\"prompt\":\"go\",\"provider\":\"openai\","
	    "\"model\":\"m\",\"mode\":\"auto\",\"cwd\":\"/\"", NULL);
	message_add_text(m, STR("change it"));
	put(st, EVENT_USER_MESSAGE, "\"text\":\"change it\"", m);
	if (phase == IN_STREAM) {
		put_delta(st, 0, "Half an ");
		put_delta(st, 8, "answer");
	}
	if (phase >= AFTER_ANSWER)
		put_answer(st);
	if (phase == IN_APPROVAL)
		put(st, EVENT_APPROVAL_REQUESTED,
		    "\"call_id\":\"c1\",\"name\":\"change\",\"kind\":\"edit\","
		    "\"summary\":\"\",\"reason\":\"\",\"rule\":\"\"", NULL);
	if (phase >= IN_TOOL)
		put(st, EVENT_TOOL_STARTED,
		    "\"call_id\":\"c1\",\"name\":\"change\",\"arguments\":{}",
		    NULL);
	if (phase == BETWEEN_TOOLS) {
		m = message_create(ROLE_USER);
		message_add_result(m, "c1", "change", STR("changed"), false);
		put(st, EVENT_TOOL_FINISHED,
		    "\"call_id\":\"c1\",\"name\":\"change\",\"ok\":true,"
		    "\"result\":\"changed\",\"duration_ms\":1,\"files\":[]",
		    m);
	}
	assert_ok(store_flush(f->store, true, WAIT_MS, &err));
}

static const struct said script[] = { { .text = "Going on." } };

/* Opens it, and lets it go on. */
static void
resume(struct agent_fixture *f, struct state *st)
{
	f->script = script;
	f->n_script = 1;
	fixture_reopen(f, st->session);
	fixture_await(f, 0, "\"run.finished\"", st->run);
	assert_string_equal(fixture_run(f, "go on"), "end_turn");
	assert_has(f->asked[0], "change it");
}

static void
test_killed_after_the_prompt(void **state)
{
	struct agent_fixture *f = *state;
	struct state st;

	fill(f, &st, AFTER_PROMPT);
	resume(f, &st);
	fixture_await(f, 0, "session.interrupted", "");
}

static void
test_killed_in_the_stream_keeps_the_text(void **state)
{
	struct agent_fixture *f = *state;
	struct state st;

	fill(f, &st, IN_STREAM);
	resume(f, &st);
	assert_has(f->asked[0], "Half an answer");
	fixture_await(f, 0, "message.finished", "Half an answer");
}

static void
test_killed_before_the_calls(void **state)
{
	struct agent_fixture *f = *state;
	struct state st;

	fill(f, &st, AFTER_ANSWER);
	resume(f, &st);
	assert_has(f->asked[0], "interrupted: friday was stopped");
	assert_int_equal(fixture_count(f, "tool.started", ""), 2);
	assert_int_equal(fixture_count(f, "tool.finished", ""), 2);
	assert_int_equal(fixture_tools.wrote, 0);
}

static void
test_killed_in_an_approval(void **state)
{
	struct agent_fixture *f = *state;
	struct state st;

	fill(f, &st, IN_APPROVAL);
	resume(f, &st);
	fixture_await(f, 0, "approval.resolved", "interrupted");
	assert_int_equal(fixture_count(f, "tool.finished", ""), 2);
}

static void
test_killed_in_a_tool(void **state)
{
	struct agent_fixture *f = *state;
	struct state st;

	fill(f, &st, IN_TOOL);
	resume(f, &st);
	/* The first had started before. */
	assert_int_equal(fixture_count(f, "tool.started", ""), 2);
	assert_int_equal(fixture_count(f, "tool.finished", "interrupted"), 2);
}

static void
test_killed_between_tools_keeps_the_result(void **state)
{
	struct agent_fixture *f = *state;
	struct state st;

	fill(f, &st, BETWEEN_TOOLS);
	resume(f, &st);
	assert_has(f->asked[0], "\"changed\"");
	assert_int_equal(fixture_count(f, "tool.finished", "interrupted"), 1);
}

static void
test_opening_twice_repairs_once(void **state)
{
	struct agent_fixture *f = *state;
	struct state st;

	fill(f, &st, IN_TOOL);
	resume(f, &st);
	f->n_asked = 0;
	free(f->asked[0]);
	free(f->prefix[0]);
	fixture_reopen(f, st.session);
	assert_int_equal(fixture_count(f, "session.interrupted", ""), 1);
	assert_int_equal(fixture_count(f, "tool.finished", "interrupted"), 2);
}

static void
test_messages_go_back_as_they_were_stored(void **state)
{
	static const struct said signed_script[] = {
		{ .reasoning = "thinking", .text = "answer" },
		{ .text = "again" },
	};
	struct agent_fixture *f = *state;

	BEGIN(f, MODE_ASK, signed_script);
	fixture_run(f, "one");
	fixture_reopen(f, session_id(f->session));
	fixture_run(f, "two");
	assert_memory_equal(f->asked[0], f->asked[1], strlen(f->asked[0]));
	assert_has(f->asked[1], "thinking");
	assert_string_equal(f->prefix[0], f->prefix[1]);
}

#define T(name)                                                               \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_killed_after_the_prompt),
		T(test_killed_in_the_stream_keeps_the_text),
		T(test_killed_before_the_calls),
		T(test_killed_in_an_approval),
		T(test_killed_in_a_tool),
		T(test_killed_between_tools_keeps_the_result),
		T(test_opening_twice_repairs_once),
		T(test_messages_go_back_as_they_were_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
