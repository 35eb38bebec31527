/* term_text: no control sequence passes, however it is cut into chunks. */
#include "base/term_text.h"
#include "tests/unit/unit.h"

static const struct filter_case {
	const char *in, *out, *line;
} cases[] = {
	{ "plain text", "plain text", "plain text" },
	{ "a\n\tb", "a\n\tb", "a  b" },
	{ "a\r\nb\rc\n", "a\nb\nc\n", "a b c " },
	{ "\r\r\n\n", "\n\n\n", "   " },
	{ "\x1b[31mred", "^[[31mred", "^[[31mred" },
	{ "\x1b]0;title\x07", "^[]0;title^G", "^[]0;title^G" },
	{ "\b\x7f", "^H^?", "^H^?" },
	/* C1 as UTF-8 and as raw bytes. */
	{ "\xc2\x9b"
	  "31m",
	    "<U+009B>31m", "<U+009B>31m" },
	{ "\x9b"
	  "31m",
	    "\xef\xbf\xbd"
	    "31m",
	    "\xef\xbf\xbd"
	    "31m" },
	{ "\xe2\x80\xae"
	  "evil\xe2\x81\xa6",
	    "<U+202E>evil<U+2066>", "<U+202E>evil<U+2066>" },
	{ "x\xe2\x80\xa8y", "x\xe2\x80\xa8y", "x<U+2028>y" },
	{ "caf\xc3\xa9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80",
	    "caf\xc3\xa9 \xf0\x9f\x98\x80" },
	/* Overlong ESC, a surrogate, a lead byte that ESC interrupts. */
	{ "\xc0\x9b", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\xe2\x1b[A", "\xef\xbf\xbd^[[A", "\xef\xbf\xbd^[[A" },
	{ "\xe2\x80", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd" },
};

static void
test_whole_texts(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(KIB);
		CLEANUP_BUF struct buf line = BUF_INIT(KIB);

		assert_int_equal(term_text(str_from(cases[i].in), &out), 0);
		assert_string_equal(buf_text(&out), cases[i].out);
		assert_int_equal(term_text_line(str_from(cases[i].in), &line),
		    0);
		assert_string_equal(buf_text(&line), cases[i].line);
	}
}

static void
test_cut_anywhere_gives_the_same(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str in = str_from(cases[i].in);

		for (size_t step = 1; step < 4; step++) {
			CLEANUP_BUF struct buf out = BUF_INIT(KIB);
			struct term_text t = TERM_TEXT_INIT;

			for (size_t at = 0; at < in.len; at += step)
				term_text_feed(&t, str_sub(in, at, step),
				    &out);
			term_text_end(&t, &out);
			assert_string_equal(buf_text(&out), cases[i].out);
		}
	}
}

static void
test_nul_is_made_visible(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);

	term_text(str_make("a\0b", 3), &out);
	assert_string_equal(buf_text(&out), "a^@b");
}

static void
test_ceiling_is_reported(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4);

	assert_int_equal(term_text(STR("\x1b\x1b\x1b"), &out), -ERR_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_texts),
		cmocka_unit_test(test_cut_anywhere_gives_the_same),
		cmocka_unit_test(test_nul_is_made_visible),
		cmocka_unit_test(test_ceiling_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
