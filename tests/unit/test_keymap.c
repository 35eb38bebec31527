/* keymap: every row can be read, presets, chords, the user's file. */
#include "tests/unit/unit.h"
#include "tui/keymap.h"
#include "tui/keymap_table.h"

static enum action
find(const struct keymap *m, enum keymap_context context, const char *keys)
{
	struct key_chord chord;
	enum action action = ACTION_NONE;

	if (!key_chord_parse(str_from(keys), &chord))
		fail_msg("%s is no key", keys);
	keymap_find(m, context, &chord, &action);
	return action;
}

static void
test_every_row_can_be_read(void **state)
{
	const struct keymap_preset *p = keymap_presets;
	struct key_chord chord;

	for (const struct keymap_row *r = keymap_rows; r->keys; r++)
		if (!key_chord_parse(str_from(r->keys), &chord))
			fail_msg("%s is no key", r->keys);
	for (; p->name != NULL; p++)
		for (const struct keymap_row *r = p->rows; r->keys; r++)
			if (!key_chord_parse(str_from(r->keys), &chord))
				fail_msg("%s: %s is no key", p->name,
				    r->keys);
}

static void
test_no_key_twice(void **state)
{
	for (const struct keymap_row *a = keymap_rows; a->keys; a++)
		for (const struct keymap_row *b = a + 1; b->keys; b++)
			if (a->context == b->context &&
			    strcmp(a->keys, b->keys) == 0)
				fail_msg("%s stands twice", a->keys);
}

/* What nobody can press is no use: but for what only views or menus do. */
static void
test_actions_have_keys(void **state)
{
	struct error err = ERROR_INIT;
	struct key_chord chord;
	struct keymap *m;

	assert_ok(keymap_create(NULL, &m, &err));
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
		if (i != ACTION_REWIND &&
		    keymap_keys(m, (enum action)i, &chord, 1) == 0)
			fail_msg("%s has no key", action_table[i].name);
	keymap_destroy(m);
}

static void
test_contexts_look_further(void **state)
{
	struct error err = ERROR_INIT;
	struct keymap *m;

	assert_ok(keymap_create(NULL, &m, &err));
	assert_int_equal(find(m, CONTEXT_INPUT, "enter"), ACTION_SUBMIT);
	assert_int_equal(find(m, CONTEXT_COMPLETION, "enter"),
	    ACTION_COMPLETE_TAKE);
	assert_int_equal(find(m, CONTEXT_COMPLETION, "ctrl+a"),
	    ACTION_LINE_START);
	assert_int_equal(find(m, CONTEXT_VI, "enter"), ACTION_SUBMIT);
	assert_int_equal(find(m, CONTEXT_VI, "?"), ACTION_NONE);
	assert_int_equal(find(m, CONTEXT_VI, "ctrl+r"), ACTION_REDO);
	assert_int_equal(find(m, CONTEXT_LIST, "ctrl+a"), ACTION_NONE);
	assert_int_equal(find(m, CONTEXT_LIST, "ctrl+c"),
	    ACTION_CLEAR_OR_QUIT);
	assert_int_equal(find(m, CONTEXT_SCROLL, "G"), ACTION_BOTTOM);
	assert_int_equal(find(m, CONTEXT_SCROLL, "space"),
	    ACTION_PAGE_DOWN);
	keymap_destroy(m);
}

static void
test_chords(void **state)
{
	struct error err = ERROR_INIT;
	enum action action = ACTION_NONE;
	struct key_chord chord;
	struct keymap *m;

	assert_ok(keymap_create(NULL, &m, &err));
	assert_true(key_chord_parse(STR("ctrl+x"), &chord));
	assert_int_equal(keymap_find(m, CONTEXT_INPUT, &chord, &action),
	    KEYMAP_MORE);
	assert_int_equal(find(m, CONTEXT_INPUT, "ctrl+x ctrl+e"),
	    ACTION_EDITOR);
	assert_int_equal(find(m, CONTEXT_INPUT, "ctrl+x z"), ACTION_NONE);
	assert_false(key_chord_parse(STR("a b c"), &chord));
	assert_false(key_chord_parse(STR(""), &chord));
	keymap_destroy(m);
}

static void
test_presets(void **state)
{
	struct error err = ERROR_INIT;
	struct keymap *m;

	assert_ok(keymap_create("opencode", &m, &err));
	assert_int_equal(find(m, CONTEXT_INPUT, "tab"), ACTION_MODE_CYCLE);
	assert_ok(keymap_set_preset(m, "codex", &err));
	assert_string_equal(keymap_preset(m), "codex");
	assert_int_equal(find(m, CONTEXT_INPUT, "tab"), ACTION_QUEUE);
	assert_int_equal(find(m, CONTEXT_INPUT, "ctrl+p"), ACTION_UP);
	assert_error(keymap_set_preset(m, "emacs", &err),
	    ERR_CONFIG_INVALID);
	assert_string_equal(keymap_preset(m), "codex");
	keymap_destroy(m);
}

static void
test_the_users_file(void **state)
{
	struct error err = ERROR_INIT;
	CLEANUP_BUF struct buf conflicts = BUF_INIT(64 * KIB);
	char hint[64];
	struct keymap *m;

	assert_ok(keymap_create(NULL, &m, &err));
	assert_ok(keymap_read(m, STR("{\"preset\":\"claude\",\"keys\":{"
	    "\"input\":{\"ctrl+s\":\"submit\",\"ctrl+k\":null,"
	    "\"ctrl+x\":\"undo\"},\"vi\":{\"Z\":\"quit\"}}}"), &err));
	assert_int_equal(find(m, CONTEXT_INPUT, "ctrl+s"), ACTION_SUBMIT);
	assert_int_equal(find(m, CONTEXT_INPUT, "ctrl+k"), ACTION_NONE);
	assert_int_equal(find(m, CONTEXT_VI, "Z"), ACTION_QUIT);
	assert_string_equal(keymap_preset(m), "claude");
	keymap_hint(m, ACTION_SUBMIT, hint);
	assert_string_equal(hint, "Ctrl+S");
	keymap_conflicts(m, &conflicts);
	assert_non_null(strstr(buf_text(&conflicts),
	    "input: ctrl+x (undo) hides ctrl+x ctrl+e (editor)"));
	keymap_destroy(m);
}

static void
test_a_bad_file_changes_nothing(void **state)
{
	static const struct {
		const char *text;
		enum error_code code;
		const char *says;
	} cases[] = {
		{ "{", ERR_CONFIG_SYNTAX, "" },
		{ "[]", ERR_CONFIG_INVALID, "line 1" },
		{ "{\"keys\":{\n\"input\":{\n\"ctrl+s\":\"sing\"}}}",
		    ERR_CONFIG_INVALID, "line 3: there is no action" },
		{ "{\"keys\":{\"input\":{\n\"hyper+s\":\"submit\"}}}",
		    ERR_CONFIG_INVALID, "line 2: \"hyper+s\" is no key" },
		{ "{\"keys\":{\"scroll\":{\"a\":\"submit\"}}}",
		    ERR_CONFIG_INVALID, "an action of \"input\"" },
		{ "{\"keys\":{\"output\":{}}}", ERR_CONFIG_INVALID,
		    "is no context" },
		{ "{\"preset\":\"nano\"}", ERR_CONFIG_INVALID, "preset" },
		{ "{\"colour\":1}", ERR_CONFIG_INVALID, "no member" },
		{ "{\"keys\":{\"input\":{\"a\":1}}}", ERR_CONFIG_INVALID,
		    "must name an action" },
	};
	struct keymap *m;
	struct error err = ERROR_INIT;

	assert_ok(keymap_create(NULL, &m, &err));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_error(keymap_read(m, str_from(cases[i].text), &err),
		    cases[i].code);
		if (strstr(err.message, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].text, err.message);
		assert_int_equal(find(m, CONTEXT_INPUT, "enter"),
		    ACTION_SUBMIT);
	}
	keymap_destroy(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_can_be_read),
		cmocka_unit_test(test_no_key_twice),
		cmocka_unit_test(test_actions_have_keys),
		cmocka_unit_test(test_contexts_look_further),
		cmocka_unit_test(test_chords),
		cmocka_unit_test(test_presets),
		cmocka_unit_test(test_the_users_file),
		cmocka_unit_test(test_a_bad_file_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
