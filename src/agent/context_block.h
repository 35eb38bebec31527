/* What changes between requests stands in front of the user's text, in a
 * <context> block that is stored with it: the system prompt and everything
 * sent before stay as they are, and provider caches hold. */
#ifndef FRIDAY_AGENT_CONTEXT_BLOCK_H
#define FRIDAY_AGENT_CONTEXT_BLOCK_H

#include "agent/run.h"

/* Mode, folder, date, platform, branch; instructions and skills where the
 * conversation does not hold them yet. */
void context_block_write(struct run *r, struct buf *out);
/* Whether a text is such a block. */
bool context_block_is(struct str text);

#endif
