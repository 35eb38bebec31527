/* apply_patch and change sets on real files: all or nothing, modes, moves,
 * stale files, putting back after a late failure. */
#include "tests/unit/door_fixture.h"
#include "tools/change_set.h"

#define BEGIN "*** Begin Patch\n"
#define END "*** End Patch\n"

static void
test_several_files(void **state)
{
	struct tool_fixture f;
	CLEANUP(free_ptr) char *script = NULL;

	tool_setup(&f);
	fixture_text(f.dir, "a", "1\n2\n");
	fixture_text(f.dir, "gone", "x\n");
	fixture_text(f.dir, "run.sh", "echo\n");
	script = file_join(f.dir, "run.sh");
	assert_int_equal(chmod(script, 0750), 0);
	tool_expect_text(&f, "apply_patch", "patch",
	    BEGIN "*** Update File: a\n@@\n-2\n+3\n"
	    "*** Add File: new/b\n+hello\n"
	    "*** Delete File: gone\n"
	    "*** Update File: run.sh\n*** Move to: bin/go.sh\n"
	    "@@\n-echo\n+echo hi\n" END, 0,
	    "M a\nA new/b\nD gone\nR run.sh -> bin/go.sh\n");
	fixture_assert(f.dir, "a", STR("1\n3\n"));
	fixture_assert(f.dir, "new/b", STR("hello\n"));
	fixture_assert(f.dir, "bin/go.sh", STR("echo hi\n"));
	assert_int_equal(fixture_mode(f.dir, "bin/go.sh") & 07777, 0750);
	assert_false(fixture_exists(f.dir, "gone"));
	assert_false(fixture_exists(f.dir, "run.sh"));
	assert_int_equal(f.result.n_files, 5);
	tool_teardown(&f);
}

static void
test_nothing_when_one_fails(void **state)
{
	static const struct {
		const char *part;
		enum error_code code;
	} cases[] = {
		{ "*** Update File: b\n@@\n-9\n+8\n", ERR_TOOL_NO_MATCH },
		{ "*** Update File: none\n@@\n-9\n+8\n", ERR_NOT_FOUND },
		{ "*** Add File: b\n+other\n", ERR_EXISTS },
		{ "*** Delete File: none\n", ERR_NOT_FOUND },
		{ "*** Delete File: sub\n", ERR_INVALID },
		{ "*** Update File: b\n*** Move to: c\n", ERR_EXISTS },
		{ "*** Add File: ../x\n+x\n", ERR_PATH_ESCAPE },
		{ "*** Add File: .git/hooks/x\n+x\n", ERR_PERMISSION },
		{ "*** Add File: b/x\n+x\n", ERR_NOT_FOUND },
		{ "*** Update File: out\n@@\n-1\n+2\n", ERR_PATH_ESCAPE },
	};
	struct tool_fixture f;

	tool_setup(&f);
	fixture_text(f.dir, "a", "1\n");
	fixture_text(f.dir, "b", "1\n");
	fixture_text(f.dir, "c", "1\n");
	fixture_text(f.dir, "sub/x", "1\n");
	fixture_link(f.dir, "out", "/etc/hosts");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf patch = BUF_INIT(4096);

		buf_printf(&patch, BEGIN "*** Update File: a\n@@\n-1\n+2\n"
		    "*** Add File: made/by/patch\n+x\n%s" END,
		    cases[i].part);
		tool_expect_text(&f, "apply_patch", "patch",
		    buf_text(&patch), cases[i].code, NULL);
		fixture_assert(f.dir, "a", STR("1\n"));
		assert_false(fixture_exists(f.dir, "made"));
	}
	tool_teardown(&f);
}

static void
test_one_file_twice(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	fixture_text(f.dir, "a", "1\n2\n");
	tool_expect_text(&f, "apply_patch", "patch",
	    BEGIN "*** Update File: a\n@@\n-1\n+one\n"
	    "*** Update File: ./a\n@@\n one\n-2\n+two\n"
	    "*** Add File: n\n+x\n*** Update File: n\n@@\n-x\n+y\n" END, 0,
	    NULL);
	fixture_assert(f.dir, "a", STR("one\ntwo\n"));
	fixture_assert(f.dir, "n", STR("y\n"));
	tool_teardown(&f);
}

static void
test_unified_diff(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	fixture_text(f.dir, "a.c", "int a;\nint b;\n");
	fixture_text(f.dir, "old.txt", "x\n");
	fixture_text(f.dir, "mv", "m\n");
	tool_expect_text(&f, "apply_patch", "patch",
	    "diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n"
	    "@@ -1,2 +1,2 @@\n int a;\n-int b;\n+int c;\n"
	    "diff --git a/old.txt b/old.txt\ndeleted file mode 100644\n"
	    "--- a/old.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
	    "diff --git a/run b/run\nnew file mode 100755\n--- /dev/null\n"
	    "+++ b/run\n@@ -0,0 +1 @@\n+#!/bin/sh\n"
	    "diff --git a/mv b/moved\nsimilarity index 100%\nrename from mv\n"
	    "rename to moved\n", 0, "R mv -> moved");
	fixture_assert(f.dir, "a.c", STR("int a;\nint c;\n"));
	assert_false(fixture_exists(f.dir, "old.txt"));
	assert_int_equal(fixture_mode(f.dir, "run") & 0777, 0755);
	fixture_assert(f.dir, "moved", STR("m\n"));
	/* It deletes less than there is. */
	fixture_text(f.dir, "d", "1\n2\n");
	tool_expect_text(&f, "apply_patch", "patch",
	    "--- a/d\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n",
	    ERR_TOOL_NO_MATCH, "more lines");
	tool_teardown(&f);
}

static void
test_stale(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	fixture_text(f.dir, "a", "1\n2\n");
	tool_expect(&f, "read", "{\"path\":\"a\"}", 0, NULL);
	fixture_text(f.dir, "a", "1\n2\n3\n");
	tool_expect_text(&f, "apply_patch", "patch",
	    BEGIN "*** Update File: a\n@@\n-1\n+one\n" END, ERR_TOOL_STALE,
	    "changed since");
	tool_teardown(&f);
}

static void
test_link_is_removed_not_its_target(void **state)
{
	struct tool_fixture f;

	tool_setup(&f);
	fixture_text(f.dir, "a", "1\n");
	fixture_link(f.dir, "l", "a");
	tool_expect_text(&f, "apply_patch", "patch",
	    BEGIN "*** Delete File: l\n" END, 0, "D l");
	assert_false(fixture_exists(f.dir, "l"));
	fixture_assert(f.dir, "a", STR("1\n"));
	tool_teardown(&f);
}

static size_t
count_names(const char *folder)
{
	CLEANUP(close_dir) DIR *dir = opendir(folder);
	size_t n = 0;

	while (readdir(dir) != NULL)
		n++;
	return n;
}

/* Whatever rename fails, everything is as it was, and nothing is left over. */
static void
test_late_failure_puts_back(void **state)
{
	for (size_t fail_at = 1; fail_at <= 6; fail_at++) {
		char *dir = fixture_folder();
		struct workspace *w = fixture_workspace(dir);
		struct change_set *cs = change_set_create(w);
		struct error err;
		size_t names;
		int rc;

		fixture_text(dir, "a", "a");
		fixture_text(dir, "b", "b");
		fixture_text(dir, "c", "c");
		fixture_text(dir, "m", "m");
		names = count_names(dir);
		assert_ok(change_set_put(cs, STR("a"), STR("A"), 0, &err));
		assert_ok(change_set_put(cs, STR("b"), STR("B"), 0, &err));
		assert_ok(change_set_remove(cs, STR("c"), &err));
		assert_ok(change_set_put(cs, STR("x/y/z"), STR("new"), 0,
		    &err));
		assert_ok(change_set_move(cs, STR("m"), STR("n"), &err));
		change_set_fail_at(cs, fail_at);
		rc = change_set_commit(cs, NULL, &err);
		assert_int_equal(rc, -ERR_IO);
		assert_int_equal(count_names(dir), names);
		fixture_assert(dir, "a", STR("a"));
		fixture_assert(dir, "b", STR("b"));
		fixture_assert(dir, "c", STR("c"));
		fixture_assert(dir, "m", STR("m"));
		/* And it can be tried again. */
		change_set_fail_at(cs, 0);
		assert_ok(change_set_commit(cs, NULL, &err));
		fixture_assert(dir, "x/y/z", STR("new"));
		fixture_assert(dir, "n", STR("m"));
		assert_int_equal(count_names(dir), names);
		change_set_destroy(cs);
		workspace_destroy(w);
		fixture_remove(dir);
	}
}

/* Somebody writes between our reading and our renaming. */
static void
test_changed_in_between(void **state)
{
	char *dir = fixture_folder();
	struct workspace *w = fixture_workspace(dir);
	struct change_set *cs = change_set_create(w);
	struct error err;

	fixture_text(dir, "a", "a");
	fixture_text(dir, "b", "b");
	assert_ok(change_set_put(cs, STR("a"), STR("A"), 0, &err));
	assert_ok(change_set_put(cs, STR("b"), STR("B"), 0, &err));
	fixture_text(dir, "b", "theirs");
	assert_error(change_set_commit(cs, NULL, &err), ERR_TOOL_STALE);
	fixture_assert(dir, "a", STR("a"));
	fixture_assert(dir, "b", STR("theirs"));
	change_set_destroy(cs);
	workspace_destroy(w);
	fixture_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several_files),
		cmocka_unit_test(test_nothing_when_one_fails),
		cmocka_unit_test(test_one_file_twice),
		cmocka_unit_test(test_unified_diff),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_link_is_removed_not_its_target),
		cmocka_unit_test(test_late_failure_puts_back),
		cmocka_unit_test(test_changed_in_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
