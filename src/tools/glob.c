/* glob: files by name pattern, newest first. */
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "safety/wildmatch.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"
#include "tools/tree_walk.h"

enum { SHOWN_DEFAULT = 200, FOUND_MAX = 100 * 1000 };

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"pattern\":{\"type\":\"string\",\"description\":\"*.c, src/**/*.{h,c}; "
    "without a slash: at any depth\"},"
    "\"path\":{\"type\":\"string\",\"description\":\"Folder to look in\"},"
    "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10000}},"
    "\"required\":[\"pattern\"],\"additionalProperties\":false}";

struct found {
	char *path;
	struct timespec changed;
};

struct search {
	struct wildmatch_set patterns;
	struct found *items;
	size_t n;
};

static bool
look_at(const struct folder_entry *e, void *ctx)
{
	struct search *s = ctx;

	if (e->is_folder || !wildmatch_set_fits(&s->patterns, e->path))
		return true;
	if ((s->n & (s->n - 1)) == 0)
		s->items = mem_resize(s->items, s->n == 0 ? 1 : 2 * s->n,
		    sizeof(*s->items));
	s->items[s->n++] = (struct found){ str_dup(e->path), e->st.st_mtim };
	return s->n < FOUND_MAX;
}

static int
newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->changed.tv_sec != y->changed.tv_sec)
		return x->changed.tv_sec > y->changed.tv_sec ? -1 : 1;
	if (x->changed.tv_nsec != y->changed.tv_nsec)
		return x->changed.tv_nsec > y->changed.tv_nsec ? -1 : 1;
	return strcmp(x->path, y->path);
}

static void
search_release(struct search *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->items[i].path);
	free(s->items);
	wildmatch_set_release(&s->patterns);
}

/* A pattern that names a folder of the workspace absolutely. */
static struct str
make_relative(const struct workspace_node *node, struct str pattern)
{
	struct str folder = str_from(node->path);

	if (str_starts(pattern, folder) && pattern.len > folder.len &&
	    pattern.ptr[folder.len] == '/')
		return str_sub(pattern, folder.len + 1, SIZE_MAX);
	return pattern;
}

static void
print(const struct search *s, const struct workspace_node *node,
    size_t limit, struct buf *out)
{
	CLEANUP_BUF struct buf prefix = BUF_INIT(16 * KIB);

	tree_walk_prefix(node, &prefix);
	for (size_t i = 0; i < s->n && i < limit; i++)
		buf_printf(out, "%s%s\n", buf_text(&prefix),
		    s->items[i].path);
	if (s->n == 0)
		buf_add_cstr(out, "No file fits.\n");
	if (s->n > limit)
		buf_printf(out, "[%zu more]\n", s->n - limit);
}

static int
glob_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	struct workspace *w = call->env->workspace;
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	CLEANUP(search_release) struct search s = { .n = 0 };
	struct folder_walk_opts opts = { .cancel = call->cancel,
		.deadline_ms = call->deadline_ms, .visit = look_at,
		.ctx = &s };
	struct str path = json_get_str(call->args, "path");
	int rc;

	rc = workspace_locate(w, path.len == 0 ? STR(".") : path,
	    WORKSPACE_READ, &node, err);
	if (rc == 0)
		rc = wildmatch_set_init(&s.patterns, make_relative(&node,
		    json_get_str(call->args, "pattern")), err);
	if (rc == 0)
		rc = tree_walk(w, &node, &opts, err);
	if (rc != 0)
		return rc;
	if (s.n > 0)
		qsort(s.items, s.n, sizeof(*s.items), newest_first);
	print(&s, &node,
	    (size_t)json_get_int(call->args, "limit", SHOWN_DEFAULT),
	    &result->text);
	return 0;
}

const struct tool tool_glob = {
	.name = "glob",
	.summary = "Find files by name",
	.description = "Finds files by a name pattern (*, **, ?, [a-z], "
	    "{a,b}), newest first, without what git ignores. Not for "
	    "content: use grep.",
	.schema = schema,
	.effects = EFFECT_READS_FILES,
	.output_max = 32 * KIB,
	.timeout_ms = 20 * 1000,
	.run = glob_run,
};
