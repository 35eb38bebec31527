/* Diffs; see repo_diff.h. */
#include "git/repo_diff.h"

#include "base/mem.h"
#include "git/diff_sink.h"
#include "git/program.h"

/* Of the program's whole output, of which `out` takes what it can. */
#define OUTPUT_MAX (64 * MIB)
#define PATHS_MAX 100

/* Both ends of a range as trees; *ret_to NULL: the working tree. */
static int
range_trees(struct repo *r, const char *range, git_tree **ret_from,
    git_tree **ret_to, struct error *err)
{
	CLEANUP(free_object) git_object *from = NULL;
	CLEANUP(free_object) git_object *to = NULL;
	CLEANUP(free_object) git_object *from_commit = NULL;
	CLEANUP(free_object) git_object *to_commit = NULL;
	git_revspec spec = { .flags = 0 };
	char hex[HEX_MAX];
	git_oid base;
	int rc = r->g->revparse(&spec, r->git2, range);

	from = spec.from;
	to = spec.to;
	if (rc == 0 && (spec.flags & GIT_REVSPEC_MERGE_BASE)) {
		rc = r->g->object_peel(&from_commit, from, GIT_OBJECT_COMMIT);
		if (rc == 0)
			rc = r->g->object_peel(&to_commit, to,
			    GIT_OBJECT_COMMIT);
		if (rc == 0)
			rc = r->g->merge_base(&base, r->git2,
			    r->g->commit_id((git_commit *)from_commit),
			    r->g->commit_id((git_commit *)to_commit));
		if (rc != 0)
			return git2_error(r->g, rc, err, range);
		repo_hex(r, &base, hex);
		rc = repo_tree(r, hex, ret_from, err);
		if (rc != 0)
			return rc;
	} else if (rc == 0) {
		rc = r->g->object_peel((git_object **)ret_from, from,
		    GIT_OBJECT_TREE);
	}
	if (rc == 0 && to != NULL)
		rc = r->g->object_peel((git_object **)ret_to, to,
		    GIT_OBJECT_TREE);
	return rc == 0 ? 0 : git2_error(r->g, rc, err, range);
}

/* The tree of HEAD; none yet: *ret stays NULL, which is the empty tree. */
static int
head_tree(struct repo *r, git_tree **ret, struct error *err)
{
	CLEANUP(free_reference) git_reference *head = NULL;
	int rc = r->g->repository_head(&head, r->git2);

	if (rc == GIT_EUNBORNBRANCH || rc == GIT_ENOTFOUND)
		return 0;
	if (rc != 0)
		return git2_error(r->g, rc, err, "git HEAD");
	return repo_tree(r, "HEAD", ret, err);
}

static int
make_diff(struct repo *r, const struct repo_diff_opts *opts,
    const git_diff_options *options, git_diff **ret, struct error *err)
{
	CLEANUP(free_tree) git_tree *from = NULL, *to = NULL;
	CLEANUP(free_ptr) char *range = str_dup(opts->range);
	int rc = 0;

	if (opts->what == REPO_DIFF_RANGE)
		rc = range_trees(r, range, &from, &to, err);
	else if (opts->what != REPO_DIFF_UNSTAGED)
		rc = head_tree(r, &from, err);
	if (rc != 0)
		return rc;
	if (opts->what == REPO_DIFF_STAGED)
		rc = r->g->diff_tree_to_index(ret, r->git2, from, NULL,
		    options);
	else if (opts->what == REPO_DIFF_UNSTAGED)
		rc = r->g->diff_index_to_workdir(ret, r->git2, NULL, options);
	else if (to != NULL)
		rc = r->g->diff_tree_to_tree(ret, r->git2, from, to, options);
	else
		rc = r->g->diff_tree_to_workdir_with_index(ret, r->git2, from,
		    options);
	if (rc != 0 && cancel_raised(r->cancel))
		return cancel_check(r->cancel, err);
	return rc == 0 ? 0 : git2_error(r->g, rc, err, "git diff");
}

static int
diff_by_libgit2(struct repo *r, const struct repo_diff_opts *opts,
    struct diff_sink *sink, struct error *err)
{
	CLEANUP(free_ptr) char **paths =
	    mem_alloc(opts->n_paths + 1, sizeof(*paths));
	CLEANUP(free_diff) git_diff *diff = NULL;
	git_diff_options options;
	int rc;

	diff_sink_options(&options, r, opts, paths);
	rc = make_diff(r, opts, &options, &diff, err);
	return rc != 0 ? rc : diff_sink_print(sink, r, diff, err);
}

static int
diff_by_program(struct repo *r, const struct repo_diff_opts *opts,
    struct diff_sink *sink, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(OUTPUT_MAX);
	CLEANUP(free_ptr) char *range = str_dup(opts->range);
	const char *args[PATHS_MAX + 16];
	bool in_hunk = false, cut = false;
	char context[24];
	size_t n = 0, at = 0;
	int rc;

	snprintf(context, sizeof(context), "-U%u", opts->context);
	args[n++] = "diff";
	args[n++] = "--no-ext-diff";
	args[n++] = "--no-textconv";
	args[n++] = "--no-color";
	args[n++] = "--find-renames";
	args[n++] = "--src-prefix=a/";
	args[n++] = "--dst-prefix=b/";
	args[n++] = "--submodule=short";
	args[n++] = "--ignore-submodules=dirty";
	args[n++] = context;
	if (opts->what == REPO_DIFF_STAGED)
		args[n++] = "--cached";
	else if (opts->what == REPO_DIFF_ALL)
		args[n++] = "HEAD";
	else if (opts->what == REPO_DIFF_RANGE)
		args[n++] = range;
	args[n++] = "--";
	for (size_t i = 0; i < opts->n_paths; i++)
		args[n++] = opts->paths[i][0] != '\0' ? opts->paths[i] : ".";
	args[n] = NULL;
	rc = git_program_read(r, args, &text, &cut, err);
	while (rc == 0 && at < text.len) {
		size_t end = str_find_char(buf_str(&text), '\n', at);
		size_t next = end == SIZE_MAX ? text.len : end + 1;

		diff_sink_program_line(sink,
		    str_sub(buf_str(&text), at, next - at), &in_hunk);
		at = next;
	}
	sink->stat.cut |= cut;
	return rc;
}

int
repo_diff_read(struct repo *r, const struct repo_diff_opts *opts,
    struct buf *out, struct repo_diff_stat *ret, struct error *err)
{
	struct diff_sink sink = { .out = out, .repo = r,
		.stat_only = opts->stat_only };
	int rc;

	if (opts->n_paths > PATHS_MAX)
		return error_set(err, ERR_INVALID, "more than %d paths",
		    PATHS_MAX);
	if (opts->what == REPO_DIFF_RANGE && !repo_revision_valid(opts->range))
		return error_set(err, ERR_INVALID, "\"%.*s\" is no revision",
		    (int)(opts->range.len > 80 ? 80 : opts->range.len),
		    opts->range.ptr ? opts->range.ptr : "");
	if (r->workdir == NULL && opts->what != REPO_DIFF_RANGE)
		return error_set(err, ERR_GIT,
		    "this is a bare repository: it has no working tree; give "
		    "a range");
	rc = r->g != NULL ? diff_by_libgit2(r, opts, &sink, err) :
			    diff_by_program(r, opts, &sink, err);
	diff_sink_end(&sink);
	if (rc == 0)
		*ret = sink.stat;
	return rc;
}
