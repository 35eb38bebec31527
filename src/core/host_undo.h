/* Undo in this host: which session is meant, holding it while files are put
 * back, telling the faces. Used by the operations undo.* and changes.*. */
#ifndef FRIDAY_CORE_HOST_UNDO_H
#define FRIDAY_CORE_HOST_UNDO_H

#include "core/operation.h"
#include "undo/undo.h"

/* Opens f->undo, and completes what a kill cut off in sessions that nobody
 * works on. Called with the store just opened, inside f->lock. */
int host_undo_open(struct friday *f, struct error *err);

/* Drops what is too old or too much, and writes undo_points, undo_contents and
 * undo_bytes into the reply. dry_run: only that. */
int host_undo_gc(struct op_call *call, bool dry_run, struct error *err);
/* Asks the slow worker for that when the last time is a day ago. */
void host_undo_gc_if_due(struct worker *w);

/* The session of the argument `session` (a prefix is enough), or the last of
 * the workspace. Any worker. */
int host_undo_session(struct op_call *call, char ret[ID_SIZE],
    struct error *err);
/* Nobody else works on the session until it is let go: it is ours and no run
 * goes on, or its lease is taken. Thread: control. Errors: ERR_BUSY,
 * ERR_SESSION_BUSY. */
struct undo_hold {
	struct store *store;
	char session[ID_SIZE];
	bool leased;
};
int host_undo_hold(struct op_call *call, const char *session,
    struct undo_hold *ret, struct error *err);
void host_undo_release(struct undo_hold *h);

/* A path as faces name it: relative to the workspace, else absolute; a new
 * string. */
char *host_undo_shown(const struct friday *f, const char *root,
    const char *path);
/* Whether the deny list holds the content back. */
bool host_undo_denied(struct friday *f, const char *root, const char *path);
/* The event files.restored with what the plan has done. */
int host_undo_tell(struct op_call *call, const struct undo_plan *p,
    const char *point, struct error *err);

#endif
