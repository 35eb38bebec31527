/* Session titles, cut from the first prompt: no model is asked behind the
 * user's back for a few words. */
#ifndef FRIDAY_AGENT_TITLES_H
#define FRIDAY_AGENT_TITLES_H

#include "base/str.h"

#define TITLE_SIZE 64

struct session;

/* One line of at most TITLE_SIZE - 1 bytes, cut at a word; "" when there is
 * nothing to cut from. */
void titles_make(struct str prompt, char out[TITLE_SIZE]);
/* Gives the session a title if it has none. Run's thread. */
void titles_note(struct session *s, struct str prompt);

#endif
