/* Carrying a plan out; see undo.h. The point of the restore is in the
 * database, with what is there now and what shall be, before the first path is
 * touched. So each path is, at any time, as before, as after, or somebody
 * else's: recover.c completes what a kill cuts off. */
#include "undo/restore.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "undo/disk.h"

/* --- doing -------------------------------------------------------------- */

struct restore {
	struct undo *undo;
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

/* The agent made it, but by now there is more in it: that is nobody's loss. */
static void
leave_folder(struct undo_step *s)
{
	s->fault = ERROR_INIT;
	s->skip = true;
	snprintf(s->why, sizeof(s->why),
	    "it stays: there is something else in it");
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
	else
		disk_remove(undo_objects_of(r->undo), r->root, s->path,
		    &s->current, r->tag, &s->fault);
	if (s->fault.code == ERR_BUSY && s->target.kind == UNDO_ABSENT)
		leave_folder(s);
	if (s->skip || s->fault.code != ERR_NONE)
		return;
	s->current = (struct undo_state){ .kind = UNDO_ABSENT };
	s->done = s->target.kind == UNDO_ABSENT;
}

static void
make_step(struct restore *r, struct undo_step *s)
{
	struct undo_state to = s->target;

	if (!is_wanted(s) || s->target.kind == UNDO_ABSENT)
		return;
	/* Until everything is in it. */
	if (to.kind == UNDO_FOLDER)
		to.mode |= S_IRWXU;
	if (root_of(r, s) < 0)
		error_set(&s->fault, ERR_NOT_FOUND, "%s is gone", s->root);
	else
		disk_make(undo_objects_of(r->undo), r->root, s->path,
		    &s->current, &to, r->tag, &s->fault);
	s->done = s->fault.code == ERR_NONE;
}

static void
close_step(struct restore *r, struct undo_step *s)
{
	if (!s->done || s->skip || s->target.kind != UNDO_FOLDER ||
	    (s->target.mode & S_IRWXU) == S_IRWXU || root_of(r, s) < 0)
		return;
	disk_make(undo_objects_of(r->undo), r->root, s->path, &s->current,
	    &s->target, r->tag, &s->fault);
}

void
restore_steps(struct undo *u, struct undo_step *steps, size_t n,
    const char *tag)
{
	struct restore r = { .undo = u, .tag = tag, .root = -1 };

	for (size_t i = n; i-- > 0;)
		remove_step(&r, &steps[i]);
	for (size_t i = 0; i < n; i++)
		make_step(&r, &steps[i]);
	for (size_t i = n; i-- > 0;)
		close_step(&r, &steps[i]);
	close_fd(&r.root);
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

void
restore_entries(const struct undo_plan *p, const struct undo_state *before,
    bool done_only, struct restore_entries *ret)
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
	struct restore_entries entries;
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
	restore_entries(p, before, false, &entries);
	owned = entries.items;
	rc = store_undo_begin(store, &point, entries.items, entries.n,
	    p->targets, p->n_targets, &num, err);
	if (rc != 0)
		return rc;
	restore_steps(u, p->steps, p->n, point.id);
	free(owned);
	restore_entries(p, before, true, &entries);
	owned = entries.items;
	/* It stays a point even if nothing could be done: targets name it. */
	rc = store_undo_finish(store, num,
	    entries.n == 0 && p->n_targets > 0 ? NULL : entries.items,
	    entries.n, err);
	if (rc == 0)
		memcpy(ret_point, point.id, ID_SIZE);
	return rc;
}
