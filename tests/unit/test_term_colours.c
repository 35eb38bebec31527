/* Colours pass to the terminal and nothing else does, however it is cut. */
#include "base/term_colours.h"
#include "base/units.h"
#include "tests/unit/unit.h"

static const struct {
	const char *in, *out;
} cases[] = {
	{ "plain", "plain" },
	{ "\033[31mred\033[0m", "\033[31mred\033[0m\033[0m" },
	{ "\033[mx", "\033[mx\033[0m" },
	{ "\033[1;38;5;8;48;2;8;5;6mx", "\033[1;38;5;8;48;2;8;5;6mx\033[0m" },
	{ "\033[8mx", "^[[8mx" },     /* hidden */
	{ "\033[1;5mx", "^[[1;5mx" }, /* blinks */
	{ "\033[2Jx", "^[[2Jx" },
	{ "\033[?25lx", "^[[?25lx" },
	{ "\033[>4;2mx", "^[[>4;2mx" }, /* a mode of xterm's keyboard */
	{ "\033[3 mx", "^[[3 mx" },
	{ "\033]52;c;eA==\007", "^[]52;c;eA==^G" },
	{ "\033\033[31mx", "^[\033[31mx\033[0m" },
	{ "\033[31\033[32mx", "^[[31\033[32mx\033[0m" },
	{ "\033[31", "^[[31" },
	{ "\033", "^[" },
	{ "\033c", "^[c" },
	{ "\033[999mx", "^[[999mx" },
	{ "\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1mx",
	    "^[[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1mx" },
	{ "\xc3\033[1m\xa4", "\xef\xbf\xbd\033[1m\xef\xbf\xbd\033[0m" },
	{ "\xc2\x9b" "31mx", "<U+009B>31mx" },
};

static void
test_only_colours_pass(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str in = str_from(cases[i].in);

		for (size_t step = 1; step <= in.len; step++) {
			CLEANUP_BUF struct buf out = BUF_INIT(KIB);
			struct term_colours c = TERM_COLOURS_INIT;

			for (size_t at = 0; at < in.len; at += step)
				term_colours_feed(&c, str_sub(in, at, step),
				    &out);
			term_colours_end(&c, &out);
			assert_string_equal(buf_text(&out), cases[i].out);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_colours_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
