/* What the index has for a request, asked for on a thread of its own: a turn
 * waits a moment for the answer and goes on without it when it is late. The
 * thread then goes on too, so that the index is ready for the next request.
 *
 * Life cycle: one for a session; destroying it ends the thread. Thread: one
 * asks at a time. */
#ifndef FRIDAY_AGENT_LOOKUP_H
#define FRIDAY_AGENT_LOOKUP_H

#include "index/code_index.h"

struct lookup;

/* index outlives it. */
struct lookup *lookup_create(struct code_index *index);
void lookup_destroy(struct lookup *l);
DEFINE_CLEANUP(lookup_destroy, struct lookup);

struct lookup_opts {
	struct str question;
	size_t hits;	   /* at most */
	size_t map_tokens; /* 0: no map */
	int wait_ms;	   /* at most */
	struct cancel *cancel; /* of who waits; may be NULL */
};

struct lookup_answer {
	struct search_hits hits;
	struct repo_map map; /* around the files of the hits */
};

/* The answer is that of the index as it was, if bringing it up to date takes
 * longer. *ret is initialised; release it. Errors: ERR_TIMEOUT (there is none
 * yet), ERR_CANCELLED, those of the index. */
int lookup_ask(struct lookup *l, const struct lookup_opts *opts,
    struct lookup_answer *ret, struct error *err);
void lookup_answer_release(struct lookup_answer *a);

#endif
