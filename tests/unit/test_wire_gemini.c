/* Gemini: requests as they must look, streams as they come. */
#include "llm/wire.h"

#include "tests/unit/wire_stream.h"

static struct error err;

struct fixture {
	struct provider provider;
	struct model model;
	struct llm_request request;
	struct message *messages[8];
	struct wire_http http;
	struct json *body;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->provider = (struct provider){ .name = "gemini", .wire = "gemini" };
	f->model = (struct model){ .output_tokens = 1000,
		.abilities = MODEL_TOOLS };
	f->request = (struct llm_request){ .model = "gemini-3-pro",
		.temperature = -1,
		.messages = (const struct message *const *)f->messages };
	f->http = (struct wire_http){ BUF_INIT(KIB), BUF_INIT(KIB),
		BUF_INIT(MIB) };
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->request.n_messages; i++)
		message_destroy(f->messages[i]);
	buf_release(&f->http.path);
	buf_release(&f->http.headers);
	buf_release(&f->http.body);
	json_destroy(f->body);
	free(f);
	return 0;
}

static struct message *
add(struct fixture *f, enum role role, const char *text)
{
	struct message *m = message_create(role);

	if (text != NULL)
		message_add_text(m, str_from(text));
	f->messages[f->request.n_messages++] = m;
	return m;
}

static void
set_opaque(struct part *p, const char *provider, const char *opaque)
{
	buf_add_cstr(&p->opaque, opaque);
	snprintf(p->opaque_wire, sizeof(p->opaque_wire), "gemini");
	snprintf(p->opaque_provider, sizeof(p->opaque_provider), "%s",
	    provider);
}

static struct part *
add_call(struct message *m, const char *id, const char *args)
{
	struct part *p = message_add(m, PART_TOOL_CALL);

	p->call_id = strdup(id);
	p->name = strdup("read");
	buf_add_cstr(&p->arguments, args);
	return p;
}

static void
encode(struct fixture *f)
{
	buf_clear(&f->http.path);
	buf_clear(&f->http.body);
	json_destroy(f->body);
	f->body = NULL;
	assert_ok(wire_gemini.encode(&f->provider, &f->model, &f->request,
	    &f->http, &err));
	assert_ok(json_parse(buf_str(&f->http.body), NULL, &f->body, &err));
}

static void
assert_member(struct fixture *f, const char *key, const char *wanted)
{
	struct buf out = BUF_INIT(MIB);
	const struct json *value = json_get(f->body, key);

	if (value == NULL)
		buf_add_cstr(&out, "absent");
	else
		json_print(value, &out);
	assert_string_equal(buf_text(&out), wanted);
	buf_release(&out);
}

static void
test_request_of_one_message(void **state)
{
	struct fixture *f = *state;

	f->request.system = STR("be good");
	add(f, ROLE_USER, "hello");
	encode(f);
	assert_string_equal(buf_text(&f->http.path),
	    "/models/gemini-3-pro:streamGenerateContent?alt=sse");
	assert_string_equal(buf_text(&f->http.body),
	    "{\"systemInstruction\":{\"parts\":[{\"text\":\"be good\"}]},"
	    "\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":"
	    "\"hello\"}]}],\"generationConfig\":{\"maxOutputTokens\":1000}}");
}

static void
test_the_model_is_one_segment_of_the_path(void **state)
{
	static const struct {
		const char *model, *path;
	} rows[] = {
		{ "models/gemini-x",
		    "/models/gemini-x:streamGenerateContent?alt=sse" },
		{ "../a?b#c d",
		    "/models/..%2Fa%3Fb%23c%20d:streamGenerateContent"
		    "?alt=sse" },
	};
	struct fixture *f = *state;

	add(f, ROLE_USER, "q");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		f->request.model = rows[i].model;
		encode(f);
		assert_string_equal(buf_text(&f->http.path), rows[i].path);
	}
	f->request.model = "";
	assert_error(wire_gemini.encode(&f->provider, &f->model, &f->request,
	    &f->http, &err), ERR_INVALID);
}

static void
test_schemas_hold_only_what_gemini_knows(void **state)
{
	static const struct llm_tool tools[] = {
		{ "read", "Reads.",
		    "{\"$schema\":\"x\",\"type\":\"object\",\"properties\":"
		    "{\"path\":{\"type\":\"string\",\"minLength\":1,"
		    "\"default\":\"\"},\"mode\":{\"const\":\"a\"},\"n\":"
		    "{\"type\":\"array\",\"items\":{\"type\":\"integer\","
		    "\"exclusiveMinimum\":0}}},\"required\":[\"path\"],"
		    "\"additionalProperties\":false}" },
		{ "now", "Tells the time.",
		    "{\"type\":\"object\",\"properties\":{}}" },
	};
	struct fixture *f = *state;

	f->request.tools = tools;
	f->request.n_tools = 2;
	add(f, ROLE_USER, "q");
	encode(f);
	assert_member(f, "tools",
	    "[{\"functionDeclarations\":[{\"name\":\"read\",\"description\":"
	    "\"Reads.\",\"parametersJsonSchema\":{\"type\":\"object\","
	    "\"properties\":{\"path\":{\"type\":\"string\"},\"mode\":"
	    "{\"enum\":[\"a\"]},\"n\":{\"type\":\"array\",\"items\":{"
	    "\"type\":\"integer\"}}},\"required\":[\"path\"],"
	    "\"additionalProperties\":false}},{\"name\":\"now\","
	    "\"description\":\"Tells the time.\"}]}]");
}

static void
test_signatures_and_ids_go_back(void **state)
{
	struct fixture *f = *state;
	struct message *m;
	struct part *p;

	f->model.abilities |= MODEL_IMAGES;
	add(f, ROLE_USER, "q");
	m = add(f, ROLE_ASSISTANT, NULL);
	p = message_add(m, PART_REASONING);
	buf_add_cstr(&p->text, "a summary");
	p = message_add_text(m, STR("so"));
	set_opaque(p, "gemini", "{\"thoughtSignature\":\"S0\"}");
	p = add_call(m, "made1", "{\"a\":1}");
	set_opaque(p, "gemini", "{\"thoughtSignature\":\"S1\",\"id\":\"g1\"}");
	add_call(m, "made2", "");
	m = add(f, ROLE_USER, NULL);
	message_add_result(m, "made1", "read", STR("one"), false);
	message_add_image(m, "image/png", STR("QUJD"));
	message_add_result(m, "made2", "read", STR("two"), true);
	message_add_text(m, STR("steer"));
	encode(f);
	assert_member(f, "contents",
	    "[{\"role\":\"user\",\"parts\":[{\"text\":\"q\"}]},{\"role\":"
	    "\"model\",\"parts\":[{\"text\":\"so\",\"thoughtSignature\":"
	    "\"S0\"},{\"functionCall\":{\"id\":\"g1\",\"name\":\"read\","
	    "\"args\":{\"a\":1}},\"thoughtSignature\":\"S1\"},"
	    "{\"functionCall\":{\"name\":\"read\",\"args\":{}}}]},{\"role\":"
	    "\"user\",\"parts\":[{\"functionResponse\":{\"id\":\"g1\","
	    "\"name\":\"read\",\"response\":{\"output\":\"one\"}}},"
	    "{\"functionResponse\":{\"name\":\"read\",\"response\":"
	    "{\"error\":\"two\"}}},{\"inlineData\":{\"mimeType\":"
	    "\"image/png\",\"data\":\"QUJD\"}},{\"text\":\"steer\"}]}]");
}

static void
test_calls_of_another_provider_are_excused(void **state)
{
	struct fixture *f = *state;
	struct message *m;

	f->model.abilities |= MODEL_REASONING;
	add(f, ROLE_USER, "q");
	m = add(f, ROLE_ASSISTANT, NULL);
	set_opaque(add_call(m, "c1", "{}"), "elsewhere",
	    "{\"thoughtSignature\":\"S1\"}");
	add_call(m, "c2", "{}");
	encode(f);
	assert_member(f, "contents",
	    "[{\"role\":\"user\",\"parts\":[{\"text\":\"q\"}]},{\"role\":"
	    "\"model\",\"parts\":[{\"functionCall\":{\"name\":\"read\","
	    "\"args\":{}},\"thoughtSignature\":"
	    "\"skip_thought_signature_validator\"},{\"functionCall\":"
	    "{\"name\":\"read\",\"args\":{}}}]}]");
}

static void
test_thinking_asked_for_as_the_model_can(void **state)
{
	static const struct {
		const char *model;
		enum llm_effort effort;
		const char *wanted;
	} rows[] = {
		{ "gemini-3.5-flash", EFFORT_DEFAULT,
		    "{\"includeThoughts\":true}" },
		{ "gemini-3.5-flash", EFFORT_MEDIUM,
		    "{\"includeThoughts\":true,\"thinkingLevel\":"
		    "\"MEDIUM\"}" },
		{ "gemini-3-pro", EFFORT_MEDIUM,
		    "{\"includeThoughts\":true,\"thinkingLevel\":\"HIGH\"}" },
		{ "gemini-3-pro", EFFORT_NONE,
		    "{\"includeThoughts\":false,\"thinkingLevel\":\"LOW\"}" },
		{ "gemini-2.5-flash", EFFORT_NONE,
		    "{\"includeThoughts\":false,\"thinkingBudget\":0}" },
		{ "gemini-2.5-pro", EFFORT_NONE,
		    "{\"includeThoughts\":false,\"thinkingBudget\":128}" },
		{ "gemini-2.5-pro", EFFORT_HIGH,
		    "{\"includeThoughts\":true,\"thinkingBudget\":24576}" },
	};
	struct fixture *f = *state;

	add(f, ROLE_USER, "q");
	f->model.output_tokens = 0;
	f->model.abilities = MODEL_REASONING;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf wanted = BUF_INIT(KIB);

		f->request.model = rows[i].model;
		f->request.effort = rows[i].effort;
		encode(f);
		buf_printf(&wanted, "{\"thinkingConfig\":%s}", rows[i].wanted);
		assert_member(f, "generationConfig", buf_text(&wanted));
		buf_release(&wanted);
	}
}

static void
test_schema_of_the_answer(void **state)
{
	struct fixture *f = *state;

	add(f, ROLE_USER, "q");
	f->model.output_tokens = 0;
	f->request.temperature = 0;
	f->request.output_schema = "{\"type\":\"object\",\"pattern\":\"x\"}";
	encode(f);
	assert_member(f, "generationConfig",
	    "{\"temperature\":0,\"responseMimeType\":\"application/json\","
	    "\"responseJsonSchema\":{\"type\":\"object\"}}");
}

#define EV(json) "data: " json "\n\n"
#define PARTS(parts)                                                          \
	EV("{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":["    \
	    parts "]},\"index\":0}]}")
#define END(reason)                                                           \
	EV("{\"candidates\":[{\"finishReason\":\"" reason "\"}],"             \
	   "\"usageMetadata\":{\"promptTokenCount\":100,"                     \
	   "\"cachedContentTokenCount\":40,\"candidatesTokenCount\":7,"       \
	   "\"thoughtsTokenCount\":30,\"totalTokenCount\":137},"              \
	   "\"modelVersion\":\"gemini-z\",\"responseId\":\"r1\"}")

static void
test_streams(void **state)
{
	static const struct {
		const char *stream, *wanted;
	} rows[] = {
		{ PARTS("{\"text\":\"gr\303\274\"}")
		  PARTS("{\"text\":\"\\u00dfe\"}") END("STOP"),
		    "T<gr\303\274\303\237e> end_turn" },
		/* thoughts, text, a signature on an empty part at the end */
		{ PARTS("{\"text\":\"hm\",\"thought\":true}")
		  PARTS("{\"text\":\" so\",\"thought\":true},"
			"{\"text\":\"yes\"}")
		  PARTS("{\"text\":\"\",\"thoughtSignature\":\"S\"}")
		  END("STOP"),
		    "R<hm so> T<yes> T<|{\"thoughtSignature\":\"S\"}> "
		    "end_turn" },
		/* calls: without an id, with one, without arguments; "stop"
		 * means that they want results */
		{ PARTS("{\"functionCall\":{\"name\":\"read\",\"args\":"
			"{\"a\":1}},\"thoughtSignature\":\"S1\"}")
		  PARTS("{\"functionCall\":{\"name\":\"list\",\"id\":\"x1\","
			"\"args\":{}}},{\"functionCall\":{\"name\":"
			"\"list\"}}") END("STOP"),
		    "C<made,read,{\"a\":1}|{\"thoughtSignature\":\"S1\"}> "
		    "C<x1,list,{}|{\"id\":\"x1\"}> C<made,list,{}> "
		    "tool_use" },
		/* blocked: no candidates; no parts */
		{ EV("{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}"),
		    "content_filter" },
		{ EV("{\"candidates\":[{\"content\":{},\"finishReason\":"
		     "\"PROHIBITED_CONTENT\"}]}"), "content_filter" },
		{ PARTS("{\"text\":\"half\"}") END("MAX_TOKENS"),
		    "T<half> max_tokens" },
		{ PARTS("{\"text\":\"a\"}") END("SOMETHING_NEW"),
		    "T<a> end_turn" },
		/* nulls, other parts, another candidate, an array around */
		{ PARTS("{\"text\":null},null,7,{\"executableCode\":{}}")
		  EV("{\"candidates\":[{\"index\":1,\"content\":{\"parts\":"
		     "[{\"text\":\"other\"}]}}]}")
		  EV("[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":"
		     "\"in\"}]}}]}]")
		  EV("{}") EV("null") END("STOP") "data: [DONE]\n\n",
		    "T<in> end_turn" },
		/* text after the finish */
		{ END("STOP") PARTS("{\"text\":\"late\"}"),
		    "T<late> end_turn" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		stream_check(&wire_gemini, rows[i].stream, rows[i].wanted);
}

static void
test_usage_counts_thoughts_as_output(void **state)
{
	struct reply r;

	assert_ok(stream_decode(&wire_gemini, PARTS("{\"text\":\"a\"}")
	    END("STOP"), 9999, 1, &r, &err));
	assert_int_equal(r.usage.input_tokens, 100);
	assert_int_equal(r.usage.cached_tokens, 40);
	assert_int_equal(r.usage.output_tokens, 37);
	assert_int_equal(r.usage.reasoning_tokens, 30);
	assert_true(r.usage.exact);
	assert_string_equal(r.response_id, "r1");
	assert_string_equal(r.model, "gemini-z");
	reply_release(&r);
}

static void
test_broken_streams(void **state)
{
	stream_fails(&wire_gemini, "", ERR_LLM_DROPPED);
	stream_fails(&wire_gemini, PARTS("{\"text\":\"half\"}"),
	    ERR_LLM_DROPPED);
	stream_fails(&wire_gemini, EV("{\"error\":{\"code\":429,\"message\":"
	    "\"slow\",\"status\":\"RESOURCE_EXHAUSTED\"}}"),
	    ERR_LLM_RATE_LIMITED);
	stream_fails(&wire_gemini, EV("[{\"error\":{\"code\":503,\"message\":"
	    "\"x\",\"status\":\"UNAVAILABLE\"}}]"), ERR_LLM_OVERLOADED);
	stream_fails(&wire_gemini, END("MALFORMED_FUNCTION_CALL"),
	    ERR_LLM_SERVER);
}

static void
see_model(struct str id, int64_t context, void *ctx)
{
	buf_printf(ctx, "%.*s:%d ", STR_ARG(id), (int)context);
}

static void
test_list_of_models(void **state)
{
	struct buf seen = BUF_INIT(KIB);
	struct json *j;

	assert_ok(json_parse(STR("{\"models\":[{\"name\":\"models/a\","
	    "\"inputTokenLimit\":200,\"supportedGenerationMethods\":"
	    "[\"countTokens\",\"generateContent\"]},{\"name\":\"models/e\","
	    "\"supportedGenerationMethods\":[\"embedContent\"]},"
	    "{\"name\":\"b\"},7]}"), NULL, &j, &err));
	assert_ok(wire_gemini.models(j, see_model, &seen, &err));
	assert_string_equal(buf_text(&seen), "a:200 b:0 ");
	json_destroy(j);
	assert_ok(json_parse(STR("{}"), NULL, &j, &err));
	assert_error(wire_gemini.models(j, see_model, &seen, &err),
	    ERR_LLM_PROTOCOL);
	json_destroy(j);
	buf_release(&seen);
}

#define WITH_FIXTURE(test)                                                    \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_request_of_one_message),
		WITH_FIXTURE(test_the_model_is_one_segment_of_the_path),
		WITH_FIXTURE(test_schemas_hold_only_what_gemini_knows),
		WITH_FIXTURE(test_signatures_and_ids_go_back),
		WITH_FIXTURE(test_calls_of_another_provider_are_excused),
		WITH_FIXTURE(test_thinking_asked_for_as_the_model_can),
		WITH_FIXTURE(test_schema_of_the_answer),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_usage_counts_thoughts_as_output),
		cmocka_unit_test(test_broken_streams),
		cmocka_unit_test(test_list_of_models),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
