/* Hooks of git in a folder: what is put there, and that what was there comes
 * back as it was. */
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "git/hook_files.h"
#include "tests/unit/git_fixture.h"

#define FORMER "#!/bin/sh\necho former\n"

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

static struct hook_files_opts
opts_for(const char *folder)
{
	return (struct hook_files_opts){ .folder = folder,
		.hook = hook_row_find(STR("pre-commit")),
		.kind = HOOK_SCRIPT_LOCAL, .program = "/opt/it's/friday" };
}

/* A script by itself, as a C string. */
static char *
script_of(const char *name, enum hook_script_kind kind, const char *program)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);

	hook_script_print(hook_row_find(str_from(name)), kind, program, &text);
	return buf_steal(&text);
}

static void
test_scripts_know_themselves(void **state)
{
	const struct hook_row *hook;

	for (size_t i = 0; (hook = hook_row_at(i)) != NULL; i++) {
		CLEANUP(free_ptr) char *local = script_of(hook->name,
		    HOOK_SCRIPT_LOCAL, "/usr/bin/friday");
		CLEANUP(free_ptr) char *global = script_of(hook->name,
		    HOOK_SCRIPT_GLOBAL, "/usr/bin/friday");
		CLEANUP(free_ptr) char *longer = mem_printf("%secho more\n",
		    local);

		assert_int_equal(hook_script_origin(str_from(local)),
		    HOOK_SCRIPT_OURS);
		assert_int_equal(hook_script_origin(str_from(global)),
		    HOOK_SCRIPT_OURS);
		assert_int_equal(hook_script_origin(str_from(longer)),
		    HOOK_SCRIPT_CHANGED);
	}
}

static void
test_other_texts_are_foreign(void **state)
{
	static const char *const texts[] = { "", "\n", "#!/bin/sh\n",
		"#!/bin/sh\necho # friday-hook pre-commit 00\n",
		"# friday-hook pre-commit 8a491173f1898592\n" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(hook_script_origin(str_from(texts[i])),
		    HOOK_SCRIPT_FOREIGN);
}

/* What is in the folder before, and what install finds; then uninstall must
 * leave what was there. */
static const struct {
	const char *before; /* a shell script */
	enum hook_state found;
	bool chained; /* afterwards */
} round_trips[] = {
	{ ":", HOOK_NONE, false },
	{ "printf '" FORMER "' >pre-commit; chmod 755 pre-commit",
	    HOOK_FOREIGN, true },
	{ "printf '\\000\\377' >pre-commit; chmod 600 pre-commit",
	    HOOK_FOREIGN, true },
	{ ": >pre-commit", HOOK_FOREIGN, true },
	{ "ln -s ../elsewhere pre-commit", HOOK_FOREIGN, true },
	{ "echo x >hook; chmod 755 hook; ln -s hook pre-commit",
	    HOOK_FOREIGN, true },
};

/* "ls -l" without times, and all contents. */
static char *
picture(const char *folder)
{
	const char *argv[] = { "sh", "-c",
		"ls -lnA --time-style=+ . && cksum * 2>/dev/null", NULL };
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	struct error err;

	opts.argv = argv;
	opts.cwd = folder;
	assert_ok(proc_capture(&opts, &out, NULL, NULL, &status, &err));
	return buf_steal(&out);
}

static void
test_round_trips(void **state)
{
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(round_trips); i++) {
		CLEANUP(free_ptr) char *name = mem_printf("%zu", i);
		CLEANUP(free_ptr) char *folder = file_join(*state, name);
		struct hook_files_opts opts = opts_for(folder);
		struct hook_files_found found;
		CLEANUP(free_ptr) char *before = NULL;
		CLEANUP(free_ptr) char *after = NULL;

		assert_ok(file_make_dirs(folder, &err));
		git_fixture_sh(folder, round_trips[i].before);
		before = picture(folder);
		assert_ok(hook_files_install(&opts, &found, &err));
		assert_int_equal(found.state, round_trips[i].found);
		/* Again, and by another place of friday. */
		assert_ok(hook_files_install(&opts, &found, &err));
		assert_int_equal(found.state, HOOK_INSTALLED);
		assert_true(found.executable);
		assert_int_equal(found.chained, round_trips[i].chained);
		opts.program = "/usr/bin/friday";
		assert_ok(hook_files_install(&opts, &found, &err));
		assert_int_equal(found.state, HOOK_OUTDATED);
		assert_ok(hook_files_uninstall(&opts, &found, &err));
		assert_int_equal(found.state, HOOK_INSTALLED);
		after = picture(folder);
		assert_string_equal(before, after);
		assert_ok(hook_files_uninstall(&opts, &found, &err));
		free(after);
		after = picture(folder);
		assert_string_equal(before, after);
	}
}

/* What happened since an install over a former hook, and what uninstall does
 * about it. */
static const struct {
	const char *happened;
	enum hook_state found;
	enum error_code error; /* of uninstall */
	const char *left;      /* names in the folder afterwards */
} later_cases[] = {
	{ ":", HOOK_INSTALLED, ERR_NONE, "pre-commit" },
	{ "echo more >>pre-commit", HOOK_CHANGED, ERR_EXISTS,
	    "pre-commit pre-commit.friday-former" },
	{ "echo other >pre-commit", HOOK_REPLACED, ERR_EXISTS,
	    "pre-commit pre-commit.friday-former" },
	{ "rm pre-commit", HOOK_NONE, ERR_NONE, "pre-commit" },
	{ "rm pre-commit.friday-former", HOOK_INSTALLED, ERR_NONE, "" },
	{ "echo more >>pre-commit.friday-former", HOOK_INSTALLED, ERR_NONE,
	    "pre-commit" },
	/* What the pre-commit framework and lefthook do. */
	{ "mv pre-commit pre-commit.legacy; echo other >pre-commit",
	    HOOK_AS_LEGACY, ERR_NONE, "pre-commit pre-commit.legacy" },
	{ "mv pre-commit pre-commit.old; echo other >pre-commit",
	    HOOK_DISABLED, ERR_NONE, "pre-commit pre-commit.old" },
	/* Killed while installing, between its two steps. */
	{ "ln -f pre-commit.friday-former pre-commit", HOOK_REPLACED, ERR_NONE,
	    "pre-commit" },
};

static void
test_what_happened_since(void **state)
{
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(later_cases); i++) {
		CLEANUP(free_ptr) char *name = mem_printf("%zu", i);
		CLEANUP(free_ptr) char *folder = file_join(*state, name);
		CLEANUP(free_ptr) char *check = mem_printf(
		    "test \"$(echo $(ls))\" = '%s' || { ls; exit 1; }",
		    later_cases[i].left);
		struct hook_files_opts opts = opts_for(folder);
		struct hook_files_found found;
		int rc;

		assert_ok(file_make_dirs(folder, &err));
		git_fixture_sh(folder, "printf '" FORMER "' >pre-commit");
		assert_ok(hook_files_install(&opts, &found, &err));
		git_fixture_sh(folder, later_cases[i].happened);
		assert_ok(hook_files_look(&opts, &found, &err));
		assert_int_equal(found.state, later_cases[i].found);
		rc = hook_files_uninstall(&opts, &found, &err);
		assert_int_equal(rc, -(int)later_cases[i].error);
		git_fixture_sh(folder, check);
	}
}

static void
test_force_keeps_what_was_changed(void **state)
{
	struct hook_files_opts opts = opts_for(*state);
	struct hook_files_found found;
	struct error err;

	git_fixture_sh(*state, "printf '" FORMER "' >pre-commit");
	assert_ok(hook_files_install(&opts, &found, &err));
	git_fixture_sh(*state, "echo more >>pre-commit");
	assert_error(hook_files_install(&opts, &found, &err), ERR_EXISTS);
	opts.force = true;
	assert_ok(hook_files_uninstall(&opts, &found, &err));
	git_fixture_sh(*state,
	    "tail -n 1 pre-commit.friday-changed | grep -x more;"
	    "grep -x 'echo former' pre-commit; ! test -e "
	    "pre-commit.friday-former");
}

/* What is run, by the script itself: a former hook, then friday. */
static const struct {
	const char *former; /* body of the former hook; NULL: none */
	const char *friday; /* body of what stands for friday; NULL: missing */
	const char *call;
	int status;
	const char *out;
} script_cases[] = {
	{ NULL, "echo friday \"$@\"", "pre-commit", 0,
	    "friday hook run -- pre-commit\n" },
	{ "echo former \"$@\"", "echo friday \"$@\"", "pre-commit 'a b' --c",
	    0, "former a b --c\nfriday hook run -- pre-commit a b --c\n" },
	{ "exit 7", "echo friday", "pre-commit", 7, "" },
	{ NULL, "exit 1", "pre-commit", 1, "" },
	{ NULL, "exit 130", "pre-commit", 130, "" },
	{ NULL, "exit 2", "pre-commit", 0, "friday: ended with status 2; "
					   "pre-commit goes on without it\n" },
	{ NULL, "exit 2", "pre-commit closed", 1, NULL },
	{ NULL, NULL, "pre-commit", 0, "friday: the program is not found; "
				       "pre-commit goes on without it\n" },
	{ NULL, NULL, "pre-commit closed", 1, NULL },
	{ "cat", "cat", "pre-push o u", 0, "l1\nl2\nl1\nl2\n" },
	{ "exit 0", "cat", "pre-push o u", 0, "l1\nl2\n" },
	{ "cat >/dev/null; exit 3", "cat", "pre-push o u", 3, "" },
	{ "exit 5", "echo friday", "post-checkout 1 2 1", 5, "friday\n" },
	{ NULL, "exit 9", "post-merge 0", 0, "" },
	{ NULL, NULL, "post-merge 0", 0, "" },
};

static void
test_scripts_run(void **state)
{
	static const char script[] =
	    "name=${1%% *}; former=$2; friday=$3\n"
	    "mkdir 'my hooks'; cd 'my hooks'; cat >\"$name\"\n"
	    "chmod +x \"$name\"; printf 'l1\\nl2\\n' >lines\n"
	    "[ \"$former\" = - ] || { printf '#!/bin/sh\\n%s\\n' \"$former\" "
	    ">\"$name.friday-former\"; chmod +x \"$name.friday-former\"; }\n"
	    "[ \"$friday\" = - ] || { printf '#!/bin/sh\\n%s\\n' \"$friday\" "
	    ">../friday; chmod +x ../friday; }\n"
	    "case $1 in *closed) export FRIDAY_HOOK_FAIL=closed ;; esac\n"
	    "eval \"./$1\" <lines\n";
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(script_cases); i++) {
		CLEANUP(free_ptr) char *number = mem_printf("it's %zu", i);
		CLEANUP(free_ptr) char *folder = file_join(*state, number);
		CLEANUP(free_ptr) char *program = file_join(folder, "friday");
		CLEANUP(free_ptr) char *name = mem_strndup(
		    script_cases[i].call, strcspn(script_cases[i].call, " "));
		CLEANUP(free_ptr) char *text = script_of(name,
		    HOOK_SCRIPT_LOCAL, program);
		const char *argv[] = { "sh", "-c", script, "sh",
			script_cases[i].call,
			script_cases[i].former ? script_cases[i].former : "-",
			script_cases[i].friday ? script_cases[i].friday : "-",
			NULL };
		CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
		struct proc_opts opts = PROC_OPTS_INIT;
		struct proc_status status;

		assert_ok(file_make_dirs(folder, &err));
		opts.argv = argv;
		opts.cwd = folder;
		opts.input = str_from(text);
		opts.merge = true;
		assert_ok(proc_capture(&opts, &out, NULL, NULL, &status,
		    &err));
		if (status.exit_status != script_cases[i].status)
			fail_msg("%zu: status %d\n%s", i, status.exit_status,
			    buf_text(&out));
		if (script_cases[i].out != NULL)
			assert_string_equal(buf_text(&out),
			    script_cases[i].out);
	}
}

/* The framework runs ours as its "legacy" hook; its own former one, kept by
 * us, must not be run from within itself. */
static void
test_pre_commit_is_not_run_within_itself(void **state)
{
	CLEANUP(free_ptr) char *text = script_of("pre-commit",
	    HOOK_SCRIPT_LOCAL, "/bin/true");
	CLEANUP(free_ptr) char *path = file_join(*state, "pre-commit.legacy");
	struct error err;

	assert_ok(file_write_atomic(path, str_from(text), 0700, &err));
	git_fixture_sh(*state,
	    "printf '#!/bin/sh\\n# File generated by pre-commit: x\\n"
	    "echo twice\\n' >pre-commit.friday-former\n"
	    "chmod +x pre-commit.friday-former\n"
	    "test \"$(./pre-commit.legacy)\" = twice\n"
	    "test -z \"$(PRE_COMMIT_RUNNING_LEGACY=1 ./pre-commit.legacy)\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts_know_themselves),
		cmocka_unit_test(test_other_texts_are_foreign),
		cmocka_unit_test_setup_teardown(test_round_trips, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_what_happened_since,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_force_keeps_what_was_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scripts_run, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    test_pre_commit_is_not_run_within_itself, setup, teardown),
	};

	git_fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
