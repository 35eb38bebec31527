/* Putting single paths back: nothing is overwritten that somebody else wrote
 * meanwhile, and what a kill left beside is cleaned up or given back. */
#include "tests/unit/undo_fixture.h"

#include "undo/disk.h"

static struct undo_state
kept(struct undo_fixture *f, const char *text)
{
	struct undo_state s = { .kind = UNDO_FILE, .mode = 0644 };
	struct error err;

	assert_ok(undo_objects_put(undo_objects_of(f->undo), str_from(text),
	    0, s.hash, &err));
	s.bytes = (int64_t)strlen(text);
	return s;
}

static int
open_root(const struct undo_fixture *f)
{
	int fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static const struct undo_state absent = { .kind = UNDO_ABSENT };

static size_t
count_names(const struct undo_fixture *f)
{
	CLEANUP(close_dir) DIR *dir = opendir(f->dir);
	size_t n = 0;

	while (readdir(dir) != NULL)
		n++;
	return n - 2;
}

static void
test_a_file_written_meanwhile_stays(void **state)
{
	struct undo_fixture *f = *state;
	struct undo_objects *o = undo_objects_of(f->undo);
	struct undo_state old = kept(f, "old"), new = kept(f, "new");
	CLEANUP(close_fd) int root = open_root(f);
	struct error err;

	fixture_text(f->dir, "a", "mine");
	assert_error(disk_make(o, root, "a", &new, &old, "tag", &err),
	    ERR_UNDO_CONFLICT);
	assert_error(disk_make(o, root, "a", &absent, &old, "tag", &err),
	    ERR_UNDO_CONFLICT);
	assert_error(disk_remove(o, root, "a", &new, "tag", &err),
	    ERR_UNDO_CONFLICT);
	fixture_assert(f->dir, "a", STR("mine"));
	/* It went, and that is somebody's work too. */
	assert_error(disk_make(o, root, "b", &new, &old, "tag", &err),
	    ERR_UNDO_CONFLICT);
	assert_false(fixture_exists(f->dir, "b"));
	assert_int_equal(count_names(f), 1);
}

static void
test_a_folder_in_the_place_of_a_file_stays(void **state)
{
	struct undo_fixture *f = *state;
	struct undo_objects *o = undo_objects_of(f->undo);
	struct undo_state old = kept(f, "old"), new = kept(f, "new");
	CLEANUP(close_fd) int root = open_root(f);
	struct error err;

	git_fixture_sh(f->dir, "mkdir a; echo mine > a/mine");
	assert_error(disk_make(o, root, "a", &new, &old, "tag", &err),
	    ERR_UNDO_CONFLICT);
	assert_error(disk_remove(o, root, "a", &new, "tag", &err),
	    ERR_UNDO_CONFLICT);
	fixture_assert(f->dir, "a/mine", STR("mine\n"));
	assert_int_equal(count_names(f), 1);
}

static void
test_paths_stay_in_the_folder(void **state)
{
	static const char *const paths[] = { "../x", "a/../../x", "", "a/",
		"./x" };
	struct undo_fixture *f = *state;
	struct undo_objects *o = undo_objects_of(f->undo);
	struct undo_state old = kept(f, "old");
	CLEANUP(close_fd) int root = open_root(f);
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_error(disk_make(o, root, paths[i], &absent, &old,
		    "tag", &err), ERR_INVALID);
}

static void
test_what_a_kill_left_beside_is_cleaned(void **state)
{
	struct undo_fixture *f = *state;
	struct undo_objects *o = undo_objects_of(f->undo);
	CLEANUP(close_fd) int root = open_root(f);

	kept(f, "kept");
	fixture_text(f->dir, "a", "a");
	fixture_text(f->dir, ".friday-undo-tag.tmp", "half of it");
	fixture_text(f->dir, ".friday-undo-tag.old", "kept");
	disk_clean(o, root, "a", "tag");
	assert_int_equal(count_names(f), 1);
	/* Nobody kept that: it was set aside in the moment of the kill. */
	fixture_text(f->dir, ".friday-undo-tag.old", "somebody's");
	disk_clean(o, root, "b", "tag");
	fixture_assert(f->dir, "b", STR("somebody's"));
	/* Its place is taken: both stay. */
	fixture_text(f->dir, ".friday-undo-tag.old", "somebody's too");
	disk_clean(o, root, "a", "tag");
	fixture_assert(f->dir, "a", STR("a"));
	fixture_assert(f->dir, ".friday-undo-tag.old", STR("somebody's too"));
}

static void
test_only_the_sessions_own_leftovers_go(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP(free_ptr) char *own = disk_call_name(f->session);
	CLEANUP(free_ptr) char *other = disk_call_name("another");
	CLEANUP(close_fd) int root = open_root(f);

	fixture_text(f->dir, own, "x");
	fixture_text(f->dir, other, "x");
	disk_clean_calls(root, "a", f->session);
	assert_false(fixture_exists(f->dir, own));
	assert_true(fixture_exists(f->dir, other));
}

/* As a user who may not write everywhere. */
static void
check_read_only_folder(struct undo_fixture *f)
{
	CLEANUP(free_ptr) char *before = NULL;
	CLEANUP(free_ptr) char *now = NULL;

	git_fixture_sh(f->dir, "mkdir -p d/e; echo 1 > d/a; echo 2 > d/e/b; "
	    "chmod 555 d/e d");
	before = undo_fixture_tree(f);
	undo_fixture_command(f, "chmod 755 d d/e; echo x > d/a; rm d/e/b; "
	    "echo y > d/new; chmod 555 d");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	now = undo_fixture_tree(f);
	assert_string_equal(now, before);
	undo_fixture_command(f, "chmod -R u+w d; rm -r d");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	free(steal(now));
	now = undo_fixture_tree(f);
	assert_string_equal(now, before);
	git_fixture_sh(f->dir, "chmod -R u+w d");
}

static void
test_read_only_folders_come_back(void **state)
{
	struct undo_fixture *f = *state;
	int status = 0;
	pid_t child;

	if (geteuid() != 0) {
		check_read_only_folder(f);
		return;
	}
	undo_fixture_close(f);
	git_fixture_sh(f->dir, "chown -R 65534 .");
	git_fixture_sh(f->state, "chown -R 65534 .");
	child = fork();
	if (child == 0) {
		if (setuid(65534) != 0)
			_exit(2);
		undo_fixture_open(f);
		f->tracker = undo_fixture_tracker(f, f->session);
		check_read_only_folder(f);
		undo_fixture_close(f);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	undo_fixture_open(f);
}

static void
test_a_folder_with_more_in_it_stays(void **state)
{
	struct undo_fixture *f = *state;

	undo_fixture_command(f, "mkdir -p d/e; echo a > d/e/a; echo b > b");
	fixture_text(f->dir, "d/mine", "mine");
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	fixture_assert(f->dir, "d/mine", STR("mine"));
	assert_false(fixture_exists(f->dir, "d/e"));
	assert_false(fixture_exists(f->dir, "b"));
	assert_int_equal(undo_fixture_do(f, true, false), 0);
	fixture_assert(f->dir, "d/e/a", STR("a\n"));
	fixture_assert(f->dir, "d/mine", STR("mine"));
}

/* A file cannot take the place of a folder that holds somebody's work. */
static void
test_a_folder_with_more_in_it_makes_no_room(void **state)
{
	struct undo_fixture *f = *state;
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };
	char point[ID_SIZE];

	fixture_text(f->dir, "d", "file");
	undo_fixture_command(f, "rm d; mkdir d; echo a > d/a");
	fixture_text(f->dir, "d/mine", "mine");
	assert_int_equal(undo_fixture_plan(f, false, &plan), 0);
	assert_int_equal(undo_plan_apply(f->undo, &plan, NULL, point, NULL),
	    0);
	assert_int_equal(plan.steps[0].fault.code, ERR_BUSY);
	fixture_assert(f->dir, "d/mine", STR("mine"));
}

/* --- file tools' calls that a kill cut off ------------------------------ */

static void
begin_three(struct undo_fixture *f)
{
	struct tracker_file files[3] = {
		{ .path = "changed", .before = { UNDO_FILE, 0644, 0, "" },
		    .after = { UNDO_FILE, 0644, 0, "" },
		    .before_bytes = STR("old"), .after_bytes = STR("new") },
		{ .path = "gone", .before = { UNDO_FILE, 0600, 0, "" },
		    .before_bytes = STR("gone") },
		{ .path = "made", .after = { UNDO_FILE, 0644, 0, "" },
		    .after_bytes = STR("made") },
	};
	struct error err;
	int64_t point;

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		files[i].root = f->dir;
	git_fixture_sh(f->dir, "printf old > changed; printf gone > gone; "
	    "chmod 600 gone");
	assert_ok(tracker_begin_files(f->tracker, files, ARRAY_LEN(files),
	    &point, &err));
}

static void
test_a_half_call_is_taken_back(void **state)
{
	static const char *const done[] = { "printf new > changed",
		"printf new > changed; rm gone", "printf made > made",
		"rm changed" };
	struct undo_fixture *f = *state;
	CLEANUP(free_ptr) char *left = disk_call_name(f->session);
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(done); i++) {
		CLEANUP(free_ptr) char *before = NULL;
		CLEANUP(free_ptr) char *now = NULL;

		begin_three(f);
		before = undo_fixture_tree(f);
		git_fixture_sh(f->dir, done[i]);
		fixture_text(f->dir, left, "beside");
		assert_ok(undo_recover(f->undo, f->reader, f->session, &err));
		now = undo_fixture_tree(f);
		assert_string_equal(now, before);
		assert_int_equal(undo_fixture_do(f, false, false),
		    -ERR_NOT_FOUND);
	}
}

static void
test_a_whole_call_stays(void **state)
{
	struct undo_fixture *f = *state;
	struct error err;

	begin_three(f);
	git_fixture_sh(f->dir,
	    "printf new > changed; rm gone; printf made > made");
	assert_ok(undo_recover(f->undo, f->reader, f->session, &err));
	fixture_assert(f->dir, "changed", STR("new"));
	assert_int_equal(undo_fixture_do(f, false, false), 0);
	fixture_assert(f->dir, "changed", STR("old"));
	fixture_assert(f->dir, "gone", STR("gone"));
	assert_false(fixture_exists(f->dir, "made"));
}

static void
test_of_a_half_call_what_the_user_changed_since_stays(void **state)
{
	struct undo_fixture *f = *state;
	struct error err;

	begin_three(f);
	git_fixture_sh(f->dir, "printf mine > changed; printf made > made");
	assert_ok(undo_recover(f->undo, f->reader, f->session, &err));
	fixture_assert(f->dir, "changed", STR("mine"));
	fixture_assert(f->dir, "gone", STR("gone"));
	assert_false(fixture_exists(f->dir, "made"));
	assert_int_equal(undo_fixture_do(f, false, false),
	    -ERR_UNDO_CONFLICT);
	fixture_assert(f->dir, "changed", STR("mine"));
}

int
main(void)
{
#define TEST(name)                                                            \
	cmocka_unit_test_setup_teardown(name, undo_fixture_set_up,            \
	    undo_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_a_file_written_meanwhile_stays),
		TEST(test_a_folder_in_the_place_of_a_file_stays),
		TEST(test_paths_stay_in_the_folder),
		TEST(test_what_a_kill_left_beside_is_cleaned),
		TEST(test_only_the_sessions_own_leftovers_go),
		TEST(test_read_only_folders_come_back),
		TEST(test_a_folder_with_more_in_it_stays),
		TEST(test_a_folder_with_more_in_it_makes_no_room),
		TEST(test_a_half_call_is_taken_back),
		TEST(test_a_whole_call_stays),
		TEST(test_of_a_half_call_what_the_user_changed_since_stays),
	};

	git_fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
