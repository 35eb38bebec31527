/* tree-sitter, loaded with the first grammar. For syntax's own files only. */
#ifndef FRIDAY_SYNTAX_TREE_SITTER_API_H
#define FRIDAY_SYNTAX_TREE_SITTER_API_H

#include <tree_sitter/api.h>

#include "base/error.h"

/* Each member has the name and type of tree-sitter's function, without
 * "ts_". */
#define TREE_SITTER_API_TABLE(X)                                              \
	X(language_version)                                                   \
	X(node_end_byte)                                                      \
	X(node_end_point)                                                     \
	X(node_eq)                                                            \
	X(node_has_error)                                                     \
	X(node_is_missing)                                                    \
	X(node_is_named)                                                      \
	X(node_is_null)                                                       \
	X(node_named_child)                                                   \
	X(node_named_child_count)                                             \
	X(node_parent)                                                        \
	X(node_start_byte)                                                    \
	X(node_start_point)                                                   \
	X(node_symbol)                                                        \
	X(node_type)                                                          \
	X(parser_delete)                                                      \
	X(parser_new)                                                         \
	X(parser_parse)                                                       \
	X(parser_set_language)                                                \
	X(parser_set_logger)                                                  \
	X(parser_set_timeout_micros)                                          \
	X(query_capture_count)                                                \
	X(query_capture_name_for_id)                                          \
	X(query_cursor_delete)                                                \
	X(query_cursor_exec)                                                  \
	X(query_cursor_new)                                                   \
	X(query_cursor_next_match)                                            \
	X(query_cursor_set_match_limit)                                       \
	X(query_new)                                                          \
	X(query_pattern_count)                                                \
	X(query_predicates_for_pattern)                                       \
	X(query_string_value_for_id)                                          \
	X(tree_cursor_current_node)                                           \
	X(tree_cursor_delete)                                                 \
	X(tree_cursor_goto_first_child)                                       \
	X(tree_cursor_goto_next_sibling)                                      \
	X(tree_cursor_goto_parent)                                            \
	X(tree_cursor_new)                                                    \
	X(tree_delete)                                                        \
	X(tree_root_node)

struct tree_sitter_api {
#define X(name) __typeof__(ts_##name) *name;
	TREE_SITTER_API_TABLE(X)
#undef X
};

/* Loads it; any thread. Errors: ERR_UNSUPPORTED. grammar.c does so before it
 * gives a grammar out. */
int tree_sitter_load(struct error *err);

/* The functions, for whoever has got a grammar, or what was made with one:
 * called for each node, so without asking again whether they are there. */
extern struct tree_sitter_api tree_sitter_functions;

static inline const struct tree_sitter_api *
ts(void)
{
	return &tree_sitter_functions;
}

#endif
