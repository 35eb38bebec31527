/* json: what is accepted, what is refused, look-ups in hostile values. */
#include "base/json.h"
#include "tests/unit/unit.h"

static struct json *
parse(const char *text)
{
	struct json *j = NULL;
	struct error err;

	assert_ok(json_parse(str_from(text), NULL, &j, &err));
	return j;
}

static void
assert_prints(const struct json *j, const char *text)
{
	CLEANUP_BUF struct buf out = BUF_INIT(10 * KIB);

	assert_int_equal(json_print(j, &out), 0);
	assert_string_equal(buf_text(&out), text);
}

static void
test_accepts_and_refuses(void **state)
{
	const struct json_limits strict = { .bytes_max = KIB, .depth_max = 8,
		.flags = JSON_STRICT };
	static const struct {
		const char *text;
		enum error_code lax, strict; /* 0: accepted */
		const char *printed;
	} cases[] = {
		{ "{\"a\":[1,true,null]}", 0, 0, "{\"a\":[1,true,null]}" },
		{ " \"x\" \n", 0, 0, "\"x\"" },
		{ "{\"a\":1,\"a\":2}", 0, ERR_PARSE, "{\"a\":1,\"a\":2}" },
		{ "\"a\\u0000b\"", 0, ERR_PARSE, "\"a\xef\xbf\xbd"
						 "b\"" },
		/* An escaped backslash, then plain text. */
		{ "\"a\\\\u0000b\"", 0, 0, "\"a\\\\u0000b\"" },
		{ "[9007199254740991,-1732000000123456,1e15,0.1,2.5e-7,1e20]",
		    0, 0,
		    "[9007199254740991,-1732000000123456,1000000000000000,0.1,"
		    "2.5e-07,1e+20]" },
		{ "[0.30000000000000004,1e999]", 0, 0,
		    "[0.30000000000000004,null]" },
		{ "", ERR_PARSE, ERR_PARSE, NULL },
		{ "{", ERR_PARSE, ERR_PARSE, NULL },
		{ "{} x", ERR_PARSE, ERR_PARSE, NULL },
		{ "{}{}", ERR_PARSE, ERR_PARSE, NULL },
		{ "'a'", ERR_PARSE, ERR_PARSE, NULL },
		{ "[1,]", ERR_PARSE, ERR_PARSE, NULL },
		{ "\"\xff\"", ERR_PARSE, ERR_PARSE, NULL },
		{ "[[[[[[[[[0]]]]]]]]]", 0, ERR_TOO_LARGE,
		    "[[[[[[[[[0]]]]]]]]]" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_JSON struct json *lax = NULL;
		CLEANUP_JSON struct json *other = NULL;
		struct error err;

		assert_error(json_parse(str_from(cases[i].text), NULL, &lax,
				 &err),
		    cases[i].lax);
		if (lax != NULL)
			assert_prints(lax, cases[i].printed);
		assert_error(json_parse(str_from(cases[i].text), &strict,
				 &other, &err),
		    cases[i].strict);
	}
}

static void
test_raw_nul_does_not_cut(void **state)
{
	const struct json_limits strict = { .bytes_max = KIB, .depth_max = 8,
		.flags = JSON_STRICT };
	CLEANUP_JSON struct json *j = NULL;
	struct json *none = NULL;
	struct error err;

	assert_ok(json_parse(str_make("\"a\0b\"", 5), NULL, &j, &err));
	assert_prints(j, "\"a\xef\xbf\xbd"
			 "b\"");
	assert_error(json_parse(str_make("\"a\0b\"", 5), &strict, &none, &err),
	    ERR_PARSE);
}

static void
test_errors_tell_the_place(void **state)
{
	struct json *j = NULL;
	struct error err;

	assert_error(json_parse(STR("{\n \"a\": ?\n}"), NULL, &j, &err),
	    ERR_PARSE);
	assert_non_null(strstr(err.message, "line 2"));
}

static void
test_repairs_utf8_when_asked(void **state)
{
	const struct json_limits repair = { .bytes_max = KIB, .depth_max = 8,
		.flags = JSON_REPAIR_UTF8 };
	CLEANUP_JSON struct json *j = NULL;
	struct error err;

	assert_ok(json_parse(STR("\"\xff\""), &repair, &j, &err));
	assert_prints(j, "\"\xef\xbf\xbd\"");
}

static void
test_size_and_depth_are_limited(void **state)
{
	CLEANUP_BUF struct buf deep = BUF_INIT(MIB);
	const struct json_limits small = { .bytes_max = 3, .depth_max = 9 };
	struct json *j = NULL;
	struct error err;

	assert_error(json_parse(STR("[1 ]"), &small, &j, &err), ERR_TOO_LARGE);
	buf_add_repeated(&deep, '[', 100000);
	assert_error(json_parse(buf_str(&deep), NULL, &j, &err),
	    ERR_TOO_LARGE);
	assert_null(j);
}

static void
test_lookups_take_anything(void **state)
{
	CLEANUP_JSON struct json *j = parse(
	    "{\"s\":\"x\",\"n\":2.5,\"b\":true,\"a\":[1,2],\"A\":9}");

	assert_true(json_get(NULL, "x") == NULL);
	assert_true(json_get(json_get(j, "s"), "x") == NULL);
	assert_true(str_eq_c(json_get_str(j, "s"), "x"));
	assert_true(json_get_str(j, "n").ptr == NULL);
	assert_int_equal(json_get_int(j, "n", 7), 2);
	assert_int_equal(json_get_int(j, "s", 7), 7);
	assert_true(json_get_bool(j, "b", false));
	assert_int_equal(json_count(json_get(j, "a")), 2);
	assert_int_equal(json_int(json_at(json_get(j, "a"), 1), 0), 2);
	assert_null(json_at(json_get(j, "a"), 2));
	assert_int_equal(json_get_int(j, "A", 0), 9);
	assert_true(json_get_n(j, STR("a")) == json_get(j, "a"));
	assert_int_equal(json_count(NULL), 0);
	assert_false(json_is(NULL, JSON_NULL));
	assert_int_equal(json_type(NULL), JSON_NULL);
	assert_string_equal(json_type_name(JSON_OBJECT), "object");
}

static void
test_integers_out_of_range_fall_back(void **state)
{
	CLEANUP_JSON struct json *j = parse("[1e300,-1e300,1e15]");

	assert_int_equal(json_int(json_at(j, 0), 5), 5);
	assert_int_equal(json_int(json_at(j, 1), 5), 5);
	assert_true(json_int(json_at(j, 2), 5) == 1000000000000000);
}

static void
test_building(void **state)
{
	CLEANUP_JSON struct json *j = json_new_object();
	CLEANUP_JSON struct json *copy = NULL;
	struct json *list = json_new_array();

	json_set_str(j, "a", STR("x\"y"));
	json_set_int(j, "n", 1234567890123);
	json_set_bool(j, "b", false);
	json_set(j, "list", list);
	json_add(list, json_new_number(1.5));
	json_add(list, NULL);
	json_set_int(j, "a", 1);
	json_set_n(j, STR("ab"), json_new_str(str_make("\xff\0", 2)));
	copy = json_copy(j);
	assert_true(json_equal(j, copy));
	json_remove(j, "list");
	assert_false(json_equal(j, copy));
	assert_prints(j,
	    "{\"a\":1,\"n\":1234567890123,\"b\":false,"
	    "\"ab\":\"\xef\xbf\xbd\xef\xbf\xbd\"}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepts_and_refuses),
		cmocka_unit_test(test_raw_nul_does_not_cut),
		cmocka_unit_test(test_errors_tell_the_place),
		cmocka_unit_test(test_repairs_utf8_when_asked),
		cmocka_unit_test(test_size_and_depth_are_limited),
		cmocka_unit_test(test_lookups_take_anything),
		cmocka_unit_test(test_integers_out_of_range_fall_back),
		cmocka_unit_test(test_building),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
