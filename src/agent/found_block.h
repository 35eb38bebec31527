/* What the index has for a request, as a block of the user's turn: a small map
 * and the pieces of code that may be meant. It stands behind the context block
 * and looks like one; the fixed prefix of requests stays as it is. */
#ifndef FRIDAY_AGENT_FOUND_BLOCK_H
#define FRIDAY_AGENT_FOUND_BLOCK_H

#include "agent/run.h"

/* Appends nothing where nothing is to be said: no index, no repository, turned
 * off, a request of one word, a sub-run, the offline provider (it asks the
 * tools). When the index is not ready in time the block says so. */
void found_block_write(struct run *r, struct str request, struct buf *out);

#endif
