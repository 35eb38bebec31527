/* Events become blocks; see intake.h. */
#include "tui/transcript/intake.h"

#include "base/clock.h"
#include "base/mem.h"

/* Live output is cut to its end when it grows past this. */
enum { TAIL_MAX = 16 * 1024, TAIL_KEPT = 4 * 1024 };

static struct block *
make(struct block_list *l, const struct block_kind *kind,
    const struct json *ev)
{
	struct block *b = block_create(kind);
	struct str run = json_get_str(ev, "run");
	struct str parent = json_get_str(ev, "parent_call");
	CLEANUP(free_ptr) char *time = str_dup(json_get_str(ev, "time"));

	b->seq = b->last_seq = json_get_int(ev, "seq", 0);
	clock_parse_iso(time, &b->time_ms);
	if (run.len > 0)
		b->run = str_dup(run);
	/* run.started names its own call so, the others are of it. */
	if (parent.len > 0)
		b->parent = str_dup(parent);
	blocks_add(l, b);
	return b;
}

static struct block *
make_named(struct block_list *l, const struct block_kind *kind,
    const struct json *ev, struct str id)
{
	struct block *b = make(l, kind, ev);

	b->id = str_dup(id);
	return b;
}

/* Whether an event that changes a block is news to it. */
static bool
is_news(struct block *b, const struct json *ev)
{
	int64_t seq = json_get_int(ev, "seq", 0);

	if (seq != 0 && seq <= b->last_seq)
		return false;
	if (seq > b->last_seq)
		b->last_seq = seq;
	return true;
}

/* --- text ---------------------------------------------------------------- */

static bool
on_user(struct block_list *l, const struct json *ev)
{
	struct block *b = make(l, &block_user, ev);

	block_set_text(b, json_get_str(ev, "text"));
	if (json_get(ev, "attachments") != NULL)
		block_set_first(b, ev);
	b->done = true;
	return true;
}

static bool
on_text_delta(struct block_list *l, const struct json *ev)
{
	struct str id = json_get_str(ev, "message_id");
	struct block *b = blocks_find(l, &block_answer, id);

	if (b != NULL && b->done)
		return false;
	/* Blanks alone are no answer. */
	if (b == NULL && str_trim(json_get_str(ev, "text")).len == 0 &&
	    json_get_int(ev, "offset_bytes", 0) == 0)
		return false;
	if (b == NULL)
		b = make_named(l, &block_answer, ev, id);
	is_news(b, ev);
	block_take_text(b, json_get_int(ev, "offset_bytes", 0),
	    json_get_str(ev, "text"));
	return true;
}

/* Thoughts stand before the answer of their message. */
static struct block *
make_reasoning(struct block_list *l, const struct json *ev, struct str id)
{
	struct block *answer = blocks_find(l, &block_answer, id);
	struct block *b = make_named(l, &block_reasoning, ev, id);

	if (answer != NULL && answer->index < b->index)
		blocks_move(l, b, answer->index);
	return b;
}

static bool
on_reasoning_delta(struct block_list *l, const struct json *ev)
{
	struct str id = json_get_str(ev, "message_id");
	struct block *b = blocks_find(l, &block_reasoning, id);

	if (b != NULL && b->done)
		return false;
	if (b == NULL)
		b = make_reasoning(l, ev, id);
	is_news(b, ev);
	block_take_text(b, json_get_int(ev, "offset_bytes", 0),
	    json_get_str(ev, "text"));
	return true;
}

/* A message's end says all of it once more. */
static void
settle(struct block_list *l, struct block *b, const struct json *ev,
    struct str text)
{
	if (b == NULL)
		return;
	if (str_trim(text).len == 0) {
		blocks_remove(l, b);
		return;
	}
	is_news(b, ev);
	b->done = true;
	block_set_text(b, text);
}

static bool
on_message(struct block_list *l, const struct json *ev)
{
	struct str id = json_get_str(ev, "message_id");
	struct str text = json_get_str(ev, "text");
	struct str thought = json_get_str(ev, "reasoning");
	struct block *answer = blocks_find(l, &block_answer, id);
	struct block *reasoning = blocks_find(l, &block_reasoning, id);

	if ((answer != NULL && answer->done) ||
	    (reasoning != NULL && reasoning->done))
		return false;
	if (reasoning == NULL && str_trim(thought).len > 0)
		reasoning = make_reasoning(l, ev, id);
	if (answer == NULL && str_trim(text).len > 0)
		answer = make_named(l, &block_answer, ev, id);
	if (reasoning != NULL) {
		CLEANUP_JSON struct json *figures = json_new_object();

		json_set_int(figures, "reasoning_ms",
		    json_get_int(ev, "reasoning_ms", 0));
		block_set_first(reasoning, figures);
	}
	settle(l, reasoning, ev, thought);
	settle(l, answer, ev, text);
	return true;
}

/* --- calls --------------------------------------------------------------- */

/* The newest call of that id that is not done, or that this event has made
 * or ended already. */
static struct block *
find_open(const struct block_list *l, const struct block_kind *kind,
    const struct json *ev)
{
	struct str id = json_get_str(ev, "call_id");
	int64_t seq = json_get_int(ev, "seq", 0);

	for (size_t i = l->n; i-- > 0;) {
		struct block *b = l->items[i];

		if (b->kind == kind && b->id != NULL &&
		    str_eq_c(id, b->id) &&
		    (!b->done || (seq > 0 && b->last_seq >= seq)))
			return b;
	}
	return NULL;
}

static bool
on_tool_started(struct block_list *l, const struct json *ev)
{
	struct block *b = find_open(l, &block_tool, ev);
	int64_t seq = json_get_int(ev, "seq", 0);

	if (b != NULL && seq > 0 && b->last_seq >= seq)
		return false;
	b = make_named(l, &block_tool, ev, json_get_str(ev, "call_id"));
	block_set_first(b, ev);
	return true;
}

static bool
on_tool_output(struct block_list *l, const struct json *ev)
{
	struct block *b = find_open(l, &block_tool, ev);
	struct str text = json_get_str(ev, "text");
	CLEANUP_BUF struct buf plain = BUF_INIT(text.len +
	    PLAIN_OUTPUT_HELD);

	if (b == NULL || b->done || !is_news(b, ev))
		return false;
	plain_output_feed(&b->plain, text, &plain);
	term_text_feed(&b->filter, buf_str(&plain), &b->text);
	if (b->text.len > TAIL_MAX)
		buf_consume(&b->text, b->text.len - TAIL_KEPT);
	block_change(b);
	return true;
}

/* Colours that a command was told to print say nothing in a card. */
static void
drop_colors(struct json *event)
{
	struct str result = json_get_str(event, "result");
	CLEANUP_BUF struct buf plain = BUF_INIT(result.len + 1);

	if (str_find_char(result, '\033', 0) == SIZE_MAX)
		return;
	plain_output(result, &plain);
	json_set_str(event, "result", buf_str(&plain));
}

static bool
on_tool_finished(struct block_list *l, const struct json *ev)
{
	struct block *b = find_open(l, &block_tool, ev);

	if (b == NULL) {
		b = make_named(l, &block_tool, ev,
		    json_get_str(ev, "call_id"));
		b->headless = true;
	} else if (b->done || !is_news(b, ev)) {
		return false;
	}
	block_set_second(b, ev);
	drop_colors(b->second);
	buf_release(&b->text);
	b->done = true;
	if (b->owner != NULL)
		block_change(b->owner);
	return true;
}

/* --- asking -------------------------------------------------------------- */

static bool
requested(struct block_list *l, const struct block_kind *kind,
    const struct json *ev)
{
	struct block *b = find_open(l, kind, ev);
	int64_t seq = json_get_int(ev, "seq", 0);

	if (b != NULL && seq > 0 && b->last_seq >= seq)
		return false;
	b = make_named(l, kind, ev, json_get_str(ev, "call_id"));
	block_set_first(b, ev);
	return true;
}

static bool
resolved(struct block_list *l, const struct block_kind *kind,
    const struct json *ev)
{
	struct block *b = find_open(l, kind, ev);

	if (b == NULL) {
		b = make_named(l, kind, ev, json_get_str(ev, "call_id"));
		b->headless = true;
	} else if (b->done || !is_news(b, ev)) {
		return false;
	}
	block_set_second(b, ev);
	b->done = true;
	return true;
}

static bool
on_approval(struct block_list *l, const struct json *ev)
{
	return requested(l, &block_approval, ev);
}

static bool
on_approval_answer(struct block_list *l, const struct json *ev)
{
	return resolved(l, &block_approval, ev);
}

static bool
on_question(struct block_list *l, const struct json *ev)
{
	return requested(l, &block_question, ev);
}

static bool
on_question_answer(struct block_list *l, const struct json *ev)
{
	return resolved(l, &block_question, ev);
}

/* --- the rest ------------------------------------------------------------ */

/* An event that is a block by itself. */
static struct block *
single(struct block_list *l, const struct block_kind *kind,
    const struct json *ev)
{
	struct block *b = make(l, kind, ev);

	block_set_first(b, ev);
	b->done = true;
	return b;
}

static bool
on_notice(struct block_list *l, const struct json *ev)
{
	single(l, &block_notice, ev);
	return true;
}

static bool
on_retry(struct block_list *l, const struct json *ev)
{
	single(l, &block_retry, ev);
	return true;
}

/* What could not be stored is told without a number, and once more with one
 * when it is stored after all. */
static bool
told_before(struct block_list *l, const struct block_kind *kind,
    const struct json *ev)
{
	struct str run = json_get_str(ev, "run");

	for (size_t i = l->n; i-- > 0;) {
		struct block *b = l->items[i];

		if (b->seq != 0 || b->run == NULL || !str_eq_c(run, b->run))
			break;
		if (b->kind != kind)
			continue;
		b->seq = b->last_seq = json_get_int(ev, "seq", 0);
		return true;
	}
	return false;
}

static bool
on_error(struct block_list *l, const struct json *ev)
{
	if (told_before(l, &block_error, ev))
		return false;
	single(l, &block_error, ev);
	return true;
}

static bool
on_run_finished(struct block_list *l, const struct json *ev)
{
	if (told_before(l, &block_end, ev))
		return false;
	single(l, &block_end, ev);
	return true;
}

static bool
on_mode(struct block_list *l, const struct json *ev)
{
	single(l, &block_mode, ev);
	return true;
}

static bool
on_model(struct block_list *l, const struct json *ev)
{
	single(l, &block_model, ev);
	return true;
}

/* A session that was renamed is no news here. */
static bool
on_session(struct block_list *l, const struct json *ev)
{
	struct gone gone = { json_get_int(ev, "rewound_to", 0),
		json_get_int(ev, "seq", 0) };

	if (gone.from <= 0)
		return false;
	blocks_take_back(l, gone);
	if (!blocks_are_gone(l, gone.to))
		single(l, &block_rewound, ev);
	return true;
}

static bool
on_shell(struct block_list *l, const struct json *ev)
{
	single(l, &block_shell, ev);
	return true;
}

static bool
on_shell_end(struct block_list *l, const struct json *ev)
{
	single(l, &block_shell_end, ev);
	return true;
}

static bool
on_restored(struct block_list *l, const struct json *ev)
{
	single(l, &block_restored, ev);
	return true;
}

static bool
on_plan(struct block_list *l, const struct json *ev)
{
	single(l, &block_plan, ev);
	return true;
}

static bool
on_compacted(struct block_list *l, const struct json *ev)
{
	single(l, &block_compacted, ev);
	return true;
}

/* The first rows only add text, most times; they come most often. */
enum { FIRST_TO_REGROUP = 3 };

static const struct {
	const char *type;
	bool (*take)(struct block_list *l, const struct json *ev);
} types[] = {
	{ "text.delta", on_text_delta },
	{ "reasoning.delta", on_reasoning_delta },
	{ "tool.output", on_tool_output },
	{ "tool.started", on_tool_started },
	{ "tool.finished", on_tool_finished },
	{ "message.finished", on_message },
	{ "user.message", on_user },
	{ "approval.requested", on_approval },
	{ "approval.resolved", on_approval_answer },
	{ "question.requested", on_question },
	{ "question.resolved", on_question_answer },
	{ "plan.updated", on_plan },
	{ "notice", on_notice },
	{ "retry", on_retry },
	{ "error", on_error },
	{ "run.finished", on_run_finished },
	{ "mode.changed", on_mode },
	{ "model.changed", on_model },
	{ "session.changed", on_session },
	{ "shell.started", on_shell },
	{ "shell.exited", on_shell_end },
	{ "files.restored", on_restored },
	{ "compacted", on_compacted },
};

bool
intake(struct block_list *l, const struct json *event)
{
	struct str type = json_get_str(event, "type");

	/* Going back is not undone by going back further. */
	if (blocks_are_gone(l, json_get_int(event, "seq", 0)) &&
	    !str_eq(type, STR("session.changed")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq_c(type, types[i].type)) {
			bool changed = types[i].take(l, event);

			/* Deltas do so only when they add a block. */
			if (changed && i >= FIRST_TO_REGROUP)
				l->changed = true;
			return changed;
		}
	return false;
}
