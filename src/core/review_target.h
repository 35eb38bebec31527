/* What a person means who names a change to review: a range, a pull request
 * or a branch (what it has beyond its target), or one commit. Only what is
 * here already: nothing is fetched. */
#ifndef FRIDAY_CORE_REVIEW_TARGET_H
#define FRIDAY_CORE_REVIEW_TARGET_H

#include "git/repository.h"

struct review_target {
	char *range; /* for REPO_DIFF_RANGE */
	char *title; /* for people: "pull/12/head beyond origin/main" */
	/* The range begins with the empty tree, which only the git program
	 * knows: see repo_opts.by_program. */
	bool from_nothing;
};

/* base: of a branch or a pull request; empty: the remote's main branch.
 * Errors: ERR_INVALID (no revision), ERR_NOT_FOUND (not here), ERR_GIT. */
int review_target_find(struct repo *r, struct str given, struct str base,
    struct review_target *ret, struct error *err);
void review_target_release(struct review_target *t);
#define CLEANUP_REVIEW_TARGET CLEANUP(review_target_release)

#endif
