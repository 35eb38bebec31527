/* wire_error: bodies as vendors send them, and the code each becomes. */
#include "base/json.h"
#include "llm/wire.h"
#include "tests/unit/unit.h"

static const struct {
	int status;
	const char *body;
	enum error_code code;
	uint32_t retry_after_ms;
} http_cases[] = {
	/* OpenAI */
	{ 401,
	    "{\"error\":{\"message\":\"Incorrect API key provided: x\","
	    "\"type\":\"invalid_request_error\",\"param\":null,"
	    "\"code\":\"invalid_api_key\"}}",
	    ERR_LLM_AUTH, 0 },
	{ 429,
	    "{\"error\":{\"message\":\"You exceeded your current quota, "
	    "please check your plan\",\"type\":\"insufficient_quota\","
	    "\"param\":null,\"code\":\"insufficient_quota\"}}",
	    ERR_LLM_QUOTA, 0 },
	{ 429,
	    "{\"error\":{\"message\":\"Rate limit reached for gpt-5 on tokens "
	    "per min. Please try again in 7.66s. Visit x\",\"type\":\"tokens\","
	    "\"code\":\"rate_limit_exceeded\"}}",
	    ERR_LLM_RATE_LIMITED, 7660 },
	{ 429,
	    "{\"error\":{\"message\":\"Request too large for gpt-5 on tokens "
	    "per min (TPM): Limit 30000, Requested 40000\",\"type\":"
	    "\"tokens\",\"code\":\"rate_limit_exceeded\"}}",
	    ERR_LLM_CONTEXT, 0 },
	{ 400,
	    "{\"error\":{\"message\":\"This model's maximum context length is "
	    "128000 tokens.\",\"type\":\"invalid_request_error\",\"param\":"
	    "\"messages\",\"code\":\"context_length_exceeded\"}}",
	    ERR_LLM_CONTEXT, 0 },
	{ 404,
	    "{\"error\":{\"message\":\"The model `x` does not exist or you do "
	    "not have access to it.\",\"type\":\"invalid_request_error\","
	    "\"code\":\"model_not_found\"}}",
	    ERR_LLM_MODEL, 0 },
	{ 400,
	    "{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens'\","
	    "\"type\":\"invalid_request_error\",\"code\":"
	    "\"unsupported_parameter\"}}",
	    ERR_LLM_BAD_REQUEST, 0 },
	{ 500, "{\"error\":{\"message\":\"oops\",\"type\":\"server_error\"}}",
	    ERR_LLM_SERVER, 0 },
	/* Anthropic */
	{ 529,
	    "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
	    "\"message\":\"Overloaded\"},\"request_id\":\"req_1\"}",
	    ERR_LLM_OVERLOADED, 0 },
	{ 400,
	    "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
	    "\"message\":\"prompt is too long: 1 tokens > 2 maximum\"}}",
	    ERR_LLM_CONTEXT, 0 },
	{ 400,
	    "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
	    "\"message\":\"Your credit balance is too low\"}}",
	    ERR_LLM_QUOTA, 0 },
	{ 404,
	    "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\","
	    "\"message\":\"model: claude-x\"}}",
	    ERR_LLM_MODEL, 0 },
	/* Gemini: bad keys with 400, arrays around the object */
	{ 400,
	    "{\"error\":{\"code\":400,\"message\":\"API key not valid. Please "
	    "pass a valid API key.\",\"status\":\"INVALID_ARGUMENT\","
	    "\"details\":[{\"@type\":\"x\",\"reason\":\"API_KEY_INVALID\"}]}}",
	    ERR_LLM_AUTH, 0 },
	{ 429,
	    "[{\"error\":{\"code\":429,\"message\":\"You exceeded your current "
	    "quota, please check your plan and billing details.\",\"status\":"
	    "\"RESOURCE_EXHAUSTED\",\"details\":[{\"@type\":\"type.googleapis."
	    "com/google.rpc.RetryInfo\",\"retryDelay\":\"34.5s\"}]}}]",
	    ERR_LLM_RATE_LIMITED, 34500 },
	{ 400,
	    "{\"error\":{\"code\":400,\"message\":\"The input token count "
	    "(2000000) exceeds the maximum number of tokens allowed\","
	    "\"status\":\"INVALID_ARGUMENT\"}}",
	    ERR_LLM_CONTEXT, 0 },
	{ 404,
	    "{\"error\":{\"code\":404,\"message\":\"models/x is not found for "
	    "API version v1beta\",\"status\":\"NOT_FOUND\"}}",
	    ERR_LLM_MODEL, 0 },
	{ 401,
	    "{\"error\":{\"message\":\"Unauthorized\",\"type\":"
	    "\"api_error\",\"param\":null,\"code\":null}}",
	    ERR_LLM_AUTH, 0 },
	{ 400,
	    "{\"error\":{\"message\":\"prompt too long; exceeded max by 9 "
	    "tokens\",\"type\":\"invalid_request_error\"}}",
	    ERR_LLM_CONTEXT, 0 },
	/* Perplexity, Azure AI, Groq */
	{ 400,
	    "{\"error\":{\"message\":\"The total length of all messages is "
	    "too long.\",\"type\":\"too_many_prompt_tokens\",\"code\":400}}",
	    ERR_LLM_CONTEXT, 0 },
	{ 429,
	    "{\"error\":{\"code\":\"RateLimitReached\",\"message\":\"Your "
	    "requests have exceeded rate limit.\"}}",
	    ERR_LLM_RATE_LIMITED, 0 },
	{ 400,
	    "{\"error\":{\"message\":\"Tool choice is required, but model "
	    "did not call a tool\",\"type\":\"invalid_request_error\","
	    "\"code\":\"tool_use_failed\"}}",
	    ERR_LLM_SERVER, 0 },
	/* Ollama, llama.cpp, vLLM, FastAPI servers */
	{ 404, "{\"error\":\"model 'x' not found, try pulling it first\"}",
	    ERR_LLM_MODEL, 0 },
	{ 400,
	    "{\"error\":{\"code\":400,\"message\":\"the request exceeds the "
	    "available context size\",\"type\":\"exceed_context_size_error\"}}",
	    ERR_LLM_CONTEXT, 0 },
	{ 503,
	    "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":"
	    "\"unavailable_error\"}}",
	    ERR_LLM_OVERLOADED, 0 },
	{ 400,
	    "{\"object\":\"error\",\"message\":\"This model's maximum context "
	    "length is 4096 tokens.\",\"type\":\"BadRequestError\",\"code\":"
	    "400}",
	    ERR_LLM_CONTEXT, 0 },
	{ 422,
	    "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\","
	    "\"type\":\"value_error.missing\"}]}",
	    ERR_LLM_BAD_REQUEST, 0 },
	{ 401, "{\"detail\":\"Unauthorized\"}", ERR_LLM_AUTH, 0 },
	/* Gateways */
	{ 402,
	    "{\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}",
	    ERR_LLM_QUOTA, 0 },
	{ 502,
	    "{\"error\":{\"message\":\"Provider returned error\",\"code\":502,"
	    "\"metadata\":{\"raw\":\"boom\",\"provider_name\":\"X\"}}}",
	    ERR_LLM_SERVER, 0 },
	{ 413,
	    "{\"error\":{\"message\":\"Request too large for model\",\"type\":"
	    "\"tokens\",\"code\":\"rate_limit_exceeded\"}}",
	    ERR_LLM_CONTEXT, 0 },
	{ 429, "{\"message\":\"Requests rate limit exceeded\"}",
	    ERR_LLM_RATE_LIMITED, 0 },
	{ 429, "slow down; try again in 1m2.5s", ERR_LLM_RATE_LIMITED, 62500 },
	{ 429, "try again in 350ms.", ERR_LLM_RATE_LIMITED, 350 },
	{ 404, "", ERR_LLM_BAD_REQUEST, 0 },
	{ 404, "404 page not found", ERR_LLM_BAD_REQUEST, 0 },
	{ 500, "{\"error\":{\"error\":{\"error\":{\"error\":{\"error\":{"
	       "\"error\":\"deep\"}}}}}}",
	    ERR_LLM_SERVER, 0 },
	{ 500, "{\"error\":null}", ERR_LLM_SERVER, 0 },
	{ 520, "\xff\xfe broken", ERR_LLM_SERVER, 0 },
};

static void
test_http_errors(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(http_cases); i++) {
		struct error err = ERROR_INIT;
		int rc = wire_http_error(http_cases[i].status,
		    STR("application/json"), str_from(http_cases[i].body),
		    &err);

		if (rc != -(int)http_cases[i].code ||
		    err.retry_after_ms != http_cases[i].retry_after_ms)
			fail_msg("%s\ngave %s, %u ms (%s)", http_cases[i].body,
			    error_name((enum error_code)-rc),
			    (unsigned)err.retry_after_ms, err.message);
		assert_true(err.message[0] != '\0');
	}
}

static void
test_vendors_words_are_kept(void **state)
{
	struct error err = ERROR_INIT;

	wire_http_error(422, STR("application/json"),
	    STR("{\"detail\":[{\"msg\":\"field required\"}]}"), &err);
	assert_string_equal(err.message, "field required (HTTP 422)");
	wire_http_error(502, STR(""),
	    STR("{\"error\":{\"message\":\"Provider returned error\","
		"\"metadata\":{\"raw\":\"boom\"}}}"),
	    &err);
	assert_string_equal(err.details, "boom");
}

static void
test_web_pages(void **state)
{
	static const struct {
		int status;
		enum error_code code;
	} cases[] = {
		{ 502, ERR_LLM_SERVER },
		{ 403, ERR_LLM_BAD_REQUEST },
		{ 404, ERR_LLM_BAD_REQUEST },
		{ 407, ERR_NET_PROXY },
		{ 503, ERR_LLM_OVERLOADED },
		{ 429, ERR_LLM_RATE_LIMITED },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = ERROR_INIT;

		assert_error(wire_http_error(cases[i].status,
				 STR("text/html; charset=utf-8"),
				 STR("\n<html><head><title>502 Bad\n Gateway"
				     "</title></head></html>"),
				 &err),
		    cases[i].code);
		assert_non_null(strstr(err.message, "502 Bad  Gateway"));
	}
}

static void
test_keys_are_not_repeated(void **state)
{
	struct error err = ERROR_INIT;

	wire_http_error(401, STR("application/json"),
	    STR("{\"error\":{\"message\":\"Incorrect API key provided: "
		"sk-proj-abcdefghij0123456789. See x\"}}"),
	    &err);
	assert_null(strstr(err.message, "abcdefghij"));
	assert_non_null(strstr(err.message, "[key]"));
}

static void
test_stream_errors(void **state)
{
	static const struct {
		const char *value;
		enum error_code code;
		const char *message;
	} cases[] = {
		{ "\"it broke\"", ERR_LLM_SERVER, "it broke" },
		{ "{\"message\":\"Overloaded\",\"type\":\"overloaded_error\"}",
		    ERR_LLM_OVERLOADED, "Overloaded" },
		{ "{\"code\":429,\"message\":\"Rate limited upstream\"}",
		    ERR_LLM_RATE_LIMITED, "Rate limited upstream (HTTP 429)" },
		{ "{\"code\":\"502\",\"message\":\"x\"}", ERR_LLM_SERVER,
		    "x (HTTP 502)" },
		{ "{\"error\":{\"code\":\"context_length_exceeded\"}}",
		    ERR_LLM_CONTEXT, "context_length_exceeded" },
		{ "{\"code\":\"invalid_prompt\",\"message\":\"no\"}",
		    ERR_LLM_BAD_REQUEST, "no" },
		{ "null", ERR_LLM_SERVER, "the server gave no reason" },
		{ "{}", ERR_LLM_SERVER, "the server gave no reason" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_JSON struct json *j = NULL;
		struct error err = ERROR_INIT;

		assert_ok(json_parse(str_from(cases[i].value), NULL, &j, &err));
		assert_error(wire_stream_error(j, &err), cases[i].code);
		assert_string_equal(err.message, cases[i].message);
	}
	assert_error(wire_stream_error(NULL, NULL), ERR_LLM_SERVER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_errors),
		cmocka_unit_test(test_vendors_words_are_kept),
		cmocka_unit_test(test_web_pages),
		cmocka_unit_test(test_keys_are_not_repeated),
		cmocka_unit_test(test_stream_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
