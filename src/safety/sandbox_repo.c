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
#include "safety/sandbox_parts.h"

#define LINK_MAX_BYTES 8192
#define CONFIG_MAX_BYTES ((size_t)1024 * 1024)
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

/* True: the configuration's core.worktree is the root. */
static bool
config_names(const char *gitdir, const char *root)
{
	CLEANUP(free_ptr) char *path = file_join(gitdir, "config");
	CLEANUP_BUF struct buf text = BUF_INIT(CONFIG_MAX_BYTES);
	struct str rest, line;

	if (file_read(path, &text, NULL) != 0)
		return false;
	rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		CLEANUP(free_ptr) char *value = NULL;
		CLEANUP(free_ptr) char *full = NULL;
		CLEANUP(free_ptr) char *real = NULL;

		line = str_trim(line);
		if (!str_starts(line, STR("worktree")))
			continue;
		line = str_trim(str_sub(line, 8, SIZE_MAX));
		if (line.len == 0 || line.ptr[0] != '=')
			continue;
		value = str_dup(str_trim(str_sub(line, 1, SIZE_MAX)));
		full = value[0] == '/' ? steal(value) :
					 file_join(gitdir, value);
		real = sandbox_real_path(full);
		if (real != NULL && strcmp(real, root) == 0)
			return true;
	}
	return false;
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

static void
protect(struct sandbox_args *a, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode))
		sandbox_args_add2(a, "--protect", path);
}

static void protect_git(struct sandbox_args *a, const char *gitdir, int depth);

/* Of each git folder in gitdir/NAME: modules have modules of their own, and a
 * submodule's name may have slashes. */
static void
protect_each(struct sandbox_args *a, const char *gitdir, const char *name,
    int depth)
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
			protect_git(a, path, depth + 1);
		else
			protect_each(a, folder, entry->d_name, depth + 1);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
protect_git(struct sandbox_args *a, const char *gitdir, int depth)
{
	for (size_t i = 0; i < ARRAY_LEN(protected_parts); i++) {
		CLEANUP(free_ptr) char *path = file_join(gitdir,
		    protected_parts[i]);

		protect(a, path);
	}
	protect_each(a, gitdir, "modules", depth);
	protect_each(a, gitdir, "worktrees", depth);
}

static void
add_git_folder(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *gitdir)
{
	if (opts->profile == SANDBOX_READ_ONLY) {
		sandbox_args_add2(a, "--read", gitdir);
		return;
	}
	sandbox_args_add2(a, "--write", gitdir);
	if (!opts->unprotected)
		protect_git(a, gitdir, 0);
}

static bool
below_roots(const struct sandbox_opts *opts, const char *path)
{
	for (size_t i = 0; i < opts->n_roots; i++)
		if (sandbox_is_below(path, opts->roots[i]))
			return true;
	return false;
}

/* The folder that a ".git" file names, and the one that it shares with the
 * other worktrees (two levels up: …/.git/worktrees/NAME). */
static void
add_linked(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *top)
{
	CLEANUP(free_ptr) char *gitdir = read_link_file(top, ".git",
	    STR("gitdir:"));
	CLEANUP(free_ptr) char *common = NULL;
	CLEANUP(free_ptr) char *expected = NULL;

	if (gitdir == NULL || !names_back(gitdir, top))
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
	if (!below_roots(opts, common))
		add_git_folder(a, opts, common);
}

/* The repository that `path` is the top of; false: it is none. */
static bool
add_top(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *path)
{
	CLEANUP(free_ptr) char *dot_git = file_join(path, ".git");
	struct stat st;

	if (lstat(dot_git, &st) != 0)
		return false;
	if (S_ISDIR(st.st_mode)) {
		add_git_folder(a, opts, dot_git);
	} else if (S_ISREG(st.st_mode)) {
		add_linked(a, opts, path);
		protect(a, dot_git);
	}
	return true;
}

void
sandbox_add_repo(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *root)
{
	add_top(a, opts, root);
}
