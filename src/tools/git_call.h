/* One call of the tool `git`: its arguments resolved, for the files that carry
 * its actions out. Nothing of the arguments can become an option of git: paths
 * go behind "--" as paths relative to the top, names and revisions are
 * checked. */
#ifndef FRIDAY_TOOLS_GIT_CALL_H
#define FRIDAY_TOOLS_GIT_CALL_H

#include "git/repository.h"
#include "tools/tool.h"

#define GIT_CALL_PATHS_MAX 64

struct git_call {
	const struct tool_call *call;
	struct repo *repo;
	char *folder; /* where git runs: the top of the working tree */
	char *scope;  /* the workspace's root below the top; NULL: the top or
		       * above it. What concerns all files is limited to it */
	char *paths[GIT_CALL_PATHS_MAX]; /* relative to the top */
	size_t n_paths;
};

#define GIT_ARGS_MAX (GIT_CALL_PATHS_MAX + 16)

/* What a changing action runs. */
struct git_args {
	const char *args[GIT_ARGS_MAX]; /* NULL at the end */
	size_t n;
	struct str input;
};

struct git_action {
	const char *name;
	const char *operation; /* NULL: the action has none */
	unsigned effects;
	/* Reading: appends the answer. */
	int (*read)(struct git_call *c, struct buf *out, struct error *err);
	/* Changing: fills args; strings are borrowed from the call. */
	int (*change)(struct git_call *c, struct git_args *args,
	    struct error *err);
};

/* Opens the repository and resolves the paths. Release it also after an
 * error. Errors: ERR_GIT…, ERR_PATH_ESCAPE, ERR_TOOL_ARGUMENTS. */
int git_call_init(struct git_call *c, const struct tool_call *call,
    struct error *err);
void git_call_release(struct git_call *c);
#define CLEANUP_GIT_CALL CLEANUP(git_call_release)

/* A checked revision or range of the arguments; empty where there is none. */
int git_call_revision(const struct git_call *c, struct str *ret,
    struct error *err);

void git_args_add(struct git_args *a, const char *arg);
/* "--" and the paths, or the scope where there are none. */
void git_args_add_paths(struct git_args *a, const struct git_call *c);

/* The reading actions. */
int git_read_status(struct git_call *c, struct buf *out, struct error *err);
int git_read_diff(struct git_call *c, struct buf *out, struct error *err);
int git_read_log(struct git_call *c, struct buf *out, struct error *err);
int git_read_show(struct git_call *c, struct buf *out, struct error *err);
int git_read_blame(struct git_call *c, struct buf *out, struct error *err);
int git_read_branches(struct git_call *c, struct buf *out, struct error *err);
int git_read_stashes(struct git_call *c, struct buf *out, struct error *err);

/* The changing actions. */
int git_change_add(struct git_call *c, struct git_args *args,
    struct error *err);
int git_change_commit(struct git_call *c, struct git_args *args,
    struct error *err);
int git_change_branch_create(struct git_call *c, struct git_args *args,
    struct error *err);
int git_change_branch_switch(struct git_call *c, struct git_args *args,
    struct error *err);
int git_change_branch_delete(struct git_call *c, struct git_args *args,
    struct error *err);
int git_change_stash_push(struct git_call *c, struct git_args *args,
    struct error *err);
int git_change_stash_apply(struct git_call *c, struct git_args *args,
    struct error *err);
int git_change_stash_pop(struct git_call *c, struct git_args *args,
    struct error *err);

#endif
