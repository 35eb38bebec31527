/* Opening a file of the workspace for reading, so that what is read is what
 * was asked for: no device, no file of the deny list under another name. Only
 * workspace.c uses this. Thread: any. */
#ifndef FRIDAY_TOOLS_WS_OPEN_H
#define FRIDAY_TOOLS_WS_OPEN_H

#include "tools/workspace.h"

/* *ret_st: of the open file. Errors: ERR_NOT_FOUND, ERR_INVALID (no regular
 * file), ERR_PATH_DENIED, ERR_BUSY (replaced again and again), ERR_IO and
 * others. */
int ws_open_file(const struct workspace_node *node, int *ret_fd,
    struct stat *ret_st, struct error *err);

#endif
