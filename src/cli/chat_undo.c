/* /undo, /redo and /rewind in the plain conversation: what would change is
 * shown first. At a terminal it is asked for then; lines of a pipe have said
 * what they want. */
#include "base/mem.h"
#include "cli/chat.h"

enum { MESSAGES_SHOWN = 20 };

static const struct chat_undo_kind {
	const char *look, *operation;
	bool redo;
	const char *question, *done;
} kinds[] = {
	[CHAT_UNDO] = { "undo.preview", "undo.apply", false, "Undo this?",
	    "Undone; /redo brings it back." },
	[CHAT_REDO] = { "undo.preview", "redo.apply", true, "Redo this?",
	    "Redone." },
	[CHAT_REWIND] = { "undo.rewind", "undo.rewind", false,
	    "Go back there?", NULL },
};

/* --- showing ------------------------------------------------------------ */

static void
print_file(struct chat *c, const struct json *f)
{
	struct str why = json_get_str(f, "error");
	char counts[64] = "";

	if (why.len == 0)
		why = json_get_str(f, "why");
	if (json_get(f, "insertions") != NULL)
		snprintf(counts, sizeof(counts), "  +%lld -%lld",
		    (long long)json_get_int(f, "insertions", 0),
		    (long long)json_get_int(f, "deletions", 0));
	chat_print(c, "  %-7.*s %.*s%s%s%.*s",
	    STR_ARG(json_get_str(f, "action")),
	    STR_ARG(json_get_str(f, "path")), counts,
	    why.len > 0 ? ": " : "", STR_ARG(why));
}

/* applied: only what is not as it was shown before. */
static void
print_plan(struct chat *c, const struct json *plan, bool applied)
{
	for (const struct json *f = json_first(json_get(plan, "files")); f;
	    f = json_next(f))
		if (!str_eq(json_get_str(f, "fate"), STR("same")) &&
		    !(applied && json_get_bool(f, "done", false)))
			print_file(c, f);
}

/* --- doing -------------------------------------------------------------- */

static void
carry_out(struct chat *c, enum chat_undo_what what, struct json *args)
{
	CLEANUP_JSON struct json *reply = NULL;

	if (chat_call(c, kinds[what].operation, args, &reply) != 0)
		return;
	print_plan(c, reply, true);
	if (kinds[what].done != NULL)
		chat_print(c, "%s", kinds[what].done);
	else
		chat_print(c, "Back to before: %.*s",
		    STR_ARG(json_get_str(reply, "text")));
}

static void
decide(struct json *args, const char *key)
{
	struct json *all = json_new_array();

	json_add(all, json_new_str(STR("*")));
	json_set(args, key, all);
}

static struct json *
conflicts_of(const struct json *plan)
{
	struct json *list = json_new_array();

	for (const struct json *f = json_first(json_get(plan, "files")); f;
	    f = json_next(f))
		if (str_eq(json_get_str(f, "fate"), STR("conflict")))
			json_add(list, json_new_str(json_get_str(f, "path")));
	return list;
}

static bool
has_conflicts(const struct chat *c)
{
	return json_count(c->undo_conflicts) > 0;
}

/* Shows it; what is in the way has to be decided by the user. */
static void
consider(struct chat *c, enum chat_undo_what what, struct json *args,
    bool decided)
{
	CLEANUP_JSON struct json *own = args;
	CLEANUP_JSON struct json *plan = NULL;
	struct json *look = json_copy(args);

	json_remove(look, "skip");
	json_remove(look, "force");
	if (what == CHAT_REWIND)
		json_set_bool(look, "preview", true);
	else
		json_set_bool(look, "redo", kinds[what].redo);
	if (chat_call(c, kinds[what].look, look, &plan) != 0)
		return;
	if (what == CHAT_REWIND)
		chat_print(c, "To before: %.*s",
		    STR_ARG(json_get_str(plan, "text")));
	print_plan(c, plan, false);
	json_destroy(c->undo_conflicts);
	c->undo_conflicts = conflicts_of(plan);
	if (!decided && (c->terminal || has_conflicts(c))) {
		c->undo_what = what;
		json_destroy(c->undo_args);
		c->undo_args = steal(own);
		/* Nobody is asked behind a pipe. */
		if (!c->terminal)
			chat_undo_answer(c, STR(""));
		return;
	}
	carry_out(c, what, steal(own));
}

void
chat_undo(struct chat *c, enum chat_undo_what what, struct str words)
{
	struct json *args = json_new_object();
	bool decided = false;
	struct str word;
	int64_t back = 1;

	while (words.len > 0 && str_next_field(&words, ' ', &word)) {
		if (str_eq_c(word, "skip") || str_eq_c(word, "force")) {
			decide(args, str_eq_c(word, "skip") ? "skip" :
							      "force");
			decided = true;
		} else if (what == CHAT_REWIND &&
		    (str_eq_c(word, "files") ||
			str_eq_c(word, "conversation"))) {
			json_set_str(args, "what", word);
		} else if (what == CHAT_REWIND) {
			str_to_int(word, 1, 10000, &back);
		}
	}
	if (what == CHAT_REWIND)
		json_set_int(args, "back", back);
	consider(c, what, args, decided);
}

void
chat_undo_ask(struct chat *c)
{
	chat_print(c, "? %s", kinds[c->undo_what].question);
	chat_print(c, has_conflicts(c) ?
		"  Somebody's later work is in the way: s leaves those files, "
		"o overwrites them, n does nothing" :
		"  y or n");
}

void
chat_undo_answer(struct chat *c, struct str line)
{
	struct json *args = steal(c->undo_args);
	struct str word = str_trim(line);
	bool yes = !has_conflicts(c) &&
	    (str_eq_nocase(word, STR("y")) || str_eq_nocase(word, STR("yes")));

	if (has_conflicts(c) && (str_eq_nocase(word, STR("s")) ||
	    str_eq_nocase(word, STR("o")))) {
		/* What was shown, not what may have come since. */
		json_set(args, str_eq_nocase(word, STR("s")) ? "skip" :
			"force", json_copy(c->undo_conflicts));
		yes = true;
	}
	if (yes) {
		carry_out(c, c->undo_what, args);
		return;
	}
	json_destroy(args);
	chat_print(c, has_conflicts(c) && !c->terminal ?
		"Nothing was changed: somebody's later work is in the way; "
		"the word skip leaves those files, force overwrites them." :
		"Nothing was changed.");
}

void
chat_undo_messages(struct chat *c)
{
	CLEANUP_JSON struct json *reply = NULL;
	int64_t n = 0;

	if (chat_call(c, "session.prompts", NULL, &reply) != 0)
		return;
	for (const struct json *i = json_first(json_get(reply, "prompts"));
	    i && n < MESSAGES_SHOWN; i = json_next(i))
		chat_print(c, "%3lld. %.*s", (long long)++n,
		    STR_ARG(json_get_str(i, "text")));
	chat_print(c, "/rewind N goes back to before one of them.");
}
