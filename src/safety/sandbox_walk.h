/* A walk over a workspace that remembers: what must be hidden (the deny list)
 * and what must not be changed (git folders, and what editors, hooks and CI
 * run). A folder is read again only when its time stamp has changed; all
 * folders are looked at each time, one stat() each.
 *
 * What a command creates after the walk is not hidden from that command. */
#ifndef FRIDAY_SAFETY_SANDBOX_WALK_H
#define FRIDAY_SAFETY_SANDBOX_WALK_H

#include "base/cleanup.h"
#include "base/error.h"

struct deny_list;
struct sandbox_walk;

enum walk_find {
	WALK_SECRET,	/* on the deny list */
	WALK_PROTECTED, /* runs code later: read-only */
	WALK_PINNED,	/* holds a protected one: must not be moved away */
	WALK_GIT,	/* a ".git": folder, file or link */
};

struct sandbox_walk *sandbox_walk_create(void);
void sandbox_walk_destroy(struct sandbox_walk *w);
DEFINE_CLEANUP(sandbox_walk_destroy, struct sandbox_walk);

/* Calls `take` with each find below root, in an order where a folder comes
 * before what is in it. Nothing is looked for in what was found. deny may be
 * NULL. Errors: ERR_TOO_LARGE (too many folders to be looked at). */
int sandbox_walk_run(struct sandbox_walk *w, const char *root,
    struct deny_list *deny,
    void (*take)(enum walk_find what, const char *path, void *ctx), void *ctx,
    struct error *err);

#endif
