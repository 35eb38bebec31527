/* recall: finds earlier messages of the session, also those that a compaction
 * has summed up. */
#include "agent/agent_tools.h"
#include "agent/context_block.h"
#include "agent/run.h"
#include "base/json.h"
#include "base/utf8.h"

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"query\":{\"type\":\"string\",\"minLength\":2,"
    "\"description\":\"Text that occurs in what is looked for\"},"
    "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":50}},"
    "\"required\":[\"query\"],\"additionalProperties\":false}";

enum { LIMIT_DEFAULT = 10, AROUND = 600 };

struct finding {
	struct str query;
	struct buf *out;
	size_t n;
};

/* The piece of text around the place. */
static void
add_excerpt(struct finding *f, const char *who, struct str text, size_t at)
{
	size_t from = at > AROUND ? at - AROUND : 0;
	struct str piece = str_sub(text, from, f->query.len + 2 * AROUND);

	buf_printf(f->out, "## %s%s\n", who, from > 0 ? " […]" : "");
	utf8_repair(piece, f->out);
	buf_add_cstr(f->out, from + piece.len < text.len ? " […]\n\n" : "\n\n");
	f->n++;
}

static size_t
find_nocase(struct str text, struct str needle)
{
	for (size_t i = 0; i + needle.len <= text.len; i++)
		if (str_eq_nocase(str_sub(text, i, needle.len), needle))
			return i;
	return SIZE_MAX;
}

static int
show(struct str json, int64_t seq, void *ctx)
{
	struct finding *f = ctx;
	CLEANUP_JSON struct json *tree = NULL;
	CLEANUP(message_destroyp) struct message *m = NULL;

	(void)seq;
	if (json_parse(json, NULL, &tree, NULL) != 0 ||
	    message_parse(tree, &m, NULL) != 0)
		return 0;
	for (size_t i = 0; i < m->n_parts; i++) {
		const struct part *p = &m->parts[i];
		struct str text = p->kind == PART_TOOL_CALL ?
		    buf_str(&p->arguments) :
		    buf_str(&p->text);
		size_t at;

		if (p->kind == PART_REASONING || p->kind == PART_IMAGE ||
		    context_block_is(text))
			continue;
		at = find_nocase(text, f->query);
		if (at != SIZE_MAX)
			add_excerpt(f,
			    p->kind == PART_TOOL_CALL	? p->name :
				p->kind == PART_TOOL_RESULT ? "result" :
				m->role == ROLE_USER	    ? "user" :
							      "assistant",
			    text, at);
	}
	return 0;
}

static int
recall_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct run *r = agent_tool_run(call, err);
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	struct finding f = { .query = json_get_str(call->args, "query"),
		.out = &result->text };
	int rc;

	if (r == NULL)
		return -ERR_UNSUPPORTED;
	rc = store_reader_open(r->session->opts.store, &reader, err);
	if (rc == 0)
		rc = store_messages_find(reader, r->session->id, f.query.ptr,
		    (size_t)json_get_int(call->args, "limit", LIMIT_DEFAULT),
		    show, &f, err);
	if (rc == 0 && f.n == 0)
		buf_add_cstr(&result->text,
		    "Nothing in this session holds that text.");
	return rc;
}

const struct tool tool_recall = {
	.name = "recall",
	.summary = "Find earlier turns of this session",
	.description = "Finds earlier messages and tool results of this "
	    "session by a piece of their text, newest first, also those that "
	    "were summed up. Not for searching files.",
	.schema = schema,
	.effects = EFFECT_SESSION,
	.output_max = 24 * KIB,
	.timeout_ms = 10 * 1000,
	.deferred = true,
	.run = recall_run,
};
