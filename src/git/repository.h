/* A git repository, opened for reading. libgit2 reads it; where libgit2 is
 * missing or refuses it (sha256, partial clones, extensions that it does not
 * know, GIT_WORK_TREE), the `git` program does, told to run nothing that the
 * repository's configuration names.
 *
 * GIT_DIR, GIT_INDEX_FILE and their like are honoured. A repository of another
 * user is refused as git does it (safe.directory).
 *
 * Life cycle: repo_open(), any reading call of this room from one thread at a
 * time, repo_destroy(). Paths are relative to the top of the working tree. */
#ifndef FRIDAY_GIT_REPOSITORY_H
#define FRIDAY_GIT_REPOSITORY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

/* Times of commits outside of the years 1 to 9999 are taken as 0. */
#define REPO_TIME_MIN (-62135596800)
#define REPO_TIME_MAX 253402300799

struct deny_list;
struct repo;

struct repo_opts {
	const char *folder; /* where to look from, upwards */
	struct cancel *cancel; /* for all calls on it; may be NULL */
	/* Files whose content is withheld from diffs and shows; outlives the
	 * repository. NULL: none. */
	struct deny_list *deny;
	bool by_program;    /* do not try libgit2 (tests) */
};

/* Errors: ERR_GIT_NO_REPOSITORY, ERR_GIT (not ours, broken), ERR_NOT_FOUND
 * (neither libgit2 nor git is there). */
int repo_open(const struct repo_opts *opts, struct repo **ret,
    struct error *err);
void repo_destroy(struct repo *r);
DEFINE_CLEANUP(repo_destroy, struct repo);
#define CLEANUP_REPO CLEANUP(repo_destroyp)

/* Top of the working tree, absolute, without a slash at the end; NULL: bare. */
const char *repo_workdir(const struct repo *r);
/* The same kind of path of the git folder (a worktree has its own). */
const char *repo_gitdir(const struct repo *r);
/* "merge", "rebase", "cherry-pick", "revert", "bisect" or "". */
const char *repo_state(const struct repo *r);
/* The path relative to the top ("" for the top itself), new string; NULL: not
 * below it. `path` is absolute, without links. */
char *repo_relative(const struct repo *r, const char *path);

/* Whether the deny list holds back the content of a path, relative to the top,
 * at any time of its history. */
bool repo_withholds(const struct repo *r, struct str path);

/* True for what may be passed as a revision or range: no option, no control
 * characters, no blanks, at most 256 bytes. */
bool repo_revision_valid(struct str revision);
/* True for a branch name as git check-ref-format --branch takes it. */
bool repo_branch_name_valid(struct str name);

#endif
