/* The operations on what changed and on undo, in process: listing, hunks,
 * putting single ones back, previews, rewinding. Changes are recorded as a
 * run's would be. */
#include "core/friday.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "tests/unit/undo_fixture.h"

struct fixture {
	char *root, *folder, *state;
	struct friday *friday;
	char session[ID_SIZE];
};

/* --- calls -------------------------------------------------------------- */

enum { ANY_FAILURE = -1 };

static struct json *
call(struct fixture *f, const char *operation, const char *more, int wanted)
{
	CLEANUP(free_ptr) char *arguments = mem_printf(
	    "{%s%s%s%s%s}", f->session[0] ? "\"session\":\"" : "",
	    f->session, f->session[0] ? "\"" : "",
	    f->session[0] && more[0] ? "," : "", more);
	struct json *j = NULL;
	char *reply = NULL;
	int status = friday_call(f->friday, operation, arguments, &reply);
	struct error err;

	if (wanted == ANY_FAILURE ? status == FRIDAY_OK : status != wanted)
		fail_msg("%s %s: status %d, %s", operation, arguments, status,
		    reply);
	assert_ok(json_parse(str_from(reply), NULL, &j, &err));
	friday_free(reply);
	return j;
}

static void
check_refused(struct fixture *f, const char *operation, const char *more,
    const char *code)
{
	CLEANUP_JSON struct json *j = call(f, operation, more, ANY_FAILURE);

	if (!str_eq_c(json_get_str(j, "code"), code))
		fail_msg("%s %s: got %.*s, wanted %s", operation, more,
		    STR_ARG(json_get_str(j, "code")), code);
}

static void
check_done(struct fixture *f, const char *operation, const char *more)
{
	json_destroy(call(f, operation, more, FRIDAY_OK));
}

static void
check_file(const struct json *reply, size_t i, const char *path,
    const char *action, int64_t insertions, int64_t deletions)
{
	const struct json *file = json_at(json_get(reply, "files"), i);

	assert_true(str_eq_c(json_get_str(file, "path"), path));
	assert_true(str_eq_c(json_get_str(file, "action"), action));
	assert_int_equal(json_get_int(file, "insertions", -1), insertions);
	assert_int_equal(json_get_int(file, "deletions", -1), deletions);
}

/* --- set up ------------------------------------------------------------- */

static int
set_up(void **state)
{
	static const char *const variables[] = { "XDG_CONFIG_HOME",
		"XDG_STATE_HOME", "XDG_CACHE_HOME" };
	struct fixture *f = mem_new(struct fixture);
	struct friday_options o = FRIDAY_OPTIONS_INIT;
	CLEANUP_JSON struct json *reply = NULL;
	char *error = NULL;
	struct error err;

	f->root = fixture_folder();
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		CLEANUP(free_ptr) char *path = file_join(f->root,
		    variables[i]);

		setenv(variables[i], path, 1);
	}
	f->folder = file_join(f->root, "repo");
	f->state = file_join(f->root, "XDG_STATE_HOME/friday");
	assert_ok(file_make_dirs(f->folder, &err));
	git_fixture_sh(f->folder, "git init -q .; seq 1 20 > a; echo b > b; "
	    "printf '\\0' > bin; echo K=fake > .env; git add .; "
	    "git commit -qm one");
	o.folder = f->folder;
	o.settings = "{\"provider\":\"offline\",\"mode\":\"auto\"}";
	if (friday_open(&o, &f->friday, &error) != FRIDAY_OK)
		fail_msg("%s", error);
	reply = call(f, "session.create", "", FRIDAY_OK);
	snprintf(f->session, sizeof(f->session), "%.*s",
	    STR_ARG(json_get_str(reply, "session")));
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	friday_close(f->friday);
	fixture_remove(f->root);
	free(f->folder);
	free(f->state);
	free(f);
	return 0;
}

/* A command of a run, recorded as the door does it. */
static void
change(struct fixture *f, const char *run, const char *script)
{
	struct store_opts store_opts = { .folder = f->state };
	struct undo_opts opts = UNDO_OPTS_INIT;
	const char *roots[] = { f->folder };
	struct tracker_opts tracker_opts = { .session = f->session,
		.roots = roots, .n_roots = 1 };
	struct tracker *t;
	struct store *store;
	struct error err;
	struct undo *u;
	int64_t point;

	assert_ok(store_open(&store_opts, &store, &err));
	opts.store = store;
	opts.state_dir = f->state;
	assert_ok(undo_open(&opts, &u, &err));
	tracker_opts.undo = u;
	assert_ok(tracker_create(&tracker_opts, &t, &err));
	tracker_begin_call(t, run, "call", script);
	assert_ok(tracker_begin_command(t, &point, &err));
	git_fixture_sh(f->folder, script);
	tracker_end_command(t, point);
	tracker_destroy(t);
	undo_close(u);
	store_close(store);
}

#define RUN_1 "01aaaaaaaaaaaaaaaaaaaaaaaa"
#define RUN_2 "01bbbbbbbbbbbbbbbbbbbbbbbb"
/* Line 2 changed, line 19 gone, one more at the end: two hunks. */
#define TWO_HUNKS "sed -i '2s/.*/two/; 19d; $a end' a"

/* --- changes ------------------------------------------------------------ */

static void
test_changes_of_a_run_and_of_a_session(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *run = NULL;
	CLEANUP_JSON struct json *first = NULL;
	CLEANUP_JSON struct json *session = NULL;

	change(f, RUN_1, TWO_HUNKS "; echo new > n");
	change(f, RUN_2, "rm b; chmod 755 n");
	run = call(f, "changes.list", "\"scope\":\"run\"", FRIDAY_OK);
	assert_int_equal(json_count(json_get(run, "files")), 2);
	check_file(run, 0, "b", "delete", 0, 1);
	check_file(run, 1, "n", "mode", 0, 0);
	first = call(f, "changes.list", "\"run\":\"" RUN_1 "\"", FRIDAY_OK);
	assert_int_equal(json_count(json_get(first, "files")), 2);
	check_file(first, 0, "a", "modify", 2, 2);
	check_file(first, 1, "n", "create", 1, 0);
	session = call(f, "changes.list", "\"scope\":\"session\"", FRIDAY_OK);
	assert_int_equal(json_count(json_get(session, "files")), 3);
}

static void
test_changes_of_the_tree_without_any_run(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *tree = NULL;
	CLEANUP_JSON struct json *one = NULL;

	git_fixture_sh(f->folder, TWO_HUNKS "; rm b; echo n > n; mkdir d; "
	    "echo x > d/x; echo K=other > .env; printf '\\0\\1' > bin");
	tree = call(f, "changes.list", "\"scope\":\"tree\"", FRIDAY_OK);
	for (const struct json *i = json_first(json_get(tree, "files")); i;
	    i = json_next(i))
		if (str_eq_c(json_get_str(i, "path"), ".env"))
			assert_true(json_get_bool(i, "denied", false));
		else if (str_eq_c(json_get_str(i, "path"), "bin"))
			assert_true(json_get_bool(i, "binary", false));
	assert_int_equal(json_count(json_get(tree, "files")), 6);
	one = call(f, "changes.diff", "\"scope\":\"tree\",\"path\":\"a\"",
	    FRIDAY_OK);
	assert_int_equal(json_count(json_get(one, "diff")), 2);
	assert_true(str_find(json_get_str(one, "text"), STR("\n-2\n+two\n"),
	    0) != SIZE_MAX);
	check_done(f, "changes.revert",
	    "\"scope\":\"tree\",\"path\":\"a\",\"hunk\":1");
	git_fixture_sh(f->folder, "seq 1 20 | sed 2s/.*/two/ | cmp - a");
	check_done(f, "changes.revert", "\"scope\":\"tree\",\"path\":\"b\"");
	check_done(f, "changes.revert", "\"scope\":\"tree\",\"path\":\"n\"");
	git_fixture_sh(f->folder, "echo b | cmp - b; test ! -e n");
	/* HEAD and the index are as they were. */
	git_fixture_sh(f->folder, "test -z \"$(git diff --cached)\" && "
	    "git diff --quiet b");
}

static void
test_what_is_denied_is_not_shown(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *diff = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);

	change(f, RUN_1, "echo K=other > .env");
	diff = call(f, "changes.diff", "\"path\":\".env\"", FRIDAY_OK);
	json_print(diff, &text);
	assert_true(str_find(buf_str(&text), STR("K="), 0) == SIZE_MAX);
	assert_true(json_get_bool(diff, "denied", false));
	check_refused(f, "changes.revert", "\"path\":\".env\"",
	    "path.denied");
	/* Undo brings it back all the same. */
	check_done(f, "undo.apply", "");
	fixture_assert(f->folder, ".env", STR("K=fake\n"));
}

static void
test_each_hunk_is_put_back_alone(void **state)
{
	static const struct {
		const char *hunk, *left;
	} rows[] = {
		{ "\"hunk\":0", "seq 1 20 | sed '19d; $a end' | cmp - a" },
		{ "\"hunk\":1", "seq 1 20 | sed '2s/.*/two/' | cmp - a" },
		{ "\"context\":3", "seq 1 20 | cmp - a" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(free_ptr) char *more = mem_printf("\"path\":\"a\",%s",
		    rows[i].hunk);

		change(f, i == 0 ? RUN_1 : RUN_2, TWO_HUNKS);
		check_done(f, "changes.revert", more);
		git_fixture_sh(f->folder, rows[i].left);
		/* That is a point of its own. */
		check_done(f, "undo.apply", "\"steps\":1");
		git_fixture_sh(f->folder,
		    "seq 1 20 | sed '2s/.*/two/; 19d; $a end' | cmp - a");
		check_done(f, "undo.apply", "\"steps\":1");
		git_fixture_sh(f->folder, "seq 1 20 | cmp - a");
	}
}

static void
test_a_hunk_of_any_bytes(void **state)
{
	struct fixture *f = *state;

	change(f, RUN_1, "printf 'a\\377\\r\\nb\\n1\\n2\\n3\\n4\\n5\\n6\\n7\\n"
			 "8\\nlast' > x");
	change(f, RUN_2, "printf 'A\\377\\r\\nb\\n1\\n2\\n3\\n4\\n5\\n6\\n7\\n"
			 "8\\nLAST' > x");
	check_done(f, "changes.revert", "\"path\":\"x\",\"hunk\":1");
	git_fixture_sh(f->folder, "printf 'A\\377\\r\\nb\\n1\\n2\\n3\\n4\\n5\\n"
	    "6\\n7\\n8\\nlast' | cmp - x");
	check_done(f, "changes.revert", "\"path\":\"x\",\"hunk\":0");
	git_fixture_sh(f->folder, "printf 'a\\377\\r\\nb\\n1\\n2\\n3\\n4\\n5\\n"
	    "6\\n7\\n8\\nlast' | cmp - x");
}

static void
test_a_revert_overwrites_nothing_later(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *seen = NULL;
	CLEANUP_JSON struct json *now = NULL;
	CLEANUP(free_ptr) char *more = NULL;

	change(f, RUN_1, TWO_HUNKS);
	seen = call(f, "changes.diff", "\"path\":\"a\",\"scope\":\"session\"",
	    FRIDAY_OK);
	/* The agent went on: the hunks have other numbers. */
	change(f, RUN_1, "sed -i '10s/.*/ten/' a");
	more = mem_printf("\"path\":\"a\",\"scope\":\"session\",\"hunk\":1,"
			  "\"version\":\"%.*s\"",
	    STR_ARG(json_get_str(seen, "version")));
	check_refused(f, "changes.revert", more, "undo.conflict");
	/* So did the user. */
	git_fixture_sh(f->folder, "echo mine >> a; cp a copy");
	now = call(f, "changes.list", "", FRIDAY_OK);
	assert_true(json_get_bool(json_at(json_get(now, "files"), 0),
	    "moved_on", false));
	check_refused(f, "changes.revert", "\"path\":\"a\"",
	    "undo.conflict");
	check_refused(f, "changes.revert", "\"path\":\"a\",\"hunk\":0",
	    "undo.conflict");
	git_fixture_sh(f->folder, "cmp a copy");
}

static void
test_changes_that_are_not_there(void **state)
{
	struct fixture *f = *state;

	change(f, RUN_1, TWO_HUNKS);
	check_refused(f, "changes.diff", "\"path\":\"b\"", "not_found");
	check_refused(f, "changes.diff", "\"path\":\"../x\"", "not_found");
	check_refused(f, "changes.revert", "\"path\":\"/etc/passwd\"",
	    "not_found");
	check_refused(f, "changes.revert", "\"path\":\"a\",\"hunk\":7",
	    "not_found");
	check_done(f, "undo.apply", "");
	check_refused(f, "changes.diff", "\"path\":\"a\"", "not_found");
}

/* --- undo --------------------------------------------------------------- */

static void
test_a_preview_changes_nothing(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *plan = NULL;

	change(f, RUN_1, TWO_HUNKS "; rm b");
	plan = call(f, "undo.preview", "", FRIDAY_OK);
	check_file(plan, 0, "a", "modify", 2, 2);
	check_file(plan, 1, "b", "create", 1, 0);
	git_fixture_sh(f->folder, "test ! -e b && grep -q two a");
	check_refused(f, "undo.preview", "\"run\":\"zzzzzzzz\"",
	    "not_found");
	check_refused(f, "undo.preview", "\"run\":\"01\"", "invalid");
	check_refused(f, "undo.preview", "\"redo\":true", "not_found");
}

static void
test_single_conflicts_are_skipped_or_forced(void **state)
{
	struct fixture *f = *state;

	change(f, RUN_1, "echo 1 > a; echo 1 > b; echo 1 > c");
	git_fixture_sh(f->folder, "echo mine > a; echo mine > b");
	check_refused(f, "undo.apply", "", "undo.conflict");
	check_refused(f, "undo.apply", "\"force\":[\"a\"]", "undo.conflict");
	git_fixture_sh(f->folder, "echo mine | cmp - a; echo 1 | cmp - c");
	check_done(f, "undo.apply",
	    "\"force\":[\"a\"],\"skip\":[\"b\"]");
	git_fixture_sh(f->folder,
	    "seq 1 20 | cmp - a; echo mine | cmp - b; test ! -e c");
	check_done(f, "redo.apply", "");
	git_fixture_sh(f->folder, "echo mine | cmp - a; echo mine | cmp - b; "
	    "echo 1 | cmp - c");
}

static void
test_points_one_by_one(void **state)
{
	struct fixture *f = *state;
	CLEANUP_JSON struct json *list = NULL;
	CLEANUP(free_ptr) char *more = NULL;

	change(f, RUN_1, "echo 1 > x");
	change(f, RUN_1, "echo 1 > y");
	list = call(f, "undo.list", "\"limit\":10", FRIDAY_OK);
	assert_int_equal(json_count(json_get(list, "points")), 2);
	/* The older one: nobody needs it. */
	more = mem_printf("\"point\":\"%.*s\"", STR_ARG(json_get_str(
	    json_at(json_get(list, "points"), 1), "point")));
	check_done(f, "undo.apply", more);
	git_fixture_sh(f->folder, "test ! -e x && test -e y");
	check_refused(f, "undo.apply", more, "not_found");
	check_done(f, "undo.apply", "\"steps\":5");
	git_fixture_sh(f->folder, "test ! -e y");
}

int
main(void)
{
#define TEST(name)                                                            \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_changes_of_a_run_and_of_a_session),
		TEST(test_changes_of_the_tree_without_any_run),
		TEST(test_what_is_denied_is_not_shown),
		TEST(test_each_hunk_is_put_back_alone),
		TEST(test_a_hunk_of_any_bytes),
		TEST(test_a_revert_overwrites_nothing_later),
		TEST(test_changes_that_are_not_there),
		TEST(test_a_preview_changes_nothing),
		TEST(test_single_conflicts_are_skipped_or_forced),
		TEST(test_points_one_by_one),
	};

	git_fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
