/* The paths whose content the agent may never read or send: keys, credentials,
 * .env files, friday's own store and configuration, and what .fridayignore
 * files name. One list for the file tools, search, the index, git and (as
 * mounts) the sandbox. Names may be listed, content is withheld.
 *
 * Rules fit whatever the case and whatever invisible characters a name has, as
 * some file systems read ".ENV" and ".env" as one. A path below a folder of
 * the list is on the list too. Paths are taken as text: resolve links first.
 *
 * Hard links to a file of the list have other names. They are known by their
 * inode once deny_list_learn() has seen the file by its own name.
 *
 * Thread: any, after deny_list_create(). */
#ifndef FRIDAY_SAFETY_DENY_LIST_H
#define FRIDAY_SAFETY_DENY_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"

struct deny_list;

/* All paths are absolute and without links. Borrowed for the call. */
struct deny_opts {
	const char *home; /* NULL: none */
	const char *const *roots; /* of the workspace: where .fridayignore
				   * files count */
	size_t n_roots;
	const char *const *own; /* friday's configuration and state folders */
	size_t n_own;
	const char *const *readable; /* below `own`, but may be read: the
				      * folder of whole outputs */
	size_t n_readable;
};

enum deny_flags {
	DENY_FOLDER = 1, /* the path is (or would be) a folder */
	/* Nothing on the disk is looked at: for paths in a commit. Files
	 * whose name alone does not tell (*.pem) count as denied. */
	DENY_BY_NAME = 2,
};

struct deny_hit {
	const char *kind; /* "a private key": for people; static */
	char rule[128];	  /* the pattern that fits */
};

struct deny_list *deny_list_create(const struct deny_opts *opts);
void deny_list_destroy(struct deny_list *d);
DEFINE_CLEANUP(deny_list_destroy, struct deny_list);

/* Whether the path is on the list; ret may be NULL. "." and ".." in it are
 * resolved as text; a path that is not absolute is below the first root. Costs
 * one look at the disk for each folder from the root of the workspace down
 * (.fridayignore) and reads the head of files like *.pem. */
bool deny_list_check(struct deny_list *d, struct str path, unsigned flags,
    struct deny_hit *ret);
/* Whether a path that ends with this name can be on the list for its name:
 * false means that only a .fridayignore, or a folder above it, could put it
 * there. For walks, which ask for each of many thousand files. */
bool deny_list_may_fit(const struct deny_list *d, struct str name);
/* Remembers the file's inode, as it is on the list. */
void deny_list_learn(struct deny_list *d, const struct stat *st);
/* Whether it is another name of a file that was learnt, after a walk over the
 * roots of the workspace when the last one is more than half a minute old, or
 * older than one of the file's names. */
bool deny_list_seeks(struct deny_list *d, const struct stat *st);
/* Folders and files outside the workspace that are on the list whole:
 * friday's own, and those of the home folder. They need not exist. */
void deny_list_each_outside(const struct deny_list *d,
    void (*take)(const char *path, bool is_folder, void *ctx), void *ctx);

/* Paths that decide what friday or git do, and what editors and CI run
 * (deny_guarded). They may be read, but are never changed without a
 * question. d: for paths that are not absolute; may be NULL. */
bool deny_list_guards(const struct deny_list *d, struct str path);

#endif
