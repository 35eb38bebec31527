/* Undo: what the agent changed can be taken back, with or without git, and
 * without touching the user's index, branches or HEAD. Each change is a point
 * (store/undo.h) made before it happens (undo/tracker.h); contents are objects
 * (undo/objects.h). Taking points back is a plan first: what would change,
 * and what would destroy later work.
 *
 * A plan that is carried out is a point too. It is in the database before the
 * first file is touched, so that what a kill cuts off is completed by
 * undo_recover(), and undoing an undo is a redo.
 *
 * Life cycle: undo_open() once a process, any thread, undo_close(). */
#ifndef FRIDAY_UNDO_UNDO_H
#define FRIDAY_UNDO_UNDO_H

#include "store/undo.h"
#include "undo/objects.h"

struct undo;

struct undo_opts {
	struct store *store;
	const char *state_dir;
	int64_t file_max;  /* bytes; larger files are not kept */
	int64_t tree_max;  /* bytes kept of one folder's untracked files */
	int64_t max_bytes; /* of all objects; older points go */
	int64_t max_age_ms;
};
#define UNDO_OPTS_INIT                                                        \
	((struct undo_opts){ .file_max = 64 * MIB, .tree_max = 512 * MIB,     \
	    .max_bytes = 2048 * MIB,                                          \
	    .max_age_ms = INT64_C(30) * 24 * 3600 * 1000 })

/* Errors: ERR_IO, ERR_PERMISSION. */
int undo_open(const struct undo_opts *opts, struct undo **ret,
    struct error *err);
void undo_close(struct undo *u);
DEFINE_CLEANUP(undo_close, struct undo);
struct undo_objects *undo_objects_of(struct undo *u);
const struct undo_opts *undo_opts_of(const struct undo *u);

/* Points without a living process: a restore is completed, a file tool's call
 * is settled by what is there, a command's changes are found by a scan. Only
 * while the session's lease is held and none of its calls runs. */
int undo_recover(struct undo *u, struct store_reader *r, const char *session,
    struct error *err);

/* --- plans -------------------------------------------------------------- */

/* What to take back; of the points that are done and not taken back yet. */
struct undo_wish {
	const char *session; /* NULL: found by run or point */
	const char *run;     /* all of a run; unique prefix of 8 or more */
	const char *point;   /* one point by id */
	int64_t from_seq;    /* all from this event on (rewind) */
	size_t steps;	     /* so many newest points */
	bool redo;	     /* the last undo of the session */
	/* Nothing of run, point, from_seq, steps: the last run that has
	 * points. */
};

enum undo_fate {
	UNDO_CHANGE,   /* will be restored */
	UNDO_SAME,     /* is so already */
	UNDO_CONFLICT, /* later work would be lost: only when forced */
	UNDO_LOST,     /* the content is not kept: cannot be restored */
};

struct undo_step {
	char *root, *path;
	struct undo_state expected; /* as the points left it */
	struct undo_state current;
	struct undo_state target;
	enum undo_fate fate;
	char why[160]; /* of a conflict or a loss: a sentence */
	bool skip;     /* left out */
	bool done;     /* after undo_plan_apply() */
	struct error fault; /* why it was not done */
};

struct undo_plan {
	char session[ID_SIZE];
	char run[ID_SIZE]; /* of the newest target */
	enum undo_source source;
	char label[128];
	int64_t *targets; /* points taken back */
	size_t n_targets;
	struct undo_step *steps; /* in the order of root and path */
	size_t n;
};
void undo_plan_release(struct undo_plan *p);
#define CLEANUP_UNDO_PLAN CLEANUP(undo_plan_release)

/* Looks what would change; changes nothing. Release ret, also after an error.
 * Errors: ERR_NOT_FOUND (nothing to take back). */
int undo_plan_make(struct undo *u, struct store_reader *r,
    const struct undo_wish *wish, struct undo_plan *ret, struct error *err);
/* A plan of one path that shall become `target`, whose object is there. */
void undo_plan_one(struct undo_plan *p, const char *session, const char *run,
    const char *root, const char *path);

/* How conflicts are decided; either may be NULL. */
struct undo_choice {
	bool (*forced)(const struct undo_step *step, const void *ctx);
	bool (*skipped)(const struct undo_step *step, const void *ctx);
	const void *ctx;
};
/* Carries the plan out; who calls it holds the session's lease. Nothing is
 * done while a conflict is undecided (ERR_UNDO_CONFLICT). A path that fails is
 * named by its step's fault and does not stop the others. ret_point: the id of
 * the point made. */
int undo_plan_apply(struct undo *u, struct undo_plan *p,
    const struct undo_choice *choice, char ret_point[ID_SIZE],
    struct error *err);

/* --- several points seen as one ----------------------------------------- */

/* Appends the net change of each path: before the first point, after the
 * last. steps[].current is not filled. */
int undo_net(struct store_reader *r, const int64_t *points, size_t n,
    struct undo_plan *ret, struct error *err);

/* --- retention ---------------------------------------------------------- */

struct undo_size {
	int64_t points, objects, bytes, oldest_ms;
};
int undo_size(struct undo *u, struct store_reader *r, struct undo_size *ret,
    struct error *err);
/* Drops points that are too old, then the oldest while the contents take too
 * much; removes what nothing needs any more. */
int undo_gc(struct undo *u, struct store_reader *r, struct undo_size *ret,
    struct error *err);

#endif
