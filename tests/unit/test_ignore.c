/* wildmatch and ignore rules: case tables, and git's own opinion. */
#include <stdlib.h>

#include "base/proc.h"
#include "safety/ignore.h"
#include "safety/wildmatch.h"
#include "tests/unit/ws_fixture.h"
#include "tools/tree_walk.h"

static void
test_wildmatch(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool fits;
	} cases[] = {
		{ "foo", "foo", true }, { "foo", "fo", false },
		{ "*", "foo", true }, { "*", "a/b", false },
		{ "f*", "foo", true }, { "*oo", "foo", true },
		{ "?", "a", true }, { "?", "/", false },
		{ "a/*/c", "a/b/c", true }, { "a/*/c", "a/b/d/c", false },
		{ "a/**/c", "a/c", true }, { "a/**/c", "a/b/d/c", true },
		{ "**/c", "c", true }, { "**/c", "a/b/c", true },
		{ "a/**", "a/b/c", true }, { "a/**", "a", false },
		{ "**", "a/b", true }, { "a**b", "axyb", true },
		{ "a**b", "ax/yb", false }, { "*.c", "x.c", true },
		{ "[a-c]x", "bx", true }, { "[!a-c]x", "bx", false },
		{ "[^a]x", "bx", true }, { "[]]x", "]x", true },
		{ "[[:digit:]]", "7", true }, { "[[:digit:]]", "x", false },
		{ "[a", "[a", false }, { "\\*", "*", true },
		{ "\\*", "x", false }, { "a[/]b", "a/b", false },
		{ "", "", true }, { "", "a", false },
		{ "*/*/*", "a/b/c", true }, { "**/*.{c}", "a/b.{c}", true },
		{ "*a*a*a*a*a*a*a*a*a*a*a*a*b",
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (wildmatch(str_from(cases[i].pattern),
		    str_from(cases[i].path)) != cases[i].fits)
			fail_msg("%s over %s", cases[i].pattern,
			    cases[i].path);
}

static void
test_braces(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool fits;
	} cases[] = {
		{ "*.{c,h}", "a/x.h", true }, { "*.{c,h}", "x.o", false },
		{ "src/{a,b/{c,d}}/*.c", "src/b/d/x.c", true },
		{ "src/**/*.c", "src/x.c", true },
		{ "{}", "{}", true }, { "{a}", "{a}", true },
		{ "a{,b}", "a", true }, { "a{,b}", "ab", true },
		{ "./src/*.c", "src/x.c", true },
		{ "{a", "{a", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_WILDMATCH struct wildmatch_set s;
		struct error err;

		assert_ok(wildmatch_set_init(&s, str_from(cases[i].pattern),
		    &err));
		if (wildmatch_set_fits(&s, str_from(cases[i].path)) !=
		    cases[i].fits)
			fail_msg("%s over %s", cases[i].pattern,
			    cases[i].path);
	}
}

static bool
collect(const struct folder_entry *e, void *ctx)
{
	struct buf *out = ctx;

	if (!e->is_folder) {
		buf_add_str(out, e->path);
		buf_add_char(out, '\n');
	}
	return true;
}

/* The same files that git itself lists as neither tracked nor ignored. */
static void
test_as_git_does(void **state)
{
	static const char *const files[] = { "a.o", "a.c", "build/x", "doc/b",
		"sub/a.o", "sub/keep.o", "sub/deep/only.txt", "sub/build/y",
		"#note", "sp ", "x/y/z/f", "x/f", "log/1.log", "log/keep.log",
		"sub/anchored", "anchored", "deep/a/b/c", "!bang", "tmp/file",
		"sub/tmp", "caf\u00e9", "a b", "foo/bar/baz", "foo/q",
		"neg/dir/in", "neg/dir2/in", "v1", "v2" };
	static const char root_rules[] = "*.o\n!keep.o\n/build\n# comment\n"
	    "\\#note\nsp\\ \nx/**/f\nlog/*.log\n!log/keep.log\n/anchored\n"
	    "deep/**\n\\!bang\ntmp/\nfoo/*\n!foo/bar\nneg/*/\n!neg/dir2/\n"
	    "v[1]\n   \ntrailing   \n\r\n";
	static const char *const argv[] = { "git", "ls-files", "-o",
		"--exclude-standard", "-z", NULL };
	static const char *const init[] = { "git", "init", "-q", NULL };
	char *dir = fixture_folder();
	CLEANUP_BUF struct buf ours = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf theirs = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf errors = BUF_INIT(64 * KIB);
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	struct folder_walk_opts opts = { .visit = collect, .ctx = &ours };
	struct proc_opts proc = PROC_OPTS_INIT;
	struct proc_status status;
	struct workspace *w;
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		fixture_text(dir, files[i], "x");
	fixture_text(dir, ".gitignore", root_rules);
	fixture_text(dir, "sub/.gitignore", "deep/\n!a.o\n");
	proc.cwd = dir;
	proc.argv = init;
	if (proc_capture(&proc, NULL, NULL, NULL, &status, &err) != 0 ||
	    status.exit_status != 0) {
		fixture_remove(dir);
		skip();
	}
	proc.argv = argv;
	assert_ok(proc_capture(&proc, &theirs, &errors, NULL, &status,
	    &err));
	w = fixture_workspace(dir);
	assert_ok(workspace_locate(w, STR("."), 0, &node, &err));
	assert_ok(tree_walk(w, &node, &opts, &err));
	for (size_t i = 0; i < theirs.len; i++)
		if (theirs.ptr[i] == '\0')
			theirs.ptr[i] = '\n';
	assert_string_equal(buf_text(&ours), buf_text(&theirs));
	workspace_destroy(w);
	fixture_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wildmatch),
		cmocka_unit_test(test_braces),
		cmocka_unit_test(test_as_git_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
