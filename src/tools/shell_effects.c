/* The disk behind the judgement of commands; see shell_effects.h. */
#include "tools/shell_effects.h"

#include <stdlib.h>

#include "base/mem.h"
#include "git/program.h"
#include "git/repository.h"
#include "safety/deny_list.h"
#include "safety/launcher.h"
#include "tools/tool.h"
#include "tools/workspace.h"

#define PATH_BYTES_MAX (16 * KIB)

static bool
locate(const struct tool_env *env, struct str path, const char *folder,
    struct workspace_node *ret)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(PATH_BYTES_MAX);

	if (path.len == 0 || path.ptr[0] != '/')
		buf_printf(&whole, "%s/", folder);
	buf_add_str(&whole, path);
	return whole.failed == 0 &&
	    workspace_locate(env->workspace, buf_str(&whole), WORKSPACE_READ,
		ret, NULL) == 0;
}

/* Of a path outside the list counts as well: ~/.ssh. */
static bool
is_denied_outside(struct deny_list *list, struct str path,
    const char *folder)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(PATH_BYTES_MAX);

	if (path.len == 0 || path.ptr[0] != '/')
		buf_printf(&whole, "%s/", folder);
	buf_add_str(&whole, path);
	return list != NULL && whole.failed == 0 &&
	    deny_list_check(list, buf_str(&whole), 0, NULL);
}

static enum shell_place
place_of(struct str path, const char *folder, void *ctx)
{
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	const struct tool_env *env = ctx;
	struct deny_list *list = workspace_deny_list(env->workspace);

	if (!locate(env, path, folder, &node))
		return is_denied_outside(list, path, folder) ? SHELL_DENIED :
							       SHELL_OUTSIDE;
	if (workspace_node_check(&node, NULL) != 0)
		return SHELL_DENIED;
	if (list != NULL && deny_list_guards(list, str_from(node.path)))
		return SHELL_GUARDED;
	return SHELL_INSIDE;
}

static bool
exists(struct str path, const char *folder, void *ctx)
{
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;

	return locate(ctx, path, folder, &node) && node.exists;
}

/* Whether git has this very content; asked only about files that a command
 * would overwrite. */
static bool
git_has(const char *path)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4 * KIB);
	CLEANUP(free_ptr) char *folder = mem_strdup(path);
	CLEANUP(free_ptr) char *relative = NULL;
	CLEANUP_REPO struct repo *repo = NULL;
	const char *args[] = { "status", "--porcelain", "--ignored", "--",
		NULL, NULL };

	*strrchr(folder, '/') = '\0';
	if (repo_open(&(struct repo_opts){ .folder = folder[0] == '\0' ? "/" :
		folder }, &repo, NULL) != 0)
		return false;
	relative = repo_relative(repo, path);
	if (relative == NULL)
		return false;
	args[4] = relative;
	return git_program_read(repo, args, &out, NULL, NULL) == 0 &&
	    out.len == 0;
}

static bool
loses(struct str path, const char *folder, void *ctx)
{
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;

	if (!locate(ctx, path, folder, &node) || !node.exists ||
	    !S_ISREG(node.st.st_mode) || node.st.st_size == 0)
		return false;
	return !git_has(node.path);
}

void
shell_effects(struct str command, const struct tool_env *env,
    const char *folder, struct shell_judgement *ret)
{
	struct shell_judge_opts opts = { .folder = folder,
		.home = getenv("HOME") };

	if (env->workspace != NULL) {
		opts.place = place_of;
		opts.exists = exists;
		opts.loses = loses;
		opts.ctx = (void *)(uintptr_t)env;
		opts.confined = env->launcher != NULL &&
		    launcher_mode_of(env->launcher) != LAUNCHER_OFF &&
		    launcher_missing(env->launcher) == 0;
	}
	shell_judge(command, &opts, ret);
}
