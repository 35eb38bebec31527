/* Who wrote each line of a file. By the git program always: libgit2's blame
 * of a long history can take seconds and cannot be cancelled. */
#ifndef FRIDAY_GIT_REPO_BLAME_H
#define FRIDAY_GIT_REPO_BLAME_H

#include <stdint.h>

#include "git/repository.h"

struct repo_blame_line {
	struct str hash; /* hex; all zeros: not committed yet */
	struct str author;
	int64_t time_s;
	struct str summary; /* subject of the commit */
	size_t line;	    /* from 1 */
	struct str text;    /* without its line feed */
	/* Where it was in that commit. */
	struct str origin_path;
	size_t origin_line; /* from 1; 0: not told */
};

struct repo_blame_opts {
	const char *path; /* relative to the top */
	struct str revision; /* empty: the working tree */
	size_t first, last; /* lines from 1; 0: all */
};

/* Calls on_line in order; its strings die when it returns. Errors:
 * ERR_INVALID, ERR_GIT, ERR_NOT_FOUND (no git program), ERR_CANCELLED. */
int repo_blame_read(struct repo *r, const struct repo_blame_opts *opts,
    void (*on_line)(const struct repo_blame_line *line, void *ctx), void *ctx,
    struct error *err);

#endif
