/* The plan of a sandbox: what is mounted, hidden, held and passed on. What the
 * helper makes of it is tested from outside (e2e/test_sandbox.py). */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "safety/deny_list.h"
#include "safety/launcher.h"
#include "safety/sandbox_git.h"
#include "safety/sandbox_parts.h"
#include "safety/sandbox_walk.h"
#include "tests/unit/unit.h"

struct place {
	char top[64], root[96];
	struct deny_list *deny;
	struct sandbox_walk *walk;
};

static void
put(const struct place *p, const char *name, const char *text)
{
	CLEANUP(free_ptr) char *path = file_join(p->root, name);
	CLEANUP(free_ptr) char *folder = mem_strdup(path);
	struct error err = ERROR_INIT;

	*strrchr(folder, '/') = '\0';
	assert_ok(file_make_dirs(folder, &err));
	assert_ok(file_write_atomic(path, str_from(text), 0600, &err));
}

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);
	const char *roots[] = { p->root };

	snprintf(p->top, sizeof(p->top), "/tmp/friday-sandbox-XXXXXX");
	if (mkdtemp(p->top) == NULL)
		return -1;
	snprintf(p->root, sizeof(p->root), "%s/work", p->top);
	mkdir(p->root, 0700);
	p->deny = deny_list_create(&(struct deny_opts){ .roots = roots,
	    .n_roots = 1 });
	p->walk = sandbox_walk_create();
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	sandbox_walk_destroy(p->walk);
	deny_list_destroy(p->deny);
	file_remove_tree(p->top);
	free(p);
	return 0;
}

static void
note(enum walk_find what, const char *path, void *ctx)
{
	static const char letters[] = { [WALK_SECRET] = 's',
		[WALK_PROTECTED] = 'p', [WALK_PINNED] = 'n',
		[WALK_GIT] = 'g' };
	struct buf *out = ctx;

	buf_printf(out, "%c%s\n", letters[what], strrchr(path, '/') + 1);
}

static size_t
finds(struct place *p, const char *line)
{
	CLEANUP_BUF struct buf found = BUF_INIT(64 * 1024);
	struct error err = ERROR_INIT;
	struct str rest, one;
	size_t n = 0;

	assert_ok(sandbox_walk_run(p->walk, p->root, p->deny, note, &found,
	    &err));
	rest = buf_str(&found);
	while (str_next_line(&rest, &one))
		n += str_eq_c(one, line);
	return n;
}

static void
test_the_walk_finds(void **state)
{
	struct place *p = *state;

	put(p, ".git/HEAD", "x");
	put(p, "a/b/.env", "x");
	put(p, "a/.vscode/tasks.json", "x");
	put(p, ".github/workflows/ci.yml", "x");
	put(p, "other/workflows/ci.yml", "x");
	put(p, "a/plain.txt", "x");
	assert_int_equal(finds(p, "g.git"), 1);
	assert_int_equal(finds(p, "s.env"), 1);
	assert_int_equal(finds(p, "p.vscode"), 1);
	assert_int_equal(finds(p, "pworkflows"), 1);
	assert_int_equal(finds(p, "splain.txt"), 0);
}

static void
test_the_walk_sees_changes(void **state)
{
	struct place *p = *state;

	put(p, "a/b/c.txt", "x");
	assert_int_equal(finds(p, "s.env"), 0);
	put(p, "a/b/.env", "x");
	assert_int_equal(finds(p, "s.env"), 1);
	put(p, "a/d/.ENV.local", "x");
	assert_int_equal(finds(p, "s.ENV.local"), 1);
	put(p, ".fridayignore", "c.txt\n");
	assert_int_equal(finds(p, "sc.txt"), 1);
	put(p, ".fridayignore", "nothing\n");
	assert_int_equal(finds(p, "sc.txt"), 0);
}

static void
test_links_are_not_walked(void **state)
{
	struct place *p = *state;
	CLEANUP(free_ptr) char *link_path = file_join(p->root, "up");

	put(p, "a/.env", "x");
	assert_int_equal(symlink(p->top, link_path), 0);
	assert_int_equal(finds(p, "s.env"), 1);
}

static bool
has(const struct sandbox_args *a, const char *option, const char *value)
{
	for (size_t i = 0; i + 1 < a->n; i++)
		if (strcmp(a->items[i], option) == 0 &&
		    strcmp(a->items[i + 1], value) == 0)
			return true;
	return false;
}

static void
test_a_gitdir_must_name_the_workspace(void **state)
{
	struct place *p = *state;
	struct sandbox_opts opts = SANDBOX_OPTS_INIT;
	CLEANUP(sandbox_args_release) struct sandbox_args a = { .n = 0 };
	CLEANUP(sandbox_args_release) struct sandbox_args b = { .n = 0 };
	CLEANUP(free_ptr) char *common = mem_printf("%s/other/.git", p->top);
	CLEANUP(free_ptr) char *hooks = mem_printf("%s/hooks", common);
	CLEANUP(free_ptr) char *text = mem_printf(
	    "gitdir: %s/worktrees/w\n", common);
	CLEANUP(free_ptr) char *back = mem_printf("%s/.git\n", p->root);
	const char *roots[] = { p->root };

	opts.roots = roots;
	opts.n_roots = 1;
	put(p, ".git", text);
	put(p, "../other/.git/HEAD", "x");
	put(p, "../other/.git/hooks/x", "x");
	put(p, "../other/.git/worktrees/w/commondir", "../..\n");
	sandbox_add_repo(&a, &opts, p->root);
	assert_false(has(&a, "--write", common));
	put(p, "../other/.git/worktrees/w/gitdir", back);
	sandbox_add_repo(&b, &opts, p->root);
	assert_true(has(&b, "--write", common));
	assert_true(has(&b, "--protect", hooks));
}

static void
list_path(enum git_path what, const char *path, void *ctx)
{
	struct buf *out = ctx;

	buf_printf(out, "%d %s\n", (int)what, strrchr(path, '/') + 1);
}

static void
test_paths_of_a_git_configuration(void **state)
{
	struct place *p = *state;
	CLEANUP(free_ptr) char *config = file_join(p->root, "config");
	CLEANUP_BUF struct buf out = BUF_INIT(1024);
	static const char *const there[] = { "hooks/x", "home/ignore",
		"home/inc", "rules", "a b", NULL };

	for (size_t i = 0; there[i] != NULL; i++)
		put(p, there[i], "x");
	put(p, "deep", "[include]\npath = config\n"); /* round and round */
	put(p, "config", "[core]hooksPath=hooks\n"
	    "[CORE]\n\tExcludesFile = ~/ignore ; why\n"
	    "attributesfile = relative\n"
	    "[include \"x\"]\n  path = \"a b\" # no\n"
	    "[includeIf \"gitdir:~/w/\"]\npath=~/inc\n"
	    "[include]\npath = deep\npath = missing\n"
	    "[remote \"o\"]\npath = rules\nhooksPath = hooks\n"
	    "[core\nhooksPath = hooks\n=\n[]\n]\n\"\\");
	{
		CLEANUP(free_ptr) char *home = file_join(p->root, "home");

		sandbox_git_paths(config, p->root, home, list_path, &out);
	}
	assert_non_null(strstr(buf_text(&out), "0 hooks\n4 ignore\n"
	    "1 a b\n1 inc\n1 deep\n1 config\n"));
	assert_null(strstr(buf_text(&out), "rules"));
	assert_null(strstr(buf_text(&out), "missing"));
}

/* What is not there yet is guarded, but not beside background shells, and
 * nothing where the user has approved. */
static void
test_what_is_not_there_is_guarded(void **state)
{
	static const struct {
		bool lasting, unprotected;
		const char *there, *missing;
	} rows[] = {
		{ false, false, "--protect", "--guard" },
		{ true, false, "--protect", NULL },
		{ false, true, NULL, NULL },
	};
	struct place *p = *state;
	CLEANUP(free_ptr) char *hooks = file_join(p->root, ".git/hooks");
	CLEANUP(free_ptr) char *config = file_join(p->root, ".git/config");
	const char *roots[] = { p->root };

	put(p, ".git/config", "");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(sandbox_args_release) struct sandbox_args a = {
			.n = 0 };
		struct sandbox_opts opts = SANDBOX_OPTS_INIT;

		opts.roots = roots;
		opts.n_roots = 1;
		opts.lasting = rows[i].lasting;
		opts.unprotected = rows[i].unprotected;
		sandbox_add_repo(&a, &opts, p->root);
		assert_int_equal(has(&a, "--protect", config),
		    rows[i].there != NULL);
		assert_int_equal(has(&a, "--guard", hooks),
		    rows[i].missing != NULL);
	}
}

static void
test_packages_of_others_are_not_protected(void **state)
{
	struct place *p = *state;

	put(p, "node_modules/a/.vscode/x", "x");
	put(p, "node_modules/a/.env", "x");
	put(p, "src/.vscode/x", "x");
	assert_int_equal(finds(p, "p.vscode"), 1);
	assert_int_equal(finds(p, "s.env"), 1);
}

static void
test_the_environment(void **state)
{
	static const char *const from[] = { "PATH=/bin", "OPENAI_API_KEY=k",
		"GITHUB_TOKEN=k", "SSH_AUTH_SOCK=k", "CFLAGS=-O2", "LC_ALL=C",
		"GIT_AUTHOR_NAME=n", "RUST_TOKEN=k", "MINE=1", "OTHER=1",
		"PYTHON_PASSWORD=k", "HOME=/h", NULL };
	static const char *const names[] = { "MINE" };
	struct sandbox_opts opts = SANDBOX_OPTS_INIT;
	CLEANUP(sandbox_args_release) struct sandbox_args env = { .n = 0 };
	size_t kept = 0;

	opts.environ_ = from;
	opts.env_names = names;
	opts.n_env_names = 1;
	sandbox_make_env(&env, &opts, NULL);
	for (size_t i = 0; i < env.n; i++) {
		assert_null(strstr(env.items[i], "=k"));
		assert_null(strstr(env.items[i], "OTHER"));
		kept += strcmp(env.items[i], "MINE=1") == 0;
		kept += strcmp(env.items[i], "CFLAGS=-O2") == 0;
		kept += strcmp(env.items[i], "LC_ALL=C") == 0;
		kept += strcmp(env.items[i], "GIT_AUTHOR_NAME=n") == 0;
		kept += strcmp(env.items[i], "TMPDIR=/tmp") == 0;
	}
	assert_int_equal(kept, 5);
}

static void
test_roots_that_are_none(void **state)
{
	static const char *const refused[] = { "/", "/etc", "/usr", "/home",
		"/var", "/tmp", "/proc", "/run", "relative" };

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (sandbox_root_allowed(refused[i]))
			fail_msg("%s", refused[i]);
	assert_true(sandbox_root_allowed("/home/u"));
	assert_true(sandbox_root_allowed("/tmp/x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_walk_finds, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_the_walk_sees_changes,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_links_are_not_walked,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_a_gitdir_must_name_the_workspace, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_paths_of_a_git_configuration, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_what_is_not_there_is_guarded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_packages_of_others_are_not_protected, set_up,
		    tear_down),
		cmocka_unit_test(test_the_environment),
		cmocka_unit_test(test_roots_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
