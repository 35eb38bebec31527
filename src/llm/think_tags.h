/* Thinking that a model writes into its text: <think>…</think> at the very
 * start of an answer, as many local models do where the server does not take
 * it apart. Tags further on are text: a model may well write about them.
 *
 * Fragments may end anywhere, also inside a tag. Zeroed memory is the start
 * state and nothing is allocated, so it fits into a wire format's state. */
#ifndef FRIDAY_LLM_THINK_TAGS_H
#define FRIDAY_LLM_THINK_TAGS_H

#include "llm/reply.h"

struct think_tags {
	enum {
		THINK_UNDECIDED, /* nothing but blanks and half a tag so far */
		THINK_INSIDE,
		THINK_BEHIND, /* blanks after the closing tag are dropped */
		THINK_OVER,   /* all the rest is text */
	} where;
	unsigned row;	/* which pair of tags */
	char held[48];	/* bytes that may turn out to be a tag */
	size_t n_held;
};

/* Passes text on to reply_text() and reply_reasoning(), both with this key.
 * Errors: theirs. */
int think_tags_feed(struct think_tags *t, struct reply *r, int64_t key,
    struct str text, struct error *err);
/* The text has ended: what is held was no tag. */
int think_tags_finish(struct think_tags *t, struct reply *r, int64_t key,
    struct error *err);

#endif
