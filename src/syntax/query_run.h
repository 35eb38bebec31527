/* A query over a tree, match by match, with a limit of time and a cancel. Of
 * this room only. Thread: any that holds the tree. */
#ifndef FRIDAY_SYNTAX_QUERY_RUN_H
#define FRIDAY_SYNTAX_QUERY_RUN_H

#include "syntax/predicate.h"
#include "syntax/syntax.h"
#include "syntax/tree.h"

struct query_run {
	const TSQuery *query;
	const struct predicates *predicates; /* NULL: every match counts */
	const struct syntax_tree *tree;
	const struct syntax_opts *opts;
	unsigned matches_max; /* at a time, not in all */
	const char *late;     /* "no outline": how a time limit is told */
	/* False: that was enough. The match dies when it returns. */
	bool (*take)(const TSQueryMatch *match, void *ctx);
	void *ctx;
};

/* Errors: ERR_TIMEOUT, ERR_CANCELLED. */
int query_run(const struct query_run *q, struct error *err);

#endif
