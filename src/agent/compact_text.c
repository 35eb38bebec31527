/* Compaction: what is read out of the conversation; see compact.h. */
#include "agent/compact.h"

#include "agent/context_block.h"
#include "base/json.h"
#include "base/json_repair.h"
#include "base/map.h"
#include "base/utf8.h"

/* A result in the transcript: head and tail tell what it was. */
#define RESULT_HEAD 1500
#define RESULT_TAIL 500
#define ARGUMENTS_MAX 1000

size_t
compact_border(const struct convo *c, int64_t keep_tokens)
{
	size_t border = c->n;
	int64_t kept = 0;

	/* Only in front of an answer may the conversation be cut: a request
	 * is repeated in the summary, and no result loses its call. */
	for (size_t i = c->n; i-- > 1;) {
		kept += message_estimate_tokens(c->items[i]);
		if (kept > keep_tokens)
			break;
		if (c->items[i]->role == ROLE_ASSISTANT)
			border = i;
	}
	return border;
}

/* --- paths -------------------------------------------------------------- */

#define PATHS_MARK "Files changed so far:\n"

static void
add_path(struct map *seen, struct str path, struct buf *out)
{
	path = str_trim(path);
	if (path.len == 0 || path.len > 4096 || map_has(seen, path))
		return;
	map_set(seen, path, seen);
	buf_printf(out, "- %.*s\n", STR_ARG(path));
}

static void
paths_of_patch(struct map *seen, struct str patch, struct buf *out)
{
	static const struct str marks[] = {
		{ "*** Add File: ", 14 },
		{ "*** Update File: ", 17 },
		{ "*** Delete File: ", 17 },
		{ "*** Move to: ", 13 },
		{ "+++ b/", 6 },
	};
	struct str line;

	while (str_next_line(&patch, &line))
		for (size_t i = 0; i < ARRAY_LEN(marks); i++)
			if (str_starts(line, marks[i]))
				add_path(seen,
				    str_sub(line, marks[i].len, SIZE_MAX),
				    out);
}

static void
paths_of_call(struct map *seen, const struct part *call, struct buf *out)
{
	const struct json_limits limits = { .bytes_max = 8 * MIB,
		.depth_max = 64 };
	CLEANUP_JSON struct json *args = NULL;

	if (strcmp(call->name, "edit") != 0 &&
	    strcmp(call->name, "write") != 0 &&
	    strcmp(call->name, "apply_patch") != 0)
		return;
	if (json_parse_lenient(buf_str(&call->arguments), &limits, &args,
		NULL) != 0)
		return;
	add_path(seen, json_get_str(args, "path"), out);
	paths_of_patch(seen, json_get_str(args, "patch"), out);
}

/* An earlier summary lists the paths of what it stands for. */
static void
paths_of_summary(struct map *seen, struct str text, struct buf *out)
{
	size_t at = str_find(text, STR(PATHS_MARK), 0);
	struct str line;

	if (at == SIZE_MAX)
		return;
	text = str_sub(text, at + sizeof(PATHS_MARK) - 1, SIZE_MAX);
	while (str_next_line(&text, &line) && str_starts(line, STR("- ")))
		add_path(seen, str_sub(line, 2, SIZE_MAX), out);
}

void
compact_paths(const struct convo *c, size_t n, struct buf *out)
{
	CLEANUP(map_destroyp) struct map *seen = map_create(NULL);

	for (size_t i = 0; i < n && i < c->n; i++) {
		const struct message *m = c->items[i];

		for (size_t j = 0; j < m->n_parts; j++) {
			if (m->parts[j].kind == PART_TOOL_CALL)
				paths_of_call(seen, &m->parts[j], out);
			else if (m->role == ROLE_USER &&
			    m->parts[j].kind == PART_TEXT)
				paths_of_summary(seen,
				    buf_str(&m->parts[j].text), out);
		}
	}
}

/* --- transcript --------------------------------------------------------- */

static void
add_cut(struct str text, size_t head, size_t tail, struct buf *out)
{
	if (text.len <= head + tail) {
		buf_add_str(out, text);
		return;
	}
	buf_add(out, text.ptr, utf8_cut(text.ptr, text.len, head));
	buf_printf(out, "\n[… %zu bytes …]\n", text.len - head - tail);
	if (tail > 0)
		utf8_repair(str_sub(text, text.len - tail, tail), out);
}

static void
add_part(const struct message *m, const struct part *p, struct buf *out)
{
	struct str text = buf_str(&p->text);

	switch (p->kind) {
	case PART_TEXT:
		if (context_block_is(text))
			return;
		buf_add_cstr(out,
		    m->role == ROLE_USER ? "## User\n" : "## Assistant\n");
		buf_add_str(out, text);
		break;
	case PART_TOOL_CALL:
		buf_printf(out, "## Call of %s\n", p->name);
		add_cut(buf_str(&p->arguments), ARGUMENTS_MAX, 0, out);
		break;
	case PART_TOOL_RESULT:
		buf_printf(out, "## Result%s\n",
		    p->is_error ? " (failed)" : "");
		add_cut(text, RESULT_HEAD, RESULT_TAIL, out);
		break;
	case PART_IMAGE:
		buf_add_cstr(out, "## An image");
		break;
	case PART_REASONING:
		return;
	}
	buf_add_cstr(out, "\n\n");
}

void
compact_transcript(const struct convo *c, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n && i < c->n; i++)
		for (size_t j = 0; j < c->items[i]->n_parts; j++)
			add_part(c->items[i], &c->items[i]->parts[j], out);
}
