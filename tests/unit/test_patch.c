/* patch: what is read from envelopes and unified diffs, where hunks go, what
 * is refused. Pure: no files. */
#include "tools/patch.h"
#include "tests/unit/unit.h"
#include "tools/match.h"
#include "tools/patch_apply.h"

/* A patch of one file f, and what it makes of a content. */
struct patch_case {
	const char *content, *patch, *wanted;
	enum error_code code;
	unsigned tolerance;
};

static void
run_cases(const char *head, const char *tail, const struct patch_case *cases,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct patch_case *c = &cases[i];
		CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
		CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
		CLEANUP_PATCH struct patch p;
		struct error err = ERROR_INIT;
		unsigned tolerance = 0;
		int rc;

		buf_printf(&text, "%s%s%s", head, c->patch, tail);
		rc = patch_parse(buf_str(&text), &p, &err);
		if (rc == 0)
			rc = patch_apply_text(&p.files[0],
			    str_from(c->content), &out, &tolerance, &err);
		if (rc != -(int)c->code)
			fail_msg("case %zu: %d %s: %s", i, rc, err.message,
			    c->patch);
		if (rc != 0)
			continue;
		if (strcmp(buf_text(&out), c->wanted) != 0)
			fail_msg("case %zu: got \"%s\", wanted \"%s\"", i,
			    buf_text(&out), c->wanted);
		if (tolerance != c->tolerance)
			fail_msg("case %zu: tolerance %u", i, tolerance);
	}
}

#define TWO "class A:\n  def f():\n    x\nclass B:\n  def f():\n    x\n"

static void
test_envelope(void **state)
{
	static const struct patch_case cases[] = {
		{ "a\nb\nc\n", "@@\n a\n-b\n+B\n c\n", "a\nB\nc\n", 0, 0 },
		{ "a\nb\nc\n", " a\n-b\n+B\n c\n", "a\nB\nc\n", 0, 0 },
		{ "a\nb\nc\n", "@@\n-b\n", "a\nc\n", 0, 0 },
		{ "a\nb\nc\n", "@@ a\n+x\n", "a\nx\nb\nc\n", 0, 0 },
		{ "a\nb\n", "@@\n+x\n", "a\nb\nx\n", 0, 0 },
		{ "", "@@\n+x\n", "x\n", 0, 0 },
		{ "a\nb\na\nb\n", "@@\n-b\n+B\n*** End of File\n",
		    "a\nb\na\nB\n", 0, 0 },
		{ "a\nb\na\nb\n", "@@\n-b\n+B\n", NULL, ERR_TOOL_AMBIGUOUS,
		    0 },
		{ "a\nb\na\nb\n", "@@\n-a\n-b\n+1\n@@\n a\n-b\n+B\n", NULL,
		    ERR_TOOL_AMBIGUOUS, 0 },
		/* In order: the first hunk is unique, one place is left. */
		{ "b\n1\nb\n", "@@\n-1\n+2\n@@\n-b\n+B\n", "b\n2\nB\n", 0,
		    0 },
		/* Out of order, each unique. */
		{ "a\nb\nc\n", "@@\n-c\n+C\n@@\n-a\n+A\n", "A\nb\nC\n", 0,
		    0 },
		{ TWO, "@@ class B:\n@@   def f():\n-    x\n+    y\n",
		    "class A:\n  def f():\n    x\nclass B:\n  def f():\n"
		    "    y\n", 0, 0 },
		{ TWO, "@@ class A\n@@ def f\n-    x\n+    y\n",
		    "class A:\n  def f():\n    y\nclass B:\n  def f():\n"
		    "    x\n", 0, 0 },
		{ TWO, "@@ def f():\n-    x\n+    y\n", NULL,
		    ERR_TOOL_AMBIGUOUS, 0 },
		{ TWO, "@@ class C:\n-    x\n+    y\n", NULL,
		    ERR_TOOL_NO_MATCH, 0 },
		{ TWO, "@@ class B:\n class B:\n   def f():\n-    x\n",
		    "class A:\n  def f():\n    x\nclass B:\n  def f():\n", 0,
		    0 },
		{ TWO, "@@ -6,1 +6,1 @@\n-    x\n+    y\n",
		    "class A:\n  def f():\n    x\nclass B:\n  def f():\n"
		    "    y\n", 0, 0 },
		{ TWO, "@@ line 3\n-    x\n+    y\n",
		    "class A:\n  def f():\n    y\nclass B:\n  def f():\n"
		    "    x\n", 0, 0 },
		/* Layout. */
		{ "a  \nb\nc\n", "@@\n a\n-b\n+B\n", "a  \nB\nc\n", 0,
		    MATCH_TRAILING },
		{ "\tif x\n\t\ty\n", "@@\n if x\n-\ty\n+\tz\n",
		    "\tif x\n\t\tz\n", 0, MATCH_INDENT },
		{ "say \u201chi\u201d\nb\n", "@@\n say \"hi\"\n-b\n+c\n",
		    "say \u201chi\u201d\nc\n", 0, MATCH_TYPOGRAPHIC },
		{ "a\nb\n", "@@\n a\n-b\n+c\n \n", "a\nc\n", 0, 0 },
		{ "  a\n  b\n", "@@\n  a\n-  b\n+  c\n", "  a\n  c\n", 0,
		    0 },
		{ "a\n\nb\n", "@@\n a\n\n-b\n+c\n", "a\n\nc\n", 0, 0 },
		{ "a\r\nb\r\n", "@@\n a\n-b\n+c\n+d\n", "a\r\nc\r\nd\r\n", 0,
		    0 },
		{ "a\nb", "@@\n a\n-b\n+c\n", "a\nc", 0, 0 },
		{ "a\nb", "@@\n b\n+c\n", "a\nb\nc", 0, 0 },
		{ "\xef\xbb\xbf" "a\nb\n", "@@\n-a\n+c\n b\n",
		    "\xef\xbb\xbf" "c\nb\n", 0, 0 },
		{ "caf\xe9\nb\n", "@@\n-b\n+c\n", "caf\xe9\nc\n", 0, 0 },
		{ "caf\xe9\nb\n", "@@\n-b\n+\u00e9\n", NULL, ERR_INVALID, 0 },
		/* Near misses. */
		{ "x = 1\n", "@@\n-x = 2\n+x = 3\n", NULL, ERR_TOOL_NO_MATCH,
		    0 },
		{ "a\nb\nc\n", "@@\n a\n-c\n+d\n", NULL, ERR_TOOL_NO_MATCH,
		    0 },
		{ "  a\n    b\n", "@@\n-a\n-b\n+c\n", NULL,
		    ERR_TOOL_NO_MATCH, 0 },
		/* Two hunks for one line. */
		{ "a\nb\n", "@@\n-a\n+x\n@@\n-a\n+y\n", NULL,
		    ERR_TOOL_NO_MATCH, 0 },
		/* Broken. */
		{ "a\n", "@@\nfoo\n", NULL, ERR_TOOL_NO_MATCH, 0 },
		{ "a\n", "@@\n", NULL, ERR_TOOL_PATCH, 0 },
		{ "a\n", "*** Foo: x\n", NULL, ERR_TOOL_PATCH, 0 },
	};

	run_cases("*** Begin Patch\n*** Update File: f\n", "*** End Patch\n",
	    cases, ARRAY_LEN(cases));
}

static void
test_unified(void **state)
{
	static const struct patch_case cases[] = {
		{ "a\nb\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n",
		    "a\nB\nc\n", 0, 0 },
		/* Wrong counts and lines. */
		{ "a\nb\nc\n", "@@ -7,9 +7,1 @@ def x\n a\n-b\n+B\n c\n",
		    "a\nB\nc\n", 0, 0 },
		{ "a\nb\nc\n", "@@ ... @@\n a\n-b\n+B\n c\n", "a\nB\nc\n", 0,
		    0 },
		{ "b\nb\nb\n", "@@ -2,1 +2,1 @@\n-b\n+B\n", "b\nB\nb\n", 0,
		    0 },
		{ "b\nb\nb\n", "@@ -9,1 +9,1 @@\n-b\n+B\n", NULL,
		    ERR_TOOL_AMBIGUOUS, 0 },
		/* Both hunks are two lines further down than they say. */
		{ "0\n0\nq\nb\nb\nb\n",
		    "@@ -1 +1 @@\n-q\n+Q\n@@ -3 +3 @@\n-b\n+B\n",
		    "0\n0\nQ\nb\nB\nb\n", 0, 0 },
		{ "a\nc\n", "@@ -1,0 +2,1 @@\n+b\n", "a\nb\nc\n", 0, 0 },
		{ "a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n"
		    "\\ No newline at end of file\n+c\n", "a\nc\n", 0, 0 },
		{ "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
		    "\\ No newline at end of file\n", "a\nc", 0, 0 },
		{ "a\nb", "@@ -1,2 +1,2 @@\n-a\n+c\n b\n"
		    "\\ No newline at end of file\n", "c\nb", 0, 0 },
		/* A removed line that looks like a header. */
		{ "-- x\ny\n", "@@ -1,2 +1,1 @@\n--- x\n y\n", "y\n", 0, 0 },
		{ "a\n++ b\n", "@@ -1,2 +1,2 @@\n a\n-++ b\n+++ c\n",
		    "a\n++ c\n", 0, 0 },
		/* The end of a mail. */
		{ "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n-- \n2.39.2\n",
		    "a\nc\n", 0, 0 },
	};

	run_cases("Here it is:\n```diff\n--- a/f\n+++ b/f\n", "```\nDone.\n",
	    cases, ARRAY_LEN(cases));
}

static void
test_wrappings(void **state)
{
	static const char *const patches[] = {
		"*** Begin Patch\n*** Update File: f\n@@\n-a\n+b\n"
		"*** End Patch",
		"\xef\xbb\xbf*** Begin Patch\n*** Update File: f\n@@\n-a\n"
		"+b\n*** End Patch\n",
		"Sure:\n```patch\n*** Begin Patch\n*** Update File: f\n@@\n"
		"-a\n+b\n*** End Patch\n```\nThat is all.\n",
		"apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: f\n"
		"@@\n-a\n+b\n*** End Patch\nEOF\n",
		"  *** Begin Patch\n  *** Update File: f\n  @@\n  -a\n  +b\n"
		"  *** End Patch\n",
		"*** Begin Patch\r\n*** Update File: f\r\n@@\r\n-a\r\n+b\r\n"
		"*** End Patch\r\n",
		"*** Begin Patch \n*** Update File: f \n@@\n-a\n+b\n"
		" *** End Patch \n",
		"diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n"
		"@@ -1 +1 @@\n-a\n+b\n",
		"--- f\t2020-01-01\n+++ f\t2020-01-02\n@@ -1 +1 @@\n-a\n+b\n",
		"--- old/f\n+++ new/f\n@@ -1 +1 @@\n-a\n+b\n",
		"--- \"a/f\"\n+++ \"b/\\146\"\n@@ -1 +1 @@\n-a\n+b\n",
		"diff --git a/f b/f\n@@ -1 +1 @@\n-a\n+b\n",
		"--- a/f\n+++ b/f\n-a\n+b\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(patches); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(100);
		CLEANUP_PATCH struct patch p;
		struct error err = ERROR_INIT;
		unsigned tolerance = 0;

		if (patch_parse(str_from(patches[i]), &p, &err) != 0)
			fail_msg("%zu: %s", i, err.message);
		assert_int_equal(p.n_files, 1);
		assert_string_equal(p.files[0].path, "f");
		assert_ok(patch_apply_text(&p.files[0], STR("a\n"), &out,
		    &tolerance, &err));
		assert_string_equal(buf_text(&out), "b\n");
	}
}

static void
test_parts(void **state)
{
	static const struct {
		const char *patch;
		enum patch_op op;
		const char *path, *new_path;
		mode_t mode;
		size_t n_files;
	} cases[] = {
		{ "*** Begin Patch\n*** Add File: a/b\n+x\n+\n+y\n"
		    "*** Delete File: c\n*** End Patch\n", PATCH_ADD, "a/b",
		    NULL, 0, 2 },
		{ "*** Begin Patch\n*** Update File: a\n*** Move to: b\n"
		    "*** End Patch\n", PATCH_UPDATE, "a", "b", 0, 1 },
		{ "diff --git a/a b/b\nsimilarity index 100%\nrename from a\n"
		    "rename to b\n", PATCH_UPDATE, "a", "b", 0, 1 },
		{ "diff --git a/x b/x\nnew file mode 100755\n--- /dev/null\n"
		    "+++ b/x\n@@ -0,0 +1 @@\n+y\n", PATCH_ADD, "x", NULL,
		    0755, 1 },
		{ "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
		    PATCH_UPDATE, "x", NULL, 0755, 1 },
		{ "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n"
		    "+++ /dev/null\n@@ -1 +0,0 @@\n-y\n"
		    "diff --git a/y b/y\nnew file mode 100644\n", PATCH_DELETE,
		    "x", NULL, 0, 2 },
		{ "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n+++ b/y\n"
		    "@@ -1 +1 @@\n-a\n+b\n", PATCH_UPDATE, "x", NULL, 0, 2 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_PATCH struct patch p;
		struct error err = ERROR_INIT;

		if (patch_parse(str_from(cases[i].patch), &p, &err) != 0)
			fail_msg("%zu: %s", i, err.message);
		assert_int_equal(p.n_files, cases[i].n_files);
		assert_int_equal(p.files[0].op, cases[i].op);
		assert_string_equal(p.files[0].path, cases[i].path);
		if (cases[i].new_path != NULL)
			assert_string_equal(p.files[0].new_path,
			    cases[i].new_path);
		assert_int_equal(p.files[0].mode_set, cases[i].mode != 0);
		assert_int_equal(p.files[0].mode, cases[i].mode);
	}
}

static void
test_refused(void **state)
{
	static const char *const patches[] = {
		"", "just words", "*** Begin Patch\n*** End Patch\n",
		"*** Begin Patch\n*** Update File: f\n@@\n-a\n+b\n",
		"*** Begin Patch\n*** Update File: \n@@\n-a\n*** End Patch\n",
		"*** Begin Patch\n*** Add File: f\nx\n*** End Patch\n",
		"*** Begin Patch\n*** Delete File: f\n-a\n*** End Patch\n",
		"*** Begin Patch\n*** Move to: f\n*** End Patch\n",
		"--- a/f\n+++ b/f\nnothing\n",
		"--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n-a\n+b\n",
		"diff --git a/f b/f\nGIT binary patch\n",
		("diff --git a/f b/f\nnew file mode 120000\n--- /dev/null\n"
		 "+++ b/f\n@@ -0,0 +1 @@\n+/etc/passwd\n"),
	};

	for (size_t i = 0; i < ARRAY_LEN(patches); i++) {
		CLEANUP_PATCH struct patch p;

		if (patch_parse(str_from(patches[i]), &p, NULL) !=
		    -ERR_TOOL_PATCH)
			fail_msg("accepted: %s", patches[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_unified),
		cmocka_unit_test(test_wrappings),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
