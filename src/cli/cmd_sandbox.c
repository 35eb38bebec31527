/* friday sandbox: one command in the sandbox, by hand.
 *
 * Where none of the three standard descriptors is a terminal, this process
 * becomes the launcher (exec), so that bytes, signals and the ending go
 * straight through. A terminal is never given to the command: what it writes
 * there passes the filter, and what is typed reaches it through a pipe. With
 * --network it stays too: the proxy that leads to the allowed hosts is its. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/term_colours.h"
#include "cli/cli.h"
#include "cli/signals.h"

#define CHUNK 65536

struct start {
	char **argv, **environ_;
	bool stay; /* this process must not become the launcher */
};

static char **
copy_list(const struct json *list)
{
	char **items = mem_alloc(json_count(list) + 1, sizeof(*items));
	size_t n = 0;

	for (const struct json *i = json_first(list); i; i = json_next(i))
		items[n++] = str_dup(json_str(i));
	return items;
}

static void
free_list(char **items)
{
	for (size_t i = 0; items != NULL && items[i] != NULL; i++)
		free(items[i]);
	free(items);
}

static void
start_release(struct start *s)
{
	free_list(s->argv);
	free_list(s->environ_);
}

static bool
any_terminal(void)
{
	return isatty(0) || isatty(1) || isatty(2);
}

static bool
add_number(struct cli *cli, struct json *args, const char *option,
    const char *key, int64_t factor)
{
	struct str text = cli_option(cli, option);
	int64_t n;

	if (text.len == 0)
		return true;
	if (!str_to_int(text, 1, 1000000000, &n)) {
		cli_fail(0, "--%s takes a number", option);
		return false;
	}
	json_set_int(args, key, n * factor);
	return true;
}

static void
add_text(struct cli *cli, struct json *args, const char *option)
{
	struct str text = cli_option(cli, option);

	if (text.len > 0)
		json_set_str(args, option, text);
}

/* The arguments of sandbox.plan; NULL after a mistake. */
static struct json *
make_args(struct cli *cli)
{
	CLEANUP_JSON struct json *args = json_new_object();
	struct json *command = json_new_array();
	char *cwd = getcwd(NULL, 0);

	json_set(args, "command", command);
	for (size_t i = 0; i < cli->n_arguments; i++)
		json_add(command, json_new_str(cli->arguments[i]));
	json_set_str(args, "cwd", str_from(cwd));
	free(cwd);
	add_text(cli, args, "profile");
	add_text(cli, args, "memory");
	add_text(cli, args, "disk");
	if (!add_number(cli, args, "processes", "processes", 1) ||
	    !add_number(cli, args, "timeout", "timeout_ms", 1000))
		return NULL;
	if (cli_flag(cli, "network"))
		json_set_bool(args, "network", true);
	json_set_int(args, "parent", getpid());
	json_set_bool(args, "stay", any_terminal());
	if (cli_flag(cli, "accept-missing"))
		json_set_bool(args, "accept_missing", true);
	return steal(args);
}

static int
get_start(struct cli *cli, struct start *ret)
{
	CLEANUP_JSON struct json *args = make_args(cli);
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	if (args == NULL)
		return EXIT_USAGE;
	if (cli_option(cli, "workspace").len > 0)
		json_set_str(cli->options, "cwd",
		    cli_option(cli, "workspace"));
	status = cli_open(cli);
	if (status == 0)
		status = cli_call(cli, "sandbox.plan", args, &reply);
	if (status != 0)
		return status;
	ret->argv = copy_list(json_get(reply, "argv"));
	ret->environ_ = copy_list(json_get(reply, "environ"));
	ret->stay = json_get_bool(reply, "stay", false) || any_terminal();
	return 0;
}

/* --- between a terminal and the command ---------------------------------- */

struct bridge {
	int from, to; /* -1: none, or at its end */
	bool to_terminal;
	struct term_colours filter;
};

struct bridges {
	struct bridge in, out[2];
	int child[3]; /* what the command gets */
	pid_t pid;
	int signals;
};

static void
close_end(int *fd)
{
	if (*fd > 2)
		close(*fd);
	*fd = -1;
}

static int
open_bridges(struct bridges *b)
{
	int ends[2];

	for (int fd = 0; fd < 3; fd++) {
		b->child[fd] = fd;
		if (!isatty(fd))
			continue;
		if (pipe2(ends, O_CLOEXEC) != 0)
			return cli_fail(EXIT_FAILED, "pipe: %s",
			    strerror(errno));
		b->child[fd] = ends[fd == 0 ? 0 : 1];
		if (fd == 0)
			b->in = (struct bridge){ 0, ends[1], false,
				TERM_COLOURS_INIT };
		else
			b->out[fd - 1] = (struct bridge){ ends[0], fd, true,
				TERM_COLOURS_INIT };
	}
	return 0;
}

static int
spawn(struct bridges *b, const struct start *s)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	int rc;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF |
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
	posix_spawn_file_actions_init(&actions);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_adddup2(&actions, b->child[fd], fd);
	rc = posix_spawn(&b->pid, s->argv[0], &actions, &attributes, s->argv,
	    s->environ_);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	for (int fd = 0; fd < 3; fd++)
		close_end(&b->child[fd]);
	if (rc != 0)
		return cli_fail(EXIT_FAILED, "cannot start the sandbox: %s",
		    strerror(rc));
	return 0;
}

static bool
write_all(int fd, struct str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			bytes = str_sub(bytes, (size_t)n, SIZE_MAX);
	}
	return true;
}

static void
carry(struct bridge *b)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(8 * CHUNK + 64);
	char bytes[CHUNK];
	ssize_t n = read(b->from, bytes, sizeof(bytes));
	struct str text = str_make(bytes, n > 0 ? (size_t)n : 0);

	if (n < 0 && errno == EINTR)
		return;
	if (b->to_terminal) {
		if (n > 0)
			term_colours_feed(&b->filter, text, &clean);
		else
			term_colours_end(&b->filter, &clean);
		text = buf_str(&clean);
	}
	if (!write_all(b->to, text) || n <= 0) {
		close_end(&b->from);
		close_end(&b->to);
	}
}

static void
pass_signals(struct bridges *b)
{
	int signal_number;

	while ((signal_number = signals_next(b->signals)) != 0)
		kill(b->pid, signal_number);
}

/* Until the command's outputs end; then it has ended too. */
static void
carry_all(struct bridges *b)
{
	struct bridge *list[] = { &b->in, &b->out[0], &b->out[1] };
	CLEANUP(close_fd) int ended = (int)syscall(SYS_pidfd_open, b->pid, 0);
	int status;

	for (;;) {
		struct pollfd fds[5] = { { b->in.from, POLLIN, 0 },
			{ b->out[0].from, POLLIN, 0 },
			{ b->out[1].from, POLLIN, 0 },
			{ b->signals, POLLIN, 0 },
			{ b->out[0].from < 0 && b->out[1].from < 0 ? ended :
								     -1,
			    POLLIN, 0 } };

		/* Without outputs of ours its end shows only by waiting. */
		if (b->out[0].from < 0 && b->out[1].from < 0) {
			siginfo_t info = { .si_pid = 0 };

			if (waitid(P_PID, (id_t)b->pid, &info,
				WEXITED | WNOHANG | WNOWAIT) != 0 ||
			    info.si_pid != 0)
				return;
		}
		status = poll(fds, 5, 50);
		if (status <= 0)
			continue;
		if (fds[3].revents != 0)
			pass_signals(b);
		for (size_t i = 0; i < ARRAY_LEN(list); i++)
			if (fds[i].revents != 0)
				carry(list[i]);
	}
}

/* The command's ending as ours. */
static int
end_like(int status)
{
	struct rlimit none = { 0, 0 };
	sigset_t set;

	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	setrlimit(RLIMIT_CORE, &none);
	signal(WTERMSIG(status), SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, WTERMSIG(status));
	fflush(stdout);
	raise(WTERMSIG(status));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return 128 + WTERMSIG(status);
}

static int
run_bridged(const struct start *s)
{
	struct bridges b = { .in = { .from = -1, .to = -1 },
		.out = { { .from = -1, .to = -1 }, { .from = -1, .to = -1 } } };
	int status;

	b.signals = signals_open();
	status = open_bridges(&b);
	if (status == 0)
		status = spawn(&b, s);
	if (status != 0)
		return status;
	carry_all(&b);
	while (waitpid(b.pid, &status, 0) < 0 && errno == EINTR)
		pass_signals(&b);
	return end_like(status);
}

static int
run_sandbox(struct cli *cli)
{
	CLEANUP(start_release) struct start s = { .argv = NULL };
	int status;

	if (cli->n_arguments == 0)
		return cli_usage(cli);
	status = get_start(cli, &s);
	if (status != 0)
		return status;
	if (s.stay)
		return run_bridged(&s);
	execve(s.argv[0], s.argv, s.environ_);
	return cli_fail(EXIT_FAILED, "cannot start the sandbox: %s",
	    strerror(errno));
}

static const struct command_option options[] = {
	{ "--profile", NULL, "workspace|read-only",
	    "What may be written: the workspace, or nothing" },
	{ "--workspace", NULL, "DIR", "Instead of the current folder" },
	{ "--network", NULL, NULL,
	    "With the hosts of sandbox.hosts, through a proxy" },
	{ "--memory", NULL, "SIZE", "Of all processes together (512M, 2G)" },
	{ "--processes", NULL, "N", "At once, threads counted too" },
	{ "--disk", NULL, "SIZE", "Of the temporary folders" },
	{ "--timeout", NULL, "SECONDS", "Wall time" },
	{ "--accept-missing", NULL, NULL,
	    "Run also where the machine lacks a layer of the sandbox (friday "
	    "doctor names it)" },
	{ .flag = NULL },
};

const struct command command_sandbox_rows[] = {
	{ "sandbox", "[OPTION…] -- COMMAND…",
	    "Run a command in the sandbox, as the agent's commands are run",
	    options, false, run_sandbox },
	{ .name = NULL },
};
