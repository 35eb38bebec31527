/* The parts of safety/sandbox.c: each adds arguments for friday-sandbox. The
 * order of the calls is the order of the mounts. */
#ifndef FRIDAY_SAFETY_SANDBOX_PARTS_H
#define FRIDAY_SAFETY_SANDBOX_PARTS_H

#include "base/str.h"
#include "safety/sandbox.h"

void sandbox_args_add(struct sandbox_args *a, const char *text);
void sandbox_args_add2(struct sandbox_args *a, const char *option,
    const char *value);
void sandbox_args_release(struct sandbox_args *a);

/* "--protect" for what is there, "--guard" for what must not come to be; and
 * nothing where the user has approved. */
void sandbox_protect(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *path);
/* True: path is folder or below it. */
bool sandbox_is_below(const char *path, const char *folder);
/* Of the workspace. */
bool sandbox_in_roots(const struct sandbox_opts *opts, const char *path);
/* Without links; NULL: it is not there. */
char *sandbox_real_path(const char *path);

/* sandbox_places.c: system, temporary space, home with its toolchains. */
void sandbox_add_system(struct sandbox_args *a,
    const struct sandbox_opts *opts);
void sandbox_add_home(struct sandbox_args *a, const struct sandbox_opts *opts);
/* Where home itself is in the workspace; after the roots. */
void sandbox_protect_home(struct sandbox_args *a,
    const struct sandbox_opts *opts);
/* Hides the sockets that are in what was added to be read: a mount that is
 * read-only does not keep anybody from connecting to them. */
void sandbox_mask_sockets(struct sandbox_args *a,
    const struct sandbox_opts *opts);
/* What of the system nobody but root reads: hidden when we are root. */
void sandbox_add_system_masks(struct sandbox_args *a);
bool sandbox_root_allowed(const char *root);

/* sandbox_repo.c: the git folders of the repository whose top this is. */
void sandbox_add_repo(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *top);

/* The one that GIT_DIR names: git sets it for its hooks, friday among them. */
void sandbox_add_git_dir(struct sandbox_args *a,
    const struct sandbox_opts *opts);

/* Of the environment that the command's is made from. */
struct str sandbox_variable(const struct sandbox_opts *opts, struct str name);
/* sandbox_env.c: what the command's environment is. caches may be NULL. */
void sandbox_make_env(struct sandbox_args *env,
    const struct sandbox_opts *opts, const char *caches);
/* sandbox_cache.c: makes the folder of the caches for the first root; a new
 * string, or NULL: none. */
char *sandbox_make_caches(const struct sandbox_opts *opts);
/* NAME=folder of each cache. */
void sandbox_add_cache_env(struct sandbox_args *env, const char *caches);

#endif
