/* The text being written as rows: wraps, the cursor, moving up and down. */
#include "tests/unit/unit.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/edit_view.h"

struct editor {
	struct edit edit;
	struct chips chips;
	struct edit_view view;
	struct surface *surface;
};

static void
editor_init(struct editor *e, int rows, int cols, const char *text)
{
	const char *bar = strchr(text, '|');

	*e = (struct editor){ .chips = { .n = 0 } };
	edit_init(&e->edit);
	edit_view_init(&e->view, &e->edit, &e->chips);
	e->surface = surface_create(rows, cols);
	edit_insert(&e->edit, str_make(text, (size_t)(bar - text)));
	edit_insert(&e->edit, str_from(bar + 1));
	edit_move(&e->edit, (size_t)(bar - text));
	edit_view_layout(&e->view, cols);
}

static void
editor_release(struct editor *e)
{
	surface_destroy(e->surface);
	edit_view_release(&e->view);
	chips_release(&e->chips);
	edit_release(&e->edit);
}

static void
assert_drawn(struct editor *e, const char *wanted, int row, int col)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	const struct edit_view_draw opts = { .style = STYLE(ROLE_TEXT),
		.chip = STYLE(ROLE_ACCENT), .cursor = true };
	int at_row, at_col;

	surface_fill(e->surface, surface_rect(e->surface), STYLE(ROLE_TEXT));
	edit_view_draw(&e->view, e->surface, surface_rect(e->surface), &opts);
	surface_dump(e->surface, &text);
	assert_string_equal(buf_text(&text), wanted);
	surface_cursor_at(e->surface, &at_row, &at_col);
	assert_int_equal(at_row, row);
	assert_int_equal(at_col, col);
}

static void
test_wraps_at_blanks(void **state)
{
	struct editor e;

	editor_init(&e, 3, 9, "one two three|");
	assert_drawn(&e, "one two\nthree\n\n", 1, 5);
	editor_release(&e);
}

static void
test_the_caret_has_a_cell_behind_a_full_row(void **state)
{
	struct editor e;

	editor_init(&e, 2, 6, "abcde|");
	assert_drawn(&e, "abcde\n\n", 0, 5);
	editor_release(&e);
	editor_init(&e, 2, 6, "abcdef|");
	assert_drawn(&e, "abcde\nf\n", 1, 1);
	editor_release(&e);
}

static void
test_wide_characters_wrap_whole(void **state)
{
	struct editor e;

	editor_init(&e, 2, 6, "日本語|");
	assert_drawn(&e, "日本\n語\n", 1, 2);
	editor_release(&e);
}

static void
test_an_empty_line_and_the_last_line_feed(void **state)
{
	struct editor e;

	editor_init(&e, 4, 6, "a\n\nb\n|");
	assert_drawn(&e, "a\n\nb\n\n", 3, 0);
	editor_release(&e);
}

static void
test_scrolls_to_the_caret(void **state)
{
	struct editor e;

	editor_init(&e, 2, 6, "1\n2\n3\n4|");
	assert_drawn(&e, "3\n4\n", 1, 1);
	edit_move(&e.edit, 0);
	assert_drawn(&e, "1\n2\n", 0, 0);
	editor_release(&e);
}

static void
test_up_and_down_keep_the_column(void **state)
{
	struct editor e;
	int goal = -1;
	size_t at;

	editor_init(&e, 3, 20, "abcdef\nx\nabcde|f");
	assert_true(edit_view_vertical(&e.view, -1, &goal, &at));
	assert_int_equal(at, 8);
	e.edit.caret = at;
	assert_true(edit_view_vertical(&e.view, -1, &goal, &at));
	assert_int_equal(at, 5);
	e.edit.caret = at;
	assert_false(edit_view_vertical(&e.view, -1, &goal, &at));
	assert_true(edit_view_vertical(&e.view, 2, &goal, &at));
	assert_int_equal(at, 14);
	editor_release(&e);
}

static void
test_a_chip_shows_its_label(void **state)
{
	char character[5];
	struct editor e;

	editor_init(&e, 2, 30, "see |");
	chips_add_paste(&e.chips, STR("1\n2\n3\n"), character);
	edit_insert(&e.edit, str_from(character));
	edit_type(&e.edit, STR("."));
	assert_drawn(&e, "see [pasted 3 lines].\n\n", 0, 21);
	edit_move(&e.edit, edit_before(edit_text(&e.edit), e.edit.caret));
	edit_move(&e.edit, edit_before(edit_text(&e.edit), e.edit.caret));
	assert_drawn(&e, "see [pasted 3 lines].\n\n", 0, 4);
	editor_release(&e);
	/* In one column nothing breaks. */
	editor_init(&e, 2, 1, "ab|");
	chips_add_paste(&e.chips, STR("1\n2\n"), character);
	edit_insert(&e.edit, str_from(character));
	edit_view_layout(&e.view, 1);
	assert_int_equal(e.view.n, 3);
	editor_release(&e);
}

static void
test_chips_come_back_from_a_draft(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4096);
	struct chips chips = { .n = 0 }, again = { .n = 0 };
	CLEANUP_JSON struct json *json = NULL;
	char first[5], second[5];

	chips_add_paste(&chips, STR("a\nb"), first);
	chips_add_image_file(&chips, STR("/tmp/a.png"), second);
	json = chips_json(&chips);
	chips_from_json(&again, json);
	buf_printf(&text, "%s!%s", first, second);
	{
		CLEANUP_BUF struct buf whole = BUF_INIT(4096);

		chips_expand(&again, buf_str(&text), &whole);
		assert_string_equal(buf_text(&whole), "a\nb![image 1: a.png]");
	}
	chips_release(&chips);
	chips_release(&again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wraps_at_blanks),
		cmocka_unit_test(test_the_caret_has_a_cell_behind_a_full_row),
		cmocka_unit_test(test_wide_characters_wrap_whole),
		cmocka_unit_test(test_an_empty_line_and_the_last_line_feed),
		cmocka_unit_test(test_scrolls_to_the_caret),
		cmocka_unit_test(test_up_and_down_keep_the_column),
		cmocka_unit_test(test_a_chip_shows_its_label),
		cmocka_unit_test(test_chips_come_back_from_a_draft),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
