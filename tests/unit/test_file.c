/* file: whole files, atomic replacement, folders, where data is found. */
#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/unit.h"
#include "tests/unit/ws_fixture.h"

#include <dirent.h>

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

static void
test_write_then_read(void **state)
{
	CLEANUP(free_ptr) char *path = file_join(*state, "f");
	CLEANUP_BUF struct buf out = BUF_INIT(KIB);
	struct error err;
	struct stat st;

	assert_ok(file_write_atomic(path, STR("one"), 0600, &err));
	assert_ok(file_write_atomic(path, str_make("t\0wo", 4), 0600, &err));
	assert_ok(file_read(path, &out, &err));
	assert_int_equal(out.len, 4);
	assert_memory_equal(out.ptr, "t\0wo", 4);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static unsigned
count_entries(const char *folder)
{
	CLEANUP(close_dir) DIR *dir = opendir(folder);
	unsigned count = 0;

	while (readdir(dir) != NULL)
		count++;
	return count - 2;
}

static void
test_failed_write_leaves_nothing(void **state)
{
	CLEANUP(free_ptr) char *path = file_join(*state, "folder");
	CLEANUP(free_ptr) char *inside = file_join(path, "x");
	CLEANUP(free_ptr) char *nowhere = file_join(*state, "no/f");
	struct error err;

	assert_ok(file_make_dirs(inside, &err));
	assert_true(file_write_atomic(path, STR("x"), 0600, &err) < 0);
	assert_int_equal(count_entries(*state), 1);
	assert_error(file_write_atomic(nowhere, STR("x"), 0600, &err),
	    ERR_NOT_FOUND);
}

static void
test_reading_has_a_ceiling(void **state)
{
	CLEANUP(free_ptr) char *path = file_join(*state, "f");
	CLEANUP_BUF struct buf small = BUF_INIT(4);
	CLEANUP_BUF struct buf endless = BUF_INIT(100 * KIB);
	struct error err;

	assert_ok(file_write_atomic(path, STR("12345"), 0600, &err));
	assert_error(file_read(path, &small, &err), ERR_TOO_LARGE);
	assert_error(file_read("/dev/zero", &endless, &err), ERR_TOO_LARGE);
	assert_error(file_read("/nowhere/x", &small, &err), ERR_NOT_FOUND);
}

static void
test_folders(void **state)
{
	CLEANUP(free_ptr) char *deep = file_join(*state, "a/b/c");
	CLEANUP(free_ptr) char *file = file_join(*state, "f");
	CLEANUP(free_ptr) char *below = file_join(file, "x");
	struct error err;

	assert_ok(file_make_dirs(deep, &err));
	assert_ok(file_make_dirs(deep, &err));
	assert_true(file_is_dir(deep));
	assert_ok(file_write_atomic(file, STR(""), 0600, &err));
	assert_false(file_is_dir(file));
	assert_true(file_make_dirs(file, &err) < 0);
	assert_true(file_make_dirs(below, &err) < 0);
}

static void
test_join(void **state)
{
	static const char *const cases[][3] = {
		{ "a", "b", "a/b" },
		{ "a/", "b", "a/b" },
		{ "/", "b", "/b" },
		{ "", "b", "b" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(free_ptr) char *path = file_join(cases[i][0],
		    cases[i][1]);

		assert_string_equal(path, cases[i][2]);
	}
}

static void
test_xdg_folders(void **state)
{
	CLEANUP(free_ptr) char *by_variable = NULL;
	CLEANUP(free_ptr) char *by_home = NULL;
	CLEANUP(free_ptr) char *relative = NULL;

	setenv("HOME", "/home/u", 1);
	setenv("XDG_CONFIG_HOME", "/conf", 1);
	by_variable = file_config_dir();
	assert_string_equal(by_variable, "/conf/friday");
	unsetenv("XDG_STATE_HOME");
	by_home = file_state_dir();
	assert_string_equal(by_home, "/home/u/.local/state/friday");
	/* The specification: a relative path is ignored. */
	setenv("XDG_CACHE_HOME", "cache", 1);
	relative = file_cache_dir();
	assert_string_equal(relative, "/home/u/.cache/friday");
	unsetenv("HOME");
	assert_null(file_cache_dir());
}

static void
test_data_folder_of_the_caller_comes_first(void **state)
{
	CLEANUP(free_ptr) char *themes = file_join(*state, "themes");
	CLEANUP(free_ptr) char *theme = file_join(themes, "mine.json");
	CLEANUP(free_ptr) char *found = NULL;
	struct error err;

	assert_ok(file_make_dirs(themes, &err));
	assert_ok(file_write_atomic(theme, STR("{}"), 0600, &err));
	setenv("FRIDAY_DATA_DIR", *state, 1);
	found = file_data_path("themes", "mine.json");
	assert_string_equal(found, theme);
	assert_null(file_data_path("themes", "no-such-theme.json"));
	assert_null(file_data_path("no-such-kind", "x"));
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(test_write_then_read),
		FILE_TEST(test_failed_write_leaves_nothing),
		FILE_TEST(test_reading_has_a_ceiling),
		FILE_TEST(test_folders),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_xdg_folders),
		FILE_TEST(test_data_folder_of_the_caller_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
