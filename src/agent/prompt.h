/* The system prompt: short, and the same for a whole session. Nothing that
 * changes (mode, folder, date, branch) is in it: see context_block.h. */
#ifndef FRIDAY_AGENT_PROMPT_H
#define FRIDAY_AGENT_PROMPT_H

#include "base/buf.h"


/* extra: what the configuration adds; may be NULL. */
void prompt_write(const char *extra, struct buf *out);

#endif
