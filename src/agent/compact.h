/* Compaction: what is old in a conversation is summed up by the small model,
 * so that the work can go on within the context. Kept word for word: the last
 * request, the open items of the plan, the changed paths, the project
 * instructions, and the newest messages as far as they are small. The old
 * messages stay in the store and can be found again (recall). */
#ifndef FRIDAY_AGENT_COMPACT_H
#define FRIDAY_AGENT_COMPACT_H

#include "agent/run.h"

enum compact_why {
	COMPACT_FULL,  /* the context is: the newest messages stay */
	COMPACT_ASKED, /* the user wants it: all is summed up */
};

/* instructions: what the user wants kept; may be empty. Errors: ERR_INVALID
 * (nothing that could be summed up), the client's, the store's. */
int compact_run(struct run *r, enum compact_why why, struct str instructions,
    struct error *err);

/* The parts, for tests. */

/* How many messages from the start are to be replaced: up to a border behind
 * which no result lacks its call, keeping at most keep_tokens at the end. */
size_t compact_border(const struct convo *c, int64_t keep_tokens);
/* Paths that calls of the first n messages changed, one "- path" a line, with
 * those of an earlier summary. */
void compact_paths(const struct convo *c, size_t n, struct buf *out);
/* The first n messages as text for the summary's request. */
void compact_transcript(const struct convo *c, size_t n, struct buf *out);

#endif
