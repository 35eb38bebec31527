/* Results of grep, and which line of them is a definition. */
#include "llm/offline_hits.h"

#include "tests/unit/unit.h"

static void
test_results_are_read(void **state)
{
	static const struct {
		const char *result, *wanted;
	} rows[] = {
		{ "src/a.c:12:int x;\nsrc/b.c:3:\tx();\n",
		    "src/a.c 12 int x;|src/b.c 3 x();|" },
		{ "src/a.c\n  12: int x;\n13|y\n\nsrc/b.c:\n7\tz\n",
		    "src/a.c 12 int x;|src/a.c 13 y|src/b.c 7 z|" },
		{ "no matches\n", "" },
		{ "12:without a path\n", "" },
		{ "a:b:c\na:0:zero\na:99999999999:big\n", "" },
		{ "", "" },
		{ "src/a.c-11-context\nsrc/a.c:12:hit\n--\n",
		    "src/a.c 12 hit|" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(hits_release) struct hits h = { 0 };
		CLEANUP_BUF struct buf got = BUF_INIT(KIB);

		hits_add(&h, str_from(rows[i].result));
		for (size_t k = 0; k < h.n; k++)
			buf_printf(&got, "%.*s %d %.*s|",
			    STR_ARG(h.items[k].path), (int)h.items[k].line,
			    STR_ARG(h.items[k].text));
		assert_string_equal(buf_text(&got), rows[i].wanted);
	}
}

static void
test_the_definition_comes_first(void **state)
{
	/* The place at line 7 is the definition. */
	static const char *const rows[] = {
		"a.h:3:int foo(int x);\na.c:7:foo(int x)\na.c:9:\tfoo(1);\n",
		"a.h:3:extern int foo(int x);\na.c:7:int foo(int x) {\n",
		"a.py:7:def foo(self):\nb.py:3:    foo = Foo()\n",
		"a.py:7:class foo:\nREADME.md:3:the class foo is\n",
		"a.go:7:func (r *T) foo(x int) error {\na.go:9:r.foo(1)\n",
		"a.js:7:const foo = async () => {\n"
		"b.js:1:import foo from 'a'\n",
		"a.ts:7:export interface foo {\nb.ts:2:let x: foo;\n",
		"a.rs:7:pub fn foo<T>() -> u8 {\nb.rs:2:use a::foo;\n",
		"a.h:7:struct foo {\nb.c:2:bar(struct foo *x)\n"
		"b.c:4:\tstruct foo x;\n",
		"a.h:7:#define foo(x) (x)\nb.c:2:\tint y = foo(2);\n",
		"a.h:7:} foo;\nb.c:2:foo *x;\n",
		"tests/a.c:3:foo(void)\nsrc/a.c:7:foo(void)\n",
		"a.rb:7:  def self.foo(x)\nb.rb:2:  Bar.foo(3)\n",
		"A.java:7:    public static void foo(int x) {\n"
		"B.java:2:        A.foo(3);\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(hits_release) struct hits h = { 0 };

		hits_add(&h, str_from(rows[i]));
		hits_score_definition(&h, STR("foo"));
		hits_sort(&h);
		if (h.n == 0 || h.items[0].line != 7)
			fail_msg("row %zu: %s", i, rows[i]);
		assert_true(h.items[0].score > 10);
	}
}

static void
test_calls_are_no_definitions(void **state)
{
	static const char *const rows[] = {
		"\tfoo(1);", "return foo(1);", "x = foo(1);", "// foo does it",
		"if (foo(1))", "bar(struct foo *x)", "use a::foo;",
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(hits_release) struct hits h = { 0 };
		CLEANUP_BUF struct buf line = BUF_INIT(KIB);

		buf_printf(&line, "a.c:1:%s\n", rows[i]);
		hits_add(&h, buf_str(&line));
		hits_score_definition(&h, STR("foo"));
		if (h.items[0].score > 10)
			fail_msg("'%s' scores %d", rows[i],
			    h.items[0].score);
	}
}

static void
test_one_place_once(void **state)
{
	CLEANUP(hits_release) struct hits h = { 0 };

	hits_add(&h, STR("b:1:x\na:2:x\na:2:x\na:1:x\n"));
	hits_sort(&h);
	assert_int_equal(h.n, 3);
	assert_int_equal(h.items[0].line, 1);
	assert_int_equal(h.items[1].line, 2);
}

static void
test_a_flood_is_bounded(void **state)
{
	CLEANUP(hits_release) struct hits h = { 0 };

	for (int i = 0; i < HITS_MAX + 5; i++)
		hits_add(&h, STR("a:1:x\n"));
	assert_int_equal(h.n, HITS_MAX);
	assert_true(h.more);
}

static void
test_patterns_quote_their_text(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(16 * KIB);
	const struct str words[] = { STR("a+"), STR("b"), STR("c") };

	hits_symbol_pattern(STR("a.b"), &out);
	assert_string_equal(buf_text(&out), "\\ba\\.b\\b");
	buf_clear(&out);
	hits_symbol_pattern(STR("$x("), &out);
	assert_string_equal(buf_text(&out), "\\$x\\(");
	buf_clear(&out);
	hits_words_pattern(words, 1, &out);
	assert_string_equal(buf_text(&out), "(?i)(a\\+)");
	buf_clear(&out);
	hits_words_pattern(words, 3, &out);
	assert_string_equal(buf_text(&out), "(?i)a\\+.*b|a\\+.*c|b.*a\\+|"
	    "b.*c|c.*a\\+|c.*b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results_are_read),
		cmocka_unit_test(test_the_definition_comes_first),
		cmocka_unit_test(test_calls_are_no_definitions),
		cmocka_unit_test(test_one_place_once),
		cmocka_unit_test(test_a_flood_is_bounded),
		cmocka_unit_test(test_patterns_quote_their_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
