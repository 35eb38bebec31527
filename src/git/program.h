/* The git program. Reading runs nothing that a repository's own configuration
 * names (fsmonitor, external diff, textconv, filters, pager, hooks), writes no
 * index and fetches nothing; writing runs the user's hooks, signing and
 * filters, and asks nothing at a terminal. */
#ifndef FRIDAY_GIT_PROGRAM_H
#define FRIDAY_GIT_PROGRAM_H

#include "base/buf.h"
#include "base/cancel.h"
#include "base/error.h"
#include "base/str.h"

struct proc_opts;
struct proc_status;
struct repo;

/* Runs `git ARGS…` at the top of the working tree and appends its output;
 * args end with NULL. More than out's ceiling is cut off (*ret_cut, may be
 * NULL). Errors: ERR_GIT with git's words, ERR_NOT_FOUND (no git),
 * ERR_CANCELLED. */
int git_program_read(struct repo *r, const char *const *args, struct buf *out,
    bool *ret_cut, struct error *err);

/* What stands behind the key at the beginning of a line of output. False:
 * another line. */
bool git_value(struct str line, struct str key, struct str *ret);

struct git_change {
	const char *folder;	     /* where it runs */
	const char *const *args;     /* without "git"; NULL at the end */
	const char *const *environ_; /* NULL: ours */
	struct str input;	     /* for its stdin */
	int timeout_ms;
	struct cancel *cancel;
	/* Live output; may be NULL. */
	void (*output)(struct str bytes, void *ctx);
	/* Runs the command that *opts says, to its end: in a sandbox. NULL:
	 * proc_run(). */
	int (*run)(const struct proc_opts *opts, struct proc_status *ret,
	    void *ctx, struct error *err);
	void *ctx;
};

/* Runs a command that changes the repository and appends what it and its hooks
 * said. Errors: ERR_GIT (its exit status), ERR_TOOL_TIMEOUT, ERR_CANCELLED,
 * ERR_NOT_FOUND. */
int git_program_change(const struct git_change *change, struct buf *out,
    struct error *err);

#endif
