/* The tool calls of one answer: through the door, reading ones side by side,
 * results in the order of the calls. Every call gets a result. */
#ifndef FRIDAY_AGENT_CALLS_H
#define FRIDAY_AGENT_CALLS_H

#include "agent/run.h"

/* Runs the calls of an answer and keeps their results. Errors: ERR_CANCELLED
 * (each call has a result all the same), ERR_TOOL_LOOP, the store's. */
int calls_run(struct run *r, const struct message *answer, struct error *err);
/* Gives each call that has no result one that says why: a run that ended in
 * between, or a process that was killed, must not leave a conversation that no
 * server takes. was_started(call_id, ctx) says whether the faces know of the
 * call's start; NULL: of none. */
int calls_close(struct run *r, const char *why,
    bool (*was_started)(const char *call_id, void *ctx), void *ctx,
    struct error *err);

#endif
