/* Opening, and keeping the whole small; see undo.h. */
#include "undo/undo.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "undo/scan.h"

/* An object that was kept a moment ago may belong to a point that is not in
 * the database yet. */
#define SWEEP_AGE_MS (INT64_C(3600) * 1000)

struct undo {
	struct undo_opts opts;
	char *state_dir;
	struct undo_objects *objects;
};

int
undo_open(const struct undo_opts *opts, struct undo **ret, struct error *err)
{
	struct undo_objects *objects;
	struct undo *u;
	int rc = undo_objects_open(opts->state_dir, &objects, err);

	if (rc != 0)
		return rc;
	u = mem_new(struct undo);
	u->state_dir = mem_strdup(opts->state_dir);
	u->opts = *opts;
	u->opts.state_dir = u->state_dir;
	u->objects = objects;
	*ret = u;
	return 0;
}

void
undo_close(struct undo *u)
{
	if (u == NULL)
		return;
	undo_objects_close(u->objects);
	free(u->state_dir);
	free(u);
}

struct undo_objects *
undo_objects_of(struct undo *u)
{
	return u->objects;
}

const struct undo_opts *
undo_opts_of(const struct undo *u)
{
	return &u->opts;
}

int
undo_size(struct undo *u, struct store_reader *r, struct undo_size *ret,
    struct error *err)
{
	struct undo_objects_sum sum = { 0 };
	struct undo_stats stats = { 0 };
	int rc = store_undo_stats(r, &stats, err);

	if (rc == 0)
		rc = undo_objects_sweep(u->objects, NULL, 0, &sum, err);
	if (rc == 0)
		*ret = (struct undo_size){ stats.points, sum.objects,
			sum.bytes, stats.oldest_ms };
	return rc;
}

/* --- retention ---------------------------------------------------------- */

struct gathering {
	struct undo *undo;
	struct store_reader *reader;
	struct map *kept; /* hashes */
	int64_t bytes;
	int64_t cut; /* points before this one go; 0: none */
	struct error *err;
};

static void
gather(struct gathering *g, const struct undo_state *s)
{
	int64_t bytes;

	if (s->hash[0] == '\0' || map_has(g->kept, str_from(s->hash)))
		return;
	bytes = undo_objects_bytes(g->undo->objects, s->hash);
	map_set(g->kept, str_from(s->hash), g);
	g->bytes += bytes > 0 ? bytes : 0;
}

static int
gather_entry(const struct undo_entry *e, void *ctx)
{
	gather(ctx, &e->before);
	gather(ctx, &e->after);
	return 0;
}

/* Newest first: what comes after the bytes are used up is too old. */
static int
gather_point(const struct undo_point *p, void *ctx)
{
	struct gathering *g = ctx;

	if (g->cut != 0)
		return 0;
	if (g->bytes > g->undo->opts.max_bytes) {
		g->cut = p->num + 1;
		return 0;
	}
	return store_undo_entries(g->reader, p->num, gather_entry, g, g->err);
}

int
undo_gc(struct undo *u, struct store_reader *r, struct undo_size *ret,
    struct error *err)
{
	CLEANUP(map_destroyp) struct map *kept = map_create(NULL);
	struct gathering g = { .undo = u, .reader = r, .kept = kept,
		.err = err };
	struct undo_filter all = { .newest_first = true,
		.with_trash = true };
	struct undo_objects_sum sum;
	int rc = store_undo_expire(u->opts.store,
	    clock_wall_ms() - u->opts.max_age_ms, 0, err);

	if (rc == 0)
		rc = scan_mark_kept(u, kept, err);
	if (rc == 0)
		rc = store_undo_points(r, &all, gather_point, &g, err);
	if (rc == 0 && g.cut != 0)
		rc = store_undo_expire(u->opts.store, 0, g.cut, err);
	if (rc == 0)
		rc = undo_objects_sweep(u->objects, kept, SWEEP_AGE_MS, &sum,
		    err);
	return rc == 0 ? undo_size(u, r, ret, err) : rc;
}
