/* The hooks of git that friday knows, and the small POSIX shell script that it
 * puts in their place: it runs the hook that was there before, then friday,
 * and lets git go on when friday is gone or broken.
 *
 *	line 1	#!/bin/sh
 *	line 2	# friday-hook NAME HASH
 *
 * HASH is over all that follows line 2: any version of friday knows a script
 * of any other, and whether somebody changed it. */
#ifndef FRIDAY_GIT_HOOK_SCRIPT_H
#define FRIDAY_GIT_HOOK_SCRIPT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Where the hook is kept that was there before: beside ours, so that what it
 * reads beside itself is still found. */
#define HOOK_FORMER_SUFFIX ".friday-former"

enum hook_flags {
	HOOK_FRIDAY = 1, /* friday has something to do in it */
	HOOK_STDIN = 2,	 /* git gives it lines */
	HOOK_AFTER = 4,	 /* all is done by then: nothing can be refused */
};

struct hook_row {
	const char *name; /* "pre-commit" */
	unsigned flags;	  /* enum hook_flags */
	const char *summary;
};

/* Those that friday has something to do in come first. NULL past the last. */
const struct hook_row *hook_row_at(size_t index);
const struct hook_row *hook_row_find(struct str name); /* NULL: none */

enum hook_script_kind {
	/* Beside the hook that was there before. */
	HOOK_SCRIPT_LOCAL,
	/* In a folder of ours for all repositories (core.hooksPath), which
	 * hides their own hooks from git: each is run from here. */
	HOOK_SCRIPT_GLOBAL,
};

/* Appends the script. program: friday's absolute path; what PATH has is used
 * when that is gone. */
void hook_script_print(const struct hook_row *hook,
    enum hook_script_kind kind, const char *program, struct buf *out);

enum hook_script_origin {
	HOOK_SCRIPT_FOREIGN, /* not ours */
	HOOK_SCRIPT_OURS,
	HOOK_SCRIPT_CHANGED, /* ours, and somebody changed it */
};

enum hook_script_origin hook_script_origin(struct str text);

#endif
