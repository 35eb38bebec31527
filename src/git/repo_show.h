/* One object of a repository as text. */
#ifndef FRIDAY_GIT_REPO_SHOW_H
#define FRIDAY_GIT_REPO_SHOW_H

#include "git/repository.h"

/* Appends a commit (header, message, diff to its first parent, of `paths` if
 * there are any), a tag's commit, a folder's names ("HEAD:src") or a file's
 * bytes ("HEAD:src/a.c"). *ret_cut: there was more than out takes. Errors:
 * ERR_INVALID, ERR_NOT_FOUND, ERR_GIT, ERR_CANCELLED, ERR_PATH_DENIED (of the
 * deny list). */
int repo_show(struct repo *r, struct str revision, const char *const *paths,
    size_t n_paths, struct buf *out, bool *ret_cut, struct error *err);

#endif
