/* Names of keys. */
#include "base/units.h"
#include "tests/unit/unit.h"
#include "tui/terminal/key.h"

static const struct {
	const char *text;
	uint32_t code;
	unsigned mods;
	const char *printed; /* NULL: as text */
} names[] = {
	{ "a", 'a', 0, NULL },
	{ "é", 0xe9, 0, NULL },
	{ "+", '+', 0, "plus" },
	{ "ctrl+a", 'a', MOD_CTRL, NULL },
	{ "ctrl+A", 'a', MOD_CTRL, "ctrl+a" },
	{ "Ctrl+Shift+a", 'a', MOD_CTRL | MOD_SHIFT, "ctrl+shift+a" },
	{ "shift+a", 'A', 0, "A" },
	{ "alt+shift+a", 'A', MOD_ALT, "alt+A" },
	{ "alt+enter", SYM_ENTER, MOD_ALT, NULL },
	{ "meta+return", SYM_ENTER, MOD_ALT, "alt+enter" },
	{ "shift+tab", SYM_TAB, MOD_SHIFT, NULL },
	{ "ctrl+space", ' ', MOD_CTRL, NULL },
	{ "ctrl++", '+', MOD_CTRL, "ctrl+plus" },
	{ "esc", SYM_ESCAPE, 0, "escape" },
	{ "f12", SYM_F12, 0, NULL },
	{ "super+left", SYM_LEFT, MOD_SUPER, NULL },
};

static void
test_names_are_read_and_written(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct key key = { 0, 0 };
		char text[48];

		assert_true(key_parse(str_from(names[i].text), &key));
		assert_int_equal(key.code, names[i].code);
		assert_int_equal(key.mods, names[i].mods);
		key_print(&key, text);
		assert_string_equal(text, names[i].printed ?
		    names[i].printed :
		    names[i].text);
	}
}

static void
test_what_names_no_key_is_refused(void **state)
{
	static const char *const bad[] = { "", "ctrl+", "hyper+a", "ab",
		"ctrl+ctrl+a", "\x7f", "\xff" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct key key;

		if (key_parse(str_from(bad[i]), &key))
			fail_msg("\"%s\" is taken", bad[i]);
	}
}

static void
test_text_is_what_prints(void **state)
{
	const struct key text[] = { { 'a', 0 }, { ' ', 0 }, { 0x4e2d, 0 } };
	const struct key other[] = { { 'a', MOD_CTRL }, { 'a', MOD_ALT },
		{ SYM_UP, 0 }, { 0x7f, 0 }, { 0x9b, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		assert_true(key_is_text(&text[i]));
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		assert_false(key_is_text(&other[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_read_and_written),
		cmocka_unit_test(test_what_names_no_key_is_refused),
		cmocka_unit_test(test_text_is_what_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
