/* json_schema and json_repair: checking, coercing and mending JSON. */
#include "base/json_schema.h"
#include "base/json_repair.h"
#include "tests/unit/unit.h"

static void
test_check(void **state)
{
	static const struct {
		const char *schema, *value, *wanted; /* NULL: it fits */
	} rows[] = {
		{ "{\"type\":\"string\"}", "\"a\"", NULL },
		{ "{\"type\":\"string\"}", "1", "must be string, not number" },
		{ "{\"type\":[\"string\",\"null\"]}", "null", NULL },
		{ "{\"type\":\"integer\"}", "2.0", NULL },
		{ "{\"type\":\"integer\"}", "2.5",
		    "must be integer, not number" },
		{ "{\"enum\":[\"a\",\"b\"]}", "\"c\"",
		    "must be one of \"a\", \"b\"" },
		{ "{\"required\":[\"p\"]}", "{}", "\"p\" is missing" },
		{ "{\"properties\":{\"e\":{\"items\":{\"type\":\"string\"}}}}",
		    "{\"e\":[\"x\",1]}", "/e/1: must be string, not number" },
		{ "{\"additionalProperties\":false}", "{\"q\":1}",
		    "\"q\" is not known here" },
		{ "{\"minimum\":1}", "0", "must be at least 1" },
		{ "{\"maximum\":1}", "2", "must be at most 1" },
		{ "{\"minLength\":3}", "\"ab\"", "is too short" },
		{ "{\"maxLength\":2}", "\"日本語\"",
		    "is longer than 2 characters" },
		{ "{\"minItems\":2}", "[1]", "needs at least 2 items" },
		{ "{\"const\":1}", "2", "has not the one value allowed" },
		{ "{\"allOf\":[{\"type\":\"string\"}]}", "1",
		    "must be string, not number" },
		{ "{\"anyOf\":[{\"type\":\"string\"}]}", "1",
		    "must be string, not number" },
		{ "{\"additionalProperties\":{\"type\":\"string\"}}",
		    "{\"a\":1}", "/a: must be string, not number" },
		{ "{\"properties\":{\"a\":false}}", "{\"a\":1}",
		    "/a: is not allowed" },
		{ "{\"$ref\":\"#/nowhere\"}", "1",
		    "the schema's $ref leads nowhere" },
		{ "{\"minLength\":1}", "\"\"", "must not be empty" },
		{ "{\"maxItems\":1}", "[1,2]", "takes at most 1 items" },
		{ "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}",
		    "null", NULL },
		{ "{\"oneOf\":[{\"type\":\"number\"},{\"type\":\"integer\"}]}",
		    "1", "fits more than one form" },
		{ "{\"not\":{\"type\":\"null\"}}", "null",
		    "has a form that is refused" },
		{ "{\"$ref\":\"#/$defs/s\",\"$defs\":{\"s\":"
		  "{\"type\":\"string\"}}}", "1",
		    "must be string, not number" },
		/* A schema that refers to itself ends. */
		{ "{\"$ref\":\"#\"}", "1", "is nested too deep" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP_JSON struct json *schema = NULL;
		CLEANUP_JSON struct json *value = NULL;
		struct error err = ERROR_INIT;

		assert_ok(json_parse(str_from(rows[i].schema), NULL, &schema,
		    &err));
		assert_ok(json_parse(str_from(rows[i].value), NULL, &value,
		    &err));
		if (rows[i].wanted == NULL) {
			assert_ok(json_schema_check(schema, value, NULL, &err));
			continue;
		}
		assert_error(json_schema_check(schema, value, NULL, &err),
		    ERR_SCHEMA_MISMATCH);
		assert_string_equal(err.message, rows[i].wanted);
	}
}

static void
test_coerce(void **state)
{
	static const struct {
		const char *schema, *value, *wanted;
	} rows[] = {
		{ "{\"properties\":{\"n\":{\"type\":\"integer\"}}}",
		    "{\"n\":\"5\"}", "{\"n\":5}" },
		{ "{\"properties\":{\"b\":{\"type\":\"boolean\"}}}",
		    "{\"b\":\"True\"}", "{\"b\":true}" },
		{ "{\"properties\":{\"a\":{\"type\":\"array\"}}}",
		    "{\"a\":\"[1,2]\"}", "{\"a\":[1,2]}" },
		{ "{\"properties\":{\"a\":{\"type\":\"array\"}}}",
		    "{\"a\":\"x\"}", "{\"a\":[\"x\"]}" },
		{ "{\"properties\":{\"old_string\":{\"type\":\"string\"}}}",
		    "{\"oldString\":\"x\"}", "{\"old_string\":\"x\"}" },
		{ "{\"properties\":{\"s\":{\"type\":\"string\"}}}",
		    "{\"s\":null}", "{}" },
		{ "{\"properties\":{\"s\":{\"type\":\"string\"}},"
		  "\"required\":[\"s\"]}", "{\"s\":null}", "{\"s\":null}" },
		{ "{\"properties\":{\"s\":{\"type\":\"string\"}}}",
		    "{\"s\":\"true\"}", "{\"s\":\"true\"}" },
		{ "{\"type\":\"array\",\"items\":{\"properties\":{\"n\":"
		  "{\"type\":\"number\"}}}}", "[{\"n\":\"1.5\"}]",
		    "[{\"n\":1.5}]" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP_JSON struct json *schema = NULL;
		CLEANUP_JSON struct json *value = NULL;
		CLEANUP_BUF struct buf text = BUF_INIT(1024);
		struct error err = ERROR_INIT;

		assert_ok(json_parse(str_from(rows[i].schema), NULL, &schema,
		    &err));
		assert_ok(json_parse(str_from(rows[i].value), NULL, &value,
		    &err));
		json_schema_coerce(schema, &value);
		json_print(value, &text);
		assert_string_equal(buf_text(&text), rows[i].wanted);
	}
}

static void
test_repair(void **state)
{
	static const struct {
		const char *text, *wanted; /* NULL: nothing to be had */
	} rows[] = {
		{ "Here:\n```json\n{\"a\": 1,}\n```\nDone.", "{\"a\":1}" },
		{ "{\"a\": [1, 2, ], // two\n \"b\": True}",
		    "{\"a\":[1,2],\"b\":true}" },
		{ "{\"a\": \"line\nnext\ttab\"}",
		    "{\"a\":\"line\\nnext\\ttab\"}" },
		{ "{\"a\": \"it\\'s\"}", "{\"a\":\"it's\"}" },
		{ "[see below] {\"a\": 1}", "{\"a\":1}" },
		{ "{\"a\": \"// no comment, }\"}",
		    "{\"a\":\"// no comment, }\"}" },
		{ "{\"a\": {\"b\": 1}", NULL },
		{ "no json", NULL },
		{ "{\"a\": /* one */ False, \"b\": None}",
		    "{\"a\":false,\"b\":null}" },
		{ "{\"a\": \"bell\a cr\r\"}",
		    "{\"a\":\"bell\\u0007 cr\\r\"}" },
		{ "{\"a\": 1 // never ends", NULL },
		{ "{\"a\": [1)}", NULL },
		{ "{\"a\": 1]", NULL },
		{ "{\"a\": \"cut", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP_JSON struct json *value = NULL;
		CLEANUP_BUF struct buf text = BUF_INIT(1024);
		struct error err = ERROR_INIT;

		if (rows[i].wanted == NULL) {
			assert_error(json_parse_lenient(str_from(rows[i].text),
			    NULL, &value, &err), ERR_PARSE);
			continue;
		}
		assert_ok(json_parse_lenient(str_from(rows[i].text), NULL,
		    &value, &err));
		json_print(value, &text);
		assert_string_equal(buf_text(&text), rows[i].wanted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_coerce),
		cmocka_unit_test(test_repair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
