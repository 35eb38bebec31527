/* A prompt on its way into the conversation: a user command expanded, the
 * context block in front, attachments behind. */
#ifndef FRIDAY_AGENT_REQUEST_H
#define FRIDAY_AGENT_REQUEST_H

#include "agent/run.h"

/* Takes the item over, stores user.message and the message. steering: text
 * for a run that goes on; it brings no context block of its own. Errors:
 * ERR_HOOK_DENIED (told already as a notice). */
int request_take(struct run *r, struct inbox_item *item, bool steering,
    struct error *err);

#endif
