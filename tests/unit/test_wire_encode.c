/* The request bodies of Chat Completions, Responses and Ollama: one
 * conversation with everything in it, the dialects, and the stable prefix. */
#include "base/json.h"
#include "llm/wire.h"
#include "tests/unit/unit.h"

#define ALL_ABILITIES (MODEL_TOOLS | MODEL_IMAGES | MODEL_REASONING)

static const struct llm_tool tools[] = {
	{ "read", "Read.", "{\"type\":\"object\"}" },
	{ "grep", "Search.", "{\"type\":\"object\",\"a\":[1]}" },
};

struct body {
	struct buf text, path;
};

static void
encode(struct body *b, const char *wire, const struct provider *p,
    const struct model *m, const struct llm_request *request)
{
	struct wire_http http = { BUF_INIT(KIB), BUF_INIT(KIB), BUF_INIT(MIB) };
	CLEANUP_JSON struct json *j = NULL;
	struct error err;

	assert_ok(wire_by_name(str_from(wire))
		      ->encode(p, m, request, &http, &err));
	assert_ok(json_parse(buf_str(&http.body), NULL, &j, &err));
	buf_release(&http.headers);
	b->text = http.body;
	b->path = http.path;
}

static void
release(struct body *b)
{
	buf_release(&b->text);
	buf_release(&b->path);
}

#define assert_contains(body, wanted)                                         \
	do {                                                                  \
		if (strstr(buf_text(&(body)->text), wanted) == NULL)          \
			fail_msg("no %s in %s", wanted,                       \
			    buf_text(&(body)->text));                         \
	} while (0)
#define assert_lacks(body, unwanted)                                          \
	do {                                                                  \
		if (strstr(buf_text(&(body)->text), unwanted) != NULL)        \
			fail_msg("%s in %s", unwanted,                        \
			    buf_text(&(body)->text));                         \
	} while (0)

/* user, assistant with a call of another provider, result with an image and a
 * steering message of its own. */
struct talk {
	struct message *messages[4];
	const struct message *list[4];
};

static void
talk_init(struct talk *t)
{
	struct part *p;

	t->messages[0] = message_create(ROLE_USER);
	message_add_text(t->messages[0], STR("Look \"here\"."));
	t->messages[1] = message_create(ROLE_ASSISTANT);
	p = message_add(t->messages[1], PART_REASONING);
	buf_add_cstr(&p->text, "secret thought");
	buf_add_cstr(&p->opaque, "{\"signature\":\"x\"}");
	snprintf(p->opaque_wire, sizeof(p->opaque_wire), "anthropic");
	snprintf(p->opaque_provider, sizeof(p->opaque_provider), "anthropic");
	p = message_add(t->messages[1], PART_TOOL_CALL);
	p->call_id = strdup("toolu_0123456789012345678901234567890123456789"
			    "0123456789012345678901234567890");
	p->name = strdup("functions.read");
	buf_add_cstr(&p->arguments, "{\"p\":1}");
	t->messages[2] = message_create(ROLE_USER);
	message_add_result(t->messages[2], t->messages[1]->parts[1].call_id,
	    "functions.read", STR(""), false);
	message_add_image(t->messages[2], "image/png", STR("aGk="));
	t->messages[3] = message_create(ROLE_USER);
	message_add_text(t->messages[3], STR("Faster!"));
	for (size_t i = 0; i < 4; i++)
		t->list[i] = t->messages[i];
}

static void
talk_release(struct talk *t)
{
	for (size_t i = 0; i < 4; i++)
		message_destroy(t->messages[i]);
}

static struct llm_request
request_of(const struct talk *t, size_t n_messages)
{
	return (struct llm_request){ .model = "m",
		.system = STR("Be good."),
		.messages = t->list,
		.n_messages = n_messages,
		.tools = tools,
		.n_tools = ARRAY_LEN(tools),
		.temperature = -1,
		.cache_key = "session-1" };
}

static void
test_chat_conversation(void **state)
{
	const struct provider p = { .name = "openai" };
	const struct model m = { .abilities = ALL_ABILITIES,
		.output_tokens = 1000 };
	struct talk t;
	struct llm_request request;
	struct body b;

	talk_init(&t);
	request = request_of(&t, 4);
	encode(&b, "openai-chat", &p, &m, &request);
	assert_string_equal(buf_text(&b.path), "/chat/completions");
	assert_contains(&b,
	    "{\"model\":\"m\",\"stream\":true,\"stream_options\":"
	    "{\"include_usage\":true},\"max_tokens\":1000,\"tools\":[{"
	    "\"type\":\"function\",\"function\":{\"name\":\"read\","
	    "\"description\":\"Read.\",\"parameters\":{\"type\":\"object\"}}}");
	assert_contains(&b,
	    "\"messages\":[{\"role\":\"system\",\"content\":\"Be good.\"},"
	    "{\"role\":\"user\",\"content\":\"Look \\\"here\\\".\"},"
	    "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[");
	assert_contains(&b,
	    "\"content\":\"(no output)\"},{\"role\":\"user\",\"content\":[{"
	    "\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;"
	    "base64,aGk=\"}},{\"type\":\"text\",\"text\":\"Faster!\"}]}]}");
	assert_contains(&b, "\"name\":\"functions_read\"");
	assert_lacks(&b, "toolu_"); /* longer than OpenAI takes */
	assert_lacks(&b, "secret thought");
	assert_lacks(&b, "prompt_cache_key");
	assert_lacks(&b, "tool_choice");
	release(&b);
	talk_release(&t);
}

static void
test_chat_dialects(void **state)
{
	const struct model m = { .abilities = MODEL_REASONING,
		.output_tokens = 1000 };
	const struct model strict = { .abilities = MODEL_NO_TEMPERATURE };
	struct provider p = { .name = "x",
		.flags = PROVIDER_MAX_COMPLETION_TOKENS |
		    PROVIDER_NO_STREAM_OPTIONS | PROVIDER_PROMPT_CACHE_KEY |
		    PROVIDER_SHORT_CALL_IDS };
	struct talk t;
	struct llm_request request;
	struct body b;

	talk_init(&t);
	request = request_of(&t, 4);
	request.temperature = 0.2;
	request.effort = EFFORT_HIGH;
	request.output_schema = "{\"type\":\"string\"}";
	encode(&b, "openai-chat", &p, &m, &request);
	assert_contains(&b,
	    "\"stream\":true,\"max_completion_tokens\":1000,"
	    "\"reasoning_effort\":\"high\",\"temperature\":0.2,"
	    "\"prompt_cache_key\":\"session-1\",\"response_format\":{\"type\":"
	    "\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"schema\":"
	    "{\"type\":\"string\"}}}");
	assert_contains(&b, "this model takes no images");
	assert_lacks(&b, "image_url");
	release(&b);

	p.flags = PROVIDER_LOCAL;
	encode(&b, "openai-chat", &p, &strict, &request);
	assert_lacks(&b, "max_tokens");
	assert_lacks(&b, "temperature");
	assert_lacks(&b, "reasoning_effort");
	release(&b);
	talk_release(&t);
}

/* Nine letters and digits, the same for a call and its result. */
static void
test_chat_short_call_ids(void **state)
{
	const struct provider p = { .name = "mistral",
		.flags = PROVIDER_SHORT_CALL_IDS };
	const struct model m = { 0 };
	struct talk t;
	struct llm_request request;
	struct body b;
	const char *id, *again;

	talk_init(&t);
	request = request_of(&t, 3);
	encode(&b, "openai-chat", &p, &m, &request);
	id = strstr(buf_text(&b.text), "\"id\":\"");
	again = strstr(buf_text(&b.text), "\"tool_call_id\":\"");
	assert_non_null(id);
	assert_non_null(again);
	assert_memory_equal(id + 6, again + 16, 10);
	assert_int_equal(id[15], '"');
	release(&b);
	talk_release(&t);
}

static void
test_responses_conversation(void **state)
{
	const struct provider p = { .name = "openai",
		.flags = PROVIDER_PROMPT_CACHE_KEY };
	const struct model m = { .abilities = ALL_ABILITIES,
		.output_tokens = 1000 };
	struct talk t;
	struct llm_request request;
	struct body b;

	talk_init(&t);
	request = request_of(&t, 4);
	request.effort = EFFORT_LOW;
	request.output_schema = "{\"type\":\"string\"}";
	encode(&b, "openai-responses", &p, &m, &request);
	assert_string_equal(buf_text(&b.path), "/responses");
	assert_contains(&b,
	    "{\"model\":\"m\",\"stream\":true,\"store\":false,"
	    "\"max_output_tokens\":1000,\"include\":["
	    "\"reasoning.encrypted_content\"],\"reasoning\":{\"effort\":"
	    "\"low\",\"summary\":\"auto\"},\"prompt_cache_key\":\"session-1\","
	    "\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":"
	    "\"answer\",\"strict\":false,\"schema\":{\"type\":\"string\"}}},"
	    "\"instructions\":\"Be good.\",\"tools\":[{\"type\":\"function\","
	    "\"name\":\"read\",");
	assert_contains(&b,
	    "\"input\":[{\"type\":\"message\",\"role\":\"user\",\"content\":[{"
	    "\"type\":\"input_text\",\"text\":\"Look \\\"here\\\".\"}]},{"
	    "\"type\":\"function_call\",\"call_id\":");
	assert_contains(&b,
	    "\"output\":\"(no output)\"},{\"type\":\"message\",\"role\":"
	    "\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":"
	    "\"data:image/png;base64,aGk=\"},{\"type\":\"input_text\","
	    "\"text\":\"Faster!\"}]}]}");
	assert_lacks(&b, "secret thought");
	release(&b);
	talk_release(&t);
}

static void
test_responses_without_reasoning(void **state)
{
	const struct provider p = { .name = "openai" };
	const struct model m = { .abilities = MODEL_TOOLS };
	struct talk t;
	struct llm_request request;
	struct body b;

	talk_init(&t);
	request = request_of(&t, 1);
	encode(&b, "openai-responses", &p, &m, &request);
	assert_lacks(&b, "reasoning");
	assert_lacks(&b, "max_output_tokens");
	release(&b);
	talk_release(&t);
}

static void
test_ollama_conversation(void **state)
{
	const struct provider p = { .name = "ollama", .flags = PROVIDER_LOCAL };
	const struct model m = { .abilities = ALL_ABILITIES,
		.context_tokens = 32768, .output_tokens = 1000 };
	struct talk t;
	struct llm_request request;
	struct body b;

	talk_init(&t);
	request = request_of(&t, 4);
	request.temperature = 0;
	request.output_schema = "{\"type\":\"string\"}";
	encode(&b, "ollama", &p, &m, &request);
	assert_string_equal(buf_text(&b.path), "/api/chat");
	assert_contains(&b,
	    "{\"model\":\"m\",\"stream\":true,\"keep_alive\":\"30m\","
	    "\"truncate\":false,\"format\":{\"type\":\"string\"},\"options\":{"
	    "\"num_ctx\":32768,\"temperature\":0},\"tools\":[{\"type\":");
	assert_contains(&b,
	    "{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{"
	    "\"function\":{\"name\":\"functions_read\",\"arguments\":{\"p\":1}"
	    "}}]},{\"role\":\"tool\",\"tool_name\":\"functions.read\","
	    "\"content\":\"(no output)\"},{\"role\":\"user\",\"content\":"
	    "\"Faster!\",\"images\":[\"aGk=\"]}]}");
	release(&b);
	talk_release(&t);
}

static void
test_ollama_think(void **state)
{
	static const struct {
		const char *model;
		unsigned abilities;
		enum llm_effort effort;
		const char *wanted;
	} cases[] = {
		{ "qwen3:8b", MODEL_REASONING, EFFORT_HIGH, "\"think\":true" },
		{ "qwen3:8b", MODEL_REASONING, EFFORT_NONE, "\"think\":false" },
		{ "gpt-oss:20b", MODEL_REASONING, EFFORT_HIGH,
		    "\"think\":\"high\"" },
		{ "gpt-oss:20b", MODEL_REASONING, EFFORT_NONE,
		    "\"think\":\"low\"" },
		{ "qwen3:8b", MODEL_REASONING, EFFORT_DEFAULT, NULL },
		{ "llama3", 0, EFFORT_HIGH, NULL },
	};
	const struct provider p = { .name = "ollama" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct model m = { .abilities = cases[i].abilities };
		const struct llm_request request = { .model = cases[i].model,
			.temperature = -1, .effort = cases[i].effort };
		struct body b;

		encode(&b, "ollama", &p, &m, &request);
		if (cases[i].wanted != NULL)
			assert_contains(&b, cases[i].wanted);
		else
			assert_lacks(&b, "think");
		release(&b);
	}
}

/* A request's body is the beginning of the next one's, but for the brackets
 * that close it: provider caches hang on that. */
static void
test_prefix_is_stable(void **state)
{
	static const char *const wires[] = { "openai-chat", "openai-responses",
		"ollama" };
	const struct provider p = { .name = "x" };
	const struct model m = { .abilities = ALL_ABILITIES };

	for (size_t i = 0; i < ARRAY_LEN(wires); i++) {
		struct talk t;
		struct body b1, b3, again;
		struct llm_request request;

		talk_init(&t);
		request = request_of(&t, 1);
		encode(&b1, wires[i], &p, &m, &request);
		request = request_of(&t, 3);
		encode(&b3, wires[i], &p, &m, &request);
		encode(&again, wires[i], &p, &m, &request);
		assert_memory_equal(buf_text(&b1.text), buf_text(&b3.text),
		    b1.text.len - 2);
		assert_string_equal(buf_text(&b3.text), buf_text(&again.text));
		release(&b1);
		release(&b3);
		release(&again);
		talk_release(&t);
	}
}

static void
add_model(struct str id, int64_t context, void *ctx)
{
	buf_printf(ctx, "%.*s=%d;", STR_ARG(id), (int)context);
}

static void
test_model_lists(void **state)
{
	static const struct {
		const char *wire, *page, *wanted;
	} cases[] = {
		{ "openai-chat",
		    "{\"object\":\"list\",\"data\":[{\"id\":\"a\"},{\"id\":"
		    "\"b\",\"max_model_len\":4096},{\"id\":7},{\"id\":\"c\","
		    "\"meta\":{\"n_ctx_train\":8192}},{\"id\":\"d\","
		    "\"context_length\":-1}]}",
		    "a=0;b=4096;c=8192;d=0;" },
		{ "openai-responses",
		    "[{\"id\":\"a\",\"context_length\":131072}]",
		    "a=131072;" },
		{ "ollama",
		    "{\"models\":[{\"name\":\"qwen3:8b\"},{\"model\":\"x\"},"
		    "{}]}",
		    "qwen3:8b=0;x=0;" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf got = BUF_INIT(KIB);
		CLEANUP_JSON struct json *page = NULL;
		const struct wire *w = wire_by_name(str_from(cases[i].wire));
		struct error err;

		assert_ok(json_parse(str_from(cases[i].page), NULL, &page,
		    &err));
		assert_ok(w->models(page, add_model, &got, &err));
		assert_string_equal(buf_text(&got), cases[i].wanted);
		assert_error(w->models(NULL, add_model, &got, &err),
		    ERR_LLM_PROTOCOL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chat_conversation),
		cmocka_unit_test(test_chat_dialects),
		cmocka_unit_test(test_chat_short_call_ids),
		cmocka_unit_test(test_responses_conversation),
		cmocka_unit_test(test_responses_without_reasoning),
		cmocka_unit_test(test_ollama_conversation),
		cmocka_unit_test(test_ollama_think),
		cmocka_unit_test(test_prefix_is_stable),
		cmocka_unit_test(test_model_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
