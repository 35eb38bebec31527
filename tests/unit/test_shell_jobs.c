/* Background shells: start, output, kill, list, events, the limit. */
#include "base/mem.h"
#include "tests/unit/tool_fixture.h"
#include "tools/shell_jobs.h"

struct events {
	int started, exited;
	struct buf text;
};

/* Reads of these fields wait for the calls that the events happen before. */
static void
take_event(const struct shell_job_event *event, void *ctx)
{
	struct events *e = ctx;

	e->started += event->kind == SHELL_JOB_STARTED;
	e->exited += event->kind == SHELL_JOB_EXITED;
	if (event->kind == SHELL_JOB_OUTPUT)
		buf_add_str(&e->text, event->text);
}

static struct shell_jobs *
create(struct events *e)
{
	struct shell_jobs_opts opts = { take_event, e };
	struct shell_jobs *jobs = NULL;
	struct error err;

	*e = (struct events){ .text = BUF_INIT(1 * MIB) };
	assert_ok(shell_jobs_create(&opts, &jobs, &err));
	return jobs;
}

static void
start(struct shell_jobs *jobs, const char *script,
    char id[SHELL_JOB_ID_SIZE])
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct proc_opts opts = PROC_OPTS_INIT;
	struct error err;

	opts.argv = argv;
	opts.grace_ms = 200;
	assert_ok(shell_jobs_start(jobs, &opts, str_from(script), id, &err));
}

/* Reads until it has ended; `out` gets everything. */
static void
read_to_end(struct shell_jobs *jobs, const char *id, struct buf *out,
    struct shell_job_info *info)
{
	struct error err;

	do {
		assert_ok(shell_jobs_output(jobs, str_from(id), 60000, NULL,
		    out, info, &err));
	} while (info->running);
	assert_ok(shell_jobs_output(jobs, str_from(id), 0, NULL, out, info,
	    &err));
}

static void
test_a_job_runs_to_its_end(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct shell_job_info info;
	char id[SHELL_JOB_ID_SIZE];
	struct events e;
	struct shell_jobs *jobs = create(&e);

	start(jobs, "echo a; echo b >&2; exit 4", id);
	assert_string_equal(id, "sh1");
	read_to_end(jobs, id, &out, &info);
	assert_string_equal(buf_text(&out), "a\nb\n");
	assert_true(info.status.exited);
	assert_int_equal(info.status.exit_status, 4);
	shell_jobs_destroy(jobs);
	assert_int_equal(e.started, 1);
	assert_int_equal(e.exited, 1);
	assert_string_equal(buf_text(&e.text), "a\nb\n");
	buf_release(&e.text);
}

static void
test_output_is_given_once(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct shell_job_info info;
	char id[SHELL_JOB_ID_SIZE];
	struct error err;
	struct events e;
	struct shell_jobs *jobs = create(&e);

	start(jobs, "echo up; sleep 1000", id);
	assert_ok(shell_jobs_output(jobs, str_from(id), 60000, NULL, &out,
	    &info, &err));
	assert_string_equal(buf_text(&out), "up\n");
	assert_true(info.running);
	buf_clear(&out);
	assert_ok(shell_jobs_output(jobs, str_from(id), 0, NULL, &out, &info,
	    &err));
	assert_int_equal(out.len, 0);
	shell_jobs_destroy(jobs);
	assert_int_equal(e.exited, 1);
	buf_release(&e.text);
}

static void
test_kill_waits_until_it_is_gone(void **state)
{
	struct shell_job_info rows[SHELL_JOBS_MAX];
	char id[SHELL_JOB_ID_SIZE];
	struct error err;
	struct events e;
	struct shell_jobs *jobs = create(&e);

	start(jobs, "trap '' TERM; sleep 1000 & sleep 1000", id);
	assert_ok(shell_jobs_kill(jobs, str_from(id), &err));
	assert_int_equal(shell_jobs_list(jobs, rows), 1);
	assert_false(rows[0].running);
	assert_ok(shell_jobs_kill(jobs, str_from(id), &err));
	assert_error(shell_jobs_kill(jobs, STR("sh9"), &err), ERR_NOT_FOUND);
	shell_jobs_destroy(jobs);
	buf_release(&e.text);
}

static void
test_a_waiting_call_can_be_cancelled(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct shell_job_info info;
	char id[SHELL_JOB_ID_SIZE];
	struct cancel cancel;
	struct error err;
	struct events e;
	struct shell_jobs *jobs = create(&e);

	assert_ok(cancel_init(&cancel, &err));
	cancel_raise(&cancel, CANCEL_STOP);
	start(jobs, "sleep 1000", id);
	assert_error(shell_jobs_output(jobs, str_from(id), 60000, &cancel,
	    &out, &info, &err), ERR_CANCELLED);
	cancel_release(&cancel);
	shell_jobs_destroy(jobs);
	buf_release(&e.text);
}

static void
test_ended_jobs_make_room(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	const char *argv[] = { "sleep", "1000", NULL };
	struct proc_opts opts = PROC_OPTS_INIT;
	char id[SHELL_JOB_ID_SIZE], first[SHELL_JOB_ID_SIZE];
	struct shell_job_info info;
	struct error err;
	struct events e;
	struct shell_jobs *jobs = create(&e);

	start(jobs, "true", first);
	read_to_end(jobs, first, &out, &info);
	for (int i = 0; i < SHELL_JOBS_MAX; i++)
		start(jobs, "sleep 1000", id);
	assert_error(shell_jobs_output(jobs, str_from(first), 0, NULL, &out,
	    &info, &err), ERR_NOT_FOUND);
	opts.argv = argv;
	assert_error(shell_jobs_start(jobs, &opts, STR("sleep"), id, &err),
	    ERR_BUSY);
	shell_jobs_destroy(jobs);
	assert_int_equal(e.started, SHELL_JOBS_MAX + 1);
	assert_int_equal(e.exited, SHELL_JOBS_MAX + 1);
	buf_release(&e.text);
}

static void
test_much_output_is_bounded(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct shell_job_info info;
	char id[SHELL_JOB_ID_SIZE];
	struct shell_jobs_opts opts = { NULL, NULL };
	struct shell_jobs *jobs = NULL;
	struct proc_status status;
	struct error err;

	assert_ok(shell_jobs_create(&opts, &jobs, &err));
	start(jobs, "head -c 3000000 /dev/zero | tr '\\0' x; echo end", id);
	do {
		struct shell_job_info rows[SHELL_JOBS_MAX];

		assert_int_equal(shell_jobs_list(jobs, rows), 1);
		info = rows[0];
	} while (info.running);
	status = info.status;
	assert_int_equal(status.exit_status, 0);
	assert_ok(shell_jobs_output(jobs, str_from(id), 0, NULL, &out, &info,
	    &err));
	assert_int_equal(info.output_bytes, 3000004);
	assert_true(out.len < 300 * KIB);
	assert_true(str_ends(buf_str(&out), STR("xend\n")));
	shell_jobs_destroy(jobs);
}

static void
test_the_tool(void **state)
{
	struct tool_fixture *f = *state;
	struct events e;

	f->env.jobs = create(&e);
	assert_tool_text(f, "shell_background", "{\"action\":\"list\"}",
	    "No background shells.");
	assert_tool_text(f, "shell_background",
	    "{\"action\":\"start\",\"command\":\"echo up; sleep 1000\","
	    "\"wait_ms\":30000}",
	    "Started as sh1.\nup\n[sh1: running for ");
	assert_tool_text(f, "shell_background",
	    "{\"action\":\"output\",\"id\":\"sh1\"}",
	    "(no new output)\n[sh1: running");
	assert_tool_text(f, "shell_background", "{\"action\":\"list\"}",
	    "sh1  running for ");
	assert_tool_text(f, "shell_background",
	    "{\"action\":\"kill\",\"id\":\"sh1\"}",
	    "(no new output)\n[sh1: ended by signal 15 (SIGTERM)]");
	assert_tool_error(f, "shell_background",
	    "{\"action\":\"output\",\"id\":\"sh7\"}", ERR_NOT_FOUND);
	assert_tool_error(f, "shell_background", "{\"action\":\"dance\"}",
	    ERR_TOOL_ARGUMENTS);
	assert_tool_error(f, "shell_background", "{\"action\":\"start\"}",
	    ERR_TOOL_ARGUMENTS);
	shell_jobs_destroy(f->env.jobs);
	f->env.jobs = NULL;
	buf_release(&e.text);
	assert_tool_error(f, "shell_background", "{\"action\":\"list\"}",
	    ERR_UNSUPPORTED);
}

static void
test_a_look_takes_nothing_away(void **state)
{
	CLEANUP_BUF struct buf seen = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct shell_job_info info;
	char id[SHELL_JOB_ID_SIZE];
	struct error err = ERROR_INIT;
	struct events e;
	struct shell_jobs *jobs = create(&e);

	start(jobs, "echo a", id);
	read_to_end(jobs, id, &out, &info);
	assert_ok(shell_jobs_peek(jobs, str_from(id), &seen, &info, &err));
	assert_ok(shell_jobs_peek(jobs, str_from(id), &seen, &info, &err));
	assert_string_equal(buf_text(&seen), "a\na\n");
	assert_error(shell_jobs_peek(jobs, STR("sh9"), &seen, &info, &err),
	    ERR_NOT_FOUND);
	shell_jobs_destroy(jobs);
	buf_release(&e.text);
}

static void
test_a_stop_does_not_wait(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct shell_job_info info;
	char id[SHELL_JOB_ID_SIZE];
	struct error err = ERROR_INIT;
	struct events e;
	struct shell_jobs *jobs = create(&e);

	start(jobs, "exec sleep 1000", id);
	assert_ok(shell_jobs_stop(jobs, str_from(id), &err));
	read_to_end(jobs, id, &out, &info);
	assert_int_equal(info.status.signal, 15);
	assert_error(shell_jobs_stop(jobs, STR("sh9"), &err), ERR_NOT_FOUND);
	shell_jobs_destroy(jobs);
	buf_release(&e.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_job_runs_to_its_end),
		cmocka_unit_test(test_output_is_given_once),
		cmocka_unit_test(test_kill_waits_until_it_is_gone),
		cmocka_unit_test(test_a_waiting_call_can_be_cancelled),
		cmocka_unit_test(test_ended_jobs_make_room),
		cmocka_unit_test(test_much_output_is_bounded),
		cmocka_unit_test(test_a_look_takes_nothing_away),
		cmocka_unit_test(test_a_stop_does_not_wait),
		TOOL_TEST(test_the_tool),
	};

	use_build_folder();
	alarm(120);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
