/* Requests for the checks; see check_request.h. */
#include "core/check_request.h"

#include <limits.h>

#include "base/mem.h"
#include "core/check_record.h"
#include "core/check_settings.h"

enum { PATHS_MAX = 100000 };

/* A path as the user names it, relative to our folder, as git names it. What
 * is gone from the disk still has a folder, mostly. */
static char *
path_in_repository(const struct friday *f, const struct repo *repo,
    struct str path)
{
	CLEANUP(free_ptr) char *whole = path.len > 0 && path.ptr[0] == '/' ?
	    str_dup(path) : mem_printf("%s/%.*s", f->folder, STR_ARG(path));
	CLEANUP(free_ptr) char *named = NULL;
	char real[PATH_MAX];
	char *slash;

	while (strlen(whole) > 1 && whole[strlen(whole) - 1] == '/')
		whole[strlen(whole) - 1] = '\0';
	slash = strrchr(whole, '/');
	if (strcmp(slash, "/.") == 0 || strcmp(slash, "/..") == 0) {
		if (realpath(whole, real) == NULL)
			return str_dup(path);
		return repo_relative(repo, real);
	}
	*slash = '\0';
	if (realpath(whole[0] == '\0' ? "/" : whole, real) == NULL)
		return str_dup(path);
	named = mem_printf("%s/%s", real, slash + 1);
	return repo_relative(repo, named);
}

static int
take_paths(const struct op_call *call, struct check_request *ret,
    struct error *err)
{
	const struct json *list = json_get(call->args, "paths");
	const struct repo *repo = ret->repo;

	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		char *path = repo_workdir(repo) == NULL ?
		    str_dup(json_str(i)) :
		    path_in_repository(call->host, repo, json_str(i));

		if (path == NULL)
			return error_set(err, ERR_INVALID,
			    "%.*s is outside of the repository",
			    STR_ARG(str_sub(json_str(i), 0, 100)));
		if (ret->n_paths >= PATHS_MAX) {
			free(path);
			return error_set(err, ERR_INVALID,
			    "more than %d paths", PATHS_MAX);
		}
		ret->paths = mem_grow(ret->paths, &ret->cap_paths,
		    ret->n_paths + 1, sizeof(*ret->paths));
		ret->paths[ret->n_paths++] = path;
	}
	return 0;
}

static enum repo_changes_what
take_what(const struct json *args)
{
	static const struct {
		const char *name;
		enum repo_changes_what what;
	} kinds[] = {
		{ "staged", REPO_CHANGES_STAGED },
		{ "commit", REPO_CHANGES_COMMIT },
		{ "range", REPO_CHANGES_RANGE },
		{ "all", REPO_CHANGES_ALL },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq_c(json_get_str(args, "what"), kinds[i].name))
			return kinds[i].what;
	return REPO_CHANGES_STAGED;
}

/* Names that FRIDAY_SKIP has and the table has not: a check that somebody
 * means to skip must not run without a word. */
static void
take_skips(const struct json *args, struct check_config *config,
    struct buf *unknown)
{
	for (const struct json *i = json_first(json_get(args, "skip")); i;
	    i = json_next(i)) {
		struct str code = str_trim(json_str(i));

		if (code.len > 0 && !check_config_skip(config, code) &&
		    !check_record_knows(code))
			buf_printf(unknown, "%s%.*s",
			    unknown->len > 0 ? ", " : "",
			    STR_ARG(str_sub(code, 0, 60)));
	}
}

int
check_request_read(const struct op_call *call, struct check_request *ret,
    struct error *err)
{
	const struct config *config = call->host->config;
	struct repo_opts where = { .folder = call->host->folder };
	struct check_request *r = ret;
	int rc;

	*r = (struct check_request){ .opts = CHECK_OPTS_INIT };
	buf_init(&r->ignored, 4 * KIB);
	buf_init(&r->unknown, 4 * KIB);
	rc = check_settings_read(config, &r->config, &r->ignored, err);
	if (rc == 0)
		rc = repo_open(&where, &r->repo, err);
	if (rc == 0)
		rc = take_paths(call, r, err);
	if (rc != 0)
		return rc;
	take_skips(call->args, r->config, &r->unknown);
	r->opts.repo = r->repo;
	r->opts.what = take_what(call->args);
	r->opts.revision = json_get_str(call->args, "revision");
	r->opts.paths = (const char *const *)r->paths;
	r->opts.n_paths = r->n_paths;
	r->opts.config = r->config;
	r->opts.timeout_ms = (int)config_int(config, "checks.seconds") * 1000;
	return 0;
}

void
check_request_release(struct check_request *r)
{
	repo_destroy(r->repo);
	check_config_destroy(r->config);
	for (size_t i = 0; i < r->n_paths; i++)
		free(r->paths[i]);
	free(r->paths);
	buf_release(&r->ignored);
	buf_release(&r->unknown);
}
