/* What changes from one state of a repository to another: which files, with
 * their modes and blobs. Read from the index and from commits alone: the
 * working tree is never looked at, and nothing is written.
 *
 * In a merge, only what differs from every parent is a change: what comes
 * from a side as it is was judged there. */
#ifndef FRIDAY_GIT_REPO_CHANGES_H
#define FRIDAY_GIT_REPO_CHANGES_H

#include "git/line_set.h"
#include "git/repository.h"

enum repo_changes_what {
	REPO_CHANGES_STAGED, /* HEAD to the index (GIT_INDEX_FILE counts) */
	REPO_CHANGES_COMMIT, /* what one commit did to its parents */
	REPO_CHANGES_RANGE,  /* "A..B", "A...B" (from their merge base) */
	/* Every file, as if it were new: of the index; of the revision where
	 * one is given; of HEAD where the repository is bare. */
	REPO_CHANGES_ALL,
};

struct repo_changes_opts {
	enum repo_changes_what what;
	/* A commit or a range; checked with repo_revision_valid(). */
	struct str revision;
};

#define REPO_OID_SIZE 65 /* sha256 in hex, and the NUL */

struct repo_change {
	char *path;	/* relative to the top, as git has it: any bytes */
	char *old_path; /* before a rename; NULL: the same */
	unsigned mode, old_mode; /* 0100644, 0100755, 0120000 (link), 0160000
				  * (submodule); 0: the file is not there */
	char oid[REPO_OID_SIZE], old_oid[REPO_OID_SIZE]; /* "": not there */
	/* Of a merge: the file's blobs in the further parents. */
	char (*others)[REPO_OID_SIZE];
	size_t n_others;
};

struct repo_changes {
	struct repo_change *items; /* in git's order of paths */
	size_t n, cap;
};

/* *ret is initialised; release it. Errors: ERR_INVALID, ERR_NOT_FOUND (no such
 * revision), ERR_GIT, ERR_CANCELLED. */
int repo_changes_read(struct repo *r, const struct repo_changes_opts *opts,
    struct repo_changes *ret, struct error *err);
/* A further one, empty; for who makes such a list by other means. */
struct repo_change *repo_changes_add(struct repo_changes *c);
void repo_change_release(struct repo_change *c);
void repo_changes_release(struct repo_changes *c);
#define CLEANUP_REPO_CHANGES CLEANUP(repo_changes_release)

/* The file's lines that neither `before` nor any other parent has. `after`:
 * its text now. *ret is initialised; release it. */
int repo_change_lines(struct repo *r, const struct repo_change *change,
    struct str before, struct str after, struct line_set *ret,
    struct error *err);

#endif
