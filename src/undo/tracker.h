/* What a session's calls change, recorded: the door and the file tools tell
 * the tracker before they change something and after. One per session.
 *
 * File tools name their files with the bytes that they hold anyway, so that
 * the cost does not depend on the tree. Around commands the workspace is
 * scanned by stat (undo/scan.h), before and after.
 *
 * Life cycle: tracker_create(), calls on the run's thread, tracker_destroy().
 * tracker_begin_call() may come from a worker of the run; of calls that change
 * something only one runs at a time. */
#ifndef FRIDAY_UNDO_TRACKER_H
#define FRIDAY_UNDO_TRACKER_H

#include "undo/undo.h"

struct tracker;

struct tracker_opts {
	struct undo *undo;
	const char *session;
	const char *const *roots; /* absolute */
	size_t n_roots;
	/* What could not be brought back after the command that is about to
	 * run; told once for the same text. May be NULL. */
	void (*warn)(const char *text, void *ctx);
	void *ctx;
};

int tracker_create(const struct tracker_opts *opts, struct tracker **ret,
    struct error *err);
void tracker_destroy(struct tracker *t);
DEFINE_CLEANUP(tracker_destroy, struct tracker);

const char *tracker_session(const struct tracker *t);

/* Whose changes come next. */
void tracker_begin_call(struct tracker *t, const char *run,
    const char *call_id, const char *label);

/* --- file tools --------------------------------------------------------- */

struct tracker_file {
	const char *root; /* one of the workspace's */
	const char *path; /* below it */
	struct undo_state before, after; /* hashes are filled in */
	struct str before_bytes, after_bytes; /* of files and links */
};

/* Keeps the contents and makes the point; nothing has changed yet. Errors: as
 * undo_objects_put() and store_undo_begin(). */
int tracker_begin_files(struct tracker *t, struct tracker_file *files,
    size_t n, int64_t *ret_point, struct error *err);
/* The files are as announced, or (not `changed`) as before. */
void tracker_end_files(struct tracker *t, int64_t point,
    const struct tracker_file *files, size_t n, bool changed);

/* --- commands ----------------------------------------------------------- */

/* Scans and makes the point. *ret_point 0: the tree is too large to be
 * known; the user was warned. Errors: as scan_run() and store_undo_begin(). */
int tracker_begin_command(struct tracker *t, int64_t *ret_point,
    struct error *err);
void tracker_end_command(struct tracker *t, int64_t point);
/* A turn's border: what changed while background commands ran (`active`: one
 * does now) is a point of its own. */
void tracker_border(struct tracker *t, bool active);

#endif
