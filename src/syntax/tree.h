/* The inside of a tree, for the modules of this room. */
#ifndef FRIDAY_SYNTAX_TREE_H
#define FRIDAY_SYNTAX_TREE_H

#include "base/str.h"
#include "syntax/tree_sitter_api.h"

struct syntax_tree {
	TSTree *tree;
	struct str text; /* borrowed */
};

#endif
