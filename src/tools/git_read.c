/* The reading actions of the tool `git`. */
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "git/program.h"
#include "git/repo_blame.h"
#include "git/repo_diff.h"
#include "git/repo_log.h"
#include "git/repo_show.h"
#include "git/repo_status.h"
#include "tools/git_call.h"

/* Of a diff or an object; the door cuts it again for the model. */
#define TEXT_MAX (4 * MIB)
enum { LOG_DEFAULT = 20, LOG_MAX = 500, CHANGES_MAX = 500 };

int
git_read_status(struct git_call *c, struct buf *out, struct error *err)
{
	CLEANUP_REPO_STATUS struct repo_status status = { .n_changes = 0 };
	struct repo_status_opts opts = REPO_STATUS_OPTS_INIT;
	int rc;

	opts.changes_max = CHANGES_MAX;
	opts.folder = c->scope;
	rc = repo_status_read(c->repo, &opts, &status, err);
	if (rc == 0)
		repo_status_print(&status, out);
	return rc;
}

static int
add_repaired(const struct buf *text, bool cut, struct buf *out,
    struct error *err)
{
	utf8_repair(buf_str(text), out);
	if (cut)
		buf_add_cstr(out, "\n[the rest is left out; narrow it with "
				  "paths]\n");
	return buf_check(out, err);
}

int
git_read_diff(struct git_call *c, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	struct repo_diff_opts opts = REPO_DIFF_OPTS_INIT;
	const char *scope[] = { c->scope };
	struct repo_diff_stat stat;
	int rc = git_call_revision(c, &opts.range, err);

	if (rc != 0)
		return rc;
	if (opts.range.len > 0)
		opts.what = REPO_DIFF_RANGE;
	else if (json_get_bool(c->call->args, "staged", false))
		opts.what = REPO_DIFF_STAGED;
	opts.stat_only = json_get_bool(c->call->args, "stat", false);
	opts.paths = (const char *const *)c->paths;
	opts.n_paths = c->n_paths;
	if (c->n_paths == 0 && c->scope != NULL) {
		opts.paths = scope;
		opts.n_paths = 1;
	}
	rc = repo_diff_read(c->repo, &opts, &text, &stat, err);
	if (rc != 0)
		return rc;
	if (stat.files == 0) {
		buf_add_cstr(out, opts.what == REPO_DIFF_UNSTAGED ?
			"No unstaged changes. (staged: true shows what is "
			"staged; new files show in status.)\n" :
			"No changes.\n");
		return 0;
	}
	buf_printf(out, "%zu files, +%zu -%zu\n", stat.files, stat.insertions,
	    stat.deletions);
	return add_repaired(&text, stat.cut, out, err);
}

static void
print_commit(const struct repo_commit *commit, void *ctx)
{
	char when[CLOCK_ISO_SIZE];
	struct buf *out = ctx;

	clock_iso(commit->time_s * 1000, when);
	buf_printf(out, "%.10s %.10s %.*s: ", commit->hash, when,
	    STR_ARG(commit->author));
	buf_add_str(out, commit->subject);
	buf_add_char(out, '\n');
}

int
git_read_log(struct git_call *c, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	struct repo_log_opts opts = REPO_LOG_OPTS_INIT;
	int64_t count = json_get_int(c->call->args, "count", LOG_DEFAULT);
	int rc = git_call_revision(c, &opts.range, err);

	if (rc != 0)
		return rc;
	if (c->n_paths > 1)
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "log takes one path");
	opts.count = count < 1 ? 1 : count > LOG_MAX ? LOG_MAX : (size_t)count;
	opts.path = c->n_paths > 0 ? c->paths[0] : NULL;
	rc = repo_log_read(c->repo, &opts, print_commit, &text, err);
	if (rc != 0)
		return rc;
	if (text.len == 0)
		buf_add_cstr(&text, "No commits.\n");
	return add_repaired(&text, text.failed != 0, out, err);
}

int
git_read_show(struct git_call *c, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	struct str revision = json_get_str(c->call->args, "revision");
	bool cut = false;
	int rc = repo_show(c->repo, revision.len > 0 ? revision : STR("HEAD"),
	    (const char *const *)c->paths, c->n_paths, &text, &cut, err);

	if (rc != 0)
		return rc;
	if (memchr(buf_text(&text), '\0', text.len) != NULL) {
		buf_printf(out, "A binary file of %zu bytes%s.\n", text.len,
		    cut ? " and more" : "");
		return 0;
	}
	return add_repaired(&text, cut, out, err);
}

static void
print_blame(const struct repo_blame_line *line, void *ctx)
{
	char when[CLOCK_ISO_SIZE];
	struct buf *out = ctx;

	clock_iso(line->time_s * 1000, when);
	buf_printf(out, "%.8s %.10s %.*s %zu: ", line->hash.ptr, when,
	    (int)(line->author.len > 20 ? 20 : line->author.len),
	    line->author.ptr, line->line);
	buf_add_str(out, line->text);
	buf_add_char(out, '\n');
}

int
git_read_blame(struct git_call *c, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	int64_t first = json_get_int(c->call->args, "first_line", 0);
	int64_t last = json_get_int(c->call->args, "last_line", 0);
	struct repo_blame_opts opts = { .path = c->paths[0] };
	int rc = git_call_revision(c, &opts.revision, err);

	if (rc != 0)
		return rc;
	if (c->n_paths != 1 || c->paths[0][0] == '\0')
		return error_set(err, ERR_TOOL_ARGUMENTS,
		    "blame takes one path of a file");
	if (repo_withholds(c->repo, str_from(c->paths[0])))
		return error_set(err, ERR_PATH_DENIED,
		    "%s is on the deny list: its content is neither read nor "
		    "sent", c->paths[0]);
	opts.first = first > 0 ? (size_t)first : 0;
	opts.last = last > 0 ? (size_t)last : 0;
	if (opts.last > 0 && opts.first == 0)
		opts.first = 1;
	rc = repo_blame_read(c->repo, &opts, print_blame, &text, err);
	if (rc != 0)
		return rc;
	return add_repaired(&text, text.failed != 0, out, err);
}

static int
read_list(struct git_call *c, const char *const *args, const char *none,
    struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	bool cut = false;
	int rc = git_program_read(c->repo, args, &text, &cut, err);

	if (rc != 0)
		return rc;
	if (text.len == 0)
		buf_add_cstr(&text, none);
	return add_repaired(&text, cut, out, err);
}

int
git_read_branches(struct git_call *c, struct buf *out, struct error *err)
{
	bool all = json_get_bool(c->call->args, "all", false);
	const char *args[] = { "branch", "--no-color", "--no-column",
		"--sort=-committerdate",
		"--format=%(HEAD) %(refname:short) %(objectname:short) "
		"%(upstream:track)%(contents:subject)",
		all ? "--all" : NULL, NULL };

	return read_list(c, args, "No branches yet.\n", out, err);
}

int
git_read_stashes(struct git_call *c, struct buf *out, struct error *err)
{
	static const char *const args[] = { "stash", "list",
		"--no-show-signature", "--no-ext-diff", NULL };

	return read_list(c, args, "No stashes.\n", out, err);
}
