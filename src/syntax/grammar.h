/* Grammars: modules that are loaded when their language is first met, and the
 * queries that come with them. Of this room only: tree-sitter's types do not
 * leave it.
 *
 * The table of what is loaded is the one piece of process-wide state here: a
 * module cannot be unloaded while any tree of any session still uses it, and
 * loading it once per session would gain nothing. It is guarded by a mutex;
 * grammars and queries are constant once they are loaded.
 *
 * Thread: any. */
#ifndef FRIDAY_SYNTAX_GRAMMAR_H
#define FRIDAY_SYNTAX_GRAMMAR_H

#include <tree_sitter/api.h>

#include "base/error.h"
#include "syntax/language.h"
#include "syntax/predicate.h"

/* Errors: ERR_UNSUPPORTED (not installed, or built for another version of
 * tree-sitter). The grammar is the process's. */
int grammar_load(const struct language *language, const TSLanguage **ret,
    struct error *err);
/* The compiled outline query of a language. Errors: as above, and ERR_SYNTAX
 * when the query does not fit the grammar. */
int grammar_outline_query(const struct language *language,
    const TSQuery **ret, struct error *err);
/* The compiled query for references, or for colours, with its predicates.
 * Errors: the same. */
int grammar_reference_query(const struct language *language,
    const TSQuery **ret, const struct predicates **ret_predicates,
    struct error *err);
int grammar_highlight_query(const struct language *language,
    const TSQuery **ret, const struct predicates **ret_predicates,
    struct error *err);

#endif
