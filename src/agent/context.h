/* What fills the context of a conversation, between the exact counts that the
 * provider gives with each answer. */
#ifndef FRIDAY_AGENT_CONTEXT_H
#define FRIDAY_AGENT_CONTEXT_H

#include "agent/run.h"

/* Tokens of system prompt and tool list, estimated. */
int64_t context_overhead(const struct run *r);
/* Whether the next request should be preceded by a compaction. */
bool context_is_full(const struct run *r);
/* Keeps a snapshot for session_context_json(). */
void context_note(struct run *r);

#endif
