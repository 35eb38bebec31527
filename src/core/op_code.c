/* complete.code: pieces of code that fit what somebody types, with their
 * text, from the index as it is. Nothing is brought up to date here: whoever
 * types does not wait for that (index.update). index.state: how far that is.
 */
#include "base/file.h"
#include "core/operation.h"
#include "index/code_index.h"
#include "tools/workspace.h"

enum { HITS_DEFAULT = 20, TEXT_LINES = 60, LINE_BYTES = 400 };
#define FILE_BYTES_MAX (4 * MIB)

/* The lines of a piece, as text. */
static void
write_text(const struct search_hit *hit, struct str text,
    struct json_writer *w)
{
	CLEANUP_BUF struct buf out = BUF_INIT(256 * KIB);
	struct str line;
	unsigned n = 0;

	for (uint32_t l = 1; str_next_line(&text, &line) &&
	    l <= hit->end_line && n < TEXT_LINES; l++) {
		if (l < hit->start_line)
			continue;
		buf_add_str(&out, str_sub(line, 0, LINE_BYTES));
		buf_add_char(&out, '\n');
		n++;
	}
	jw_key_str(w, "text", buf_str(&out));
}

static void
write_hit(const struct search_hit *hit, const char *path, struct str text,
    struct json_writer *w)
{
	jw_object(w);
	jw_key_cstr(w, "path", path);
	jw_key_int(w, "start_line", hit->start_line);
	jw_key_int(w, "end_line", hit->end_line);
	jw_key_cstr(w, "kind", hit->kind);
	jw_key_cstr(w, "symbol", hit->name);
	jw_key_cstr(w, "container", hit->container);
	jw_key_cstr(w, "why", hit->why);
	write_text(hit, text, w);
	jw_end(w);
}

/* Only what the folder has and the deny list lets be read. */
static void
write_hits(struct op_call *call, const struct workspace *workspace,
    const struct search_hits *hits)
{
	const char *root = code_index_root(call->host->index);
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_BYTES_MAX);

	for (size_t i = 0; i < hits->n; i++) {
		const struct search_hit *hit = &hits->items[i];
		CLEANUP(free_ptr) char *full = file_join(root, hit->path);
		CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;

		buf_clear(&text);
		if (workspace_read(workspace, str_from(full), &text, &node,
			NULL) == 0)
			write_hit(hit, node.display, buf_str(&text),
			    call->out);
	}
}

static int
find(struct op_call *call, struct error *err)
{
	struct friday *f = call->host;
	const char *roots[] = { f->folder };
	const struct workspace_opts opts = { .roots = roots, .n_roots = 1,
		.deny = f->deny };
	const struct search_opts search = { .k = (size_t)json_get_int(
		call->args, "limit", HITS_DEFAULT) };
	struct str query = json_get_str(call->args, "query");
	CLEANUP(search_hits_release) struct search_hits hits = { 0 };
	struct workspace *workspace;
	int rc = 0;

	if (f->index == NULL)
		rc = -ERR_NOT_FOUND;
	else if (str_trim(query).len > 0)
		rc = code_index_search(f->index, query, &search, &hits, err);
	if (rc != 0 && rc != -ERR_NOT_FOUND)
		return rc;
	jw_key_str(call->out, "query", query);
	jw_key_bool(call->out, "ready", rc == 0);
	rc = workspace_create(&opts, &workspace, err);
	if (rc != 0)
		return rc;
	jw_key(call->out, "results");
	jw_array(call->out);
	write_hits(call, workspace, &hits);
	jw_end(call->out);
	workspace_destroy(workspace);
	return 0;
}

/* Never waits, also while the index is being made. */
static int
state(struct op_call *call, struct error *err)
{
	struct code_index_progress p = { 0 };

	(void)err;
	if (call->host->index != NULL)
		code_index_progress(call->host->index, &p);
	jw_key_bool(call->out, "busy", p.busy);
	jw_key_int(call->out, "done", (int64_t)p.done);
	jw_key_int(call->out, "total", (int64_t)p.total);
	return 0;
}

const struct operation op_code_rows[] = {
	OPERATION_INPUT("index.state", "read",
	    "Whether the index is being brought up to date, and how far it is",
	    ARGS_NONE, state),
	OPERATION_INPUT("complete.code", "read",
	    "Pieces of code that fit what was typed, with their text",
	    ARGS_WITH("\"query\"",
		"\"query\":{\"type\":\"string\",\"maxLength\":4000},"
		"\"limit\":{\"type\":\"integer\",\"minimum\":1,"
		"\"maximum\":100}"),
	    find),
	{ .face = { .name = NULL } },
};
