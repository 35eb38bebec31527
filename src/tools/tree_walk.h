/* Walks over folders of the workspace (safety/folder_walk.h). */
#ifndef FRIDAY_TOOLS_TREE_WALK_H
#define FRIDAY_TOOLS_TREE_WALK_H

#include "safety/folder_walk.h"
#include "tools/workspace.h"

/* Errors: ERR_INVALID (not a folder), and those of folder_walk(). */
int tree_walk(const struct workspace *w, const struct workspace_node *node,
    const struct folder_walk_opts *opts, struct error *err);
/* Where the paths of a walk begin, for display: "" or "src/" or "/other/". */
void tree_walk_prefix(const struct workspace_node *node, struct buf *out);

#endif
