/* The inside of a tree, for the modules of this room. */
#ifndef FRIDAY_SYNTAX_TREE_H
#define FRIDAY_SYNTAX_TREE_H

#include <tree_sitter/api.h>

#include "base/str.h"

struct syntax_tree {
	TSTree *tree;
	struct str text; /* borrowed */
};

#endif
