/* json_writer: commas, escapes, repairs, the buf's sticky mark. */
#include "base/json_writer.h"
#include "base/json.h"
#include "tests/unit/unit.h"

#include <math.h>

static void
test_nested_text(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);
	CLEANUP_JSON struct json *j = json_new_array();
	struct json_writer w = JSON_WRITER(&out);

	json_add(j, json_new_bool(true));
	jw_object(&w);
	jw_key_str(&w, "s", STR("x"));
	jw_key_int(&w, "n", -3);
	jw_key_bool(&w, "b", true);
	jw_key_cstr(&w, "null", NULL);
	jw_key(&w, "list");
	jw_array(&w);
	jw_int(&w, 1);
	jw_double(&w, 0.5);
	jw_double(&w, INFINITY);
	jw_object(&w);
	jw_end(&w);
	jw_array(&w);
	jw_end(&w);
	jw_end(&w);
	jw_members(&w, STR(""));
	jw_members(&w, STR("\"m\":1,\"o\":2"));
	jw_key_raw(&w, "raw", STR("[0]"));
	jw_key(&w, "json");
	jw_json(&w, j);
	jw_key(&w, "none");
	jw_json(&w, NULL);
	jw_end(&w);
	assert_string_equal(buf_text(&out),
	    "{\"s\":\"x\",\"n\":-3,\"b\":true,\"null\":null,"
	    "\"list\":[1,0.5,null,{},[]],\"m\":1,\"o\":2,\"raw\":[0],"
	    "\"json\":[true],\"none\":null}");
}

static void
test_strings_are_escaped(void **state)
{
	static const struct {
		struct str in;
		const char *out;
	} cases[] = {
		{ { "a\"\\\n\r\t", 6 }, "\"a\\\"\\\\\\n\\r\\t\"" },
		{ { "\x01\x1f\x7f", 3 }, "\"\\u0001\\u001f\\u007f\"" },
		{ { "a\0b", 3 }, "\"a\\u0000b\"" },
		{ { "\xc3\xa9", 2 }, "\"\xc3\xa9\"" },
		{ { "\xff", 1 }, "\"\xef\xbf\xbd\"" },
		{ { NULL, 0 }, "\"\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(KIB);
		struct json_writer w = JSON_WRITER(&out);

		jw_str(&w, cases[i].in);
		assert_string_equal(buf_text(&out), cases[i].out);
	}
}

static void
test_overflow_is_seen_at_the_end(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(8);
	struct json_writer w = JSON_WRITER(&out);
	struct error err;

	jw_array(&w);
	jw_str(&w, STR("longer than eight"));
	jw_end(&w);
	assert_error(buf_check(&out, &err), ERR_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested_text),
		cmocka_unit_test(test_strings_are_escaped),
		cmocka_unit_test(test_overflow_is_seen_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
