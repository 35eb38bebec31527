/* Capping a tool's output: what goes to the model keeps head and tail, the
 * whole goes to a file that the `read` tool can read. */
#ifndef FRIDAY_TOOLS_TOOL_CAP_H
#define FRIDAY_TOOLS_TOOL_CAP_H

#include "base/buf.h"

/* Cuts text to about `max` bytes, at line borders where there are some. If it
 * is longer, the whole is written to spill_folder/CALL_ID.txt (folder NULL:
 * nowhere) and the cut names that file, how much is left out and from which
 * line. Thread: any. */
void tool_cap(struct buf *text, size_t max, const char *spill_folder,
    const char *call_id);

#endif
