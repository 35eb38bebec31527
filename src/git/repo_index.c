/* The index; see repo_index.h.
 *
 * A file is clean when its stat data are those that git noted when it last
 * compared it (as git itself decides), and nothing converts between object
 * and file. Conversion of line ends always changes the size, so sizes are
 * compared: settings of today do not tell how a file was once added. Where a
 * filter, an encoding or $Id$ could convert, nothing is taken for clean. */
#include "git/repo_index.h"

#include <errno.h>

#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "git/program.h"
#include "git/repository_private.h"

#define ATTRIBUTES_MAX (256 * KIB)

struct repo_index {
	struct repo *repo;
	git_index *index;
	struct map *entries; /* path: git_index_entry of `index` */
	git_odb *odb;	     /* for sizes */
	char *path;	     /* of the index file */
	struct stat st;	     /* of that, when it was read */
};

static char *
index_path(const struct repo *r)
{
	const char *named = getenv("GIT_INDEX_FILE");

	return named != NULL ? mem_strdup(named) :
			       file_join(r->gitdir, "index");
}

/* --- conversion --------------------------------------------------------- */

static void
look_at_attributes(const char *path, bool *converts)
{
	static const char *const words[] = { "filter", "ident",
		"working-tree-encoding", "[attr]" };
	CLEANUP_BUF struct buf text = BUF_INIT(ATTRIBUTES_MAX);
	int rc = file_read(path, &text, NULL);

	if (rc == -ERR_NOT_FOUND)
		return;
	if (rc != 0)
		*converts = true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_find(buf_str(&text), str_from(words[i]), 0) !=
		    SIZE_MAX)
			*converts = true;
}

static bool
has_config(struct repo *r, const char *key)
{
	const char *const args[] = { "config", "--get", key, NULL };
	CLEANUP_BUF struct buf value = BUF_INIT(8 * KIB);

	return git_program_read(r, args, &value, NULL, NULL) == 0 &&
	    str_trim(buf_str(&value)).len > 0;
}

/* Whether more than line ends may be converted. */
static bool
find_conversion(struct repo *r, const struct map *entries)
{
	CLEANUP(free_ptr) char *info = file_join(r->gitdir,
	    "info/attributes");
	CLEANUP(free_ptr) char *top = file_join(r->workdir,
	    ".gitattributes");
	CLEANUP(free_ptr) char *config = file_config_dir();
	/* A file of attributes outside the tree: rare, and its rules count
	 * everywhere. */
	bool c = has_config(r, "core.attributesfile");
	struct str path;
	size_t at = 0;
	void *entry;

	look_at_attributes(info, &c);
	look_at_attributes(top, &c); /* also when it is not tracked */
	look_at_attributes("/etc/gitattributes", &c);
	if (config != NULL) {
		CLEANUP(free_ptr) char *user = mem_printf(
		    "%s/../git/attributes", config);

		look_at_attributes(user, &c);
	}
	while (map_next(entries, &at, &path, &entry))
		if (str_ends(path, STR("/.gitattributes"))) {
			CLEANUP(free_ptr) char *name = str_dup(path);
			CLEANUP(free_ptr) char *file = file_join(r->workdir,
			    name);

			look_at_attributes(file, &c);
		}
	return c;
}

/* --- reading ------------------------------------------------------------ */

static int
load(struct repo_index *x, struct error *err)
{
	const struct git2_api *g = x->repo->g;
	int rc;

	if (stat(x->path, &x->st) < 0 && errno != ENOENT)
		return error_errno(err, errno, "cannot look at %s", x->path);
	rc = g->repository_index(&x->index, x->repo->git2);
	if (rc == 0)
		rc = g->index_read(x->index, 1);
	if (rc != 0)
		return git2_error(g, rc, err, "the index");
	for (size_t i = 0; i < g->index_entrycount(x->index); i++) {
		const git_index_entry *e = g->index_get_byindex(x->index, i);

		map_set(x->entries, str_from(e->path),
		    (void *)(uintptr_t)e);
	}
	return 0;
}

int
repo_index_read(struct repo *r, struct repo_index **ret, struct error *err)
{
	CLEANUP(repo_index_destroyp) struct repo_index *x = NULL;
	int rc;

	if (r->g == NULL || r->workdir == NULL)
		return error_set(err, ERR_UNSUPPORTED,
		    "the index of this repository is not read");
	x = mem_new(struct repo_index);
	x->repo = r;
	x->entries = map_create(NULL);
	x->path = index_path(r);
	rc = load(x, err);
	if (rc != 0)
		return rc;
	if (find_conversion(r, x->entries))
		return error_set(err, ERR_UNSUPPORTED,
		    "a filter stands between objects and files");
	rc = r->g->repository_odb(&x->odb, r->git2);
	if (rc != 0)
		return git2_error(r->g, rc, err, "the objects");
	*ret = steal(x);
	return 0;
}

void
repo_index_destroy(struct repo_index *x)
{
	if (x == NULL)
		return;
	if (x->odb != NULL)
		x->repo->g->odb_free(x->odb);
	if (x->index != NULL)
		x->repo->g->index_free(x->index);
	map_destroy(x->entries);
	free(x->path);
	free(x);
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

bool
repo_index_is_old(const struct repo_index *x)
{
	struct stat st = { 0 };

	if (stat(x->path, &st) < 0 && errno != ENOENT)
		return true;
	return !same_file(&st, &x->st);
}

void
repo_index_each(const struct repo_index *x, repo_index_fn *fn, void *ctx)
{
	struct str path;
	size_t at = 0;
	void *entry;

	while (map_next(x->entries, &at, &path, &entry))
		fn(((const git_index_entry *)entry)->path, ctx);
}

/* --- clean -------------------------------------------------------------- */

/* Of git's own making the nanoseconds may be missing. */
static bool
same_time(const git_index_time *a, struct timespec b)
{
	return a->seconds == (int32_t)b.tv_sec &&
	    (a->nanoseconds == 0 || a->nanoseconds == (uint32_t)b.tv_nsec);
}

/* Written as late as the index itself: it may have changed since without
 * another stat. */
static bool
is_racy(const struct repo_index *x, const struct stat *st)
{
	return st->st_mtim.tv_sec > x->st.st_mtim.tv_sec ||
	    (st->st_mtim.tv_sec == x->st.st_mtim.tv_sec &&
		st->st_mtim.tv_nsec >= x->st.st_mtim.tv_nsec);
}

static bool
has_size_of_object(const struct repo_index *x, const git_oid *id, off_t size)
{
	git_object_t type;
	size_t bytes;

	return x->repo->g->odb_read_header(&bytes, &type, x->odb, id) == 0 &&
	    bytes == (size_t)size;
}

bool
repo_index_is_clean(const struct repo_index *x, const char *path,
    const struct stat *st, char ret_oid[65])
{
	const git_index_entry *e = map_get(x->entries, str_from(path));

	if (e == NULL || !S_ISREG(st->st_mode) ||
	    (e->mode & S_IFMT) != S_IFREG ||
	    (e->flags & (GIT_INDEX_ENTRY_STAGEMASK |
		GIT_INDEX_ENTRY_VALID)) != 0 ||
	    (e->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) != 0)
		return false;
	if (!same_time(&e->mtime, st->st_mtim) ||
	    !same_time(&e->ctime, st->st_ctim) ||
	    e->ino != (uint32_t)st->st_ino ||
	    e->file_size != (uint32_t)st->st_size || is_racy(x, st) ||
	    !has_size_of_object(x, &e->id, st->st_size))
		return false;
	repo_hex(x->repo, &e->id, ret_oid);
	return true;
}

int
repo_blob_size(struct repo *r, const char *oid, size_t *ret,
    struct error *err)
{
	const char *const args[] = { "cat-file", "-s", oid, NULL };
	CLEANUP_BUF struct buf out = BUF_INIT(64);
	git_odb *odb = NULL;
	git_object_t type;
	git_oid id;
	int64_t size;
	int rc;

	if (r->g == NULL) {
		rc = git_program_read(r, args, &out, NULL, err);
		if (rc == 0 && !str_to_int(str_trim(buf_str(&out)), 0,
		    INT64_MAX, &size))
			rc = error_set(err, ERR_GIT, "%s has no size", oid);
		if (rc == 0)
			*ret = (size_t)size;
		return rc;
	}
	rc = r->g->oid_fromstr(&id, oid);
	if (rc == 0)
		rc = r->g->repository_odb(&odb, r->git2);
	if (rc == 0)
		rc = r->g->odb_read_header(ret, &type, odb, &id);
	if (odb != NULL)
		r->g->odb_free(odb);
	return rc == 0 ? 0 : git2_error(r->g, rc, err, "an object");
}

int
repo_blob_read(struct repo *r, const char *oid, struct buf *out,
    struct error *err)
{
	const char *const args[] = { "cat-file", "blob", oid, NULL };
	CLEANUP(free_object) git_object *object = NULL;
	bool cut = false;
	int rc;

	if (r->g == NULL) {
		rc = git_program_read(r, args, out, &cut, err);
		if (rc == 0 && cut)
			rc = error_set(err, ERR_TOO_LARGE,
			    "more than %zu bytes", out->max);
		return rc;
	}
	rc = r->g->revparse_single(&object, r->git2, oid);
	if (rc != 0)
		return git2_error(r->g, rc, err, "an object");
	if (r->g->object_type(object) != GIT_OBJECT_BLOB)
		return error_set(err, ERR_NOT_FOUND, "%s is no file", oid);
	return buf_add(out,
	    r->g->blob_rawcontent((const git_blob *)object),
	    (size_t)r->g->blob_rawsize((const git_blob *)object)) == 0 ?
	    0 : buf_check(out, err);
}
