/* Arguments of the tool `git`; see git_call.h. */
#include "tools/git_call.h"

#include <assert.h>

#include "base/json.h"
#include "base/mem.h"
#include "tools/workspace.h"

/* Sets the folder where git runs and, where the workspace is only a part of
 * the repository, its scope. */
static int
find_folder(struct git_call *c, const char *root, struct error *err)
{
	CLEANUP(free_ptr) char *scope = NULL;

	if (repo_workdir(c->repo) == NULL) {
		c->folder = mem_strdup(repo_gitdir(c->repo));
		return 0;
	}
	c->folder = mem_strdup(repo_workdir(c->repo));
	scope = repo_relative(c->repo, root);
	if (scope != NULL && scope[0] != '\0')
		c->scope = steal(scope);
	return 0;
}

static int
add_path(struct git_call *c, struct str path, struct error *err)
{
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	char *relative;
	int rc = workspace_locate(c->call->env->workspace, path,
	    WORKSPACE_NOFOLLOW, &node, err);

	if (rc != 0)
		return rc;
	relative = repo_relative(c->repo, node.path);
	if (relative == NULL)
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "%s is not in the working tree of the repository %s",
		    node.display, c->folder);
	c->paths[c->n_paths++] = relative;
	return 0;
}

int
git_call_init(struct git_call *c, const struct tool_call *call,
    struct error *err)
{
	CLEANUP_NODE struct workspace_node folder = WORKSPACE_NODE_INIT;
	struct repo_opts opts = { .cancel = call->cancel,
		.deny = workspace_deny_list(call->env->workspace) };
	struct str workdir = json_get_str(call->args, "workdir");
	int rc = workspace_locate(call->env->workspace,
	    workdir.len > 0 ? workdir : STR("."), 0, &folder, err);

	c->call = call;
	if (rc != 0)
		return rc;
	if (!folder.exists || !S_ISDIR(folder.st.st_mode))
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "workdir %s is no folder", folder.display);
	opts.folder = folder.path;
	rc = repo_open(&opts, &c->repo, err);
	if (rc == 0)
		rc = find_folder(c,
		    workspace_root(call->env->workspace, folder.root), err);
	for (const struct json *p = json_first(json_get(call->args, "paths"));
	    rc == 0 && p != NULL; p = json_next(p)) {
		if (c->n_paths == GIT_CALL_PATHS_MAX)
			return error_set(err, ERR_TOOL_ARGUMENTS,
			    "more than %d paths", GIT_CALL_PATHS_MAX);
		rc = add_path(c, json_str(p), err);
	}
	return rc;
}

void
git_call_release(struct git_call *c)
{
	repo_destroy(c->repo);
	free(c->folder);
	free(c->scope);
	for (size_t i = 0; i < c->n_paths; i++)
		free(c->paths[i]);
}

int
git_call_revision(const struct git_call *c, struct str *ret,
    struct error *err)
{
	struct str revision = json_get_str(c->call->args, "revision");

	if (revision.len > 0 && !repo_revision_valid(revision))
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "\"%.*s\" is no revision",
		    (int)(revision.len > 80 ? 80 : revision.len),
		    revision.ptr);
	*ret = revision;
	return 0;
}

void
git_args_add(struct git_args *a, const char *arg)
{
	assert(a->n < GIT_ARGS_MAX - 1); /* no action adds that many */
	a->args[a->n++] = arg;
}

void
git_args_add_paths(struct git_args *a, const struct git_call *c)
{
	git_args_add(a, "--");
	for (size_t i = 0; i < c->n_paths; i++)
		git_args_add(a, c->paths[i][0] != '\0' ? c->paths[i] : ".");
	if (c->n_paths == 0)
		git_args_add(a, c->scope != NULL ? c->scope : ".");
}
