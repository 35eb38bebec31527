/* list, glob and grep through the door. */
#include "tests/unit/door_fixture.h"

static void
fill(struct tool_fixture *f)
{
	tool_setup(f);
	fixture_text(f->dir, ".gitignore", "build/\n*.o\n");
	fixture_text(f->dir, "a.c", "int main(void)\n{\n\treturn 42;\n}\n");
	fixture_text(f->dir, "src/b.c", "int b;\r\nint main_b;\r\n");
	fixture_text(f->dir, "src/b.h", "extern int b;\n");
	fixture_text(f->dir, "build/x.c", "int main(void)\n");
	fixture_text(f->dir, "a.o", "int main\n");
	fixture_text(f->dir, ".git/config", "int main\n");
	fixture_text(f->dir, "ü.txt", "Grüße\ncaf\xe9\n");
	fixture_write(f->dir, "bin", STR("int main\0"));
	fixture_link(f->dir, "out", "/etc");
}

static void
test_list(void **state)
{
	struct tool_fixture f;

	fill(&f);
	tool_expect(&f, "list", "{}", 0, NULL);
	assert_string_equal(buf_text(&f.result.text),
	    ".gitignore\na.c\nbin\nout@\nsrc/\nü.txt\n");
	tool_expect(&f, "list", "{\"depth\":2}", 0, "src/\nsrc/b.c\n");
	tool_expect(&f, "list", "{\"ignored\":true}", 0, "a.o\n");
	tool_expect(&f, "list", "{\"path\":\"build\"}", 0, "x.c\n");
	tool_expect(&f, "list", "{\"path\":\"a.c\"}", ERR_INVALID, NULL);
	tool_expect(&f, "list", "{\"path\":\"none\"}", ERR_NOT_FOUND, NULL);
	tool_expect(&f, "list", "{\"path\":\"out\"}", ERR_PATH_ESCAPE, NULL);
	tool_teardown(&f);
}

static void
test_glob(void **state)
{
	struct tool_fixture f;
	CLEANUP(free_ptr) char *path = NULL;
	const struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };

	fill(&f);
	path = file_join(f.dir, "a.c");
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	tool_expect(&f, "glob", "{\"pattern\":\"*.c\"}", 0, NULL);
	assert_string_equal(buf_text(&f.result.text), "src/b.c\na.c\n");
	tool_expect(&f, "glob", "{\"pattern\":\"**/*.h\"}", 0, "src/b.h\n");
	tool_expect(&f, "glob", "{\"pattern\":\"b.*\",\"path\":\"src\"}", 0,
	    "src/b.");
	tool_expect(&f, "glob", "{\"pattern\":\"x.c\"}", 0, "No file");
	tool_expect(&f, "glob", "{\"pattern\":\"*\",\"limit\":1}", 0,
	    "more]");
	tool_teardown(&f);
}

static void
test_grep(void **state)
{
	struct tool_fixture f;

	fill(&f);
	tool_expect(&f, "grep", "{\"pattern\":\"int main\"}", 0, NULL);
	assert_string_equal(buf_text(&f.result.text),
	    "a.c:1:int main(void)\nsrc/b.c:2:int main_b;\n"
	    "[1 binary file that fits is not shown]\n");
	tool_expect(&f, "grep", "{\"pattern\":\"main\\\\b\"}", 0,
	    "a.c:1:int main(void)\n[");
	tool_expect(&f, "grep", "{\"pattern\":\"B;$\",\"ignore_case\":true,"
	    "\"mode\":\"count\"}", 0, "src/b.c:2\nsrc/b.h:1\n");
	tool_expect(&f, "grep", "{\"pattern\":\"int\",\"mode\":\"files\","
	    "\"glob\":\"*.h\"}", 0, "src/b.h\n");
	tool_expect(&f, "grep", "{\"pattern\":\"42\",\"context\":1}", 0,
	    "a.c-2-{\na.c:3:\treturn 42;\na.c-4-}\n");
	tool_expect(&f, "grep", "{\"pattern\":\"(void\"}", ERR_INVALID,
	    "not valid");
	tool_expect(&f, "grep", "{\"pattern\":\"(void\",\"literal\":true}",
	    0, "a.c:1:");
	tool_expect(&f, "grep", "{\"pattern\":\"gr\\\\wße\","
	    "\"ignore_case\":true}", 0, "ü.txt:1:");
	tool_expect(&f, "grep", "{\"pattern\":\"^caf\"}", 0, "caf\uFFFD\n");
	tool_expect(&f, "grep", "{\"pattern\":\"main\",\"path\":\"build\"}",
	    0, "build/x.c:1:");
	tool_expect(&f, "grep", "{\"pattern\":\"b\",\"path\":\"src/b.h\"}",
	    0, "src/b.h:1:");
	tool_expect(&f, "grep", "{\"pattern\":\"--pre=sh\"}", 0, "No match");
	tool_expect(&f, "grep", "{\"pattern\":\"root\",\"path\":\"/etc\"}",
	    ERR_PATH_ESCAPE, NULL);
	tool_teardown(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_grep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
