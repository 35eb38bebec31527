/* Predicates of queries: tree-sitter hands (#eq? …), (#match? …) and their
 * like on without looking at them. They are read once per query.
 *
 * Of this room only. Thread: reading once; asking from any. */
#ifndef FRIDAY_SYNTAX_PREDICATE_H
#define FRIDAY_SYNTAX_PREDICATE_H

#include <stdbool.h>

#include "base/str.h"
#include "syntax/tree_sitter_api.h"

struct predicates;

struct predicates *predicates_create(const TSQuery *query);
void predicates_destroy(struct predicates *p);
/* Whether all predicates of the match's pattern hold; text is the tree's. A
 * predicate that is not known does not hold; (#is-not? local) and settings
 * (#set! …) do. */
bool predicates_hold_for(const struct predicates *p,
    const TSQueryMatch *match, struct str text);

#endif
