/* references: a sample in each language that has them against what is
 * expected of it (tests/fixtures/references/sample.X and
 * sample.X.references). */
#include "base/file.h"
#include "base/mem.h"
#include "syntax/references.h"
#include "tests/unit/unit.h"

struct parsed {
	struct syntax_tree *tree;
	struct outline outline;
	struct references references;
};

static void
parsed_release(struct parsed *p)
{
	references_release(&p->references);
	outline_release(&p->outline);
	syntax_tree_destroy(p->tree);
}

/* The machine may be busy. */
static const struct syntax_opts patient = { .bytes_max = 4 * MIB,
	.timeout_ms = 600000 };

/* Skips where friday was built without grammars. */
static void
parse(const char *language, struct str text, struct parsed *ret)
{
	const struct language *row = language_by_name(str_from(language));
	struct error err = ERROR_INIT;

	*ret = (struct parsed){ 0 };
	if (syntax_parse(row, text, &patient, &ret->tree, &err) ==
	    -ERR_UNSUPPORTED)
		skip();
	assert_non_null(ret->tree);
	assert_ok(outline_read(row, ret->tree, &patient, &ret->outline, &err));
	assert_ok(references_read(row, ret->tree, &ret->outline, &patient,
	    &ret->references, &err));
}

/* "LINE KIND NAME of FROM in DEFINITION", a '.' behind a member's kind. */
static void
print(const struct parsed *p, struct buf *out)
{
	for (size_t i = 0; i < p->references.n; i++) {
		const struct reference *r = &p->references.items[i];

		buf_printf(out, "%u %s%s %.*s", (unsigned)r->line,
		    reference_kind_name(r->kind), r->member ? "." : "",
		    STR_ARG(r->name));
		if (r->from.len > 0)
			buf_printf(out, " of %.*s", STR_ARG(r->from));
		if (r->definition > 0)
			buf_printf(out, " in %s",
			    p->outline.items[r->definition - 1].name);
		buf_add_char(out, '\n');
	}
}

static void
check_sample(const char *language, const char *file)
{
	const char *root = getenv("srcdir");
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	CLEANUP_BUF struct buf wanted = BUF_INIT(MIB);
	CLEANUP_BUF struct buf got = BUF_INIT(MIB);
	CLEANUP(free_ptr) char *path = mem_printf(
	    "%s/tests/fixtures/references/%s", root == NULL ? "." : root,
	    file);
	CLEANUP(free_ptr) char *expected = mem_printf("%s.references", path);
	CLEANUP(parsed_release) struct parsed p = { 0 };
	struct error err = ERROR_INIT;

	assert_ok(file_read(path, &text, &err));
	parse(language, buf_str(&text), &p);
	print(&p, &got);
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
	X(kotlin, "sample.kt")                                                \
	X(lua, "sample.lua")                                                  \
	X(php, "sample.php")                                                  \
	X(python, "sample.py")                                                \
	X(ruby, "sample.rb")                                                  \
	X(rust, "sample.rs")                                                  \
	X(scala, "sample.scala")                                              \
	X(sql, "sample.sql")                                                  \
	X(swift, "sample.swift")                                              \
	X(tsx, "sample.tsx")                                                  \
	X(typescript, "sample.ts")

#define X(language, file)                                                     \
	static void test_references_of_##language(void **state)               \
	{                                                                     \
		check_sample(#language, file);                                \
	}
SAMPLES(X)
#undef X

static void
check(const char *language, const char *text, const char *wanted)
{
	CLEANUP(parsed_release) struct parsed p = { 0 };
	CLEANUP_BUF struct buf got = BUF_INIT(MIB);

	parse(language, str_from(text), &p);
	print(&p, &got);
	assert_string_equal(buf_text(&got), wanted);
}

static void
test_a_local_variable_hides_what_is_outside(void **state)
{
	check("c", "int f(int (*run)(int), int *len)\n"
		   "{\n	int size = *len;\n	return run(size) + max;\n}\n"
		   "int g(void)\n{\n	return size;\n}\n",
	    "4 use max in f\n8 use size in g\n");
	/* Also what a function within it uses. */
	check("python",
	    "def f(a):\n  def g():\n    return a + b\n  return g\n",
	    "3 use b in g\n4 use g in f\n");
}

static void
test_data_has_no_references(void **state)
{
	CLEANUP(parsed_release) struct parsed p = { 0 };
	const struct language *json = language_by_name(STR("json"));
	struct error err = ERROR_INIT;

	if (syntax_parse(json, STR("{}"), NULL, &p.tree, &err) ==
	    -ERR_UNSUPPORTED)
		skip();
	assert_int_equal(references_read(json, p.tree, &p.outline, NULL,
	    &p.references, &err), -ERR_UNSUPPORTED);
}

static void
test_there_is_an_end_to_it(void **state)
{
	CLEANUP(parsed_release) struct parsed p = { 0 };
	CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);

	for (unsigned i = 0; i < REFERENCES_MAX + 100; i++)
		buf_printf(&text, "f%u()\n", i);
	parse("python", buf_str(&text), &p);
	assert_true(p.references.cut);
	assert_true(p.references.n <= REFERENCES_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define X(language, file) cmocka_unit_test(test_references_of_##language),
		SAMPLES(X)
#undef X
		cmocka_unit_test(test_a_local_variable_hides_what_is_outside),
		cmocka_unit_test(test_data_has_no_references),
		cmocka_unit_test(test_there_is_an_end_to_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
