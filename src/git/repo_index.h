/* The index of a repository, for who wants to know which files of the working
 * tree are, byte for byte, in git's object store. */
#ifndef FRIDAY_GIT_REPO_INDEX_H
#define FRIDAY_GIT_REPO_INDEX_H

#include <sys/stat.h>

#include "git/repository.h"

struct repo_index;

/* Reads the index as it is on the disk. Errors: ERR_UNSUPPORTED (libgit2 does
 * not read this repository, or a filter stands between its objects and its
 * files), ERR_GIT. */
int repo_index_read(struct repo *r, struct repo_index **ret,
    struct error *err);
void repo_index_destroy(struct repo_index *x);
DEFINE_CLEANUP(repo_index_destroy, struct repo_index);
/* Whether the index on the disk is another one by now. */
bool repo_index_is_old(const struct repo_index *x);

typedef void repo_index_fn(const char *path, void *ctx);
void repo_index_each(const struct repo_index *x, repo_index_fn *fn, void *ctx);

/* Whether the file at `path` (relative to the top), of which `st` was read
 * just now, has exactly the bytes of an object. False also when that is not
 * certain. */
bool repo_index_is_clean(const struct repo_index *x, const char *path,
    const struct stat *st, char ret_oid[65]);
/* Bytes of a blob. Errors: ERR_NOT_FOUND, ERR_GIT. */
int repo_blob_size(struct repo *r, const char *oid, size_t *ret,
    struct error *err);
/* Appends the object's bytes; "REVISION:PATH" names one too. Errors:
 * ERR_NOT_FOUND, ERR_TOO_LARGE. */
int repo_blob_read(struct repo *r, const char *oid, struct buf *out,
    struct error *err);

#endif
