/* One model call: the request, the stream, the answer kept. */
#ifndef FRIDAY_AGENT_TURN_H
#define FRIDAY_AGENT_TURN_H

#include "agent/run.h"

struct turn {
	enum stop_reason stop;
	/* The answer, in the conversation; NULL: there was nothing to keep. */
	const struct message *message;
	bool has_calls;
	/* After an error: something was shown (and its text kept). */
	bool shown;
};

/* Asks once (the client retries what may be retried). When the answer breaks
 * off, what was shown of its text is kept as a message without calls. Errors:
 * the client's, the store's, ERR_BUDGET. */
int turn_run(struct run *r, struct turn *ret, struct error *err);

#endif
