/* The tool shell: output, endings, limits, its folder and environment. */
#include "base/mem.h"
#include "tests/unit/tool_fixture.h"

static void
test_output_and_status(void **state)
{
	static const struct {
		const char *args, *text;
	} cases[] = {
		{ "{\"command\":\"echo a; echo b >&2; echo c\"}",
		    "a\nb\nc\n[exit status 0, " },
		{ "{\"command\":\"echo no; exit 3\"}",
		    "no\n[exit status 3, " },
		{ "{\"command\":\"printf x\"}", "x\n[exit status 0, " },
		{ "{\"command\":\"true\"}", "(no output)\n[exit status 0, " },
		{ "{\"command\":\"kill -KILL $$\"}",
		    "(no output)\n[ended by signal 9 (SIGKILL), " },
		{ "{\"command\":\"printf 'a\\\\0b\\\\377'\"}",
		    "a\xef\xbf\xbd"
		    "b\xef\xbf\xbd\n[exit" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_tool_text(*state, "shell", cases[i].args,
		    cases[i].text);
}

static void
test_runs_in_the_workspace(void **state)
{
	struct tool_fixture *f = *state;
	CLEANUP(free_ptr) char *root = mem_printf("%s\n[", f->folder);
	CLEANUP(free_ptr) char *sub = mem_printf("%s/sub\n[", f->folder);

	fixture_write(f->folder, "sub/file", STR("x"));
	assert_tool_text(f, "shell", "{\"command\":\"pwd\"}", root);
	assert_tool_text(f, "shell",
	    "{\"command\":\"pwd\",\"workdir\":\"sub\"}", sub);
}

static void
test_refuses_other_folders(void **state)
{
	struct tool_fixture *f = *state;

	fixture_write(f->folder, "file", STR("x"));
	assert_tool_error(f, "shell",
	    "{\"command\":\"pwd\",\"workdir\":\"..\"}", ERR_PATH_ESCAPE);
	assert_tool_error(f, "shell",
	    "{\"command\":\"pwd\",\"workdir\":\"/\"}", ERR_PATH_ESCAPE);
	assert_tool_error(f, "shell",
	    "{\"command\":\"pwd\",\"workdir\":\"none\"}",
	    ERR_TOOL_ARGUMENTS);
	assert_tool_error(f, "shell",
	    "{\"command\":\"pwd\",\"workdir\":\"file\"}",
	    ERR_TOOL_ARGUMENTS);
}

static void
test_refuses_what_is_no_command(void **state)
{
	struct tool_fixture *f = *state;
	CLEANUP_BUF struct buf b = BUF_INIT(1 * MIB);

	assert_tool_error(f, "shell", "{}", ERR_TOOL_ARGUMENTS);
	assert_tool_error(f, "shell", "{\"command\":\" \\n\"}",
	    ERR_TOOL_ARGUMENTS);
	buf_add_cstr(&b, "{\"command\":\"true ");
	buf_add_repeated(&b, 'x', 200 * KIB);
	buf_add_cstr(&b, "\"}");
	assert_tool_error(f, "shell", buf_text(&b), ERR_TOOL_ARGUMENTS);
}

static void
test_time_limit_keeps_the_output(void **state)
{
	struct tool_fixture *f = *state;
	struct tool_result r;

	tool_fixture_run(f, "shell",
	    "{\"command\":\"echo early; sleep 1000\",\"timeout_ms\":300}", &r);
	assert_false(r.ok);
	assert_int_equal(r.error.code, ERR_TOOL_TIMEOUT);
	assert_int_equal(strncmp(buf_text(&r.text), "early\n", 6), 0);
	tool_result_release(&r);
}

static void
test_keys_do_not_reach_commands(void **state)
{
	setenv("SOME_API_KEY", "secret", 1);
	assert_tool_text(*state, "shell",
	    "{\"command\":\"echo ${SOME_API_KEY-none} $PAGER\"}",
	    "none cat\n");
	unsetenv("SOME_API_KEY");
}

static void
collect(const char *call_id, const char *stream, struct str text, void *ctx)
{
	buf_add_str(ctx, text);
}

static void
test_output_is_live(void **state)
{
	struct tool_fixture *f = *state;
	CLEANUP_BUF struct buf live = BUF_INIT(1 * MIB);
	struct tool_result r;

	f->door.output = collect;
	f->door.ctx = &live;
	tool_fixture_run(f, "shell", "{\"command\":\"echo a; echo b\"}", &r);
	assert_string_equal(buf_text(&live), "a\nb\n");
	tool_result_release(&r);
}

static void
test_a_configured_shell(void **state)
{
	struct tool_fixture *f = *state;

	f->env.shell = "/bin/echo";
	assert_tool_text(f, "shell", "{\"command\":\"hello\"}",
	    "-c hello\n[exit status 0");
	f->env.shell = "/nonexistent/shell";
	assert_tool_error(f, "shell", "{\"command\":\"hello\"}",
	    ERR_NOT_FOUND);
}

static void
test_cancel(void **state)
{
	struct tool_fixture *f = *state;
	struct cancel cancel;
	struct tool_result r;
	struct error err;

	assert_ok(cancel_init(&cancel, &err));
	f->door.cancel = &cancel;
	cancel_raise(&cancel, CANCEL_STOP);
	tool_fixture_run(f, "shell", "{\"command\":\"sleep 1000\"}", &r);
	assert_int_equal(r.error.code, ERR_CANCELLED);
	tool_result_release(&r);
	cancel_release(&cancel);
}

static void
test_plan_mode_reads_only(void **state)
{
	struct tool_fixture *f = *state;

	f->policy.mode = MODE_PLAN;
	fixture_write(f->folder, "file", STR("text\n"));
	assert_tool_text(f, "shell", "{\"command\":\"cat file\"}", "text\n");
	assert_tool_error(f, "shell", "{\"command\":\"cat file; touch x\"}",
	    ERR_POLICY_DENIED);
	assert_tool_error(f, "shell", "{\"command\":\"cat /etc/passwd\"}",
	    ERR_POLICY_DENIED);
}

static void
test_destroying_asks_in_auto_mode(void **state)
{
	assert_tool_error(*state, "shell", "{\"command\":\"rm -rf x\"}",
	    ERR_POLICY_UNANSWERED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TOOL_TEST(test_output_and_status),
		TOOL_TEST(test_runs_in_the_workspace),
		TOOL_TEST(test_refuses_other_folders),
		TOOL_TEST(test_refuses_what_is_no_command),
		TOOL_TEST(test_time_limit_keeps_the_output),
		TOOL_TEST(test_keys_do_not_reach_commands),
		TOOL_TEST(test_output_is_live),
		TOOL_TEST(test_a_configured_shell),
		TOOL_TEST(test_cancel),
		TOOL_TEST(test_plan_mode_reads_only),
		TOOL_TEST(test_destroying_asks_in_auto_mode),
	};

	use_build_folder();
	alarm(120);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
