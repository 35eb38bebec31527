/* History; see repo_log.h. */
#include "git/repo_log.h"

#include "base/mem.h"
#include "git/commit_text.h"
#include "git/program.h"

#define OUTPUT_MAX (32 * MIB)

typedef void on_commit_fn(const struct repo_commit *commit, void *ctx);

/* Makes the walk begin (and end) where the range says. */
static int
push_range(struct repo *r, git_revwalk *walk, const char *range,
    struct error *err)
{
	CLEANUP(free_object) git_object *from = NULL;
	CLEANUP(free_object) git_object *to = NULL;
	CLEANUP(free_object) git_object *from_commit = NULL;
	CLEANUP(free_object) git_object *to_commit = NULL;
	git_revspec spec = { .flags = 0 };
	int rc = r->g->revparse(&spec, r->git2, range);
	const git_oid *first, *last = NULL;
	git_oid base;

	from = spec.from;
	to = spec.to;
	if (rc == 0)
		rc = r->g->object_peel(&from_commit, from, GIT_OBJECT_COMMIT);
	if (rc == 0 && to != NULL)
		rc = r->g->object_peel(&to_commit, to, GIT_OBJECT_COMMIT);
	if (rc != 0)
		return git2_error(r->g, rc, err, range);
	first = r->g->commit_id((git_commit *)from_commit);
	if (to != NULL)
		last = r->g->commit_id((git_commit *)to_commit);
	rc = r->g->revwalk_push(walk, last != NULL ? last : first);
	if (rc == 0 && (spec.flags & GIT_REVSPEC_MERGE_BASE)) {
		/* what either side has alone */
		rc = r->g->revwalk_push(walk, first);
		if (rc == 0 &&
		    r->g->merge_base(&base, r->git2, first, last) == 0)
			rc = r->g->revwalk_hide(walk, &base);
	} else if (rc == 0 && last != NULL) {
		rc = r->g->revwalk_hide(walk, first);
	}
	return rc == 0 ? 0 : git2_error(r->g, rc, err, range);
}

static int
log_by_libgit2(struct repo *r, const struct repo_log_opts *opts,
    const char *range, on_commit_fn *on_commit, void *ctx, struct error *err)
{
	CLEANUP(free_revwalk) git_revwalk *walk = NULL;
	size_t seen = 0;
	git_oid id;
	int rc = r->g->revwalk_new(&walk, r->git2);

	/* Newest first, as git does it. Asked for an order by time, libgit2
	 * reads all of the history first, and mixes commits of one second. */
	if (rc == 0)
		rc = r->g->revwalk_sorting(walk, GIT_SORT_NONE);
	if (rc != 0)
		return git2_error(r->g, rc, err, range);
	rc = push_range(r, walk, range, err);
	while (rc == 0 && seen < opts->skip + opts->count) {
		CLEANUP(free_commit) git_commit *commit = NULL;
		struct commit_text text;
		int next;

		rc = cancel_check(r->cancel, err);
		if (rc != 0)
			break;
		next = r->g->revwalk_next(&id, walk);
		if (next == GIT_ITEROVER)
			break;
		if (next == 0 && seen++ < opts->skip)
			continue;
		if (next == 0)
			next = r->g->commit_lookup(&commit, r->git2, &id);
		if (next != 0)
			return git2_error(r->g, next, err, range);
		commit_text_init(&text, r, commit);
		on_commit(&text.commit, ctx);
	}
	return rc;
}

static void
parse_commit(struct str record, on_commit_fn *on_commit, void *ctx)
{
	CLEANUP(free_ptr) char *hash = NULL;
	struct repo_commit commit = { .time_s = 0 };
	struct str line, rest = str_trim(record);

	if (!str_next_line(&rest, &line))
		return;
	hash = str_dup(line);
	commit.hash = hash;
	if (!str_next_line(&rest, &commit.author) ||
	    !str_next_line(&rest, &commit.email) ||
	    !str_next_line(&rest, &line))
		return;
	str_to_int(line, REPO_TIME_MIN, REPO_TIME_MAX, &commit.time_s);
	commit.message = rest;
	commit_text_subject(&commit);
	on_commit(&commit, ctx);
}

static int
log_by_program(struct repo *r, const struct repo_log_opts *opts,
    const char *range, on_commit_fn *on_commit, void *ctx, struct error *err)
{
	CLEANUP(free_ptr) char *count = mem_printf("-n%zu", opts->count);
	CLEANUP(free_ptr) char *skip = mem_printf("--skip=%zu", opts->skip);
	const char *args[] = { "log", "-z", "--no-color", "--no-ext-diff",
		"--no-show-signature", "--no-notes", "--no-patch",
		"--format=%H%n%an%n%ae%n%at%n%B", count, skip, range, "--",
		opts->path, NULL };
	CLEANUP_BUF struct buf out = BUF_INIT(OUTPUT_MAX);
	struct str rest, record;
	int rc = git_program_read(r, args, &out, NULL, err);

	rest = buf_str(&out);
	while (rc == 0 && str_next_field(&rest, '\0', &record))
		parse_commit(record, on_commit, ctx);
	return rc;
}

int
repo_log_read(struct repo *r, const struct repo_log_opts *opts,
    on_commit_fn *on_commit, void *ctx, struct error *err)
{
	CLEANUP(free_ptr) char *range =
	    str_dup(opts->range.len > 0 ? opts->range : STR("HEAD"));
	struct repo_log_opts own = *opts;

	if (!repo_revision_valid(str_from(range)))
		return error_set(err, ERR_INVALID, "\"%.80s\" is no revision",
		    range);
	if (own.path != NULL && own.path[0] == '\0')
		own.path = NULL; /* the top */
	return r->g != NULL && own.path == NULL ?
	    log_by_libgit2(r, &own, range, on_commit, ctx, err) :
	    log_by_program(r, &own, range, on_commit, ctx, err);
}
