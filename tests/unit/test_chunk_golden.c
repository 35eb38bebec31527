/* chunk: a sample in each language against the pieces that are expected of it
 * (tests/fixtures/outline/sample.X and tests/fixtures/chunks/sample.X.chunks).
 * FRIDAY_UPDATE_FIXTURES=1 writes what comes out. */
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

static char *
fixture(const char *folder, const char *name, const char *tail)
{
	const char *root = getenv("srcdir");

	return mem_printf("%s/tests/fixtures/%s/%s%s",
	    root == NULL ? "." : root, folder, name, tail);
}

/* What it is, then its text. */
static void
print_chunk(const struct chunk *c, struct str text, struct buf *out)
{
	struct str rest = str_sub(text, c->start, c->end - c->start), line;

	buf_printf(out, "%u-%u", (unsigned)c->start_line,
	    (unsigned)c->end_line);
	if (c->name[0] != '\0')
		buf_printf(out, " %s %s%s%s", c->kind, c->container,
		    c->container[0] == '\0' ? "" : ".", c->name);
	if (c->def_line != 0)
		buf_printf(out, " @%u", (unsigned)c->def_line);
	if (c->signature[0] != '\0')
		buf_printf(out, ": %s", c->signature);
	if (c->names[0] != '\0')
		buf_printf(out, " <%s>", c->names);
	buf_add_char(out, '\n');
	while (str_next_line(&rest, &line)) {
		buf_add_cstr(out, "\t| ");
		buf_add_str(out, line);
		buf_add_char(out, '\n');
	}
}

static void
check_sample(const char *language, const char *file)
{
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	CLEANUP_BUF struct buf wanted = BUF_INIT(MIB);
	CLEANUP_BUF struct buf got = BUF_INIT(MIB);
	CLEANUP(free_ptr) char *path = fixture("outline", file, "");
	CLEANUP(free_ptr) char *golden = fixture("chunks", file, ".chunks");
	const struct language *row = need(language);
	CLEANUP(chunks_release) struct chunks chunks = { 0 };
	struct error err;

	assert_ok(file_read(path, &text, &err));
	assert_ok(chunks_make(row, buf_str(&text), NULL, &chunks, &err));
	assert_false(chunks.plain);
	for (size_t i = 0; i < chunks.n; i++)
		print_chunk(&chunks.items[i], buf_str(&text), &got);
	if (getenv("FRIDAY_UPDATE_FIXTURES") != NULL)
		assert_ok(file_write_atomic(golden, buf_str(&got), 0644,
		    &err));
	assert_ok(file_read(golden, &wanted, &err));
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
	static void language##_is_cut_as_expected(void **state)               \
	{                                                                     \
		(void)state;                                                  \
		check_sample(#language, file);                                \
	}
SAMPLES(X)
#undef X

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define X(language, file) cmocka_unit_test(language##_is_cut_as_expected),
		SAMPLES(X)
#undef X
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
