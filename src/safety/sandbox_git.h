/* Files and folders that a git configuration names: what git runs or reads
 * because of them is as delicate as the configuration itself. Thread: any. */
#ifndef FRIDAY_SAFETY_SANDBOX_GIT_H
#define FRIDAY_SAFETY_SANDBOX_GIT_H

enum git_path {
	GIT_PATH_HOOKS,	   /* core.hooksPath */
	GIT_PATH_INCLUDE,  /* include.path, includeIf.….path */
	GIT_PATH_WORKTREE, /* core.worktree */
	GIT_PATH_RULES,	   /* attributes and the like */
	GIT_PATH_OTHER,	   /* templates, ignore files … */
};

/* Calls `take` with each path that the file `config` and what it includes
 * name: absolute, without links, and there. top: the folder that a relative
 * core.hooksPath starts from, or NULL; home: for "~/", or NULL. */
void sandbox_git_paths(const char *config, const char *top, const char *home,
    void (*take)(enum git_path what, const char *path, void *ctx), void *ctx);

#endif
