/* One hook in a folder of hooks: put there, taken out, looked at. Every step
 * is one rename or link, so that whoever is killed in the middle leaves the
 * former hook or the whole new one, and the next call goes on from there.
 *
 * Thread: any; of several processes one goes after the other. */
#ifndef FRIDAY_GIT_HOOK_FILES_H
#define FRIDAY_GIT_HOOK_FILES_H

#include "base/error.h"
#include "git/hook_script.h"

enum hook_state {
	HOOK_NONE,	/* no hook at all */
	HOOK_FOREIGN,	/* a hook that is not ours */
	HOOK_INSTALLED,
	HOOK_OUTDATED,	/* ours, but not as it would be made now */
	HOOK_CHANGED,	/* ours, and somebody changed it */
	HOOK_AS_LEGACY, /* ours; the pre-commit framework runs it */
	HOOK_DISABLED,	/* ours, put aside by another program */
	/* Another program wrote over ours, and the former hook is kept. */
	HOOK_REPLACED,
};

const char *hook_state_name(enum hook_state state); /* "installed" */

struct hook_files_opts {
	const char *folder;
	const struct hook_row *hook;
	enum hook_script_kind kind;
	const char *program; /* friday's absolute path; "": not known, for
			      * looking and taking out */
	/* Also where ours was changed: that text is put aside under
	 * NAME.friday-changed, numbered if there is one. */
	bool force;
};

struct hook_files_found {
	enum hook_state state;
	bool chained; /* a former hook is run first */
	bool executable;
	char framework[16]; /* whose hook it is: "husky"; "" */
};

/* Errors: ERR_IO, ERR_PERMISSION. */
int hook_files_look(const struct hook_files_opts *opts,
    struct hook_files_found *ret, struct error *err);
/* Writes our script, keeping what is there as the former hook. *ret: what was
 * found; installed already is fine. Errors: ERR_EXISTS (changed, replaced: a
 * person must look), ERR_IO, ERR_PERMISSION. */
int hook_files_install(const struct hook_files_opts *opts,
    struct hook_files_found *ret, struct error *err);
/* Puts the former hook back, the same file. Not there is fine. Errors: as
 * above. */
int hook_files_uninstall(const struct hook_files_opts *opts,
    struct hook_files_found *ret, struct error *err);

#endif
