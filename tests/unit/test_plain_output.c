/* plain_output: colours go, everything else stays for the terminal filter. */
#include "tests/unit/unit.h"
#include "tui/text/plain_output.h"

static const struct {
	const char *text, *plain;
} cases[] = {
	{ "", "" },
	{ "as it is", "as it is" },
	{ "\033[1;31mred\033[0m, \033[mnot", "red, not" },
	{ "\033[38;2;1;2;3mtrue\033[38:5:9mcolour", "truecolour" },
	{ "\033[01;35m\033[Kfile\033[m\033[K:", "file:" },
	{ "\033(B\033[mreset", "reset" },
	/* What a terminal would obey is not hidden. */
	{ "\033[2J", "\033[2J" },
	{ "\033[?25l", "\033[?25l" },
	{ "\033]0;title\a", "\033]0;title\a" },
	{ "\033(0", "\033(0" },
	{ "\033[1\033[31mx", "\033[1x" },
	{ "cut \033[1", "cut \033[1" },
	{ "cut \033", "cut \033" },
	{ "\033[11111111111111111111111111111111111111111111111111m",
	    "\033[11111111111111111111111111111111111111111111111111m" },
};

static void
test_colours_are_dropped(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(KIB);

		plain_output(str_from(cases[i].text), &out);
		assert_string_equal(buf_text(&out), cases[i].plain);
	}
}

static void
test_a_sequence_may_be_cut_anywhere(void **state)
{
	static const char text[] = "a\033[1;31mred\033[2Jb\033(Bc";

	for (size_t at = 0; at < sizeof(text); at++) {
		CLEANUP_BUF struct buf out = BUF_INIT(KIB);
		struct plain_output p = { .n_held = 0 };

		plain_output_feed(&p, str_sub(str_from(text), 0, at), &out);
		plain_output_feed(&p, str_sub(str_from(text), at, SIZE_MAX),
		    &out);
		assert_string_equal(buf_text(&out), "ared\033[2Jbc");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours_are_dropped),
		cmocka_unit_test(test_a_sequence_may_be_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
