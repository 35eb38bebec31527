/* buf: growth, ceiling, the sticky mark, splicing. */
#include "base/buf.h"
#include "tests/unit/unit.h"

static void
test_text_is_terminated(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(100);

	assert_string_equal(buf_text(&b), "");
	buf_add_cstr(&b, "ab");
	buf_printf(&b, "%d", 42);
	assert_string_equal(buf_text(&b), "ab42");
	assert_int_equal(b.len, 4);
}

static void
test_ceiling_is_sticky(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(4);
	struct error err;

	assert_int_equal(buf_add_cstr(&b, "abcd"), 0);
	assert_int_equal(buf_add_char(&b, 'e'), -ERR_TOO_LARGE);
	buf_truncate(&b, 0);
	assert_int_equal(buf_add_char(&b, 'e'), -ERR_TOO_LARGE);
	assert_error(buf_check(&b, &err), ERR_TOO_LARGE);
	buf_clear(&b);
	assert_int_equal(buf_add_char(&b, 'e'), 0);
	assert_string_equal(buf_text(&b), "e");
}

static void
test_splice(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(64);

	buf_add_cstr(&b, "hello world");
	buf_splice(&b, 0, 5, STR("goodbye"));
	assert_string_equal(buf_text(&b), "goodbye world");
	buf_splice(&b, 7, 6, STR_NONE);
	assert_string_equal(buf_text(&b), "goodbye");
	buf_splice(&b, 7, 0, STR("!"));
	assert_string_equal(buf_text(&b), "goodbye!");
	buf_consume(&b, 4);
	assert_string_equal(buf_text(&b), "bye!");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_terminated),
		cmocka_unit_test(test_ceiling_is_sticky),
		cmocka_unit_test(test_splice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
