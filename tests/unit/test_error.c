/* error: codes and names, one clean line, wrapping, JSON. */
#include "base/error.h"
#include "base/json_writer.h"
#include "base/utf8.h"
#include "tests/unit/unit.h"

#include <errno.h>

static void
test_names_lead_back_to_codes(void **state)
{
	for (int code = 1; code < ERR_COUNT; code++) {
		const char *name = error_name((enum error_code)code);

		assert_true(name[0] != '\0');
		assert_int_equal(error_by_name(name), code);
	}
	assert_string_equal(error_name(ERR_NONE), "none");
	assert_string_equal(error_name((enum error_code)9999), "none");
	assert_int_equal(error_by_name("nothing"), ERR_NONE);
	assert_null(error_hint((enum error_code)9999));
}

static void
test_message_is_one_clean_line(void **state)
{
	struct error err;

	assert_int_equal(error_set(&err, ERR_IO, "a\nb\x1b[0m\t \n"),
	    -(int)ERR_IO);
	assert_string_equal(err.message, "a b [0m");
	assert_int_equal(err.code, ERR_IO);
	assert_int_equal(error_set(NULL, ERR_IO, "x"), -(int)ERR_IO);
}

static void
test_long_message_is_cut_between_characters(void **state)
{
	char text[1024];
	struct error err;

	for (size_t i = 0; i + 2 < sizeof(text); i += 3)
		memcpy(text + i, "\xe2\x82\xac", 3);
	text[sizeof(text) - 1] = '\0';
	error_set(&err, ERR_IO, "%s", text);
	assert_true(strlen(err.message) > sizeof(err.message) - 4);
	assert_true(utf8_valid(str_from(err.message)));
}

static void
test_errno_chooses_the_code(void **state)
{
	static const struct {
		int number;
		enum error_code code;
	} cases[] = {
		{ ENOENT, ERR_NOT_FOUND },
		{ EEXIST, ERR_EXISTS },
		{ ENOSPC, ERR_NO_SPACE },
		{ EACCES, ERR_PERMISSION },
		{ ETIMEDOUT, ERR_TIMEOUT },
		{ EIO, ERR_IO },
	};
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_error(error_errno(&err, cases[i].number, "open %s", "x"),
		    cases[i].code);
	error_errno(&err, ENOENT, "open %s", "x");
	assert_string_equal(err.message, "open x: No such file or directory");
}

static void
test_wrap_keeps_the_cause(void **state)
{
	struct error err;

	error_set(&err, ERR_NET_DROPPED, "connection lost");
	error_wrap(&err, ERR_LLM_DROPPED, "answer broke off: %s", err.message);
	assert_string_equal(err.message, "answer broke off: connection lost");
	assert_string_equal(err.details, "connection lost");
	assert_string_equal(err.cause, "net.dropped");
	assert_true(err.retryable);
}

static void
test_json_members(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);
	struct json_writer w = JSON_WRITER(&out);
	struct error err;

	error_set(&err, ERR_LLM_RATE_LIMITED, "slow down");
	error_detail(&err, "limit %d", 3);
	snprintf(err.trace, sizeof(err.trace), "ab");
	jw_object(&w);
	error_write_fields(&err, &w);
	jw_end(&w);
	assert_string_equal(buf_text(&out),
	    "{\"code\":\"llm.rate_limited\",\"message\":\"slow down\","
	    "\"details\":\"limit 3\",\"retryable\":true,\"trace_id\":\"ab\","
	    "\"span_id\":\"\",\"cause\":\"\"}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_lead_back_to_codes),
		cmocka_unit_test(test_message_is_one_clean_line),
		cmocka_unit_test(test_long_message_is_cut_between_characters),
		cmocka_unit_test(test_errno_chooses_the_code),
		cmocka_unit_test(test_wrap_keeps_the_cause),
		cmocka_unit_test(test_json_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
