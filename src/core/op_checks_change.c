/* Operations by which the checks change something: fixing what is staged, and
 * writing the baseline. Files of the working tree are reached folder by folder,
 * never through a link, and only changed while they are as they were read. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "checks/baseline.h"
#include "core/check_request.h"
#include "git/program.h"
#include "tools/diff.h"
#include "undo/disk.h"

enum { GIT_TIMEOUT_MS = 60000, BASELINE_FINDINGS_MAX = 50000,
	FILE_MODE = 0644 };

#define DIFF_MAX (1 * MIB)
#define REPLY_MAX (32 * MIB)

/* --- files of the working tree ------------------------------------------ */

static int
open_root(const struct repo *repo, int *ret, struct error *err)
{
	if (repo_workdir(repo) == NULL)
		return error_set(err, ERR_GIT,
		    "this is a bare repository: it has no working tree");
	*ret = open(repo_workdir(repo), O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *ret >= 0 ? 0 : error_errno(err, errno, "cannot open %s",
	    repo_workdir(repo));
}

/* Replaces a file by its name in an open folder, in one step. */
static int
replace(int folder, const char *name, struct str text, mode_t mode,
    struct error *err)
{
	CLEANUP(free_ptr) char *path = mem_printf("/proc/self/fd/%d/%s",
	    folder, name);

	return file_write_atomic(path, text, mode, err);
}

/* Whether the file is a plain one with exactly these bytes. */
static bool
has_text(int folder, const char *name, struct str text, struct stat *ret)
{
	CLEANUP(close_fd) int fd = openat(folder, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	CLEANUP_BUF struct buf now = BUF_INIT(text.len + 1);

	if (fd < 0 || fstat(fd, ret) < 0 || !S_ISREG(ret->st_mode) ||
	    (size_t)ret->st_size != text.len)
		return false;
	return file_read_fd(fd, &now, NULL) == 0 &&
	    str_eq(buf_str(&now), text);
}

/* What became of the file: a word of the reply. */
static const char *
fix_in_tree(int root, const struct check_fix *fix, struct error *err)
{
	CLEANUP(close_fd) int folder = -1;
	const char *name;
	struct stat st;

	if (disk_open_folder(root, fix->path, &folder, &name, err) != 0)
		return "missing";
	if (has_text(folder, name, buf_str(&fix->after), &st))
		return "already";
	if (!has_text(folder, name, buf_str(&fix->before), &st))
		return "differs";
	/* Its other names would keep the former text. */
	if (st.st_nlink > 1)
		return "linked";
	return replace(folder, name, buf_str(&fix->after),
	    st.st_mode & 07777, err) == 0 ? "fixed" : "failed";
}

/* --- the index ---------------------------------------------------------- */

static int
run_git(const struct repo *repo, const char *const *args, struct str input,
    struct buf *out, struct error *err)
{
	const struct git_change change = { .folder = repo_workdir(repo),
		.args = args, .input = input,
		.timeout_ms = GIT_TIMEOUT_MS };

	return git_program_change(&change, out, err);
}

/* The bytes as they are: no filter stands between. */
static int
stage(const struct repo *repo, const struct check_fix *fix, struct error *err)
{
	const char *const hash[] = { "hash-object", "-w", "--stdin", NULL };
	CLEANUP_BUF struct buf oid = BUF_INIT(4 * KIB);
	CLEANUP_BUF struct buf said = BUF_INIT(64 * KIB);
	CLEANUP(free_ptr) char *entry = NULL;
	const char *update[] = { "update-index", "--cacheinfo", NULL, NULL };
	int rc = run_git(repo, hash, buf_str(&fix->after), &oid, err);

	if (rc != 0)
		return rc;
	entry = mem_printf("%06o,%.*s,%s", fix->mode,
	    STR_ARG(str_trim(buf_str(&oid))), fix->path);
	update[2] = entry;
	return run_git(repo, update, STR_NONE, &said, err);
}

/* --- checks.fix --------------------------------------------------------- */

static int
fix_one(const struct op_call *call, const struct repo *repo, int root,
    const struct check_fix *fix, struct error *err)
{
	CLEANUP_BUF struct buf diff = BUF_INIT(DIFF_MAX);
	bool write = json_get_bool(call->args, "write", false);
	bool into_index = json_get_bool(call->args, "stage", false);
	struct error reason = ERROR_INIT;
	const char *working = "unchanged";
	int rc = 0;

	diff_unified(buf_str(&fix->before), buf_str(&fix->after), fix->path,
	    fix->path, &diff);
	if (write)
		working = fix_in_tree(root, fix, &reason);
	if (into_index)
		rc = stage(repo, fix, err);
	if (rc != 0)
		return rc;
	jw_object(call->out);
	jw_key_cstr(call->out, "path", fix->path);
	jw_key_str(call->out, "diff", buf_str(&diff));
	jw_key_cstr(call->out, "working", working);
	if (reason.code != ERR_NONE)
		jw_key_cstr(call->out, "reason", reason.message);
	jw_key_bool(call->out, "staged", into_index);
	jw_end(call->out);
	return 0;
}

static int
fix(struct op_call *call, struct error *err)
{
	CLEANUP_CHECK_REQUEST struct check_request request = { .repo = NULL };
	CLEANUP_CHECK_FIXES struct check_fixes fixes = { .n = 0 };
	CLEANUP(close_fd) int root = -1;
	int rc = check_request_read(call, &request, err);

	if (rc == 0 && request.opts.what != REPO_CHANGES_STAGED)
		rc = error_set(err, ERR_USAGE,
		    "only what is staged can be fixed");
	if (rc == 0)
		rc = open_root(request.repo, &root, err);
	if (rc == 0)
		rc = checks_fix(&request.opts, &fixes, err);
	if (rc != 0)
		return rc;
	jw_key(call->out, "files");
	jw_array(call->out);
	for (size_t i = 0; rc == 0 && i < fixes.n &&
	    call->out->out->len < REPLY_MAX; i++)
		rc = fix_one(call, request.repo, root, &fixes.items[i], err);
	jw_end(call->out);
	return rc;
}

/* --- checks.baseline ---------------------------------------------------- */

static int
write_baseline(const struct repo *repo, struct str text, struct error *err)
{
	CLEANUP(close_fd) int root = -1;
	CLEANUP(close_fd) int folder = -1;
	const char *name;
	struct stat st;
	int rc = open_root(repo, &root, err);

	if (rc == 0)
		rc = disk_make_folders(root, BASELINE_PATH, &folder, &name,
		    err);
	if (rc != 0)
		return rc;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISREG(st.st_mode))
		return error_set(err, ERR_EXISTS, "%s is no file",
		    BASELINE_PATH);
	return replace(folder, name, text, FILE_MODE, err);
}

static int
baseline(struct op_call *call, struct error *err)
{
	CLEANUP_CHECK_REQUEST struct check_request request = { .repo = NULL };
	CLEANUP_CHECK_REPORT struct check_report report = { .n_skips = 0 };
	CLEANUP_BUF struct buf text = BUF_INIT(BASELINE_BYTES_MAX);
	int rc = check_request_read(call, &request, err);

	if (rc != 0)
		return rc;
	request.opts.what = REPO_CHANGES_ALL;
	request.opts.no_baseline = true;
	request.opts.findings_max = BASELINE_FINDINGS_MAX;
	rc = checks_run(&request.opts, &report, err);
	if (rc != 0)
		return rc;
	baseline_write(&report.findings, &text);
	rc = buf_check(&text, err);
	if (rc == 0)
		rc = write_baseline(request.repo, buf_str(&text), err);
	if (rc != 0)
		return rc;
	jw_key_cstr(call->out, "path", BASELINE_PATH);
	jw_key_int(call->out, "findings", (int64_t)report.findings.n);
	jw_key_int(call->out, "dropped", (int64_t)report.findings.dropped);
	return 0;
}

const struct operation op_checks_change_rows[] = {
	OPERATION_SLOW("checks.fix", "write",
	    "Diffs of what can be fixed safely in what is staged; write: in "
	    "the working tree, where a file is as it is staged; stage: in the "
	    "index",
	    ARGS(CHECK_REQUEST_ARGS ",\"write\":{\"type\":\"boolean\"},"
		"\"stage\":{\"type\":\"boolean\"}"), fix),
	OPERATION_SLOW("checks.baseline", "write",
	    "Write all that the checks find now to .friday/checks-baseline."
	    "json, to be let through once it is committed",
	    ARGS("\"paths\":{\"type\":\"array\",\"items\":{\"type\":"
		 "\"string\"}}"), baseline),
	{ .face = { .name = NULL } },
};
