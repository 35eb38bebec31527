/* proc: statuses, limits, input and output, and that nothing stays behind.
 *
 * Whether anything stayed is asked of a FIFO: the command opens it for
 * writing, all that it starts inherits that, and our read sees the end only
 * when the last of them is gone. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/thread.h"
#include "tests/unit/build_folder.h"
#include "tests/unit/unit.h"

struct place {
	char folder[64];
	char *tree, *ready;
	int tree_fd;
};

static int
setup(void **state)
{
	struct place *p = mem_new(struct place);

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-proc-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->tree = file_join(p->folder, "tree");
	p->ready = file_join(p->folder, "ready");
	assert_int_equal(mkfifo(p->tree, 0600), 0);
	assert_int_equal(mkfifo(p->ready, 0600), 0);
	p->tree_fd = open(p->tree, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(p->tree_fd >= 0);
	fcntl(p->tree_fd, F_SETFL, 0);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	close(p->tree_fd);
	unlink(p->tree);
	unlink(p->ready);
	rmdir(p->folder);
	free(p->tree);
	free(p->ready);
	free(p);
	return 0;
}

/* Reads the FIFO to its end: blocks while a writer is there, so a survivor
 * makes the test hang into its alarm(). */
static void
assert_tree_gone(struct place *p)
{
	char bytes[256];
	ssize_t n;

	while ((n = read(p->tree_fd, bytes, sizeof(bytes))) > 0)
		;
	assert_int_equal(n, 0);
}

/* One sh -c with $1 (tree) and $2 (ready). */
struct script {
	const char *argv[7];
	struct proc_opts opts;
};

static void
script_init(struct script *s, struct place *p, const char *text)
{
	s->argv[0] = "sh";
	s->argv[1] = "-c";
	s->argv[2] = text;
	s->argv[3] = "script";
	s->argv[4] = p->tree;
	s->argv[5] = p->ready;
	s->argv[6] = NULL;
	s->opts = PROC_OPTS_INIT;
	s->opts.argv = s->argv;
	s->opts.grace_ms = 100;
}

static void
test_exit_statuses(void **state)
{
	static const struct {
		const char *script;
		bool exited;
		int status, signal;
	} cases[] = {
		{ "exit 0", true, 0, 0 },
		{ "exit 7", true, 7, 0 },
		{ "exit 255", true, 255, 0 },
		{ "kill -TERM $$", false, 0, SIGTERM },
		{ "kill -KILL $$", false, 0, SIGKILL },
		{ "kill -SEGV $$", false, 0, SIGSEGV },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct proc_status status;
		struct script s;
		struct error err;

		script_init(&s, *state, cases[i].script);
		assert_ok(proc_run(&s.opts, &status, &err));
		assert_int_equal(status.exited, cases[i].exited);
		assert_int_equal(status.exit_status, cases[i].status);
		assert_int_equal(status.signal, cases[i].signal);
		assert_false(status.timed_out || status.cancelled);
		assert_true(status.duration_ms >= 0);
	}
}

static void
test_streams_apart_and_merged(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1000), errs = BUF_INIT(1000);
	struct proc_status status;
	struct script s;
	struct error err;

	script_init(&s, *state, "echo a; echo b >&2; echo c; echo d >&2");
	assert_ok(proc_capture(&s.opts, &out, &errs, NULL, &status, &err));
	assert_string_equal(buf_text(&out), "a\nc\n");
	assert_string_equal(buf_text(&errs), "b\nd\n");
	buf_clear(&out);
	s.opts.merge = true;
	assert_ok(proc_capture(&s.opts, &out, NULL, NULL, &status, &err));
	assert_string_equal(buf_text(&out), "a\nb\nc\nd\n");
}

static void
test_big_output_is_dropped_over_the_ceiling(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(100 * KIB);
	struct proc_status status;
	size_t dropped = 0;
	struct script s;
	struct error err;

	script_init(&s, *state, "head -c 5000000 /dev/zero; exit 3");
	assert_ok(proc_capture(&s.opts, &out, NULL, &dropped, &status, &err));
	assert_int_equal(out.len, 100 * KIB);
	assert_int_equal(dropped, 5000000 - 100 * KIB);
	assert_int_equal(status.exit_status, 3);
}

static void
test_input_larger_than_a_pipe(void **state)
{
	CLEANUP_BUF struct buf in = BUF_INIT(4 * MIB), out = BUF_INIT(4 * MIB);
	struct proc_status status;
	struct script s;
	struct error err;

	buf_add_repeated(&in, 'x', 3 * MIB);
	script_init(&s, *state, "cat");
	s.opts.input = buf_str(&in);
	assert_ok(proc_capture(&s.opts, &out, NULL, NULL, &status, &err));
	assert_true(str_eq(buf_str(&in), buf_str(&out)));
}

static void
test_input_nobody_reads(void **state)
{
	CLEANUP_BUF struct buf in = BUF_INIT(1 * MIB);
	struct proc_status status;
	struct script s;
	struct error err;

	buf_add_repeated(&in, 'x', 1 * MIB);
	script_init(&s, *state, "exec <&-; exit 4");
	s.opts.input = buf_str(&in);
	assert_ok(proc_run(&s.opts, &status, &err));
	assert_int_equal(status.exit_status, 4);
}

static void
test_no_input_is_the_end_of_file(void **state)
{
	struct proc_status status;
	struct script s;
	struct error err;

	script_init(&s, *state, "read x; exit $?");
	assert_ok(proc_run(&s.opts, &status, &err));
	assert_int_equal(status.exit_status, 1);
}

static void
test_start_errors_are_exact(void **state)
{
	struct place *p = *state;
	CLEANUP(free_ptr) char *plain = file_join(p->folder, "plain");
	const char *missing[] = { "friday-no-such-program", NULL };
	const char *not_executable[] = { plain, NULL };
	const char *fine[] = { "true", NULL };
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	struct error err;

	assert_ok(file_write_atomic(plain, STR("x"), 0600, &err));
	opts.argv = missing;
	assert_error(proc_run(&opts, &status, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.message, "friday-no-such-program"));
	opts.argv = not_executable;
	assert_error(proc_run(&opts, &status, &err), ERR_PERMISSION);
	opts.argv = fine;
	opts.cwd = "/nonexistent/folder";
	assert_error(proc_run(&opts, &status, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.message, "/nonexistent/folder"));
	unlink(plain);
}

static void
test_missing_helper_is_said(void **state)
{
	char *folder = mem_strdup(getenv("FRIDAY_DATA_DIR"));
	CLEANUP(free_ptr) char *elsewhere = NULL;
	struct proc_status status;
	struct script s;
	struct error err;

	setenv("FRIDAY_DATA_DIR", "/nonexistent", 1);
	elsewhere = file_data_path("libexec", "friday-supervise");
	script_init(&s, *state, "true");
	if (elsewhere == NULL) {
		assert_error(proc_run(&s.opts, &status, &err), ERR_NOT_FOUND);
		assert_non_null(strstr(err.message, "friday-supervise"));
	}
	setenv("FRIDAY_DATA_DIR", folder, 1);
	free(folder);
	if (elsewhere != NULL)
		skip(); /* an installed friday has one */
}

static void
test_folder_and_environment(void **state)
{
	static const char *const environment[] = { "PATH=/usr/bin:/bin",
		"COLOUR=green", NULL };
	CLEANUP_BUF struct buf out = BUF_INIT(1000);
	struct proc_status status;
	struct script s;
	struct error err;

	script_init(&s, *state, "pwd; echo $COLOUR${HOME-none}");
	s.opts.cwd = "/usr";
	s.opts.environ_ = environment;
	assert_ok(proc_capture(&s.opts, &out, NULL, NULL, &status, &err));
	assert_string_equal(buf_text(&out), "/usr\ngreennone\n");
}

static void
test_inherits_no_descriptor_and_no_signal_state(void **state)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1000);
	int leaked = fcntl(1, F_DUPFD, 40); /* without close-on-exec */
	struct proc_status status;
	sigset_t set, old;
	struct script s;
	struct error err;

	sigfillset(&set);
	pthread_sigmask(SIG_SETMASK, &set, &old);
	signal(SIGPIPE, SIG_IGN);
	script_init(&s, *state,
	    /* glibc keeps 32 and 33 for itself: only the last 31 count */
	    "ls /proc/$$/fd; sed -n 's/^Sig\\(...\\):.*\\(.\\{7\\}\\)$/"
	    "\\1 \\2/p' /proc/$$/status | grep -E 'Blk|Ign'");
	assert_ok(proc_capture(&s.opts, &out, NULL, NULL, &status, &err));
	signal(SIGPIPE, SIG_DFL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	close(leaked);
	assert_string_equal(buf_text(&out),
	    "0\n1\n2\nBlk 0000000\nIgn 0000000\n");
}

static void
test_time_limit(void **state)
{
	struct proc_status status;
	struct script s;
	struct error err;

	script_init(&s, *state, "exec 9>$1; sleep 1000 & sleep 1000");
	s.opts.timeout_ms = 20;
	assert_ok(proc_run(&s.opts, &status, &err));
	assert_true(status.timed_out);
	assert_false(status.exited);
	assert_int_equal(status.signal, SIGTERM);
	assert_tree_gone(*state);
}

static void
test_cancelled_before_it_starts(void **state)
{
	struct proc_status status;
	struct cancel cancel;
	struct script s;
	struct error err;

	assert_ok(cancel_init(&cancel, &err));
	cancel_raise(&cancel, CANCEL_STOP);
	script_init(&s, *state, "exec 9>$1; sleep 1000");
	s.opts.cancel = &cancel;
	assert_ok(proc_run(&s.opts, &status, &err));
	assert_true(status.cancelled);
	assert_tree_gone(*state);
	cancel_release(&cancel);
}

static void
raise_stop(enum proc_stream stream, struct str bytes, void *ctx)
{
	cancel_raise(ctx, CANCEL_STOP);
}

static void
test_stop_lets_the_command_clean_up(void **state)
{
	struct proc_status status;
	struct cancel cancel;
	struct script s;
	struct error err;

	assert_ok(cancel_init(&cancel, &err));
	/* The child itself says that it is up: between fork and exec it still
	 * has the shell's trap, and a SIGTERM is lost. */
	script_init(&s, *state, "exec 9>$1; trap 'kill $!; exit 9' TERM;"
				"sh -c 'echo up; exec sleep 1000' & wait");
	s.opts.grace_ms = 60000;
	s.opts.cancel = &cancel;
	s.opts.output = raise_stop;
	s.opts.ctx = &cancel;
	assert_ok(proc_run(&s.opts, &status, &err));
	assert_true(status.cancelled && status.exited);
	assert_int_equal(status.exit_status, 9);
	assert_tree_gone(*state);
	cancel_release(&cancel);
}

/* First output: stop, which is ignored; its answer: kill. */
static void
raise_more(enum proc_stream stream, struct str bytes, void *ctx)
{
	struct cancel *cancel = ctx;

	cancel_raise(cancel,
	    cancel_raised(cancel) ? CANCEL_KILL : CANCEL_STOP);
}

static void
test_kill_does_not_wait_for_the_grace(void **state)
{
	struct proc_status status;
	struct cancel cancel;
	struct script s;
	struct error err;

	assert_ok(cancel_init(&cancel, &err));
	script_init(&s, *state, "exec 9>$1; trap 'echo no' TERM; echo up;"
				"while :; do sleep 1000 & wait; done");
	s.opts.grace_ms = 1000 * 1000;
	s.opts.cancel = &cancel;
	s.opts.output = raise_more;
	s.opts.ctx = &cancel;
	assert_ok(proc_run(&s.opts, &status, &err));
	assert_true(status.cancelled);
	assert_int_equal(status.signal, SIGKILL);
	assert_tree_gone(*state);
	cancel_release(&cancel);
}

/* What commands leave behind, each ready before the command ends. */
static void
test_nothing_stays_behind(void **state)
{
	static const char *const scripts[] = {
		/* in the background */
		"exec 9>$1; sleep 1000 & exit 5",
		/* deaf to the polite signals, in a session of its own */
		"exec 9>$1; setsid sh -c 'trap \"\" TERM HUP; echo >$0;"
		" while :; do sleep 1000; done' $2 & read x <$2; exit 5",
		/* a daemon: two forks, so that its parent is gone */
		"exec 9>$1; (setsid sh -c '(trap \"\" TERM; echo >$0;"
		" sleep 1000) &' $2 &); read x <$2; exit 5",
		"exec 9>$1; nohup sh -c 'echo >$0; sleep 1000' $2"
		" >/dev/null 2>&1 & read x <$2; exit 5",
		/* stopped */
		"exec 9>$1; sh -c 'echo >$0; kill -STOP $$; :' $2 &"
		" read x <$2; exit 5",
		/* one that hands over to a child again and again */
		"exec 9>$1; setsid sh -c 'trap \"\" TERM; echo >$0;"
		" f() { (trap \"\" TERM; f) & exit; }; f' $2 & read x <$2;"
		" exit 5",
	};

	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		struct proc_status status;
		struct script s;
		struct error err;

		script_init(&s, *state, scripts[i]);
		assert_ok(proc_run(&s.opts, &status, &err));
		assert_true(status.exited);
		assert_int_equal(status.exit_status, 5);
		assert_false(status.survivors);
		assert_tree_gone(*state);
	}
}

static void
test_kill_of_the_caller_ends_everything(void **state)
{
	struct place *p = *state;
	struct script s;
	char up;
	pid_t pid;

	script_init(&s, p, "exec 9>$1; (setsid sh -c 'trap \"\" TERM;"
			   " (echo up >&9; sleep 1000) &' &); sleep 1000");
	pid = fork();
	if (pid == 0) {
		struct proc_status status;

		proc_run(&s.opts, &status, NULL);
		_exit(0);
	}
	/* Waits for the writer, then for its word. */
	close(p->tree_fd);
	p->tree_fd = open(p->tree, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(p->tree_fd, &up, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_tree_gone(p);
}

static void
test_kill_of_the_supervisor_ends_the_command(void **state)
{
	struct place *place = *state;
	struct proc_status status;
	struct proc *p = NULL;
	struct script s;
	struct error err;
	int ready;

	script_init(&s, place, "exec 9>$1; read x <$2; kill -KILL $PPID;"
			       " sleep 1000");
	assert_ok(proc_start(&s.opts, &p, &err));
	/* Not before the supervisor has told of the start. */
	ready = open(place->ready, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(ready, "\n", 1), 1);
	close(ready);
	while (proc_pump(p, -1))
		;
	assert_true(proc_status(p, &status));
	proc_destroy(p);
	assert_false(status.exited);
	assert_int_equal(status.signal, SIGKILL);
}

static void
test_background_child(void **state)
{
	struct proc_status status;
	struct proc *p = NULL;
	struct script s;
	struct error err;

	script_init(&s, *state, "exec 9>$1; sleep 1000");
	assert_ok(proc_start(&s.opts, &p, &err));
	assert_true(proc_pump(p, 0));
	assert_false(proc_status(p, &status));
	proc_stop(p, false);
	while (proc_pump(p, -1))
		;
	assert_true(proc_status(p, &status));
	assert_int_equal(status.signal, SIGTERM);
	proc_destroy(p);
	assert_tree_gone(*state);
}

static void
test_destroy_kills(void **state)
{
	struct proc *p = NULL;
	struct script s;
	struct error err;

	script_init(&s, *state, "exec 9>$1; trap '' TERM; sleep 1000");
	s.opts.grace_ms = 1000 * 1000;
	assert_ok(proc_start(&s.opts, &p, &err));
	proc_destroy(p);
	assert_tree_gone(*state);
}

static void *
run_many(void *ctx)
{
	for (int i = 0; i < 20; i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(100);
		const char *argv[] = { "echo", ctx, NULL };
		struct proc_opts opts = PROC_OPTS_INIT;
		struct proc_status status;

		opts.argv = argv;
		if (proc_capture(&opts, &out, NULL, NULL, &status, NULL) != 0 ||
		    !str_eq_c(str_trim(buf_str(&out)), ctx))
			return ctx;
	}
	return NULL;
}

static void
test_threads_do_not_disturb_each_other(void **state)
{
	static const char *const words[] = { "one", "two", "three", "four" };
	pthread_t threads[ARRAY_LEN(words)];
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		assert_ok(thread_start(&threads[i], "run", run_many,
		    (void *)(uintptr_t)words[i], &err));
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_exit_statuses),
		TEST(test_streams_apart_and_merged),
		TEST(test_big_output_is_dropped_over_the_ceiling),
		TEST(test_input_larger_than_a_pipe),
		TEST(test_input_nobody_reads),
		TEST(test_no_input_is_the_end_of_file),
		TEST(test_start_errors_are_exact),
		TEST(test_missing_helper_is_said),
		TEST(test_folder_and_environment),
		TEST(test_inherits_no_descriptor_and_no_signal_state),
		TEST(test_time_limit),
		TEST(test_cancelled_before_it_starts),
		TEST(test_stop_lets_the_command_clean_up),
		TEST(test_kill_does_not_wait_for_the_grace),
		TEST(test_nothing_stays_behind),
		TEST(test_kill_of_the_caller_ends_everything),
		TEST(test_kill_of_the_supervisor_ends_the_command),
		TEST(test_background_child),
		TEST(test_destroy_kills),
		TEST(test_threads_do_not_disturb_each_other),
	};

	use_build_folder();
	alarm(120); /* a survivor shows itself as a read that never ends */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
