/* Files that commits changed; see changed_files.h. */
#include "core/changed_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "git/repo_changes.h"
#include "git/repo_log.h"

/* Commits that are looked through for one that is old enough, and how many at
 * a time. */
enum { COMMITS_MAX = 100000, COMMITS_STEP = 1000 };

struct border {
	int64_t since_s;
	char hash[REPO_OID_SIZE]; /* the newest commit before it; "": none */
	size_t seen;
};

static void
look_at(const struct repo_commit *commit, void *ctx)
{
	struct border *b = ctx;

	b->seen++;
	if (b->hash[0] == '\0' && commit->time_s < b->since_s)
		snprintf(b->hash, sizeof(b->hash), "%s", commit->hash);
}

/* "HASH..HEAD" of what came since; NULL: the history begins later. */
static int
range_since(struct repo *r, int64_t since_ms, char **ret, struct error *err)
{
	struct repo_log_opts opts = REPO_LOG_OPTS_INIT;
	struct border b = { .since_s = since_ms / 1000 };
	int rc = 0;

	opts.count = COMMITS_STEP;
	while (rc == 0 && b.hash[0] == '\0' && b.seen == opts.skip &&
	    b.seen < COMMITS_MAX) {
		rc = repo_log_read(r, &opts, look_at, &b, err);
		opts.skip += COMMITS_STEP;
	}
	*ret = rc == 0 && b.hash[0] != '\0' ?
	    mem_printf("%s..HEAD", b.hash) : NULL;
	return rc;
}

static int
compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

int
changed_files_read(struct repo *r, struct str revision, int64_t since_ms,
    struct changed_files *ret, struct error *err)
{
	CLEANUP_REPO_CHANGES struct repo_changes changes = { 0 };
	CLEANUP(free_ptr) char *range = NULL;
	struct repo_changes_opts opts = { .revision = revision };
	int rc = 0;

	*ret = (struct changed_files){ .n = 0 };
	if (revision.len == 0) {
		rc = range_since(r, since_ms, &range, err);
		ret->all = rc == 0 && range == NULL;
		if (rc != 0 || ret->all)
			return rc;
		opts.revision = str_from(range);
	}
	opts.what = str_find(opts.revision, STR(".."), 0) == SIZE_MAX ?
	    REPO_CHANGES_COMMIT : REPO_CHANGES_RANGE;
	rc = repo_changes_read(r, &opts, &changes, err);
	if (rc != 0)
		return rc;
	ret->paths = mem_alloc(changes.n + 1, sizeof(*ret->paths));
	for (size_t i = 0; i < changes.n; i++)
		ret->paths[ret->n++] = mem_strdup(changes.items[i].path);
	qsort(ret->paths, ret->n, sizeof(*ret->paths), compare);
	return 0;
}

void
changed_files_release(struct changed_files *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->paths[i]);
	free(c->paths);
	*c = (struct changed_files){ .n = 0 };
}
