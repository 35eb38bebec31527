/* The texts of events; see event_text.h. */
#include "event/event_text.h"

#include "base/units.h"

/* Arguments may be nested; what is deeper than this is no text for people. */
enum { DEPTH_MAX = 8 };

/* Members in the order in which they are shown. */
static const struct {
	const char *type;
	const char *members[4];
} table[] = {
	{ "user.message", { "text" } },
	{ "message.finished", { "reasoning", "text" } },
	{ "tool.started", { "name", "arguments" } },
	{ "tool.finished", { "error", "result" } },
	{ "question.requested", { "questions" } },
	{ "question.resolved", { "answers" } },
	{ "shell.started", { "command" } },
	{ "notice", { "text" } },
	{ "error", { "message", "hint", "details" } },
	{ "compacted", { "summary" } },
};

/* Of an error object only what is said. */
static bool
is_said(const struct json *member)
{
	static const char *const unsaid[] = { "code", "trace_id", "span_id",
		"cause" };

	for (size_t i = 0; i < ARRAY_LEN(unsaid); i++)
		if (str_eq_c(json_key(member), unsaid[i]))
			return false;
	return true;
}

static bool
walk(const struct json *j, int depth, event_text_fn *fn, void *ctx)
{
	if (json_str(j).len > 0)
		return fn(json_str(j), ctx);
	if (depth == DEPTH_MAX)
		return true;
	for (const struct json *i = json_first(j); i; i = json_next(i))
		if (is_said(i) && !walk(i, depth + 1, fn, ctx))
			return false;
	return true;
}

void
event_texts(const struct json *event, event_text_fn *fn, void *ctx)
{
	struct str type = json_get_str(event, "type");

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (!str_eq_c(type, table[i].type))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(table[i].members) &&
		    table[i].members[k] != NULL; k++)
			if (!walk(json_get(event, table[i].members[k]), 0,
				fn, ctx))
				return;
		return;
	}
}

bool
event_text_has(struct str type)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_eq_c(type, table[i].type))
			return true;
	return false;
}

struct count {
	const struct finder *finder;
	size_t n;
};

static bool
add_count(struct str text, void *ctx)
{
	struct count *c = ctx;

	c->n += finder_count(c->finder, text);
	return true;
}

size_t
event_text_count(const struct json *event, const struct finder *f)
{
	struct count c = { .finder = f };

	event_texts(event, add_count, &c);
	return c.n;
}
