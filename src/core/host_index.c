/* The host's index; see host_index.h. One folder for each repository in the
 * user's cache folder, named by a digest of its path:
 *
 *	CACHE/index/DIGEST/index.db
 *	CACHE/index/DIGEST/root		the path, for whoever looks */
#include "core/host_index.h"

#include <limits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "git/repository.h"

enum { DIGEST_CHARS = 24 };

struct host_index {
	char *root, *folder, *database;
	struct index_reader *reader;
};

void
host_index_destroy(struct host_index *x)
{
	if (x == NULL)
		return;
	index_reader_close(x->reader);
	free(x->root);
	free(x->folder);
	free(x->database);
	free(x);
}

static char *
find_root(const struct friday *f)
{
	const struct repo_opts opts = { .folder = f->folder };
	CLEANUP_REPO struct repo *repo = NULL;

	if (repo_open(&opts, &repo, NULL) == 0 && repo_workdir(repo) != NULL)
		return mem_strdup(repo_workdir(repo));
	return mem_strdup(f->folder);
}

static int
index_of(struct friday *f, struct host_index **ret, struct error *err)
{
	CLEANUP(free_ptr) char *cache = NULL;
	CLEANUP(free_ptr) char *all = NULL;
	char digest[HASH_SIZE];
	struct host_index *x;

	*ret = f->index;
	if (f->index != NULL)
		return 0;
	cache = file_cache_dir();
	if (cache == NULL)
		return error_set(err, ERR_NOT_FOUND,
		    "there is no folder for caches: set HOME");
	x = mem_new(struct host_index);
	x->root = find_root(f);
	hash_blake2b(str_from(x->root), digest);
	digest[DIGEST_CHARS] = '\0';
	all = file_join(cache, "index");
	x->folder = file_join(all, digest);
	x->database = file_join(x->folder, "index.db");
	*ret = f->index = x;
	return 0;
}

int
host_index_root(struct friday *f, const char **ret, struct error *err)
{
	struct host_index *x;
	int rc = index_of(f, &x, err);

	if (rc == 0)
		*ret = x->root;
	return rc;
}

int
host_index_update(struct friday *f, struct index_update_stats *ret,
    struct error *err)
{
	struct index_update_opts opts = { .deny = f->deny };
	CLEANUP(free_ptr) char *root_file = NULL;
	struct host_index *x;
	int rc = index_of(f, &x, err);

	if (rc == 0)
		rc = file_make_dirs(x->folder, err);
	if (rc != 0)
		return rc;
	root_file = file_join(x->folder, "root");
	if (!file_exists(root_file))
		rc = file_write_atomic(root_file, str_from(x->root), 0600,
		    err);
	opts.root = x->root;
	opts.database = x->database;
	if (rc == 0)
		rc = index_update(&opts, ret, err);
	if (rc == 0 && (ret->added > 0 || ret->removed > 0)) {
		index_reader_close(x->reader);
		x->reader = NULL;
	}
	return rc;
}

int
host_index_reader(struct friday *f, struct index_reader **ret,
    struct error *err)
{
	struct host_index *x;
	int rc = index_of(f, &x, err);

	if (rc == 0 && x->reader == NULL)
		rc = index_reader_open(x->database, &x->reader, err);
	if (rc == 0)
		*ret = x->reader;
	return rc;
}

int
host_index_drop(struct friday *f, struct error *err)
{
	struct host_index *x;
	int rc = index_of(f, &x, err);

	if (rc != 0)
		return rc;
	if (!file_exists(x->database))
		return error_set(err, ERR_NOT_FOUND,
		    "there is no index of %s", x->root);
	index_reader_close(x->reader);
	x->reader = NULL;
	file_remove_tree(x->folder);
	return 0;
}
