/* Plans: which points are taken back, what that means for each path, and
 * whether somebody's later work is in the way. See undo.h. */
#include <fcntl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "undo/disk.h"
#include "undo/undo.h"

enum { RUN_PREFIX_MIN = 8 };

/* --- which points ------------------------------------------------------- */

struct picking {
	const struct undo_wish *wish;
	char session[ID_SIZE], run[ID_SIZE];
	int64_t *nums; /* newest first */
	size_t n;
	struct undo_point newest;
	struct error *err;
};

static bool
is_work(const struct undo_point *p)
{
	return p->source != UNDO_BY_UNDO && p->source != UNDO_BY_REDO;
}

static void
pick(struct picking *k, const struct undo_point *p)
{
	if (k->n == 0)
		k->newest = *p;
	k->nums = mem_resize(k->nums, k->n + 1, sizeof(*k->nums));
	k->nums[k->n++] = p->num;
}

/* One run: the wished one by its prefix, or the last. */
static int
pick_run(struct picking *k, const struct undo_point *p)
{
	const struct undo_wish *w = k->wish;

	if (w->run != NULL && strncmp(p->run, w->run, strlen(w->run)) != 0)
		return 0;
	if (k->n == 0) {
		memcpy(k->run, p->run, sizeof(k->run));
		pick(k, p);
		return 0;
	}
	if (strcmp(k->run, p->run) == 0 && k->run[0] != '\0')
		pick(k, p);
	else if (w->run != NULL)
		return error_set(k->err, ERR_INVALID,
		    "\"%s\" fits more than one run", w->run);
	return 0;
}

static int
pick_point(const struct undo_point *p, void *ctx)
{
	struct picking *k = ctx;
	const struct undo_wish *w = k->wish;

	if (p->undone_by != 0 || p->open)
		return 0;
	if (w->point != NULL) {
		pick(k, p);
		return 0;
	}
	if (w->redo) {
		if (p->source == UNDO_BY_UNDO && k->n == 0)
			pick(k, p);
		return 0;
	}
	if (!is_work(p))
		return 0;
	if (w->steps > 0) {
		if (k->n < w->steps)
			pick(k, p);
		return 0;
	}
	if (w->from_seq > 0) {
		pick(k, p);
		return 0;
	}
	return pick_run(k, p);
}

static int
pick_points(struct store_reader *r, struct picking *k, struct error *err)
{
	const struct undo_wish *w = k->wish;
	struct undo_filter filter = { .session = w->session, .id = w->point,
		.from_seq = w->from_seq, .newest_first = true };
	int rc;

	if (w->run != NULL && strlen(w->run) < RUN_PREFIX_MIN)
		return error_set(err, ERR_INVALID,
		    "a run is named by its id, or %d characters of it",
		    RUN_PREFIX_MIN);
	k->err = err;
	rc = store_undo_points(r, &filter, pick_point, k, err);
	if (rc == 0 && k->n == 0)
		rc = error_set(err, ERR_NOT_FOUND, w->redo ?
			"there is nothing to redo" :
			"there is nothing to undo");
	/* Oldest first. */
	for (size_t i = 0; rc == 0 && i < k->n / 2; i++) {
		int64_t num = k->nums[i];

		k->nums[i] = k->nums[k->n - 1 - i];
		k->nums[k->n - 1 - i] = num;
	}
	return rc;
}

/* --- net changes -------------------------------------------------------- */

struct netting {
	struct undo_plan *plan;
	size_t cap;
	bool background;
};

static int
compare_step(const void *a, const void *b)
{
	const struct undo_step *x = a, *y = b;
	int roots = strcmp(x->root, y->root);

	return roots != 0 ? roots : strcmp(x->path, y->path);
}

/* Steps of earlier points are sorted; those of this one are behind them. */
static struct undo_step *
find_step(const struct undo_plan *p, size_t n_sorted,
    const struct undo_entry *e)
{
	struct undo_step key = { .root = e->root, .path = e->path };

	return n_sorted == 0 ? NULL :
	    bsearch(&key, p->steps, n_sorted, sizeof(key), compare_step);
}

static void
doubt(struct undo_step *s, const char *why)
{
	s->fate = UNDO_CONFLICT;
	snprintf(s->why, sizeof(s->why), "%s", why);
}

#define WHY_BETWEEN                                                           \
	"somebody else changed it between two changes of the agent"
#define WHY_BACKGROUND                                                        \
	"it changed while a background command ran: it may be your own work"

struct net_point {
	struct netting *netting;
	size_t n_sorted;
};

static int
net_entry(const struct undo_entry *e, void *ctx)
{
	struct net_point *at = ctx;
	struct netting *n = at->netting;
	struct undo_plan *p = n->plan;
	struct undo_step *s = find_step(p, at->n_sorted, e);

	if (s != NULL) {
		if (!undo_state_same(&s->expected, &e->before))
			doubt(s, WHY_BETWEEN);
		s->expected = e->after;
	} else {
		if (p->n == n->cap) {
			n->cap = n->cap == 0 ? 16 : 2 * n->cap;
			p->steps = mem_resize(p->steps, n->cap,
			    sizeof(*p->steps));
		}
		s = &p->steps[p->n++];
		*s = (struct undo_step){ .root = mem_strdup(e->root),
			.path = mem_strdup(e->path), .expected = e->after,
			.target = e->before, .fate = UNDO_CHANGE };
	}
	if (n->background)
		doubt(s, WHY_BACKGROUND);
	return 0;
}

static int
note_source(const struct undo_point *p, void *ctx)
{
	struct netting *n = ctx;

	n->background = p->source == UNDO_BY_BACKGROUND;
	return 0;
}

static void
step_release(struct undo_step *s)
{
	free(s->root);
	free(s->path);
}

/* A path that ends as it began is no change. */
static void
drop_idle(struct undo_plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct undo_step *s = &p->steps[i];

		if (undo_state_same(&s->expected, &s->target) &&
		    s->fate == UNDO_CHANGE)
			step_release(s);
		else
			p->steps[n++] = *s;
	}
	p->n = n;
}

int
undo_net(struct store_reader *r, const int64_t *points, size_t n,
    struct undo_plan *ret, struct error *err)
{
	struct netting netting = { .plan = ret };
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct net_point at = { &netting, ret->n };
		struct undo_filter filter = { .num = points[i] };

		rc = store_undo_points(r, &filter, note_source, &netting, err);
		if (rc == 0)
			rc = store_undo_entries(r, points[i], net_entry, &at,
			    err);
		if (rc == 0 && ret->n > at.n_sorted)
			qsort(ret->steps, ret->n, sizeof(*ret->steps),
			    compare_step);
	}
	if (rc == 0)
		drop_idle(ret);
	return rc;
}

/* --- against the disk --------------------------------------------------- */

static bool
is_kept(struct undo *u, const struct undo_state *s)
{
	if (s->kind == UNDO_FILE || s->kind == UNDO_LINK)
		return undo_objects_has(undo_objects_of(u), s->hash);
	return s->kind != UNDO_OTHER;
}

/* Folders are told apart by being there: their mode comes along. */
static bool
is_as_expected(const struct undo_step *s)
{
	return undo_state_same(&s->current, &s->expected) ||
	    (s->current.kind == UNDO_FOLDER &&
		s->expected.kind == UNDO_FOLDER);
}

static void
say_conflict(struct store_reader *r, struct undo_step *s, int64_t last)
{
	struct undo_point later;

	if (s->fate == UNDO_CONFLICT)
		return; /* said already */
	s->fate = UNDO_CONFLICT;
	if (store_undo_later(r, last, s->root, s->path, &later))
		snprintf(s->why, sizeof(s->why),
		    "a later change of the agent (run %.80s) is there",
		    later.run[0] != '\0' ? later.run : later.label);
	else if (s->current.kind == UNDO_ABSENT)
		snprintf(s->why, sizeof(s->why), "it was removed since");
	else
		snprintf(s->why, sizeof(s->why),
		    "it was changed since by somebody else");
}

static void
lose(struct undo_step *s, const char *why)
{
	s->fate = UNDO_LOST;
	snprintf(s->why, sizeof(s->why), "%s", why);
}

static int
judge(struct undo *u, struct store_reader *r, struct undo_step *s, int root,
    int64_t last, struct error *err)
{
	const struct disk_look look = { .objects = undo_objects_of(u),
		.file_max = INT64_MAX };
	int rc = disk_look(&look, root, s->path, &s->current, err);

	if (rc != 0)
		return rc;
	if (undo_state_same(&s->current, &s->target) ||
	    (s->current.kind == UNDO_OTHER && s->target.kind == UNDO_OTHER)) {
		s->fate = UNDO_SAME;
	} else if (s->current.kind == UNDO_OTHER) {
		lose(s, "it stays: it is no file, link or folder of the tree");
	} else if (!is_kept(u, &s->target)) {
		lose(s, s->target.kind == UNDO_OTHER ?
			"it was no file, link or folder of the tree" :
			"its former content was not kept");
	} else if (!is_as_expected(s)) {
		say_conflict(r, s, last);
	}
	return 0;
}

static int
judge_all(struct undo *u, struct store_reader *r, struct undo_plan *p,
    struct error *err)
{
	int64_t last = p->targets[p->n_targets - 1];
	CLEANUP(close_fd) int root = -1;
	const char *open_root = NULL;
	int rc = 0;

	for (size_t i = 0; i < p->n && rc == 0; i++) {
		struct undo_step *s = &p->steps[i];

		if (open_root == NULL || strcmp(open_root, s->root) != 0) {
			close_fd(&root);
			open_root = s->root;
			root = open(s->root, O_RDONLY | O_DIRECTORY |
			    O_CLOEXEC);
		}
		if (root >= 0) {
			rc = judge(u, r, s, root, last, err);
			continue;
		}
		s->fate = UNDO_LOST;
		snprintf(s->why, sizeof(s->why), "its folder is gone");
	}
	return rc;
}

int
undo_plan_make(struct undo *u, struct store_reader *r,
    const struct undo_wish *wish, struct undo_plan *ret, struct error *err)
{
	struct picking k = { .wish = wish };
	int rc;

	*ret = (struct undo_plan){ .source = wish->redo ? UNDO_BY_REDO :
							  UNDO_BY_UNDO };
	rc = pick_points(r, &k, err);
	if (rc == 0) {
		memcpy(ret->session, k.newest.session, sizeof(ret->session));
		memcpy(ret->run, k.newest.run, sizeof(ret->run));
		snprintf(ret->label, sizeof(ret->label), "%s of %.90s",
		    undo_source_name(ret->source),
		    k.newest.run[0] != '\0' ? k.newest.run : k.newest.label);
		ret->targets = steal(k.nums);
		ret->n_targets = k.n;
		rc = undo_net(r, ret->targets, ret->n_targets, ret, err);
	}
	free(k.nums);
	return rc == 0 ? judge_all(u, r, ret, err) : rc;
}

void
undo_plan_one(struct undo_plan *p, const char *session, const char *run,
    const char *root, const char *path)
{
	*p = (struct undo_plan){ .source = UNDO_BY_REVERT, .n = 1 };
	snprintf(p->session, sizeof(p->session), "%s", session);
	snprintf(p->run, sizeof(p->run), "%s", run);
	snprintf(p->label, sizeof(p->label), "revert in %.100s", path);
	p->steps = mem_alloc(1, sizeof(*p->steps));
	p->steps[0].root = mem_strdup(root);
	p->steps[0].path = mem_strdup(path);
}

void
undo_plan_release(struct undo_plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		step_release(&p->steps[i]);
	free(p->steps);
	free(p->targets);
	*p = (struct undo_plan){ .n = 0 };
}
