/* The draft: what is being written is kept in the session's state, at most
 * every DRAFT_MS while one types, so that it survives whatever happens. */
#ifndef FRIDAY_TUI_COMPOSER_DRAFT_H
#define FRIDAY_TUI_COMPOSER_DRAFT_H

#include <stdbool.h>

struct composer;

enum { DRAFT_MS = 1000 };

struct draft {
	char session[64];  /* whose draft is in the input */
	unsigned version;  /* of the text that was written last */
	bool waiting;	   /* a timer runs */
	bool kept;	   /* the store has one */
	bool loading;	   /* not answered yet: nothing is written */
};

/* Writes the former session's draft and reads the next one's. */
void draft_open(struct composer *c, const char *session);
/* Something changed: it will be written. */
void draft_touch(struct composer *c);
/* Was sent or cleared. */
void draft_drop(struct composer *c);
/* Writes what a timer would have written. */
void draft_flush(struct composer *c);

#endif
