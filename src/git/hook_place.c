/* Where git looks for hooks; see hook_place.h. The git program is asked: only
 * it knows includes, conditions and ~ in its configuration. */
#include "git/hook_place.h"

#include <limits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"

enum { GIT_TIMEOUT_MS = 30 * 1000 };

static const struct hook_manager managers[] = {
	{ "husky", true,
	    "husky runs .husky/NAME; add this line there:\n"
	    "    ! command -v friday >/dev/null || friday hook run -- NAME "
	    "\"$@\"\n" },
	{ "lefthook", true,
	    "lefthook writes its hooks anew; add this to lefthook.yml:\n"
	    "    NAME:\n"
	    "      commands:\n"
	    "        friday:\n"
	    "          run: friday hook run -- NAME {0}\n"
	    "          use_stdin: true\n" },
	{ "pre-commit", false,
	    "the pre-commit framework's hook is run first; to have it run "
	    "friday instead, use friday's .pre-commit-hooks.yaml\n" },
	{ "overcommit", true,
	    "overcommit finds its hooks by their file name; add this to "
	    ".overcommit.yml (CamelCase):\n"
	    "    NAME:\n"
	    "      Friday:\n"
	    "        enabled: true\n"
	    "        command: ['friday', 'hook', 'run', '--', 'NAME']\n" },
};

/* Files at the top of a working tree that say which manager it has. */
static const struct {
	const char *file, *manager;
} signs[] = {
	{ ".husky", "husky" },
	{ "lefthook.yml", "lefthook" },
	{ "lefthook.yaml", "lefthook" },
	{ "lefthook.toml", "lefthook" },
	{ "lefthook.json", "lefthook" },
	{ ".lefthook.yml", "lefthook" },
	{ ".lefthook.yaml", "lefthook" },
	{ ".lefthook.toml", "lefthook" },
	{ ".lefthook.json", "lefthook" },
	{ ".config/lefthook.yml", "lefthook" },
	{ ".config/lefthook.yaml", "lefthook" },
	{ ".overcommit.yml", "overcommit" },
	{ ".pre-commit-config.yaml", "pre-commit" },
};

static const struct {
	const char *setting;
	const char *folder; /* of ours, in the user's data folder */
	const char *below;  /* where the hooks are in it */
} scopes[] = {
	[HOOK_SCOPE_GLOBAL] = { "core.hooksPath", "git-hooks", NULL },
	[HOOK_SCOPE_TEMPLATE] = { "init.templateDir", "git-template",
	    "hooks" },
};

const struct hook_manager *
hook_manager_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(managers); i++)
		if (strcmp(managers[i].name, name) == 0)
			return &managers[i];
	return NULL;
}

void
hook_advice_print(const char *advice, const char *name, struct buf *out)
{
	struct str rest = str_from(advice);
	const struct str mark = STR("NAME");
	size_t at;

	while ((at = str_find(rest, mark, 0)) != SIZE_MAX) {
		buf_add_str(out, str_sub(rest, 0, at));
		buf_add_cstr(out, name);
		rest = str_sub(rest, at + mark.len, SIZE_MAX);
	}
	buf_add_str(out, rest);
}

void
hook_place_release(struct hook_place *p)
{
	free(p->folder);
	free(p->top);
	*p = (struct hook_place){ .folder = NULL };
}

/* --- asking git --------------------------------------------------------- */

/* Appends what git says. *ret_status: its exit status. */
static int
run_git(const char *folder, const char *const *argv, struct buf *out,
    int *ret_status, struct error *err)
{
	CLEANUP_BUF struct buf said = BUF_INIT(16 * KIB);
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	int rc;

	opts.argv = argv;
	opts.cwd = folder;
	opts.timeout_ms = GIT_TIMEOUT_MS;
	rc = proc_capture(&opts, out, &said, NULL, &status, err);
	if (rc != 0)
		return rc;
	if (!status.exited || status.timed_out)
		return error_set(err, ERR_GIT, "git did not end by itself");
	*ret_status = status.exit_status;
	if (status.exit_status > 1)
		return error_set(err, ERR_GIT, "%.*s",
		    STR_ARG(str_trim(buf_str(&said))));
	return 0;
}

/* The user's own value of a setting that is a path; NULL: not set. */
static int
ask_setting(const char *setting, char **ret, struct error *err)
{
	const char *argv[] = { "git", "config", "--global", "--type=path",
		"--get", setting, NULL };
	CLEANUP_BUF struct buf out = BUF_INIT(PATH_MAX + 1);
	int status, rc = run_git(NULL, argv, &out, &status, err);

	if (rc == 0 && status == 0 && out.len > 1)
		*ret = str_dup(str_sub(buf_str(&out), 0, out.len - 1));
	return rc;
}

/* The folder of ours that a setting points to; NULL: there is no home. */
static char *
own_folder(enum hook_scope scope)
{
	CLEANUP(free_ptr) char *data = file_user_data_dir();

	return data == NULL ? NULL : file_join(data, scopes[scope].folder);
}

/* --- the repository ----------------------------------------------------- */

static bool
ends_in_husky(const char *folder)
{
	struct str path = str_from(folder);

	return str_ends(path, STR("/.husky")) ||
	    str_ends(path, STR("/.husky/_"));
}

static const struct hook_manager *
find_manager(const struct hook_place *p)
{
	if (p->by_setting && ends_in_husky(p->folder))
		return hook_manager_find("husky");
	for (size_t i = 0; p->top != NULL && i < ARRAY_LEN(signs); i++) {
		CLEANUP(free_ptr) char *path = file_join(p->top,
		    signs[i].file);

		if (file_exists(path))
			return hook_manager_find(signs[i].manager);
	}
	return NULL;
}

/* Whether a path is `folder` or below it. */
static bool
is_within(struct str path, struct str folder)
{
	return str_starts(path, folder) &&
	    (path.len == folder.len || path.ptr[folder.len] == '/');
}

/* Where the hooks of this repository alone are: what is installed for all runs
 * those that its setting hides. */
static void
choose_folder(struct hook_place *p, struct str hooks, struct str common)
{
	CLEANUP(free_ptr) char *own = own_folder(HOOK_SCOPE_GLOBAL);
	char *usual = mem_printf("%.*s/hooks", STR_ARG(common));

	p->global = own != NULL && str_eq_c(hooks, own);
	p->by_setting = !str_eq_c(hooks, usual) && !p->global;
	p->folder = p->by_setting ? str_dup(hooks) : steal(usual);
	p->in_tree = p->by_setting && p->top != NULL &&
	    is_within(hooks, str_from(p->top)) && !is_within(hooks, common);
	free(usual);
}

/* Where a hook is run from is where core.hooksPath starts, and git's own
 * folder of hooks is the common one of all working trees. */
static int
find_in_repository(const char *folder, struct hook_place *p,
    struct error *err)
{
	static const char *const argv[] = { "git", "rev-parse",
		"--path-format=absolute", "--git-path", "hooks",
		"--git-common-dir", NULL };
	const struct repo_opts opts = { .folder = folder };
	CLEANUP_BUF struct buf out = BUF_INIT(4 * PATH_MAX);
	CLEANUP_REPO struct repo *repo = NULL;
	struct str rest, hooks = STR_NONE, common = STR_NONE;
	int status = 0, rc = repo_open(&opts, &repo, err);

	if (rc != 0)
		return rc;
	p->top = repo_workdir(repo) == NULL ? NULL :
					      mem_strdup(repo_workdir(repo));
	rc = run_git(p->top != NULL ? p->top : repo_gitdir(repo), argv, &out,
	    &status, err);
	if (rc != 0)
		return rc;
	rest = buf_str(&out);
	if (!str_next_field(&rest, '\n', &hooks) ||
	    !str_next_field(&rest, '\n', &common) || hooks.len == 0)
		return error_set(err, ERR_GIT,
		    "git does not say where its hooks are");
	choose_folder(p, hooks, common);
	p->manager = find_manager(p);
	return 0;
}

bool
hook_place_tracks(const struct hook_place *p, const char *name)
{
	const char *argv[] = { "git", "--literal-pathspecs", "ls-files",
		"--error-unmatch", "--", NULL, NULL };
	CLEANUP(free_ptr) char *path = file_join(p->folder, name);
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
	int status = 1;

	if (!p->in_tree)
		return false;
	argv[5] = path;
	return run_git(p->top, argv, &out, &status, NULL) == 0 && status == 0;
}

/* --- the user's ---------------------------------------------------------- */

static int
find_of_user(enum hook_scope scope, struct hook_place *p, struct error *err)
{
	CLEANUP(free_ptr) char *own = own_folder(scope);
	CLEANUP(free_ptr) char *set = NULL;
	const char *folder;
	int rc = ask_setting(scopes[scope].setting, &set, err);

	if (rc != 0)
		return rc;
	if (own == NULL && set == NULL)
		return error_set(err, ERR_NOT_FOUND,
		    "there is no home folder: set HOME");
	p->by_setting = set != NULL &&
	    (own == NULL || strcmp(own, set) != 0);
	folder = p->by_setting ? set : own;
	if (folder[0] != '/')
		return error_set(err, ERR_UNSUPPORTED,
		    "%s is set to the relative path %s: install in each "
		    "repository", scopes[scope].setting, folder);
	p->folder = scopes[scope].below != NULL ?
	    file_join(folder, scopes[scope].below) : mem_strdup(folder);
	if (scope == HOOK_SCOPE_GLOBAL && !p->by_setting)
		p->kind = HOOK_SCRIPT_GLOBAL;
	return 0;
}

int
hook_place_find(const char *folder, enum hook_scope scope,
    struct hook_place *ret, struct error *err)
{
	*ret = (struct hook_place){ .kind = HOOK_SCRIPT_LOCAL };
	return scope == HOOK_SCOPE_REPOSITORY ?
	    find_in_repository(folder, ret, err) :
	    find_of_user(scope, ret, err);
}

/* Sets git's global setting of the scope to our folder, or takes it away, where
 * it is not so yet. */
static int
change_setting(const struct hook_place *p, enum hook_scope scope, bool set,
    struct error *err)
{
	CLEANUP(free_ptr) char *own = NULL;
	CLEANUP(free_ptr) char *now = NULL;
	CLEANUP_BUF struct buf out = BUF_INIT(16 * KIB);
	const char *name = scopes[scope].setting;
	const char *argv[] = { "git", "config", "--global",
		set ? name : "--unset", name, NULL };
	int status = 0, rc;

	if (scope == HOOK_SCOPE_REPOSITORY || p->by_setting)
		return 0;
	own = own_folder(scope);
	rc = ask_setting(name, &now, err);
	if (rc != 0 || set == (now != NULL && strcmp(now, own) == 0))
		return rc;
	if (set)
		argv[4] = own;
	rc = run_git(NULL, argv, &out, &status, err);
	if (rc == 0 && status != 0)
		rc = error_set(err, ERR_GIT, "git could not %s %s",
		    set ? "set" : "unset", name);
	return rc;
}

int
hook_place_set(const struct hook_place *p, enum hook_scope scope,
    struct error *err)
{
	return change_setting(p, scope, true, err);
}

int
hook_place_unset(const struct hook_place *p, enum hook_scope scope,
    struct error *err)
{
	return change_setting(p, scope, false, err);
}
