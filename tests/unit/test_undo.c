/* Undo by its own interface: contents, points, plans, scans, kills. */
#include "tests/unit/undo_fixture.h"

#include <signal.h>

#include "base/map.h"
#include "undo/scan.h"

/* --- contents ----------------------------------------------------------- */

static void
test_contents_are_kept_once_and_checked(void **state)
{
	struct undo_fixture *f = *state;
	struct undo_objects *o = undo_objects_of(f->undo);
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);
	CLEANUP(free_ptr) char *path = NULL;
	char one[HASH_SIZE], two[HASH_SIZE];
	struct undo_objects_sum sum;
	struct error err;

	assert_ok(undo_objects_put(o, STR("a\0b"), 0, one, &err));
	assert_ok(undo_objects_put(o, STR("a\0b"), UNDO_OBJECT_SYNCED, two,
	    &err));
	assert_string_equal(one, two);
	assert_ok(undo_objects_read(o, one, &out, &err));
	assert_true(str_eq(buf_str(&out), STR("a\0b")));
	assert_ok(undo_objects_sweep(o, NULL, 0, &sum, &err));
	assert_int_equal(sum.objects, 1);

	path = mem_printf("%s/undo/objects/%.2s/%s", f->state, one, one + 2);
	assert_ok(file_write_atomic(path, STR("wrong"), 0600, &err));
	buf_clear(&out);
	assert_error(undo_objects_read(o, one, &out, &err), ERR_IO);
	assert_int_equal(out.len, 0);
	assert_error(undo_objects_read(o, "../../secret", &out, &err),
	    ERR_NOT_FOUND);
}

static void
test_a_sweep_keeps_what_is_named_and_what_is_new(void **state)
{
	struct undo_fixture *f = *state;
	struct undo_objects *o = undo_objects_of(f->undo);
	CLEANUP(map_destroyp) struct map *kept = map_create(NULL);
	char one[HASH_SIZE], two[HASH_SIZE];
	struct undo_objects_sum sum;
	struct error err;

	assert_ok(undo_objects_put(o, STR("1"), 0, one, &err));
	assert_ok(undo_objects_put(o, STR("2"), 0, two, &err));
	map_set(kept, str_from(one), f);
	assert_ok(undo_objects_sweep(o, kept, 3600 * 1000, &sum, &err));
	assert_int_equal(sum.objects, 2);
	/* As if an hour had gone by. */
	assert_ok(undo_objects_sweep(o, kept, -10 * 1000, &sum, &err));
	assert_int_equal(sum.objects, 1);
	assert_true(undo_objects_has(o, one));
	assert_false(undo_objects_has(o, two));
}

/* --- file tools --------------------------------------------------------- */

static struct tracker_file
file_change(const struct undo_fixture *f, const char *path, struct str before,
    struct str after)
{
	return (struct tracker_file){ .root = f->dir, .path = path,
		.before = { .kind = before.ptr ? UNDO_FILE : UNDO_ABSENT,
		    .mode = before.ptr ? 0644 : 0 },
		.after = { .kind = after.ptr ? UNDO_FILE : UNDO_ABSENT,
		    .mode = after.ptr ? 0644 : 0 },
		.before_bytes = before, .after_bytes = after };
}

static void
test_files_of_a_call_come_back(void **state)
{
	struct undo_fixture *f = *state;
	struct tracker_file files[] = {
		file_change(f, "a", STR("old"), STR("new")),
		file_change(f, "b", STR_NONE, STR("made")),
	};
	struct error err;
	int64_t point;

	fixture_text(f->dir, "a", "old");
	assert_ok(tracker_begin_files(f->tracker, files, 2, &point, &err));
	fixture_text(f->dir, "a", "new");
	fixture_text(f->dir, "b", "made");
	tracker_end_files(f->tracker, point, files, 2, true);
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	fixture_assert(f->dir, "a", STR("old"));
	assert_false(fixture_exists(f->dir, "b"));
	assert_int_equal(undo_fixture_do(f, true, false), 0);
	fixture_assert(f->dir, "a", STR("new"));
	fixture_assert(f->dir, "b", STR("made"));
}

static void
test_a_call_that_changed_nothing_is_no_point(void **state)
{
	struct undo_fixture *f = *state;
	struct tracker_file file = file_change(f, "a", STR("old"),
	    STR("new"));
	struct error err;
	int64_t point;

	fixture_text(f->dir, "a", "old");
	assert_ok(tracker_begin_files(f->tracker, &file, 1, &point, &err));
	tracker_end_files(f->tracker, point, &file, 1, false);
	assert_int_equal(undo_fixture_do(f, false, false), -ERR_NOT_FOUND);
}

/* A kill between the point and the change, and behind the change. */
static void
test_a_cut_off_call_is_settled_by_what_is_there(void **state)
{
	struct undo_fixture *f = *state;
	struct tracker_file file = file_change(f, "a", STR("old"),
	    STR("new"));
	struct error err;
	int64_t point;

	fixture_text(f->dir, "a", "old");
	assert_ok(tracker_begin_files(f->tracker, &file, 1, &point, &err));
	assert_ok(undo_recover(f->undo, f->reader, f->session, &err));
	assert_int_equal(undo_fixture_do(f, false, false), -ERR_NOT_FOUND);

	assert_ok(tracker_begin_files(f->tracker, &file, 1, &point, &err));
	fixture_text(f->dir, "a", "new");
	assert_int_equal(undo_fixture_do(f, false, false), -ERR_NOT_FOUND);
	assert_ok(undo_recover(f->undo, f->reader, f->session, &err));
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	fixture_assert(f->dir, "a", STR("old"));
}

static void
test_links_on_the_way_are_not_followed(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP(free_ptr) char *outside = fixture_folder();

	git_fixture_sh(f->dir, "mkdir d; echo old > d/a");
	undo_fixture_command(f, "echo new > d/a");
	fixture_text(outside, "a", "new\n");
	git_fixture_sh(f->dir, "rm -r d");
	fixture_link(f->dir, "d", outside);
	assert_int_equal(undo_fixture_do(f, false, false),
	    -ERR_UNDO_CONFLICT);
	fixture_assert(outside, "a", STR("new\n"));
	fixture_remove(steal(outside));
}

/* --- commands ----------------------------------------------------------- */

#define MANY_KINDS                                                            \
	"echo more >> a; rm b; mv c moved; chmod 600 moved; mkdir -p x/y; "   \
	"echo z > x/y/z; rm l; ln -s elsewhere l; rmdir e; rm -r d; "         \
	"echo file > d; rm f; mkdir f; echo in > f/in; printf 'a\\nb\\n' > r"
#define MANY_KINDS_BEFORE                                                     \
	"echo a > a; echo b > b; echo c > c; chmod 755 c; ln -s a l; "        \
	"mkdir e d; echo x > d/x; echo f > f; printf 'a\\r\\nb\\r\\n' > r"

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

static void
test_commands_come_back_without_git(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, MANY_KINDS_BEFORE);
	check_round_trip(f, MANY_KINDS);
}

#define GIT "git init -q . && git add . && git commit -qm one && "

static void
test_clean_files_come_back_from_git(void **state)
{
	struct undo_fixture *f = *state;
	struct undo_objects_sum sum;
	struct error err;
	int64_t point;

	git_fixture_sh(f->dir, MANY_KINDS_BEFORE "; " GIT
	    "touch -d '1 hour ago' a b c r f d/x && git update-index -q "
	    "--refresh; git status >/dev/null; "
	    "touch -d '1 minute ago' .git/index; sleep 0.1");
	/* Files of git's are not copied before a command. */
	assert_ok(tracker_begin_command(f->tracker, &point, &err));
	tracker_end_command(f->tracker, point);
	assert_ok(undo_objects_sweep(undo_objects_of(f->undo), NULL, 0, &sum,
	    &err));
	assert_int_equal(sum.objects, 1); /* the link's target */
	check_round_trip(f, MANY_KINDS);
}

static void
test_converted_files_are_not_taken_from_git(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir,
	    "printf '* text=auto eol=crlf\\n' > .gitattributes; "
	    "printf 'a\\r\\nb\\r\\n' > r; " GIT
	    "touch -d '1 hour ago' r && git update-index -q --refresh; "
	    "sleep 0.1");
	check_round_trip(f, "rm r");
}

static void
test_the_users_later_work_is_left_alone(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };

	git_fixture_sh(f->dir, "echo a > a; echo b > b");
	undo_fixture_command(f, "echo 2 > a; echo 2 > b");
	fixture_text(f->dir, "a", "mine");
	assert_int_equal(undo_fixture_plan(f, false, &plan), 0);
	assert_int_equal(plan.n, 2);
	assert_int_equal(plan.steps[0].fate, UNDO_CONFLICT);
	assert_int_equal(plan.steps[1].fate, UNDO_CHANGE);
	assert_int_equal(undo_fixture_do(f, false, false),
	    -ERR_UNDO_CONFLICT);
	fixture_assert(f->dir, "a", STR("mine"));
	fixture_assert(f->dir, "b", STR("2\n"));
	assert_int_equal(undo_fixture_do(f, false, true), 0);
	fixture_assert(f->dir, "a", STR("a\n"));
	assert_int_equal(undo_fixture_do(f, true, false), 0);
	fixture_assert(f->dir, "a", STR("mine"));
}

/* The user's edit between two calls would be lost by an undo of both. */
static void
test_work_between_two_changes_is_asked_about(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "echo 1 > a");
	undo_fixture_command(f, "echo 2 > a");
	fixture_text(f->dir, "a", "mine\n");
	undo_fixture_command(f, "echo 3 >> a");
	assert_int_equal(undo_fixture_do(f, false, false),
	    -ERR_UNDO_CONFLICT);
	fixture_assert(f->dir, "a", STR("mine\n3\n"));
}

static void
test_background_changes_are_found_and_asked_about(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };

	git_fixture_sh(f->dir, "echo a > a; echo b > b");
	undo_fixture_command(f, "echo 2 > b");
	tracker_border(f->tracker, true);
	git_fixture_sh(f->dir, "echo later > a");
	tracker_border(f->tracker, false);
	assert_int_equal(undo_fixture_plan(f, false, &plan), 0);
	assert_int_equal(plan.n, 2);
	assert_int_equal(plan.steps[0].fate, UNDO_CONFLICT);
	assert_int_equal(plan.steps[1].fate, UNDO_CHANGE);
}

static void
test_two_sessions_in_one_folder(void **state)
{
	struct undo_fixture *f = *state;
	struct tracker_file file = file_change(f, "theirs", STR("t"),
	    STR("T"));
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };
	CLEANUP(tracker_destroyp) struct tracker *other = NULL;
	char session[ID_SIZE];
	struct error err;
	int64_t ours, theirs;

	git_fixture_sh(f->dir, "printf o > ours; printf t > theirs");
	undo_fixture_session(f, session);
	other = undo_fixture_tracker(f, session);
	assert_ok(tracker_begin_command(f->tracker, &ours, &err));
	assert_ok(tracker_begin_files(other, &file, 1, &theirs, &err));
	git_fixture_sh(f->dir, "printf O > ours; printf T > theirs");
	tracker_end_files(other, theirs, &file, 1, true);
	tracker_end_command(f->tracker, ours);
	assert_int_equal(undo_fixture_plan(f, false, &plan), 0);
	assert_int_equal(plan.n, 1);
	assert_string_equal(plan.steps[0].path, "ours");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	fixture_assert(f->dir, "theirs", STR("T"));
}

static void
test_what_is_too_large_is_named_first(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };

	undo_fixture_close(f);
	f->file_max = 1000;
	undo_fixture_open(f);
	f->tracker = undo_fixture_tracker(f, f->session);
	git_fixture_sh(f->dir, "head -c 2000 /dev/zero > big; echo a > a");
	undo_fixture_command(f, "echo x >> big; echo x >> a");
	assert_non_null(strstr(f->warning, "big"));
	assert_int_equal(undo_fixture_plan(f, false, &plan), 0);
	assert_int_equal(plan.n, 2);
	assert_int_equal(plan.steps[0].fate, UNDO_CHANGE);
	assert_int_equal(plan.steps[1].fate, UNDO_LOST);
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	fixture_assert(f->dir, "a", STR("a\n"));
}

static void
test_what_is_made_too_large_can_still_go(void **state)
{
	struct undo_fixture *f = *state;

	undo_fixture_close(f);
	f->file_max = 1000;
	f->tree_max = 3000;
	undo_fixture_open(f);
	f->tracker = undo_fixture_tracker(f, f->session);
	fixture_text(f->dir, "a", "a");
	undo_fixture_command(f, "head -c 2000 /dev/zero > big; "
	    "for i in 1 2 3 4 5; do head -c 900 /dev/zero > $i; done; rm a");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	assert_false(fixture_exists(f->dir, "big"));
	assert_false(fixture_exists(f->dir, "5"));
	fixture_assert(f->dir, "a", STR("a"));
	assert_int_equal(undo_fixture_do(f, true, false), 0);
	assert_true(fixture_exists(f->dir, "big"));
	/* Somebody's later work is still told apart. */
	fixture_text(f->dir, "big", "mine");
	assert_int_equal(undo_fixture_do(f, false, false),
	    -ERR_UNDO_CONFLICT);
}

/* What was known before a command is known after it. */
static void
test_a_folder_that_a_command_makes_large(void **state)
{
	struct undo_fixture *f = *state;

	git_fixture_sh(f->dir, "mkdir build; echo mine > build/mine");
	undo_fixture_command(f, "cd build; rm mine; seq 2100 | xargs touch");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	fixture_assert(f->dir, "build/mine", STR("mine\n"));
	assert_false(fixture_exists(f->dir, "build/1"));
	assert_int_equal(undo_fixture_do(f, true, false), 0);
	/* From the next command on it is bounded, and named. */
	undo_fixture_command(f, "rm build/1");
	assert_non_null(strstr(f->warning, "build/"));
}

static void
test_a_cut_off_command_is_found_at_the_next_start(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP(free_ptr) char *before = NULL;
	CLEANUP(free_ptr) char *now = NULL;
	struct error err;
	int64_t point;

	git_fixture_sh(f->dir, MANY_KINDS_BEFORE);
	before = undo_fixture_tree(f);
	assert_ok(tracker_begin_command(f->tracker, &point, &err));
	git_fixture_sh(f->dir, MANY_KINDS);
	/* The process is gone; another one starts. */
	undo_fixture_close(f);
	undo_fixture_open(f);
	assert_ok(undo_recover(f->undo, f->reader, f->session, &err));
	assert_int_equal(undo_fixture_do(f, false, false),
	    -ERR_UNDO_CONFLICT);
	assert_int_equal(undo_fixture_do(f, false, true), 0);
	now = undo_fixture_tree(f);
	assert_string_equal(now, before);
}

/* --- kills -------------------------------------------------------------- */

/* Undoes in a child and kills it when some files are back. */
static void
undo_and_be_killed(struct undo_fixture *f, int seen_at)
{
	CLEANUP(free_ptr) char *watched = mem_printf("%s/%03d", f->dir,
	    seen_at);
	struct stat was, is;
	pid_t child;

	assert_int_equal(stat(watched, &was), 0);
	/* Threads do not survive a fork: the child opens its own. */
	undo_fixture_close(f);
	child = fork();
	if (child == 0) {
		undo_fixture_open(f);
		undo_fixture_do(f, false, false);
		_exit(0);
	}
	do {
		if (stat(watched, &is) < 0)
			is = was;
	} while (is.st_ino == was.st_ino &&
	    waitpid(child, NULL, WNOHANG) == 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	undo_fixture_open(f);
}

static void
test_a_killed_restore_is_completed(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP(free_ptr) char *before = NULL;
	static const int at[] = { 0, 7, 150, 290 };
	struct error err;

	git_fixture_sh(f->dir,
	    "for i in $(seq -w 0 299); do echo old $i > $i; done");
	before = undo_fixture_tree(f);
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		CLEANUP(free_ptr) char *now = NULL;

		if (f->tracker == NULL)
			f->tracker = undo_fixture_tracker(f, f->session);
		undo_fixture_command(f,
		    "for i in $(seq -w 0 299); do echo new > $i; done; "
		    "echo made > made");
		undo_and_be_killed(f, at[i]);
		assert_ok(undo_recover(f->undo, f->reader, f->session, &err));
		now = undo_fixture_tree(f);
		assert_string_equal(now, before);
	}
}

static void
test_a_half_restore_leaves_what_the_user_did_since(void **state)
{
	struct undo_fixture *f = *state;
	struct undo_point point = { .source = UNDO_BY_UNDO };
	struct undo_objects *o = undo_objects_of(f->undo);
	struct undo_entry e = { f->dir, (char *)(uintptr_t)"a",
		{ .kind = UNDO_FILE, .mode = 0644 },
		{ .kind = UNDO_FILE, .mode = 0644 } };
	struct error err;
	int64_t num;

	assert_ok(undo_objects_put(o, STR("new"), 0, e.before.hash, &err));
	assert_ok(undo_objects_put(o, STR("old"), 0, e.after.hash, &err));
	id_make(point.id);
	memcpy(point.session, f->session, ID_SIZE);
	fixture_text(f->dir, "a", "mine");
	assert_ok(store_undo_begin(f->store, &point, &e, 1, NULL, 0, &num,
	    &err));
	assert_ok(undo_recover(f->undo, f->reader, f->session, &err));
	fixture_assert(f->dir, "a", STR("mine"));
}

/* --- retention ---------------------------------------------------------- */

static void
test_old_points_and_their_contents_go(void **state)
{
	struct undo_fixture *f = *state;
	struct undo_size size;
	struct error err;

	git_fixture_sh(f->dir, "echo a > a");
	undo_fixture_command(f, "echo b > a");
	assert_ok(undo_gc(f->undo, f->reader, &size, &err));
	assert_int_equal(size.points, 1);
	assert_ok(store_undo_expire(f->store, INT64_MAX, 0, &err));
	assert_ok(undo_size(f->undo, f->reader, &size, &err));
	assert_int_equal(size.points, 0);
	assert_int_equal(undo_fixture_do(f, false, false), -ERR_NOT_FOUND);
}

int
main(void)
{
#define TEST(name)                                                            \
	cmocka_unit_test_setup_teardown(name, undo_fixture_set_up,            \
	    undo_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_contents_are_kept_once_and_checked),
		TEST(test_a_sweep_keeps_what_is_named_and_what_is_new),
		TEST(test_files_of_a_call_come_back),
		TEST(test_a_call_that_changed_nothing_is_no_point),
		TEST(test_a_cut_off_call_is_settled_by_what_is_there),
		TEST(test_links_on_the_way_are_not_followed),
		TEST(test_commands_come_back_without_git),
		TEST(test_clean_files_come_back_from_git),
		TEST(test_converted_files_are_not_taken_from_git),
		TEST(test_the_users_later_work_is_left_alone),
		TEST(test_work_between_two_changes_is_asked_about),
		TEST(test_background_changes_are_found_and_asked_about),
		TEST(test_two_sessions_in_one_folder),
		TEST(test_what_is_too_large_is_named_first),
		TEST(test_what_is_made_too_large_can_still_go),
		TEST(test_a_folder_that_a_command_makes_large),
		TEST(test_a_cut_off_command_is_found_at_the_next_start),
		TEST(test_a_killed_restore_is_completed),
		TEST(test_a_half_restore_leaves_what_the_user_did_since),
		TEST(test_old_points_and_their_contents_go),
	};

	git_fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
