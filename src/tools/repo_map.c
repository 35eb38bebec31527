/* repo_map: the most central definitions of the repository, as an outline. */
#include "index/code_index.h"

#include "base/json.h"
#include "base/mem.h"
#include "tools/index_path.h"
#include "tools/tool_rows.h"
#include "tools/workspace.h"

enum { TOKENS_DEFAULT = 2000, PATHS_MAX = 20 };

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"paths\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},"
    "\"maxItems\":20,\"description\":"
    "\"Files and folders that matter most\"},"
    "\"tokens\":{\"type\":\"integer\",\"minimum\":100,\"maximum\":6000,"
    "\"description\":\"How long it may be; 2000\"}},"
    "\"additionalProperties\":false}";

static int
repo_map_preview(const struct tool_call *call, struct tool_preview *ret,
    struct error *err)
{
	(void)call;
	(void)err;
	ret->effects = EFFECT_READS_FILES;
	buf_add_cstr(&ret->subject, ".");
	buf_add_cstr(&ret->summary, "repo_map");
	return 0;
}

static void
print_file(const struct tool_call *call, const struct map_file *f,
    struct buf *out)
{
	CLEANUP(free_ptr) char *path = index_path_show(call->env, f->path);

	if (path == NULL)
		return;
	buf_printf(out, "%s\n", path);
	for (size_t i = 0; i < f->n; i++)
		buf_printf(out, "%6u  %s\n", (unsigned)f->items[i].line,
		    *f->items[i].signature != '\0' ? f->items[i].signature :
						     f->items[i].name);
}

static int
repo_map_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	const struct code_index_wait wait = { .cancel = call->cancel,
		.deadline_ms = call->deadline_ms };
	const struct json *given = json_get(call->args, "paths");
	const char *folder = workspace_root(call->env->workspace, 0);
	CLEANUP(repo_map_release) struct repo_map m = { 0 };
	char *owned[PATHS_MAX];
	struct str paths[PATHS_MAX];
	struct map_opts opts = {
		.tokens = (size_t)json_get_int(call->args, "tokens",
		    TOKENS_DEFAULT),
		.paths = paths,
	};
	struct code_index *x = call->env->index;
	struct index_update_stats stats;
	int rc;

	if (x == NULL)
		return error_set(err, ERR_UNSUPPORTED,
		    "there is no index here; use list and outline");
	for (const struct json *p = json_first(given);
	     p != NULL && opts.n_paths < PATHS_MAX; p = json_next(p)) {
		owned[opts.n_paths] = code_index_path(x, folder, json_str(p));
		paths[opts.n_paths] = str_from(owned[opts.n_paths]);
		opts.n_paths++;
	}
	rc = code_index_update(x, &wait, &stats, err);
	if (rc == 0)
		rc = code_index_map(x, &opts, &m, err);
	for (size_t i = 0; i < opts.n_paths; i++)
		free(owned[i]);
	for (size_t i = 0; rc == 0 && i < m.n; i++)
		print_file(call, &m.files[i], &result->text);
	if (rc == 0 && result->text.len == 0)
		buf_add_cstr(&result->text, "nothing here defines names\n");
	return rc;
}

const struct tool tool_repo_map = {
	.name = "repo_map",
	.summary = "Outline of what is central in the repository",
	.description =
	    "Shows the definitions that the rest of the repository uses most, "
	    "by file with line numbers; with paths, those files and what they "
	    "lean on. For getting to know code; for a question use "
	    "code_search.",
	.schema = schema,
	.effects = EFFECT_READS_FILES,
	.output_max = 32 * KIB,
	.timeout_ms = 120 * 1000,
	.deferred = true,
	.preview = repo_map_preview,
	.run = repo_map_run,
};
