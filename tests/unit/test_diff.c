/* diff: hunks, ranges, endings, and that a script leads from one text to the
 * other. */
#include "tools/diff.h"
#include "tests/unit/unit.h"

static void
test_unified(void **state)
{
	static const struct {
		const char *before, *after, *wanted;
	} cases[] = {
		{ "a\nb\nc\n", "a\nB\nc\n",
		    "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n" },
		{ "", "x\n", "@@ -0,0 +1 @@\n+x\n" },
		{ "x\n", "", "@@ -1 +0,0 @@\n-x\n" },
		{ "x", "x\n",
		    "@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\n",
		    "@@ -6,4 +6,3 @@\n 6\n 7\n 8\n-9\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
		    "A\n2\n3\n4\n5\n6\n7\n8\nB\n",
		    "@@ -1,4 +1,4 @@\n-1\n+A\n 2\n 3\n 4\n"
		    "@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+B\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n", "A\n2\n3\n4\n5\n6\n7\nB\n",
		    "@@ -1,8 +1,8 @@\n-1\n+A\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n"
		    "+B\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(4096);
		CLEANUP_BUF struct buf wanted = BUF_INIT(4096);

		buf_printf(&wanted, "--- a/f\n+++ b/f\n%s", cases[i].wanted);
		diff_unified(str_from(cases[i].before),
		    str_from(cases[i].after), "f", "f", &out);
		assert_string_equal(buf_text(&out), buf_text(&wanted));
	}
}

static void
test_equal_is_empty_and_long_is_cut(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(400);
	CLEANUP_BUF struct buf big = BUF_INIT(4096);

	diff_unified(STR("a\n"), STR("a\n"), "f", "f", &out);
	assert_int_equal(out.len, 0);
	buf_add_repeated(&big, '\n', 2000);
	diff_unified(STR_NONE, buf_str(&big), NULL, "f", &out);
	assert_int_equal(out.failed, 0);
	assert_true(strstr(buf_text(&out), "--- /dev/null\n") != NULL);
	assert_true(strstr(buf_text(&out), "left out\n") != NULL);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* A script rebuilds b from a and b's additions. */
static void
test_script_rebuilds(void **state)
{
	uint32_t seed = 7;

	for (int round = 0; round < 300; round++) {
		CLEANUP_BUF struct buf a = BUF_INIT(4096), b = BUF_INIT(4096),
				       made = BUF_INIT(8192);
		CLEANUP_LINES struct text_lines la, lb;
		struct diff_script s;
		size_t dropped = 0;

		for (uint32_t i = next_random(&seed) % 30; i > 0; i--)
			buf_printf(&a, "%u\n", next_random(&seed) % 4);
		for (uint32_t i = next_random(&seed) % 30; i > 0; i--)
			buf_printf(&b, "%u\n", next_random(&seed) % 4);
		text_lines_init(&la, buf_str(&a));
		text_lines_init(&lb, buf_str(&b));
		diff_text_lines(&la, &lb, &s);
		for (size_t i = 0; i < s.n; i++) {
			for (size_t j = 0; j < s.runs[i].n; j++) {
				size_t at = s.runs[i].kind == DIFF_ADD ?
				    s.runs[i].b + j : s.runs[i].a + j;

				if (s.runs[i].kind == DIFF_DROP)
					dropped++;
				else
					buf_printf(&made, "%.*s\n",
					    STR_ARG(text_lines_at(
					    s.runs[i].kind == DIFF_ADD ? &lb :
									 &la,
					    at)));
			}
		}
		assert_string_equal(buf_text(&made), buf_text(&b));
		assert_true(dropped <= la.n);
		diff_script_release(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unified),
		cmocka_unit_test(test_equal_is_empty_and_long_is_cut),
		cmocka_unit_test(test_script_rebuilds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
