/* highlight, in syntax and in tui: what is coloured how; every grammar's query
 * fits it. */
#include "base/file.h"
#include "base/mem.h"
#include "syntax/highlight.h"
#include "tests/unit/unit.h"
#include "tui/text/highlight.h"
#include "tui/text/style.h"

enum { TIMEOUT_MS = 20000 };

/* Skips where friday was built without grammars. */
static void
need_grammars(void)
{
	uint8_t roles[1];

	if (!highlight(STR("c"), STR("x"), TIMEOUT_MS, roles))
		skip();
}

/* "K" for each byte of a keyword and so on; "." for plain text. */
static void
describe(const uint8_t *roles, size_t len, struct buf *out)
{
	static const char letters[ROLE_COUNT] = {
		[ROLE_KEYWORD] = 'K', [ROLE_STRING] = 'S',
		[ROLE_NUMBER] = 'N', [ROLE_COMMENT] = 'C',
		[ROLE_FUNCTION] = 'F', [ROLE_TYPE] = 'T',
		[ROLE_CONSTANT] = 'X', [ROLE_VARIABLE] = 'v',
		[ROLE_OPERATOR] = 'o', [ROLE_PUNCTUATION] = 'p',
		[ROLE_HEADING] = 'H', [ROLE_LINK] = 'L',
	};

	for (size_t i = 0; i < len; i++)
		buf_add_char(out, letters[roles[i]] != 0 ? letters[roles[i]] :
		    '.');
}

/* No grammar is needed for those. */
static void
test_patches(void **state)
{
	static const char code[] = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-- y\n"
	    "+++ z\n same\ndiff a b\n+x";
	uint8_t roles[sizeof(code)];
	static const struct {
		const char *line;
		enum style_role role;
	} lines[] = {
		{ "--- a/x", ROLE_COMMENT }, { "+++ b/x", ROLE_COMMENT },
		{ "@@ -1", ROLE_COMMENT }, { "-- y", ROLE_REMOVED },
		{ "+++ z", ROLE_ADDED }, { " same", ROLE_TEXT },
		{ "diff a", ROLE_COMMENT }, { "+x", ROLE_ADDED },
	};

	assert_true(highlight(STR("diff"), str_from(code), TIMEOUT_MS,
	    roles));
	assert_true(highlight(STR("a.patch"), str_from(code), TIMEOUT_MS,
	    roles));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_int_equal(roles[strstr(code, lines[i].line) - code],
		    lines[i].role);
}

static void
test_output_of_commands_is_no_source(void **state)
{
	static const char code[] = "$ ls if\nif\n$x\n";
	uint8_t roles[sizeof(code)];

	assert_true(highlight(STR("console"), str_from(code), TIMEOUT_MS,
	    roles));
	assert_int_equal(roles[0], ROLE_COMMENT);
	assert_int_equal(roles[5], ROLE_FUNCTION);
	assert_int_equal(roles[8], ROLE_TEXT);
	assert_int_equal(roles[11], ROLE_TEXT);
}

static void
test_what_is_coloured_how(void **state)
{
	static const struct {
		const char *language, *code, *wanted;
	} cases[] = {
		{ "c", "return f(1); // x", "KKKKKK.F.N.p.CCCC" },
		{ "h", "int MAX = 'a';", "TTT.XXX.o.NNNp" },
		{ "x/a.c", "\"s\"", "SSS" },
		{ "py", "def f(): pass # x", "KKK.F....KKKK.CCC" },
		{ "go", "func f() {}", "KKKK.F....." },
		{ "rs", "let x = Some(1);", "KKK.....FFFFpXpp" },
		{ "ts", "const a: A = 1", "KKKKK.v..T.o.N" },
		{ "json", "{\"a\": 1}", ".FFF..N." },
		{ "php", "echo $a;", "KKKK.ov." },
		{ "sh", "echo $a # b", "FFFF.ov.CCC" },
	};

	need_grammars();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf got = BUF_INIT(4 * KIB);
		struct str code = str_from(cases[i].code);
		uint8_t roles[64];

		assert_true(highlight(str_from(cases[i].language), code,
		    TIMEOUT_MS, roles));
		describe(roles, code.len, &got);
		if (strcmp(buf_text(&got), cases[i].wanted) != 0)
			fail_msg("%s:\n%s\n%s wanted\n%s got",
			    cases[i].language, cases[i].code, cases[i].wanted,
			    buf_text(&got));
	}
}

static void
test_what_is_not_known_is_not_touched(void **state)
{
	uint8_t roles[4] = { 1, 2, 3, 4 };
	CLEANUP(free_ptr) char *big = mem_alloc(HIGHLIGHT_MAX + 1, 1);

	assert_false(highlight(STR("klingon"), STR("abcd"), 10, roles));
	assert_false(highlight(STR(""), STR("abcd"), 10, roles));
	assert_false(highlight(STR("c"), STR_NONE, 10, roles));
	assert_false(highlight(STR("c"), str_make(big, HIGHLIGHT_MAX + 1), 10,
	    roles));
	assert_int_equal(roles[0], 1);
}

static void
test_every_grammar_has_colours(void **state)
{
	struct error err = ERROR_INIT;

	need_grammars();
	for (size_t i = 0; i < language_count(); i++) {
		struct str text = STR("x = \"a\" # b\n");
		uint8_t kinds[16];
		int rc = syntax_highlight(language_at(i), text, NULL, kinds,
		    &err);

		if (rc != 0)
			fail_msg("%s: %s", language_at(i)->name, err.message);
	}
}

/* Code that breaks off anywhere is coloured, not refused. */
static void
test_every_beginning_of_a_text(void **state)
{
	static const char code[] = "int main(void) { char *s = \"a\\n\"; }";
	uint8_t roles[sizeof(code)];

	need_grammars();
	for (size_t n = 1; n < sizeof(code); n++)
		assert_true(highlight(STR("c"), str_make(code, n), TIMEOUT_MS,
		    roles));
}

static void
test_deep_nesting_is_fine(void **state)
{
	enum { DEPTH = 20000 };
	CLEANUP(free_ptr) char *code = NULL;
	CLEANUP(free_ptr) uint8_t *roles = NULL;

	need_grammars(); /* does not return where there are none */
	code = mem_alloc(DEPTH, 1);
	roles = mem_alloc(DEPTH, 1);
	memset(code, '(', DEPTH);
	highlight(STR("c"), str_make(code, DEPTH), 200, roles);
	memset(code, '[', DEPTH);
	highlight(STR("json"), str_make(code, DEPTH), 200, roles);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patches),
		cmocka_unit_test(test_output_of_commands_is_no_source),
		cmocka_unit_test(test_what_is_coloured_how),
		cmocka_unit_test(test_what_is_not_known_is_not_touched),
		cmocka_unit_test(test_every_grammar_has_colours),
		cmocka_unit_test(test_every_beginning_of_a_text),
		cmocka_unit_test(test_deep_nesting_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
