/* shell_effects: what is called reading only, and what destructive. */
#include "safety/policy.h"
#include "tests/unit/ws_fixture.h"
#include "tools/shell_effects.h"
#include "tools/tool.h"

enum verdict { READS, RUNS, DESTROYS };

static const struct {
	const char *command;
	enum verdict verdict;
} cases[] = {
	{ "ls", READS },
	{ "ls -la src", READS },
	{ "  pwd  ", READS },
	{ "cat a.txt src/b.c", READS },
	{ "head -n 5 a.txt", READS },
	{ "grep -rn main src", READS },
	{ "date", READS },
	/* known, with more around it */
	{ "ls -L", READS },
	{ "ls --color", READS },
	{ "date -s 10", RUNS },
	{ "date 1010", RUNS },
	{ "tail -f a.txt", READS },
	{ "grep -f a.txt b.txt", READS },
	{ "FOO=1 ls", RUNS },
	{ "ls 'src'", READS },
	{ "ls *", READS },
	{ "ls ~", RUNS },
	{ "cat a.txt | wc", READS },
	{ "ls; ls", READS },
	{ "ls && ls", READS },
	{ "ls > out", RUNS },
	{ "cat < a.txt", READS },
	{ "ls $HOME", RUNS },
	{ "ls `pwd`", RUNS },
	{ "ls\npwd", READS },
	{ "ls \\", RUNS },
	/* out of the workspace */
	{ "cat /etc/passwd", RUNS },
	{ "cat ../secret", RUNS },
	{ "cat src/../../secret", RUNS },
	{ "cat out", RUNS }, /* a link that leads out */
	/* programs that are not known to only read */
	{ "make", RUNS },
	{ "./ls", RUNS },
	{ "/bin/ls", READS },
	{ "git status", READS },
	{ "sort -o a.txt a.txt", DESTROYS },
	{ "find . -name x", READS },
	{ "rm a.txt", RUNS },
	{ "git push origin main", RUNS },
	{ "git checkout -b new", RUNS },
	{ "git checkout main; ls -f", RUNS },
	{ "git reset HEAD~1", RUNS },
	{ "git clean -n", RUNS },
	{ "chmod +x run", RUNS },
	/* lost work */
	{ "rm -r x", DESTROYS },
	{ "rm -rf x", DESTROYS },
	{ "rm -fR x", DESTROYS },
	{ "rm x --recursive", DESTROYS },
	{ "rm *", DESTROYS },
	{ "/bin/rm -rf x", DESTROYS },
	{ "sudo rm -rf /", DESTROYS },
	{ "true && rm -rf x", DESTROYS },
	{ "true;rm -rf x", DESTROYS },
	{ "bash -c \"rm -rf x\"", DESTROYS },
	{ "bash -c 'cd x&&rm -rf .'", DESTROYS },
	{ "find . | xargs rm -r", DESTROYS },
	{ "find . -delete", DESTROYS },
	{ "find . -exec rm {} +", DESTROYS },
	{ "x=$(rm -rf y)", DESTROYS },
	{ "echo `rm -rf y`", DESTROYS },
	{ "git reset --hard", DESTROYS },
	{ "git -C x reset --hard HEAD~1", DESTROYS },
	{ "git clean -fdx", DESTROYS },
	{ "git clean -f", DESTROYS },
	{ "git push --force", DESTROYS },
	{ "git push -f origin main", DESTROYS },
	{ "git push --force-with-lease", DESTROYS },
	{ "git push origin +main", DESTROYS },
	{ "git push origin --delete x", DESTROYS },
	{ "git checkout -- a.txt", DESTROYS },
	{ "git checkout .", DESTROYS },
	{ "git restore a.txt", DESTROYS },
	{ "git branch -D x", DESTROYS },
	{ "git stash drop", DESTROYS },
	{ "git stash clear", DESTROYS },
	{ "chmod -R 777 .", DESTROYS },
	{ "chown -R root .", DESTROYS },
	{ "dd if=/dev/zero of=x", DESTROYS },
	{ "mkfs.ext4 /dev/sda", DESTROYS },
	{ "truncate -s 0 a.txt", DESTROYS },
};

static enum verdict
verdict_of(unsigned effects)
{
	if (effects & EFFECT_DESTROYS)
		return DESTROYS;
	return effects & EFFECT_RUNS_COMMANDS ? RUNS : READS;
}

static void
test_cases(void **state)
{
	char *folder = fixture_folder();
	CLEANUP(free_ptr) char *link = file_join(folder, "out");
	const char *roots[] = { folder };
	struct workspace_opts opts = { .roots = roots, .n_roots = 1 };
	struct workspace *w = NULL;
	struct tool_env env = { .workspace = NULL };
	struct error err;

	fixture_write(folder, "a.txt", STR("a\n"));
	fixture_write(folder, "src/b.c", STR("b\n"));
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_ok(workspace_create(&opts, &w, &err));
	env.workspace = w;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;
		unsigned effects;

		shell_effects(str_from(cases[i].command), &env, folder, &j);
		effects = j.effects;

		if (verdict_of(effects) != cases[i].verdict)
			fail_msg("%s: verdict %d, wanted %d", cases[i].command,
			    verdict_of(effects), cases[i].verdict);
		/* Destroying is never less than running. */
		if (effects & EFFECT_DESTROYS)
			assert_true(effects & EFFECT_RUNS_COMMANDS);
	}
	workspace_destroy(w);
	fixture_remove(folder);
}

static void
test_nothing_is_read_without_a_workspace(void **state)
{
	const struct tool_env env = { .workspace = NULL };
	CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;

	shell_effects(STR("cat x"), &env, "/", &j);
	assert_true(j.effects & EFFECT_RUNS_COMMANDS);
}

static void
test_more_commands_than_can_be_looked_at_ask(void **state)
{
	const struct tool_env env = { .workspace = NULL };
	CLEANUP_SHELL_JUDGEMENT struct shell_judgement j;
	CLEANUP_BUF struct buf b = BUF_INIT(100 * KIB);

	for (int i = 0; i < 1000; i++)
		buf_add_cstr(&b, "echo a;");
	shell_effects(buf_str(&b), &env, "/", &j);
	assert_true(j.effects & EFFECT_OPAQUE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nothing_is_read_without_a_workspace),
		cmocka_unit_test(test_more_commands_than_can_be_looked_at_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
