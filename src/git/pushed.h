/* What a push sends: the lines that git gives its hook pre-push, and the
 * commits of each that the remote does not have yet. */
#ifndef FRIDAY_GIT_PUSHED_H
#define FRIDAY_GIT_PUSHED_H

#include "git/repo_changes.h"
#include "git/repository.h"

/* Newest commits of one line that are listed. */
enum { PUSHED_COMMITS_MAX = 2000, PUSHED_LINES_MAX = 1000 };

/* "refs/heads/x 1234… refs/heads/y 5678…" */
struct pushed_ref {
	struct str name; /* of the remote's side */
	char oid[REPO_OID_SIZE];
	char remote_oid[REPO_OID_SIZE]; /* "": the remote has no such ref */
};

/* Cuts the next line that sends something off *lines: deletions send nothing.
 * False at the end, and at a line that is none of git's (*ret_odd). */
bool pushed_next(struct str *lines, struct pushed_ref *ret, bool *ret_odd);

/* Appends the object ids of the commits that the remote lacks, oldest first,
 * with a line feed behind each; *ret_cut: there are more. remote: its name or
 * URL. Errors: git_program_read()'s. */
int pushed_commits(struct repo *r, const struct pushed_ref *ref,
    struct str remote, struct buf *out, bool *ret_cut, struct error *err);

#endif
