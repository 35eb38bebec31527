/* reply: parts by key, calls that share keys, usage, the end of a stream. */
#include "llm/reply.h"

#include "tests/unit/unit.h"

struct seen {
	struct buf text, reasoning, calls;
};

static void
see_text(struct str text, void *ctx)
{
	buf_add_str(&((struct seen *)ctx)->text, text);
}

static void
see_reasoning(struct str text, void *ctx)
{
	buf_add_str(&((struct seen *)ctx)->reasoning, text);
}

static void
see_call(const char *call_id, const char *name, void *ctx)
{
	buf_printf(&((struct seen *)ctx)->calls, "%s=%s;",
	    strncmp(call_id, "call_", 5) == 0 ? "made" : call_id, name);
}

struct fixture {
	struct reply r;
	struct seen seen;
	struct error err;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct reply_sink sink = { see_text, see_reasoning, see_call,
		&f->seen };

	f->seen = (struct seen){ BUF_INIT(MIB), BUF_INIT(MIB), BUF_INIT(MIB) };
	reply_init(&f->r, &sink, "openai-chat", "groq");
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	reply_release(&f->r);
	buf_release(&f->seen.text);
	buf_release(&f->seen.reasoning);
	buf_release(&f->seen.calls);
	free(f);
	return 0;
}

/* "name(arguments)[cut];" of each call. */
static void
calls_of(const struct message *m, struct buf *out)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].kind == PART_TOOL_CALL)
			buf_printf(out, "%s(%s)%s;", m->parts[i].name,
			    buf_text(&m->parts[i].arguments),
			    m->parts[i].cut ? "cut" : "");
}

#define assert_calls(f, wanted)                                               \
	do {                                                                  \
		CLEANUP_BUF struct buf got_ = BUF_INIT(MIB);                  \
		calls_of((f)->r.message, &got_);                              \
		assert_string_equal(buf_text(&got_), wanted);                 \
	} while (0)

static int
call(struct fixture *f, int64_t key, const char *id, const char *name,
    const char *arguments)
{
	int rc = reply_call(&f->r, key, str_from(id), str_from(name), &f->err);

	return rc != 0 ? rc :
			 reply_call_arguments(&f->r, key, str_from(arguments),
			     &f->err);
}

static void
test_fragments_make_parts_in_order(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(reply_reasoning(&f->r, 0, STR("think"), &err));
	assert_ok(reply_text(&f->r, 0, STR("Hel"), &err));
	assert_ok(reply_text(&f->r, 0, STR(""), &err));
	assert_ok(reply_text(&f->r, 0, STR("lo"), &err));
	assert_ok(reply_text(&f->r, 1, STR("!"), &err));
	assert_int_equal(f->r.message->n_parts, 3);
	assert_int_equal(f->r.message->parts[0].kind, PART_REASONING);
	assert_string_equal(buf_text(&f->r.message->parts[1].text), "Hello");
	assert_string_equal(buf_text(&f->seen.text), "Hello!");
	assert_string_equal(buf_text(&f->seen.reasoning), "think");
}

static void
test_empty_text_makes_no_part(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(reply_text(&f->r, 0, STR_NONE, &err));
	assert_ok(reply_reasoning(&f->r, 0, STR(""), &err));
	assert_int_equal(f->r.message->n_parts, 0);
}

static void
test_opaque_makes_its_part(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(reply_opaque(&f->r, PART_REASONING, 3, STR("{}"), &err));
	assert_ok(reply_opaque(&f->r, PART_REASONING, 3, STR("[1]"), &err));
	assert_int_equal(f->r.message->n_parts, 1);
	assert_string_equal(buf_text(&f->r.message->parts[0].opaque), "[1]");
	assert_string_equal(f->r.message->parts[0].opaque_wire, "openai-chat");
	assert_string_equal(f->r.message->parts[0].opaque_provider, "groq");
}

static void
test_calls_interleave(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(call(f, 1, "a", "read", "{\"x\""));
	assert_ok(call(f, 2, "b", "grep", "{\"y\""));
	assert_ok(call(f, 1, "", "", ":1}"));
	assert_ok(call(f, 2, "b", "", ":2}"));
	assert_ok(reply_finish(&f->r, &err));
	assert_calls(f, "read({\"x\":1});grep({\"y\":2});");
	assert_string_equal(buf_text(&f->seen.calls), "a=read;b=grep;");
}

static void
test_calls_share_a_key_and_differ_by_id(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(call(f, 0, "a", "read", "{"));
	assert_ok(call(f, 0, "b", "grep", "{"));
	assert_ok(call(f, 0, "a", "", "\"x\":1}"));
	assert_ok(call(f, 0, "", "", " "));
	assert_ok(call(f, 0, "b", "", "}"));
	assert_ok(reply_finish(&f->r, &err));
	assert_calls(f, "read({\"x\":1} );grep({});");
}

static void
test_id_and_name_may_come_late(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(reply_call_arguments(&f->r, 0, STR("{}"), &err));
	assert_ok(call(f, 0, "", "read", ""));
	assert_string_equal(buf_text(&f->seen.calls), "");
	assert_ok(call(f, 0, "x", "", ""));
	assert_ok(call(f, 0, "x", "read", ""));
	assert_string_equal(buf_text(&f->seen.calls), "x=read;");
	assert_ok(reply_finish(&f->r, &err));
	assert_calls(f, "read({});");
}

static void
test_missing_and_double_ids_are_made(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(call(f, 0, "", "read", ""));
	assert_ok(call(f, 1, "same", "read", ""));
	assert_ok(call(f, 2, "same", "read", ""));
	assert_ok(reply_finish(&f->r, &err));
	assert_true(strncmp(f->r.message->parts[0].call_id, "call_", 5) == 0);
	assert_string_equal(f->r.message->parts[1].call_id, "same");
	assert_string_not_equal(f->r.message->parts[2].call_id, "same");
	assert_calls(f, "read({});read({});read({});");
}

static void
test_closed_key_starts_another_call(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(call(f, 0, "", "read", "{\"a\":1}"));
	assert_string_equal(reply_peek(&f->r, PART_TOOL_CALL, 0).ptr,
	    "{\"a\":1}");
	reply_call_close(&f->r, 0);
	assert_int_equal(reply_peek(&f->r, PART_TOOL_CALL, 0).len, 0);
	assert_ok(call(f, 0, "", "read", "{\"a\":2}"));
	assert_ok(reply_finish(&f->r, &err));
	assert_calls(f, "read({\"a\":1});read({\"a\":2});");
}

static void
test_ghost_calls_are_dropped(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(call(f, 7, "g", "", " "));
	assert_ok(call(f, 1, "", "read", "{}"));
	assert_ok(call(f, 9, "", "", ""));
	assert_ok(reply_finish(&f->r, &err));
	assert_calls(f, "read({});");
	assert_int_equal(f->r.message->n_parts, 1);
	assert_string_equal(buf_text(&f->seen.calls), "made=read;");
}

static void
test_whole_arguments_replace_fragments(void **state)
{
	struct fixture *f = *state;
	struct error err;

	assert_ok(call(f, 0, "a", "read", "{\"pa"));
	assert_ok(reply_call_arguments_whole(&f->r, 0, STR("{\"p\":1}"), &err));
	assert_ok(reply_call_arguments_whole(&f->r, 0, STR(""), &err));
	assert_ok(reply_finish(&f->r, &err));
	assert_calls(f, "read({\"p\":1});");
}

static void
test_cut_calls(void **state)
{
	static const struct {
		enum stop_reason stop;
		const char *first, *last;
		const char *calls;
		enum stop_reason becomes;
	} cases[] = {
		{ STOP_END_TURN, "{}", "{\"a\":\"}\"}",
		    "f({});g({\"a\":\"}\"});", STOP_TOOL_USE },
		{ STOP_TOOL_USE, "{}", "{\"a\":\"}",
		    "f({});g({\"a\":\"})cut;", STOP_TOOL_USE },
		{ STOP_MAX_TOKENS, "{}", "{}", "f({});g({})cut;",
		    STOP_MAX_TOKENS },
		{ STOP_MAX_TOKENS, "{\"a\":[", "", "f({\"a\":[)cut;g({})cut;",
		    STOP_MAX_TOKENS },
		{ STOP_REFUSAL, "{}", "{}", "f({})cut;g({})cut;",
		    STOP_REFUSAL },
		{ STOP_CONTENT_FILTER, "{}", "{}", "f({})cut;g({})cut;",
		    STOP_CONTENT_FILTER },
		{ STOP_TOOL_USE, "{\"a\":\"\\\"\"}", "{\"a\":\"\\\\\"}",
		    "f({\"a\":\"\\\"\"});g({\"a\":\"\\\\\"});",
		    STOP_TOOL_USE },
		/* Broken, yet not cut: the model is told what is wrong. */
		{ STOP_TOOL_USE, "nonsense", "{a:1}", "f(nonsense);g({a:1});",
		    STOP_TOOL_USE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture *f;
		struct error err;

		tear_down(state);
		set_up(state);
		f = *state;
		assert_ok(call(f, 0, "a", "f", cases[i].first));
		assert_ok(call(f, 1, "b", "g", cases[i].last));
		reply_stop(&f->r, cases[i].stop);
		assert_ok(reply_finish(&f->r, &err));
		assert_calls(f, cases[i].calls);
		assert_int_equal(f->r.stop, cases[i].becomes);
	}
}

static void
test_usage_takes_the_larger(void **state)
{
	struct fixture *f = *state;

	reply_usage(&f->r, &(struct usage){ .input_tokens = 10,
	    .output_tokens = 1, .exact = true });
	reply_usage(&f->r, &(struct usage){ .output_tokens = 7,
	    .cached_tokens = 4 });
	reply_usage(&f->r, &(struct usage){ .output_tokens = 5 });
	assert_int_equal(f->r.usage.input_tokens, 10);
	assert_int_equal(f->r.usage.cached_tokens, 4);
	assert_int_equal(f->r.usage.output_tokens, 7);
	assert_true(f->r.usage.exact);
}

static void
test_tool_use_without_calls_is_an_end(void **state)
{
	struct fixture *f = *state;
	struct error err;

	reply_stop(&f->r, STOP_TOOL_USE);
	assert_ok(reply_finish(&f->r, &err));
	assert_int_equal(f->r.stop, STOP_END_TURN);
}

static void
test_stop_none_never_replaces(void **state)
{
	struct fixture *f = *state;

	reply_stop(&f->r, STOP_END_TURN);
	reply_stop(&f->r, STOP_NONE);
	assert_int_equal(f->r.stop, STOP_END_TURN);
	reply_stop(&f->r, STOP_MAX_TOKENS);
	assert_int_equal(f->r.stop, STOP_MAX_TOKENS);
}

static void
test_parts_are_limited(void **state)
{
	struct fixture *f = *state;
	struct error err;

	for (int i = 0; i < REPLY_PARTS_MAX; i++)
		assert_ok(reply_text(&f->r, i, STR("x"), &err));
	assert_error(reply_text(&f->r, -1, STR("x"), &err), ERR_TOO_LARGE);
	assert_error(call(f, 0, "a", "b", ""), ERR_TOO_LARGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_fragments_make_parts_in_order),
		TEST(test_empty_text_makes_no_part),
		TEST(test_opaque_makes_its_part),
		TEST(test_calls_interleave),
		TEST(test_calls_share_a_key_and_differ_by_id),
		TEST(test_id_and_name_may_come_late),
		TEST(test_missing_and_double_ids_are_made),
		TEST(test_closed_key_starts_another_call),
		TEST(test_ghost_calls_are_dropped),
		TEST(test_whole_arguments_replace_fragments),
		TEST(test_cut_calls),
		TEST(test_usage_takes_the_larger),
		TEST(test_tool_use_without_calls_is_an_end),
		TEST(test_stop_none_never_replaces),
		TEST(test_parts_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
