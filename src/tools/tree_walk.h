/* Walks the files below a folder of the workspace: the one walk of list, glob
 * and grep, with one set of rules for what is left out: what git ignores,
 * what .fridayignore names, and .git itself. Links are shown, not followed. */
#ifndef FRIDAY_TOOLS_TREE_WALK_H
#define FRIDAY_TOOLS_TREE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/cancel.h"
#include "base/error.h"
#include "base/str.h"
#include "tools/workspace.h"

struct tree_entry {
	struct str path; /* from the folder where the walk began */
	size_t depth;	 /* 1: directly in it */
	bool is_folder, is_file, is_link;
	struct stat st;
};

struct tree_walk_opts {
	size_t depth_max; /* 0: no limit (but 200) */
	bool ignored_too; /* only .git is left out */
	struct cancel *cancel;
	int64_t deadline_ms; /* clock_now_ms(); 0: none */
	/* Names of a folder come sorted by their bytes, a folder before what
	 * is in it. False: the walk ends. */
	bool (*visit)(const struct tree_entry *entry, void *ctx);
	void *ctx;
};

/* Errors: ERR_INVALID (not a folder), ERR_CANCELLED, ERR_TOOL_TIMEOUT. Folders
 * that cannot be read are passed over. */
int tree_walk(const struct workspace *w, const struct workspace_node *node,
    const struct tree_walk_opts *opts, struct error *err);
/* Where the paths of a walk begin, for display: "" or "src/" or "/other/". */
void tree_walk_prefix(const struct workspace_node *node, struct buf *out);

#endif
