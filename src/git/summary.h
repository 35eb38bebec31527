/* One line about a repository, for prompts and status lines: cheap and
 * cancellable. */
#ifndef FRIDAY_GIT_SUMMARY_H
#define FRIDAY_GIT_SUMMARY_H

#include "base/buf.h"
#include "base/cancel.h"
#include "base/error.h"

struct git_summary {
	char branch[256]; /* "" while detached */
	char head[65];	  /* hex of the commit; "" while unborn */
	char state[16];	  /* "merge", "rebase" …, or "" */
	bool has_upstream;
	unsigned ahead, behind;
	size_t staged, unstaged, untracked, conflicts; /* numbers of paths */
};

/* Errors: ERR_GIT_NO_REPOSITORY, ERR_GIT, ERR_CANCELLED. */
int git_summary(const char *folder, struct cancel *cancel,
    struct git_summary *ret, struct error *err);
/* "main, 2 ahead, 1 behind, 3 staged, 1 modified, 4 untracked" */
void git_summary_print(const struct git_summary *s, struct buf *out);

#endif
