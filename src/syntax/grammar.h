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

#include "base/error.h"
#include "syntax/language.h"
#include "syntax/predicate.h"
#include "syntax/tree_sitter_api.h"

/* Errors: ERR_UNSUPPORTED (not installed, or built for another version of
 * tree-sitter). The grammar is the process's. */
int grammar_load(const struct language *language, const TSLanguage **ret,
    struct error *err);
enum grammar_query {
	GRAMMAR_OUTLINE,
	GRAMMAR_REFERENCES,
	GRAMMAR_HIGHLIGHTS,
	GRAMMAR_QUERIES,
};

/* A compiled query of a language, with its predicates. Errors: as above, and
 * ERR_SYNTAX when the query does not fit the grammar. */
int grammar_query(const struct language *language, enum grammar_query which,
    const TSQuery **ret, const struct predicates **ret_predicates,
    struct error *err);

#endif
