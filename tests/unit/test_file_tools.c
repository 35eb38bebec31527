/* read, write and edit through the door: results, refusals, modes, links. */
#include "tests/unit/door_fixture.h"

static void
test_read(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	fixture_text(f.dir, "a.txt", "one\ntwo\nthree\n");
	fixture_text(f.dir, "crlf", "\xef\xbb\xbfx\r\ny");
	fixture_text(f.dir, "latin", "caf\xe9\n");
	fixture_text(f.dir, "empty", "");
	fixture_write(f.dir, "bin", STR("a\0b\n"));
	fixture_write(f.dir, "u16", STR("\xff\xfeh\0i\0\n\0"));
	fixture_write(f.dir, "p.png", STR("\x89PNG\r\n\x1a\nrest"));
	tool_expect(&f, "read", "{\"path\":\"a.txt\"}", 0,
	    "     1\tone\n     2\ttwo\n     3\tthree\n");
	tool_expect(&f, "read",
	    "{\"path\":\"a.txt\",\"offset\":2,\"limit\":1}", 0,
	    "     2\ttwo\n[lines 2-2 of 3; go on with offset 3]");
	tool_expect(&f, "read", "{\"path\":\"a.txt\",\"offset\":4}",
	    ERR_INVALID, "has 3 lines");
	tool_expect(&f, "read", "{\"path\":\"crlf\"}", 0,
	    "     1\tx\n     2\ty\n[begins with a byte order mark]\n"
	    "[CRLF line endings]\n[no newline at the end]\n");
	tool_expect(&f, "read", "{\"path\":\"latin\"}", 0,
	    "caf\uFFFD\n[not valid UTF-8");
	tool_expect(&f, "read", "{\"path\":\"empty\"}", 0, "is empty");
	tool_expect(&f, "read", "{\"path\":\"bin\"}", ERR_TOOL_BINARY,
	    "binary file of 4 bytes");
	tool_expect(&f, "read", "{\"path\":\"u16\"}", 0,
	    "     1\thi\n[UTF-16");
	tool_expect(&f, "read", "{\"path\":\".\"}", ERR_INVALID, "use list");
	tool_expect(&f, "read", "{\"path\":\"none\"}", ERR_NOT_FOUND, NULL);
	tool_expect(&f, "read", "{\"path\":\"/etc/passwd\"}",
	    ERR_PATH_ESCAPE, NULL);
	tool_expect(&f, "read", "{\"path\":\"p.png\"}", 0, "image/png");
	assert_int_equal(f.result.n_images, 1);
	assert_string_equal(buf_text(&f.result.images[0].data),
	    "iVBORw0KGgpyZXN0");
	tool_teardown(&f);
}

static void
test_write(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	tool_expect(&f, "write",
	    "{\"path\":\"a/b/c.txt\",\"content\":\"x\\n\"}", 0,
	    "Created a/b/c.txt (1 lines, 2 bytes)");
	fixture_assert(f.dir, "a/b/c.txt", STR("x\n"));
	assert_string_equal(f.result.files[0], "a/b/c.txt");
	assert_non_null(strstr(buf_text(&f.result.diff), "+x\n"));
	/* What we wrote is known. */
	tool_expect(&f, "write", "{\"path\":\"a/b/c.txt\",\"content\":\"y\"}",
	    0, "Replaced");
	fixture_text(f.dir, "other", "theirs");
	tool_expect(&f, "write", "{\"path\":\"other\",\"content\":\"mine\"}",
	    ERR_TOOL_STALE, "not read yet");
	tool_expect(&f, "read", "{\"path\":\"other\"}", 0, "theirs");
	fixture_text(f.dir, "other", "THEIRS");
	tool_expect(&f, "write", "{\"path\":\"other\",\"content\":\"mine\"}",
	    ERR_TOOL_STALE, "changed since");
	fixture_assert(f.dir, "other", STR("THEIRS"));
	tool_expect(&f, "write", "{\"path\":\"../x\",\"content\":\"\"}",
	    ERR_PATH_ESCAPE, NULL);
	tool_expect(&f, "write",
	    "{\"path\":\".git/hooks/pre-commit\",\"content\":\"\"}",
	    ERR_PERMISSION, "belongs to git");
	tool_expect(&f, "write", "{\"path\":\"a\",\"content\":\"\"}",
	    ERR_INVALID, "folder");
	tool_expect(&f, "write", "{\"path\":\"empty\",\"content\":\"\"}", 0,
	    "Created empty");
	fixture_assert(f.dir, "empty", STR(""));
	tool_teardown(&f);
}

static void
test_edit(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	fixture_text(f.dir, "a.c", "int a;\nint b;\nint c;\n");
	tool_expect(&f, "edit", "{\"path\":\"a.c\",\"old_string\":\"int b;\","
	    "\"new_string\":\"long b;\"}", 0, "at line 2");
	fixture_assert(f.dir, "a.c", STR("int a;\nlong b;\nint c;\n"));
	tool_expect(&f, "edit", "{\"path\":\"a.c\",\"edits\":["
	    "{\"old_string\":\"int a;\",\"new_string\":\"char a;\"},"
	    "{\"old_string\":\"char a;\\nlong\",\"new_string\":\"char a;\\n"
	    "short\"}]}", 0, "Edited a.c.");
	fixture_assert(f.dir, "a.c", STR("char a;\nshort b;\nint c;\n"));
	/* All or none. */
	tool_expect(&f, "edit", "{\"path\":\"a.c\",\"edits\":["
	    "{\"old_string\":\"int c;\",\"new_string\":\"x\"},"
	    "{\"old_string\":\"int d;\",\"new_string\":\"y\"}]}",
	    ERR_TOOL_NO_MATCH, "edit 2 of 2");
	tool_expect(&f, "edit", "{\"path\":\"a.c\",\"old_string\":\" \","
	    "\"new_string\":\"  \"}", ERR_TOOL_AMBIGUOUS, "3 times");
	tool_expect(&f, "edit", "{\"path\":\"a.c\"}", ERR_TOOL_ARGUMENTS,
	    NULL);
	tool_expect(&f, "edit", "{\"path\":\"none\",\"old_string\":\"a\","
	    "\"new_string\":\"b\"}", ERR_NOT_FOUND, NULL);
	fixture_assert(f.dir, "a.c", STR("char a;\nshort b;\nint c;\n"));
	tool_expect(&f, "edit", "{\"path\":\"new\",\"old_string\":\"\","
	    "\"new_string\":\"b\"}", 0, "Created");
	fixture_assert(f.dir, "new", STR("b"));
	/* Changed by somebody since we wrote it. */
	fixture_text(f.dir, "a.c", "char a;\nint c;\n");
	tool_expect(&f, "edit", "{\"path\":\"a.c\",\"old_string\":\"int c\","
	    "\"new_string\":\"int d\"}", ERR_TOOL_STALE, "read it again");
	tool_expect(&f, "read", "{\"path\":\"a.c\"}", 0, NULL);
	tool_expect(&f, "edit", "{\"path\":\"a.c\",\"old_string\":\"int c\","
	    "\"new_string\":\"int d\"}", 0, NULL);
	tool_teardown(&f);
}

static void
test_edit_keeps_mode_and_links(void **state)
{
	struct tool_fixture f;
	CLEANUP(free_ptr) char *script = NULL;
	CLEANUP(free_ptr) char *hard = NULL;

	tool_setup(&f);
	fixture_text(f.dir, "sub/run.sh", "echo 1\n");
	script = file_join(f.dir, "sub/run.sh");
	hard = file_join(f.dir, "hard");
	assert_int_equal(chmod(script, 0751), 0);
	assert_int_equal(link(script, hard), 0);
	fixture_link(f.dir, "link", "sub/run.sh");
	tool_expect(&f, "edit", "{\"path\":\"link\",\"old_string\":\"1\","
	    "\"new_string\":\"2\"}", 0, "2 hard links");
	fixture_assert(f.dir, "sub/run.sh", STR("echo 2\n"));
	fixture_assert(f.dir, "hard", STR("echo 1\n"));
	assert_int_equal(fixture_mode(f.dir, "sub/run.sh") & 07777, 0751);
	assert_true(S_ISLNK(fixture_mode(f.dir, "link")));
	assert_string_equal(f.result.files[0], "sub/run.sh");
	tool_teardown(&f);
}

static void
test_modes(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	f.policy.mode = MODE_PLAN;
	tool_expect(&f, "write", "{\"path\":\"a\",\"content\":\"\"}",
	    ERR_POLICY_DENIED, NULL);
	f.policy.mode = MODE_ASK;
	tool_expect(&f, "write", "{\"path\":\"a\",\"content\":\"\"}",
	    ERR_POLICY_UNANSWERED, NULL);
	assert_false(fixture_exists(f.dir, "a"));
	tool_teardown(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_edit_keeps_mode_and_links),
		cmocka_unit_test(test_modes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
