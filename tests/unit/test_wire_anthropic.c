/* Anthropic's Messages: requests as they must look, streams as they come. */
#include "llm/wire.h"

#include "tests/unit/wire_stream.h"

static struct error err;

/* Conversations to encode. */

struct fixture {
	struct provider provider;
	struct model model;
	struct llm_request request;
	struct message *messages[8];
	struct wire_http http;
	struct json *body;
};

static const struct llm_tool tools[] = {
	{ "read", "Reads.", "{\"type\":\"object\"}" },
	{ "grep", "Searches.", "{\"type\":\"object\"}" },
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->provider = (struct provider){ .name = "anthropic",
		.wire = "anthropic" };
	f->model = (struct model){ .output_tokens = 64000,
		.abilities = MODEL_TOOLS | MODEL_IMAGES };
	f->request = (struct llm_request){ .model = "claude-x",
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
add_call(struct message *m, const char *id, const char *args)
{
	struct part *p = message_add(m, PART_TOOL_CALL);

	p->call_id = strdup(id);
	p->name = strdup("read");
	buf_add_cstr(&p->arguments, args);
}

static void
add_thinking(struct message *m, const char *provider, const char *text,
    const char *opaque)
{
	struct part *p = message_add(m, PART_REASONING);

	buf_add_cstr(&p->text, text);
	buf_add_cstr(&p->opaque, opaque);
	snprintf(p->opaque_wire, sizeof(p->opaque_wire), "anthropic");
	snprintf(p->opaque_provider, sizeof(p->opaque_provider), "%s",
	    provider);
}

static void
encode(struct fixture *f)
{
	buf_clear(&f->http.path);
	buf_clear(&f->http.headers);
	buf_clear(&f->http.body);
	json_destroy(f->body);
	f->body = NULL;
	assert_ok(wire_anthropic.encode(&f->provider, &f->model, &f->request,
	    &f->http, &err));
	assert_ok(json_parse(buf_str(&f->http.body), NULL, &f->body, &err));
}

/* A member of the body as JSON text. */
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

#define MARK ",\"cache_control\":{\"type\":\"ephemeral\"}"

static void
test_request_of_one_message(void **state)
{
	struct fixture *f = *state;

	add(f, ROLE_USER, "hello");
	encode(f);
	assert_string_equal(buf_text(&f->http.path), "/v1/messages");
	assert_string_equal(buf_text(&f->http.headers),
	    "anthropic-version: 2023-06-01\n");
	assert_string_equal(buf_text(&f->http.body),
	    "{\"model\":\"claude-x\",\"max_tokens\":32000,\"stream\":true,"
	    "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
	    "\"text\":\"hello\"" MARK "}]}]}");
}

static void
test_marks_on_tools_system_and_two_turns(void **state)
{
	struct fixture *f = *state;
	const char *at;
	int marks = 0;

	f->request.tools = tools;
	f->request.n_tools = 2;
	f->request.system = STR("be good");
	for (int i = 0; i < 3; i++) {
		add(f, ROLE_USER, "u");
		if (i < 2)
			add(f, ROLE_ASSISTANT, "a");
	}
	encode(f);
	at = buf_text(&f->http.body);
	while ((at = strstr(at, "cache_control")) != NULL) {
		marks++;
		at++;
	}
	assert_int_equal(marks, 4);
	assert_member(f, "system",
	    "[{\"type\":\"text\",\"text\":\"be good\"" MARK "}]");
	assert_member(f, "tools",
	    "[{\"name\":\"read\",\"description\":\"Reads.\",\"input_schema\":"
	    "{\"type\":\"object\"}},{\"name\":\"grep\",\"description\":"
	    "\"Searches.\",\"input_schema\":{\"type\":\"object\"}" MARK "}]");
	assert_member(f, "messages",
	    "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
	    "\"u\"}]},{\"role\":\"assistant\",\"content\":[{\"type\":\"text\","
	    "\"text\":\"a\"}]},{\"role\":\"user\",\"content\":[{\"type\":"
	    "\"text\",\"text\":\"u\"" MARK "}]},{\"role\":\"assistant\","
	    "\"content\":[{\"type\":\"text\",\"text\":\"a\"}]},{\"role\":"
	    "\"user\",\"content\":[{\"type\":\"text\",\"text\":\"u\"" MARK
	    "}]}]");
}

static void
test_results_come_first_with_their_images(void **state)
{
	struct fixture *f = *state;
	struct message *m;

	add(f, ROLE_USER, "q");
	m = add(f, ROLE_ASSISTANT, " ");
	add_call(m, "functions.read:0", "{\"path\": \"a\"}");
	add_call(m, "t2", "{\"path");
	m = add(f, ROLE_USER, NULL);
	message_add_result(m, "functions.read:0", "read", STR("done"), false);
	message_add_image(m, "image/png", STR("QUJD"));
	m = add(f, ROLE_USER, "steer");
	message_add_result(m, "t2", "read", STR(""), true);
	encode(f);
	assert_member(f, "messages",
	    "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
	    "\"q\"" MARK "}]},{\"role\":\"assistant\",\"content\":["
	    "{\"type\":\"tool_use\",\"id\":\"functions_read_0\",\"name\":"
	    "\"read\",\"input\":{\"path\":\"a\"}},{\"type\":\"tool_use\","
	    "\"id\":\"t2\",\"name\":\"read\",\"input\":"
	    "{\"invalid_arguments\":\"{\\\"path\"}}]},{\"role\":\"user\","
	    "\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":"
	    "\"functions_read_0\",\"content\":[{\"type\":\"text\",\"text\":"
	    "\"done\"},{\"type\":\"image\",\"source\":{\"type\":\"base64\","
	    "\"media_type\":\"image/png\",\"data\":\"QUJD\"}}]},{\"type\":"
	    "\"tool_result\",\"tool_use_id\":\"t2\",\"is_error\":true,"
	    "\"content\":[{\"type\":\"text\",\"text\":\"(no output)\"}]},"
	    "{\"type\":\"text\",\"text\":\"steer\"" MARK "}]}]");
}

static void
test_thinking_goes_back_unchanged(void **state)
{
	struct fixture *f = *state;
	struct message *m;

	add(f, ROLE_USER, "q");
	m = add(f, ROLE_ASSISTANT, NULL);
	add_thinking(m, "anthropic", "hm",
	    "{\"type\":\"thinking\",\"signature\":\"S/1+=\"}");
	add_thinking(m, "anthropic", "",
	    "{\"type\":\"redacted_thinking\",\"data\":\"XX\"}");
	add_thinking(m, "another", "foreign",
	    "{\"type\":\"thinking\",\"signature\":\"S2\"}");
	add_thinking(m, "anthropic", "unsigned", "{\"type\":\"thinking\"}");
	message_add_text(m, STR("so"));
	add(f, ROLE_USER, "and?");
	encode(f);
	assert_member(f, "messages",
	    "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
	    "\"q\"" MARK "}]},{\"role\":\"assistant\",\"content\":[{\"type\":"
	    "\"thinking\",\"thinking\":\"hm\",\"signature\":\"S/1+=\"},"
	    "{\"type\":\"redacted_thinking\",\"data\":\"XX\"},{\"type\":"
	    "\"text\",\"text\":\"so\"}]},{\"role\":\"user\",\"content\":["
	    "{\"type\":\"text\",\"text\":\"and?\"" MARK "}]}]");
}

static void
test_thinking_asked_for_as_the_model_can(void **state)
{
	static const struct {
		unsigned abilities;
		enum llm_effort effort;
		const char *thinking, *config, *temperature;
	} rows[] = {
		{ 0, EFFORT_HIGH, "absent", "absent", "0.5" },
		{ MODEL_REASONING, EFFORT_DEFAULT, "absent", "absent", "0.5" },
		{ MODEL_REASONING, EFFORT_LOW,
		    "{\"type\":\"enabled\",\"budget_tokens\":4096}", "absent",
		    "absent" },
		{ MODEL_REASONING | MODEL_ADAPTIVE_THINKING, EFFORT_DEFAULT,
		    "{\"type\":\"adaptive\",\"display\":\"summarized\"}",
		    "absent", "absent" },
		{ MODEL_REASONING | MODEL_ADAPTIVE_THINKING, EFFORT_HIGH,
		    "{\"type\":\"adaptive\",\"display\":\"summarized\"}",
		    "{\"effort\":\"high\"}", "absent" },
		{ MODEL_REASONING | MODEL_ADAPTIVE_THINKING |
		    MODEL_NO_TEMPERATURE, EFFORT_NONE, "absent",
		    "{\"effort\":\"low\"}", "absent" },
	};
	struct fixture *f = *state;

	add(f, ROLE_USER, "q");
	f->request.temperature = 0.5;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		f->model.abilities = rows[i].abilities;
		f->request.effort = rows[i].effort;
		encode(f);
		assert_member(f, "thinking", rows[i].thinking);
		assert_member(f, "output_config", rows[i].config);
		assert_member(f, "temperature", rows[i].temperature);
	}
}

static void
test_no_budget_in_a_turn_begun_elsewhere(void **state)
{
	struct fixture *f = *state;
	struct message *m;

	f->model.abilities = MODEL_REASONING;
	f->request.effort = EFFORT_HIGH;
	add(f, ROLE_USER, "q");
	m = add(f, ROLE_ASSISTANT, NULL);
	add_call(m, "t1", "{}");
	m = add(f, ROLE_USER, NULL);
	message_add_result(m, "t1", "read", STR("x"), false);
	encode(f);
	assert_member(f, "thinking", "absent");
}

static void
test_schema_only_where_it_fits(void **state)
{
	static const struct {
		const char *schema, *config;
	} rows[] = {
		{ "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
		  "\"string\"}},\"required\":[\"a\"]}",
		    "{\"format\":{\"type\":\"json_schema\",\"schema\":"
		    "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
		    "\"string\"}},\"required\":[\"a\"],"
		    "\"additionalProperties\":false}}}" },
		{ "{\"type\":\"integer\",\"minimum\":3}", "absent" },
		{ "{\"type\":\"object\",\"additionalProperties\":true}",
		    "absent" },
		{ "no schema", "absent" },
	};
	struct fixture *f = *state;

	add(f, ROLE_USER, "q");
	f->model.abilities = MODEL_ADAPTIVE_THINKING;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		f->request.output_schema = rows[i].schema;
		encode(f);
		assert_member(f, "output_config", rows[i].config);
	}
	f->model.abilities = 0;
	f->request.output_schema = rows[0].schema;
	encode(f);
	assert_member(f, "output_config", "absent");
}

static void
test_conversation_starts_and_ends_with_the_user(void **state)
{
	struct fixture *f = *state;

	f->model.abilities = MODEL_TOOLS;
	message_add_image(add(f, ROLE_ASSISTANT, "half an ans"), "image/png",
	    STR("QUJD"));
	encode(f);
	assert_member(f, "messages",
	    "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
	    "\"(The beginning of the conversation is left out.)\"}]},"
	    "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\","
	    "\"text\":\"half an ans\"},{\"type\":\"text\",\"text\":"
	    "\"[an image; this model takes no images]\"}]},{\"role\":"
	    "\"user\",\"content\":[{\"type\":\"text\",\"text\":"
	    "\"Continue.\"}]}]");
}

/* Streams. */

#define EV(json) "data: " json "\n\n"
#define START                                                                 \
	EV("{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\","       \
	   "\"model\":\"claude-y\",\"usage\":{\"input_tokens\":10,"           \
	   "\"cache_read_input_tokens\":100,"                                 \
	   "\"cache_creation_input_tokens\":20,\"output_tokens\":1}}}")
#define STOP(reason)                                                          \
	EV("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" reason \
	   "\"},\"usage\":{\"output_tokens\":42,\"output_tokens_details\":"   \
	   "{\"thinking_tokens\":30}}}")                                      \
	EV("{\"type\":\"message_stop\"}")

static void
test_streams(void **state)
{
	static const struct {
		const char *stream, *wanted;
	} rows[] = {
		{ START "event: ping\n" EV("{\"type\":\"ping\"}")
		  EV("{\"type\":\"content_block_start\",\"index\":0,"
		     "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
		     "{\"type\":\"text_delta\",\"text\":\"gr\303\274\"}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
		     "{\"type\":\"text_delta\",\"text\":\"\\u00dfe\"}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
		     "{\"type\":\"citations_delta\",\"citation\":{}}}")
		  EV("{\"type\":\"content_block_stop\",\"index\":0}")
		  STOP("end_turn"), "T<gr\303\274\303\237e> end_turn" },
		/* thinking, redacted thinking, two calls side by side */
		{ START
		  EV("{\"type\":\"content_block_start\",\"index\":0,"
		     "\"content_block\":{\"type\":\"thinking\",\"thinking\":"
		     "\"\",\"signature\":\"\"}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
		     "{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
		     "{\"type\":\"signature_delta\",\"signature\":\"S1\"}}")
		  EV("{\"type\":\"content_block_start\",\"index\":1,"
		     "\"content_block\":{\"type\":\"redacted_thinking\","
		     "\"data\":\"D\"}}")
		  EV("{\"type\":\"content_block_start\",\"index\":2,"
		     "\"content_block\":{\"type\":\"tool_use\",\"id\":\"t1\","
		     "\"name\":\"read\",\"input\":{}}}")
		  EV("{\"type\":\"content_block_start\",\"index\":3,"
		     "\"content_block\":{\"type\":\"tool_use\",\"id\":\"t2\","
		     "\"name\":\"list\",\"input\":{}}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":2,\"delta\":"
		     "{\"type\":\"input_json_delta\",\"partial_json\":"
		     "\"{\\\"p\\\":\"}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":2,\"delta\":"
		     "{\"type\":\"input_json_delta\",\"partial_json\":"
		     "\"1}\"}}")
		  STOP("tool_use"),
		    "R<hm|{\"type\":\"thinking\",\"signature\":\"S1\"}> "
		    "R<|{\"type\":\"redacted_thinking\",\"data\":\"D\"}> "
		    "C<t1,read,{\"p\":1}> C<t2,list,{}> tool_use" },
		/* the input at once, then again in a delta */
		{ START
		  EV("{\"type\":\"content_block_start\",\"index\":0,"
		     "\"content_block\":{\"type\":\"tool_use\",\"id\":\"t1\","
		     "\"name\":\"read\",\"input\":{\"a\":1}}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
		     "{\"type\":\"input_json_delta\",\"partial_json\":"
		     "\"{\\\"a\\\":1}\"}}")
		  STOP("end_turn"), "C<t1,read,{\"a\":1}> tool_use" },
		/* cut off by the limit */
		{ START
		  EV("{\"type\":\"content_block_start\",\"index\":0,"
		     "\"content_block\":{\"type\":\"tool_use\",\"id\":\"t1\","
		     "\"name\":\"read\",\"input\":{}}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
		     "{\"type\":\"input_json_delta\",\"partial_json\":"
		     "\"{\\\"a\"}}")
		  STOP("max_tokens"), "C<t1,read,{\"a,cut> max_tokens" },
		/* what is unknown is ignored, also a server's own tool */
		{ START EV("{\"type\":\"news\",\"index\":-3}")
		  EV("{\"type\":\"content_block_start\",\"index\":0,"
		     "\"content_block\":{\"type\":\"server_tool_use\","
		     "\"id\":\"x\",\"name\":\"web\",\"input\":{}}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
		     "{\"type\":\"input_json_delta\",\"partial_json\":"
		     "\"{}\"}}")
		  EV("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
		     "null}") EV("[]") EV("null") STOP("pause_turn"),
		    "pause_turn" },
		{ START STOP("refusal"), "refusal" },
		{ START STOP("stop_sequence"), "stop_sequence" },
		{ START STOP("model_context_window_exceeded"), "max_tokens" },
		{ START STOP("something_new"), "end_turn" },
		/* no message_stop, but a reason */
		{ START EV("{\"type\":\"message_delta\",\"delta\":"
			   "{\"stop_reason\":\"end_turn\"}}"), "end_turn" },
		/* types only in the event's name, CRLF */
		{ "event: content_block_delta\r\ndata: {\"index\":0,\"delta\":"
		  "{\"type\":\"text_delta\",\"text\":\"a\"}}\r\n\r\n"
		  "event: message_stop\r\ndata: {}\r\n\r\n", "T<a> none" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		stream_check(&wire_anthropic, rows[i].stream, rows[i].wanted);
}

static void
test_usage_counts_cached_tokens_as_input(void **state)
{
	struct reply r;

	assert_ok(stream_decode(&wire_anthropic, START STOP("end_turn"), 9999,
	    1, &r, &err));
	assert_int_equal(r.usage.input_tokens, 130);
	assert_int_equal(r.usage.cached_tokens, 100);
	assert_int_equal(r.usage.cache_write_tokens, 20);
	assert_int_equal(r.usage.output_tokens, 42);
	assert_int_equal(r.usage.reasoning_tokens, 30);
	assert_true(r.usage.exact);
	assert_string_equal(r.response_id, "msg_1");
	assert_string_equal(r.model, "claude-y");
	reply_release(&r);
}

static void
test_broken_streams(void **state)
{
	stream_fails(&wire_anthropic, START, ERR_LLM_DROPPED);
	stream_fails(&wire_anthropic, "", ERR_LLM_DROPPED);
	stream_fails(&wire_anthropic,
	    START "event: error\n" EV("{\"type\":\"error\",\"error\":{\"type\":"
	    "\"overloaded_error\",\"message\":\"Overloaded\"}}"),
	    ERR_LLM_OVERLOADED);
	stream_fails(&wire_anthropic, EV("{\"error\":\"boom\"}"),
	    ERR_LLM_SERVER);
	stream_fails(&wire_anthropic,
	    EV("{\"type\":\"content_block_start\",\"index\":100000}"),
	    ERR_LLM_PROTOCOL);
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

	assert_ok(json_parse(STR("{\"data\":[{\"id\":\"a\","
	    "\"max_input_tokens\":200},{\"id\":\"b\"},7]}"), NULL, &j, &err));
	assert_ok(wire_anthropic.models(j, see_model, &seen, &err));
	assert_string_equal(buf_text(&seen), "a:200 b:0 ");
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
		WITH_FIXTURE(test_marks_on_tools_system_and_two_turns),
		WITH_FIXTURE(test_results_come_first_with_their_images),
		WITH_FIXTURE(test_thinking_goes_back_unchanged),
		WITH_FIXTURE(test_thinking_asked_for_as_the_model_can),
		WITH_FIXTURE(test_no_budget_in_a_turn_begun_elsewhere),
		WITH_FIXTURE(test_schema_only_where_it_fits),
		WITH_FIXTURE(test_conversation_starts_and_ends_with_the_user),
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_usage_counts_cached_tokens_as_input),
		cmocka_unit_test(test_broken_streams),
		cmocka_unit_test(test_list_of_models),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
