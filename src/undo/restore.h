/* The inside of putting back, for plans (restore.c) and for what a kill cut
 * off (recover.c). Thread: one at a time for a path. */
#ifndef FRIDAY_UNDO_RESTORE_H
#define FRIDAY_UNDO_RESTORE_H

#include "undo/undo.h"

/* Makes `target` of `current` for each step that is neither skipped nor done
 * and has no fault; sets done or fault. Steps are in the order of root and
 * path: folders before what is in them. `tag` is the point's id. */
void restore_steps(struct undo *u, struct undo_step *steps, size_t n,
    const char *tag);

/* The steps as entries of a point: of what has been done, or else of what is
 * not skipped. before: one state per step. items is a new array; its strings
 * are the steps'. */
struct restore_entries {
	struct undo_entry *items;
	size_t n;
};
void restore_entries(const struct undo_plan *p,
    const struct undo_state *before, bool done_only,
    struct restore_entries *ret);

#endif
