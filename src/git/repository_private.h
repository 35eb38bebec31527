/* The inside of a struct repo, for git's own files. */
#ifndef FRIDAY_GIT_REPOSITORY_PRIVATE_H
#define FRIDAY_GIT_REPOSITORY_PRIVATE_H

#include "git/git2_api.h"
#include "git/repository.h"

struct repo {
	const struct git2_api *g; /* NULL: the git program reads */
	git_repository *git2;
	char *workdir, *gitdir, *folder;
	struct cancel *cancel;
	struct deny_list *deny; /* NULL: nothing is withheld */
	char **overrides; /* "-c", "x=y" … against the repository's own
			   * configuration; NULL: not looked at yet */
	size_t n_overrides;
};

#define HEX_MAX 65 /* sha256 and the NUL */

/* Calls libgit2's free function for a local at the end of its scope. */
#define GIT2_CLEANUP(type, free_function)                                     \
	static inline void free_##type(git_##type **ptr)                      \
	{                                                                     \
		const struct git2_api *g = *ptr ? git2_api_get(NULL) : NULL;  \
		if (g != NULL)                                                \
			g->free_function(*ptr);                               \
	}                                                                     \
	struct swallow_semicolon

GIT2_CLEANUP(commit, commit_free);
GIT2_CLEANUP(diff, diff_free);
GIT2_CLEANUP(index, index_free);
GIT2_CLEANUP(object, object_free);
GIT2_CLEANUP(reference, reference_free);
GIT2_CLEANUP(revwalk, revwalk_free);
GIT2_CLEANUP(tree, tree_free);

/* The 40 hex digits. */
void repo_hex(const struct repo *r, const git_oid *id, char out[HEX_MAX]);
/* The tree of a revision. */
int repo_tree(const struct repo *r, const char *revision, git_tree **ret,
    struct error *err);

#endif
