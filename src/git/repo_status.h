/* What has changed in a working tree: branch, upstream, and each path. */
#ifndef FRIDAY_GIT_REPO_STATUS_H
#define FRIDAY_GIT_REPO_STATUS_H

#include "git/repository.h"

struct repo_status_row {
	/* As in git's short format: ' ' same, M modified, A added, D deleted,
	 * R renamed, T another type; ? ? untracked; U U conflict. */
	char staged, unstaged;
	char *path;
	char *old_path; /* of a rename; NULL */
};

struct repo_status {
	char branch[256];   /* "" while detached */
	char head[65];	    /* hex of the commit; "" while unborn */
	char upstream[256]; /* "origin/main"; "" */
	unsigned ahead, behind;
	const char *state; /* repo_state() */
	bool bare;
	struct repo_status_row *changes; /* in the order of their paths */
	size_t n_changes;
	bool truncated; /* more than changes_max; counts go on */
	size_t n_staged, n_unstaged, n_untracked, n_conflicts;
};

struct repo_status_opts {
	size_t changes_max;
	bool no_untracked;
	const char *folder; /* only below it, relative to the top; NULL: all */
};

#define REPO_STATUS_OPTS_INIT                                                 \
	((struct repo_status_opts){ .changes_max = 1000 })

/* Untracked folders count as one. Release ret, also after an error. Errors:
 * ERR_GIT, ERR_CANCELLED. */
int repo_status_read(struct repo *r, const struct repo_status_opts *opts,
    struct repo_status *ret, struct error *err);
void repo_status_release(struct repo_status *s);
#define CLEANUP_REPO_STATUS CLEANUP(repo_status_release)
/* "On branch main, 2 ahead of origin/main" and one line a path. */
void repo_status_print(const struct repo_status *s, struct buf *out);

#endif
