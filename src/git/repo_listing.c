/* Listings; see repo_listing.h. */
#include "git/repo_listing.h"

#include "base/mem.h"
#include "git/repository_private.h"

struct repo_listing {
	struct repo *repo;	   /* of `index` */
	git_index *index;	   /* NULL: `files` has it */
	struct repo_changes files;
};

int
repo_listing_open(struct repo *r, struct str revision,
    struct repo_listing **ret, struct error *err)
{
	CLEANUP(repo_listing_destroyp) struct repo_listing *l =
	    mem_new(struct repo_listing);
	struct repo_changes_opts all = { .what = REPO_CHANGES_ALL,
		.revision = revision };
	int rc;

	l->repo = r;
	if (r->g == NULL || r->workdir == NULL || revision.len > 0) {
		rc = repo_changes_read(r, &all, &l->files, err);
	} else {
		rc = r->g->repository_index(&l->index, r->git2);
		if (rc != 0)
			rc = git2_error(r->g, rc, err, "the index");
	}
	if (rc != 0)
		return rc;
	*ret = steal(l);
	return 0;
}

struct repo_listing *
repo_listing_make(struct repo_changes *files)
{
	struct repo_listing *l = mem_new(struct repo_listing);

	l->files = *files;
	*files = (struct repo_changes){ .items = NULL };
	return l;
}

void
repo_listing_destroy(struct repo_listing *l)
{
	if (l == NULL)
		return;
	if (l->index != NULL)
		l->repo->g->index_free(l->index);
	repo_changes_release(&l->files);
	free(l);
}

size_t
repo_listing_count(const struct repo_listing *l)
{
	return l->index != NULL ? l->repo->g->index_entrycount(l->index) :
				  l->files.n;
}

const char *
repo_listing_path(const struct repo_listing *l, size_t index)
{
	return l->index != NULL ?
	    l->repo->g->index_get_byindex(l->index, index)->path :
	    l->files.items[index].path;
}

/* The first entry that is not before the path. */
static size_t
lower_bound(const struct repo_listing *l, const char *path)
{
	size_t low = 0, high = repo_listing_count(l);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(repo_listing_path(l, mid), path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool
repo_listing_find(const struct repo_listing *l, struct str path,
    struct repo_entry *ret)
{
	CLEANUP(free_ptr) char *name = str_dup(path);
	struct repo_entry entry = { .mode = 0 };
	size_t at = lower_bound(l, name);

	if (at == repo_listing_count(l) ||
	    strcmp(repo_listing_path(l, at), name) != 0)
		return false;
	if (l->index != NULL) {
		const git_index_entry *e =
		    l->repo->g->index_get_byindex(l->index, at);

		entry.mode = e->mode;
		repo_hex(l->repo, &e->id, entry.oid);
	} else {
		entry.mode = l->files.items[at].mode;
		memcpy(entry.oid, l->files.items[at].oid, sizeof(entry.oid));
	}
	if (ret != NULL)
		*ret = entry;
	return true;
}

bool
repo_listing_has_folder(const struct repo_listing *l, struct str folder)
{
	CLEANUP(free_ptr) char *below = mem_printf("%.*s/", STR_ARG(folder));
	size_t at = lower_bound(l, below);

	return at < repo_listing_count(l) &&
	    str_starts(str_from(repo_listing_path(l, at)), str_from(below));
}
