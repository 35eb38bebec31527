/* The stream of Chat Completions and of everything that claims to be
 * compatible with it. Private to wire_openai_chat.c. */
#ifndef FRIDAY_LLM_OPENAI_CHAT_STREAM_H
#define FRIDAY_LLM_OPENAI_CHAT_STREAM_H

#include "base/json_writer.h"
#include "llm/think_tags.h"
#include "llm/wire.h"

struct openai_chat_state {
	struct think_tags think;
	int64_t last_call;   /* key of the call spoken of last */
	int64_t next_detail; /* key for a reasoning detail without index */
	int64_t last_detail;
	char last_detail_type[24];
	bool has_detail_text; /* details carry the text: ignore its copy */
	bool has_delta;	      /* something came before a whole message */
	bool has_finish;      /* a finish_reason was seen */
	bool refused;
};

#define OPENAI_CHAT_STATE_SIZE sizeof(struct openai_chat_state)

/* struct wire's decode and finish. */
int openai_chat_decode(void *state, struct reply *r, struct str event,
    const struct json *data, struct error *err);
int openai_chat_finish(void *state, struct reply *r, struct error *err);

/* A reasoning part that came as an entry of "reasoning_details": writes the
 * entry as it was and returns true. */
bool openai_chat_reasoning_detail(const struct part *part,
    struct json_writer *w);
/* The field in which a reasoning part's text came, or NULL. */
const char *openai_chat_reasoning_field(const struct part *part);

#endif
