/* The chain of custody: what the record says of a file, or of one line of it
 * as it is now: which prompts, models, calls and approvals led to it, and what
 * nobody recorded. A line is followed back through the contents before and
 * after each recorded change, which undo keeps; what differs between the end
 * of one change and the beginning of the next was done by hand. */
#ifndef FRIDAY_CORE_CUSTODY_H
#define FRIDAY_CORE_CUSTODY_H

#include "store/undo.h"
#include "undo/objects.h"

struct custody_change { /* one entry of the record */
	int64_t seq, time_ms;
	char user[64];
	char session[ID_SIZE], run[ID_SIZE], point[ID_SIZE];
	char call_id[64], source[16], label[128];
	struct undo_state before, after;
};

struct custody_changes {
	struct custody_change *items;
	size_t n, cap;
};
void custody_changes_release(struct custody_changes *c);
#define CLEANUP_CUSTODY_CHANGES CLEANUP(custody_changes_release)

/* Appends the changes of a file (absolute path, without links) with seq below
 * `before` (0: all), oldest first; those that did not happen after all are
 * left out. Errors: the store's. */
int custody_changes_read(struct store_reader *r, const char *path,
    int64_t before, struct custody_changes *ret, struct error *err);

/* A file as the record names it: absolute, its folder without links; the file
 * itself may be gone. given: absolute, or below `folder`. New string. */
char *custody_path(const char *folder, struct str given);

enum custody_kind {
	CUSTODY_CHANGE,	 /* a recorded change wrote it so */
	CUSTODY_BY_HAND, /* somebody else did, after `change` (or before any) */
	CUSTODY_BEFORE,	 /* it was there before the first recorded change */
	CUSTODY_MOVED,	 /* the file was `path` before `change` */
	CUSTODY_UNKNOWN, /* the content of `change` is not kept any more */
};

struct custody_step {
	enum custody_kind kind;
	size_t line; /* from 1, at that time; 0: unknown */
	char *text;  /* of the line, without its ending */
	char *path;  /* CUSTODY_MOVED */
	bool has_change;
	struct custody_change change;
};

struct custody_line {
	struct custody_step *steps; /* newest first */
	size_t n, cap;
};
void custody_line_release(struct custody_line *l);
#define CLEANUP_CUSTODY_LINE CLEANUP(custody_line_release)

/* Follows a line (from 1) of the file's present text back. Errors:
 * ERR_INVALID (no such line, no text), the store's. */
int custody_follow(struct store_reader *r, const struct undo_objects *objects,
    const char *path, struct str text, size_t line, struct custody_line *ret,
    struct error *err);

/* Where line i (from 0) of `now` was in `before`, SIZE_MAX: nowhere. *ret_same
 * tells a line that did not change from one that took another's place. */
size_t custody_map_line(struct str before, struct str now, size_t i,
    bool *ret_same);

#endif
