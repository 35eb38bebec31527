/* What git knows of a scan's folder: files that are clean need not be kept by
 * us, as git has them. */
#include <stdlib.h>

#include "base/mem.h"
#include "git/repo_index.h"
#include "undo/build_folder.h"
#include "undo/scan_table.h"

/* Build folders on the way to a tracked file. */
static void
note_tracked(const char *path, void *ctx)
{
	struct scan *s = ctx;
	struct str whole = str_from(path);
	size_t start = 0, slash;

	while ((slash = str_find_char(whole, '/', start)) != SIZE_MAX) {
		if (build_folder_named(str_sub(whole, start, slash - start)))
			map_set(s->tracked, str_sub(whole, 0, slash), s);
		start = slash + 1;
	}
}

/* The index as it is now; without one everything is kept by content. */
static const struct repo_index *
use_index(struct scan *s)
{
	const struct repo_opts opts = { .folder = s->root };
	char *relative;

	if (s->no_git)
		return NULL;
	if (s->index != NULL && !repo_index_is_old(s->index))
		return s->index;
	repo_index_destroy(s->index);
	s->index = NULL;
	s->no_git = true;
	if (s->repo == NULL && repo_open(&opts, &s->repo, NULL) != 0)
		return NULL;
	if (repo_workdir(s->repo) == NULL ||
	    (relative = repo_relative(s->repo, s->root)) == NULL)
		return NULL;
	free(s->prefix);
	s->prefix = relative[0] == '\0' ? mem_strdup("") :
					  mem_printf("%s/", relative);
	free(relative);
	if (repo_index_read(s->repo, &s->index, NULL) != 0)
		return NULL;
	s->no_git = false;
	map_destroy(s->tracked);
	s->tracked = map_create(NULL);
	repo_index_each(s->index, note_tracked, s);
	return s->index;
}

bool
scan_git_is_clean(struct scan *s, const char *path, const struct stat *st,
    char oid[HASH_SIZE])
{
	const struct repo_index *index = use_index(s);
	char *name;
	bool clean;

	if (index == NULL)
		return false;
	name = mem_printf("%s%s", s->prefix, path);
	clean = repo_index_is_clean(index, name, st, oid);
	free(name);
	return clean;
}

void
scan_git_fetch(struct scan *s, struct undo_state *state)
{
	CLEANUP_BUF struct buf bytes =
	    BUF_INIT((size_t)undo_opts_of(s->undo)->file_max + KIB);
	char hash[HASH_SIZE] = "";

	if (s->repo == NULL)
		use_index(s);
	if (s->repo == NULL ||
	    repo_blob_read(s->repo, state->hash, &bytes, NULL) != 0 ||
	    undo_objects_put(undo_objects_of(s->undo), buf_str(&bytes), 0,
		hash, NULL) != 0)
		hash[0] = '\0';
	memcpy(state->hash, hash, sizeof(hash));
}

bool
scan_git_tracks(struct scan *s, const char *path)
{
	char *name;
	bool tracks;

	use_index(s);
	name = mem_printf("%s%s", s->prefix == NULL ? "" : s->prefix, path);
	tracks = s->tracked != NULL && map_has(s->tracked, str_from(name));
	free(name);
	return tracks;
}
