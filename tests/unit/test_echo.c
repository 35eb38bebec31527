/* echo: which frames need no ncurses, and what is sent for them. */
#include <locale.h>

#include "tests/unit/unit.h"
#include "tui/terminal/echo.h"

struct fixture {
	struct surface *surface;
	struct theme theme;
	struct echo echo;
};

static int
set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){ .surface = surface_create(4, 40) };
	f.echo = (struct echo){ .theme = &f.theme, .colors = 256,
		.utf8 = true };
	surface_text(f.surface, 1, 0, 40, STR("a 日本 word"),
	    STYLE(ROLE_TEXT));
	surface_cursor(f.surface, 0, 0);
	surface_settle(f.surface);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	surface_destroy(f->surface);
	return 0;
}

static void
put(struct fixture *f, int row, int col, const char *text)
{
	surface_text(f->surface, row, col, 40, str_from(text),
	    STYLE(ROLE_TEXT));
}

static void
assert_sent(struct fixture *f, const char *wanted)
{
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);
	struct echo_change change;

	assert_true(echo_find(&f->echo, f->surface, &change));
	echo_print(&f->echo, f->surface, &change, &out);
	surface_settle(f->surface);
	assert_string_equal(buf_text(&out), wanted);
}

static void
assert_unfit(struct fixture *f)
{
	struct echo_change change;

	assert_false(echo_find(&f->echo, f->surface, &change));
}

static void
test_a_key_where_the_cursor_stands(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 0, "x");
	surface_cursor(f->surface, 0, 1);
	assert_sent(f, "\033[0mx\033[m");
	put(f, 0, 1, "yz");
	surface_cursor(f->surface, 0, 3);
	assert_sent(f, "\033[0myz\033[m");
}

static void
test_a_key_somewhere_else(void **state)
{
	struct fixture *f = *state;

	put(f, 2, 5, "x");
	surface_cursor(f->surface, 0, 1);
	assert_sent(f, "\033[3;6H\033[0mx\033[m\033[1;2H");
}

static void
test_the_cursor_alone(void **state)
{
	struct fixture *f = *state;

	surface_cursor(f->surface, 3, 9);
	assert_sent(f, "\033[4;10H");
	assert_sent(f, "");
}

static void
test_each_style_has_its_pen(void **state)
{
	struct fixture *f = *state;

	surface_text(f->surface, 0, 0, 9, STR("x"),
	    STYLE_FLAGS(ROLE_TEXT, STYLE_BOLD));
	surface_cursor(f->surface, 0, 1);
	assert_sent(f, "\033[0;1mx\033[m");
	put(f, 0, 1, "y");
	surface_cursor(f->surface, 0, 2);
	assert_sent(f, "\033[0my\033[m");
}

/* What stood there was wide: both halves are new. */
static void
test_ascii_in_place_of_what_is_wide(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 2, "x");
	assert_sent(f, "\033[2;3H\033[0mx \033[m\033[1;1H");
}

static void
test_letters_of_other_scripts(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 0, "éж日");
	surface_cursor(f->surface, 0, 4);
	assert_sent(f, "\033[0méж日\033[m");
	/* A mark behind the letter that stands there. */
	put(f, 0, 0, "e\xcc\x81");
	assert_sent(f, "\033[1;1H\033[0me\xcc\x81\033[m\033[1;5H");
}

static void
test_another_wide_letter_where_one_stood(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 4, "語");
	surface_cursor(f->surface, 1, 6);
	assert_sent(f, "\033[2;5H\033[0m語\033[m");
}

static void
test_other_scripts_without_utf8(void **state)
{
	struct fixture *f = *state;

	f->echo.utf8 = false;
	put(f, 0, 0, "é");
	assert_unfit(f);
}

static void
test_what_is_left_to_ncurses(void **state)
{
	static const struct {
		const char *text;
		int col;
	} cases[] = {
		{ "👍", 0 },
		{ "❤️", 0 },
		{ "x", 39 },
		{ "日", 38 },
		{ "seventeen letters", 0 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		put(f, 0, cases[i].col, cases[i].text);
		assert_unfit(f);
		put(f, 0, 0, "                                        ");
	}
	put(f, 0, 0, "x");
	put(f, 2, 0, "x");
	assert_unfit(f);
}

static void
test_no_echo_of_two_styles_or_without_a_cursor(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 0, "x");
	surface_text(f->surface, 0, 1, 9, STR("y"), STYLE(ROLE_ERROR));
	assert_unfit(f);
	surface_settle(f->surface);
	surface_cursor(f->surface, -1, 0);
	put(f, 0, 0, "z");
	assert_unfit(f);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_key_where_the_cursor_stands),
		TEST(test_a_key_somewhere_else),
		TEST(test_the_cursor_alone),
		TEST(test_each_style_has_its_pen),
		TEST(test_ascii_in_place_of_what_is_wide),
		TEST(test_letters_of_other_scripts),
		TEST(test_another_wide_letter_where_one_stood),
		TEST(test_other_scripts_without_utf8),
		TEST(test_what_is_left_to_ncurses),
		TEST(test_no_echo_of_two_styles_or_without_a_cursor),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
