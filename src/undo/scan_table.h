/* The inside of a scan, for the walk (scan.c), its file (scan_cache.c) and
 * git's part (scan_git.c). */
#ifndef FRIDAY_UNDO_SCAN_TABLE_H
#define FRIDAY_UNDO_SCAN_TABLE_H

#include <sys/stat.h>

#include "base/map.h"
#include "undo/disk.h"
#include "undo/scan.h"
#include "undo/undo.h"

struct repo;
struct repo_index;

enum scan_row_flags {
	SCAN_GIT = 1,	      /* state.hash is an object of git's */
	SCAN_RACY = 2,	      /* may have changed without another stat */
	SCAN_BOUNDED = 4,     /* a folder that is not looked into */
	SCAN_UNKEPT = 8,      /* a file whose content was not kept */
	SCAN_REPOSITORY = 16, /* the .git of a repository below ours */
	SCAN_NOT_WHOLE = SCAN_BOUNDED | SCAN_UNKEPT | SCAN_REPOSITORY,
};

struct scan_row {
	struct undo_state state;
	int64_t size, mtime_ns, ctime_ns;
	uint64_t ino;
	unsigned flags;
	unsigned seen; /* number of the scan that saw it last */
	bool unsaved;
};

struct scan {
	struct undo *undo;
	char *root;
	int fd; /* of the root */
	dev_t state_dev; /* our own state folder */
	ino_t state_ino;
	struct map *rows; /* path: struct scan_row */
	unsigned number;  /* of this scan */
	int64_t started_ns; /* wall clock */
	int64_t kept_bytes; /* of files that git does not have */
	struct repo *repo;
	struct repo_index *index; /* NULL: not read, or not to be used */
	bool no_git;
	struct map *tracked; /* build folders with tracked files in them */
	char *prefix; /* of the root below git's top: "" or "sub/" */
	/* The file. */
	char *cache_path;
	bool written;
	char **removed; /* since the last save */
	size_t n_removed;
};

void scan_key(struct scan_row *row, const struct stat *st);
/* Reads the tables; a damaged one is no table. scan_cache.c */
void scan_load(struct scan *s, const char *session);
char *scan_folder(struct undo *u, const char *root);

/* Whether git has the file as it is; its object then. scan_git.c */
bool scan_git_is_clean(struct scan *s, const char *path,
    const struct stat *st, char oid[HASH_SIZE]);
/* Git's object becomes one of ours: the user's git may drop its own. */
void scan_git_fetch(struct scan *s, struct undo_state *state);
/* Whether a tracked file is below this build folder. */
bool scan_git_tracks(struct scan *s, const char *path);

#endif
