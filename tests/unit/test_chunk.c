/* chunk: each line has its piece, definitions have theirs. */
#include "base/file.h"
#include "base/mem.h"
#include "index/chunk.h"
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
print_chunks(const struct chunks *c, struct buf *out)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct chunk *k = &c->items[i];

		buf_printf(out, "%u-%u@%u %s %s [%s] {%s} <%s>\n",
		    (unsigned)k->start_line, (unsigned)k->end_line,
		    (unsigned)k->def_line, k->kind, k->name, k->container,
		    k->signature, k->names);
	}
}

static void
expect(const struct language *language, const char *text,
    const char *expected)
{
	CLEANUP(chunks_release) struct chunks c;
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

	assert_int_equal(chunks_make(language, str_from(text), NULL, &c,
			     NULL),
	    0);
	print_chunks(&c, &out);
	assert_string_equal(buf_text(&out), expected);
}

static void
functions_take_their_comments(void **state)
{
	(void)state;
	expect(need("c"),
	    "#include <a.h>\n"
	    "#define LIMIT 3\n"
	    "static int count = 1;\n"
	    "\n"
	    "/* Adds one.\n"
	    " * Twice. */\n"
	    "static int\n"
	    "add(int a)\n"
	    "{\n"
	    "	return a + 2;\n"
	    "}\n"
	    "/* Alone. */\n"
	    "\n"
	    "void f(void) { g(); }\n",
	    "1-3@0   [] {} <LIMIT count>\n"
	    "5-11@7 function add [] {static int add(int a)} <>\n"
	    "12-14@0   [] {} <f>\n");
}

static void
methods_stand_apart_from_their_class(void **state)
{
	(void)state;
	expect(need("python"),
	    "class A:\n"
	    "    \"\"\"About A.\"\"\"\n"
	    "    x = 1\n"
	    "\n"
	    "    @cached\n"
	    "    def one(self):\n"
	    "        return 1\n"
	    "\n"
	    "    def two(self):\n"
	    "        def inner():\n"
	    "            pass\n"
	    "        return inner\n",
	    "1-3@1 class A [] {class A:} <>\n"
	    "5-7@6 method one [A] {def one(self):} <>\n"
	    "9-12@9 method two [A] {def two(self):} <inner>\n");
}

static void
long_functions_are_cut_at_blank_lines(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	CLEANUP(chunks_release) struct chunks c;
	uint32_t next = 1;

	(void)state;
	buf_add_cstr(&text, "int f(void)\n{\n");
	for (int i = 0; i < 150; i++)
		buf_add_cstr(&text, i % 10 == 9 ? "\n" : "	g();\n");
	buf_add_cstr(&text, "}\n");
	assert_int_equal(chunks_make(need("c"), buf_str(&text), NULL, &c,
			     NULL),
	    0);
	assert_true(c.n >= 3);
	for (size_t i = 0; i < c.n; i++) {
		assert_string_equal(c.items[i].name, "f");
		assert_true(c.items[i].end_line - c.items[i].start_line <
		    CHUNK_WINDOW);
		assert_int_equal(c.items[i].def_line, i == 0 ? 1 : 0);
		/* Between two pieces there are blank lines only. */
		assert_true(c.items[i].start_line - next <= 1);
		next = c.items[i].end_line + 1;
	}
}

static void
what_cannot_be_parsed_is_cut_into_windows(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	CLEANUP(chunks_release) struct chunks c;

	(void)state;
	for (int i = 0; i < 3 * CHUNK_WINDOW; i++)
		buf_printf(&text, "line %d\r\n", i);
	buf_add_cstr(&text, "\xff\xfe\x00 no line feed");
	assert_int_equal(chunks_make(NULL, buf_str(&text), NULL, &c, NULL),
	    0);
	assert_true(c.plain);
	assert_int_equal(c.n, 4);
	assert_int_equal(c.items[3].end, text.len);
}

static void
empty_texts_have_no_pieces(void **state)
{
	(void)state;
	expect(NULL, "", "");
	expect(NULL, "\n\n  \n", "");
	expect(NULL, "x", "1-1@0   [] {} <>\n");
}

static void
errors_in_the_source_do_no_harm(void **state)
{
	(void)state;
	expect(need("c"),
	    "int f(void) {\n	if (\n}\n}}}}\n"
	    "int g(void)\n{\n	return 1;\n}\n",
	    "1-4@1 function f [] {int f(void)} <>\n"
	    "5-8@5 function g [] {int g(void)} <>\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_take_their_comments),
		cmocka_unit_test(methods_stand_apart_from_their_class),
		cmocka_unit_test(long_functions_are_cut_at_blank_lines),
		cmocka_unit_test(what_cannot_be_parsed_is_cut_into_windows),
		cmocka_unit_test(empty_texts_have_no_pieces),
		cmocka_unit_test(errors_in_the_source_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
