/* The chunks of Gemini's streamGenerateContent. Private to wire_gemini.c. */
#ifndef FRIDAY_LLM_GEMINI_STREAM_H
#define FRIDAY_LLM_GEMINI_STREAM_H

#include "llm/wire.h"

/* Keys of parts are counted up; the open ones take further fragments of the
 * same kind. 0: none is open. */
struct gemini_state {
	int64_t last_key;
	int64_t open_text;
	int64_t open_thought;
	bool ended; /* a reason was given; text or usage may still follow */
};

/* struct wire's decode and finish. */
int gemini_decode(void *state, struct reply *r, struct str event,
    const struct json *data, struct error *err);
int gemini_finish(void *state, struct reply *r, struct error *err);

#endif
