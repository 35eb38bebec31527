/* Events become blocks: one row an event type. The same events give the same
 * blocks, whether they are lived, replayed with their deltas merged or left
 * out, or told twice.
 *
 * Thread: the screen's. */
#ifndef FRIDAY_TUI_TRANSCRIPT_INTAKE_H
#define FRIDAY_TUI_TRANSCRIPT_INTAKE_H

#include "tui/transcript/block_list.h"

/* Takes the next event in, at the end of the list. Returns whether anything
 * that is shown may have changed; after the last of several the caller sums
 * calls up (blocks_regroup()). */
bool intake(struct block_list *l, const struct json *event);

#endif
