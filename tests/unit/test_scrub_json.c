/* scrub_json: strings as they read, members by their names. */
#include "base/json.h"
#include "base/json_writer.h"
#include "safety/scrub_json.h"
#include "safety/scrubber.h"
#include "tests/unit/unit.h"

static void
clean(const char *text, struct buf *out)
{
	static const unsigned char key[SCRUBBER_KEY_SIZE] = { 7 };
	struct scrubber *s = scrubber_create(key);
	struct json_writer w = JSON_WRITER(out);
	CLEANUP_JSON struct json *j = NULL;

	assert_int_equal(json_parse(str_from(text), NULL, &j, NULL), 0);
	scrub_json(s, j, &w);
	scrubber_destroy(s);
}

static void
test_secrets_are_replaced(void **state)
{
	static const char *const texts[] = {
		/* The value alone tells nothing. */
		"{\"password\":\"k8Tq2vLz9w\"}",
		"[{\"a\":{\"api_key\":[\"k8Tq2vLz9wPf3MxR7sYd1Ncb\"]}}]",
		/* Quotes and line feeds are escaped in JSON. */
		"{\"text\":\"say password: \\\"k8Tq2vLz9w\\\"\"}",
		"\"a\\npassword=k8Tq2vLz9w\\nb\"",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(MIB);
		CLEANUP_JSON struct json *j = NULL;

		clean(texts[i], &out);
		assert_null(strstr(buf_text(&out), "k8Tq2v"));
		assert_non_null(strstr(buf_text(&out), "[secret:"));
		assert_int_equal(json_parse(buf_str(&out), NULL, &j, NULL), 0);
	}
}

static void
test_the_rest_stays(void **state)
{
	static const char text[] = "{\"a\":[1,true,null,\"x\\\"y\"],"
				   "\"password\":\"\",\"b\":{\"c\":2.5}}";
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);

	clean(text, &out);
	assert_string_equal(buf_text(&out), text);
}

static void
test_depth_has_an_end(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(MIB), out = BUF_INIT(MIB);
	CLEANUP_JSON struct json *j = NULL;

	buf_add_repeated(&text, '[', 100);
	buf_add_repeated(&text, ']', 100);
	clean(buf_text(&text), &out);
	assert_int_equal(json_parse(buf_str(&out), NULL, &j, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets_are_replaced),
		cmocka_unit_test(test_the_rest_stays),
		cmocka_unit_test(test_depth_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
