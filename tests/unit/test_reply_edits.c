/* Edits in replies: blocks, fences with and without paths, mixtures; through
 * apply_patch, as `friday apply` does it. */
#include "tests/unit/door_fixture.h"
#include "tools/reply_edits.h"

#define OPEN "<<<<<<< SEARCH\n"
#define TURN "=======\n"
#define SHUT ">>>>>>> REPLACE\n"

static void
test_forms(void **state)
{
	static const struct {
		const char *reply, *wanted; /* of src/a.c; NULL: refused */
		enum error_code code;
	} cases[] = {
		{ "src/a.c\n" OPEN "two\n" TURN "2\n" SHUT, "one\n2\nend\n",
		    0 },
		{ "Do this:\n\nsrc/a.c\n```c\n" OPEN "two\n" TURN "2\n" SHUT
		    "```\nDone.\n", "one\n2\nend\n", 0 },
		{ "```c\nsrc/a.c\n" OPEN "two\n" TURN "2\n" SHUT "```\n",
		    "one\n2\nend\n", 0 },
		{ "### `src/a.c`\n\n```\n" OPEN "two\n" TURN "2\n" SHUT
		    OPEN "end\n" TURN "fin\n" SHUT "```\n",
		    "one\n2\nfin\n", 0 },
		{ "src/a.c\n" OPEN "one\n" TURN SHUT, "two\nend\n", 0 },
		{ "```c src/a.c\nwhole\n```\n", "whole\n", 0 },
		{ "```c:src/a.c\nwhole\n```\n", "whole\n", 0 },
		{ "```c path=src/a.c\nwhole\n```\n", "whole\n", 0 },
		{ "**src/a.c**\n\n```c\nwhole\n```\n", "whole\n", 0 },
		{ "File: src/a.c:\n~~~\nwhole\n~~~\n", "whole\n", 0 },
		{ "src/a.c\n````md\n```\nx\n```\n````\n", "```\nx\n```\n",
		    0 },
		{ "```diff\n--- a/src/a.c\n+++ b/src/a.c\n@@ -1,2 +1,2 @@\n"
		    " one\n-two\n+2\n```\n", "one\n2\nend\n", 0 },
		{ "```\n*** Begin Patch\n*** Update File: src/a.c\n@@\n-two\n"
		    "+2\n*** End Patch\n```\n", "one\n2\nend\n", 0 },
		/* Refused, and nothing changed. */
		{ "```c\nint x;\n```\n", NULL, ERR_TOOL_PATCH },
		{ "no edit at all", NULL, ERR_TOOL_PATCH },
		{ OPEN "two\n" TURN "2\n" SHUT, NULL, ERR_TOOL_PATCH },
		{ "src/a.c\n" OPEN "two\n" TURN "2\n", NULL,
		    ERR_TOOL_PATCH },
		{ "src/a.c\n```c\nwhole\n", NULL, ERR_TOOL_PATCH },
		{ "src/a.c\n" OPEN "TWO\n" TURN "2\n" SHUT, NULL,
		    ERR_TOOL_NO_MATCH },
		{ "src/a.c\n" OPEN "two\n" TURN "2\n" SHUT "src/none.c\n"
		    OPEN "x\n" TURN "y\n" SHUT, NULL, ERR_NOT_FOUND },
		{ "../a.c\n```c\nx\n```\n", NULL, ERR_PATH_ESCAPE },
		{ "`/etc/a.c`\n```c\nx\n```\n", NULL, ERR_PATH_ESCAPE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tool_fixture f;

		tool_setup(&f);
		fixture_text(f.dir, "src/a.c", "one\ntwo\nend\n");
		tool_expect_text(&f, "apply_patch", "patch", cases[i].reply,
		    cases[i].code, NULL);
		fixture_assert(f.dir, "src/a.c", str_from(
		    cases[i].wanted == NULL ? "one\ntwo\nend\n" :
					      cases[i].wanted));
		tool_teardown(&f);
	}
}

static void
test_several_files(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	fixture_text(f.dir, "a.c", "int a;\n");
	tool_expect_text(&f, "apply_patch", "patch",
	    "First a.c:\n\na.c\n" OPEN "int a;\n" TURN "long a;\n" SHUT
	    "\nThen a new file:\n\nnew/b.c\n" OPEN TURN "int b;\n" SHUT
	    "\nAnd run:\n```sh\nmake\n```\nlib/c.py\n```python\nprint()\n```\n",
	    0, "names no file");
	fixture_assert(f.dir, "a.c", STR("long a;\n"));
	fixture_assert(f.dir, "new/b.c", STR("int b;\n"));
	fixture_assert(f.dir, "lib/c.py", STR("print()\n"));
	tool_teardown(&f);
}

static void
test_presence(void **state)
{
	static const struct {
		const char *text;
		bool present;
	} cases[] = {
		{ "", false }, { "Hello.", false },
		{ "```c\nint x;\n```", false },
		{ "a.c\n```c\nint x;\n```", true },
		{ "a.c\n" OPEN "x\n" TURN "y\n" SHUT, true },
		{ "--- a/x\n+++ b/x\n", true },
		{ "*** Begin Patch\n", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(reply_edits_present(
		    str_from(cases[i].text)), cases[i].present);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_several_files),
		cmocka_unit_test(test_presence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
