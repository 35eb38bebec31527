/* The event stream of Anthropic's Messages API. Private to wire_anthropic.c. */
#ifndef FRIDAY_LLM_ANTHROPIC_STREAM_H
#define FRIDAY_LLM_ANTHROPIC_STREAM_H

#include "llm/wire.h"

enum { ANTHROPIC_BLOCKS_MAX = REPLY_PARTS_MAX };

/* What one event must know of those before it: which blocks are calls, and
 * which of them came with their input already. */
struct anthropic_state {
	uint64_t is_call[ANTHROPIC_BLOCKS_MAX / 64];
	uint64_t has_input[ANTHROPIC_BLOCKS_MAX / 64];
};

/* struct wire's decode and finish. */
int anthropic_decode(void *state, struct reply *r, struct str event,
    const struct json *data, struct error *err);
int anthropic_finish(void *state, struct reply *r, struct error *err);

#endif
