/* All files of one state of a repository: of the index, or of a commit. The
 * index is looked into as it lies in memory: nothing is copied, so that a
 * question costs little in a repository of any size. A listing goes before its
 * repository does.
 *
 * Thread: that of the repository. */
#ifndef FRIDAY_GIT_REPO_LISTING_H
#define FRIDAY_GIT_REPO_LISTING_H

#include "git/repo_changes.h"

struct repo_listing;

struct repo_entry {
	unsigned mode;
	char oid[REPO_OID_SIZE];
};

/* revision empty: the index (HEAD where the repository is bare). Errors:
 * repo_changes_read()'s. */
int repo_listing_open(struct repo *r, struct str revision,
    struct repo_listing **ret, struct error *err);
/* The same of a list in git's order, made by other means; takes it over. */
struct repo_listing *repo_listing_make(struct repo_changes *files);
void repo_listing_destroy(struct repo_listing *l);
DEFINE_CLEANUP(repo_listing_destroy, struct repo_listing);

size_t repo_listing_count(const struct repo_listing *l);
/* Paths in git's order (that of their bytes); live as long as the listing. */
const char *repo_listing_path(const struct repo_listing *l, size_t index);
/* False: no such file. ret may be NULL. */
bool repo_listing_find(const struct repo_listing *l, struct str path,
    struct repo_entry *ret);
/* Whether a file lies below the folder. */
bool repo_listing_has_folder(const struct repo_listing *l, struct str folder);

#endif
