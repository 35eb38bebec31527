/* A libgit2 commit as a struct repo_commit, for git's own files. */
#ifndef FRIDAY_GIT_COMMIT_TEXT_H
#define FRIDAY_GIT_COMMIT_TEXT_H

#include "git/repo_log.h"
#include "git/repository_private.h"

struct commit_text {
	char hash[HEX_MAX];
	struct repo_commit commit; /* borrows from the git_commit and hash */
};

void commit_text_init(struct commit_text *t, const struct repo *r,
    git_commit *commit);
/* Sets the subject from the message. */
void commit_text_subject(struct repo_commit *commit);

#endif
