/* Files of the index; see index_path.h. */
#include "tools/index_path.h"

#include "base/file.h"
#include "base/mem.h"
#include "index/code_index.h"
#include "tools/workspace.h"

char *
index_path_show(const struct tool_env *env, const char *path)
{
	CLEANUP(free_ptr) char *full = file_join(code_index_root(env->index),
	    path);
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;

	if (workspace_locate(env->workspace, str_from(full), 0, &node,
		NULL) != 0 || !node.exists ||
	    workspace_node_check(&node, NULL) != 0)
		return NULL;
	return mem_strdup(node.display);
}

bool
index_path_read(const struct tool_env *env, const char *path,
    struct buf *out)
{
	CLEANUP(free_ptr) char *full = file_join(code_index_root(env->index),
	    path);
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;

	buf_clear(out);
	return workspace_read(env->workspace, str_from(full), out, &node,
		   NULL) == 0;
}
