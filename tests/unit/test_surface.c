/* surface and line: what is drawn where, wide cells, clipping, hostile text. */
#include "base/width.h"
#include "tests/unit/unit.h"
#include "tui/terminal/surface.h"

static void
assert_dump(const struct surface *s, const char *wanted)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

	surface_dump(s, &text);
	assert_string_equal(buf_text(&text), wanted);
}

static void
test_widths_of_clusters(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} cases[] = {
		{ "", 0 }, { "abc", 3 }, { "é", 1 }, { "e\xcc\x81", 1 },
		{ "日本", 4 }, { "👍", 2 }, { "👨‍👩‍👧", 2 }, { "❤️", 2 },
		{ "🇩🇪", 2 }, { "🇩🇪🇫🇷", 4 }, { "\xe2\x80\x8b", 0 },
		{ "a\xff" "b", 3 }, { "ש", 1 }, { "👍🏽", 2 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (width_of(str_from(cases[i].text)) != cases[i].columns)
			fail_msg("%s: %zu columns, wanted %zu", cases[i].text,
			    width_of(str_from(cases[i].text)),
			    cases[i].columns);
}

static void
test_the_cluster_before(void **state)
{
	struct str text = STR("a👨‍👩‍👧é");

	assert_int_equal(width_cluster_before(text, text.len), text.len - 2);
	assert_int_equal(width_cluster_before(text, text.len - 2), 1);
	assert_int_equal(width_cluster_before(text, 1), 0);
	assert_int_equal(width_cluster_before(text, 0), 0);
}

static void
test_text_is_clipped(void **state)
{
	struct surface *s = surface_create(2, 6);

	assert_int_equal(surface_text(s, 0, 4, 6, STR("日本"),
	    STYLE(ROLE_TEXT)), 4);
	surface_text(s, 1, 0, 3, STR("abcdef"), STYLE(ROLE_TEXT));
	surface_text(s, 7, 0, 3, STR("out"), STYLE(ROLE_TEXT));
	assert_dump(s, "    日\nabc\n");
	surface_destroy(s);
}

static void
test_half_of_a_wide_cell_becomes_blank(void **state)
{
	struct surface *s = surface_create(1, 6);

	surface_text(s, 0, 0, 6, STR("日本語"), STYLE(ROLE_TEXT));
	surface_text(s, 0, 1, 1, STR("x"), STYLE(ROLE_TEXT));
	surface_text(s, 0, 4, 1, STR("y"), STYLE(ROLE_TEXT));
	assert_dump(s, " x本y\n");
	surface_destroy(s);
}

static void
test_controls_are_never_in_a_cell(void **state)
{
	struct surface *s = surface_create(1, 12);

	surface_text(s, 0, 0, 12, STR("a\x1b[2J\n\xc2\x9b\xe2\x80\xae!"),
	    STYLE(ROLE_TEXT));
	assert_dump(s, "a\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd!"
	    "\n");
	surface_destroy(s);
}

static void
assert_changed(const struct surface *s, int row, int from, int to)
{
	int first = 0, end = 0;

	assert_int_equal(surface_row_changed(s, row, &first, &end), to > from);
	assert_int_equal(first, from);
	assert_int_equal(end, to);
}

static void
test_only_what_differs_is_changed(void **state)
{
	struct surface *s = surface_create(3, 6);

	assert_changed(s, 2, 0, 6);
	surface_settle(s);
	surface_text(s, 1, 0, 6, STR("abc"), STYLE(ROLE_TEXT));
	assert_changed(s, 0, 0, 0);
	assert_changed(s, 1, 0, 3);
	surface_settle(s);
	surface_text(s, 1, 1, 6, STR("bd"), STYLE(ROLE_TEXT));
	assert_changed(s, 1, 2, 3);
	surface_settle(s);
	surface_text(s, 1, 0, 6, STR("ab"), STYLE(ROLE_ERROR));
	assert_changed(s, 1, 0, 2);
	surface_destroy(s);
}

/* Every part is wiped before it is drawn. */
static void
test_what_is_drawn_anew_is_not_changed(void **state)
{
	struct surface *s = surface_create(1, 6);

	surface_text(s, 0, 0, 6, STR("日本"), STYLE(ROLE_TEXT));
	surface_settle(s);
	surface_fill(s, surface_rect(s), STYLE(ROLE_ERROR));
	surface_fill(s, surface_rect(s), STYLE(ROLE_TEXT));
	assert_changed(s, 0, 0, 4);
	surface_text(s, 0, 0, 6, STR("日本"), STYLE(ROLE_TEXT));
	assert_false(surface_row_changed(s, 0, &(int){ 0 }, &(int){ 0 }));
	surface_spoil(s);
	assert_changed(s, 0, 0, 6);
	surface_destroy(s);
}

static void
test_a_long_text_is_cut_with_an_ellipsis(void **state)
{
	struct surface *s = surface_create(2, 6);

	surface_text_cut(s, 0, 0, 6, STR("src/main.c"), STYLE(ROLE_TEXT),
	    false);
	surface_text_cut(s, 1, 0, 6, STR("src/main.c"), STYLE(ROLE_TEXT),
	    true);
	assert_dump(s, "src/m…\n…ain.c\n");
	surface_destroy(s);
}

static void
test_lines_merge_and_truncate(void **state)
{
	CLEANUP_LINES struct lines l = LINES_INIT;
	struct surface *s = surface_create(1, 12);

	lines_begin(&l, 0);
	lines_add(&l, STR("ab"), STYLE(ROLE_TEXT), 4);
	lines_add(&l, STR("cd"), STYLE(ROLE_TEXT), 6);
	lines_add(&l, STR("ef"), STYLE(ROLE_TEXT), 9);
	lines_end(&l);
	assert_int_equal(l.lines[0].count, 2);
	lines_put(&l, STR("gone"), STYLE(ROLE_MUTED));
	lines_truncate(&l, 1);
	assert_int_equal(l.text.len, 6);
	surface_line(s, 0, 0, 12, &l, 0);
	assert_dump(s, "abcdef\n");
	surface_destroy(s);
}

static void
test_a_line_without_a_ground_keeps_the_one_that_is_there(void **state)
{
	static const struct {
		struct style style;
		int ground;
	} cases[] = {
		{ STYLE(ROLE_TEXT), ROLE_PANEL },
		{ STYLE_ON(ROLE_TEXT, ROLE_ADDED_LINE), ROLE_ADDED_LINE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_LINES struct lines l = LINES_INIT;
		struct surface *s = surface_create(1, 8);

		surface_fill(s, surface_rect(s),
		    STYLE_ON(ROLE_TEXT, ROLE_PANEL));
		lines_put(&l, STR("ab"), cases[i].style);
		l.lines[0].flags |= LINE_FILL;
		surface_line(s, 0, 0, 8, &l, 0);
		for (int col = 0; col < 8; col++)
			assert_int_equal(surface_row(s, 0)[col].style.ground,
			    cases[i].ground);
		surface_destroy(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widths_of_clusters),
		cmocka_unit_test(test_the_cluster_before),
		cmocka_unit_test(test_text_is_clipped),
		cmocka_unit_test(test_half_of_a_wide_cell_becomes_blank),
		cmocka_unit_test(test_controls_are_never_in_a_cell),
		cmocka_unit_test(test_only_what_differs_is_changed),
		cmocka_unit_test(test_what_is_drawn_anew_is_not_changed),
		cmocka_unit_test(test_a_long_text_is_cut_with_an_ellipsis),
		cmocka_unit_test(test_lines_merge_and_truncate),
		cmocka_unit_test(
		    test_a_line_without_a_ground_keeps_the_one_that_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
