/* The event stream of OpenAI's Responses API. Private to
 * wire_openai_responses.c. */
#ifndef FRIDAY_LLM_OPENAI_RESPONSES_STREAM_H
#define FRIDAY_LLM_OPENAI_RESPONSES_STREAM_H

#include "llm/wire.h"

struct openai_responses_state {
	int64_t last_index; /* where an event names none */
	bool has_end;	    /* completed or incomplete was seen */
	bool refused;
};

#define OPENAI_RESPONSES_STATE_SIZE sizeof(struct openai_responses_state)

/* struct wire's decode and finish. */
int openai_responses_decode(void *state, struct reply *r, struct str event,
    const struct json *data, struct error *err);
int openai_responses_finish(void *state, struct reply *r, struct error *err);

#endif
