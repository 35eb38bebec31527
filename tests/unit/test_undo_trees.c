/* Undo in trees that are not plain folders: git's worktrees, submodules,
 * repositories below, files that git keeps otherwise than they are, and what
 * is no file at all. */
#include "tests/unit/undo_fixture.h"

#define GIT "git init -q . && git add . && git commit -qm one && "
/* As if the commit was a while ago: then git's objects are relied on. */
#define SETTLE                                                                \
	"find . -name .git -prune -o -type f -exec touch -d '1 hour ago' {} "  \
	"+; git update-index -q --refresh || true; git status >/dev/null; "   \
	"sleep 0.1; "

static void
check_round_trip(struct undo_fixture *f, const char *command)
{
	CLEANUP(free_ptr) char *before = undo_fixture_tree(f);
	CLEANUP(free_ptr) char *after = NULL;
	CLEANUP(free_ptr) char *now = NULL;
	CLEANUP(free_ptr) char *again = NULL;

	undo_fixture_command(f, command);
	after = undo_fixture_tree(f);
	assert_string_not_equal(before, after);
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	now = undo_fixture_tree(f);
	assert_string_equal(now, before);
	assert_int_equal(undo_fixture_do(f, true, false), 0);
	again = undo_fixture_tree(f);
	assert_string_equal(again, after);
}

/* The workspace becomes another folder of the fixture's. */
static void
move_to(struct undo_fixture *f, const char *below)
{
	char *dir = mem_printf("%s/%s", f->dir, below);

	tracker_destroy(f->tracker);
	f->tracker = NULL;
	free(f->dir);
	f->dir = dir;
	f->tracker = undo_fixture_tracker(f, f->session);
}

static void
move_back(struct undo_fixture *f)
{
	*strrchr(f->dir, '/') = '\0';
}

static void
test_in_a_worktree(void **state)
{
	struct undo_fixture *f = *state;
	struct undo_objects_sum sum;
	struct error err;
	int64_t point;

	git_fixture_sh(f->dir, "mkdir main; cd main; echo a > a; mkdir s; "
	    "echo b > s/b; " GIT "git worktree add -q ../tree; cd ../tree; "
	    SETTLE);
	move_to(f, "tree");
	assert_ok(tracker_begin_command(f->tracker, &point, &err));
	tracker_end_command(f->tracker, point);
	assert_ok(undo_objects_sweep(undo_objects_of(f->undo), NULL, 0, &sum,
	    &err));
	/* Its files are git's; only the file .git is kept. */
	assert_int_equal(sum.objects, 1);
	check_round_trip(f, "echo 2 >> a; rm -r s; echo n > n");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	undo_fixture_command(f, "rm -rf .git a");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	git_fixture_sh(f->dir, "test -z \"$(git status --porcelain)\"");
	fixture_assert(f->dir, "a", STR("a\n"));
	move_back(f);
}

static void
test_with_a_submodule(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "mkdir lib; cd lib; echo l > l; " GIT
	    "cd ..; mkdir main; cd main; echo a > a; " GIT
	    "git -c protocol.file.allow=always submodule add -q ../lib sub; "
	    "git commit -qm sub; " SETTLE);
	move_to(f, "main");
	check_round_trip(f, "echo 2 >> sub/l; echo n > sub/n; rm a");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	/* Its own file .git comes back too. */
	undo_fixture_command(f, "rm -rf sub");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	git_fixture_sh(f->dir, "test -z \"$(git status --porcelain)\" && "
	    "test -z \"$(git -C sub status --porcelain)\"");
	move_back(f);
}

static void
test_below_the_top_of_a_repository(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "mkdir below; echo a > a; echo b > below/b; "
	    GIT SETTLE);
	move_to(f, "below");
	check_round_trip(f, "echo 2 >> b; echo c > c");
	move_back(f);
}

/* The history of a repository below is not kept: that is said before. */
static void
test_a_repository_below_is_named(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };
	char point[ID_SIZE];

	git_fixture_sh(f->dir, "mkdir own; cd own; echo a > a; "
	    GIT "true");
	undo_fixture_command(f, "rm -rf own");
	assert_non_null(strstr(f->warning, "own/.git/"));
	assert_int_equal(undo_fixture_plan(f, false, &plan), 0);
	assert_int_equal(plan.n, 3);
	assert_string_equal(plan.steps[1].path, "own/.git");
	assert_int_equal(plan.steps[1].fate, UNDO_LOST);
	assert_int_equal(undo_plan_apply(f->undo, &plan, NULL, point, NULL),
	    0);
	fixture_assert(f->dir, "own/a", STR("a\n"));
	assert_false(fixture_exists(f->dir, "own/.git"));
}

static void
test_a_cloned_repository_keeps_its_history(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "mkdir one; cd one; echo a > a; " GIT "true");
	undo_fixture_command(f, "git clone -q one two");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	assert_false(fixture_exists(f->dir, "two/a"));
	assert_true(fixture_exists(f->dir, "two/.git"));
	git_fixture_sh(f->dir, "git -C two log -1 >/dev/null");
}

/* Attributes that git has not seen, and settings that were others once. */
static void
test_line_ends_are_the_files_own(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "git init -q .; "
	    "printf '* text=auto eol=crlf\\n' > .gitattributes; "
	    "printf 'a\\r\\nb\\r\\n' > r; git add r; "
	    "rm .gitattributes; git -c core.autocrlf=true add r; "
	    "git commit -qm one; " SETTLE);
	check_round_trip(f, "rm r");
}

static void
test_an_untracked_filter_is_seen(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "git init -q .; "
	    "printf '* filter=turn\\n' > .gitattributes; "
	    "git config filter.turn.clean 'tr a-z A-Z'; "
	    "git config filter.turn.smudge 'tr A-Z a-z'; "
	    "echo abc > r; git add r; git commit -qm one; " SETTLE);
	check_round_trip(f, "rm r");
}

static void
test_an_index_that_is_told_to_look_away(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "echo one > a; echo one > b; " GIT SETTLE
	    "git update-index --assume-unchanged a; "
	    "git update-index --skip-worktree b; echo mine > a; "
	    "echo mine > b");
	check_round_trip(f, "rm a b");
}

/* Time and size as they were, but not the content. */
static void
test_a_content_changed_behind_gits_back(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "echo one > a; " GIT SETTLE
	    "cp -p a ref; echo two > a; touch -r ref a; rm ref");
	check_round_trip(f, "rm a");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	fixture_assert(f->dir, "a", STR("two\n"));
	/* … and between two scans. */
	check_round_trip(f, "cp -p a ref; echo six > a; touch -r ref a; "
			    "rm ref");
}

static void
test_no_file_is_no_conflict(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "mkfifo old; echo a > a");
	undo_fixture_command(f, "mkfifo new; echo b > a");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	fixture_assert(f->dir, "a", STR("a\n"));
	assert_true(fixture_exists(f->dir, "new"));
	assert_true(fixture_exists(f->dir, "old"));
}

static void
test_names_of_any_bytes(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "printf x > \"$(printf 'a\\nb')\"; "
	    "printf x > \"$(printf 'a\\377b')\"; printf x > ' -x'; "
	    "mkdir 'd ir'; printf x > 'd ir/*'; "
	    "ln -s \"$(printf 'no\\nwhere')\" l");
	check_round_trip(f, "for i in *; do rm -rf -- \"$i\"; done; "
			    "printf y > \"$(printf '\\001')\"");
}

static void
test_an_undo_is_not_the_background_commands(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };

	git_fixture_sh(f->dir, "echo a > a");
	undo_fixture_command(f, "echo b > a");
	tracker_border(f->tracker, true);
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	tracker_border(f->tracker, false);
	assert_int_equal(undo_fixture_plan(f, false, &plan),
	    -ERR_NOT_FOUND);
}

int
main(void)
{
#define TEST(name)                                                            \
	cmocka_unit_test_setup_teardown(name, undo_fixture_set_up,            \
	    undo_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_in_a_worktree),
		TEST(test_with_a_submodule),
		TEST(test_below_the_top_of_a_repository),
		TEST(test_a_repository_below_is_named),
		TEST(test_a_cloned_repository_keeps_its_history),
		TEST(test_line_ends_are_the_files_own),
		TEST(test_an_untracked_filter_is_seen),
		TEST(test_an_index_that_is_told_to_look_away),
		TEST(test_a_content_changed_behind_gits_back),
		TEST(test_no_file_is_no_conflict),
		TEST(test_names_of_any_bytes),
		TEST(test_an_undo_is_not_the_background_commands),
	};

	git_fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
