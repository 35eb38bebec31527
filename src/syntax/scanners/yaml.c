/* The outer scanner of the YAML grammar, as its package has it, with a ceiling
 * on its state: it stops adding levels only once the buffer that tree-sitter
 * gives it is full, and the last level is then two bytes too long. 253 levels
 * of lists are enough to write behind the buffer.
 *
 * Compiled into grammars/yaml.so, not into friday. */
#include "tree_sitter/parser.h"

/* Levels are 4 bytes, behind 10: the last one begins at 1018 at most. */
#undef TREE_SITTER_SERIALIZATION_BUFFER_SIZE
#define TREE_SITTER_SERIALIZATION_BUFFER_SIZE 1020

#include "scanner.c"
