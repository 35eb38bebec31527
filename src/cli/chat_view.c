/* Events as lines of text. */
#include <stdarg.h>

#include "cli/chat.h"

enum { RESULT_WIDTH = 100, DIFF_LINES = 60 };

void
chat_end_line(struct chat *c)
{
	CLEANUP_BUF struct buf rest = BUF_INIT(64);

	term_text_end(&c->filter, &rest);
	fwrite(buf_text(&rest), 1, rest.len, stdout);
	if (c->line_open)
		putchar('\n');
	c->line_open = false;
	c->in_answer = false;
}

void
chat_print(struct chat *c, const char *format, ...)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	chat_end_line(c);
	cli_put(stdout, buf_str(&text));
	putchar('\n');
}

static void
put_answer(struct chat *c, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(text.len * 8 + 64);

	if (!c->in_answer)
		chat_end_line(c);
	c->in_answer = true;
	term_text_feed(&c->filter, text, &clean);
	if (clean.len == 0)
		return;
	fwrite(buf_text(&clean), 1, clean.len, stdout);
	c->line_open = clean.ptr[clean.len - 1] != '\n';
}

static void
on_text(struct chat *c, const struct json *ev)
{
	put_answer(c, json_get_str(ev, "text"));
}

static void
on_message(struct chat *c, const struct json *ev)
{
	struct str text = json_get_str(ev, "text");

	chat_end_line(c);
	if (text.len > 0) {
		buf_clear(&c->last_answer);
		buf_add_str(&c->last_answer, text);
	}
}

/* The argument that says most: a path, a command, a pattern. */
static struct str
telling_argument(const struct json *args)
{
	static const char *const keys[] = { "command", "path", "pattern",
		"url", "query", "action", "symbol", "prompt", "patch" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct str text = json_get_str(args, keys[i]);

		if (text.len > 0)
			return text;
	}
	return STR_NONE;
}

static void
on_tool_started(struct chat *c, const struct json *ev)
{
	CLEANUP_BUF struct buf line = BUF_INIT(64 * KIB);
	struct str detail = telling_argument(json_get(ev, "arguments"));
	struct str first;

	buf_add_str(&line, json_get_str(ev, "name"));
	if (str_next_line(&detail, &first)) {
		buf_add_char(&line, ' ');
		buf_add_str(&line, str_sub(first, 0, RESULT_WIDTH));
		if (detail.len > 0 || first.len > RESULT_WIDTH)
			buf_add_cstr(&line, " …");
	}
	chat_end_line(c);
	fputs("• ", stdout);
	cli_put_line(stdout, buf_str(&line));
	c->line_open = true;
	snprintf(c->open_call, sizeof(c->open_call), "%.*s",
	    STR_ARG(json_get_str(ev, "call_id")));
}

static struct str
first_line(struct str text)
{
	struct str line;

	while (str_next_line(&text, &line))
		if (str_trim(line).len > 0)
			return str_trim(line);
	return STR_NONE;
}

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t count = 0;

	while (str_next_line(&text, &line))
		count++;
	return count;
}

static void
on_tool_finished(struct chat *c, const struct json *ev)
{
	bool ok = json_get_bool(ev, "ok", false);
	struct str result = json_get_str(ev, "result");
	struct str message = json_get_str(json_get(ev, "error"), "message");
	size_t lines = count_lines(result);
	CLEANUP_BUF struct buf line = BUF_INIT(64 * KIB);

	/* Calls that run side by side end in any order: a result that does not
	 * stand behind its own call names it. */
	if (!c->line_open ||
	    !str_eq_c(json_get_str(ev, "call_id"), c->open_call)) {
		chat_end_line(c);
		buf_add_cstr(&line, "  ");
		buf_add_str(&line, json_get_str(ev, "name"));
	}
	buf_add_cstr(&line, ok ? " → " : " → failed: ");
	if (!ok && message.len > 0)
		buf_add_str(&line, message);
	else
		buf_add_str(&line, str_sub(first_line(result), 0,
		    RESULT_WIDTH));
	if (ok && lines > 1)
		buf_printf(&line, " (%zu lines)", lines);
	cli_put_line(stdout, buf_str(&line));
	putchar('\n');
	c->line_open = false;
}

static void
on_error(struct chat *c, const struct json *ev)
{
	chat_end_line(c);
	fflush(stdout);
	cli_print_error(ev);
}

static void
on_notice(struct chat *c, const struct json *ev)
{
	chat_print(c, "note: %.*s", STR_ARG(json_get_str(ev, "text")));
}

static void
on_retry(struct chat *c, const struct json *ev)
{
	chat_print(c, "note: trying again in %.1f s (%lld): %.*s",
	    (double)json_get_int(ev, "delay_ms", 0) / 1000,
	    (long long)json_get_int(ev, "attempt", 0),
	    STR_ARG(json_get_str(ev, "reason")));
}

static void
on_plan(struct chat *c, const struct json *ev)
{
	static const struct {
		const char *status, *mark;
	} marks[] = {
		{ "done", "[x]" },
		{ "in_progress", "[>]" },
	};

	for (const struct json *i = json_first(json_get(ev, "items")); i;
	    i = json_next(i)) {
		const char *mark = "[ ]";

		for (size_t k = 0; k < ARRAY_LEN(marks); k++)
			if (str_eq_c(json_get_str(i, "status"),
			    marks[k].status))
				mark = marks[k].mark;
		chat_print(c, "  %s %.*s", mark,
		    STR_ARG(json_get_str(i, "title")));
	}
}

static void
on_compacted(struct chat *c, const struct json *ev)
{
	chat_print(c, "note: older turns were summed up, %lld → %lld tokens\n"
	    "%.*s", (long long)json_get_int(ev, "tokens_before", 0),
	    (long long)json_get_int(ev, "tokens_after", 0),
	    STR_ARG(json_get_str(ev, "summary")));
}

static void
on_queue(struct chat *c, const struct json *ev)
{
	size_t n = json_count(json_get(ev, "items"));

	/* Lines of a pipe wait by themselves; nobody typed ahead. */
	if (n > 0 && c->terminal)
		chat_print(c, "note: %zu waiting (/queue shows them)", n);
}

static void
on_user(struct chat *c, const struct json *ev)
{
	chat_end_line(c);
}

static void
push_pending(struct chat *c, const struct json *ev)
{
	if (c->n_pending == CHAT_PENDING_MAX)
		return;
	c->pending[c->n_pending++] = json_copy(ev);
	if (c->n_pending == 1)
		chat_ask(c);
}

/* Resolved here or elsewhere (a cancel): it no longer waits. */
static void
drop_pending(struct chat *c, const struct json *ev)
{
	for (size_t i = 0; i < c->n_pending; i++) {
		if (!str_eq(json_get_str(c->pending[i], "call_id"),
		    json_get_str(ev, "call_id")))
			continue;
		json_destroy(c->pending[i]);
		memmove(&c->pending[i], &c->pending[i + 1],
		    (--c->n_pending - i) * sizeof(c->pending[0]));
		if (i == 0 && c->n_pending > 0)
			chat_ask(c);
		return;
	}
}

static void
on_run_started(struct chat *c, const struct json *ev)
{
	c->running = true;
	c->signals = 0;
}

static void
on_run_finished(struct chat *c, const struct json *ev)
{
	struct str reason = json_get_str(ev, "stop_reason");

	chat_end_line(c);
	c->running = false;
	if (str_eq(reason, STR("cancelled")))
		chat_print(c, "stopped.");
	else if (!str_eq(reason, STR("end_turn")) &&
	    !str_eq(reason, STR("error")))
		chat_print(c, "ended: %.*s", STR_ARG(reason));
	chat_ask(c);
}

static void
on_mode(struct chat *c, const struct json *ev)
{
	chat_print(c, "note: mode %.*s", STR_ARG(json_get_str(ev, "mode")));
}

static void
on_shell_exited(struct chat *c, const struct json *ev)
{
	chat_print(c, "note: background shell %.*s ended",
	    STR_ARG(json_get_str(ev, "shell_id")));
}

static const struct {
	const char *type;
	bool sub_runs; /* shown also when a sub-run says it */
	void (*show)(struct chat *c, const struct json *ev);
} show_table[] = {
	{ "text.delta", false, on_text },
	{ "message.finished", false, on_message },
	{ "user.message", false, on_user },
	{ "tool.started", true, on_tool_started },
	{ "tool.finished", true, on_tool_finished },
	{ "approval.requested", true, push_pending },
	{ "approval.resolved", true, drop_pending },
	{ "question.requested", true, push_pending },
	{ "question.resolved", true, drop_pending },
	{ "error", true, on_error },
	{ "notice", true, on_notice },
	{ "retry", true, on_retry },
	{ "plan.updated", false, on_plan },
	{ "compacted", false, on_compacted },
	{ "queue.updated", false, on_queue },
	{ "mode.changed", false, on_mode },
	{ "shell.exited", true, on_shell_exited },
	{ "run.started", false, on_run_started },
	{ "run.finished", false, on_run_finished },
};

void
chat_show(struct chat *c, const struct json *ev)
{
	bool sub_run = json_get(ev, "parent_call") != NULL;

	for (size_t i = 0; i < ARRAY_LEN(show_table); i++)
		if (str_eq_c(json_get_str(ev, "type"), show_table[i].type) &&
		    (!sub_run || show_table[i].sub_runs))
			show_table[i].show(c, ev);
	fflush(stdout);
}

/* --- asking -------------------------------------------------------------- */

/* What an answer beyond this call would keep, in full. */
static void
ask_keeping(struct chat *c, const struct json *ev)
{
	const struct json *rules = json_get(ev, "always");
	bool secret = str_eq_c(json_get_str(ev, "kind"), "secret");
	int index = 0;

	if (secret || json_count(rules) == 0) {
		chat_print(c, "  y for this one call, n no, or n and a reason "
		    "for the model");
		return;
	}
	if (json_count(rules) == 1)
		chat_print(c, "  a and p keep: %.*s",
		    STR_ARG(json_str(json_first(rules))));
	else
		chat_print(c, "  a and p keep these, \"p 1,2\" only some:");
	for (const struct json *r = json_first(rules);
	    r != NULL && json_count(rules) > 1; r = json_next(r))
		chat_print(c, "  %d. %.*s", ++index, STR_ARG(json_str(r)));
	chat_print(c, "  y once, a for this session, p always, n no, or n and "
	    "a reason for the model");
}

static void
ask_approval(struct chat *c, const struct json *ev)
{
	struct str summary = json_get_str(ev, "summary");
	struct str diff = json_get_str(ev, "diff"), line;
	size_t lines = 0;

	/* A command of one line says it all. */
	if (str_eq(str_trim(diff), str_trim(summary))) {
		diff = STR_NONE;
		chat_print(c, "? %.*s: %.*s",
		    STR_ARG(json_get_str(ev, "name")), STR_ARG(summary));
	} else {
		chat_print(c, "? %.*s", STR_ARG(summary));
	}
	while (str_next_line(&diff, &line) && lines++ < DIFF_LINES)
		chat_print(c, "    %.*s", STR_ARG(line));
	if (diff.len > 0)
		chat_print(c, "    … %zu more lines", count_lines(diff) + 1);
	chat_print(c, "  why: %.*s", STR_ARG(json_get_str(ev, "reason")));
	ask_keeping(c, ev);
}

static void
ask_question(struct chat *c, const struct json *ev)
{
	const struct json *q = json_at(json_get(ev, "questions"), c->question);
	int index = 0;

	chat_print(c, "? %.*s", STR_ARG(json_get_str(q, "question")));
	for (const struct json *o = json_first(json_get(q, "options")); o;
	    o = json_next(o))
		chat_print(c, "  %d. %.*s", ++index, STR_ARG(json_str(o)));
	if (index > 0)
		chat_print(c, json_get_bool(q, "multiple", false) ?
		    "  numbers, separated by commas, or your own words" :
		    "  a number, or your own words");
}

enum chat_wait
chat_waits_for(const struct chat *c)
{
	if (c->n_pending > 0)
		return json_get(c->pending[0], "questions") ? CHAT_QUESTION :
							      CHAT_APPROVAL;
	if (c->running)
		return CHAT_RUN;
	return c->undo_args != NULL ? CHAT_CONFIRM : CHAT_PROMPT;
}

void
chat_ask(struct chat *c)
{
	chat_end_line(c);
	switch (chat_waits_for(c)) {
	case CHAT_APPROVAL:
		ask_approval(c, c->pending[0]);
		break;
	case CHAT_QUESTION:
		ask_question(c, c->pending[0]);
		break;
	case CHAT_CONFIRM:
		chat_undo_ask(c);
		break;
	case CHAT_RUN:
		return;
	case CHAT_PROMPT:
		break;
	}
	if (c->terminal) {
		fputs(chat_waits_for(c) == CHAT_PROMPT ? "\n> " : "> ",
		    stdout);
		fflush(stdout);
	}
}
