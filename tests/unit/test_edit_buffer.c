/* The text being written: each action on "text with | as the caret", undo
 * against a list of former texts, the kill ring. */
#include "base/buf.h"
#include "base/utf8.h"
#include "tests/unit/unit.h"
#include "tui/composer/edit_keys.h"
#include "tui/composer/edit_text.h"

struct editor {
	struct edit edit;
	struct kill_ring ring;
};

/* "ab|c": the caret behind b. */
static void
editor_init(struct editor *e, const char *text)
{
	const char *bar = strchr(text, '|');

	*e = (struct editor){ .ring = { .n = 0 } };
	edit_init(&e->edit);
	edit_insert(&e->edit, str_make(text, (size_t)(bar - text)));
	edit_insert(&e->edit, str_from(bar + 1));
	edit_move(&e->edit, (size_t)(bar - text));
}

static void
editor_release(struct editor *e)
{
	edit_release(&e->edit);
	kill_ring_release(&e->ring);
}

static void
editor_print(const struct editor *e, struct buf *out)
{
	struct str text = edit_text(&e->edit);

	buf_add_str(out, str_sub(text, 0, e->edit.caret));
	buf_add_char(out, '|');
	buf_add_str(out, str_sub(text, e->edit.caret, SIZE_MAX));
}

/* A family: three people, joined. */
#define MAN                                                                   \
	"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d"            \
	"\xf0\x9f\x91\xa7"
#define E_ACUTE "e\xcc\x81"
#define CHIP "\xf4\x80\x80\x80"

static const struct {
	const char *before;
	enum action actions[4];
	const char *after;
} cases[] = {
	{ "ab|c", { ACTION_LEFT }, "a|bc" },
	{ "|abc", { ACTION_LEFT }, "|abc" },
	{ "ab|c", { ACTION_RIGHT }, "abc|" },
	{ "abc|", { ACTION_RIGHT }, "abc|" },
	{ "a" MAN "|b", { ACTION_LEFT }, "a|" MAN "b" },
	{ "a|" MAN "b", { ACTION_RIGHT }, "a" MAN "|b" },
	{ "a" E_ACUTE "|", { ACTION_LEFT }, "a|" E_ACUTE },
	{ "a\n|b", { ACTION_LEFT }, "a|\nb" },
	{ CHIP "\xcc\x81|", { ACTION_LEFT }, CHIP "|\xcc\x81" },
	{ "one two|", { ACTION_WORD_LEFT }, "one |two" },
	{ "one, two|", { ACTION_WORD_LEFT, ACTION_WORD_LEFT }, "|one, two" },
	{ "|one two", { ACTION_WORD_RIGHT }, "one| two" },
	{ "one| two", { ACTION_WORD_RIGHT }, "one two|" },
	{ "|f(x_1) + 2", { ACTION_WORD_RIGHT, ACTION_WORD_RIGHT },
	    "f(x_1|) + 2" },
	{ "a " CHIP CHIP "|", { ACTION_WORD_LEFT }, "a " CHIP "|" CHIP },
	{ "|" CHIP "ab", { ACTION_WORD_RIGHT }, CHIP "|ab" },
	{ "ab" CHIP "cd|", { ACTION_WORD_LEFT }, "ab" CHIP "|cd" },
	{ "caf\xc3\xa9|", { ACTION_WORD_LEFT }, "|caf\xc3\xa9" },
	{ "a\nbc|d\ne", { ACTION_LINE_START }, "a\n|bcd\ne" },
	{ "a\nb|cd\ne", { ACTION_LINE_END }, "a\nbcd|\ne" },
	{ "a\nb|", { ACTION_TEXT_START }, "|a\nb" },
	{ "|a\nb", { ACTION_TEXT_END }, "a\nb|" },
	{ "ab|c", { ACTION_DELETE_LEFT }, "a|c" },
	{ "|abc", { ACTION_DELETE_LEFT }, "|abc" },
	{ "a" MAN "|b", { ACTION_DELETE_LEFT }, "a|b" },
	{ "a" CHIP "|b", { ACTION_DELETE_LEFT }, "a|b" },
	{ "a|" E_ACUTE "b", { ACTION_DELETE_RIGHT }, "a|b" },
	{ "a|\nb", { ACTION_DELETE_RIGHT }, "a|b" },
	{ "one two|", { ACTION_KILL_WORD_LEFT }, "one |" },
	{ "one two|", { ACTION_KILL_WORD_LEFT, ACTION_KILL_WORD_LEFT,
	    ACTION_YANK }, "one two|" },
	{ "|one two", { ACTION_KILL_WORD_RIGHT, ACTION_KILL_WORD_RIGHT,
	    ACTION_YANK }, "one two|" },
	{ "a\nb|c", { ACTION_KILL_LINE_LEFT }, "a\n|c" },
	{ "a\n|c", { ACTION_KILL_LINE_LEFT }, "a|c" },
	{ "a|bc\nd", { ACTION_KILL_LINE_RIGHT }, "a|\nd" },
	{ "a|\nd", { ACTION_KILL_LINE_RIGHT }, "a|d" },
	{ "a|bc", { ACTION_KILL_LINE_RIGHT, ACTION_TEXT_START, ACTION_YANK },
	    "bc|a" },
	{ "a b|", { ACTION_KILL_WORD_LEFT, ACTION_UNDO }, "a b|" },
	{ "a b|", { ACTION_KILL_WORD_LEFT, ACTION_UNDO, ACTION_REDO }, "a |" },
	{ "ab|cd", { ACTION_TRANSPOSE }, "acb|d" },
	{ "abcd|", { ACTION_TRANSPOSE }, "abdc|" },
	{ "a|", { ACTION_TRANSPOSE }, "a|" },
	{ "|ab", { ACTION_TRANSPOSE }, "|ab" },
	{ "|ab", { ACTION_YANK }, "|ab" },
	{ "|ab", { ACTION_YANK_POP }, "|ab" },
	{ "a b|", { ACTION_KILL_WORD_LEFT, ACTION_LEFT,
	    ACTION_KILL_LINE_RIGHT, ACTION_YANK }, "a |" },
	{ "a b|", { ACTION_KILL_WORD_LEFT, ACTION_LEFT, ACTION_YANK,
	    ACTION_YANK_POP }, "ab| " },
};

static void
test_actions(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(4096);
		struct editor e;

		editor_init(&e, cases[i].before);
		for (int k = 0; k < 4 && cases[i].actions[k]; k++)
			edit_action(&e.edit, &e.ring, cases[i].actions[k]);
		editor_print(&e, &text);
		if (strcmp(buf_text(&text), cases[i].after) != 0)
			fail_msg("case %zu \"%s\": \"%s\", wanted \"%s\"", i,
			    cases[i].before, buf_text(&text), cases[i].after);
		editor_release(&e);
	}
}

static void
type(struct edit *e, const char *text)
{
	for (; *text != '\0'; text++)
		edit_type(e, str_make(text, 1));
}

static void
test_words_are_undone_one_by_one(void **state)
{
	struct edit e;

	edit_init(&e);
	type(&e, "one two three");
	assert_true(edit_undo(&e));
	assert_string_equal(buf_text(&e.text), "one two ");
	assert_true(edit_undo(&e));
	assert_string_equal(buf_text(&e.text), "one ");
	assert_true(edit_redo(&e));
	assert_string_equal(buf_text(&e.text), "one two ");
	type(&e, "x");
	assert_false(edit_redo(&e));
	edit_release(&e);
}

static void
test_a_group_is_undone_at_once(void **state)
{
	struct edit e;

	edit_init(&e);
	edit_group_begin(&e);
	edit_insert(&e, STR("ab"));
	edit_replace(&e, 0, 1, STR_NONE, EDIT_OTHER);
	edit_insert(&e, STR("c"));
	edit_group_end(&e);
	assert_string_equal(buf_text(&e.text), "cb");
	assert_true(edit_undo(&e));
	assert_int_equal(e.text.len, 0);
	assert_true(edit_redo(&e));
	assert_string_equal(buf_text(&e.text), "cb");
	edit_release(&e);
}

static void
test_too_much_text_is_refused(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2 * MIB);
	struct edit e;

	edit_init(&e);
	buf_add_repeated(&text, 'x', EDIT_BYTES_MAX + 1);
	assert_false(edit_insert(&e, buf_str(&text)));
	assert_int_equal(e.text.len, 0);
	buf_truncate(&text, EDIT_BYTES_MAX);
	assert_true(edit_insert(&e, buf_str(&text)));
	assert_false(edit_type(&e, STR("y")));
	edit_release(&e);
}

static void
test_controls_and_chips_are_filtered(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);

	edit_filter(STR("a\x1b[2J\r\nb\0c" CHIP "\xff"), &out);
	assert_null(memchr(out.ptr, '\x1b', out.len));
	assert_null(memchr(out.ptr, '\0', out.len));
	assert_null(memchr(out.ptr, '\r', out.len));
	assert_int_equal(str_find(buf_str(&out), STR(CHIP), 0), SIZE_MAX);
	assert_true(utf8_valid(buf_str(&out)));
}

static unsigned
next_random(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* Anything at random: the caret stays between characters, the text valid, and
 * undoing everything gives the empty text. */
static void
test_random_actions(void **state)
{
	static const char *const pieces[] = { "a", " ", "\n", "\xc3\xa9", MAN,
		CHIP, "\xcc\x81", "word", "(", "\xe6\x97\xa5" };
	unsigned seed = 7;

	for (int round = 0; round < 60; round++) {
		struct editor e = { .ring = { .n = 0 } };

		edit_init(&e.edit);
		for (int step = 0; step < 120; step++) {
			unsigned n = next_random(&seed);

			if (n % 3 == 0) {
				kill_ring_rest(&e.ring);
				edit_type(&e.edit, str_from(pieces[
				    next_random(&seed) % 10]));
			} else {
				edit_action(&e.edit, &e.ring, (enum action)(
				    ACTION_LEFT + (int)(n / 3 %
				    (ACTION_REDO - ACTION_LEFT + 1))));
			}
			assert_true(e.edit.caret <= e.edit.text.len);
			assert_true(utf8_valid(edit_text(&e.edit)));
			assert_true(utf8_valid(str_sub(edit_text(&e.edit), 0,
			    e.edit.caret)));
		}
		while (edit_undo(&e.edit))
			;
		assert_int_equal(e.edit.text.len, 0);
		editor_release(&e);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_words_are_undone_one_by_one),
		cmocka_unit_test(test_a_group_is_undone_at_once),
		cmocka_unit_test(test_too_much_text_is_refused),
		cmocka_unit_test(test_controls_and_chips_are_filtered),
		cmocka_unit_test(test_random_actions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
