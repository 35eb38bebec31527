/* Which files a commit or a range changed, or all commits since a time: a
 * filter of searches. Asked of git each time, so that it is never stale. */
#ifndef FRIDAY_CORE_CHANGED_FILES_H
#define FRIDAY_CORE_CHANGED_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

struct repo;

struct changed_files {
	bool all; /* nothing is left out: the history begins later */
	/* Relative to the top, in the order of their bytes, each once. */
	char **paths;
	size_t n;
};

/* revision: a commit, or "A..B"; empty: all commits since the time
 * (milliseconds since 1970). *ret is initialised; release it. Errors:
 * ERR_INVALID, ERR_NOT_FOUND (no such revision), ERR_GIT, ERR_CANCELLED. */
int changed_files_read(struct repo *r, struct str revision, int64_t since_ms,
    struct changed_files *ret, struct error *err);
void changed_files_release(struct changed_files *c);

#endif
