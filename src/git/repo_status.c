/* Status by libgit2; see repo_status.h.
 *
 * Two diffs (HEAD to index, index to working tree) instead of libgit2's own
 * status list: their callbacks let a cancel through, which a status of a huge
 * tree needs. */
#include "git/repo_status.h"

#include "base/mem.h"
#include "git/repo_status_private.h"
#include "git/repository_private.h"

static void
count_change(struct repo_status *s, char staged, char unstaged)
{
	if (staged == '?')
		s->n_untracked++;
	else if (staged == 'U')
		s->n_conflicts++;
	else {
		s->n_staged += staged != ' ';
		s->n_unstaged += unstaged != ' ';
	}
}

static struct repo_status_row *
find_change(struct repo_status *s, const char *path)
{
	for (size_t i = 0; i < s->n_changes; i++)
		if (strcmp(s->changes[i].path, path) == 0)
			return &s->changes[i];
	return NULL;
}

void
repo_status_add(struct repo_status *s, const struct repo_status_opts *opts,
    const struct repo_status_row *change)
{
	struct repo_status_row *row;

	count_change(s, change->staged, change->unstaged);
	if (s->n_changes >= opts->changes_max) {
		s->truncated = true;
		return;
	}
	s->changes = mem_resize(s->changes, s->n_changes + 1,
	    sizeof(*s->changes));
	row = &s->changes[s->n_changes++];
	*row = *change;
	row->path = mem_strdup(change->path);
	row->old_path = mem_strdup(change->old_path);
}

static char
letter_of(git_delta_t status)
{
	static const char letters[] = {
		[GIT_DELTA_ADDED] = 'A',
		[GIT_DELTA_DELETED] = 'D',
		[GIT_DELTA_MODIFIED] = 'M',
		[GIT_DELTA_RENAMED] = 'R',
		[GIT_DELTA_COPIED] = 'C',
		[GIT_DELTA_UNTRACKED] = '?',
		[GIT_DELTA_TYPECHANGE] = 'T',
		[GIT_DELTA_UNREADABLE] = 'M',
		[GIT_DELTA_CONFLICTED] = 'U',
	};

	return (size_t)status < ARRAY_LEN(letters) && letters[status] != 0 ?
	    letters[status] :
	    ' ';
}

static int
stop_if_cancelled(const git_diff *diff, const char *old_path,
    const char *new_path, void *payload)
{
	/* Not 1: libgit2 1.5 takes only negative values as an end. */
	return cancel_raised(payload) ? GIT_EUSER : 0;
}

static void
diff_options_init(git_diff_options *o, const struct repo *r,
    const struct repo_status_opts *opts, char **pathspec)
{
	*o = (git_diff_options){ .version = GIT_DIFF_OPTIONS_VERSION,
		.flags = GIT_DIFF_INCLUDE_TYPECHANGE };
	o->progress_cb = stop_if_cancelled;
	o->payload = r->cancel;
	/* Changes inside a submodule are its own status. */
	o->ignore_submodules = GIT_SUBMODULE_IGNORE_DIRTY;
	if (!opts->no_untracked)
		o->flags |= GIT_DIFF_INCLUDE_UNTRACKED;
	if (*pathspec != NULL && **pathspec != '\0') {
		o->flags |= GIT_DIFF_DISABLE_PATHSPEC_MATCH;
		o->pathspec = (git_strarray){ pathspec, 1 };
	}
}

static void
add_staged(struct repo *r, const struct repo_status_opts *opts,
    git_diff *diff, struct repo_status *s)
{
	for (size_t i = 0; i < r->g->diff_num_deltas(diff); i++) {
		const git_diff_delta *d = r->g->diff_get_delta(diff, i);
		struct repo_status_row change = { letter_of(d->status), ' ',
			NULL, NULL };
		const char *path = d->new_file.path != NULL ?
		    d->new_file.path :
		    d->old_file.path;

		change.path = (char *)(uintptr_t)path;
		if (d->status == GIT_DELTA_RENAMED)
			change.old_path =
			    (char *)(uintptr_t)d->old_file.path;
		/* Conflicts are told by the other diff. */
		if (d->status != GIT_DELTA_CONFLICTED)
			repo_status_add(s, opts, &change);
	}
}

static void
add_unstaged(struct repo *r, const struct repo_status_opts *opts,
    git_diff *diff, struct repo_status *s, size_t n_staged_rows)
{
	size_t from = 0;

	for (size_t i = 0; i < r->g->diff_num_deltas(diff); i++) {
		const git_diff_delta *d = r->g->diff_get_delta(diff, i);
		struct repo_status_row change = { ' ', letter_of(d->status),
			NULL, NULL };
		const char *path = d->new_file.path != NULL ?
		    d->new_file.path :
		    d->old_file.path;
		struct repo_status_row *staged = NULL;

		change.path = (char *)(uintptr_t)path;
		if (change.unstaged == '?' || change.unstaged == 'U')
			change.staged = change.unstaged;
		/* Both diffs come in the order of paths (but for renames). */
		while (from < n_staged_rows &&
		    strcmp(s->changes[from].path, path) < 0)
			from++;
		if (from < n_staged_rows &&
		    strcmp(s->changes[from].path, path) == 0)
			staged = &s->changes[from];
		else if (n_staged_rows > 0 && change.staged == ' ')
			staged = find_change(s, path);
		if (staged != NULL && change.staged == ' ') {
			staged->unstaged = change.unstaged;
			s->n_unstaged++;
		} else {
			repo_status_add(s, opts, &change);
		}
	}
}

static int
read_changes(struct repo *r, const struct repo_status_opts *opts,
    struct repo_status *s, struct error *err)
{
	CLEANUP(free_ptr) char *pathspec = mem_strdup(opts->folder);
	CLEANUP(free_diff) git_diff *staged = NULL, *unstaged = NULL;
	CLEANUP(free_index) git_index *index = NULL;
	CLEANUP(free_tree) git_tree *tree = NULL;
	git_diff_find_options find = { .version = GIT_DIFF_FIND_OPTIONS_VERSION,
		.flags = GIT_DIFF_FIND_RENAMES, .rename_limit = 400 };
	git_diff_options options;
	int rc = 0;

	diff_options_init(&options, r, opts, &pathspec);
	if (s->head[0] != '\0')
		rc = repo_tree(r, s->head, &tree, err);
	if (rc != 0)
		return rc;
	rc = r->g->repository_index(&index, r->git2);
	if (rc == 0)
		rc = r->g->diff_tree_to_index(&staged, r->git2, tree, index,
		    &options);
	if (rc == 0)
		rc = r->g->diff_find_similar(staged, &find);
	if (rc == 0)
		rc = r->g->diff_index_to_workdir(&unstaged, r->git2, index,
		    &options);
	if (rc != 0)
		return cancel_raised(r->cancel) ?
		    cancel_check(r->cancel, err) :
		    git2_error(r->g, rc, err, "git status");
	add_staged(r, opts, staged, s);
	add_unstaged(r, opts, unstaged, s, s->n_changes);
	return 0;
}

static void
copy_name(char *out, size_t size, struct str name)
{
	snprintf(out, size, "%.*s", STR_ARG(name));
}

static void
read_upstream(struct repo *r, git_reference *head, struct repo_status *s)
{
	CLEANUP(free_reference) git_reference *upstream = NULL;
	const git_oid *ours = r->g->reference_target(head), *theirs;
	size_t ahead = 0, behind = 0;

	if (r->g->branch_upstream(&upstream, head) != 0)
		return;
	copy_name(s->upstream, sizeof(s->upstream),
	    str_from(r->g->reference_shorthand(upstream)));
	theirs = r->g->reference_target(upstream);
	if (ours != NULL && theirs != NULL &&
	    r->g->graph_ahead_behind(&ahead, &behind, r->git2, ours, theirs) ==
		0) {
		s->ahead = (unsigned)ahead;
		s->behind = (unsigned)behind;
	}
}

static int
read_branch(struct repo *r, struct repo_status *s, struct error *err)
{
	CLEANUP(free_reference) git_reference *head = NULL;
	CLEANUP(free_reference) git_reference *symbolic = NULL;
	int rc = r->g->repository_head(&head, r->git2);

	if (rc == GIT_EUNBORNBRANCH || rc == GIT_ENOTFOUND) {
		const char *target = NULL;

		if (r->g->reference_lookup(&symbolic, r->git2, "HEAD") == 0)
			target = r->g->reference_symbolic_target(symbolic);
		if (target != NULL && strncmp(target, "refs/heads/", 11) == 0)
			copy_name(s->branch, sizeof(s->branch),
			    str_from(target + 11));
		return 0;
	}
	if (rc != 0)
		return git2_error(r->g, rc, err, "git HEAD");
	if (r->g->reference_target(head) != NULL)
		repo_hex(r, r->g->reference_target(head), s->head);
	if (r->g->repository_head_detached(r->git2) == 1)
		return 0;
	copy_name(s->branch, sizeof(s->branch),
	    str_from(r->g->reference_shorthand(head)));
	read_upstream(r, head, s);
	return 0;
}

static int
compare_changes(const void *a, const void *b)
{
	return strcmp(((const struct repo_status_row *)a)->path,
	    ((const struct repo_status_row *)b)->path);
}

int
repo_status_read(struct repo *r, const struct repo_status_opts *opts,
    struct repo_status *ret, struct error *err)
{
	int rc;

	*ret = (struct repo_status){ .state = repo_state(r),
		.bare = r->workdir == NULL };
	if (r->g == NULL) {
		rc = repo_status_by_program(r, opts, ret, err);
	} else {
		rc = read_branch(r, ret, err);
		if (rc == 0 && !ret->bare)
			rc = read_changes(r, opts, ret, err);
	}
	if (rc == 0 && ret->n_changes > 1)
		qsort(ret->changes, ret->n_changes, sizeof(*ret->changes),
		    compare_changes);
	return rc;
}

void
repo_status_release(struct repo_status *s)
{
	for (size_t i = 0; i < s->n_changes; i++) {
		free(s->changes[i].path);
		free(s->changes[i].old_path);
	}
	free(s->changes);
	s->changes = NULL;
	s->n_changes = 0;
}

static void
print_head(const struct repo_status *s, struct buf *out)
{
	if (s->branch[0] != '\0')
		buf_printf(out, "On branch %s", s->branch);
	else
		buf_printf(out, "HEAD detached at %.10s", s->head);
	if (s->head[0] == '\0')
		buf_add_cstr(out, ", no commits yet");
	if (s->upstream[0] != '\0') {
		if (s->ahead == 0 && s->behind == 0)
			buf_printf(out, ", up to date with %s", s->upstream);
		else
			buf_printf(out, ", %u ahead of and %u behind %s",
			    s->ahead, s->behind, s->upstream);
	}
	if (s->state[0] != '\0')
		buf_printf(out, " (%s in progress)", s->state);
	buf_add_char(out, '\n');
}

void
repo_status_print(const struct repo_status *s, struct buf *out)
{
	print_head(s, out);
	if (s->bare)
		buf_add_cstr(out, "A bare repository: no working tree.\n");
	else if (s->n_changes == 0)
		buf_add_cstr(out, "Nothing changed.\n");
	for (size_t i = 0; i < s->n_changes; i++) {
		const struct repo_status_row *c = &s->changes[i];

		buf_printf(out, "%c%c ", c->staged, c->unstaged);
		if (c->old_path != NULL)
			buf_printf(out, "%s -> ", c->old_path);
		buf_printf(out, "%s\n", c->path);
	}
	if (s->truncated)
		buf_printf(out, "… %zu more\n",
		    s->n_staged + s->n_unstaged + s->n_untracked +
			s->n_conflicts - s->n_changes);
}
