/* list: what is in a folder. */
#include "base/json.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"
#include "tools/tree_walk.h"

enum { ENTRIES_MAX = 500 };

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"path\":{\"type\":\"string\",\"description\":\"Folder; the "
    "workspace\"},"
    "\"depth\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":20,"
    "\"description\":\"Levels; 1\"},"
    "\"ignored\":{\"type\":\"boolean\",\"description\":\"Also what git "
    "ignores\"}},\"additionalProperties\":false}";

struct listing {
	struct buf *out;
	size_t shown, more;
};

static bool
add_entry(const struct folder_entry *e, void *ctx)
{
	struct listing *l = ctx;

	if (l->shown == ENTRIES_MAX) {
		l->more++;
		return l->more < 100000;
	}
	buf_add_str(l->out, e->path);
	buf_add_cstr(l->out, e->is_folder ? "/\n" : e->is_link ? "@\n" :
	    e->is_file ? "\n" : " (special)\n");
	l->shown++;
	return true;
}

static int
list_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct workspace *w = call->env->workspace;
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	struct listing l = { .out = &result->text };
	struct folder_walk_opts opts = { .cancel = call->cancel,
		.deadline_ms = call->deadline_ms, .visit = add_entry,
		.ctx = &l };
	struct str path = json_get_str(call->args, "path");
	int rc;

	opts.depth_max = (size_t)json_get_int(call->args, "depth", 1);
	opts.ignored_too = json_get_bool(call->args, "ignored", false);
	rc = workspace_locate(w, path.len == 0 ? STR(".") : path,
	    WORKSPACE_READ, &node, err);
	if (rc == 0)
		rc = tree_walk(w, &node, &opts, err);
	if (rc != 0)
		return rc;
	if (l.shown == 0)
		buf_printf(&result->text, "%s is empty%s.\n", node.display,
		    opts.ignored_too ? "" : " (or git ignores what is in it)");
	if (l.more > 0)
		buf_printf(&result->text, "[%zu more: choose a deeper folder "
		    "or use glob]\n", l.more);
	return 0;
}

const struct tool tool_list = {
	.name = "list",
	.summary = "List a folder",
	.description = "Lists files and folders (folders end in /, links in "
	    "@), without what git ignores. Not for finding files by name "
	    "(glob) or content (grep).",
	.schema = schema,
	.effects = EFFECT_READS_FILES,
	.output_max = 32 * KIB,
	.timeout_ms = 10 * 1000,
	.run = list_run,
};
