/* How the workspace finds a folder: the two ways of resolving a path below a
 * root. Only workspace.c uses this. */
#ifndef FRIDAY_TOOLS_WS_PATH_H
#define FRIDAY_TOOLS_WS_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* A root: an open folder and its two names. */
struct ws_root {
	int fd;	     /* O_PATH */
	char *path;  /* absolute, without links */
	char *given; /* absolute, as it was given; may be equal */
};

struct ws_roots {
	struct ws_root *items;
	size_t n;	 /* those that may be written */
	size_t n_read;	 /* with the spill folder, which comes last */
	bool no_openat2; /* the kernel or a filter lacks it, or a test */
};

/* The root that holds an absolute path, and the rest of the path. False:
 * none. */
bool ws_root_of(const struct ws_roots *roots, size_t n, struct str path,
    size_t *ret_root, struct str *ret_rest);
/* Opens (O_PATH) the folder `path`, relative to root *root; links are followed
 * as long as they stay inside the first n roots. Folders at the end that do
 * not exist are left over: *ret_missing_at is where in `path` they begin, or
 * path.len. Errors: ERR_PATH_ESCAPE, ERR_NOT_FOUND, ERR_PERMISSION, ERR_IO. */
int ws_open_folder(const struct ws_roots *roots, size_t n, size_t *root,
    struct str path, int *ret_fd, size_t *ret_missing_at, struct error *err);

#endif
