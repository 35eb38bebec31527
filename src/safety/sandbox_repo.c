/* The git folders of a workspace. ".git" becomes a mount point of its own, so
 * that it cannot be moved aside and another one put in its place; in it,
 * whatever names programs (hooks, configuration) or says where the repository
 * is stays read-only. The rest is writable: commit, stash, branch and worktree
 * work.
 *
 * A ".git" file may name a folder outside the workspace (a worktree, a
 * submodule). It is believed only if that folder names the workspace in turn:
 * else a file that says "gitdir: /home/u" would open that folder. */
#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "safety/sandbox_git.h"
#include "safety/sandbox_parts.h"

#define LINK_MAX_BYTES 8192
enum { MODULES_DEPTH_MAX = 8 };

static const char *const protected_parts[] = { "hooks", "config",
	"config.worktree", "commondir", "gitdir", "info/attributes" };

static char *
read_link_file(const char *folder, const char *name, struct str prefix)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);
	CLEANUP(free_ptr) char *full = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(LINK_MAX_BYTES);
	CLEANUP(free_ptr) char *value = NULL;
	struct str s;

	if (file_read(path, &text, NULL) != 0)
		return NULL;
	s = str_trim(buf_str(&text));
	if (!str_starts(s, prefix))
		return NULL;
	value = str_dup(str_trim(str_sub(s, prefix.len, SIZE_MAX)));
	full = value[0] == '/' ? steal(value) : file_join(folder, value);
	return sandbox_real_path(full);
}

struct wanted {
	const char *root;
	bool found;
};

static void
compare_worktree(enum git_path what, const char *path, void *ctx)
{
	struct wanted *w = ctx;

	w->found |= what == GIT_PATH_WORKTREE && strcmp(path, w->root) == 0;
}

/* True: the configuration's core.worktree is the root. */
static bool
config_names(const char *gitdir, const char *root)
{
	CLEANUP(free_ptr) char *path = file_join(gitdir, "config");
	struct wanted wanted = { .root = root };

	sandbox_git_paths(path, NULL, NULL, compare_worktree, &wanted);
	return wanted.found;
}

/* True: the folder that root's ".git" file names knows of it. */
static bool
names_back(const char *gitdir, const char *root)
{
	CLEANUP(free_ptr) char *back = read_link_file(gitdir, "gitdir",
	    STR(""));
	CLEANUP(free_ptr) char *own = file_join(root, ".git");

	return (back != NULL && strcmp(back, own) == 0) ||
	    config_names(gitdir, root);
}

static void protect_git(struct sandbox_args *a,
    const struct sandbox_opts *opts, const char *gitdir, int depth);

/* Of each git folder in gitdir/NAME: modules have modules of their own, and a
 * submodule's name may have slashes. */
static void
protect_each(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *gitdir, const char *name, int depth)
{
	CLEANUP(free_ptr) char *folder = file_join(gitdir, name);
	DIR *dir = depth < MODULES_DEPTH_MAX ? opendir(folder) : NULL;
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		CLEANUP(free_ptr) char *path = file_join(folder,
		    entry->d_name);
		CLEANUP(free_ptr) char *head = file_join(path, "HEAD");

		if (entry->d_name[0] == '.')
			continue;
		if (access(head, F_OK) == 0)
			protect_git(a, opts, path, depth + 1);
		else
			protect_each(a, opts, folder, entry->d_name,
			    depth + 1);
	}
	if (dir != NULL)
		closedir(dir);
}

/* Mount points of their own: a protected file stays where it is, but the folder
 * that it is in could be moved away and made anew. */
static void
pin_parts(struct sandbox_args *a, const char *gitdir)
{
	static const char *const names[] = { "info", "modules", "worktrees" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP(free_ptr) char *path = file_join(gitdir, names[i]);
		struct stat st;

		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			sandbox_args_add2(a, "--write", path);
	}
}

static void
protect_git(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *gitdir, int depth)
{
	pin_parts(a, gitdir);
	for (size_t i = 0; i < ARRAY_LEN(protected_parts); i++) {
		CLEANUP(free_ptr) char *path = file_join(gitdir,
		    protected_parts[i]);

		sandbox_protect(a, opts, path);
	}
	protect_each(a, opts, gitdir, "modules", depth);
	protect_each(a, opts, gitdir, "worktrees", depth);
}

/* True: a root is in it, or is it. */
static bool
holds_root(const struct sandbox_opts *opts, const char *path)
{
	for (size_t i = 0; i < opts->n_roots; i++)
		if (sandbox_is_below(opts->roots[i], path))
			return true;
	return false;
}

struct named {
	struct sandbox_args *args;
	const struct sandbox_opts *opts;
};

/* Hooks that stand in the workspace, configuration that is included from
 * there. Not a folder that a root is in: that would protect all. */
static void
protect_named(enum git_path what, const char *path, void *ctx)
{
	const struct named *n = ctx;

	if (what != GIT_PATH_WORKTREE && what != GIT_PATH_OTHER &&
	    sandbox_in_roots(n->opts, path) && !holds_root(n->opts, path))
		sandbox_protect(n->args, n->opts, path);
}

/* top: of its working tree; NULL: unknown. */
static void
add_git_folder(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *gitdir, const char *top)
{
	CLEANUP(free_ptr) char *config = file_join(gitdir, "config");
	struct named named = { a, opts };

	if (opts->profile == SANDBOX_READ_ONLY) {
		sandbox_args_add2(a, "--read", gitdir);
		return;
	}
	sandbox_args_add2(a, "--write", gitdir);
	if (opts->unprotected)
		return;
	protect_git(a, opts, gitdir, 0);
	sandbox_git_paths(config, top, opts->home, protect_named, &named);
}

/* The folder that a ".git" file names, and the one that it shares with the
 * other worktrees (two levels up: …/.git/worktrees/NAME). One in the workspace
 * (".git" saying "gitdir: .bare") opens nothing and only needs protection. */
static void
add_linked(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *top)
{
	CLEANUP(free_ptr) char *gitdir = read_link_file(top, ".git",
	    STR("gitdir:"));
	CLEANUP(free_ptr) char *common = NULL;
	CLEANUP(free_ptr) char *expected = NULL;

	if (gitdir == NULL)
		return;
	if (sandbox_in_roots(opts, gitdir)) {
		if (!holds_root(opts, gitdir))
			add_git_folder(a, opts, gitdir, top);
		return;
	}
	if (!names_back(gitdir, top))
		return;
	common = read_link_file(gitdir, "commondir", STR(""));
	if (common != NULL) {
		CLEANUP(free_ptr) char *up = file_join(gitdir, "../..");

		expected = sandbox_real_path(up);
		if (expected == NULL || strcmp(expected, common) != 0)
			return;
	} else {
		common = mem_strdup(gitdir);
	}
	if (!sandbox_in_roots(opts, common))
		add_git_folder(a, opts, common, top);
}

/* ".git" is a link: what it leads to, if that is in the workspace. The link
 * itself cannot be held. */
static void
add_behind_link(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *dot_git, const char *top)
{
	CLEANUP(free_ptr) char *real = sandbox_real_path(dot_git);

	if (real != NULL && sandbox_in_roots(opts, real) &&
	    !holds_root(opts, real))
		add_git_folder(a, opts, real, top);
}

void
sandbox_add_git_dir(struct sandbox_args *a, const struct sandbox_opts *opts)
{
	struct str value = sandbox_variable(opts, STR("GIT_DIR"));
	CLEANUP(free_ptr) char *path = str_dup(value);
	CLEANUP(free_ptr) char *real = value.len > 0 && value.ptr[0] == '/' ?
	    sandbox_real_path(path) : NULL;
	CLEANUP(free_ptr) char *head = real == NULL ? NULL :
	    file_join(real, "HEAD");
	CLEANUP(free_ptr) char *objects = real == NULL ? NULL :
	    file_join(real, "objects");

	if (real != NULL && !sandbox_in_roots(opts, real) &&
	    !holds_root(opts, real) && file_exists(head) &&
	    file_is_dir(objects))
		add_git_folder(a, opts, real, opts->roots[0]);
}

void
sandbox_add_repo(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *top)
{
	CLEANUP(free_ptr) char *dot_git = file_join(top, ".git");
	struct stat st;

	if (lstat(dot_git, &st) != 0)
		return;
	if (S_ISDIR(st.st_mode)) {
		add_git_folder(a, opts, dot_git, top);
	} else if (S_ISLNK(st.st_mode)) {
		add_behind_link(a, opts, dot_git, top);
	} else if (S_ISREG(st.st_mode)) {
		add_linked(a, opts, top);
		sandbox_protect(a, opts, dot_git);
	}
}
