/* Carrying a plan out, and completing one that a kill cut off. The point of
 * the restore is in the database, with what is there now and what shall be,
 * before the first path is touched. So each path is, at any time, as before,
 * as after, or somebody else's; the last is left alone. See undo.h. */
#include <fcntl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "undo/disk.h"
#include "undo/scan.h"
#include "undo/undo.h"

/* --- doing -------------------------------------------------------------- */

struct restore {
	struct undo *undo;
	struct undo_step *steps;
	size_t n;
	const char *tag;
	int root; /* of open_root; -1 */
	const char *open_root;
};

static int
root_of(struct restore *r, const struct undo_step *s)
{
	if (r->open_root == NULL || strcmp(r->open_root, s->root) != 0) {
		close_fd(&r->root);
		r->open_root = s->root;
		r->root = open(s->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return r->root;
}

static bool
is_wanted(const struct undo_step *s)
{
	return !s->skip && !s->done && s->fault.code == ERR_NONE;
}

/* Between the look and now somebody may have changed it. */
static bool
is_still_there(struct restore *r, struct undo_step *s)
{
	const struct disk_look look = { .objects = undo_objects_of(r->undo),
		.file_max = INT64_MAX };
	struct undo_state now;

	if (disk_look(&look, r->root, s->path, &now, &s->fault) != 0)
		return false;
	if (undo_state_same(&now, &s->current))
		return true;
	error_set(&s->fault, ERR_UNDO_CONFLICT,
	    "%s was changed by somebody else just now", s->path);
	return false;
}

/* What has to go before something of another kind, or nothing, can be there:
 * children before their folders. */
static void
remove_step(struct restore *r, struct undo_step *s)
{
	if (!is_wanted(s) || s->current.kind == UNDO_ABSENT ||
	    s->current.kind == s->target.kind)
		return;
	/* A file or a link makes room for the other in one step. */
	if (s->target.kind != UNDO_ABSENT && s->target.kind != UNDO_FOLDER &&
	    s->current.kind != UNDO_FOLDER)
		return;
	if (root_of(r, s) < 0)
		error_set(&s->fault, ERR_NOT_FOUND, "%s is gone", s->root);
	else if (s->current.kind == UNDO_FOLDER || is_still_there(r, s))
		disk_remove(r->root, s->path, &s->current, &s->fault);
	if (s->fault.code == ERR_NONE)
		s->current = (struct undo_state){ .kind = UNDO_ABSENT };
	s->done = s->fault.code == ERR_NONE &&
	    s->target.kind == UNDO_ABSENT;
}

static void
make_step(struct restore *r, struct undo_step *s)
{
	if (!is_wanted(s) || s->target.kind == UNDO_ABSENT)
		return;
	if (root_of(r, s) < 0)
		error_set(&s->fault, ERR_NOT_FOUND, "%s is gone", s->root);
	else if (s->target.kind == UNDO_FOLDER || is_still_there(r, s))
		disk_make(undo_objects_of(r->undo), r->root, s->path,
		    &s->target, r->tag, &s->fault);
	s->done = s->fault.code == ERR_NONE;
}

/* Steps are in the order of their paths: folders before what is in them. */
static void
run_steps(struct restore *r)
{
	for (size_t i = r->n; i-- > 0;)
		remove_step(r, &r->steps[i]);
	for (size_t i = 0; i < r->n; i++)
		make_step(r, &r->steps[i]);
	close_fd(&r->root);
	r->root = -1;
}

static bool
is_skipped(const struct undo_step *s, const struct undo_choice *c)
{
	return s->fate == UNDO_SAME || s->fate == UNDO_LOST ||
	    (c != NULL && c->skipped != NULL && c->skipped(s, c->ctx));
}

static bool
is_forced(const struct undo_step *s, const struct undo_choice *c)
{
	return c != NULL && c->forced != NULL && c->forced(s, c->ctx);
}

static int
decide(struct undo_plan *p, const struct undo_choice *c, struct error *err)
{
	const struct undo_step *open = NULL;
	size_t n_open = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct undo_step *s = &p->steps[i];

		s->skip = is_skipped(s, c);
		if (s->skip || s->fate != UNDO_CONFLICT || is_forced(s, c))
			continue;
		open = open == NULL ? s : open;
		n_open++;
	}
	if (n_open == 0)
		return 0;
	return error_set(err, ERR_UNDO_CONFLICT,
	    "%s: %s (%zu in all); nothing was changed", open->path, open->why,
	    n_open);
}

/* Keeps what is there now, so that a redo can bring it back. */
static int
keep_current(struct undo *u, struct undo_plan *p, struct error *err)
{
	const struct disk_look look = { .objects = undo_objects_of(u),
		.flags = DISK_KEEP, .file_max = INT64_MAX };
	struct restore r = { .root = -1 };
	int rc = 0;

	for (size_t i = 0; i < p->n && rc == 0; i++) {
		struct undo_step *s = &p->steps[i];
		struct undo_state now;

		if (s->skip || root_of(&r, s) < 0)
			continue;
		rc = disk_look(&look, r.root, s->path, &now, err);
		if (rc == 0 && !undo_state_same(&now, &s->current) &&
		    now.kind != UNDO_OTHER)
			rc = error_set(err, ERR_UNDO_CONFLICT,
			    "%s was changed by somebody else just now; nothing "
			    "was changed", s->path);
	}
	close_fd(&r.root);
	return rc;
}

struct entries {
	struct undo_entry *items;
	size_t n;
};

/* done_only: what has happened, else what shall. */
static void
list_entries(const struct undo_plan *p, const struct undo_state *before,
    bool done_only, struct entries *ret)
{
	ret->items = mem_alloc(p->n + 1, sizeof(*ret->items));
	ret->n = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct undo_step *s = &p->steps[i];

		if (done_only ? s->done : !s->skip)
			ret->items[ret->n++] = (struct undo_entry){ s->root,
				s->path, before[i], s->target };
	}
}

int
undo_plan_apply(struct undo *u, struct undo_plan *p,
    const struct undo_choice *choice, char ret_point[ID_SIZE],
    struct error *err)
{
	CLEANUP(free_ptr) struct undo_state *before = NULL;
	CLEANUP(free_ptr) void *owned = NULL;
	struct store *store = undo_opts_of(u)->store;
	struct undo_point point = { .source = p->source };
	struct restore r = { .undo = u, .steps = p->steps, .n = p->n,
		.tag = point.id, .root = -1 };
	struct entries entries;
	int64_t num;
	int rc = decide(p, choice, err);

	if (rc == 0)
		rc = keep_current(u, p, err);
	if (rc != 0)
		return rc;
	id_make(point.id);
	memcpy(point.session, p->session, sizeof(point.session));
	snprintf(point.label, sizeof(point.label), "%s", p->label);
	before = mem_alloc(p->n + 1, sizeof(*before));
	for (size_t i = 0; i < p->n; i++)
		before[i] = p->steps[i].current;
	list_entries(p, before, false, &entries);
	owned = entries.items;
	rc = store_undo_begin(store, &point, entries.items, entries.n,
	    p->targets, p->n_targets, &num, err);
	if (rc != 0)
		return rc;
	run_steps(&r);
	free(owned);
	list_entries(p, before, true, &entries);
	owned = entries.items;
	/* It stays a point even if nothing could be done: targets name it. */
	rc = store_undo_finish(store, num,
	    entries.n == 0 && p->n_targets > 0 ? NULL : entries.items,
	    entries.n, err);
	if (rc == 0)
		memcpy(ret_point, point.id, ID_SIZE);
	return rc;
}

/* --- after a kill ------------------------------------------------------- */

struct open_points {
	struct undo_point *items;
	size_t n;
};

static int
collect_point(const struct undo_point *p, void *ctx)
{
	struct open_points *open = ctx;

	open->items = mem_resize(open->items, open->n + 1,
	    sizeof(*open->items));
	open->items[open->n++] = *p;
	return 0;
}

static int
collect_step(const struct undo_entry *e, void *ctx)
{
	struct undo_plan *p = ctx;

	p->steps = mem_resize(p->steps, p->n + 1, sizeof(*p->steps));
	p->steps[p->n++] = (struct undo_step){ .root = mem_strdup(e->root),
		.path = mem_strdup(e->path), .expected = e->before,
		.target = e->after };
	return 0;
}

/* As before: still to be done; as after: done; else it is not ours. */
static void
sort_out(struct undo *u, struct undo_plan *p, const char *tag, bool complete)
{
	const struct disk_look look = { .objects = undo_objects_of(u),
		.file_max = INT64_MAX };
	struct restore r = { .undo = u, .steps = p->steps, .n = p->n,
		.tag = tag, .root = -1 };

	for (size_t i = 0; i < p->n; i++) {
		struct undo_step *s = &p->steps[i];

		s->skip = true;
		if (root_of(&r, s) < 0)
			continue;
		disk_clean(r.root, s->path, tag);
		if (disk_look(&look, r.root, s->path, &s->current, NULL) != 0)
			continue;
		s->done = undo_state_same(&s->current, &s->target);
		/* A folder that shall become a file may be gone already. */
		s->skip = s->done || !complete ||
		    (!undo_state_same(&s->current, &s->expected) &&
			s->current.kind != UNDO_ABSENT);
	}
	if (complete)
		run_steps(&r);
	else
		close_fd(&r.root);
}

static int
recover_paths(struct undo *u, struct store_reader *r,
    const struct undo_point *point, struct error *err)
{
	CLEANUP_UNDO_PLAN struct undo_plan p = { .n = 0 };
	CLEANUP(free_ptr) struct undo_state *before = NULL;
	CLEANUP(free_ptr) void *owned = NULL;
	bool complete = point->source != UNDO_BY_FILES;
	struct entries entries;
	int rc = store_undo_entries(r, point->num, collect_step, &p, err);

	if (rc != 0)
		return rc;
	sort_out(u, &p, point->id, complete);
	before = mem_alloc(p.n + 1, sizeof(*before));
	for (size_t i = 0; i < p.n; i++) {
		before[i] = p.steps[i].expected;
		/* What a file tool did and the user changed since was done. */
		if (!complete && !undo_state_same(&p.steps[i].current,
		    &p.steps[i].expected))
			p.steps[i].done = true;
	}
	list_entries(&p, before, true, &entries);
	owned = entries.items;
	return store_undo_finish(undo_opts_of(u)->store, point->num,
	    complete && entries.n == 0 ? NULL : entries.items, entries.n, err);
}

int
undo_recover(struct undo *u, struct store_reader *r, const char *session,
    struct error *err)
{
	struct undo_filter filter = { .session = session, .open_only = true };
	struct open_points open = { .n = 0 };
	int rc = store_undo_points(r, &filter, collect_point, &open, err);

	for (size_t i = 0; i < open.n && rc == 0; i++) {
		const struct undo_point *p = &open.items[i];

		if (p->source == UNDO_BY_COMMAND ||
		    p->source == UNDO_BY_BACKGROUND)
			rc = scan_recover(u, r, p, err);
		else
			rc = recover_paths(u, r, p, err);
	}
	free(open.items);
	return rc;
}
