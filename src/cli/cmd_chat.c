/* friday without a subcommand: the conversation. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/ask_secret.h"
#include "cli/chat.h"
#include "cli/signals.h"
#include "core/config.h"
#include "core/keyring.h"
#include "tui/tui.h"

int
chat_open(struct chat *c, const char *operation, struct json *args)
{
	CLEANUP_JSON struct json *own = args;
	CLEANUP_JSON struct json *reply = NULL;
	int status = cli_call(c->cli, operation, own, &reply);

	if (status != 0)
		return status;
	if (c->session != NULL &&
	    !str_eq_c(json_get_str(reply, "session"), c->session)) {
		struct json *old = json_new_object();

		json_set_str(old, "session", str_from(c->session));
		cli_call(c->cli, "session.close", old, NULL);
		json_destroy(old);
	}
	feed_destroy(c->feed);
	free(c->session);
	c->session = str_dup(json_get_str(reply, "session"));
	c->feed = feed_create(c->cli, c->session,
	    json_get_int(reply, "last_seq", 0));
	c->running = false;
	c->said = json_get_int(reply, "last_seq", 0) > 0;
	if (c->terminal)
		chat_print(c, "friday %s · %.*s/%.*s · mode %.*s · /help",
		    friday_version(), STR_ARG(json_get_str(reply, "provider")),
		    STR_ARG(json_get_str(reply, "model")),
		    STR_ARG(json_get_str(reply, "mode")));
	if (c->terminal &&
	    str_eq_c(json_get_str(reply, "provider"), "offline"))
		chat_print(c, "No language model is set up; answers come from "
		    "searching the code. Export ANTHROPIC_API_KEY, "
		    "OPENAI_API_KEY or GEMINI_API_KEY, or start a local "
		    "server such as Ollama: friday model list");
	return 0;
}

static void
interrupt(struct chat *c)
{
	struct json *args;

	if (c->running) {
		args = json_new_object();
		json_set_bool(args, "now", c->signals++ > 0);
		chat_call(c, "run.cancel", args, NULL);
		return;
	}
	if (c->draft.len > 0 || c->signals++ == 0) {
		buf_clear(&c->draft);
		chat_print(c, "\n(Ctrl-D leaves)");
		chat_ask(c);
		return;
	}
	c->quit = true;
}

static void
read_input(struct chat *c)
{
	char chunk[16 * 1024];
	ssize_t n = read(STDIN_FILENO, chunk, sizeof(chunk));
	size_t lf;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		c->ended = true;
		if (c->input.len > 0)
			chat_take_line(c, buf_str(&c->input));
		buf_clear(&c->input);
		return;
	}
	if (!c->running)
		c->signals = 0;
	buf_add(&c->input, chunk, (size_t)n);
	/* Behind a pipe, the next line waits until the run has ended: a
	 * script's lines are requests, not steering. */
	while (!c->quit && (c->terminal || chat_waits_for(c) != CHAT_RUN) &&
	    (lf = str_find_char(buf_str(&c->input), '\n', 0)) != SIZE_MAX) {
		CLEANUP_BUF struct buf line = BUF_INIT(8 * MIB);

		buf_add(&line, buf_text(&c->input), lf);
		buf_consume(&c->input, lf + 1);
		chat_take_line(c, buf_str(&line));
	}
}

/* Lines of a pipe that came while a run went on. */
static void
take_waiting_line(struct chat *c)
{
	size_t lf = str_find_char(buf_str(&c->input), '\n', 0);
	CLEANUP_BUF struct buf line = BUF_INIT(8 * MIB);

	if (c->terminal || lf == SIZE_MAX || chat_waits_for(c) == CHAT_RUN)
		return;
	buf_add(&line, buf_text(&c->input), lf);
	buf_consume(&c->input, lf + 1);
	chat_take_line(c, buf_str(&line));
}

static bool
is_done(const struct chat *c)
{
	if (c->quit)
		return true;
	/* Nobody is there any more; what runs may end, what asks may not. */
	return c->ended && (!c->running || c->n_pending > 0) &&
	    str_find_char(buf_str(&c->input), '\n', 0) == SIZE_MAX;
}

static void
loop(struct chat *c, int signal_fd)
{
	while (!is_done(c)) {
		bool full = !c->terminal && c->running && c->input.len > 0;
		struct pollfd fds[3] = {
			{ feed_fd(c->feed), POLLIN, 0 },
			{ signal_fd, POLLIN, 0 },
			{ c->ended || full ? -1 : STDIN_FILENO, POLLIN, 0 },
		};
		struct json *ev;

		if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
			break;
		if (fds[1].revents != 0) {
			int signal_number = signals_next(signal_fd);

			if (signal_number == SIGINT)
				interrupt(c);
			else if (signal_number != 0)
				c->quit = true;
		}
		while ((ev = feed_next(c->feed, NULL)) != NULL) {
			chat_show(c, ev);
			json_destroy(ev);
		}
		if (fds[2].revents != 0)
			read_input(c);
		take_waiting_line(c);
		if (ferror(stdout))
			break;
	}
}

/* What a folder brings along is asked about once; until then its settings can
 * only narrow what is allowed, and other assistants' commands are not there. */
static void
ask_for_trust(struct chat *c)
{
	CLEANUP_JSON struct json *reply = NULL;
	CLEANUP_JSON struct json *args = json_new_object();
	const struct json *foreign;
	char answer[16] = "";
	bool trusted;

	if (cli_call(c->cli, "trust.get", NULL, &reply) != 0 ||
	    json_get_bool(reply, "answered", true))
		return;
	foreign = json_get(reply, "foreign");
	if (json_get_str(reply, "ignored").len == 0 && json_count(foreign) == 0)
		return;
	if (json_get_str(reply, "ignored").len > 0)
		chat_print(c, "This folder brings its own settings: %.*s\n"
		    "  %.*s", STR_ARG(json_get_str(reply, "file")),
		    STR_ARG(json_get_str(reply, "ignored")));
	for (const struct json *i = json_first(foreign); i; i = json_next(i))
		chat_print(c, "This folder brings commands or skills: %.*s",
		    STR_ARG(json_str(i)));
	chat_print(c, "Until you trust them, settings can only narrow what is "
	    "allowed. Trust this folder as it is now? y or n");
	fputs("> ", stdout);
	fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) == NULL)
		return;
	trusted = str_eq_nocase(str_trim(str_from(answer)), STR("y"));
	json_set_bool(args, "trusted", trusted);
	if (cli_call(c->cli, "trust.set", args, NULL) != 0 || !trusted)
		return;
	/* Settings are read when friday opens. */
	friday_close(c->cli->friday);
	c->cli->friday = NULL;
	cli_open(c->cli);
}

static int
open_first(struct chat *c)
{
	struct cli *cli = c->cli;
	struct json *args = json_new_object();
	struct str resume = cli_option(cli, "resume");

	if (resume.len > 0)
		json_set_str(args, "session", resume);
	else if (cli_flag(cli, "continue"))
		json_set_bool(args, "last", true);
	else
		return chat_open(c, "session.create", args);
	return chat_open(c, "session.open", args);
}

/* The settings of the screen are wanted before friday is opened: the first
 * frame is to look right. A mistake in the configuration is told later, by who
 * opens it. */
static struct config *
screen_config(const struct cli *cli, const char *settings)
{
	struct str cwd = cli_option(cli, "cwd");
	CLEANUP(free_ptr) char *folder = cwd.len > 0 ? str_dup(cwd) :
						       getcwd(NULL, 0);
	const struct config_opts opts = { .settings = settings,
		.folder = folder };
	struct config *config = NULL;

	if (folder != NULL)
		config_load(&opts, &config, NULL);
	return config;
}

static int
run_screen(struct cli *cli, struct terminal *terminal,
    const struct config *config, const char *settings)
{
	CLEANUP_BUF struct buf prompt = BUF_INIT(8 * MIB);
	CLEANUP(free_ptr) char *folder = str_dup(cli_option(cli, "cwd"));
	CLEANUP(free_ptr) char *resume = str_dup(cli_option(cli, "resume"));
	CLEANUP(secret_destroyp) struct secret *passphrase = NULL;
	struct tui_opts opts = { .terminal = terminal, .settings = settings,
		.last = cli_flag(cli, "continue") };

	/* Behind the screen there is no asking any more. Without a passphrase
	 * the vault stays locked. */
	if (config != NULL && keyring_user_is_locked(config) &&
	    ask_secret("Passphrase of the vault: ", &passphrase, NULL) ==
	    -ERR_CANCELLED) {
		tui_terminal_destroy(terminal);
		return EXIT_CANCELLED;
	}
	opts.passphrase = passphrase;
	cli_join_arguments(cli, 0, &prompt);
	if (cli_option(cli, "cwd").len > 0)
		opts.folder = folder;
	if (cli_option(cli, "resume").len > 0)
		opts.resume = resume;
	if (prompt.len > 0)
		opts.prompt = buf_text(&prompt);
	if (config != NULL) {
		opts.theme = config_cstr(config, "ui.theme");
		opts.keymap = config_cstr(config, "ui.keymap");
		opts.mouse = config_bool(config, "ui.mouse");
		opts.notify = config_bool(config, "ui.notify");
	}
	return tui_run(&opts);
}

static int
run_plain(struct cli *cli)
{
	struct chat c = { .cli = cli,
		.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
		.filter = TERM_TEXT_INIT,
		.input = BUF_INIT(8 * MIB),
		.draft = BUF_INIT(8 * MIB),
		.last_answer = BUF_INIT(64 * MIB) };
	CLEANUP_BUF struct buf prompt = BUF_INIT(8 * MIB);
	CLEANUP(close_fd) int signal_fd = signals_open();
	int status;

	c.signal_fd = signal_fd;
	cli->flags |= FRIDAY_INTERACTIVE;
	status = cli_open(cli);
	if (status == 0)
		status = cli_unlock(cli);
	if (status == 0 && c.terminal)
		ask_for_trust(&c);
	if (status == 0 && cli->friday != NULL)
		status = open_first(&c);
	if (status == 0) {
		cli_join_arguments(cli, 0, &prompt);
		if (prompt.len > 0)
			chat_submit(&c, buf_str(&prompt), false);
		else
			chat_ask(&c);
		loop(&c, signal_fd);
		chat_end_line(&c);
		if (c.terminal && c.said)
			chat_print(&c, "friday --resume %s goes on here.",
			    c.session);
	}
	feed_destroy(c.feed);
	for (size_t i = 0; i < c.n_pending; i++)
		json_destroy(c.pending[i]);
	json_destroy(c.answers);
	json_destroy(c.undo_args);
	json_destroy(c.undo_conflicts);
	free(c.session);
	buf_release(&c.input);
	buf_release(&c.draft);
	buf_release(&c.last_answer);
	return status;
}

static int
chat_run(struct cli *cli)
{
	CLEANUP_BUF struct buf settings = BUF_INIT(1 * MIB);
	CLEANUP(config_destroyp) struct config *config = NULL;
	struct terminal *terminal = cli_flag(cli, "plain") ? NULL :
							     tui_terminal();

	if (terminal == NULL)
		return run_plain(cli);
	json_print(cli->settings, &settings);
	config = screen_config(cli, buf_text(&settings));
	if (config != NULL && config_bool(config, "ui.plain")) {
		tui_terminal_destroy(terminal);
		return run_plain(cli);
	}
	return run_screen(cli, terminal, config, buf_text(&settings));
}

static const struct command_option chat_options[] = {
	{ "--plain", NULL, NULL, "Lines only, no screen" },
	{ "--continue", "-c", NULL, "Go on with this folder's last session" },
	{ "--resume", "-r", "ID", "Go on with this session" },
	{ "--cwd", "-C", "DIR", "Work in this folder" },
	{ "--version", "-V", NULL, "The version" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_chat_rows[] = {
	{ "", "[OPTIONS] [PROMPT]",
	    "A coding assistant: talk with it in this folder", chat_options,
	    true, chat_run },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
