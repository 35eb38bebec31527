/* Walks over folders of the workspace; see tree_walk.h. */
#include "tools/tree_walk.h"

#include "base/buf.h"

int
tree_walk(const struct workspace *w, const struct workspace_node *node,
    const struct folder_walk_opts *opts, struct error *err)
{
	const char *root = workspace_root(w, node->root);
	struct str start = STR_NONE;
	DIR *dir;
	int rc = workspace_open_dir(node, &dir, err);

	if (rc != 0)
		return rc;
	if (root != NULL && str_starts(str_from(node->path), str_from(root)))
		start = str_from(node->path + strlen(root) +
		    (node->path[strlen(root)] == '/'));
	return folder_walk(root, start, dir, opts, err);
}

void
tree_walk_prefix(const struct workspace_node *node, struct buf *out)
{
	if (strcmp(node->display, ".") == 0)
		return;
	buf_add_cstr(out, node->display);
	if (!str_ends(buf_str(out), STR("/")))
		buf_add_char(out, '/');
}
