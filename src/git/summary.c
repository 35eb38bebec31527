/* The summary of a repository; see summary.h. */
#include "git/summary.h"

#include "git/repo_status.h"

int
git_summary(const char *folder, struct cancel *cancel,
    struct git_summary *ret, struct error *err)
{
	CLEANUP_REPO_STATUS struct repo_status s = { .n_changes = 0 };
	struct repo_status_opts opts = REPO_STATUS_OPTS_INIT;
	struct repo_opts open = { .folder = folder, .cancel = cancel };
	CLEANUP_REPO struct repo *r = NULL;
	int rc = repo_open(&open, &r, err);

	if (rc == 0)
		rc = repo_status_read(r, &opts, &s, err);
	if (rc != 0)
		return rc;
	*ret = (struct git_summary){ .has_upstream = s.upstream[0] != '\0',
		.ahead = s.ahead,
		.behind = s.behind,
		.staged = s.n_staged,
		.unstaged = s.n_unstaged,
		.untracked = s.n_untracked,
		.conflicts = s.n_conflicts };
	memcpy(ret->branch, s.branch, sizeof(ret->branch));
	memcpy(ret->head, s.head, sizeof(ret->head));
	snprintf(ret->state, sizeof(ret->state), "%s", s.state);
	return 0;
}

void
git_summary_print(const struct git_summary *s, struct buf *out)
{
	const struct {
		size_t n;
		const char *what;
	} counts[] = {
		{ s->ahead, "ahead" },
		{ s->behind, "behind" },
		{ s->conflicts, "in conflict" },
		{ s->staged, "staged" },
		{ s->unstaged, "modified" },
		{ s->untracked, "untracked" },
	};
	bool clean = true;

	if (s->branch[0] != '\0')
		buf_add_cstr(out, s->branch);
	else
		buf_printf(out, "detached at %.10s", s->head);
	if (s->head[0] == '\0')
		buf_add_cstr(out, ", no commits yet");
	if (s->state[0] != '\0')
		buf_printf(out, ", %s in progress", s->state);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (counts[i].n > 0)
			buf_printf(out, ", %zu %s", counts[i].n,
			    counts[i].what);
		clean &= counts[i].n == 0 || i < 2;
	}
	if (clean)
		buf_add_cstr(out, ", clean");
}
