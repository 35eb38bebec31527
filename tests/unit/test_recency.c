/* How lately files changed, from real histories. */
#include "base/file.h"
#include "base/mem.h"
#include "index/recency.h"
#include "tests/unit/git_fixture.h"

struct place {
	char *folder; /* with the repository `r` and what is kept in `kept` */
	char *root, *kept;
};

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);

	p->folder = fixture_folder();
	p->root = file_join(p->folder, "r");
	p->kept = file_join(p->folder, "kept");
	git_fixture_sh(p->folder, "mkdir kept; git init -q -b main r");
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	fixture_remove(p->folder);
	free(p->root);
	free(p->kept);
	free(p);
	return 0;
}

static bool
update(const char *root, const char *kept)
{
	struct error err = ERROR_INIT;
	bool changed = false;

	assert_ok(recency_update(root, kept, NULL, &changed, &err));
	return changed;
}

static float
of(const struct place *p, const char *path)
{
	CLEANUP(recency_destroyp) struct recency *r = recency_read(p->kept);

	return recency_of(r, str_from(path));
}

#define COMMIT "git add -A && git commit -q -m x"

static void
each_commit_since_makes_it_less(void **state)
{
	const struct place *p = *state;

	git_fixture_sh(p->root, "mkdir d; echo 1 > 'd/a b.c'; " COMMIT
	    "; echo 1 > b.c; " COMMIT "; echo 2 > c.c; " COMMIT
	    "; echo 2 > b.c; " COMMIT);
	assert_true(update(p->root, p->kept));
	assert_true(of(p, "b.c") == 1);
	assert_true(of(p, "c.c") < 1);
	assert_true(of(p, "d/a b.c") < of(p, "c.c"));
	assert_true(of(p, "d/a b.c") > 0);
	assert_true(of(p, "d/a") == 0);
}

static void
nothing_is_read_while_head_stays(void **state)
{
	const struct place *p = *state;

	git_fixture_sh(p->root, "echo 1 > a.c; " COMMIT);
	assert_true(update(p->root, p->kept));
	git_fixture_sh(p->root, "echo 2 > a.c");
	assert_false(update(p->root, p->kept));
	git_fixture_sh(p->root, "git pack-refs --all");
	update(p->root, p->kept);
	assert_false(update(p->root, p->kept));
	git_fixture_sh(p->root, COMMIT);
	assert_true(update(p->root, p->kept));
	git_fixture_sh(p->root, "git checkout -q --detach HEAD~1");
	assert_true(update(p->root, p->kept));
}

/* What was read of old commits is what would be read anew. */
static void
step_by_step_is_the_same_as_at_once(void **state)
{
	const struct place *p = *state;
	CLEANUP(free_ptr) char *at_once = file_join(p->folder, "at_once");
	CLEANUP_BUF struct buf a = BUF_INIT(1 * MIB), b = BUF_INIT(1 * MIB);
	CLEANUP(free_ptr) char *first = file_join(p->kept, "recency");
	CLEANUP(free_ptr) char *second = file_join(at_once, "recency");
	struct error err = ERROR_INIT;

	for (int i = 0; i < 5; i++) {
		CLEANUP(free_ptr) char *script = mem_printf(
		    "echo %d > f%d.c; " COMMIT, i, i % 3);

		git_fixture_sh(p->root, script);
		assert_true(update(p->root, p->kept));
	}
	git_fixture_sh(p->root, "git checkout -q -b side HEAD~2 && "
	    "echo x > side.c && " COMMIT " && git checkout -q main && "
	    "git merge -q -m x side");
	assert_true(update(p->root, p->kept));
	git_fixture_sh(p->folder, "mkdir at_once");
	assert_true(update(p->root, at_once));
	assert_ok(file_read(first, &a, &err));
	assert_ok(file_read(second, &b, &err));
	assert_int_equal(a.len, b.len);
	assert_memory_equal(buf_text(&a), buf_text(&b), a.len);
	assert_true(of(p, "side.c") > 0);
}

static void
a_commit_of_very_many_files_says_nothing(void **state)
{
	const struct place *p = *state;

	git_fixture_sh(p->root, "echo 1 > a.c; " COMMIT
	    "; for i in $(seq 40); do echo 1 > f$i.c; done; echo 2 > a.c; "
	    COMMIT);
	assert_true(update(p->root, p->kept));
	assert_true(of(p, "f1.c") == 0);
	assert_true(of(p, "a.c") > 0 && of(p, "a.c") < 1);
}

static void
a_worktree_has_its_own_head(void **state)
{
	const struct place *p = *state;
	CLEANUP(free_ptr) char *tree = file_join(p->folder, "tree");

	git_fixture_sh(p->root, "echo 1 > a.c; " COMMIT
	    "; git worktree add -q -b other ../tree");
	assert_true(update(tree, p->kept));
	git_fixture_sh(p->root, "echo 1 > b.c; " COMMIT);
	assert_false(update(tree, p->kept));
	git_fixture_sh(tree, "echo 1 > c.c; " COMMIT);
	assert_true(update(tree, p->kept));
	assert_true(of(p, "c.c") == 1);
	assert_true(of(p, "b.c") == 0);
}

static void
without_history_there_is_none(void **state)
{
	const struct place *p = *state;

	assert_null(recency_read(p->kept));
	assert_true(recency_of(NULL, STR("a.c")) == 0);
	assert_false(update(p->folder, p->kept)); /* no repository */
	assert_true(update(p->root, p->kept));	  /* no commits */
	assert_false(update(p->root, p->kept));
	assert_true(of(p, "a.c") == 0);
}

/* A folder that only looks like a repository. */
static void
what_is_no_repository_holds_nobody_up(void **state)
{
	const struct place *p = *state;
	static const char *const heads[] = {
		"mkfifo r/.git/HEAD",
		"mkdir r/.git/HEAD",
		"echo 'ref: ../../../../../dev/zero' > r/.git/HEAD",
		"mkdir -p r/.git/refs/x; mkfifo r/.git/refs/x/y; "
		"echo 'ref: refs/x/y' > r/.git/HEAD",
		"rm -r r/.git; mkfifo r/.git",
	};

	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		git_fixture_sh(p->folder, "rm -rf r/.git/HEAD");
		git_fixture_sh(p->folder, heads[i]);
		update(p->root, p->kept);
		assert_false(update(p->root, p->kept));
		assert_true(of(p, "a.c") == 0);
	}
}

/* The cache folder is the user's own, but disks fail. */
static void
damaged_files_are_read_as_far_as_they_go(void **state)
{
	const struct place *p = *state;
	const struct str cases[] = {
		STR(""), STR("\n"), STR("x\n"), STR("x\nfa.c"),
		STR("x\n\0\0\0"), STR("x\nc\0f\0f"), STR("x\ncab"),
	};
	CLEANUP(free_ptr) char *file = file_join(p->kept, "recency");
	struct error err = ERROR_INIT;

	git_fixture_sh(p->root, "echo 1 > a.c; " COMMIT);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_ok(file_write_atomic(file, cases[i], 0600, &err));
		assert_true(of(p, "a.c") == 0);
		assert_true(update(p->root, p->kept));
		assert_true(of(p, "a.c") == 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_commit_since_makes_it_less),
		TEST(nothing_is_read_while_head_stays),
		TEST(step_by_step_is_the_same_as_at_once),
		TEST(a_commit_of_very_many_files_says_nothing),
		TEST(a_worktree_has_its_own_head),
		TEST(without_history_there_is_none),
		TEST(what_is_no_repository_holds_nobody_up),
		TEST(damaged_files_are_read_as_far_as_they_go),
	};

	git_fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
