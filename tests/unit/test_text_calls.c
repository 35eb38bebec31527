/* text_calls: the forms in which models write calls, and what is none. */
#include "llm/text_calls.h"

#include "tests/unit/unit.h"

static const struct llm_tool tools[] = {
	{ "read", "Read.",
	    "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":"
	    "\"string\"},\"limit\":{\"type\":\"integer\"},\"lines\":{\"type\":"
	    "\"array\"}}}" },
	{ "list", "List.", "{\"type\":\"object\"}" },
};

/* The text that is left, then "name arguments[ CUT]" of each call. */
struct row {
	const char *text, *wanted;
};

static const struct row lenient_rows[] = {
	{ "Let me look.\n```tool_call\n{\"name\": \"read\", \"arguments\": "
	  "{\"path\": \"a.c\"}}\n```\n",
	    "Let me look.\n|read {\"path\":\"a.c\"}" },
	{ "```tool_call\n{\"name\":\"list\",\"arguments\":{}}\n```\n"
	  "```tool_call\n{\"name\":\"list\"}\n```",
	    "|list {}|list {}" },
	/* Variants of the fence */
	{ "~~~~ tool_calls\n[{\"name\":\"list\"},{\"name\":\"read\","
	  "\"parameters\":{\"path\":\"b\"}}]\n~~~~\nafter\n",
	    "after\n|list {}|read {\"path\":\"b\"}" },
	{ "   ```Tool_Call\n{\"name\":\"list\"}\n   ```", "|list {}" },
	{ "```tool_call\r\n{\"name\":\"list\"}\r\n```\r\n", "|list {}" },
	/* Variants of the object */
	{ "```tool_call\n{\"tool\":\"read\",\"args\":{\"path\":\"a\"}}\n```",
	    "|read {\"path\":\"a\"}" },
	{ "```tool_call\n{\"type\":\"function\",\"function\":{\"name\":"
	  "\"read\",\"arguments\":\"{\\\"path\\\":\\\"a\\\"}\"}}\n```",
	    "|read {\"path\":\"a\"}" },
	/* Repaired: a line end in a string, commas before brackets */
	{ "```tool_call\n{\"name\":\"read\",\"arguments\":{\"path\":\"a\nb\","
	  "},}\n```",
	    "|read {\"path\":\"a\\nb\"}" },
	/* Fences and closing tags inside strings */
	{ "```tool_call\n{\"name\":\"read\",\"arguments\":{\"path\":\"```\\n"
	  "</tool_call>\"}}\n```",
	    "|read {\"path\":\"```\\n</tool_call>\"}" },
	/* Beyond repair: the model is told by way of the call */
	{ "```tool_call\n{\"name\":\"read\",\"arguments\":{path:1}}\n```\nx",
	    "x|read {\"name\":\"read\",\"arguments\":{path:1}}" },
	/* The stream ended early */
	{ "```tool_call\n{\"name\":\"read\",\"arguments\":{\"path\":\"a",
	    "|read {\"name\":\"read\",\"arguments\":{\"path\":\"a CUT" },
	{ "```tool_call\n{\"name\":\"list\"}", "|list {}" },
	/* Hermes, Qwen */
	{ "a\n<tool_call>\n{\"name\": \"list\", \"arguments\": {}}\n"
	  "</tool_call>\n<tool_call>{\"name\":\"read\"}</tool_call>",
	    "a\n|list {}|read {}" },
	{ "<tool_call>{\"name\":\"list\"}", "|list {}" },
	/* Qwen3-Coder: types from the schema, values kept as they are */
	{ "<tool_call>\n<function=read>\n<parameter=path>\n a \"b\"\n"
	  "</parameter>x\n</parameter>\n<parameter=limit>\n5\n</parameter>\n"
	  "<parameter=lines>[1, 2]</parameter>\n</function>\n</tool_call>",
	    "|read {\"path\":\" a \\\"b\\\"\\n</parameter>x\",\"limit\":5,"
	    "\"lines\":[1,2]}" },
	{ "<function=read>\n<parameter=path>\na\n</parameter>\n</function>\n"
	  "more",
	    "more|read {\"path\":\"a\"}" },
	/* Llama */
	{ "<function=read>{\"path\": \"a\"}</function>",
	    "|read {\"path\":\"a\"}" },
	{ "<function=read>\n<parameter=path>\nhalf", "|read {} CUT" },
	/* Mistral */
	{ "[TOOL_CALLS][{\"name\":\"list\",\"arguments\":{}}]", "|list {}" },
	/* Results that the model made up */
	{ "```tool_call\n{\"name\":\"list\"}\n```\n```tool_result list\n"
	  "a.c\n```\nThere is a.c.",
	    "|list {}" },
	{ "<tool_call>{\"name\":\"list\"}</tool_call>\n<tool_response>\nx",
	    "|list {}" },
	/* No calls */
	{ "```json\n{\"name\": \"list\", \"arguments\": {}}\n```\n",
	    "```json\n{\"name\": \"list\", \"arguments\": {}}\n```\n" },
	{ "````markdown\n```tool_call\n{\"name\":\"list\"}\n```\n````\n",
	    "````markdown\n```tool_call\n{\"name\":\"list\"}\n```\n````\n" },
	{ "```\n<tool_call>{\"name\":\"list\"}</tool_call>\n```\n",
	    "```\n<tool_call>{\"name\":\"list\"}</tool_call>\n```\n" },
	{ "Write `<tool_call>{\"name\":\"list\"}</tool_call>` there.",
	    "Write `<tool_call>{\"name\":\"list\"}</tool_call>` there." },
	{ "~~~\n```tool_call\n{\"name\":\"list\"}\n```\n",
	    "~~~\n```tool_call\n{\"name\":\"list\"}\n```\n" },
	{ "    ```tool_call\n    {\"name\":\"list\"}\n",
	    "    ```tool_call\n    {\"name\":\"list\"}\n" },
	{ "```tool_call\nnothing\n```\n", "```tool_call\nnothing\n```\n" },
	{ "```tool_call\n{\"arguments\":{}}\n```\n",
	    "```tool_call\n{\"arguments\":{}}\n```\n" },
	{ "```tool_result\nx\n```\n", "```tool_result\nx\n```\n" },
	{ "\r<function=list></function>", "\r<function=list></function>" },
	{ "<tool_call>", "<tool_call>" },
	{ "<function=", "<function=" },
	{ "[TOOL_CALLS]", "[TOOL_CALLS]" },
	{ "<tool_call>{", "<tool_call>{" },
	{ "", "" },
};

static const struct row strict_rows[] = {
	{ "a\n<tool_call>{\"name\":\"list\"}</tool_call>\n", "a\n|list {}" },
	{ "```tool_call\n{\"name\":\"list\"}\n```\n", "|list {}" },
	/* Another tool, something behind, no end: text */
	{ "<tool_call>{\"name\":\"rm\"}</tool_call>",
	    "<tool_call>{\"name\":\"rm\"}</tool_call>" },
	{ "<tool_call>{\"name\":\"list\"}</tool_call>\nThat is how.",
	    "<tool_call>{\"name\":\"list\"}</tool_call>\nThat is how." },
	{ "```tool_call\n{\"name\":\"list\"}",
	    "```tool_call\n{\"name\":\"list\"}" },
	{ "<function=list>", "<function=list>" },
};

static void
check(const struct row *row, unsigned flags)
{
	CLEANUP_BUF struct buf got = BUF_INIT(MIB);
	struct text_calls found;

	text_calls_parse(str_from(row->text), tools, ARRAY_LEN(tools), flags,
	    &found);
	buf_add_str(&got, buf_str(&found.text));
	for (size_t i = 0; i < found.n_calls; i++)
		buf_printf(&got, "|%s %s%s", found.calls[i].name,
		    buf_text(&found.calls[i].arguments),
		    found.calls[i].cut ? " CUT" : "");
	text_calls_release(&found);
	if (strcmp(buf_text(&got), row->wanted) != 0)
		fail_msg("%s\nbecame\n%s", row->text, buf_text(&got));
}

static void
test_protocol(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(lenient_rows); i++)
		check(&lenient_rows[i], 0);
}

static void
test_strict(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(strict_rows); i++)
		check(&strict_rows[i], TEXT_CALLS_STRICT);
}

static void
test_calls_are_limited(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	struct text_calls found;

	for (int i = 0; i < 2 * TEXT_CALLS_MAX; i++)
		buf_add_cstr(&text, "<tool_call>{\"name\":\"list\"}\n");
	text_calls_parse(buf_str(&text), tools, ARRAY_LEN(tools), 0, &found);
	assert_int_equal(found.n_calls, TEXT_CALLS_MAX);
	text_calls_release(&found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_protocol),
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_calls_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
