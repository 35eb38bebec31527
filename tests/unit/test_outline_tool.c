/* The outline tool, through the door. */
#include "syntax/syntax.h"
#include "tests/unit/tool_fixture.h"

static void
need_grammars(void)
{
	CLEANUP(syntax_tree_destroyp) struct syntax_tree *tree = NULL;

	if (syntax_parse(language_by_name(STR("c")), STR(""), NULL, &tree,
		NULL) == -ERR_UNSUPPORTED)
		skip();
}

static void
test_lists_definitions(void **state)
{
	struct tool_fixture *f = *state;

	need_grammars();
	fixture_write(f->folder, "a.py",
	    STR("class A:\n  def run(self):\n    pass\n\ndef f():\n  pass\n"));
	assert_tool_text(f, "outline", "{\"path\":\"a.py\"}",
	    "a.py (Python), lines and definitions:\n"
	    "     1-3      class: class A:\n"
	    "     2-3        method: def run(self):\n"
	    "     5-6      function: def f():\n");
}

static void
test_filters_by_symbol(void **state)
{
	struct tool_fixture *f = *state;

	need_grammars();
	fixture_write(f->folder, "a.py",
	    STR("class A:\n  def run(self):\n    pass\n\ndef f():\n  pass\n"));
	assert_tool_text(f, "outline", "{\"path\":\"a.py\",\"symbol\":\"RUN\"}",
	    "a.py (Python), lines and definitions:\n"
	    "in A:\n"
	    "     2-3      method: def run(self):\n");
	assert_tool_text(f, "outline", "{\"path\":\"a.py\",\"symbol\":\"a\"}",
	    "a.py (Python), lines and definitions:\n"
	    "     1-3      class: class A:\n"
	    "     2-3        method: def run(self):\n");
	assert_tool_text(f, "outline", "{\"path\":\"a.py\",\"symbol\":\"zz\"}",
	    "a.py (Python), lines and definitions:\n"
	    "none of the 3 definitions has \"zz\" in its name\n");
}

static void
test_methods_tell_their_type(void **state)
{
	struct tool_fixture *f = *state;

	need_grammars();
	fixture_write(f->folder, "a.go",
	    STR("package a\nfunc (s *Store) Get() {}\n"));
	assert_tool_text(f, "outline", "{\"path\":\"a.go\"}",
	    "a.go (Go), lines and definitions:\n"
	    "     2-2      method (of Store): func (s *Store) Get() {}\n");
}

static void
test_refuses_what_has_no_outline(void **state)
{
	struct tool_fixture *f = *state;

	fixture_write(f->folder, "notes.txt", STR("hello\n"));
	assert_tool_error(f, "outline", "{\"path\":\"notes.txt\"}",
	    ERR_UNSUPPORTED);
	assert_tool_error(f, "outline", "{\"path\":\"gone.c\"}", ERR_NOT_FOUND);
	assert_tool_error(f, "outline", "{\"path\":\"../a.c\"}",
	    ERR_PATH_ESCAPE);
	assert_tool_error(f, "outline", "{}", ERR_TOOL_ARGUMENTS);
}

static void
test_empty_file_defines_nothing(void **state)
{
	struct tool_fixture *f = *state;

	need_grammars();
	fixture_write(f->folder, "a.c", STR(""));
	assert_tool_text(f, "outline", "{\"path\":\"a.c\"}",
	    "a.c (C), lines and definitions:\nnothing is defined in it\n");
}

#define FIXTURE_TEST(f)                                                       \
	cmocka_unit_test_setup_teardown(f, tool_fixture_setup,                \
	    tool_fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_lists_definitions),
		FIXTURE_TEST(test_filters_by_symbol),
		FIXTURE_TEST(test_methods_tell_their_type),
		FIXTURE_TEST(test_refuses_what_has_no_outline),
		FIXTURE_TEST(test_empty_file_defines_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
