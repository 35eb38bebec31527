/* The tool git: its actions in real repositories, what it asks for, and what
 * its arguments cannot do. */
#include "tests/unit/git_fixture.h"
#include "tests/unit/tool_fixture.h"

#define REPO                                                                  \
	"git init -q -b main . && printf 'a\\nb\\nc\\n' >file && "            \
	"git add . && git commit -qm 'first one' && "

static void
test_reading(void **state)
{
	struct tool_fixture *f = *state;
	static const struct {
		const char *args, *start;
	} cases[] = {
		{ "{\"action\":\"status\"}",
		    "On branch main\n M file\n?? new\n" },
		{ "{\"action\":\"diff\"}",
		    "1 files, +1 -0\ndiff --git a/file b/file\n" },
		{ "{\"action\":\"diff\",\"staged\":true}", "No changes.\n" },
		{ "{\"action\":\"diff\",\"stat\":true}",
		    "1 files, +1 -0\nfile +1 -0\n" },
		{ "{\"action\":\"diff\",\"paths\":[\"new\"]}",
		    "No unstaged changes." },
		{ "{\"action\":\"log\",\"count\":1}", "eb61c7cc60 2026-01-02 "
						      "Ann: first one\n" },
		{ "{\"action\":\"log\",\"paths\":[\"file\"]}",
		    "eb61c7cc60 2026-01-02 Ann: first one\n" },
		{ "{\"action\":\"show\"}", "commit eb61c7cc60" },
		{ "{\"action\":\"show\",\"revision\":\"HEAD:file\"}",
		    "a\nb\nc\n" },
		{ "{\"action\":\"blame\",\"paths\":[\"file\"],"
		  "\"first_line\":2,\"last_line\":2}",
		    "eb61c7cc 2026-01-02 Ann 2: b\n" },
		{ "{\"action\":\"branch\"}", "* main eb61c7c" },
		{ "{\"action\":\"stash\",\"operation\":\"list\"}",
		    "No stashes.\n" },
	};

	git_fixture_sh(f->folder, REPO "echo d >>file && touch new");
	f->policy.mode = MODE_PLAN; /* reads only */
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_tool_text(f, "git", cases[i].args, cases[i].start);
}

static void
test_add_and_commit(void **state)
{
	struct tool_fixture *f = *state;

	git_fixture_sh(f->folder, REPO "echo d >>file && touch new && "
		"printf '#!/bin/sh\\necho the hook ran\\n' "
		">.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit");
	assert_tool_text(f, "git",
	    "{\"action\":\"add\",\"paths\":[\"file\"]}", "Done.\n");
	assert_tool_text(f, "git", "{\"action\":\"status\"}",
	    "On branch main\nM  file\n?? new\n");
	assert_tool_text(f, "git",
	    "{\"action\":\"commit\",\"message\":\"second $(touch bad) 'x'\\n"
	    "\\nbody\"}",
	    "the hook ran\n[main ");
	assert_tool_text(f, "git",
	    "{\"action\":\"log\",\"count\":1,\"revision\":\"HEAD\"}", "");
	git_fixture_sh(f->folder,
	    "test ! -e bad && test \"$(git log -1 --format=%B)\" = "
	    "\"second \\$(touch bad) 'x'\n\nbody\"");
	assert_tool_text(f, "git", "{\"action\":\"add\",\"all\":true}",
	    "Done.\n");
	assert_tool_text(f, "git", "{\"action\":\"status\"}",
	    "On branch main\nA  new\n");
}

static void
test_a_refused_commit_says_why(void **state)
{
	struct tool_fixture *f = *state;
	struct tool_result r;

	git_fixture_sh(f->folder, REPO "echo d >>file && git add . && "
		"printf '#!/bin/sh\\necho no such thing >&2\\nexit 1\\n' "
		">.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit");
	tool_fixture_run(f, "git",
	    "{\"action\":\"commit\",\"message\":\"x\"}", &r);
	assert_false(r.ok);
	assert_int_equal(r.error.code, ERR_GIT);
	assert_non_null(strstr(buf_text(&r.text), "no such thing"));
	tool_result_release(&r);
	git_fixture_sh(f->folder, "test $(git rev-list --count HEAD) = 1");
}

static void
test_branches(void **state)
{
	struct tool_fixture *f = *state;

	git_fixture_sh(f->folder, REPO ":");
	assert_tool_text(f, "git",
	    "{\"action\":\"branch\",\"operation\":\"create\","
	    "\"name\":\"topic\"}",
	    "Switched to a new branch 'topic'");
	assert_tool_text(f, "git", "{\"action\":\"status\"}",
	    "On branch topic\n");
	assert_tool_text(f, "git",
	    "{\"action\":\"branch\",\"operation\":\"switch\","
	    "\"name\":\"main\"}",
	    "Switched to branch 'main'");
	assert_tool_text(f, "git",
	    "{\"action\":\"branch\",\"operation\":\"delete\","
	    "\"name\":\"topic\"}",
	    "Deleted branch topic");
	/* What is not merged stays. */
	git_fixture_sh(f->folder, "git switch -qc side && "
		"git commit -q --allow-empty -m x && git switch -q main");
	assert_tool_error(f, "git",
	    "{\"action\":\"branch\",\"operation\":\"delete\","
	    "\"name\":\"side\"}",
	    ERR_GIT);
	assert_tool_error(f, "git",
	    "{\"action\":\"branch\",\"operation\":\"switch\","
	    "\"name\":\"nowhere\"}",
	    ERR_GIT);
}

static void
test_stash(void **state)
{
	struct tool_fixture *f = *state;

	git_fixture_sh(f->folder, REPO "echo d >>file && touch new");
	assert_tool_text(f, "git",
	    "{\"action\":\"stash\",\"operation\":\"push\","
	    "\"message\":\"--later\",\"all\":true}",
	    "Saved working directory");
	assert_tool_text(f, "git", "{\"action\":\"status\"}",
	    "On branch main\nNothing changed.\n");
	assert_tool_text(f, "git",
	    "{\"action\":\"stash\",\"operation\":\"list\"}",
	    "stash@{0}: On main: --later\n");
	assert_tool_text(f, "git",
	    "{\"action\":\"stash\",\"operation\":\"pop\","
	    "\"revision\":\"stash@{0}\"}",
	    "On branch main");
	assert_tool_text(f, "git", "{\"action\":\"status\"}",
	    "On branch main\n M file\n?? new\n");
}

static void
test_arguments_are_never_options(void **state)
{
	struct tool_fixture *f = *state;
	static const char *const cases[] = {
		"{\"action\":\"log\",\"revision\":\"--output=bad\"}",
		"{\"action\":\"diff\",\"revision\":\"--output=bad\"}",
		"{\"action\":\"diff\",\"revision\":\"HEAD --output=bad\"}",
		"{\"action\":\"show\",\"revision\":\"--output=bad\"}",
		"{\"action\":\"blame\",\"paths\":[\"file\"],"
		"\"revision\":\"--contents=bad\"}",
		"{\"action\":\"branch\",\"operation\":\"create\","
		"\"name\":\"--orphan\"}",
		"{\"action\":\"branch\",\"operation\":\"create\","
		"\"name\":\"x\",\"revision\":\"--force\"}",
		"{\"action\":\"branch\",\"operation\":\"delete\","
		"\"name\":\"-D\"}",
		"{\"action\":\"stash\",\"operation\":\"pop\","
		"\"revision\":\"--index\"}",
	};

	git_fixture_sh(f->folder, REPO "echo d >>file");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tool_result r;

		tool_fixture_run(f, "git", cases[i], &r);
		assert_false(r.ok);
		assert_true(r.error.code == ERR_TOOL_ARGUMENTS ||
		    r.error.code == ERR_INVALID);
		tool_result_release(&r);
	}
	git_fixture_sh(f->folder, "test ! -e bad");
}

/* Paths that look like options or patterns are names. */
static void
test_odd_paths(void **state)
{
	struct tool_fixture *f = *state;

	git_fixture_sh(f->folder, REPO "touch -- '-A' '*' ':(top)x' other");
	assert_tool_text(f, "git", "{\"action\":\"add\",\"paths\":[\"-A\","
				   "\"*\",\":(top)x\"]}",
	    "Done.\n");
	assert_tool_text(f, "git", "{\"action\":\"status\"}",
	    "On branch main\nA  *\nA  -A\nA  :(top)x\n?? other\n");
}

static void
test_wrong_calls(void **state)
{
	struct tool_fixture *f = *state;
	static const struct {
		const char *args;
		enum error_code code;
	} cases[] = {
		{ "{\"action\":\"push\"}", ERR_TOOL_ARGUMENTS },
		{ "{\"action\":\"add\"}", ERR_TOOL_ARGUMENTS },
		{ "{\"action\":\"commit\"}", ERR_TOOL_ARGUMENTS },
		{ "{\"action\":\"commit\",\"message\":\" \"}",
		    ERR_TOOL_ARGUMENTS },
		{ "{\"action\":\"blame\"}", ERR_TOOL_ARGUMENTS },
		{ "{\"action\":\"branch\",\"operation\":\"pop\"}",
		    ERR_TOOL_ARGUMENTS },
		{ "{\"action\":\"diff\",\"paths\":[\"/etc/passwd\"]}",
		    ERR_PATH_ESCAPE },
		{ "{\"action\":\"diff\",\"paths\":[\"../x\"]}",
		    ERR_PATH_ESCAPE },
		{ "{\"action\":\"status\",\"workdir\":\"..\"}",
		    ERR_PATH_ESCAPE },
		{ "{\"action\":\"diff\",\"revision\":\"nowhere\"}",
		    ERR_NOT_FOUND },
		/* nothing is staged */
		{ "{\"action\":\"commit\",\"message\":\"x\"}", ERR_GIT },
	};

	git_fixture_sh(f->folder, REPO ":");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_tool_error(f, "git", cases[i].args, cases[i].code);
}

static void
test_no_repository(void **state)
{
	setenv("GIT_CEILING_DIRECTORIES", "/tmp", 1);
	assert_tool_error(*state, "git", "{\"action\":\"status\"}",
	    ERR_GIT_NO_REPOSITORY);
	unsetenv("GIT_CEILING_DIRECTORIES");
}

/* A workspace inside of a larger repository sees its own part. */
static void
test_a_part_of_a_repository(void **state)
{
	struct tool_fixture *f = *state;
	CLEANUP(free_ptr) char *part = file_join(f->folder, "part");
	const char *roots[] = { part };
	struct workspace_opts opts = { .roots = roots, .n_roots = 1 };
	struct workspace *w = NULL;
	struct error err;

	git_fixture_sh(f->folder, REPO "mkdir part && echo x >part/x && "
		"git add . && git commit -qm part && echo y >>file && "
		"echo y >>part/x && touch new part/new");
	assert_ok(workspace_create(&opts, &w, &err));
	f->env.workspace = w;
	assert_tool_text(f, "git", "{\"action\":\"status\"}",
	    "On branch main\n?? part/new\n M part/x\n");
	assert_tool_text(f, "git", "{\"action\":\"diff\",\"stat\":true}",
	    "1 files, +1 -0\npart/x +1 -0\n");
	assert_tool_text(f, "git", "{\"action\":\"add\",\"all\":true}",
	    "Done.\n");
	f->env.workspace = f->workspace;
	workspace_destroy(w);
	assert_tool_text(f, "git", "{\"action\":\"status\"}",
	    "On branch main\n M file\n?? new\nA  part/new\nM  part/x\n");
}

struct asked {
	char kind[16], subject[200], summary[200];
	unsigned effects;
	bool diff_has_change;
};

static int
answer_no(const struct approval_request *request, struct approval_answer *ret,
    void *ctx, struct error *err)
{
	const struct tool_preview *p = request->preview;
	struct asked *a = ctx;

	snprintf(a->kind, sizeof(a->kind), "%s", request->kind);
	snprintf(a->subject, sizeof(a->subject), "%s", buf_text(&p->subject));
	snprintf(a->summary, sizeof(a->summary), "%s", buf_text(&p->summary));
	a->effects = p->effects;
	a->diff_has_change = strstr(buf_text(&p->diff), "\n+d\n") != NULL;
	ret->decision = APPROVE_NO;
	return 0;
}

static void
test_changes_ask_with_the_command_and_the_diff(void **state)
{
	struct tool_fixture *f = *state;
	struct asked asked = { .effects = 0 };

	git_fixture_sh(f->folder, REPO "echo d >>file && git add .");
	f->policy.mode = MODE_EDIT;
	f->door.ask = answer_no;
	f->door.ctx = &asked;
	assert_tool_error(f, "git",
	    "{\"action\":\"commit\",\"message\":\"second\\n\\nbody\"}",
	    ERR_POLICY_DENIED);
	assert_string_equal(asked.kind, "git");
	assert_string_equal(asked.subject,
	    "git commit -m 'second\n\nbody'");
	assert_string_equal(asked.summary, "git commit -m 'second …");
	assert_int_equal(asked.effects,
	    EFFECT_WRITES_GIT | EFFECT_RUNS_COMMANDS);
	assert_true(asked.diff_has_change);
	git_fixture_sh(f->folder, "test $(git rev-list --count HEAD) = 1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TOOL_TEST(test_reading),
		TOOL_TEST(test_add_and_commit),
		TOOL_TEST(test_a_refused_commit_says_why),
		TOOL_TEST(test_branches),
		TOOL_TEST(test_stash),
		TOOL_TEST(test_arguments_are_never_options),
		TOOL_TEST(test_odd_paths),
		TOOL_TEST(test_wrong_calls),
		TOOL_TEST(test_no_repository),
		TOOL_TEST(test_a_part_of_a_repository),
		TOOL_TEST(test_changes_ask_with_the_command_and_the_diff),
	};

	git_fixture_environment();
	alarm(300);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
