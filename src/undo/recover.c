/* What a kill cut off; see undo.h. A restore is completed: each path is as
 * before, as after, or somebody else's by now, which is left alone. A file
 * tool's call is all or nothing, as it would have been without the kill: where
 * some of its files are as before and some as after, it is taken back. What a
 * command changed is found by a scan (scan_cache.c). */
#include <fcntl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "undo/disk.h"
#include "undo/restore.h"
#include "undo/scan.h"

/* --- both --------------------------------------------------------------- */

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

/* Removes what the kill left beside the paths, and looks at them. A path that
 * cannot be looked at is skipped. */
static void
look_at_all(struct undo *u, struct undo_plan *p,
    const struct undo_point *point)
{
	struct undo_objects *o = undo_objects_of(u);
	const struct disk_look look = { .objects = o,
		.file_max = INT64_MAX };

	for (size_t i = 0; i < p->n; i++) {
		struct undo_step *s = &p->steps[i];
		CLEANUP(close_fd) int root = open(s->root,
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		s->skip = true;
		if (root < 0)
			continue;
		if (point->source == UNDO_BY_FILES)
			disk_clean_calls(root, s->path, point->session);
		else
			disk_clean(o, root, s->path, point->id);
		s->skip = disk_look(&look, root, s->path, &s->current,
			      NULL) != 0;
	}
}

static bool
is_folder(const struct undo_state *s)
{
	return s->kind == UNDO_FOLDER;
}

/* --- a restore ---------------------------------------------------------- */

/* A folder that shall become a file may be gone already; one that is there
 * may not have its mode yet. */
static bool
is_on_its_way(const struct undo_step *s)
{
	return undo_state_same(&s->current, &s->expected) ||
	    s->current.kind == UNDO_ABSENT ||
	    (is_folder(&s->current) &&
		(is_folder(&s->target) || is_folder(&s->expected)));
}

static int
complete(struct undo *u, struct undo_plan *p, const struct undo_point *point,
    struct error *err)
{
	CLEANUP(free_ptr) struct undo_state *before = mem_alloc(p->n + 1,
	    sizeof(*before));
	CLEANUP(free_ptr) void *owned = NULL;
	struct restore_entries entries;

	for (size_t i = 0; i < p->n; i++) {
		struct undo_step *s = &p->steps[i];

		before[i] = s->expected;
		s->done = !s->skip && undo_state_same(&s->current, &s->target);
		s->skip = s->skip || s->done || !is_on_its_way(s);
	}
	restore_steps(u, p->steps, p->n, point->id);
	restore_entries(p, before, true, &entries);
	owned = entries.items;
	/* Its targets are named by it: it stays a point. */
	return store_undo_finish(undo_opts_of(u)->store, point->num,
	    entries.n == 0 ? NULL : entries.items, entries.n, err);
}

/* --- a file tool's call ------------------------------------------------- */

/* Some files are as they were: the call was not finished. */
static bool
is_half(const struct undo_plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!p->steps[i].skip &&
		    (undo_state_same(&p->steps[i].current,
			 &p->steps[i].expected) ||
			p->steps[i].current.kind == UNDO_ABSENT) &&
		    !undo_state_same(&p->steps[i].current,
			&p->steps[i].target))
			return true;
	return false;
}

/* Back to what it was; what somebody changed since is left alone. */
static void
turn_round(struct undo_plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct undo_step *s = &p->steps[i];

		s->done = undo_state_same(&s->current, &s->expected);
		/* Between its removal and its replacement. */
		s->skip = s->skip || s->done ||
		    (!undo_state_same(&s->current, &s->target) &&
			s->current.kind != UNDO_ABSENT);
		s->target = s->expected;
	}
}

/* The entries of paths that are not as they were before the call. */
static int
settle(struct undo *u, struct store_reader *r, struct undo_plan *p,
    const struct undo_point *point, struct error *err)
{
	CLEANUP_UNDO_PLAN struct undo_plan recorded = { .n = 0 };
	CLEANUP(free_ptr) struct undo_state *before = mem_alloc(p->n + 1,
	    sizeof(*before));
	CLEANUP(free_ptr) void *owned = NULL;
	struct restore_entries entries;
	int rc = store_undo_entries(r, point->num, collect_step, &recorded,
	    err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < recorded.n; i++) {
		before[i] = recorded.steps[i].expected;
		recorded.steps[i].done = !p->steps[i].done;
	}
	restore_entries(&recorded, before, true, &entries);
	owned = entries.items;
	return store_undo_finish(undo_opts_of(u)->store, point->num,
	    entries.items, entries.n, err);
}

static int
settle_call(struct undo *u, struct store_reader *r, struct undo_plan *p,
    const struct undo_point *point, struct error *err)
{
	if (is_half(p)) {
		turn_round(p);
		restore_steps(u, p->steps, p->n, point->id);
	} else {
		for (size_t i = 0; i < p->n; i++)
			p->steps[i].done = false;
	}
	return settle(u, r, p, point, err);
}

/* --- all ---------------------------------------------------------------- */

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
recover_point(struct undo *u, struct store_reader *r,
    const struct undo_point *point, struct error *err)
{
	CLEANUP_UNDO_PLAN struct undo_plan p = { .n = 0 };
	int rc;

	if (point->source == UNDO_BY_COMMAND ||
	    point->source == UNDO_BY_BACKGROUND)
		return scan_recover(u, r, point, err);
	rc = store_undo_entries(r, point->num, collect_step, &p, err);
	if (rc != 0)
		return rc;
	look_at_all(u, &p, point);
	return point->source == UNDO_BY_FILES ?
	    settle_call(u, r, &p, point, err) :
	    complete(u, &p, point, err);
}

int
undo_recover(struct undo *u, struct store_reader *r, const char *session,
    struct error *err)
{
	struct undo_filter filter = { .session = session, .open_only = true };
	struct open_points open = { .n = 0 };
	int rc = store_undo_points(r, &filter, collect_point, &open, err);

	for (size_t i = 0; i < open.n && rc == 0; i++)
		rc = recover_point(u, r, &open.items[i], err);
	free(open.items);
	return rc;
}
