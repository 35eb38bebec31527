/* outline: a sample in each language against what is expected of it
 * (tests/fixtures/outline/sample.X and sample.X.outline). */
#include "base/file.h"
#include "base/mem.h"
#include "syntax/outline.h"
#include "tests/unit/unit.h"

static void
print_outline(const struct outline *o, struct buf *out)
{
	for (size_t i = 0; i < o->n_items; i++) {
		const struct outline_item *item = &o->items[i];

		buf_add_repeated(out, '\t', item->depth);
		buf_printf(out, "%s %s [%s] %u-%u: %s\n", item->kind,
		    item->name, item->container, (unsigned)item->start_line,
		    (unsigned)item->end_line, item->signature);
	}
}

static char *
fixture(const char *name)
{
	const char *root = getenv("srcdir");

	return mem_printf("%s/tests/fixtures/outline/%s",
	    root == NULL ? "." : root, name);
}

/* Skips where friday was built without grammars. */
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
check_sample(const char *language, const char *file)
{
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	CLEANUP_BUF struct buf wanted = BUF_INIT(MIB);
	CLEANUP_BUF struct buf got = BUF_INIT(MIB);
	CLEANUP(free_ptr) char *path = fixture(file);
	CLEANUP(free_ptr) char *expected = mem_printf("%s.outline", path);
	const struct language *row = need(language);
	struct outline o;
	struct error err;

	assert_ok(file_read(path, &text, &err));
	assert_ptr_equal(row,
	    language_of_file(str_from(path), buf_str(&text)));
	assert_ok(outline_make(row, buf_str(&text), NULL, &o, &err));
	print_outline(&o, &got);
	outline_release(&o);
	if (getenv("FRIDAY_UPDATE_FIXTURES") != NULL)
		assert_ok(file_write_atomic(expected, buf_str(&got), 0644,
		    &err));
	assert_ok(file_read(expected, &wanted, &err));
	assert_string_equal(buf_text(&got), buf_text(&wanted));
}

#define SAMPLES(X)                                                            \
	X(bash, "sample.sh")                                                  \
	X(c, "sample.c")                                                      \
	X(c_sharp, "sample.cs")                                               \
	X(cpp, "sample.cpp")                                                  \
	X(css, "sample.css")                                                  \
	X(go, "sample.go")                                                    \
	X(html, "sample.html")                                                \
	X(java, "sample.java")                                                \
	X(javascript, "sample.js")                                            \
	X(json, "sample.json")                                                \
	X(kotlin, "sample.kt")                                                \
	X(lua, "sample.lua")                                                  \
	X(markdown, "sample.md")                                              \
	X(php, "sample.php")                                                  \
	X(python, "sample.py")                                                \
	X(ruby, "sample.rb")                                                  \
	X(rust, "sample.rs")                                                  \
	X(scala, "sample.scala")                                              \
	X(sql, "sample.sql")                                                  \
	X(swift, "sample.swift")                                              \
	X(toml, "sample.toml")                                                \
	X(tsx, "sample.tsx")                                                  \
	X(typescript, "sample.ts")                                            \
	X(yaml, "sample.yaml")

#define X(language, file)                                                     \
	static void test_outline_of_##language(void **state)                  \
	{                                                                     \
		check_sample(#language, file);                                \
	}
SAMPLES(X)
#undef X

static void
test_every_language_has_a_sample(void **state)
{
	size_t count = 0;

#define X(language, file) count++;
	SAMPLES(X)
#undef X
	assert_int_equal(count, language_count());
}

static void
test_names_stay_on_one_line(void **state)
{
	const struct language *python = need("python");
	struct outline o;
	struct error err;

	assert_ok(outline_make(python, STR("def f(\n  a,\n  b):\n  pass\n"),
	    NULL, &o, &err));
	assert_int_equal(o.n_items, 1);
	assert_string_equal(o.items[0].signature, "def f(");
	assert_int_equal(o.items[0].end_line, 4);
	outline_release(&o);
}

static void
test_deep_nesting_has_an_end(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	const struct language *python = need("python");
	struct outline o;
	struct error err;

	for (unsigned i = 0; i < 100; i++) {
		buf_add_repeated(&text, ' ', i);
		buf_printf(&text, "class c%u:\n", i);
	}
	buf_add_repeated(&text, ' ', 100);
	buf_add_cstr(&text, "pass\n");
	assert_ok(outline_make(python, buf_str(&text), NULL, &o, &err));
	assert_int_equal(o.n_items, 100);
	assert_true(o.items[99].depth <= 64);
	outline_release(&o);
}

static void
test_many_items_are_cut(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	const struct language *c = need("c");
	struct outline o;
	struct error err;

	for (unsigned i = 0; i < OUTLINE_ITEMS_MAX + 10; i++)
		buf_printf(&text, "#define A%u 1\n", i);
	assert_ok(outline_make(c, buf_str(&text), NULL, &o, &err));
	assert_int_equal(o.n_items, OUTLINE_ITEMS_MAX);
	assert_true(o.cut);
	outline_release(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define X(language, file) cmocka_unit_test(test_outline_of_##language),
		SAMPLES(X)
#undef X
		cmocka_unit_test(test_every_language_has_a_sample),
		cmocka_unit_test(test_names_stay_on_one_line),
		cmocka_unit_test(test_deep_nesting_has_an_end),
		cmocka_unit_test(test_many_items_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
