/* What we know of files: a digest of the content that was last read or written
 * by us. A file whose content is another one was changed by somebody else and
 * is not overwritten. Part of the workspace. Thread-safe. */
#ifndef FRIDAY_TOOLS_FILE_STAMPS_H
#define FRIDAY_TOOLS_FILE_STAMPS_H

#include <sys/stat.h>

#include "base/str.h"
#include "tools/workspace.h"

struct file_stamps;

struct file_stamps *file_stamps_create(void);
void file_stamps_destroy(struct file_stamps *s);
/* content.ptr NULL: only size, time and inode count. */
void file_stamps_note(struct file_stamps *s, struct str path,
    const struct stat *st, struct str content);
void file_stamps_forget(struct file_stamps *s, struct str path);
enum stamp_state file_stamps_check(struct file_stamps *s, struct str path,
    const struct stat *st, struct str content);

#endif
