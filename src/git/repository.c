/* Opening repositories; see repository.h. */
#include "git/repository_private.h"

#include <limits.h>

#include "base/file.h"
#include "base/mem.h"
#include "git/program.h"
#include "safety/deny_list.h"

#define REVISION_MAX 256

/* Absolute, without links and without a slash at the end; new string. What
 * cannot be resolved stays as it is. */
static char *
clean_path(const char *path)
{
	char *real = realpath(path, NULL);
	size_t len;

	if (real != NULL)
		return real;
	len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	return mem_strndup(path, len);
}

static int
no_repository(const char *folder, struct error *err)
{
	return error_set(err, ERR_GIT_NO_REPOSITORY,
	    "%s is in no git repository", folder);
}

static int
not_ours(const char *folder, struct error *err)
{
	return error_set(err, ERR_GIT,
	    "the repository of %s belongs to another user; if you trust it: "
	    "git config --global --add safe.directory PATH", folder);
}

/* The folder whose "config" counts: that of the main working tree. */
static char *
common_folder(const char *gitdir)
{
	CLEANUP(free_ptr) char *file = file_join(gitdir, "commondir");
	CLEANUP_BUF struct buf text = BUF_INIT(PATH_MAX);
	struct str common;

	if (file_read(file, &text, NULL) != 0)
		return mem_strdup(gitdir);
	common = str_trim(buf_str(&text));
	if (str_starts(common, STR("/")))
		return str_dup(common);
	return mem_printf("%s/%.*s", gitdir, STR_ARG(common));
}

static bool
says_newer_format(struct str config)
{
	static const struct str key = { "repositoryformatversion", 23 };
	struct str line, name;

	while (str_next_line(&config, &line)) {
		line = str_trim(line);
		if (!str_starts_nocase(line, key) ||
		    !str_next_field(&line, '=', &name))
			continue;
		if (!str_eq_c(str_trim(line), "0"))
			return true;
	}
	return false;
}

/* The .git folder that begins to count at `start`; NULL: none. */
static char *
discover(const struct git2_api *g, const char *start)
{
	git_buf found = { .size = 0 };
	char *gitdir = NULL;

	if (g->repository_discover(&found, start, 0,
		getenv("GIT_CEILING_DIRECTORIES")) == 0)
		gitdir = mem_strdup(found.ptr);
	g->buf_dispose(&found);
	return gitdir;
}

/* Repositories of format 1 have extensions. libgit2 1.5 refuses nearly all of
 * them, and leaks 20 KiB for each line of the configuration while it looks. */
static bool
has_newer_format(const struct git2_api *g, const char *start)
{
	CLEANUP_BUF struct buf config = BUF_INIT(1 * MIB);
	CLEANUP(free_ptr) char *gitdir = start == NULL ?
	    mem_strdup(getenv("GIT_DIR")) : discover(g, start);
	CLEANUP(free_ptr) char *common = NULL;
	CLEANUP(free_ptr) char *file = NULL;

	if (gitdir == NULL)
		return false;
	common = common_folder(gitdir);
	file = file_join(common, "config");
	return file_read(file, &config, NULL) == 0 &&
	    says_newer_format(buf_str(&config));
}

static int
open_by_libgit2(struct repo *r, struct error *err)
{
	const struct git2_api *g = git2_api_get(err);
	/* A folder to start from would switch GIT_DIR off. */
	const char *start = getenv("GIT_DIR") != NULL ? NULL : r->folder;
	int rc;

	if (g == NULL)
		return -ERR_UNSUPPORTED;
	if (has_newer_format(g, start))
		return error_set(err, ERR_UNSUPPORTED,
		    "a repository of a newer format");
	rc = g->repository_open_ext(&r->git2, start,
	    GIT_REPOSITORY_OPEN_FROM_ENV, NULL);
	if (rc == GIT_ENOTFOUND) {
		CLEANUP(free_ptr) char *gitdir = start == NULL ? NULL :
		    discover(g, start);

		/* libgit2 1.5 says so too of a repository that belongs to
		 * another user when there is no global configuration: git
		 * looks again. */
		if (gitdir == NULL)
			return no_repository(r->folder, err);
		return -ERR_UNSUPPORTED;
	}
	if (rc == GIT_EOWNER)
		return not_ours(r->folder, err);
	if (rc != 0) {
		git2_error(g, rc, err, "git repository");
		return -ERR_UNSUPPORTED; /* perhaps git can */
	}
	r->g = g;
	r->gitdir = clean_path(g->repository_path(r->git2));
	if (!g->repository_is_bare(r->git2) &&
	    g->repository_workdir(r->git2) != NULL)
		r->workdir = clean_path(g->repository_workdir(r->git2));
	return 0;
}

static int
open_by_program(struct repo *r, struct error *err)
{
	static const char *const gitdir[] = { "rev-parse",
		"--absolute-git-dir", NULL };
	static const char *const top[] = { "rev-parse", "--show-toplevel",
		NULL };
	CLEANUP_BUF struct buf out = BUF_INIT(2 * PATH_MAX);
	CLEANUP(free_ptr) char *found = NULL;
	struct error no_top;
	int rc = git_program_read(r, gitdir, &out, NULL, err);

	if (rc == -ERR_GIT && strstr(err->message, "not a git repository"))
		return no_repository(r->folder, err);
	if (rc == -ERR_GIT && strstr(err->message, "dubious ownership"))
		return not_ours(r->folder, err);
	if (rc != 0)
		return rc;
	found = str_dup(str_trim_end(buf_str(&out)));
	buf_clear(&out);
	/* A failure: a bare repository, or we are inside of .git. */
	if (git_program_read(r, top, &out, NULL, &no_top) == 0 && out.len > 1)
		r->workdir = str_dup(str_trim_end(buf_str(&out)));
	/* Set last: git runs there from now on. */
	r->gitdir = steal(found);
	/* It may look different from there. */
	for (size_t i = 0; i < r->n_overrides; i++)
		free(r->overrides[i]);
	free(r->overrides);
	r->overrides = NULL;
	r->n_overrides = 0;
	return 0;
}

int
repo_open(const struct repo_opts *opts, struct repo **ret, struct error *err)
{
	CLEANUP_REPO struct repo *r = mem_new(struct repo);
	struct error own = ERROR_INIT;
	int rc = -ERR_UNSUPPORTED;

	r->folder = clean_path(opts->folder);
	r->cancel = opts->cancel;
	r->deny = opts->deny;
	if (!opts->by_program)
		rc = open_by_libgit2(r, &own);
	if (rc == -ERR_UNSUPPORTED)
		rc = open_by_program(r, &own);
	if (rc != 0) {
		if (err != NULL)
			*err = own;
		return rc;
	}
	*ret = steal(r);
	return 0;
}

bool
repo_withholds(const struct repo *r, struct str path)
{
	CLEANUP(free_ptr) char *whole = NULL;

	if (r->deny == NULL || path.len == 0)
		return false;
	whole = mem_printf("%s/%.*s",
	    r->workdir != NULL ? r->workdir : r->gitdir, STR_ARG(path));
	return deny_list_check(r->deny, str_from(whole), DENY_BY_NAME, NULL);
}

void
repo_destroy(struct repo *r)
{
	if (r == NULL)
		return;
	if (r->git2 != NULL)
		r->g->repository_free(r->git2);
	for (size_t i = 0; i < r->n_overrides; i++)
		free(r->overrides[i]);
	free(r->overrides);
	free(r->workdir);
	free(r->gitdir);
	free(r->folder);
	free(r);
}

const char *
repo_workdir(const struct repo *r)
{
	return r->workdir;
}

const char *
repo_gitdir(const struct repo *r)
{
	return r->gitdir;
}

const char *
repo_state(const struct repo *r)
{
	static const struct {
		const char *file, *state;
	} marks[] = {
		{ "rebase-merge", "rebase" },
		{ "rebase-apply", "rebase" },
		{ "MERGE_HEAD", "merge" },
		{ "CHERRY_PICK_HEAD", "cherry-pick" },
		{ "REVERT_HEAD", "revert" },
		{ "BISECT_LOG", "bisect" },
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		CLEANUP(free_ptr) char *path =
		    file_join(r->gitdir, marks[i].file);

		if (file_exists(path))
			return marks[i].state;
	}
	return "";
}

char *
repo_relative(const struct repo *r, const char *path)
{
	struct str top = str_from(r->workdir), p = str_from(path);

	if (top.len == 0 || !str_starts(p, top))
		return NULL;
	if (p.len == top.len)
		return mem_strdup("");
	if (p.ptr[top.len] != '/')
		return NULL;
	return mem_strdup(path + top.len + 1);
}

bool
repo_revision_valid(struct str revision)
{
	if (revision.len == 0 || revision.len > REVISION_MAX ||
	    revision.ptr[0] == '-')
		return false;
	for (size_t i = 0; i < revision.len; i++) {
		unsigned char c = (unsigned char)revision.ptr[i];

		if (c <= ' ' || c == 0x7f)
			return false;
	}
	return true;
}

/* One part of a name between slashes. */
static bool
component_valid(struct str part)
{
	return part.len > 0 && part.ptr[0] != '.' &&
	    !str_ends(part, STR(".lock"));
}

bool
repo_branch_name_valid(struct str name)
{
	struct str rest = name, part;

	if (!repo_revision_valid(name) || str_eq_c(name, "@") ||
	    str_eq_c(name, "HEAD") || str_ends(name, STR("/")) ||
	    str_ends(name, STR(".")) ||
	    str_find(name, STR(".."), 0) != SIZE_MAX ||
	    str_find(name, STR("@{"), 0) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (strchr("~^:?*[\\", name.ptr[i]) != NULL)
			return false;
	while (str_next_field(&rest, '/', &part))
		if (!component_valid(part))
			return false;
	return true;
}

void
repo_hex(const struct repo *r, const git_oid *id, char out[HEX_MAX])
{
	r->g->oid_fmt(out, id);
	out[GIT_OID_HEXSZ] = '\0';
}

int
repo_tree(const struct repo *r, const char *revision, git_tree **ret,
    struct error *err)
{
	CLEANUP(free_object) git_object *object = NULL;
	git_object *tree = NULL;
	int rc = r->g->revparse_single(&object, r->git2, revision);

	if (rc == 0)
		rc = r->g->object_peel(&tree, object, GIT_OBJECT_TREE);
	if (rc != 0)
		return git2_error(r->g, rc, err, revision);
	*ret = (git_tree *)tree;
	return 0;
}
