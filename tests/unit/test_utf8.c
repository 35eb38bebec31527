/* utf8: what is a character and what is not. */
#include "base/utf8.h"
#include "tests/unit/unit.h"

static const struct {
	const char *bytes;
	size_t len; /* of the character; 0: none */
	uint32_t code;
} cases[] = {
	{ "a", 1, 'a' },
	{ "\x7f", 1, 0x7f },
	{ "\xc2\x80", 2, 0x80 },
	{ "\xdf\xbf", 2, 0x7ff },
	{ "\xe0\xa0\x80", 3, 0x800 },
	{ "\xef\xbf\xbf", 3, 0xffff },
	{ "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	{ "\x80", 0, 0 },
	{ "\xc0\x80", 0, 0 },		/* overlong NUL */
	{ "\xc1\xbf", 0, 0 },		/* overlong */
	{ "\xe0\x9f\xbf", 0, 0 },	/* overlong */
	{ "\xf0\x8f\xbf\xbf", 0, 0 },	/* overlong */
	{ "\xed\xa0\x80", 0, 0 },	/* surrogate */
	{ "\xf4\x90\x80\x80", 0, 0 },	/* above U+10FFFF */
	{ "\xf8\x88\x80\x80\x80", 0, 0 },
	{ "\xff", 0, 0 },
	{ "\xe2\x82", 0, 0 },
	{ "\xe2z\x82", 0, 0 },
};

static void
test_decode_and_encode(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t code = 0;
		char out[4];

		assert_int_equal(utf8_decode(cases[i].bytes,
				     strlen(cases[i].bytes), &code),
		    cases[i].len);
		if (cases[i].len == 0)
			continue;
		assert_int_equal(code, cases[i].code);
		assert_int_equal(utf8_encode(code, out), cases[i].len);
		assert_memory_equal(out, cases[i].bytes, cases[i].len);
	}
}

static void
test_encode_replaces_what_is_none(void **state)
{
	char out[4];

	assert_int_equal(utf8_encode(0xd800, out), 3);
	assert_memory_equal(out, "\xef\xbf\xbd", 3);
	assert_int_equal(utf8_encode(0x110000, out), 3);
}

static void
test_valid_prefix(void **state)
{
	assert_int_equal(utf8_valid_prefix(STR("0123456789\xff")), 10);
	assert_int_equal(utf8_valid_prefix(STR("01234567\xc3\xa9\xc3")), 10);
	assert_true(utf8_valid(STR("")));
	assert_true(utf8_valid(STR_NONE));
}

static void
test_repair(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(100);

	utf8_repair(STR("a\xff\xc3\xa9\xe2\x82"), &out);
	assert_string_equal(buf_text(&out),
	    "a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd");
}

static void
test_cut_keeps_characters_whole(void **state)
{
	const struct str s = STR("a\xe2\x82\xac\xf0\x9f\x98\x80");
	static const size_t wanted[] = { 0, 1, 1, 1, 4, 4, 4, 4, 8, 8 };

	for (size_t max = 0; max < ARRAY_LEN(wanted); max++)
		assert_int_equal(utf8_cut(s.ptr, s.len, max), wanted[max]);
}

static void
test_incomplete_tail(void **state)
{
	assert_int_equal(utf8_incomplete_tail(STR("")), 0);
	assert_int_equal(utf8_incomplete_tail(STR("a")), 0);
	assert_int_equal(utf8_incomplete_tail(STR("a\xe2")), 1);
	assert_int_equal(utf8_incomplete_tail(STR("a\xe2\x82")), 2);
	assert_int_equal(utf8_incomplete_tail(STR("a\xe2\x82\xac")), 0);
	assert_int_equal(utf8_incomplete_tail(STR("\xf0\x9f\x98")), 3);
	assert_int_equal(utf8_incomplete_tail(STR("\x80\x80\x80\x80")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode_and_encode),
		cmocka_unit_test(test_encode_replaces_what_is_none),
		cmocka_unit_test(test_valid_prefix),
		cmocka_unit_test(test_repair),
		cmocka_unit_test(test_cut_keeps_characters_whole),
		cmocka_unit_test(test_incomplete_tail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
