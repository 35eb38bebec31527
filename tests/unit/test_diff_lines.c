/* diff_lines: what a diff looks like, and what is not one. */
#include "base/mem.h"
#include "tests/unit/markdown_fixture.h"
#include "tui/text/diff_lines.h"
#include "tui/text/diff_words.h"

static void
assert_drawn(const char *diff, const struct diff_lines_opts *opts,
    const char *wanted)
{
	CLEANUP_LINES struct lines l = LINES_INIT;
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);

	diff_lines(str_from(diff), opts, &l);
	check_sources(&l, str_from(diff));
	lines_dump(&l, &out);
	if (strcmp(buf_text(&out), wanted) != 0)
		fail_msg("%s\n--- wanted:\n%s--- got:\n%s", diff, wanted,
		    buf_text(&out));
}

static const char change[] =
    "--- a/x.c\n+++ b/x.c\n@@ -9,3 +9,3 @@ int main(void)\n same\n"
    "-\told one\n+\tnew one\n \n";

static void
test_one_column(void **state)
{
	assert_drawn(change, &(struct diff_lines_opts){ .width = 40 },
	    "lines 9-11 · int main(void)\n"
	    " 9   same\n"
	    "10 -     old one\n"
	    "10 +     new one\n"
	    "11\n");
	assert_drawn(change, &(struct diff_lines_opts){ .width = 100,
	    .headers = true },
	    "x.c  +1 -1\n"
	    "lines 9-11 · int main(void)\n"
	    " 9  9   same\n"
	    "10    -     old one\n"
	    "   10 +     new one\n"
	    "11 11\n");
}

static void
test_side_by_side(void **state)
{
	assert_drawn(change, &(struct diff_lines_opts){ .width = 43,
	    .side_by_side = true },
	    "lines 9-11 · int main(void)\n"
	    " 9   same            │  9   same\n"
	    "10 -     old one     │ 10 +     new one\n"
	    "11                   │ 11\n");
	/* More lines than before; too narrow for two. */
	assert_drawn("@@ -1 +1,2 @@\n-a\n+b\n+c\n", &(struct diff_lines_opts){
	    .width = 43, .side_by_side = true },
	    "1 - a                │ 1 + b\n"
	    "                     │ 2 + c\n");
	assert_drawn("@@ -1 +1 @@\n-a\n+b\n", &(struct diff_lines_opts){
	    .width = 30, .side_by_side = true }, "1 - a\n1 + b\n");
}

static void
test_long_lines_go_on_below_their_text(void **state)
{
	assert_drawn("@@ -1 +1 @@\n-abcdefghijklmnop\n+b\n",
	    &(struct diff_lines_opts){ .width = 14 },
	    "1 - abcdefghij\n    klmnop\n1 + b\n");
	assert_drawn("@@ -1 +1 @@\n-abc\n+b\n",
	    &(struct diff_lines_opts){ .width = 3 },
	    "abc\nb\n");
}

static void
test_what_happened_to_files(void **state)
{
	const struct diff_lines_opts opts = { .width = 60, .headers = true };

	assert_drawn("diff --git a/x b/y\nsimilarity index 90%\n"
	    "rename from x\nrename to y\n", &opts, "y  renamed from x\n");
	assert_drawn("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
	    &opts, "x  mode 100755, was 100644\n");
	assert_drawn("diff --git a/b c b/b c\nnew file mode 100644\n"
	    "index 0000000..1111111\nBinary files /dev/null and b/b c differ\n"
	    "diff --git a/z b/z\ndeleted file mode 100644\n--- a/z\n"
	    "+++ /dev/null\n@@ -1 +0,0 @@\n-z\n", &opts,
	    "b c  new file  binary\n\nz  deleted  -1\n1 - z\n");
	assert_drawn("diff --git a/p b/p\nindex 1..2 100644\n"
	    "GIT binary patch\nliteral 3\nKcmXYZ\n\nliteral 0\n", &opts,
	    "p  binary\n");
	assert_drawn("--- \"a/\\303\\244\"\n+++ \"b/\\303\\244\"\n"
	    "@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n", &opts,
	    "ä  +1\n1 + a\n    (no line end at the end of the file)\n");
	assert_drawn("--- a/x\t2026-01-01\n+++ b/x\t2026-01-02\n"
	    "@@ -1 +1 @@\n-a\n+a\r\n", &opts,
	    "x  +1 -1\n1 - a\n1 + a\n    (only line ends changed)\n");
}

static void
test_a_limit_counts_the_rest(void **state)
{
	assert_drawn("@@ -1,4 +1,4 @@\n a\n b\n c\n d\n",
	    &(struct diff_lines_opts){ .width = 40, .lines_max = 3 },
	    "1   a\n2   b\n… 2 more lines\n");
	assert_drawn("@@ -1,3 +1,3 @@\n a\n b\n c\n",
	    &(struct diff_lines_opts){ .width = 40, .lines_max = 3 },
	    "1   a\n2   b\n3   c\n");
}

/* What came in its place is shown, too. */
static void
test_a_limit_cuts_what_was_removed(void **state)
{
	static const char diff[] = "@@ -1,6 +1,6 @@\n-a\n-b\n-c\n-d\n-e\n-f\n"
	    "+A\n+B\n+C\n+D\n+E\n+F\n";

	assert_drawn(diff,
	    &(struct diff_lines_opts){ .width = 40, .lines_max = 8 },
	    "1 - a\n2 - b\n3 - c\n… 3 more removed\n1 + A\n2 + B\n3 + C\n"
	    "… 3 more lines\n");
	assert_drawn(diff,
	    &(struct diff_lines_opts){ .width = 40, .lines_max = 12 },
	    "1 - a\n2 - b\n3 - c\n4 - d\n5 - e\n6 - f\n1 + A\n2 + B\n"
	    "3 + C\n4 + D\n5 + E\n6 + F\n");
	assert_drawn("@@ -1,6 +0,0 @@\n-a\n-b\n-c\n-d\n-e\n-f\n-g\n",
	    &(struct diff_lines_opts){ .width = 40, .lines_max = 6 },
	    "1 - a\n2 - b\n3 - c\n4 - d\n5 - e\n… 2 more lines\n");
}

static void
test_what_is_no_diff_stays(void **state)
{
	static const char *const texts[] = { "plain text\n+ no\n- diff\n",
		"@@ -x +y @@\n", "@@ -1,2 +1,2\n", "--- a\n", "\\ x\n" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_drawn(texts[i], &(struct diff_lines_opts){
		    .width = 40, .headers = true }, texts[i]);
	/* A hunk whose header lies. */
	assert_drawn("@@ -1,900 +1,900 @@\n a\nend\n+ no\n",
	    &(struct diff_lines_opts){ .width = 40 },
	    "1   a\nend\n+ no\n");
	/* Lines that look like headers within a hunk. */
	assert_drawn("@@ -1,2 +1,1 @@\n--- a\n-+++ b\n+x\n",
	    &(struct diff_lines_opts){ .width = 40 },
	    "1 - -- a\n2 - +++ b\n1 + x\n");
}

static void
test_hunks_are_tagged(void **state)
{
	CLEANUP_LINES struct lines l = LINES_INIT;

	diff_lines(STR("--- a\n+++ a\n@@ -1 +1 @@\n-a\n+b\n"
		"@@ -9 +9 @@\n-c\n+d\n"),
	    &(struct diff_lines_opts){ .width = 40, .headers = true }, &l);
	assert_int_equal(l.count, 6);
	assert_int_equal(l.lines[0].tag, 0);
	assert_int_equal(l.lines[1].tag, 1);
	assert_int_equal(l.lines[2].tag, 1);
	assert_int_equal(l.lines[3].tag, 2);
	assert_int_equal(l.lines[5].tag, 2);
}

static void
test_lines_are_counted(void **state)
{
	size_t added, removed;

	diff_count(STR("--- a\n+++ b\n@@ -1,2 +1,3 @@\n-a\n--- b\n+c\n"
		"+++ d\n+e\n+no\n"), &added, &removed);
	assert_int_equal(added, 3);
	assert_int_equal(removed, 2);
	diff_count(STR("+no\n-diff\n"), &added, &removed);
	assert_int_equal(added + removed, 0);
}

/* The changed words as a pattern: "^" below what is marked. */
static void
assert_words(const char *old, const char *new, const char *old_marks,
    const char *new_marks)
{
	uint8_t a[80] = { 0 }, b[80] = { 0 };
	size_t budget = 100000;
	char text[80];

	diff_words(str_from(old), str_from(new), a, 1, b, 1, &budget);
	for (size_t i = 0; i < 80; i++)
		text[i] = i >= strlen(old) ? '\0' : a[i] ? '^' : ' ';
	assert_string_equal(text, old_marks);
	for (size_t i = 0; i < 80; i++)
		text[i] = i >= strlen(new) ? '\0' : b[i] ? '^' : ' ';
	assert_string_equal(text, new_marks);
}

static void
test_changed_words_are_marked(void **state)
{
	assert_words("int old = 1;", "int new = 1;",
	    "    ^^^     ", "    ^^^     ");
	assert_words("f(a, b);", "f(a, b, c);", "        ",
	    "      ^^^  ");
	assert_words("one two three four", "one 2 3 four",
	    "    ^^^^^^^^^     ", "    ^^^     ");
	assert_words("nothing alike", "whatever", "             ",
	    "        ");
	assert_words("", "x", "", " ");
}

static bool
color_all(struct str language, struct str code, uint8_t *roles, void *ctx)
{
	for (size_t i = 0; i < code.len; i++)
		roles[i] = code.ptr[i] == '"' ? ROLE_STRING : ROLE_KEYWORD;
	*(bool *)ctx |= str_eq_c(language, "x.c");
	return true;
}

static void
test_colours_and_grounds(void **state)
{
	CLEANUP_LINES struct lines l = LINES_INIT;
	bool asked = false;
	const struct line *line;
	const struct piece *p;

	diff_lines(STR("--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@\n \"a\"\n"
		"-return old + 1;\n+return new + 1;\n"),
	    &(struct diff_lines_opts){ .width = 40, .highlight = color_all,
	    .ctx = &asked }, &l);
	assert_true(asked);
	assert_int_equal(l.count, 3);
	p = &l.pieces[l.lines[0].first];
	assert_int_equal(p[2].style.role, ROLE_STRING);
	line = &l.lines[1];
	p = &l.pieces[line->first];
	assert_int_equal(line->flags, LINE_FILL);
	assert_int_equal(p[0].style.ground, ROLE_REMOVED_LINE);
	assert_int_equal(p[1].style.role, ROLE_REMOVED);
	assert_int_equal(p[2].style.role, ROLE_KEYWORD);
	assert_int_equal(p[3].style.ground, ROLE_REMOVED_WORD);
	assert_int_equal(p[4].style.ground, ROLE_REMOVED_LINE);
	assert_int_equal(l.pieces[l.lines[2].first].style.ground,
	    ROLE_ADDED_LINE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_column),
		cmocka_unit_test(test_side_by_side),
		cmocka_unit_test(test_long_lines_go_on_below_their_text),
		cmocka_unit_test(test_what_happened_to_files),
		cmocka_unit_test(test_a_limit_counts_the_rest),
		cmocka_unit_test(test_a_limit_cuts_what_was_removed),
		cmocka_unit_test(test_what_is_no_diff_stays),
		cmocka_unit_test(test_hunks_are_tagged),
		cmocka_unit_test(test_lines_are_counted),
		cmocka_unit_test(test_changed_words_are_marked),
		cmocka_unit_test(test_colours_and_grounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
