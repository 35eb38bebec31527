/* A conversation: the messages that make a model's context, in order, and how
 * many tokens they take. Owned by one thread at a time. */
#ifndef FRIDAY_AGENT_CONVO_H
#define FRIDAY_AGENT_CONVO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "llm/message.h"

struct map;

/* What stands behind an answer that broke off; no request of the user's. */
#define CONVO_GO_ON                                                           \
	"The connection was lost in the middle of your answer. Go on exactly " \
	"where it stopped, without repeating anything. Calls of tools that " \
	"it " \
	"was about to make were not run."

struct convo {
	struct message **items;
	size_t n, cap;
	struct map *calls; /* ids of calls there were, to keep them unique */
	/* What the provider counted last: system prompt, tools and the first
	 * exact_n messages. 0: not known. */
	int64_t exact_tokens;
	size_t exact_n;
};

void convo_init(struct convo *c);
void convo_release(struct convo *c);
/* Takes the message over. */
void convo_add(struct convo *c, struct message *m);
/* Makes the call ids of an answer unique in the conversation: some servers
 * count from zero in each answer. */
void convo_name_calls(struct convo *c, struct message *m);
/* Replaces the first n messages by `summary` (taken over). */
void convo_replace(struct convo *c, size_t n, struct message *summary);
/* Whether a call of the message at `index` has its result. */
bool convo_answered(const struct convo *c, size_t index, const char *call_id);
/* Whether a text part holds `needle`. */
bool convo_contains(const struct convo *c, struct str needle);
/* Index of the last message of the user that is a request (text that is not
 * only results), or n. */
size_t convo_last_request(const struct convo *c);
/* Tokens of the messages: the provider's count and an estimate of what came
 * after; `overhead` estimates system prompt and tools where there is no count
 * yet. */
int64_t convo_tokens(const struct convo *c, int64_t overhead);

#endif
