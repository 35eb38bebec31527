/* What of the machine a command sees: an allow-list. The system read-only, the
 * toolchains that PATH names, an empty home with the few files that tools need
 * there, and nothing else of home, /run and /var: a read-only view of those
 * would still let a command connect to the sockets in them. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "safety/sandbox_git.h"
#include "safety/sandbox_parts.h"

/* As on the host: a folder, or a link to one of the others. */
static const char *const system_folders[] = { "/usr", "/bin", "/sbin", "/lib",
	"/lib32", "/lib64", "/libx32", "/etc", "/nix/store", "/gnu/store" };

/* Below home, if they are there: toolchains and what git wants to know. Not
 * whole ".local/share" or ".config": those hold keys of other programs. */
static const char *const home_places[] = {
	".asdf",
	".bun",
	".cargo",
	".config/git",
	".deno",
	".gitconfig",
	".gitignore",
	".gitignore_global",
	".local/bin",
	".local/lib",
	".local/pipx",
	".local/share/mise",
	".local/share/pipx",
	".local/share/pnpm",
	".local/share/uv",
	".nvm",
	".nodenv",
	".opam",
	".pyenv",
	".rbenv",
	".rustup",
	".sdkman",
	".volta",
	"go",
};

/* No toolchain may bring these in whole, and no workspace be one of them. */
static const char *const never_whole[] = { "/", "/bin", "/boot", "/dev",
	"/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/proc", "/root",
	"/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/usr/bin", "/var",
	"/var/lib", "/var/tmp" };

/* Of /etc, whatever their modes are. */
static const char *const etc_secrets[] = { "/etc/shadow", "/etc/shadow-",
	"/etc/gshadow", "/etc/gshadow-", "/etc/sudoers", "/etc/sudoers.d",
	"/etc/ssl/private", "/etc/krb5.keytab", "/etc/wireguard",
	"/etc/NetworkManager/system-connections", "/etc/openvpn",
	"/etc/docker/key.json", "/etc/security/opasswd", "/etc/ipsec.secrets",
	"/etc/ipsec.d/private", "/etc/letsencrypt", "/etc/ppp/chap-secrets",
	"/etc/ppp/pap-secrets", "/etc/kubernetes", "/etc/rancher" };

enum { ETC_DEPTH_MAX = 8 };

static bool
is_never_whole(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(never_whole); i++)
		if (strcmp(never_whole[i], path) == 0)
			return true;
	return false;
}

bool
sandbox_root_allowed(const char *root)
{
	return root[0] == '/' && (!is_never_whole(root) ||
	    strcmp(root, "/root") == 0 || strcmp(root, "/srv") == 0 ||
	    strcmp(root, "/mnt") == 0);
}

static bool
in_workspace(const struct sandbox_opts *opts, const char *path)
{
	for (size_t i = 0; i < opts->n_roots; i++)
		if (sandbox_is_below(path, opts->roots[i]) ||
		    sandbox_is_below(opts->roots[i], path))
			return true;
	return false;
}

static void
add_read(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *path)
{
	CLEANUP(free_ptr) char *real = sandbox_real_path(path);

	if (real != NULL && !in_workspace(opts, real))
		sandbox_args_add2(a, "--read", real);
}

static void
add_system_folder(struct sandbox_args *a, const char *path)
{
	char target[256];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n > 0) {
		target[n] = '\0';
		sandbox_args_add2(a, "--link", path);
		sandbox_args_add(a, target);
	} else if (access(path, F_OK) == 0) {
		sandbox_args_add2(a, "--read", path);
	}
}

/* /opt/tool/bin brings /opt/tool; of home only the folder itself. */
static void
add_path_folder(struct sandbox_args *a, const struct sandbox_opts *opts,
    struct str folder)
{
	CLEANUP(free_ptr) char *text = str_dup(folder);
	CLEANUP(free_ptr) char *real = sandbox_real_path(text);
	char *slash;

	if (text[0] != '/' || real == NULL || is_never_whole(real) ||
	    sandbox_is_below(real, "/usr") || sandbox_is_below(real, "/tmp") ||
	    in_workspace(opts, real))
		return;
	slash = strrchr(real, '/');
	if (opts->home == NULL || !sandbox_is_below(real, opts->home)) {
		*slash = '\0';
		if (real[0] == '\0' || is_never_whole(real) ||
		    in_workspace(opts, real))
			*slash = '/';
	}
	sandbox_args_add2(a, "--read", real);
}

struct str
sandbox_variable(const struct sandbox_opts *opts, struct str name)
{
	const char *const *env = opts->environ_ != NULL ? opts->environ_ :
	    (const char *const *)environ;

	for (; env != NULL && *env != NULL; env++)
		if (str_starts(str_from(*env), name) &&
		    (*env)[name.len] == '=')
			return str_from(*env + name.len + 1);
	return STR_NONE;
}

static void
add_path(struct sandbox_args *a, const struct sandbox_opts *opts)
{
	struct str rest = sandbox_variable(opts, STR("PATH")), folder;

	while (str_next_field(&rest, ':', &folder))
		if (folder.len > 0)
			add_path_folder(a, opts, folder);
}

void
sandbox_add_system(struct sandbox_args *a, const struct sandbox_opts *opts)
{
	for (size_t i = 0; i < ARRAY_LEN(system_folders); i++)
		add_system_folder(a, system_folders[i]);
	sandbox_args_add2(a, "--private", "/tmp");
	sandbox_args_add2(a, "--link", "/var/tmp");
	sandbox_args_add(a, "/tmp");
}

static bool
is_addable(const struct sandbox_opts *opts, const char *real)
{
	return !is_never_whole(real) && !sandbox_is_below(opts->home, real);
}

/* Files that are kept elsewhere ("dotfiles") are links; both ends of those are
 * needed. */
static void
add_home_place(struct sandbox_args *a, const struct sandbox_opts *opts,
    const char *name)
{
	CLEANUP(free_ptr) char *path = mem_printf("%s/%s", opts->home, name);
	CLEANUP(free_ptr) char *real = sandbox_real_path(path);

	if (real == NULL || !is_addable(opts, real))
		return;
	add_read(a, opts, real);
	if (strcmp(real, path) != 0) {
		sandbox_args_add2(a, "--link", path);
		sandbox_args_add(a, real);
	}
}

struct settings {
	struct sandbox_args *args;
	const struct sandbox_opts *opts;
};

static void
take_git_path(enum git_path what, const char *path, void *ctx)
{
	const struct settings *s = ctx;

	if (what != GIT_PATH_WORKTREE && is_addable(s->opts, path))
		add_read(s->args, s->opts, path);
}

/* What the user's own git configuration names: a hook, an ignore file or an
 * included file that is not there is passed over by git without a word. */
static void
add_git_settings(struct sandbox_args *a, const struct sandbox_opts *opts)
{
	static const char *const names[] = { ".gitconfig",
		".config/git/config" };
	struct settings s = { a, opts };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP(free_ptr) char *path = mem_printf("%s/%s", opts->home,
		    names[i]);

		sandbox_git_paths(path, NULL, opts->home, take_git_path, &s);
	}
}

void
sandbox_add_home(struct sandbox_args *a, const struct sandbox_opts *opts)
{
	const char *home = opts->home;
	bool own = home != NULL && !is_never_whole(home);

	if (home != NULL && strcmp(home, "/root") == 0)
		own = true;
	for (size_t i = 0; own && i < opts->n_roots; i++)
		own = !sandbox_is_below(home, opts->roots[i]);
	if (own)
		sandbox_args_add2(a, "--private", home);
	for (size_t i = 0; own && i < ARRAY_LEN(home_places); i++)
		add_home_place(a, opts, home_places[i]);
	if (own)
		add_git_settings(a, opts);
	add_path(a, opts);
	for (size_t i = 0; i < opts->n_readable; i++)
		add_read(a, opts, opts->readable[i]);
}

/* Of a home that is in the workspace: what runs when the user logs in or opens
 * a shell, and where programs are found. */
static const char *const home_guarded[] = { ".bash_aliases", ".bash_login",
	".bash_logout", ".bash_profile", ".bashrc", ".cargo", ".config",
	".cshrc", ".emacs", ".emacs.d", ".gitconfig", ".inputrc", ".local",
	".login", ".npmrc", ".nvm", ".oh-my-zsh", ".pam_environment",
	".profile", ".pyenv", ".pythonrc", ".rustup", ".screenrc",
	".tmux.conf", ".vim", ".xinitrc", ".xprofile", ".xsession",
	".xsessionrc", ".zlogin", ".zlogout", ".zprofile", ".zshenv", ".zshrc",
	"bin", "go/bin" };

void
sandbox_protect_home(struct sandbox_args *a, const struct sandbox_opts *opts)
{
	bool inside = false;

	for (size_t i = 0; opts->home != NULL && i < opts->n_roots; i++)
		inside |= sandbox_is_below(opts->home, opts->roots[i]);
	for (size_t i = 0; inside && i < ARRAY_LEN(home_guarded); i++) {
		CLEANUP(free_ptr) char *path = mem_printf("%s/%s", opts->home,
		    home_guarded[i]);

		sandbox_protect(a, opts, path);
	}
}

/* Hides what others may not read: we may be its owner. */
static void
mask_unreadable(struct sandbox_args *a, const char *folder, int depth)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		CLEANUP(free_ptr) char *path = NULL;
		struct stat st;

		/* Half of /etc is links, which have no modes of their own. */
		if (entry->d_type == DT_LNK ||
		    strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    fstatat(dirfd(dir), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		path = mem_printf("%s/%s", folder, entry->d_name);
		if (S_ISREG(st.st_mode) ? (st.st_mode & S_IROTH) == 0 :
		    S_ISDIR(st.st_mode) && (st.st_mode & S_IXOTH) == 0)
			sandbox_args_add2(a, "--mask", path);
		else if (S_ISDIR(st.st_mode) && depth < ETC_DEPTH_MAX)
			mask_unreadable(a, path, depth + 1);
	}
	if (dir != NULL)
		closedir(dir);
}

void
sandbox_add_system_masks(struct sandbox_args *a)
{
	for (size_t i = 0; i < ARRAY_LEN(etc_secrets); i++)
		if (access(etc_secrets[i], F_OK) == 0)
			sandbox_args_add2(a, "--mask", etc_secrets[i]);
	if (geteuid() == 0)
		mask_unreadable(a, "/etc", 0);
}
