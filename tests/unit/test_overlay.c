/* overlay: which cells are put where they belong, and with what. */
#include <locale.h>

#include "tests/unit/unit.h"
#include "tui/terminal/overlay.h"

static void
assert_row(const char *text, struct style style, const char *wanted)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
	struct surface *s = surface_create(2, 12);
	struct theme theme = { .name = "" };
	struct overlay o = { &theme, 256 };

	surface_text(s, 1, 0, 12, str_from(text), style);
	overlay_row(&o, s, 1, &out);
	assert_string_equal(buf_text(&out), wanted);
	surface_destroy(s);
}

static void
test_what_all_agree_on_is_left_alone(void **state)
{
	static const char *const texts[] = { "", "ascii", "é日本", "e\xcc\x81",
		"ש" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_row(texts[i], STYLE(ROLE_TEXT), "");
}

/* Behind a cluster that may be too wide all comes again, each character that
 * is not ASCII at its place, with one pen. */
static void
test_all_behind_a_doubtful_cluster(void **state)
{
	assert_row("ab👍cdé日f", STYLE(ROLE_TEXT),
	    "\033[2;3H\033[0m👍\033[2;5Hcdé\033[2;8H日\033[2;10Hf  ");
}

static void
test_what_is_struck_through(void **state)
{
	assert_row("ab", STYLE_FLAGS(ROLE_TEXT, STYLE_STRIKE),
	    "\033[2;1H\033[0;9mab");
}

static void
test_links(void **state)
{
	static const struct {
		const char *url, *wanted;
	} cases[] = {
		{ "http://a/",
		    "\033]8;;http://a/\033\\\033[1;3H\033[0mx"
		    "\033]8;;\033\\" },
		{ "http://\033\\a/", "\033[1;3H\033[0mx\033]8;;\033\\" },
		{ "http://a b/", "\033[1;3H\033[0mx\033]8;;\033\\" },
	};
	struct theme theme = { .name = "" };
	struct overlay o = { &theme, 256 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
		CLEANUP_LINES struct lines lines = LINES_INIT;
		struct surface *s = surface_create(1, 9);
		uint16_t link = lines_link(&lines, str_from(cases[i].url));

		lines_begin(&lines, 0);
		lines_add(&lines, STR("a "), STYLE(ROLE_TEXT),
		    LINE_NO_SOURCE);
		lines_add_linked(&lines, STR("x"), STYLE(ROLE_TEXT),
		    LINE_NO_SOURCE, link);
		lines_end(&lines);
		surface_line(s, 0, 0, 9, &lines, 0);
		overlay_row(&o, s, 0, &out);
		assert_string_equal(buf_text(&out), cases[i].wanted);
		surface_destroy(s);
	}
}

static void
test_a_whole_screen_without_its_blanks(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
	struct surface *s = surface_create(3, 9);
	struct theme theme = { .name = "" };
	struct overlay o = { &theme, 256 };

	surface_text(s, 0, 1, 8, STR("ab"), STYLE(ROLE_TEXT));
	surface_text(s, 2, 0, 8, STR("c"),
	    STYLE_FLAGS(ROLE_TEXT, STYLE_REVERSE));
	overlay_all(&o, s, &out);
	assert_string_equal(buf_text(&out),
	    "\033[1;1H\033[0m ab\033[3;1H\033[0;7mc");
	surface_destroy(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_all_agree_on_is_left_alone),
		cmocka_unit_test(test_all_behind_a_doubtful_cluster),
		cmocka_unit_test(test_what_is_struck_through),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_a_whole_screen_without_its_blanks),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
