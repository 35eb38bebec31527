/* Recency; see recency.h. The file: a line for where HEAD stood, then records
 * that end with a NUL, for each commit from the newest one on "c" and its hash,
 * followed by "f" and the path of each file that it changed. What a commit did
 * is asked of git once. */
#include "index/recency.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "git/repo_changes.h"
#include "git/repo_log.h"

/* After so many commits a change counts half. */
#define AGE_OF_HALF 10
#define FILE_NAME "recency"
#define FILE_BYTES_MAX (4 * MIB)
#define GIT_FILE_MAX (64 * KIB)

struct recency {
	struct map *ages; /* by path: struct age */
};

struct age {
	size_t commits;
};

/* --- where HEAD stands --------------------------------------------------- */

/* The first line of a file; "" where there is none. The folder may be
 * anybody's: a pipe in the place of a file holds nobody up. */
static char *
first_line(const char *folder, const char *name)
{
	CLEANUP_BUF struct buf text = BUF_INIT(GIT_FILE_MAX);
	CLEANUP(free_ptr) char *path = file_join(folder, name);
	CLEANUP(close_fd) int fd = open(path,
	    O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct str rest, line = STR("");
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    file_read_fd(fd, &text, NULL) == 0) {
		rest = buf_str(&text);
		str_next_line(&rest, &line);
	}
	return str_dup(str_trim(line));
}

static char *
relative_to(const char *folder, const char *path)
{
	return *path == '/' ? mem_strdup(path) : file_join(folder, path);
}

/* .git is a folder, or a file that names one (a worktree, a submodule). */
static char *
git_folder(const char *root)
{
	CLEANUP(free_ptr) char *git = file_join(root, ".git");
	CLEANUP(free_ptr) char *line = NULL;

	if (file_is_dir(git))
		return steal(git);
	line = first_line(root, ".git");
	return str_starts(str_from(line), STR("gitdir: ")) ?
	    relative_to(root, line + strlen("gitdir: ")) : NULL;
}

/* What stands for a branch, where it has a file of its own: "" if it has none.
 * NULL: no branch, or something that nobody should read. */
static char *
branch_hash(const char *common, const char *ref)
{
	CLEANUP(free_ptr) char *path = file_join(common, ref);
	struct stat st;

	if (!str_starts(str_from(ref), STR("refs/")) ||
	    strstr(ref, "..") != NULL ||
	    (stat(path, &st) == 0 && !S_ISREG(st.st_mode)))
		return NULL;
	return first_line(common, ref);
}

/* A text that differs when HEAD stands elsewhere; read without libgit2, which
 * takes longer to load than a search. NULL: no repository. */
static char *
where_head_is(const char *root)
{
	CLEANUP(free_ptr) char *git = git_folder(root);
	CLEANUP(free_ptr) char *common_line = NULL;
	CLEANUP(free_ptr) char *common = NULL;
	CLEANUP(free_ptr) char *head = NULL;
	CLEANUP(free_ptr) char *hash = NULL;
	CLEANUP(free_ptr) char *packed = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_BYTES_MAX);
	struct stat st = { .st_size = 0 };
	char digest[HASH_SIZE];

	if (git == NULL)
		return NULL;
	head = first_line(git, "HEAD");
	if (*head == '\0')
		return NULL;
	common_line = first_line(git, "commondir");
	common = relative_to(git, common_line);
	if (str_starts(str_from(head), STR("ref: ")) &&
	    (hash = branch_hash(common, head + strlen("ref: "))) == NULL)
		return NULL;
	/* It stands among the packed ones where it has no file. */
	packed = file_join(common, "packed-refs");
	if (hash != NULL && *hash == '\0' && stat(packed, &st) != 0)
		st.st_size = -1;
	buf_printf(&text, "%s %s %lld %lld.%ld", head,
	    hash == NULL ? "" : hash, (long long)st.st_size,
	    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	hash_blake2b(buf_str(&text), digest);
	return mem_strdup(digest);
}

/* --- writing ------------------------------------------------------------ */

struct commits {
	char hashes[RECENCY_COMMITS][REPO_OID_SIZE];
	size_t n;
};

static void
take_commit(const struct repo_commit *commit, void *ctx)
{
	struct commits *c = ctx;

	if (c->n < RECENCY_COMMITS)
		snprintf(c->hashes[c->n++], REPO_OID_SIZE, "%s",
		    commit->hash);
}

/* The commits of a file as it was, by hash: a struct str of their files'
 * records, which points into the text. */
static struct map *
known_commits(struct str text)
{
	struct map *known = map_create(free);
	struct str *files = NULL, line, record;

	str_next_line(&text, &line);
	while (text.len > 0 && str_next_field(&text, '\0', &record)) {
		if (str_starts(record, STR("c"))) {
			files = mem_new(struct str);
			*files = str_make(text.ptr, 0);
			map_set(known, str_sub(record, 1, SIZE_MAX), files);
		} else if (files != NULL) {
			files->len += record.len + 1;
		}
	}
	return known;
}

static void
add_record(struct buf *out, char kind, struct str text)
{
	buf_add_char(out, kind);
	buf_add_str(out, text);
	buf_add_char(out, '\0');
}

static int
write_files(struct repo *repo, const char *hash, struct buf *out,
    struct error *err)
{
	CLEANUP_REPO_CHANGES struct repo_changes changes = { 0 };
	const struct repo_changes_opts opts = {
		.what = REPO_CHANGES_COMMIT, .revision = str_from(hash) };
	int rc = repo_changes_read(repo, &opts, &changes, err);

	if (rc != 0 || changes.n > RECENCY_FILES_MAX)
		return rc;
	for (size_t i = 0; i < changes.n; i++)
		add_record(out, 'f', str_from(changes.items[i].path));
	return 0;
}

static int
write_commits(struct repo *repo, const struct commits *commits,
    const struct map *known, struct buf *out, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < commits->n; i++) {
		const char *hash = commits->hashes[i];
		const struct str *files = map_get(known, str_from(hash));

		add_record(out, 'c', str_from(hash));
		if (files != NULL)
			buf_add_str(out, *files);
		else
			rc = write_files(repo, hash, out, err);
	}
	return rc;
}

/* A repository that cannot be read would be tried again with each search: it
 * is written down as one without history. */
static int
read_history(const char *root, struct cancel *cancel, struct str was,
    struct buf *out, struct error *err)
{
	const struct repo_opts where = { .folder = root, .cancel = cancel };
	struct repo_log_opts log = REPO_LOG_OPTS_INIT;
	CLEANUP(free_ptr) struct commits *commits = mem_new(struct commits);
	CLEANUP(map_destroyp) struct map *known = known_commits(was);
	CLEANUP_REPO struct repo *repo = NULL;
	size_t before = out->len;
	int rc = repo_open(&where, &repo, err);

	log.count = RECENCY_COMMITS;
	if (rc == 0)
		rc = repo_log_read(repo, &log, take_commit, commits, err);
	if (rc == 0)
		rc = write_commits(repo, commits, known, out, err);
	if (rc == 0 || rc == -ERR_CANCELLED)
		return rc;
	buf_truncate(out, before);
	return 0;
}

int
recency_update(const char *root, const char *folder, struct cancel *cancel,
    bool *ret_changed, struct error *err)
{
	CLEANUP(free_ptr) char *file = file_join(folder, FILE_NAME);
	CLEANUP(free_ptr) char *here = where_head_is(root);
	CLEANUP_BUF struct buf was = BUF_INIT(FILE_BYTES_MAX);
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_BYTES_MAX);
	struct str rest, line;
	int rc;

	*ret_changed = false;
	if (here == NULL)
		return 0;
	if (file_read(file, &was, NULL) != 0)
		buf_clear(&was);
	rest = buf_str(&was);
	if (str_next_line(&rest, &line) && str_eq_c(line, here))
		return 0;
	buf_printf(&text, "%s\n", here);
	rc = read_history(root, cancel, buf_str(&was), &text, err);
	if (rc == 0)
		rc = file_write_atomic(file, buf_str(&text), 0600, err);
	*ret_changed = rc == 0;
	return rc;
}

/* --- reading ------------------------------------------------------------ */

struct recency *
recency_read(const char *folder)
{
	CLEANUP(free_ptr) char *file = file_join(folder, FILE_NAME);
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_BYTES_MAX);
	struct recency *r;
	struct str rest, record;
	size_t n = 0;

	if (file_read(file, &text, NULL) != 0)
		return NULL;
	rest = buf_str(&text);
	str_next_line(&rest, &record);
	r = mem_new(struct recency);
	r->ages = map_create(free);
	while (rest.len > 0 && str_next_field(&rest, '\0', &record)) {
		struct str path = str_sub(record, 1, SIZE_MAX);

		if (str_starts(record, STR("c"))) {
			n++;
		} else if (n > 0 && !map_has(r->ages, path)) {
			struct age *age = mem_new(struct age);

			age->commits = n - 1;
			map_set(r->ages, path, age);
		}
	}
	return r;
}

void
recency_destroy(struct recency *r)
{
	if (r == NULL)
		return;
	map_destroy(r->ages);
	free(r);
}

float
recency_of(const struct recency *r, struct str path)
{
	const struct age *age = r == NULL ? NULL : map_get(r->ages, path);

	return age == NULL ? 0 :
	    (float)(1 / (1 + (double)age->commits / AGE_OF_HALF));
}
