/* Operations on the repository around the folder: what a face shows of it. */
#include "core/operation.h"
#include "git/repo_diff.h"
#include "git/repo_status.h"

#define DIFF_BYTES_MAX (16 * MIB)

/* Without a repository the reply has no branch; that is no error. */
static int
open_repository(struct op_call *call, struct repo **ret, struct error *err)
{
	struct repo_opts opts = { .folder = call->host->folder };
	int rc = repo_open(&opts, ret, err);

	jw_key_bool(call->out, "repository", rc == 0);
	return rc == -ERR_GIT_NO_REPOSITORY ? 0 : rc;
}

static int
status(struct op_call *call, struct error *err)
{
	const struct repo_status_opts opts = REPO_STATUS_OPTS_INIT;
	CLEANUP_REPO struct repo *repo = NULL;
	CLEANUP_REPO_STATUS struct repo_status s = { .branch = "" };
	struct error none = ERROR_INIT;
	int rc = open_repository(call, &repo, &none);

	if (rc != 0)
		*err = none;
	if (rc != 0 || repo == NULL)
		return rc;
	rc = repo_status_read(repo, &opts, &s, err);
	if (rc != 0)
		return rc;
	if (s.branch[0] != '\0')
		jw_key_cstr(call->out, "branch", s.branch);
	else
		jw_key_str(call->out, "branch", str_sub(str_from(s.head), 0,
		    8));
	jw_key_bool(call->out, "detached", s.branch[0] == '\0');
	jw_key_cstr(call->out, "upstream", s.upstream);
	jw_key_int(call->out, "ahead", s.ahead);
	jw_key_int(call->out, "behind", s.behind);
	jw_key_cstr(call->out, "state", s.state);
	/* A file with staged and unstaged changes is one changed file. */
	jw_key_int(call->out, "dirty", (int64_t)s.n_changes);
	return 0;
}

static int
diff(struct op_call *call, struct error *err)
{
	static const struct {
		const char *name;
		enum repo_diff_what what;
	} kinds[] = {
		{ "all", REPO_DIFF_ALL },
		{ "staged", REPO_DIFF_STAGED },
		{ "unstaged", REPO_DIFF_UNSTAGED },
	};
	struct repo_diff_opts opts = REPO_DIFF_OPTS_INIT;
	CLEANUP_BUF struct buf text = BUF_INIT(DIFF_BYTES_MAX);
	CLEANUP_REPO struct repo *repo = NULL;
	struct repo_diff_stat stat = { .cut = false };
	struct error none = ERROR_INIT;
	int rc = open_repository(call, &repo, &none);

	if (rc != 0)
		*err = none;
	if (rc != 0 || repo == NULL)
		return rc;
	opts.what = REPO_DIFF_ALL;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq_c(json_get_str(call->args, "what"), kinds[i].name))
			opts.what = kinds[i].what;
	rc = repo_diff_read(repo, &opts, &text, &stat, err);
	if (rc != 0)
		return rc;
	jw_key_str(call->out, "diff", buf_str(&text));
	jw_key_int(call->out, "files", (int64_t)stat.files);
	jw_key_int(call->out, "added", (int64_t)stat.insertions);
	jw_key_int(call->out, "removed", (int64_t)stat.deletions);
	jw_key_bool(call->out, "cut", stat.cut);
	return 0;
}

const struct operation op_repository_rows[] = {
	OPERATION_SLOW("repository.status", "read",
	    "Branch, upstream and how many files are changed", ARGS_NONE,
	    status),
	OPERATION_SLOW("repository.diff", "read",
	    "Changes of the working tree against HEAD or the index",
	    ARGS("\"what\":{\"enum\":[\"all\",\"staged\",\"unstaged\"]}"),
	    diff),
	{ .face = { .name = NULL } },
};
