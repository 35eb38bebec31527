/* Operations on the checks of a commit: what there are, and running them. */
#include <limits.h>

#include "base/mem.h"
#include "checks/checks.h"
#include "core/check_record.h"
#include "core/check_settings.h"
#include "core/operation.h"
#include "git/repository.h"

enum { PATHS_MAX = 100000 };
#define SARIF_BYTES_MAX (64 * MIB)

/* --- what there are ----------------------------------------------------- */

static int
list(struct op_call *call, struct error *err)
{
	CLEANUP(check_config_destroyp) struct check_config *config = NULL;
	CLEANUP_BUF struct buf ignored = BUF_INIT(4 * KIB);
	const struct check_row *row;
	int rc = check_settings_read(call->host->config, &config, &ignored,
	    err);

	if (rc != 0)
		return rc;
	jw_key(call->out, "checks");
	jw_array(call->out);
	for (size_t i = 0; (row = check_at(i)) != NULL; i++) {
		jw_object(call->out);
		jw_key_cstr(call->out, "code", row->code);
		jw_key_cstr(call->out, "name", row->name);
		jw_key_cstr(call->out, "severity", finding_severity_name(
		    check_config_severity(config, row)));
		jw_key_cstr(call->out, "default",
		    finding_severity_name(row->severity));
		jw_key_cstr(call->out, "explanation", row->explanation);
		jw_key_cstr(call->out, "fix", row->fix);
		jw_key_bool(call->out, "fixable", row->fixable);
		jw_end(call->out);
	}
	jw_end(call->out);
	return 0;
}

/* --- what is judged ----------------------------------------------------- */

struct paths {
	char **items;
	size_t n, cap;
};

static void
paths_release(struct paths *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->items[i]);
	free(p->items);
}

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
take_paths(const struct op_call *call, const struct repo *repo,
    struct paths *ret, struct error *err)
{
	const struct json *list = json_get(call->args, "paths");

	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		char *path = repo_workdir(repo) == NULL ?
		    str_dup(json_str(i)) :
		    path_in_repository(call->host, repo, json_str(i));

		if (path == NULL)
			return error_set(err, ERR_INVALID,
			    "%.*s is outside of the repository",
			    STR_ARG(str_sub(json_str(i), 0, 100)));
		if (ret->n >= PATHS_MAX) {
			free(path);
			return error_set(err, ERR_INVALID,
			    "more than %d paths", PATHS_MAX);
		}
		ret->items = mem_grow(ret->items, &ret->cap, ret->n + 1,
		    sizeof(*ret->items));
		ret->items[ret->n++] = path;
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

/* --- run ---------------------------------------------------------------- */

static int
write_sarif(const struct check_report *report, struct json_writer *out,
    struct error *err)
{
	const struct sarif_opts opts = { .tool = "friday",
		.rule = check_rule };
	CLEANUP_BUF struct buf text = BUF_INIT(SARIF_BYTES_MAX);
	int rc = findings_write_sarif(&report->findings, &opts, &text, err);

	if (rc == 0)
		jw_key_raw(out, "sarif", buf_str(&text));
	return rc;
}

static int
run(struct op_call *call, struct error *err)
{
	const struct json *args = call->args;
	struct repo_opts where = { .folder = call->host->folder };
	struct check_opts opts = CHECK_OPTS_INIT;
	CLEANUP(check_config_destroyp) struct check_config *config = NULL;
	CLEANUP_CHECK_REPORT struct check_report report = { .n_skips = 0 };
	CLEANUP(paths_release) struct paths paths = { .n = 0 };
	CLEANUP_BUF struct buf ignored = BUF_INIT(4 * KIB);
	CLEANUP_BUF struct buf unknown = BUF_INIT(4 * KIB);
	CLEANUP_REPO struct repo *repo = NULL;
	int rc = check_settings_read(call->host->config, &config, &ignored,
	    err);

	if (rc == 0)
		rc = repo_open(&where, &repo, err);
	if (rc == 0)
		rc = take_paths(call, repo, &paths, err);
	if (rc != 0)
		return rc;
	take_skips(args, config, &unknown);
	opts.repo = repo;
	opts.what = take_what(args);
	opts.revision = json_get_str(args, "revision");
	opts.paths = (const char *const *)paths.items;
	opts.n_paths = paths.n;
	opts.config = config;
	opts.timeout_ms = (int)config_int(call->host->config,
	    "checks.seconds") * 1000;
	rc = checks_run(&opts, &report, err);
	if (rc == 0)
		rc = check_record_skips(call->host, repo, &report, err);
	if (rc != 0)
		return rc;
	check_report_write_json(&report, call->out);
	jw_key_cstr(call->out, "state", repo_state(repo));
	if (ignored.len > 0)
		jw_key_str(call->out, "ignored_rules", buf_str(&ignored));
	if (unknown.len > 0)
		jw_key_str(call->out, "unknown_skips", buf_str(&unknown));
	return json_get_bool(args, "sarif", false) ?
	    write_sarif(&report, call->out, err) : 0;
}

const struct operation op_checks_rows[] = {
	OPERATION("checks.list", "read",
	    "The checks of a commit, and how strict each is", ARGS_NONE,
	    list),
	OPERATION_SLOW("checks.run", "read",
	    "Judge what is staged, or a commit, a range (revision: A..B) or "
	    "all files; skip: codes of checks, or all; paths: only these",
	    ARGS("\"what\":{\"enum\":[\"staged\",\"commit\",\"range\","
		 "\"all\"]},\"revision\":{\"type\":\"string\"},"
		 "\"paths\":{\"type\":\"array\",\"items\":{\"type\":"
		 "\"string\"}},\"skip\":{\"type\":\"array\",\"items\":"
		 "{\"type\":\"string\"}},\"sarif\":{\"type\":\"boolean\"}"),
	    run),
	{ .face = { .name = NULL } },
};
