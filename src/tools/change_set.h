/* Changes of files that happen together or not at all. They are collected in
 * memory, where later ones see earlier ones; commit writes every new content
 * to a temporary file first, checks that nobody changed the files meanwhile,
 * and then only renames. A failure on the way puts back what was done.
 *
 * Modes, owners and the links that lead to a file are kept. A file that
 * changed since it was last read is not touched (ERR_TOOL_STALE). Git's own
 * folder is out of bounds.
 *
 * Thread: one. */
#ifndef FRIDAY_TOOLS_CHANGE_SET_H
#define FRIDAY_TOOLS_CHANGE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

struct change_set;
struct workspace;

/* One file, as it was and as it will be. Borrowed from the set. */
struct change {
	const char *path;     /* for display */
	const char *moved_to; /* for display; NULL: not moved */
	const char *moved_from;
	bool had, has; /* a file: before, after */
	struct str before, after;
};

enum change_flags {
	/* Replacing an existing file that was never read is refused. */
	CHANGE_MUST_KNOW = 1,
	/* The file must not exist. */
	CHANGE_CREATE = 2,
};

struct change_set *change_set_create(struct workspace *w);
void change_set_destroy(struct change_set *cs);
DEFINE_CLEANUP(change_set_destroy, struct change_set);

/* Whether there is a file, changes so far included. Errors as
 * workspace_locate(). */
int change_set_exists(struct change_set *cs, struct str path, bool *ret,
    struct error *err);
/* Its content; lives until the file's next change. Errors: ERR_NOT_FOUND,
 * ERR_TOOL_STALE, ERR_INVALID (no regular file), ERR_TOO_LARGE. */
int change_set_read(struct change_set *cs, struct str path,
    struct str *ret_content, struct error *err);
/* Sets its content, creating it and its folders when it does not exist. */
int change_set_put(struct change_set *cs, struct str path, struct str content,
    unsigned flags, struct error *err);
/* Sets the permission bits (0 to 0777) of a file that was put or read. */
int change_set_mode(struct change_set *cs, struct str path, mode_t mode,
    struct error *err);
/* A link is removed itself, not what it leads to. */
int change_set_remove(struct change_set *cs, struct str path,
    struct error *err);
/* Content and mode go along. Errors: ERR_EXISTS. */
int change_set_move(struct change_set *cs, struct str from, struct str to,
    struct error *err);

/* Files that end up different, in the order of their first change. */
size_t change_set_count(const struct change_set *cs);
struct change change_set_at(const struct change_set *cs, size_t i);
/* Unified diffs of all of them. */
void change_set_diff(const struct change_set *cs, struct buf *out);

/* Does it. What the user should know (hard links that now differ) is appended
 * to notes, a line each. On an error nothing has changed. */
int change_set_commit(struct change_set *cs, struct buf *notes,
    struct error *err);

/* Tests: the n-th rename of the commit fails, counted from 1. */
void change_set_fail_at(struct change_set *cs, size_t n);

#endif
