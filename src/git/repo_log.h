/* The history of a repository, one commit at a time. */
#ifndef FRIDAY_GIT_REPO_LOG_H
#define FRIDAY_GIT_REPO_LOG_H

#include <stdint.h>

#include "git/repository.h"

struct repo_commit {
	const char *hash; /* hex */
	struct str author, email;
	int64_t time_s; /* since 1970, of the author */
	struct str subject; /* first line of the message */
	struct str message;
};

struct repo_log_opts {
	struct str range; /* "A..B", "A"; empty: HEAD */
	const char *path; /* relative to the top; NULL: all. By the program:
			   * libgit2 has no history of a path */
	size_t count, skip;
};

#define REPO_LOG_OPTS_INIT ((struct repo_log_opts){ .count = 20 })

/* Calls on_commit for each, newest first; its strings die when it returns.
 * Errors: ERR_INVALID, ERR_NOT_FOUND (no such revision; no commits yet),
 * ERR_GIT, ERR_CANCELLED. */
int repo_log_read(struct repo *r, const struct repo_log_opts *opts,
    void (*on_commit)(const struct repo_commit *commit, void *ctx), void *ctx,
    struct error *err);

#endif
