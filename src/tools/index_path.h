/* Files of the index as the tools may show them: the index covers the whole
 * repository, the workspace perhaps a part of it, and the deny list may have
 * grown since. */
#ifndef FRIDAY_TOOLS_INDEX_PATH_H
#define FRIDAY_TOOLS_INDEX_PATH_H

#include "tools/tool.h"

/* The path of a file of the index as the workspace names it; free() it. NULL:
 * it must not be shown. */
char *index_path_show(const struct tool_env *env, const char *path);
/* Appends the file's text as it is now. False: it must not be shown, is not
 * there any more, or is larger than `out` holds. */
bool index_path_read(const struct tool_env *env, const char *path,
    struct buf *out);

#endif
