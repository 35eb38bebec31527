/* friday run: one request, one answer. Text on stdout as it streams and
 * nothing else; or, with --json, one event a line. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/term_text.h"
#include "cli/cli.h"
#include "cli/feed.h"
#include "cli/signals.h"

#define STDIN_BYTES_MAX (8 * MIB)
/* How long a pipe on stdin may stay silent before it is taken to be nobody's
 * input; with "-" there is no limit. */
enum { STDIN_WAIT_MS = 1000 };

struct run {
	struct cli *cli;
	struct feed *feed;
	const char *session;
	char *run; /* its id: what an earlier one left is not ours */
	bool json, answers, progress, whole;
	struct term_text filter;
	struct buf answer; /* --output-schema: printed when it is complete */
	struct buf input;  /* decisions that came, not yet a line */
	bool input_ended;
	bool line_open; /* the answer's last character is no line feed */
	bool wrote;
	bool pipe_closed;
	unsigned signals;
	int status;	/* exit status, once finished */
	bool finished;
};

/* --- input --------------------------------------------------------------- */

static int
read_stdin(bool asked, struct buf *out)
{
	struct error err = ERROR_INIT;
	struct stat st;
	int64_t end;

	if (isatty(STDIN_FILENO) && !asked)
		return 0;
	if (fstat(STDIN_FILENO, &st) < 0 || (S_ISCHR(st.st_mode) && !asked))
		return 0;
	end = clock_now_ms() + STDIN_WAIT_MS;
	if (!asked && !S_ISREG(st.st_mode)) {
		struct pollfd pfd = { STDIN_FILENO, POLLIN, 0 };

		if (poll(&pfd, 1, clock_left_ms(end)) <= 0)
			return 0;
	}
	if (file_read_fd(STDIN_FILENO, out, &err) != 0)
		return cli_fail(EXIT_USAGE, "standard input: %s", err.message);
	return 0;
}

static int
make_prompt(struct cli *cli, struct buf *prompt)
{
	CLEANUP_BUF struct buf input = BUF_INIT(STDIN_BYTES_MAX);
	bool asked = cli->n_arguments > 0 &&
	    str_eq(cli->arguments[cli->n_arguments - 1], STR("-"));
	int status;

	if (asked)
		cli->n_arguments--;
	cli_join_arguments(cli, 0, prompt);
	status = cli_flag(cli, "answers") ? 0 :
		read_stdin(asked || prompt->len == 0, &input);
	if (status != 0)
		return status;
	if (input.len > 0 && prompt->len > 0)
		buf_add_cstr(prompt, "\n\n");
	buf_add_str(prompt, buf_str(&input));
	if (str_trim(buf_str(prompt)).len == 0)
		return cli_fail(EXIT_USAGE,
		    "what shall I do? friday run \"…\", or text on stdin");
	return 0;
}

/* --- output -------------------------------------------------------------- */

static void
write_out(struct run *r, struct str text)
{
	if (r->pipe_closed || text.len == 0)
		return;
	if (file_write_fd(STDOUT_FILENO, text, NULL) != 0) {
		r->pipe_closed = errno == EPIPE;
		return;
	}
	r->wrote = true;
	r->line_open = text.ptr[text.len - 1] != '\n';
}

static void
write_text(struct run *r, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(text.len * 8 + 64);

	term_text_feed(&r->filter, text, &clean);
	write_out(r, buf_str(&clean));
}

static void
end_line(struct run *r)
{
	CLEANUP_BUF struct buf rest = BUF_INIT(64);

	term_text_end(&r->filter, &rest);
	write_out(r, buf_str(&rest));
	if (r->line_open)
		write_out(r, STR("\n"));
}

static void
show_progress(struct run *r, const struct json *ev, const char *mark)
{
	if (!r->progress)
		return;
	end_line(r);
	fputs(mark, stderr);
	cli_put_line(stderr, json_get_str(ev, "name"));
	if (json_get(ev, "arguments") != NULL) {
		CLEANUP_BUF struct buf args = BUF_INIT(16 * MIB);

		json_print(json_get(ev, "arguments"), &args);
		fputc(' ', stderr);
		cli_put_line(stderr, str_sub(buf_str(&args), 0, 120));
	}
	fputc('\n', stderr);
}

/* --- events -------------------------------------------------------------- */

static int
status_of_stop(struct str reason)
{
	static const struct {
		const char *reason;
		int status;
	} table[] = {
		{ "end_turn", EXIT_DONE },
		{ "cancelled", EXIT_CANCELLED },
		{ "budget", EXIT_REFUSED },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_eq_c(reason, table[i].reason))
			return table[i].status;
	return EXIT_FAILED;
}

static bool
was_refused(struct run *r)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;

	json_set_str(args, "session", str_from(r->session));
	if (cli_try(r->cli, "run.status", args, &reply) != 0)
		return false;
	return json_get_bool(reply, "refused", false);
}

static void
on_text(struct run *r, const struct json *ev)
{
	if (r->whole)
		return;
	write_text(r, json_get_str(ev, "text"));
}

static void
on_message(struct run *r, const struct json *ev)
{
	if (r->whole) {
		buf_clear(&r->answer);
		buf_add_str(&r->answer, json_get_str(ev, "text"));
	} else {
		end_line(r);
	}
}

static void
on_tool(struct run *r, const struct json *ev)
{
	show_progress(r, ev, "• ");
}

static void
on_error(struct run *r, const struct json *ev)
{
	end_line(r);
	cli_print_error(ev);
}

static void
on_notice(struct run *r, const struct json *ev)
{
	if (str_eq(json_get_str(ev, "level"), STR("info")) && !r->progress)
		return;
	end_line(r);
	fputs("friday: ", stderr);
	cli_put_line(stderr, json_get_str(ev, "text"));
	fputc('\n', stderr);
}

static void
on_retry(struct run *r, const struct json *ev)
{
	if (!r->progress)
		return;
	end_line(r);
	fprintf(stderr, "friday: trying again (%lld): ",
	    (long long)json_get_int(ev, "attempt", 0));
	cli_put_line(stderr, json_get_str(ev, "reason"));
	fputc('\n', stderr);
}

static const struct {
	const char *type;
	void (*show)(struct run *r, const struct json *ev);
} text_table[] = {
	{ "text.delta", on_text },
	{ "message.finished", on_message },
	{ "tool.started", on_tool },
	{ "error", on_error },
	{ "notice", on_notice },
	{ "retry", on_retry },
};

/* Controls that a terminal could obey stand only inside strings of a JSON
 * text, so they can be escaped where they are. */
static void
write_json_line(struct run *r, struct str text)
{
	CLEANUP_BUF struct buf safe = BUF_INIT(text.len * 3 + 64);
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		const unsigned char *c = (const unsigned char *)text.ptr + i;
		size_t left = text.len - i, used = 0;
		unsigned code = 0;

		if (c[0] == 0x7f) {
			used = 1, code = 0x7f;
		} else if (c[0] == 0xc2 && left > 1 && c[1] < 0xa0) {
			used = 2, code = c[1];
		} else if (c[0] == 0xe2 && left > 2 &&
		    ((c[1] == 0x80 && c[2] >= 0xaa && c[2] <= 0xae) ||
			(c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9))) {
			used = 3;
			code = 0x2000u | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu);
		} else {
			continue;
		}
		buf_add(&safe, text.ptr + from, i - from);
		buf_printf(&safe, "\\u%04x", code);
		i += used - 1;
		from = i + 1;
	}
	buf_add(&safe, text.ptr + from, text.len - from);
	buf_add_char(&safe, '\n');
	write_out(r, buf_str(&safe));
}

static void
take_event(struct run *r, const struct json *ev, struct str text)
{
	struct str type = json_get_str(ev, "type");
	struct str run = json_get_str(ev, "run");
	bool sub_run = json_get(ev, "parent_call") != NULL;
	/* Resuming a session that was killed ends its last run first. */
	bool ours = run.len == 0 || str_eq_c(run, r->run);

	if (r->json) {
		write_json_line(r, text);
	} else if (!sub_run && ours) {
		for (size_t i = 0; i < ARRAY_LEN(text_table); i++)
			if (str_eq_c(type, text_table[i].type))
				text_table[i].show(r, ev);
	}
	if (str_eq(type, STR("run.finished")) && !sub_run && ours) {
		r->finished = true;
		r->status = status_of_stop(json_get_str(ev, "stop_reason"));
	}
}

/* --- decisions ----------------------------------------------------------- */

/* {"call_id":…,"decision":"once|session|always|no","reason":…} or
 * {"call_id":…,"answers":…} */
static void
take_decision(struct run *r, struct str line)
{
	CLEANUP_JSON struct json *args = NULL;
	CLEANUP_JSON struct json *reply = NULL;
	struct error err = ERROR_INIT;
	bool question;

	if (str_trim(line).len == 0)
		return;
	if (json_parse(line, NULL, &args, &err) != 0 ||
	    !json_is(args, JSON_OBJECT)) {
		cli_fail(0, "a decision on stdin is no JSON object: %s",
		    err.message);
		return;
	}
	question = json_get(args, "answers") != NULL;
	json_set_str(args, "session", str_from(r->session));
	if (cli_try(r->cli, question ? "run.answer_question" : "run.answer",
	    args, &reply) != 0)
		cli_print_error(reply);
}

static void
read_decisions(struct run *r)
{
	char chunk[4096];
	ssize_t n = read(STDIN_FILENO, chunk, sizeof(chunk));
	size_t lf;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		r->input_ended = true;
		take_decision(r, buf_str(&r->input));
		buf_clear(&r->input);
		return;
	}
	buf_add(&r->input, chunk, (size_t)n);
	while ((lf = str_find_char(buf_str(&r->input), '\n', 0)) != SIZE_MAX) {
		take_decision(r, str_sub(buf_str(&r->input), 0, lf));
		buf_consume(&r->input, lf + 1);
	}
}

/* --- the loop ------------------------------------------------------------ */

static void
cancel(struct run *r, bool now)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;

	json_set_str(args, "session", str_from(r->session));
	json_set_bool(args, "now", now);
	cli_try(r->cli, "run.cancel", args, &reply);
}

static void
loop(struct run *r, int signal_fd)
{
	while (!r->finished) {
		struct pollfd fds[3] = {
			{ feed_fd(r->feed), POLLIN, 0 },
			{ signal_fd, POLLIN, 0 },
			{ r->answers && !r->input_ended ? STDIN_FILENO : -1,
			    POLLIN, 0 },
		};
		struct str text;
		struct json *ev;

		if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
			break;
		if (fds[1].revents != 0 && signals_next(signal_fd) != 0)
			cancel(r, r->signals++ > 0);
		if (fds[2].revents != 0)
			read_decisions(r);
		while (!r->finished &&
		    (ev = feed_next(r->feed, &text)) != NULL) {
			take_event(r, ev, text);
			json_destroy(ev);
		}
		if (r->pipe_closed && r->signals == 0) {
			r->signals = 1;
			cancel(r, false);
		}
	}
}

static int
add_schema(struct cli *cli, struct json *args)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	CLEANUP(free_ptr) char *path = str_dup(
	    cli_option(cli, "output-schema"));
	struct json *schema = NULL;
	struct error err = ERROR_INIT;

	if (path[0] == '\0')
		return 0;
	if (file_read(path, &text, &err) != 0 ||
	    json_parse(buf_str(&text), NULL, &schema, &err) != 0)
		return cli_fail(EXIT_USAGE, "%s: %s", path, err.message);
	json_set(args, "output_schema", schema);
	return 0;
}

static int
open_session(struct cli *cli, struct json **ret)
{
	CLEANUP_JSON struct json *args = json_new_object();
	struct str resume = cli_option(cli, "resume");
	bool last = cli_flag(cli, "continue");
	int status = add_schema(cli, args);

	if (status != 0)
		return status;
	if (resume.len > 0)
		json_set_str(args, "session", resume);
	else if (last)
		json_set_bool(args, "last", true);
	if (resume.len > 0 || last) {
		/* A mode on the command line counts; else the session's. */
		if (json_get(cli->settings, "mode") != NULL)
			json_set_str(args, "mode",
			    json_get_str(cli->settings, "mode"));
		return cli_call(cli, "session.open", args, ret);
	}
	return cli_call(cli, "session.create", args, ret);
}

static int
submit(struct run *r, struct str prompt)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	int status;

	json_set_str(args, "session", str_from(r->session));
	json_set_str(args, "text", prompt);
	status = cli_call(r->cli, "run.submit", args, &reply);
	r->run = str_dup(json_get_str(reply, "run"));
	return status;
}

static int
finish(struct run *r)
{
	if (r->pipe_closed) {
		/* Let go of the session properly, then leave as a process
		 * does whose reader is gone. */
		feed_destroy(r->feed);
		r->feed = NULL;
		cli_release(r->cli);
		signals_die_of_pipe();
	}
	if (r->whole && !r->json && r->status == EXIT_DONE) {
		write_text(r, buf_str(&r->answer));
		end_line(r);
	}
	if (r->status != EXIT_CANCELLED && was_refused(r))
		return EXIT_REFUSED;
	return r->status;
}

static int
run_run(struct cli *cli)
{
	CLEANUP_BUF struct buf prompt = BUF_INIT(2 * STDIN_BYTES_MAX);
	CLEANUP(close_fd) int signal_fd = -1;
	CLEANUP_JSON struct json *session = NULL;
	struct run r = { .cli = cli,
		.json = cli_flag(cli, "json"),
		.answers = cli_flag(cli, "answers"),
		.whole = cli_option(cli, "output-schema").len > 0,
		.progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO),
		.filter = TERM_TEXT_INIT,
		.answer = BUF_INIT(64 * MIB),
		.input = BUF_INIT(1 * MIB),
		.status = EXIT_FAILED };
	int status;

	if (r.answers && !r.json)
		return cli_fail(EXIT_USAGE, "--answers goes with --json");
	status = make_prompt(cli, &prompt);
	if (status != 0)
		return status;
	if (r.answers)
		cli->flags |= FRIDAY_INTERACTIVE;
	signal_fd = signals_open();
	status = cli_open(cli);
	if (status == 0)
		status = cli_unlock(cli);
	if (status == 0)
		status = open_session(cli, &session);
	if (status != 0)
		return status;
	r.session = json_get_str(session, "session").ptr;
	r.feed = feed_create(cli, r.session,
	    json_get_int(session, "last_seq", 0));
	status = submit(&r, buf_str(&prompt));
	if (status == 0) {
		loop(&r, signal_fd);
		status = finish(&r);
	}
	feed_destroy(r.feed);
	free(r.run);
	buf_release(&r.answer);
	buf_release(&r.input);
	return status;
}

static const struct command_option run_options[] = {
	{ "--json", NULL, NULL, "Print one event a line" },
	{ "--answers", NULL, NULL,
	    "Read decisions on approvals from stdin (with --json)" },
	{ "--continue", "-c", NULL, "Go on with this folder's last session" },
	{ "--resume", "-r", "ID", "Go on with this session" },
	{ "--output-schema", NULL, "FILE",
	    "The answer is one JSON value that fits this schema" },
	{ "--cwd", "-C", "DIR", "Work in this folder" },
	{ NULL, NULL, NULL, NULL },
};

const struct command command_run_rows[] = {
	{ "run", "[OPTIONS] [PROMPT | -]",
	    "One request: the answer on stdout, then done", run_options, true,
	    run_run },
	{ "-p", "[OPTIONS] [PROMPT | -]", "Short for run", run_options, true,
	    run_run },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
