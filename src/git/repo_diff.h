/* Unified diffs of a repository, bounded by the caller's buffer. */
#ifndef FRIDAY_GIT_REPO_DIFF_H
#define FRIDAY_GIT_REPO_DIFF_H

#include "git/repository.h"

enum repo_diff_what {
	REPO_DIFF_UNSTAGED, /* index to working tree */
	REPO_DIFF_STAGED,   /* HEAD to index */
	REPO_DIFF_ALL,	    /* HEAD to working tree */
	REPO_DIFF_RANGE,    /* see range */
};

struct repo_diff_opts {
	enum repo_diff_what what;
	/* "A..B", "A...B" (from their merge base) or "A" (to the working
	 * tree); checked with repo_revision_valid(). */
	struct str range;
	const char *const *paths; /* literal, relative to the top; "" is all */
	size_t n_paths;		  /* 0: all */
	unsigned context;	  /* lines */
	bool stat_only;		  /* one line a file instead of hunks */
};

#define REPO_DIFF_OPTS_INIT ((struct repo_diff_opts){ .context = 3 })

struct repo_diff_stat {
	size_t files, insertions, deletions;
	bool cut; /* there was more than out takes */
};

/* Appends the text; bytes of files come as they are. Errors: ERR_INVALID (no
 * such revision), ERR_NOT_FOUND, ERR_GIT, ERR_CANCELLED. */
int repo_diff_read(struct repo *r, const struct repo_diff_opts *opts,
    struct buf *out, struct repo_diff_stat *ret, struct error *err);

#endif
