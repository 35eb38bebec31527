/* What a folder of the workspace holds, known by stat: a table of its paths,
 * each with its content kept as an object, or as git's own object where a
 * tracked file is clean. Scanning again reads only what has another stat.
 *
 * Not looked into: folders .git (undo never touches them), our own state, and
 * folders that builds fill (node_modules, target …) once they are large and
 * nothing in them is tracked. What could not be brought back is listed by
 * scan_unkept().
 *
 * The table is also a file, so that a kill during a command loses nothing, and
 * so that the next session begins with it:
 *
 *	STATE/undo/scan/HASH OF ROOT/SESSION
 *
 * Thread: one at a time. */
#ifndef FRIDAY_UNDO_SCAN_H
#define FRIDAY_UNDO_SCAN_H

#include "base/buf.h"
#include "store/undo.h"

struct map;
struct scan;
struct undo;

struct scan_changes {
	struct undo_entry *items;
	size_t n, cap;
};
void scan_changes_release(struct scan_changes *c);
#define CLEANUP_SCAN_CHANGES CLEANUP(scan_changes_release)
/* The entry's strings are copied. */
void scan_changes_add(struct scan_changes *c, const char *root,
    const char *path, const struct undo_state *before,
    const struct undo_state *after);

/* Opens the folder and reads the table of the session, or the last one of any.
 * Errors: ERR_NOT_FOUND and others of the folder. */
int scan_open(struct undo *u, const char *root, const char *session,
    struct scan **ret, struct error *err);
void scan_close(struct scan *s);
DEFINE_CLEANUP(scan_close, struct scan);

/* Brings the table up to date. changes NULL: what differs is only learnt, and
 * kept where it may be needed; else it is added there too. Errors:
 * ERR_TOO_LARGE (too many files: nothing is known then), ERR_NO_SPACE. */
int scan_run(struct scan *s, struct scan_changes *changes, struct error *err);
/* A path was changed by us: its new state is known without reading it. */
void scan_note(struct scan *s, const char *path,
    const struct undo_state *state);
/* Whether a scan has run since the opening. */
bool scan_is_loaded(const struct scan *s);
const char *scan_root(const struct scan *s);
size_t scan_count(const struct scan *s);
/* Appends what could not be brought back: "node_modules/ (a large build
 * folder), big.iso (4.1 GB)"; nothing when all could. At most some names. */
void scan_unkept(const struct scan *s, struct buf *out);

/* Writes what changed in the table since the last call. */
int scan_save(struct scan *s, struct error *err);
/* Adds the hashes that tables on the disk name to `kept` (any value), and
 * removes old tables. */
int scan_mark_kept(struct undo *u, struct map *kept, struct error *err);

/* An open point of a command that a kill cut off becomes a background point
 * with what has changed since. */
int scan_recover(struct undo *u, struct store_reader *r,
    const struct undo_point *point, struct error *err);

#endif
