/* The two ways to read a status, for git's own files. */
#ifndef FRIDAY_GIT_REPO_STATUS_PRIVATE_H
#define FRIDAY_GIT_REPO_STATUS_PRIVATE_H

#include "git/repo_status.h"

/* Keeps a change and counts it. `old_path` may be NULL. A path that is there
 * with its other half already is completed. */
void repo_status_add(struct repo_status *s,
    const struct repo_status_opts *opts, const struct repo_status_row *change);

int repo_status_by_program(struct repo *r,
    const struct repo_status_opts *opts, struct repo_status *ret,
    struct error *err);

#endif
