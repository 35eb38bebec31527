/* text_tools: the conversation as text, and answers whose calls are held back
 * while they stream. */
#include "llm/text_tools.h"

#include "base/mem.h"
#include "tests/unit/unit.h"

static const struct llm_tool tools[] = {
	{ "read", "Read a file.", "{\"type\":\"object\"}" },
};
static const struct model without_tools = { .abilities = 0 };
static const struct model with_tools = { .abilities = MODEL_TOOLS };

static void
see_text(struct str text, void *ctx)
{
	buf_add_str(ctx, text);
}

/* Streams the text in two pieces; "shown|text|calls:stop". */
static void
run(const struct model *m, const char *text, size_t split, struct buf *out)
{
	const struct llm_request request = { .tools = tools, .n_tools = 1 };
	CLEANUP_BUF struct buf shown = BUF_INIT(MIB), whole = BUF_INIT(MIB);
	const struct reply_sink sink = { .text = see_text, .ctx = &shown };
	struct str all = str_from(text);
	struct text_tools t;
	struct reply r;
	struct error err;

	text_tools_begin(&t, m, &request);
	reply_init(&r, &sink, "openai-chat", "x");
	text_tools_attach(&t, &r);
	assert_ok(reply_text(&r, 0, str_sub(all, 0, split), &err));
	assert_ok(reply_text(&r, 0, str_sub(all, split, SIZE_MAX), &err));
	reply_stop(&r, STOP_END_TURN);
	assert_ok(reply_finish(&r, &err));
	text_tools_finish(&t, true);
	text_tools_release(&t);
	message_text(r.message, &whole);
	assert_string_equal(buf_text(&shown), buf_text(&whole));
	buf_add_str(out, buf_str(&whole));
	for (size_t i = 0; i < r.message->n_parts; i++)
		if (r.message->parts[i].kind == PART_TOOL_CALL)
			buf_printf(out, "|%s %s", r.message->parts[i].name,
			    buf_text(&r.message->parts[i].arguments));
	buf_printf(out, ":%s", stop_reason_name(r.stop));
	reply_release(&r);
}

static void
test_streams_split_anywhere(void **state)
{
	static const struct {
		const struct model *m;
		const char *text, *wanted;
	} cases[] = {
		{ &without_tools,
		    "Let me see.\n\n```c\nint x;\n```\nNow:\n```tool_call\n"
		    "{\"name\":\"read\",\"arguments\":{\"path\":\"a\"}}\n```\n",
		    "Let me see.\n\n```c\nint x;\n```\nNow:\n"
		    "|read {\"path\":\"a\"}:tool_use" },
		{ &without_tools,
		    "<tool_call>{\"name\":\"read\"}</tool_call>\nbehind",
		    "behind|read {}:tool_use" },
		{ &without_tools, "a <tool_call> b\n<tool>\n<func\n`` x\n```",
		    "a <tool_call> b\n<tool>\n<func\n`` x\n```:end_turn" },
		{ &without_tools, "~~~\n<tool_call>{}\n~~~x\n~~~\n<tool_ca",
		    "~~~\n<tool_call>{}\n~~~x\n~~~\n<tool_ca:end_turn" },
		{ &without_tools, "```tool_call\nno JSON\n```\nrest\n",
		    "```tool_call\nno JSON\n```\nrest\n:end_turn" },
		{ &with_tools, "Hm.\n<tool_call>{\"name\":\"read\"}",
		    "Hm.\n|read {}:tool_use" },
		{ &with_tools,
		    "Write\n<tool_call>{\"name\":\"read\"}</tool_call>\nso.",
		    "Write\n<tool_call>{\"name\":\"read\"}</tool_call>\nso."
		    ":end_turn" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t at = 0; at <= strlen(cases[i].text); at++) {
			CLEANUP_BUF struct buf got = BUF_INIT(MIB);

			run(cases[i].m, cases[i].text, at, &got);
			assert_string_equal(buf_text(&got), cases[i].wanted);
		}
}

static void
test_real_calls_are_left_alone(void **state)
{
	const struct llm_request request = { .tools = tools, .n_tools = 1 };
	CLEANUP_BUF struct buf shown = BUF_INIT(MIB);
	const struct reply_sink sink = { .text = see_text, .ctx = &shown };
	struct text_tools t;
	struct reply r;
	struct error err;

	text_tools_begin(&t, &with_tools, &request);
	reply_init(&r, &sink, "openai-chat", "x");
	text_tools_attach(&t, &r);
	assert_ok(reply_text(&r, 0,
	    STR("<tool_call>{\"name\":\"read\"}</tool_call>"), &err));
	assert_ok(reply_call(&r, 0, STR("c"), STR("read"), &err));
	assert_ok(reply_finish(&r, &err));
	text_tools_finish(&t, true);
	text_tools_release(&t);
	assert_int_equal(r.message->n_parts, 2);
	assert_string_equal(buf_text(&shown),
	    "<tool_call>{\"name\":\"read\"}</tool_call>");
	reply_release(&r);
}

/* What broke off is shown and runs nothing. */
static void
test_broken_answer_holds_no_calls(void **state)
{
	const struct llm_request request = { .tools = tools, .n_tools = 1 };
	CLEANUP_BUF struct buf shown = BUF_INIT(MIB);
	const struct reply_sink sink = { .text = see_text, .ctx = &shown };
	struct text_tools t;
	struct reply r;
	struct error err;

	text_tools_begin(&t, &without_tools, &request);
	reply_init(&r, &sink, "openai-chat", "x");
	text_tools_attach(&t, &r);
	assert_ok(reply_text(&r, 0, STR("<tool_call>{\"name\":\"read\"}"),
	    &err));
	assert_ok(reply_finish(&r, &err));
	text_tools_finish(&t, false);
	text_tools_release(&t);
	assert_false(message_has(r.message, PART_TOOL_CALL));
	assert_string_equal(buf_text(&shown), "<tool_call>{\"name\":\"read\"}");
	reply_release(&r);
}

static void
test_conversation_becomes_text(void **state)
{
	struct message *user = message_create(ROLE_USER);
	struct message *call = message_create(ROLE_ASSISTANT);
	struct message *result = message_create(ROLE_USER);
	const struct message *list[] = { user, call, result };
	const struct llm_request request = { .system = STR("Be good."),
		.messages = list, .n_messages = 3, .tools = tools,
		.n_tools = 1 };
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	struct text_tools t;
	struct part *p;

	message_add_text(user, STR("Read a."));
	message_add_text(call, STR("Reading."));
	p = message_add(call, PART_TOOL_CALL);
	p->call_id = mem_strdup("c");
	p->name = mem_strdup("read");
	buf_add_cstr(&p->arguments, "{\"path\": \"a\"}");
	message_add_result(result, "c", "read", STR("```c\nx"), false);
	message_add_image(result, "image/png", STR("aGk="));
	message_add_result(result, "d", "read", STR(""), true);

	text_tools_begin(&t, &without_tools, &request);
	assert_int_equal(t.request->n_tools, 0);
	assert_true(str_starts(t.request->system,
	    STR("Be good.\n\n# Tools\n")));
	assert_true(str_find(t.request->system,
			STR("\n## read\nRead a file.\nParameters (JSON "
			    "Schema): {\"type\":\"object\"}\n"),
			0) != SIZE_MAX);
	assert_ptr_equal(t.request->messages[0], user);
	message_text(t.request->messages[1], &text);
	assert_string_equal(buf_text(&text),
	    "Reading.\n```tool_call\n{\"name\":\"read\",\"arguments\":"
	    "{\"path\": \"a\"}}\n```\n");
	buf_clear(&text);
	message_text(t.request->messages[2], &text);
	assert_string_equal(buf_text(&text),
	    "````tool_result read\n```c\nx\n````\n"
	    "```tool_result read (failed)\n(no output)\n```\n");
	assert_true(message_has(t.request->messages[2], PART_IMAGE));
	text_tools_release(&t);

	text_tools_begin(&t, &with_tools, &request);
	assert_ptr_equal(t.request, &request);
	text_tools_release(&t);
	message_destroy(user);
	message_destroy(call);
	message_destroy(result);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams_split_anywhere),
		cmocka_unit_test(test_real_calls_are_left_alone),
		cmocka_unit_test(test_broken_answer_holds_no_calls),
		cmocka_unit_test(test_conversation_becomes_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
