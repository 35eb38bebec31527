/* One path of a workspace as undo sees it: what is there, by content, and how
 * it is made into something else. A path is walked folder by folder from the
 * root's descriptor, never through a link: one put there meanwhile ends the
 * walk, so nothing outside the root is read or changed.
 *
 * Thread: any, one at a time for a path. */
#ifndef FRIDAY_UNDO_DISK_H
#define FRIDAY_UNDO_DISK_H

#include <sys/stat.h>

#include "store/undo.h"
#include "undo/objects.h"

enum disk_flags {
	DISK_KEEP = 1,	 /* contents become objects; else only hashes */
	DISK_SYNCED = 2, /* … that are on the disk */
};

struct disk_look {
	struct undo_objects *objects;
	unsigned flags;
	int64_t file_max; /* larger files have no hash */
};

/* Same kind, mode and content. Contents that were not kept are never the
 * same. */
bool undo_state_same(const struct undo_state *a, const struct undo_state *b);

/* Opens the folder of `path` below `root`; *ret_name is its last component,
 * inside of `path`. Errors: ERR_NOT_FOUND (a folder is missing, or is no
 * folder but a link or a file). */
int disk_open_folder(int root, const char *path, int *ret_folder,
    const char **ret_name, struct error *err);
/* The same; missing folders are made. */
int disk_make_folders(int root, const char *path, int *ret_folder,
    const char **ret_name, struct error *err);
/* What is at folder/name. ret_st (may be NULL) is set when something is. */
int disk_look_at(const struct disk_look *l, int folder, const char *name,
    struct undo_state *ret, struct stat *ret_st, struct error *err);
/* What is at root/path; a missing folder on the way is ABSENT. */
int disk_look(const struct disk_look *l, int root, const char *path,
    struct undo_state *ret, struct error *err);

/* Removes what is there, if it is still as `from` says. A folder that is not
 * empty stays: ERR_BUSY. `tag` names what is put beside, so that disk_clean()
 * finds what a kill left. Errors too: ERR_UNDO_CONFLICT (it is not as `from`
 * says: it stays). */
int disk_remove(struct undo_objects *o, int root, const char *path,
    const struct undo_state *from, const char *tag, struct error *err);
/* Makes `to`, in place of what is there, if that is still as `from` says;
 * missing folders are made too. The new content is whole before it shows.
 * Errors: ERR_NOT_FOUND (the content is gone), ERR_EXISTS (something of
 * another kind is there), ERR_UNDO_CONFLICT. */
int disk_make(struct undo_objects *o, int root, const char *path,
    const struct undo_state *from, const struct undo_state *to,
    const char *tag, struct error *err);
void disk_clean(struct undo_objects *o, int root, const char *path,
    const char *tag);

/* A name beside a file for a moment of a file tool's call; a new string. After
 * a kill disk_clean_calls() removes all of the session's beside `path`: what
 * they hold is an object too. */
char *disk_call_name(const char *session);
void disk_clean_calls(int root, const char *path, const char *session);

#endif
