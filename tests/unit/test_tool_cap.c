/* tool_cap: head and tail, line borders, the file with the whole. */
#include "tools/tool_cap.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tests/unit/unit.h"

static void
fill_lines(struct buf *b, int count)
{
	for (int i = 1; i <= count; i++)
		buf_printf(b, "line %d\n", i);
}

static void
test_short_output_stays(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(1 * MIB);

	fill_lines(&b, 3);
	tool_cap(&b, 100, NULL, "c");
	assert_string_equal(buf_text(&b), "line 1\nline 2\nline 3\n");
}

static void
test_cut_at_lines(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(1 * MIB);

	fill_lines(&b, 1000);
	tool_cap(&b, 500, NULL, "c");
	assert_true(b.len < 700);
	assert_true(str_starts(buf_str(&b), STR("line 1\nline 2\n")));
	assert_true(str_ends(buf_str(&b), STR("\nline 999\nline 1000\n")));
	assert_non_null(strstr(buf_text(&b), "\n[… "));
	assert_null(strstr(buf_text(&b), "whole output"));
}

static void
test_whole_output_is_kept(void **state)
{
	char folder[] = "/tmp/friday-cap-XXXXXX";
	CLEANUP(free_ptr) char *path = NULL;
	CLEANUP_BUF struct buf b = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf kept = BUF_INIT(1 * MIB);
	struct error err;

	assert_non_null(mkdtemp(folder));
	fill_lines(&b, 1000);
	/* The id comes from a provider: it must not lead out of the folder. */
	tool_cap(&b, 500, folder, "../x/call 1");
	path = file_join(folder, "___x_call_1.txt");
	assert_non_null(strstr(buf_text(&b), path));
	assert_ok(file_read(path, &kept, &err));
	assert_true(str_ends(buf_str(&kept), STR("line 1000\n")));
	assert_true(str_starts(buf_str(&kept), STR("line 1\n")));
	buf_clear(&b);
	fill_lines(&b, 1000);
	tool_cap(&b, 500, folder, "");
	assert_non_null(strstr(buf_text(&b), "output.txt"));
	file_remove_tree(folder);
	assert_false(file_exists(folder));
}

static void
test_one_long_line_is_cut_between_characters(void **state)
{
	CLEANUP_BUF struct buf b = BUF_INIT(1 * MIB);

	for (int i = 0; i < 1000; i++)
		buf_add_cstr(&b, "日本");
	tool_cap(&b, 301, NULL, "c");
	assert_true(utf8_valid(buf_str(&b)));
	assert_true(b.len < 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_output_stays),
		cmocka_unit_test(test_cut_at_lines),
		cmocka_unit_test(test_whole_output_is_kept),
		cmocka_unit_test(test_one_long_line_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
