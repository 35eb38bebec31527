/* edit_text: what is replaced, what is tolerated and said, what is refused,
 * and that no other byte changes. */
#include "tools/edit_text.h"
#include "tests/unit/unit.h"
#include "tools/match.h"

#define ALL true
#define ONE false

struct edit_case {
	const char *content, *old, *new;
	bool all;
	const char *wanted; /* NULL: refused */
	unsigned tolerance;
	enum error_code code;
};

static void
run_cases(const struct edit_case *cases, size_t n)
{
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < n; i++) {
		const struct edit_case *c = &cases[i];
		CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
		struct text_edit edit = { str_from(c->old), str_from(c->new),
			c->all };
		struct text_edit_report report = { 0 };
		int rc = edit_once(str_from(c->content), &edit, &out, &report,
		    &err);

		if (rc != -(int)c->code)
			fail_msg("case %zu (%s): rc %d (%s), got \"%s\"", i,
			    c->old, rc, rc ? err.message : "",
			    buf_text(&out));
		if (rc != 0)
			continue;
		if (strcmp(buf_text(&out), c->wanted) != 0)
			fail_msg("case %zu: got \"%s\", wanted \"%s\"", i,
			    buf_text(&out), c->wanted);
		if (report.tolerance != c->tolerance)
			fail_msg("case %zu: tolerance %u, wanted %u", i,
			    report.tolerance, c->tolerance);
	}
}

static void
test_exact(void **state)
{
	static const struct edit_case cases[] = {
		{ "a b c", "b", "B", ONE, "a B c", 0, 0 },
		{ "a b b", "b", "B", ALL, "a B B", 0, 0 },
		{ "a b b", "b", "B", ONE, NULL, 0, ERR_TOOL_AMBIGUOUS },
		{ "aaa", "aa", "b", ONE, NULL, 0, ERR_TOOL_AMBIGUOUS },
		{ "aaa", "aa", "b", ALL, "ba", 0, 0 },
		{ "abc", "b", "", ONE, "ac", 0, 0 },
		{ "abc", "abc", "", ONE, "", 0, 0 },
		{ "x", "x", "x", ONE, NULL, 0, ERR_INVALID },
		{ "x", "", "y", ONE, NULL, 0, ERR_INVALID },
		{ "", "x", "y", ONE, NULL, 0, ERR_TOOL_NO_MATCH },
		{ "no newline", "newline", "end", ONE, "no end", 0, 0 },
		{ "\tif (x)\n\t\ty();\n", "\t\ty();", "\t\tz();", ONE,
		    "\tif (x)\n\t\tz();\n", 0, 0 },
		{ "caf\xe9 au lait\n", "lait", "jour", ONE,
		    "caf\xe9 au jour\n", 0, 0 },
		{ "caf\xe9 au lait\n", "lait", "caf\u00e9", ONE, NULL, 0,
		    ERR_INVALID },
		{ "\xef\xbb\xbfint a;\nint b;\n", "int a;", "int c;", ONE,
		    "\xef\xbb\xbfint c;\nint b;\n", 0, 0 },
		{ "replace $1 \\n &\n", "$1 \\n &", "\\0 $& %s", ONE,
		    "replace \\0 $& %s\n", 0, 0 },
		{ "a\n\n\nb\n", "\n\n\n", "\n", ONE, "a\nb\n", 0, 0 },
	};

	run_cases(cases, ARRAY_LEN(cases));
}

static void
test_line_endings(void **state)
{
	static const struct edit_case cases[] = {
		{ "a\r\nb\r\nc\r\n", "a\nb", "a\nB", ONE, "a\r\nB\r\nc\r\n",
		    MATCH_EOL, 0 },
		{ "a\r\nb\r\nc\r\n", "b", "x\ny", ONE, "a\r\nx\r\ny\r\nc\r\n",
		    0, 0 },
		{ "a\r\nb", "b", "x\ny", ONE, "a\r\nx\r\ny", 0, 0 },
		{ "a\nb\n", "a\r\nb", "a\r\nB", ONE, "a\nB\n", MATCH_EOL, 0 },
		{ "a\nb\r\n", "a\nb", "A\nc\nb", ONE, "A\nc\nb\r\n", 0, 0 },
		{ "a\r\nb\r\na\r\nb\r\n", "a\nb\n", "c\n", ALL,
		    "c\r\nc\r\n", MATCH_EOL, 0 },
		{ "a\r\nb\r\na\r\nb\r\n", "a\nb\n", "c\n", ONE, NULL, 0,
		    ERR_TOOL_AMBIGUOUS },
		{ "x = 1\r\ny = 2\r\n", "1\ny", "3\nz", ONE,
		    "x = 3\r\nz = 2\r\n", MATCH_EOL, 0 },
		/* The last newline that is not there. */
		{ "a\nb", "b\n", "c\n", ONE, "a\nc", MATCH_EOL, 0 },
		{ "a\nb", "b\n", "b\nc\n", ONE, "a\nb\nc", MATCH_EOL, 0 },
		{ "a\r\nb", "a\nb\n", "a\nb\nc\n", ONE, "a\r\nb\r\nc",
		    MATCH_EOL, 0 },
		{ "\xef\xbb\xbf" "a\r\nb\r\n", "a\nb\n", "c\nb\n", ONE,
		    "\xef\xbb\xbf" "c\r\nb\r\n", MATCH_EOL, 0 },
		{ "\xef\xbb\xbf" "a\nb\n", "\xef\xbb\xbf" "a", "c", ONE,
		    "\xef\xbb\xbf" "c\nb\n", 0, 0 },
		{ "\xef\xbb\xbf" "a\nb\n", "\xef\xbb\xbf" "a", "a", ONE,
		    "a\nb\n", 0, 0 },
		{ "a\nb\n", "b", "c\r\nd", ONE, "a\nc\nd\n", 0, 0 },
		{ "a\nb\n", "b\n", "b\r\n", ONE, "a\nb\r\n", 0, 0 },
		{ "a\r\nb\nc\r\nd\n", "b\nc\n", "B\nC\n", ONE,
		    "a\r\nB\nC\r\nd\n", MATCH_EOL, 0 },
	};

	run_cases(cases, ARRAY_LEN(cases));
}

static void
test_trailing_blanks(void **state)
{
	static const struct edit_case cases[] = {
		{ "a  \nb\nc\n", "a\nb\n", "a\nB\n", ONE, "a  \nB\nc\n",
		    MATCH_TRAILING, 0 },
		{ "a\nb\nc\n", "a \t\nb\n", "a\nB\n", ONE, "a\nB\nc\n",
		    MATCH_TRAILING, 0 },
		{ "f(\t\n  x)\n", "f(\n  x)", "f(\n  y)", ONE,
		    "f(\t\n  y)\n", MATCH_TRAILING, 0 },
		{ "z = f( \n  x) + 1\n", "f(\n  x)", "g(\n  x)", ONE,
		    "z = g( \n  x) + 1\n", MATCH_TRAILING, 0 },
		{ "a \nb\na\t\nb\n", "a\nb\n", "x\n", ONE, NULL, 0,
		    ERR_TOOL_AMBIGUOUS },
		{ "a \nb\na\t\nb\n", "a\nb\n", "x\n", ALL, NULL, 0,
		    ERR_TOOL_AMBIGUOUS },
		/* Blanks at the end that are no line end are text. */
		{ "foo(x)\n", "foo( ", "bar( ", ONE, NULL, 0,
		    ERR_TOOL_NO_MATCH },
		{ "foo\nbar\n", "foo   ", "baz", ONE, "baz\nbar\n",
		    MATCH_TRAILING, 0 },
		{ "a b\n", "a  b", "c", ONE, NULL, 0, ERR_TOOL_NO_MATCH },
	};

	run_cases(cases, ARRAY_LEN(cases));
}

static void
test_typographic(void **state)
{
	static const struct edit_case cases[] = {
		{ "say(\u201chi\u201d); x = 1;\n", "say(\"hi\"); x = 1;",
		    "say(\"hi\"); x = 2;", ONE,
		    "say(\u201chi\u201d); x = 2;\n", MATCH_TYPOGRAPHIC, 0 },
		{ "print(\"hi\")\n", "print(\u201chi\u201d)",
		    "print(\u201cbye\u201d)", ONE, "print(\"bye\")\n",
		    MATCH_TYPOGRAPHIC, 0 },
		{ "a \u2013 b\nc\n", "a - b", "a - d", ONE, "a \u2013 d\nc\n",
		    MATCH_TYPOGRAPHIC, 0 },
		{ "don\u2019t go\nnow\n", "don't go\nnow\n",
		    "don't go\nthen\n", ONE, "don\u2019t go\nthen\n",
		    MATCH_TYPOGRAPHIC, 0 },
		{ "a\u00a0b\n", "a b", "c", ONE, "c\n", MATCH_TYPOGRAPHIC,
		    0 },
		{ "\u201ca\u201d \"a\"\n", "\"a\"", "b", ONE,
		    "\u201ca\u201d b\n", 0, 0 },
		{ "\u201ca\u201d \u201ca\u201d\n", "\"a\"", "b", ONE, NULL, 0,
		    ERR_TOOL_AMBIGUOUS },
		{ "\u00e9t\u00e9\n", "ete", "x", ONE, NULL, 0,
		    ERR_TOOL_NO_MATCH },
	};

	run_cases(cases, ARRAY_LEN(cases));
}

static void
test_indentation(void **state)
{
	static const struct edit_case cases[] = {
		{ "    if x:\n        y()\n", "if x:\n    y()\n",
		    "if x:\n    z()\n", ONE, "    if x:\n        z()\n",
		    MATCH_INDENT, 0 },
		{ "if x:\n    y()\n", "    if x:\n        y()\n",
		    "    if x:\n        z()\n", ONE, "if x:\n    z()\n",
		    MATCH_INDENT, 0 },
		{ "\tif (x)\n\t\ty();\n", "    if (x)\n        y();\n",
		    "    if (x)\n        z();\n", ONE,
		    "\tif (x)\n\t\tz();\n", MATCH_INDENT, 0 },
		{ "  if (x)\n    y();\n", "\tif (x)\n\t\ty();\n",
		    "\tif (x) {\n\t\ty();\n\t}\n", ONE,
		    "  if (x) {\n    y();\n  }\n", MATCH_INDENT, 0 },
		{ "    if x:\n\n        y()\n", "if x:\n\n    y()\n",
		    "if x:\n\n    y()\n    z()\n", ONE,
		    "    if x:\n\n        y()\n        z()\n", MATCH_INDENT,
		    0 },
		/* Not one shift for all lines. */
		{ "    if x:\n      y()\n", "if x:\n    y()\n", "z\n", ONE,
		    NULL, 0, ERR_TOOL_NO_MATCH },
		/* Twice: no guess. */
		{ "  f()\n    f()\n", "\tf()\n", "\tg()\n", ONE, NULL, 0,
		    ERR_TOOL_AMBIGUOUS },
		/* Whole lines only. */
		{ "    return x + 1\n", "      return x", "      return y",
		    ONE, NULL, 0, ERR_TOOL_NO_MATCH },
		/* The new line is less deep than what is to be taken off. */
		{ "a:\n  b\n", "      b\n", "c\n", ONE, NULL, 0,
		    ERR_TOOL_NO_MATCH },
		{ "  f(\u2018a\u2019)\n  g\n", "    f('a')\n    g\n",
		    "    f('a')\n    h\n", ONE, "  f(\u2018a\u2019)\n  h\n",
		    MATCH_INDENT | MATCH_TYPOGRAPHIC, 0 },
		{ "    a();\r\n    b();\r\n", "  a();\n  b();\n",
		    "  a();\n  c();\n", ONE, "    a();\r\n    c();\r\n",
		    MATCH_INDENT, 0 },
		{ "    a();\n    b();", "  a();\n  b();\n", "  c();\n", ONE,
		    "    c();", MATCH_INDENT, 0 },
	};

	run_cases(cases, ARRAY_LEN(cases));
}

static void
test_line_numbers(void **state)
{
	static const struct edit_case cases[] = {
		{ "a\nfoo();\nbar();\n", "     2\tfoo();\n     3\tbar();",
		    "     2\tfoo();\n     3\tbaz();", ONE,
		    "a\nfoo();\nbaz();\n", MATCH_NUMBERS, 0 },
		{ "a\nfoo();\nbar();\n", "2\tfoo();\n", "foo(1);\n", ONE,
		    "a\nfoo(1);\nbar();\n", MATCH_NUMBERS, 0 },
		{ "a\nfoo();\n", "  2\u2192foo();", "  2\u2192f();", ONE,
		    "a\nf();\n", MATCH_NUMBERS, 0 },
		{ "a\n    foo();\n", "  2|    foo();", "    f();", ONE,
		    "a\n    f();\n", MATCH_NUMBERS, 0 },
		/* Not counting up. */
		{ "a\nb\n", "1\ta\n3\tb\n", "x\n", ONE, NULL, 0,
		    ERR_TOOL_NO_MATCH },
		/* A table is no listing: its numbers are text. */
		{ "2\tapple\n3\tpear\n", "4\tapple", "5\tapple", ONE, NULL, 0,
		    ERR_TOOL_NO_MATCH },
		{ "1\tapple\n", "1\tapple", "2\tapple", ONE, "2\tapple\n", 0,
		    0 },
		/* Not the whole line. */
		{ "int x = 10;\n", "7\tint x = 1", "int x = 2", ONE, NULL, 0,
		    ERR_TOOL_NO_MATCH },
		{ "foo();\nfoo();\n", "1\tfoo();\n", "x\n", ONE, NULL, 0,
		    ERR_TOOL_AMBIGUOUS },
	};

	run_cases(cases, ARRAY_LEN(cases));
}

static void
test_near_misses(void **state)
{
	static const struct {
		const char *content, *old;
	} cases[] = {
		{ "timeout = 30;\n", "timeout = 31;" },
		{ "if (a < b)\n", "if (a <= b)" },
		{ "if (a == b)\n", "if (a = b)" },
		{ "count_total += n;\n", "count_totals += n;" },
		{ "Foo bar\n", "foo bar" },
		{ "f(a, b)\n", "f(a,b)" },
		{ "f(a, b);\ng();\n", "f(a, b)\ng();\n" },
		{ "x = 'a'\n", "x = \"a\"" },
		{ "a\n\nb\n", "a\nb\n" },
		{ "a\nb\n", "a\n\nb\n" },
		{ "a\\nb\n", "a\nb" },
		{ "a\nb\n", "a\\nb" },
		{ "x = -1\n", "x = +1" },
		{ "    a()\n    b()\n", "  a()\n  c()\n" },
		{ "# comment\nx\n", "// comment\nx\n" },
		{ "return x\n", "return  x\n" },
		{ "a...\n", "a\u2026\n" },
		{ "0x10\n", "0X10\n" },
		{ "l1\nl2\nl3\n", "l1\nl3\n" },
		{ "\n\n\n", "   \n" },
	};
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(4096);
		struct text_edit edit = { .old_string = str_from(cases[i].old),
			.new_string = STR("changed\n") };
		struct text_edit_report report;
		int rc = edit_once(str_from(cases[i].content), &edit, &out,
		    &report, &err);

		if (rc != -ERR_TOOL_NO_MATCH)
			fail_msg("\"%s\" in \"%s\": %d, \"%s\"", cases[i].old,
			    cases[i].content, rc, buf_text(&out));
	}
}

static void
test_says_where_it_is_alike(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4096);
	struct text_edit edit = { .old_string = STR("b = 2\nc = 4\n"),
		.new_string = STR("x") };
	struct text_edit_report report;
	struct error err = ERROR_INIT;

	assert_error(edit_once(STR("a = 1\nb = 2\nc = 3\n"), &edit, &out,
	    &report, &err), ERR_TOOL_NO_MATCH);
	assert_string_equal(err.details, "The closest is lines 2-3; in line 3 "
	    "the file has \"c = 3\" where the text has \"c = 4\".");
	edit.old_string = STR("b");
	assert_error(edit_once(STR("b\nb\nab\n"), &edit, &out, &report,
	    &err), ERR_TOOL_AMBIGUOUS);
	assert_non_null(strstr(err.message, "3 times (lines 1, 2, 3)"));
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/* Whatever the bytes are, what is not the place stays as it was. */
static void
test_other_bytes_stay(void **state)
{
	static const char *const pieces[] = { "\r\n", "\n", " \n", "\t",
		"    ", "foo", "bar(1)", "\u201c", "\"", "\xff", "\xe9", "é",
		"\xef\xbb\xbf", "10", "x" };
	uint32_t seed = 11;

	for (int round = 0; round < 3000; round++) {
		CLEANUP_BUF struct buf text = BUF_INIT(4096);
		CLEANUP_BUF struct buf out = BUF_INIT(8192);
		struct text_edit_report report;
		struct text_edit edit = { .new_string = STR("NEW") };
		size_t start, len;

		for (uint32_t i = 5 + next_random(&seed) % 40; i > 0; i--)
			buf_add_cstr(&text,
			    pieces[next_random(&seed) % ARRAY_LEN(pieces)]);
		start = next_random(&seed) % text.len;
		len = 1 + next_random(&seed) % (text.len - start);
		edit.old_string = str_sub(buf_str(&text), start, len);
		/* The byte order mark stays even where it is replaced. */
		if (str_starts(edit.old_string, STR("\xef\xbb\xbf")))
			continue;
		if (edit_once(buf_str(&text), &edit, &out, &report, NULL) != 0)
			continue;
		assert_int_equal(report.tolerance, 0);
		assert_int_equal(out.len, text.len - len + 3);
		assert_memory_equal(out.ptr, text.ptr, start);
		assert_memory_equal(out.ptr + start, "NEW", 3);
		assert_memory_equal(out.ptr + start + 3,
		    text.ptr + start + len, text.len - start - len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_line_endings),
		cmocka_unit_test(test_trailing_blanks),
		cmocka_unit_test(test_typographic),
		cmocka_unit_test(test_indentation),
		cmocka_unit_test(test_line_numbers),
		cmocka_unit_test(test_near_misses),
		cmocka_unit_test(test_says_where_it_is_alike),
		cmocka_unit_test(test_other_bytes_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
