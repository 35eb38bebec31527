/* One file of a change set, shared by the two halves of that module: what is
 * to happen (change_set.c) and how it is done (change_commit.c). */
#ifndef FRIDAY_TOOLS_CHANGE_ENTRY_H
#define FRIDAY_TOOLS_CHANGE_ENTRY_H

#include "tools/change_set.h"
#include "tools/workspace.h"

struct change_entry {
	struct workspace_node node;
	bool had, has;
	bool is_link; /* the entry is a link itself; only removal */
	struct buf before, after;
	struct buf shown; /* the content as a model sees it, … */
	bool hides;	  /* … where that differs */
	bool touched;	/* after counts, before it is before's */
	bool mode_set;	/* mode counts, else that of the file */
	mode_t mode;	/* with owner: of a file that moved here */
	bool owner_set;
	uid_t uid;
	gid_t gid;
	size_t moved_to, moved_from; /* index of an entry; SIZE_MAX: none */
	/* Commit: */
	int folder;	 /* where name is, folders made; -1 */
	char *temporary; /* new content, beside it */
	char *backup;	 /* the former file, beside it */
	enum { STEP_NONE, STEP_DONE } step;
};

struct change_set {
	struct workspace *workspace;
	struct change_entry **items;
	size_t n;
	size_t fail_at, renames; /* for tests */
};

/* Whether the entry ends up different. */
bool change_entry_differs(const struct change_entry *e);
struct str change_entry_content(const struct change_entry *e);

#endif
