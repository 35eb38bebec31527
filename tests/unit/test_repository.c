/* The git room, with real repositories. Each case is read twice: by libgit2
 * and by the git program, which must agree. */
#include "base/mem.h"
#include "git/repo_blame.h"
#include "git/repo_diff.h"
#include "git/repo_log.h"
#include "git/repo_show.h"
#include "git/repo_status.h"
#include "git/summary.h"
#include "tests/unit/git_fixture.h"

#define INIT "git init -q -b main . && "
#define ONE_COMMIT                                                            \
	INIT "printf 'a\\nb\\nc\\n' >file && git add . && "                   \
	     "git commit -qm 'first one' && "

static int
setup(void **state)
{
	*state = fixture_folder();
	return 0;
}

static int
teardown(void **state)
{
	fixture_remove(*state);
	return 0;
}

static struct repo *
open_repo(const char *folder, bool by_program)
{
	struct repo_opts opts = { .folder = folder, .by_program = by_program };
	struct repo *r = NULL;
	struct error err;

	assert_ok(repo_open(&opts, &r, &err));
	return r;
}

/* A sub folder for each case: "1", "2" … */
static char *
case_folder(const char *folder, size_t i)
{
	char name[24];
	char *path;

	snprintf(name, sizeof(name), "%zu", i);
	path = file_join(folder, name);
	assert_int_equal(file_make_dirs(path, NULL), 0);
	return path;
}

static const struct {
	const char *script; /* ends in a command */
	const char *status;
	const char *summary;
} status_cases[] = {
	{ INIT ":", "On branch main, no commits yet\nNothing changed.\n",
	    "main, no commits yet, clean" },
	{ INIT "echo x >new && git add new && echo y >other",
	    "On branch main, no commits yet\nA  new\n?? other\n",
	    "main, no commits yet, 1 staged, 1 untracked" },
	{ ONE_COMMIT ":", "On branch main\nNothing changed.\n",
	    "main, clean" },
	{ ONE_COMMIT "echo d >>file && mkdir dir && echo x >dir/x",
	    "On branch main\n?? dir/\n M file\n",
	    "main, 1 modified, 1 untracked" },
	{ ONE_COMMIT "echo d >>file && git add file && echo e >>file",
	    "On branch main\nMM file\n", "main, 1 staged, 1 modified" },
	{ ONE_COMMIT "git mv file 'new name'",
	    "On branch main\nR  file -> new name\n", "main, 1 staged" },
	{ ONE_COMMIT "git rm -q file", "On branch main\nD  file\n",
	    "main, 1 staged" },
	{ ONE_COMMIT "rm file", "On branch main\n D file\n",
	    "main, 1 modified" },
	{ ONE_COMMIT "rm file && ln -s x file", "On branch main\n T file\n",
	    "main, 1 modified" },
	{ ONE_COMMIT "echo x >'\xc3\xa4 \xe2\x82\xac.txt' && git add .",
	    "On branch main\nA  \xc3\xa4 \xe2\x82\xac.txt\n",
	    "main, 1 staged" },
	{ ONE_COMMIT "echo '*.o' >.gitignore && touch x.o && git add .",
	    "On branch main\nA  .gitignore\n", "main, 1 staged" },
	{ ONE_COMMIT "git checkout -q --detach",
	    "HEAD detached at eb61c7cc60\nNothing changed.\n",
	    "detached at eb61c7cc60, clean" },
	{ ONE_COMMIT "git switch -qc topic && echo 2 >file && "
		     "git commit -qam two && git switch -q main && "
		     "echo 3 >file && git commit -qam three && "
		     "! git merge -q topic >/dev/null",
	    "On branch main (merge in progress)\nUU file\n",
	    "main, merge in progress, 1 in conflict" },
	{ ONE_COMMIT "git switch -qc topic --track main && "
		     "git commit -q --allow-empty -m x",
	    "On branch topic, 1 ahead of and 0 behind main\n"
	    "Nothing changed.\n",
	    "topic, 1 ahead, clean" },
	{ ONE_COMMIT "git switch -qc topic --track main",
	    "On branch topic, up to date with main\nNothing changed.\n",
	    "topic, clean" },
	/* CRLF that git converts is no change */
	{ INIT "printf 'a\\r\\nb\\r\\n' >t && echo '* text=auto' "
	       ">.gitattributes && git add . 2>/dev/null && "
	       "git commit -qm x && touch -d 2030-01-01 t",
	    "On branch main\nNothing changed.\n", "main, clean" },
	/* a submodule whose commit moved */
	{ ONE_COMMIT "git init -q sub && git -C sub commit -q --allow-empty "
		     "-m s && git add sub 2>/dev/null && git commit -qm sub "
		     "&& git -C sub commit -q --allow-empty -m t",
	    "On branch main\n M sub\n", "main, 1 modified" },
};

static void
check_status(const char *folder, bool by_program, const char *wanted)
{
	CLEANUP_REPO struct repo *r = open_repo(folder, by_program);
	CLEANUP_REPO_STATUS struct repo_status s = { .n_changes = 0 };
	struct repo_status_opts opts = REPO_STATUS_OPTS_INIT;
	CLEANUP_BUF struct buf out = BUF_INIT(100 * KIB);
	struct error err;

	assert_ok(repo_status_read(r, &opts, &s, &err));
	repo_status_print(&s, &out);
	/* The commit's name follows from its content; not with another hash. */
	assert_string_equal(buf_text(&out), wanted);
}

static void
test_status(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(status_cases); i++) {
		CLEANUP(free_ptr) char *folder = case_folder(*state, i);
		CLEANUP_BUF struct buf out = BUF_INIT(1000);
		struct git_summary summary;
		struct error err;

		git_fixture_sh(folder, status_cases[i].script);
		check_status(folder, false, status_cases[i].status);
		check_status(folder, true, status_cases[i].status);
		assert_ok(git_summary(folder, NULL, &summary, &err));
		git_summary_print(&summary, &out);
		assert_string_equal(buf_text(&out), status_cases[i].summary);
	}
}

static void
test_status_is_bounded(void **state)
{
	git_fixture_sh(*state, INIT "for i in 1 2 3 4 5; do touch f$i; done");
	for (int by_program = 0; by_program < 2; by_program++) {
		CLEANUP_REPO struct repo *r = open_repo(*state, by_program);
		CLEANUP_REPO_STATUS struct repo_status s = { .n_changes = 0 };
		struct repo_status_opts opts = { .changes_max = 2 };
		struct error err;

		assert_ok(repo_status_read(r, &opts, &s, &err));
		assert_int_equal(s.n_changes, 2);
		assert_int_equal(s.n_untracked, 5);
		assert_true(s.truncated);
	}
}

static void
test_no_repository(void **state)
{
	struct repo_opts opts = { .folder = *state };
	struct repo *r = NULL;
	struct error err;

	setenv("GIT_CEILING_DIRECTORIES", "/tmp", 1);
	assert_error(repo_open(&opts, &r, &err), ERR_GIT_NO_REPOSITORY);
	opts.by_program = true;
	assert_error(repo_open(&opts, &r, &err), ERR_GIT_NO_REPOSITORY);
	unsetenv("GIT_CEILING_DIRECTORIES");
}

static void
test_bare(void **state)
{
	git_fixture_sh(*state, "git init -q --bare -b main .");
	for (int by_program = 0; by_program < 2; by_program++) {
		CLEANUP_REPO struct repo *r = open_repo(*state, by_program);
		CLEANUP_REPO_STATUS struct repo_status s = { .n_changes = 0 };
		struct repo_status_opts opts = REPO_STATUS_OPTS_INIT;
		struct repo_diff_opts diff = REPO_DIFF_OPTS_INIT;
		CLEANUP_BUF struct buf out = BUF_INIT(1000);
		struct repo_diff_stat stat;
		struct error err;

		assert_null(repo_workdir(r));
		assert_ok(repo_status_read(r, &opts, &s, &err));
		assert_true(s.bare);
		assert_string_equal(s.branch, "main");
		assert_error(repo_diff_read(r, &diff, &out, &stat, &err),
		    ERR_GIT);
	}
}

static void
test_worktree_and_sub_folder(void **state)
{
	CLEANUP(free_ptr) char *tree = file_join(*state, "tree");
	CLEANUP(free_ptr) char *sub = file_join(*state, "tree/a/b");
	CLEANUP(free_ptr) char *file = file_join(*state, "tree/a/b/c");

	git_fixture_sh(*state, "mkdir main && cd main && " ONE_COMMIT
		"git worktree add -q -b side ../tree && mkdir -p ../tree/a/b");
	for (int by_program = 0; by_program < 2; by_program++) {
		CLEANUP_REPO struct repo *r = open_repo(sub, by_program);
		CLEANUP(free_ptr) char *relative = repo_relative(r, file);

		assert_string_equal(repo_workdir(r), tree);
		assert_string_equal(relative, "a/b/c");
		assert_null(repo_relative(r, *state));
		check_status(sub, by_program,
		    "On branch side\nNothing changed.\n");
	}
}

static void
test_git_dir_and_index_file_are_honoured(void **state)
{
	CLEANUP(free_ptr) char *git_dir = file_join(*state, "repo/.git");
	CLEANUP(free_ptr) char *index = file_join(*state, "index");
	CLEANUP(free_ptr) char *folder = file_join(*state, "repo");

	git_fixture_sh(*state, "mkdir repo && cd repo && " ONE_COMMIT
		"cp .git/index ../index && echo z >z && git add z");
	for (int by_program = 0; by_program < 2; by_program++) {
		check_status(folder, by_program, "On branch main\nA  z\n");
		setenv("GIT_INDEX_FILE", index, 1);
		check_status(folder, by_program, "On branch main\n?? z\n");
		unsetenv("GIT_INDEX_FILE");
		setenv("GIT_DIR", git_dir, 1);
		check_status(folder, by_program, "On branch main\nA  z\n");
		unsetenv("GIT_DIR");
	}
}

/* What libgit2 cannot read is read by the program without being asked. */
static void
test_repositories_that_libgit2_refuses(void **state)
{
	static const char *const scripts[] = {
		"git init -q -b main --object-format=sha256 . && echo x >x",
		INIT "git config core.repositoryformatversion 1 && "
		     "git config extensions.partialClone origin && echo x >x",
	};

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		CLEANUP(free_ptr) char *folder = case_folder(*state, i);

		git_fixture_sh(folder, scripts[i]);
		check_status(folder, false,
		    "On branch main, no commits yet\n?? x\n");
	}
}

#define HUNK_FILE                                                             \
	"diff --git a/file b/file\nindex de98044..d68dd40 100644\n"           \
	"--- a/file\n+++ b/file\n@@ -1,3 +1,4 @@\n a\n b\n c\n+d\n"

static const struct {
	const char *script;
	struct repo_diff_opts opts;
	const char *text;
	size_t files, insertions, deletions;
} diff_cases[] = {
	{ ONE_COMMIT "echo d >>file", { .context = 3 }, HUNK_FILE, 1, 1, 0 },
	{ ONE_COMMIT "echo d >>file",
	    { .context = 3, .what = REPO_DIFF_STAGED }, "", 0, 0, 0 },
	{ ONE_COMMIT "echo d >>file && git add file",
	    { .context = 3, .what = REPO_DIFF_STAGED }, HUNK_FILE, 1, 1, 0 },
	{ ONE_COMMIT "echo d >>file && git add file",
	    { .context = 3, .what = REPO_DIFF_ALL }, HUNK_FILE, 1, 1, 0 },
	{ ONE_COMMIT "echo d >>file && git commit -qam second",
	    { .context = 3, .what = REPO_DIFF_RANGE,
		.range = { "HEAD~1..HEAD", 12 } },
	    HUNK_FILE, 1, 1, 0 },
	{ ONE_COMMIT "git switch -qc topic && echo d >>file && "
		     "git commit -qam t && git switch -q main && echo x >x && "
		     "git add x && git commit -qm m",
	    { .context = 3, .what = REPO_DIFF_RANGE,
		.range = { "main...topic", 12 } },
	    HUNK_FILE, 1, 1, 0 },
	{ ONE_COMMIT "echo d >>file && git commit -qam second",
	    { .context = 3, .what = REPO_DIFF_RANGE,
		.range = { "HEAD~1", 6 } },
	    HUNK_FILE, 1, 1, 0 },
	{ INIT "echo x >x && git add x",
	    { .context = 3, .what = REPO_DIFF_STAGED },
	    "diff --git a/x b/x\nnew file mode 100644\n"
	    "index 0000000..587be6b\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n"
	    "+x\n",
	    1, 1, 0 },
	{ ONE_COMMIT "git mv file moved",
	    { .context = 3, .what = REPO_DIFF_STAGED },
	    "diff --git a/file b/moved\nsimilarity index 100%\n"
	    "rename from file\nrename to moved\n",
	    1, 0, 0 },
	{ ONE_COMMIT "printf 'a\\n-- b\\n++ c' >file",
	    { .context = 0 },
	    "diff --git a/file b/file\nindex de98044..575a785 100644\n"
	    "--- a/file\n+++ b/file\n@@ -2,2 +2,2 @@ a\n-b\n-c\n+-- b\n+++ c\n"
	    "\\ No newline at end of file\n",
	    1, 2, 2 },
	{ ONE_COMMIT "printf 'x\\0y' >file", { .context = 3 },
	    "diff --git a/file b/file\nindex de98044..d5d0b8b 100644\n"
	    "Binary files a/file and b/file differ\n",
	    1, 0, 0 },
};

static void
test_diff(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(diff_cases); i++) {
		CLEANUP(free_ptr) char *folder = case_folder(*state, i);

		git_fixture_sh(folder, diff_cases[i].script);
		for (int by_program = 0; by_program < 2; by_program++) {
			CLEANUP_REPO struct repo *r =
			    open_repo(folder, by_program);
			CLEANUP_BUF struct buf out = BUF_INIT(100 * KIB);
			struct repo_diff_stat stat;
			struct error err;

			assert_ok(repo_diff_read(r, &diff_cases[i].opts, &out,
			    &stat, &err));
			assert_string_equal(buf_text(&out),
			    diff_cases[i].text);
			assert_int_equal(stat.files, diff_cases[i].files);
			assert_int_equal(stat.insertions,
			    diff_cases[i].insertions);
			assert_int_equal(stat.deletions,
			    diff_cases[i].deletions);
			assert_false(stat.cut);
		}
	}
}

static void
test_diff_of_paths_and_stat(void **state)
{
	const char *paths[] = { "dir", "*.c" }; /* literal: no pattern */

	git_fixture_sh(*state, ONE_COMMIT
	    "mkdir dir && touch dir/x y.c && git add . && echo 1 >dir/x && "
	    "echo 2 >y.c && echo 3 >>file");
	for (int by_program = 0; by_program < 2; by_program++) {
		CLEANUP_REPO struct repo *r = open_repo(*state, by_program);
		CLEANUP_BUF struct buf out = BUF_INIT(100 * KIB);
		struct repo_diff_opts opts = { .paths = paths, .n_paths = 2,
			.stat_only = true };
		struct repo_diff_stat stat;
		struct error err;

		assert_ok(repo_diff_read(r, &opts, &out, &stat, &err));
		assert_string_equal(buf_text(&out), "dir/x +1 -0\n");
	}
}

static void
test_big_diff_is_cut(void **state)
{
	git_fixture_sh(*state, ONE_COMMIT "seq 1 200000 >file");
	for (int by_program = 0; by_program < 2; by_program++) {
		CLEANUP_REPO struct repo *r = open_repo(*state, by_program);
		CLEANUP_BUF struct buf out = BUF_INIT(10 * KIB);
		struct repo_diff_opts opts = REPO_DIFF_OPTS_INIT;
		struct repo_diff_stat stat;
		struct error err;

		assert_ok(repo_diff_read(r, &opts, &out, &stat, &err));
		assert_true(stat.cut);
		assert_int_equal(stat.insertions, 200000);
		assert_true(str_ends(buf_str(&out), STR("\n")));
	}
}

static void
add_commit(const struct repo_commit *commit, void *ctx)
{
	buf_printf(ctx, "%.*s <%.*s> %lld %.*s|", STR_ARG(commit->author),
	    STR_ARG(commit->email), (long long)commit->time_s,
	    STR_ARG(commit->subject));
}

static void
test_log(void **state)
{
	static const struct {
		struct repo_log_opts opts;
		const char *text;
	} cases[] = {
#define WHO "Ann <ann@example.org> "
		{ { .count = 9 },
		    WHO "1767323045 third|" WHO "1767236645 second|"
		    WHO "1767150245 first one|" },
		{ { .count = 1, .skip = 1 }, WHO "1767236645 second|" },
		{ { .count = 9, .range = { "HEAD~1..HEAD", 12 } },
		    WHO "1767323045 third|" },
		{ { .count = 9, .range = { "HEAD~1", 6 } },
		    WHO "1767236645 second|" WHO "1767150245 first one|" },
		{ { .count = 9, .path = "other" }, WHO "1767236645 second|" },
#undef WHO
	};

	git_fixture_sh(*state,
	    "export GIT_AUTHOR_DATE='1767150245 +0000' "
	    "GIT_COMMITTER_DATE='1767150245 +0000'; " ONE_COMMIT
	    "export GIT_AUTHOR_DATE='1767236645 +0000' "
	    "GIT_COMMITTER_DATE='1767236645 +0000'; "
	    "echo x >other && git add . && printf 'second\\n\\nbody\\n' | "
	    "git commit -qF - ; "
	    "export GIT_AUTHOR_DATE='1767323045 +0000' "
	    "GIT_COMMITTER_DATE='1767323045 +0000'; "
	    "echo y >file && git commit -qam third");
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		CLEANUP_REPO struct repo *r = open_repo(*state, i % 2);
		CLEANUP_BUF struct buf out = BUF_INIT(100 * KIB);
		struct error err;

		assert_ok(repo_log_read(r, &cases[i / 2].opts, add_commit,
		    &out, &err));
		assert_string_equal(buf_text(&out), cases[i / 2].text);
	}
}

static void
test_log_of_what_is_not_there(void **state)
{
	struct repo_log_opts opts = REPO_LOG_OPTS_INIT;

	git_fixture_sh(*state, ONE_COMMIT ":");
	for (int by_program = 0; by_program < 2; by_program++) {
		CLEANUP_REPO struct repo *r = open_repo(*state, by_program);
		CLEANUP_BUF struct buf out = BUF_INIT(100 * KIB);
		struct error err;

		opts.range = STR("nowhere");
		assert_true(
		    repo_log_read(r, &opts, add_commit, &out, &err) < 0);
		opts.range = STR("--output=/tmp/x");
		assert_error(repo_log_read(r, &opts, add_commit, &out, &err),
		    ERR_INVALID);
	}
}

static void
test_show(void **state)
{
	static const struct {
		const char *revision;
		const char *start, *end;
	} cases[] = {
		{ "HEAD", "commit ", "@@ -0,0 +1,3 @@\n+a\n+b\n+c\n" },
		{ "v1", NULL, "@@ -0,0 +1,3 @@\n+a\n+b\n+c\n" },
		{ "HEAD:file", "a\nb\nc\n", "a\nb\nc\n" },
		{ "HEAD:", NULL, "file\n" },
	};

	git_fixture_sh(*state, ONE_COMMIT "git tag -a -m tag v1");
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		CLEANUP_REPO struct repo *r = open_repo(*state, i % 2);
		CLEANUP_BUF struct buf out = BUF_INIT(100 * KIB);
		struct error err;
		bool cut;

		assert_ok(repo_show(r, str_from(cases[i / 2].revision), NULL,
		    0, &out, &cut, &err));
		if (cases[i / 2].start != NULL)
			assert_true(str_starts(buf_str(&out),
			    str_from(cases[i / 2].start)));
		assert_true(str_ends(buf_str(&out),
		    str_from(cases[i / 2].end)));
		assert_false(cut);
		assert_error(repo_show(r, STR("-x"), NULL, 0, &out, &cut,
				 &err), ERR_INVALID);
		assert_true(repo_show(r, STR("nowhere"), NULL, 0, &out, &cut,
				&err) < 0);
	}
}

static void
add_blame(const struct repo_blame_line *line, void *ctx)
{
	buf_printf(ctx, "%zu %.*s %.*s: %.*s|", line->line,
	    STR_ARG(line->author), STR_ARG(line->summary),
	    STR_ARG(line->text));
}

static void
test_blame(void **state)
{
	static const struct {
		struct repo_blame_opts opts;
		const char *text;
	} cases[] = {
		{ { .path = "file", .revision = { "HEAD", 4 } },
		    "1 Ann first one: a|2 Ann two: B|3 Ann first one: c|" },
		{ { .path = "file", .first = 2, .last = 3,
		      .revision = { "HEAD", 4 } },
		    "2 Ann two: B|3 Ann first one: c|" },
		{ { .path = "file", .first = 3 },
		    "3 Ann first one: c|4 Not Committed Yet Version of file "
		    "from file: d|" },
	};
	CLEANUP_REPO struct repo *r = NULL;

	git_fixture_sh(*state, ONE_COMMIT "sed -i s/b/B/ file && "
		"git commit -qam two && echo d >>file");
	r = open_repo(*state, false);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(100 * KIB);
		struct error err;

		assert_ok(repo_blame_read(r, &cases[i].opts, add_blame, &out,
		    &err));
		assert_string_equal(buf_text(&out), cases[i].text);
	}
}

/* A repository that came with a configuration of its own: whatever is read,
 * nothing that it names runs. */
static void
test_a_hostile_repository_runs_nothing(void **state)
{
	CLEANUP(free_ptr) char *proof = file_join(*state, "proof");
	CLEANUP(free_ptr) char *folder = file_join(*state, "repo");
	static const char script[] =
	    "mkdir repo && cd repo && " ONE_COMMIT
	    "printf '#!/bin/sh\\necho $0 $* >>\"%s\"\\ncat\\n' "
	    "\"$PWD/../proof\""
	    " >../evil && chmod +x ../evil && E=$PWD/../evil && "
	    "git config core.fsmonitor \"$E\" && "
	    "git config core.pager \"$E\" && git config pager.log \"$E\" && "
	    "git config pager.diff \"$E\" && "
	    "git config diff.external \"$E\" && "
	    "git config diff.x.textconv \"$E\" && "
	    "git config diff.x.command \"$E\" && "
	    "git config filter.x.clean \"$E\" && "
	    "git config filter.x.smudge \"$E\" && "
	    "git config filter.x.required true && "
	    "git config filter.y.process \"$E\" && "
	    "git config gpg.program \"$E\" && "
	    "git config log.showSignature true && "
	    "git config core.editor \"$E\" && "
	    "git config core.hooksPath \"$PWD/../hooks\" && "
	    "mkdir ../hooks && cp \"$E\" ../hooks/post-index-change && "
	    "git config alias.status \"!$E\" && "
	    "printf '* filter=x diff=x\\nother filter=y\\n' >.gitattributes && "
	    "rm -f ../proof && echo d >>file && echo e >other && "
	    "touch -d 2030-01-01 file && test ! -e ../proof";

	git_fixture_sh(*state, script);
	for (int by_program = 0; by_program < 2; by_program++) {
		CLEANUP_REPO struct repo *r = open_repo(folder, by_program);
		CLEANUP_REPO_STATUS struct repo_status s = { .n_changes = 0 };
		struct repo_status_opts status = REPO_STATUS_OPTS_INIT;
		struct repo_diff_opts diff = REPO_DIFF_OPTS_INIT;
		struct repo_log_opts log = REPO_LOG_OPTS_INIT;
		struct repo_blame_opts blame = { .path = "file" };
		CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
		struct repo_diff_stat stat;
		struct error err;
		bool cut;

		assert_ok(repo_status_read(r, &status, &s, &err));
		assert_ok(repo_diff_read(r, &diff, &out, &stat, &err));
		diff.what = REPO_DIFF_ALL;
		assert_ok(repo_diff_read(r, &diff, &out, &stat, &err));
		assert_ok(repo_log_read(r, &log, add_commit, &out, &err));
		log.path = "file";
		assert_ok(repo_log_read(r, &log, add_commit, &out, &err));
		assert_ok(repo_show(r, STR("HEAD"), NULL, 0, &out, &cut,
		    &err));
		assert_ok(repo_blame_read(r, &blame, add_blame, &out, &err));
		if (file_exists(proof)) {
			buf_clear(&out);
			file_read(proof, &out, &err);
			fail_msg("ran (program: %d): %s", by_program,
			    buf_text(&out));
		}
	}
}

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		bool branch, revision;
	} cases[] = {
		{ "main", true, true },
		{ "feature/a-b.c", true, true },
		{ "\xc3\xa4", true, true },
		{ "", false, false },
		{ "-D", false, false },
		{ "--all", false, false },
		{ "a b", false, false },
		{ "a\nb", false, false },
		{ "a..b", false, true },
		{ "HEAD~1", false, true },
		{ "HEAD^", false, true },
		{ "@{u}", false, true },
		{ "a:b", false, true },
		{ "HEAD", false, true },
		{ "@", false, true },
		{ "a/", false, true },
		{ "/a", false, true },
		{ "a//b", false, true },
		{ ".a", false, true },
		{ "a/.b", false, true },
		{ "a.lock", false, true },
		{ "a.", false, true },
		{ "a*", false, true },
		{ "a\\b", false, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str name = str_from(cases[i].name);

		assert_int_equal(repo_branch_name_valid(name),
		    cases[i].branch);
		assert_int_equal(repo_revision_valid(name),
		    cases[i].revision);
	}
}

static void
test_cancel(void **state)
{
	struct cancel cancel;
	struct repo_opts opts = { .folder = *state, .cancel = &cancel };
	struct error err;

	git_fixture_sh(*state, ONE_COMMIT "echo d >>file");
	assert_ok(cancel_init(&cancel, &err));
	for (int by_program = 0; by_program < 2; by_program++) {
		CLEANUP_REPO struct repo *r = NULL;
		CLEANUP_REPO_STATUS struct repo_status s = { .n_changes = 0 };
		struct repo_status_opts status = REPO_STATUS_OPTS_INIT;
		struct repo_diff_opts diff = REPO_DIFF_OPTS_INIT;
		struct repo_log_opts log = REPO_LOG_OPTS_INIT;
		CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
		struct repo_diff_stat stat;

		opts.by_program = by_program;
		cancel_reset(&cancel);
		assert_ok(repo_open(&opts, &r, &err));
		cancel_raise(&cancel, CANCEL_STOP);
		assert_error(repo_status_read(r, &status, &s, &err),
		    ERR_CANCELLED);
		assert_error(repo_diff_read(r, &diff, &out, &stat, &err),
		    ERR_CANCELLED);
		assert_error(repo_log_read(r, &log, add_commit, &out, &err),
		    ERR_CANCELLED);
	}
	cancel_release(&cancel);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_status),
		TEST(test_status_is_bounded),
		TEST(test_no_repository),
		TEST(test_bare),
		TEST(test_worktree_and_sub_folder),
		TEST(test_git_dir_and_index_file_are_honoured),
		TEST(test_repositories_that_libgit2_refuses),
		TEST(test_diff),
		TEST(test_diff_of_paths_and_stat),
		TEST(test_big_diff_is_cut),
		TEST(test_log),
		TEST(test_log_of_what_is_not_there),
		TEST(test_show),
		TEST(test_blame),
		TEST(test_a_hostile_repository_runs_nothing),
		TEST(test_names),
		TEST(test_cancel),
	};

	git_fixture_environment();
	alarm(300);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
