/* The slash commands of the conversation: rows with the names that people's
 * hands know. What is no row here goes to the agent, which knows the user's
 * own commands. */
#include "base/file.h"
#include "base/mem.h"
#include "cli/chat.h"
#include "cli/long_call.h"
#include "cli/review_text.h"

static struct json *
one(const char *key, struct str value)
{
	struct json *args = json_new_object();

	json_set_str(args, key, value);
	return args;
}

static void
slash_new(struct chat *c, struct str arg)
{
	if (chat_open(c, "session.create", json_new_object()) == 0)
		chat_print(c, "A new session.");
}

static void
slash_resume(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;
	struct json *args;

	if (arg.len > 0) {
		if (chat_open(c, "session.open", one("session", arg)) == 0)
			chat_print(c, "Resumed.");
		return;
	}
	args = json_new_object();
	json_set_bool(args, "here", true);
	json_set_int(args, "limit", 20);
	if (cli_call(c->cli, "session.list", args, &reply) == 0) {
		for (const struct json *s = json_first(
		    json_get(reply, "sessions")); s; s = json_next(s))
			chat_print(c, "%.*s  %.10s  %.*s",
			    STR_ARG(json_get_str(s, "session")),
			    json_get_str(s, "updated").ptr,
			    STR_ARG(json_get_str(s, "title")));
		chat_print(c, "/resume ID goes on with one.");
	}
	json_destroy(args);
}

static void
slash_fork(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;

	if (chat_call(c, "session.fork", NULL, &reply) == 0 &&
	    chat_open(c, "session.open", one("session",
		json_get_str(reply, "session"))) == 0)
		chat_print(c, "Now in the fork.");
}

static void
slash_rename(struct chat *c, struct str arg)
{
	if (arg.len == 0)
		chat_print(c, "/rename TITLE");
	else
		chat_call(c, "session.rename", one("title", arg), NULL);
}

static void
slash_compact(struct chat *c, struct str arg)
{
	if (chat_call(c, "session.compact", one("instructions", arg),
	    NULL) == 0)
		c->running = true;
}

static void
slash_summary(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;

	if (chat_call(c, "session.summary",
	    arg.len > 0 ? one("text", arg) : NULL, &reply) == 0)
		chat_print(c, "%.*s", STR_ARG(json_get_str(reply, "text")));
}

static void
slash_model(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;

	if (arg.len > 0) {
		if (chat_call(c, "session.model", one("model", arg), NULL) == 0)
			chat_print(c, "Model %.*s from the next call on.",
			    STR_ARG(arg));
		return;
	}
	if (cli_call(c->cli, "model.list", NULL, &reply) != 0)
		return;
	for (const struct json *p = json_first(json_get(reply, "providers"));
	    p; p = json_next(p))
		for (const struct json *m = json_first(json_get(p, "models"));
		    m; m = json_next(m))
			chat_print(c, "%.*s/%.*s",
			    STR_ARG(json_get_str(p, "provider")),
			    STR_ARG(json_get_str(m, "id")));
	chat_print(c, "/model PROVIDER/MODEL changes it.");
}

static void
slash_mode(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;

	if (arg.len > 0)
		chat_call(c, "session.mode", one("mode", arg), NULL);
	else if (chat_call(c, "run.status", NULL, &reply) == 0)
		chat_print(c, "Mode %.*s; /mode plan|ask|edit|auto changes "
		    "it.", STR_ARG(json_get_str(reply, "mode")));
}

static void
slash_plan(struct chat *c, struct str arg)
{
	slash_mode(c, STR("plan"));
}

static void
slash_context(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;
	const struct json *context;

	if (chat_call(c, "session.context", NULL, &reply) != 0)
		return;
	context = json_get(reply, "context");
	chat_print(c, "%lld of %lld tokens",
	    (long long)json_get_int(context, "used", 0),
	    (long long)json_get_int(context, "limit", 0));
	for (const struct json *p = json_first(json_get(context, "parts")); p;
	    p = json_next(p))
		chat_print(c, "  %8lld  %.*s",
		    (long long)json_get_int(p, "tokens", 0),
		    STR_ARG(json_get_str(p, "name")));
}

static void
slash_status(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;
	const struct json *s;

	if (chat_call(c, "session.get", NULL, &reply) != 0)
		return;
	s = json_get(reply, "session");
	chat_print(c, "session %s, %lld messages, $%.4f",
	    c->session, (long long)json_get_int(s, "messages", 0),
	    (double)json_get_int(s, "cost_microusd", 0) / 1e6);
	chat_print(c, "model   %.*s/%.*s", STR_ARG(json_get_str(s, "provider")),
	    STR_ARG(json_get_str(s, "model")));
	slash_mode(c, STR_NONE);
}

static void
slash_cost(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;

	if (cli_call(c->cli, "cost", NULL, &reply) != 0)
		return;
	for (const struct json *d = json_first(json_get(reply, "days")); d;
	    d = json_next(d))
		chat_print(c, "%.*s  %lld calls  $%.4f",
		    STR_ARG(json_get_str(d, "period")),
		    (long long)json_get_int(d, "calls", 0),
		    (double)json_get_int(d, "cost_microusd", 0) / 1e6);
}

/* Ctrl-C ends it. */
static void
slash_review(struct chat *c, struct str arg)
{
	const struct long_call call = { .signals = c->signal_fd,
		.step = "review.step" };
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;

	if (str_eq(arg, STR("staged")))
		json_set_bool(args, "staged", true);
	else if (arg.len > 0)
		json_set_str(args, "revision", arg);
	json_set_bool(args, "progress", c->terminal);
	chat_end_line(c);
	if (long_call_run(&call, c->cli, "review.run", args, &reply) == 0)
		review_text_print(reply);
	fflush(stdout);
}

static void
slash_diff(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;

	json_set_str(args, "name", STR("git"));
	json_set_str(args, "arguments_text", STR("{\"action\":\"diff\"}"));
	if (cli_call(c->cli, "tool.run", args, &reply) == 0)
		chat_print(c, "%.*s", STR_ARG(json_get_str(reply, "result")));
}

static void
slash_tools(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;

	if (cli_call(c->cli, "tool.list", NULL, &reply) != 0)
		return;
	for (const struct json *t = json_first(json_get(reply, "tools")); t;
	    t = json_next(t))
		chat_print(c, "%-18.*s %.*s", STR_ARG(json_get_str(t, "name")),
		    STR_ARG(json_get_str(t, "summary")));
}

static void
print_rules(struct chat *c, const struct json *rules, const char *letter)
{
	int index = 0;

	for (const struct json *r = json_first(rules); r; r = json_next(r))
		chat_print(c, "%s%d. %.*s%s", letter, ++index,
		    STR_ARG(json_get_str(r, "rule")),
		    json_get_bool(r, "exact", false) ? " (exactly)" : "");
}

/* "remove 2" of what is remembered, "remove s1" of this session's own. */
static void
permission_remove(struct chat *c, struct str which)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	bool own = str_starts(which, STR("s"));
	int64_t index;

	if (!str_to_int(str_sub(which, own, SIZE_MAX), 1, 100000, &index)) {
		chat_print(c, "/permissions remove N, or sN for a rule of "
		    "this session");
		return;
	}
	json_set_int(args, "index", index - 1);
	if (own)
		json_set_str(args, "session", str_from(c->session));
	if (cli_call(c->cli, "permission.remove", args, &reply) == 0)
		chat_print(c, "Forgotten: %.*s",
		    STR_ARG(json_get_str(reply, "rule")));
}

static void
slash_permissions(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *args = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;
	struct str rest = arg, word;

	if (!str_next_field(&rest, ' ', &word))
		word = STR_NONE;
	rest = str_trim(rest);
	if (str_eq_c(word, "remove")) {
		permission_remove(c, rest);
		return;
	}
	if (str_eq_c(word, "add")) {
		json_set_str(args, "rule", rest);
		if (cli_call(c->cli, "permission.add", args, &reply) == 0)
			chat_print(c, "Kept: %.*s",
			    STR_ARG(json_get_str(reply, "rule")));
		return;
	}
	if (chat_call(c, "permission.list", NULL, &reply) != 0)
		return;
	for (const struct json *r = json_first(json_get(reply, "configured"));
	    r; r = json_next(r))
		chat_print(c, "%.*s (%.*s)", STR_ARG(json_get_str(r, "rule")),
		    STR_ARG(json_get_str(r, "source")));
	print_rules(c, json_get(reply, "remembered"), "");
	print_rules(c, json_get(reply, "session"), "s");
	slash_mode(c, STR_NONE);
}

static void
slash_queue(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;
	int index = 0;

	if (arg.len > 0) {
		chat_submit(c, arg, true);
		return;
	}
	if (chat_call(c, "queue.list", NULL, &reply) != 0)
		return;
	for (const struct json *i = json_first(json_get(reply, "items")); i;
	    i = json_next(i))
		chat_print(c, "%d. %.*s", ++index,
		    STR_ARG(json_get_str(i, "text")));
	if (index == 0)
		chat_print(c, "Nothing waits; /queue TEXT adds to it.");
}

static void
slash_history(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;
	const struct json *items;
	int64_t wanted;
	int64_t index = 0;

	if (cli_call(c->cli, "history.list", NULL, &reply) != 0)
		return;
	items = json_get(reply, "items");
	if (str_to_int(arg, 1, (int64_t)json_count(items), &wanted)) {
		chat_submit(c, json_str(json_at(items, (size_t)wanted - 1)),
		    false);
		return;
	}
	for (const struct json *i = json_first(items); i && index < 20;
	    i = json_next(i))
		chat_print(c, "%lld. %.*s", (long long)++index,
		    STR_ARG(json_str(i)));
	chat_print(c, "/history N says one of them again.");
}

static void
slash_export(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;
	CLEANUP(free_ptr) char *path = str_dup(arg);
	struct error err = ERROR_INIT;

	if (chat_call(c, "session.export", NULL, &reply) != 0)
		return;
	if (path[0] == '\0')
		chat_print(c, "%.*s", STR_ARG(json_get_str(reply, "text")));
	else if (file_write_atomic(path, json_get_str(reply, "text"), 0600,
	    &err) != 0)
		chat_print(c, "%s", err.message);
	else
		chat_print(c, "Written to %s.", path);
}

static void
slash_undo(struct chat *c, struct str arg)
{
	chat_undo(c, CHAT_UNDO, arg);
}

static void
slash_redo(struct chat *c, struct str arg)
{
	chat_undo(c, CHAT_REDO, arg);
}

/* "2 files force": the second last message; what; what to do with conflicts. */
static void
slash_rewind(struct chat *c, struct str arg)
{
	if (str_eq(arg, STR("list")))
		chat_undo_messages(c);
	else
		chat_undo(c, CHAT_REWIND, arg);
}

static void
slash_stop(struct chat *c, struct str arg)
{
	chat_call(c, "run.cancel", NULL, NULL);
}

static void
slash_quit(struct chat *c, struct str arg)
{
	c->quit = true;
}

static void slash_help(struct chat *c, struct str arg);

static const struct slash {
	const char *name, *aliases; /* separated by spaces */
	const char *arguments, *summary;
	void (*run)(struct chat *c, struct str arg);
} slash_table[] = {
	{ "help", "?", "", "This list", slash_help },
	{ "new", "clear", "", "Start a new session", slash_new },
	{ "resume", "sessions continue", "[ID]", "Go on with another session",
	    slash_resume },
	{ "fork", "branch", "", "Go on in a copy of this session",
	    slash_fork },
	{ "rename", "title", "TITLE", "Name this session", slash_rename },
	{ "compact", "summarize", "[WHAT TO KEEP]",
	    "Sum up the older turns now", slash_compact },
	{ "summary", "", "[TEXT]",
	    "What stands for the older turns, or another text for it",
	    slash_summary },
	{ "model", "models", "[PROVIDER/MODEL]", "Show or change the model",
	    slash_model },
	{ "mode", "", "[plan|ask|edit|auto]", "What needs an approval",
	    slash_mode },
	{ "plan", "", "", "Read only: mode plan", slash_plan },
	{ "permissions", "approvals", "[add RULE | remove N]",
	    "Rules and remembered answers", slash_permissions },
	{ "context", "tokens", "", "What fills the context", slash_context },
	{ "status", "", "", "This session", slash_status },
	{ "cost", "usage stats", "", "What was spent", slash_cost },
	{ "diff", "", "", "Changes in the working tree", slash_diff },
	{ "review", "", "[staged | RANGE | BRANCH | #PULL]",
	    "Have a change reviewed", slash_review },
	{ "tools", "", "", "The tools", slash_tools },
	{ "queue", "", "[TEXT]", "What waits behind the run, or add to it",
	    slash_queue },
	{ "history", "", "[N]", "What you said here before", slash_history },
	{ "export", "share", "[FILE]", "The session as Markdown",
	    slash_export },
	{ "undo", "", "[skip|force]", "Take back what the last run changed",
	    slash_undo },
	{ "redo", "", "[skip|force]", "Take the last undo back", slash_redo },
	{ "rewind", "checkpoint", "[list | N] [files|conversation]",
	    "Back to before your last message, or the Nth last",
	    slash_rewind },
	{ "stop", "cancel interrupt", "", "Stop what runs", slash_stop },
	{ "quit", "exit q", "", "Leave", slash_quit },
};

static void
slash_help(struct chat *c, struct str arg)
{
	CLEANUP_JSON struct json *reply = NULL;

	for (size_t i = 0; i < ARRAY_LEN(slash_table); i++) {
		char left[64];

		snprintf(left, sizeof(left), "/%s %s", slash_table[i].name,
		    slash_table[i].arguments);
		chat_print(c, "%-28s %s", left, slash_table[i].summary);
	}
	if (chat_call(c, "command.list", NULL, &reply) == 0)
		for (const struct json *i = json_first(
		    json_get(reply, "commands")); i; i = json_next(i))
			chat_print(c, "/%-27.*s %.*s",
			    STR_ARG(json_get_str(i, "name")),
			    STR_ARG(json_get_str(i, "description")));
	chat_print(c, "@FILE attaches a file, !COMMAND runs one, a backslash "
	    "at the end of a line goes on in the next.\nCtrl-C stops a run, "
	    "Ctrl-D leaves.");
}

static bool
is_called(const struct slash *s, struct str name)
{
	struct str rest = str_from(s->aliases), alias;

	if (str_eq_c(name, s->name))
		return true;
	while (str_next_field(&rest, ' ', &alias))
		if (alias.len > 0 && str_eq(name, alias))
			return true;
	return false;
}

bool
chat_slash(struct chat *c, struct str line)
{
	size_t space = str_find_char(line, ' ', 0);
	struct str name = str_sub(line, 1,
	    space == SIZE_MAX ? SIZE_MAX : space - 1);
	struct str arg = space == SIZE_MAX ? STR_NONE :
	    str_trim(str_sub(line, space + 1, SIZE_MAX));

	for (size_t i = 0; i < ARRAY_LEN(slash_table); i++) {
		if (!is_called(&slash_table[i], name))
			continue;
		slash_table[i].run(c, arg);
		return true;
	}
	return false;
}
