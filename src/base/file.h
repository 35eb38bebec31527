/* Whole files, folders and paths of our own (configuration, state, cache).
 * Files of the workspace go through tools/workspace.h instead. */
#ifndef FRIDAY_BASE_FILE_H
#define FRIDAY_BASE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* Appends the whole file; buf's ceiling is the limit. */
int file_read(const char *path, struct buf *out, struct error *err);
int file_read_fd(int fd, struct buf *out, struct error *err);
/* Writes all bytes; goes on after EINTR and short writes. */
int file_write_fd(int fd, struct str bytes, struct error *err);
/* Replaces the file in one step: temporary file beside it, fsync, rename,
 * fsync of the folder. */
int file_write_atomic(const char *path, struct str bytes, mode_t mode,
    struct error *err);
bool file_exists(const char *path);
bool file_is_dir(const char *path);
/* Makes a folder and those above it, 0700. */
int file_make_dirs(const char *path, struct error *err);
/* Removes a folder of our own with all that is in it; links are not followed.
 * What cannot be removed stays. */
void file_remove_tree(const char *path);
/* "a/b": one slash between, new string. */
char *file_join(const char *folder, const char *name);
/* True for a file system on which SQLite's locks cannot be trusted (NFS, CIFS,
 * 9p, FUSE of a remote kind). Unknown: false. */
bool file_on_network(const char *path);

/* The user's folders of the XDG base directory specification, with "friday"
 * added; new strings. NULL when there is no home folder at all. */
char *file_config_dir(void); /* $XDG_CONFIG_HOME/friday */
char *file_state_dir(void);  /* $XDG_STATE_HOME/friday */
char *file_cache_dir(void);  /* $XDG_CACHE_HOME/friday */
char *file_user_data_dir(void); /* $XDG_DATA_HOME/friday */

/* Data that belongs to the program: "grammars", "themes", "terminfo",
 * "libexec". Looked for beside the running binary or library (the build
 * folder, a moved copy of the install tree), then at the install prefix. A new
 * string, or NULL when it is nowhere. $FRIDAY_DATA_DIR comes first. */
char *file_data_path(const char *kind, const char *name);

#endif
