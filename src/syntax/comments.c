/* Comments by the grammar's own names for them; see comments.h. Each grammar
 * that we know calls such a node something with "comment". */
#include "syntax/comments.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "syntax/tree.h"

enum { LOOK_EVERY = 4096 };

static void
add(struct comments *c, size_t *cap, TSNode node)
{
	TSPoint end = ts()->node_end_point(node);
	struct comment item = {
		.start = ts()->node_start_byte(node),
		.end = ts()->node_end_byte(node),
		.start_line = ts()->node_start_point(node).row + 1,
		.end_line = end.row + (end.column > 0),
	};

	if (item.end_line < item.start_line)
		item.end_line = item.start_line;
	c->items = mem_grow(c->items, cap, c->n + 1, sizeof(*c->items));
	c->items[c->n++] = item;
}

/* What each kind of node is; found out once for each kind of a tree. */
enum kind { KIND_UNKNOWN, KIND_OTHER, KIND_COMMENT, KIND_STATEMENT };

static enum kind
kind_of(TSNode node)
{
	const char *type = ts()->node_type(node);

	if (ts()->node_is_named(node) && strstr(type, "comment") != NULL)
		return KIND_COMMENT;
	return strcmp(type, "expression_statement") == 0 ? KIND_STATEMENT :
							     KIND_OTHER;
}

/* A text that stands alone, first in its block: Python's way. */
static bool
is_doc_string(TSNode statement)
{
	TSNode parent, first;

	if (ts()->node_named_child_count(statement) != 1 ||
	    strcmp(ts()->node_type(ts()->node_named_child(statement, 0)),
		"string") != 0)
		return false;
	parent = ts()->node_parent(statement);
	if (ts()->node_is_null(parent) ||
	    (strcmp(ts()->node_type(parent), "block") != 0 &&
		strcmp(ts()->node_type(parent), "module") != 0))
		return false;
	first = ts()->node_named_child(parent, 0);
	for (uint32_t i = 1; !ts()->node_is_null(first) &&
	    kind_of(first) == KIND_COMMENT; i++)
		first = ts()->node_named_child(parent, i);
	return ts()->node_eq(first, statement);
}

static bool
next_node(TSTreeCursor *cursor, bool skip)
{
	if (!skip && ts()->tree_cursor_goto_first_child(cursor))
		return true;
	while (!ts()->tree_cursor_goto_next_sibling(cursor))
		if (!ts()->tree_cursor_goto_parent(cursor))
			return false;
	return true;
}

int
comments_read(const struct syntax_tree *tree, const struct syntax_opts *opts,
    struct comments *ret, struct error *err)
{
	const struct syntax_opts defaults = SYNTAX_OPTS_INIT;
	int64_t deadline = clock_now_ms() +
	    (opts == NULL ? &defaults : opts)->timeout_ms;
	unsigned char kinds[4096] = { 0 };
	TSTreeCursor cursor = ts()->tree_cursor_new(
	    ts()->tree_root_node(tree->tree));
	size_t cap = 0, n_nodes = 0;
	bool skip;
	int rc = 0;

	*ret = (struct comments){ 0 };
	do {
		TSNode node = ts()->tree_cursor_current_node(&cursor);
		TSSymbol symbol = ts()->node_symbol(node);
		enum kind kind;

		if (symbol >= sizeof(kinds)) {
			kind = kind_of(node);
		} else {
			if (kinds[symbol] == KIND_UNKNOWN)
				kinds[symbol] = (unsigned char)kind_of(node);
			kind = kinds[symbol];
		}
		skip = kind == KIND_COMMENT ||
		    (kind == KIND_STATEMENT && is_doc_string(node));
		if (skip)
			add(ret, &cap, node);
		if (++n_nodes % LOOK_EVERY != 0)
			continue;
		rc = cancel_check(opts == NULL ? NULL : opts->cancel, err);
		if (rc == 0 && clock_now_ms() >= deadline)
			rc = error_set(err, ERR_TIMEOUT, "too large a tree");
	} while (rc == 0 && next_node(&cursor, skip));
	ts()->tree_cursor_delete(&cursor);
	return rc;
}

void
comments_release(struct comments *c)
{
	free(c->items);
	*c = (struct comments){ 0 };
}
