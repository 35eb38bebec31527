/* syntax: limits, errors, and which errors an edit brought in. */
#include "syntax/syntax.h"
#include "base/buf.h"
#include "tests/unit/unit.h"

static const struct language *
need(const char *name)
{
	const struct language *language = language_by_name(str_from(name));
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;

	if (syntax_parse(language, STR(""), NULL, &tree, NULL) ==
	    -ERR_UNSUPPORTED)
		skip();
	return language;
}

static void
test_errors_have_places(void **state)
{
	static const struct {
		const char *language, *text;
		size_t count;
		unsigned line;
	} cases[] = {
		{ "c", "int main(void) { return 0; }\n", 0, 0 },
		{ "c", "int a;\nint main(void) { return 0 }\n", 1, 2 },
		{ "python", "def f():\n    return 1\n", 0, 0 },
		{ "python", "x = 1\ndef f(:\n    return 1\n", 1, 2 },
		{ "json", "[1,\n 2, ?]", 1, 2 },
		{ "javascript", "", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
		struct syntax_errors errors;
		struct error err;

		assert_ok(syntax_parse(need(cases[i].language),
		    str_from(cases[i].text), NULL, &tree, &err));
		syntax_errors(tree, &errors);
		assert_int_equal(errors.count, cases[i].count);
		assert_int_equal(errors.n_shown, cases[i].count);
		if (cases[i].count > 0) {
			assert_int_equal(errors.shown[0].line, cases[i].line);
			assert_true(errors.shown[0].message[0] != '\0');
		}
	}
}

static void
test_only_new_errors_count(void **state)
{
	const struct language *c = need("c");
	const struct str clean = STR("int a;\nint b;\n");
	const struct str broken = STR("int a;\nint b(;\n");
	const struct str shifted = STR("int z;\nint a;\nint b(;\n");
	const struct str worse = STR("int z;\nint a(;\nint b(;\n");
	struct syntax_errors errors;
	struct error err;

	assert_ok(syntax_new_errors(c, clean, broken, NULL, &errors, &err));
	assert_int_equal(errors.count, 1);
	assert_int_equal(errors.shown[0].line, 2);
	assert_ok(syntax_new_errors(c, broken, shifted, NULL, &errors, &err));
	assert_int_equal(errors.count, 0);
	assert_ok(syntax_new_errors(c, broken, clean, NULL, &errors, &err));
	assert_int_equal(errors.count, 0);
	assert_ok(syntax_new_errors(c, broken, worse, NULL, &errors, &err));
	assert_true(errors.count >= 1);
	assert_int_equal(errors.shown[0].line, 2);
	assert_ok(syntax_new_errors(c, STR(""), broken, NULL, &errors, &err));
	assert_int_equal(errors.count, 1);
}

static void
test_shown_errors_are_bounded(void **state)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	struct syntax_errors errors;
	struct error err;

	for (int i = 0; i < 200; i++)
		buf_printf(&text, "x%d = ;\ny%d = 1;\n", i, i);
	assert_ok(syntax_parse(need("javascript"), buf_str(&text), NULL, &tree,
	    &err));
	syntax_errors(tree, &errors);
	assert_true(errors.count > SYNTAX_ERRORS_SHOWN);
	assert_int_equal(errors.n_shown, SYNTAX_ERRORS_SHOWN);
}

static void
test_size_is_limited(void **state)
{
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	struct syntax_tree *tree = NULL;
	struct error err;

	opts.bytes_max = 4;
	assert_error(syntax_parse(need("c"), STR("int a;"), &opts, &tree, &err),
	    ERR_TOO_LARGE);
	assert_null(tree);
}

/* More than one slice of time takes: the token is looked at after it. */
static void
fill_slow_text(struct buf *text)
{
	for (int i = 0; i < 60000; i++)
		buf_printf(text, "int f%d(int a) { return a + %d; }\n", i, i);
}

static void
test_parsing_is_cancelled(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	struct syntax_tree *tree = NULL;
	struct cancel token;
	struct error err;

	fill_slow_text(&text);
	assert_ok(cancel_init(&token, &err));
	cancel_raise(&token, CANCEL_STOP);
	opts.cancel = &token;
	assert_error(syntax_parse(need("c"), buf_str(&text), &opts, &tree,
			 &err),
	    ERR_CANCELLED);
	cancel_release(&token);
	assert_null(tree);
}

static void
test_parsing_has_a_deadline(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	struct syntax_tree *tree = NULL;
	struct error err;

	fill_slow_text(&text);
	opts.timeout_ms = 1;
	assert_error(syntax_parse(need("c"), buf_str(&text), &opts, &tree,
			 &err),
	    ERR_TIMEOUT);
	assert_null(tree);
}

static void
test_deep_text_does_no_harm(void **state)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	struct syntax_errors errors;
	struct error err;

	buf_add_repeated(&text, '(', 20000);
	buf_add_repeated(&text, '[', 20000);
	assert_ok(syntax_parse(need("python"), buf_str(&text), NULL, &tree,
	    &err));
	syntax_errors(tree, &errors);
	assert_true(errors.count > 0);
}

/* The library would end the process. */
static void
test_text_that_is_only_piled_up_is_refused(void **state)
{
	static const struct {
		const char *language, *piece;
	} cases[] = {
		{ "c", "(" }, { "c", "x=\n" }, { "c", "if(a)b;else " },
		{ "javascript", "[" }, { "javascript", "a?b:" },
		{ "python", "- " }, { "yaml", "[" }, { "rust", "{" },
		{ "java", "x=" }, { "json", "[" }, { "ruby", "(" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
		struct syntax_opts opts = SYNTAX_OPTS_INIT;
		struct syntax_tree *tree = NULL;
		struct error err;

		opts.timeout_ms = 60000;
		for (size_t k = 0; k < 70000; k++)
			buf_add_cstr(&text, cases[i].piece);
		assert_error(syntax_parse(need(cases[i].language),
		    buf_str(&text), &opts, &tree, &err), ERR_TOO_LARGE);
		assert_null(tree);
	}
}

static void
test_a_large_text_of_people_is_parsed(void **state)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	struct syntax_errors errors;
	struct error err;

	opts.timeout_ms = 60000;
	for (int i = 0; i < 12000; i++)
		buf_printf(&text, "/* of %d */\nint\nf%d(int a)\n{\n"
		    "\treturn a > %d ? (a + 1) * 2 : f(a, %d);\n}\n", i, i,
		    i, i);
	assert_ok(syntax_parse(need("c"), buf_str(&text), &opts, &tree,
	    &err));
	syntax_errors(tree, &errors);
	assert_int_equal(errors.count, 0);
}

/* The packages' scanners would write behind tree-sitter's buffer of 1,024
 * bytes, or end the process (src/syntax/scanners). */
static void
test_state_of_scanners_has_a_ceiling(void **state)
{
	static const struct {
		const char *language, *begin, *again, *end;
		size_t times;
	} cases[] = {
		{ "markdown", "", "> ", "x\n", 300 },
		{ "markdown", "", ">", "x\n", 5000 },
		{ "yaml", "", "[", "\n", 300 },
		{ "yaml", "", "- ", "a\n", 400 },
		{ "kotlin", "val x = ", "\"${", "\n", 1200 },
		{ "ruby", "x = <<", "E", "\ny\n", 1015 },
		{ "bash", "cat <<", "E", "\ny\n", 1015 },
		{ "bash", "cat", " <<E", "\ny\n", 400 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;
		CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
		struct error err;

		buf_add_cstr(&text, cases[i].begin);
		for (size_t k = 0; k < cases[i].times; k++)
			buf_add_cstr(&text, cases[i].again);
		buf_add_cstr(&text, cases[i].end);
		assert_ok(syntax_parse(need(cases[i].language),
		    buf_str(&text), NULL, &tree, &err));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors_have_places),
		cmocka_unit_test(test_only_new_errors_count),
		cmocka_unit_test(test_shown_errors_are_bounded),
		cmocka_unit_test(test_size_is_limited),
		cmocka_unit_test(test_parsing_is_cancelled),
		cmocka_unit_test(test_parsing_has_a_deadline),
		cmocka_unit_test(test_deep_text_does_no_harm),
		cmocka_unit_test(test_state_of_scanners_has_a_ceiling),
		cmocka_unit_test(test_text_that_is_only_piled_up_is_refused),
		cmocka_unit_test(test_a_large_text_of_people_is_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
