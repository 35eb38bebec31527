/* The host's index; see host_index.h. One folder for each repository in the
 * user's cache folder, named by a digest of its path: CACHE/index/DIGEST. */
#include "core/host_index.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "core/host_embedder.h"
#include "index/code_index.h"

enum { DIGEST_CHARS = 24 };

/* By the name alone: opening the repository would load libgit2 at each start.
 */
static char *
find_root(const char *folder)
{
	CLEANUP(free_ptr) char *at = mem_strdup(folder);

	for (;;) {
		CLEANUP(free_ptr) char *git = file_join(at, ".git");
		char *slash;

		if (file_exists(git))
			return steal(at);
		slash = strrchr(at, '/');
		if (slash == NULL || slash == at)
			return mem_strdup(folder);
		*slash = '\0';
	}
}

char *
host_index_folder(void)
{
	CLEANUP(free_ptr) char *cache = file_cache_dir();

	return cache == NULL ? NULL : file_join(cache, "index");
}

static struct code_index *
create(const char *of, struct deny_list *deny)
{
	CLEANUP(free_ptr) char *all = host_index_folder();
	CLEANUP(free_ptr) char *root = find_root(of);
	CLEANUP(free_ptr) char *folder = NULL;
	char digest[HASH_SIZE];

	if (all == NULL)
		return NULL;
	hash_blake2b(str_from(root), digest);
	digest[DIGEST_CHARS] = '\0';
	folder = file_join(all, digest);
	return code_index_create(root, folder, deny);
}

struct code_index *
host_index_create(struct friday *f)
{
	struct code_index *x = create(f->folder, f->deny);
	struct embedder *embedder = x == NULL ? NULL :
						host_embedder_create(f);

	if (embedder != NULL)
		code_index_set_embedder(x, embedder);
	return x;
}

struct code_index *
host_index_of(const char *folder)
{
	return create(folder, NULL);
}
