/* text_form: other encodings come out as UTF-8. */
#include "index/text_form.h"
#include "tests/unit/unit.h"

static void
expect(const char *bytes, size_t len, const char *wanted)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * KIB);

	buf_add(&text, bytes, len);
	text_form_to_utf8(&text);
	assert_string_equal(buf_text(&text), wanted);
	assert_int_equal(text.len, strlen(wanted));
}

#define EXPECT(bytes, wanted) expect(bytes, sizeof(bytes) - 1, wanted)

static void
utf8_stays_and_loses_its_mark(void **state)
{
	(void)state;
	EXPECT("int x; /* \xc3\xa4 */\r\n", "int x; /* \xc3\xa4 */\r\n");
	EXPECT("\xef\xbb\xbfint x;\n", "int x;\n");
	EXPECT("", "");
}

static void
utf16_is_read_in_both_orders(void **state)
{
	(void)state;
	EXPECT("\xff\xfei\0n\0t\0\xe4\0\n\0", "int\xc3\xa4\n");
	EXPECT("\xfe\xff\0i\0n\0t\0\xe4\0\n", "int\xc3\xa4\n");
	/* A pair of surrogates; a half of one; half a character. */
	EXPECT("\xff\xfe\x3d\xd8\x00\xde", "\xf0\x9f\x98\x80");
	EXPECT("\xff\xfe\x00\xde" "a\0", "\xef\xbf\xbd" "a");
	EXPECT("\xff\xfe" "a\0b", "a");
}

static void
utf16_is_recognised_without_a_mark(void **state)
{
	(void)state;
	EXPECT("i\0n\0t\0 \0m\0a\0i\0n\0(\0)\0;\0\n\0", "int main();\n");
	EXPECT("\0i\0n\0t\0 \0m\0a\0i\0n\0(\0)\0;\0\n", "int main();\n");
}

static void
other_bytes_are_latin_1(void **state)
{
	(void)state;
	EXPECT("/* f\xfcr \xc3\xa4 */\n", "/* f\xc3\xbcr \xc3\xa4 */\n");
}

static void
binary_stays_as_it_is(void **state)
{
	static const char bytes[] = "\x7f" "ELF\2\1\1\0\0\0\xff\xfe\0\x80";
	CLEANUP_BUF struct buf text = BUF_INIT(4 * KIB);

	(void)state;
	buf_add(&text, bytes, sizeof(bytes));
	text_form_to_utf8(&text);
	assert_int_equal(text.len, sizeof(bytes));
	assert_memory_equal(buf_text(&text), bytes, sizeof(bytes));
}

static void
what_grows_is_cut_at_the_ceiling(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64);

	(void)state;
	for (int i = 0; i < 60; i++)
		buf_add_char(&text, (char)0xe4);
	text_form_to_utf8(&text);
	assert_true(text.len <= 64 && text.len >= 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_stays_and_loses_its_mark),
		cmocka_unit_test(utf16_is_read_in_both_orders),
		cmocka_unit_test(utf16_is_recognised_without_a_mark),
		cmocka_unit_test(other_bytes_are_latin_1),
		cmocka_unit_test(binary_stays_as_it_is),
		cmocka_unit_test(what_grows_is_cut_at_the_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
