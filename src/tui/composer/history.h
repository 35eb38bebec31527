/* What was sent before in this folder: Up and Down, and Ctrl+R. Kept in memory,
 * newest first, and read again from the store with each session. */
#ifndef FRIDAY_TUI_COMPOSER_HISTORY_H
#define FRIDAY_TUI_COMPOSER_HISTORY_H

#include <stdbool.h>

#include "base/buf.h"
#include "tui/keymap.h"
#include "tui/terminal/key.h"
#include "tui/terminal/surface.h"

struct composer;

enum { HISTORY_ITEMS_MAX = 5000 };

struct history {
	char **items; /* newest first */
	size_t n, cap;
	size_t at;	    /* 0: the draft; n: items[n - 1] */
	unsigned version;   /* of the text as the history put it there */
	struct buf draft;   /* what was being written */
	/* Ctrl+R */
	bool searching, failing;
	struct buf query;
	size_t found;	    /* item that is shown, from 1; 0: none */
};

void history_release(struct history *h);
void history_open(struct composer *c);
/* Keeps a text, here and in the store. */
void history_add(struct composer *c, struct str text);
/* direction: 1 older, -1 newer. False: there is none. */
bool history_walk(struct composer *c, int direction);
/* Whether the text is one of the history, unchanged. */
bool history_is_shown(const struct composer *c);

void history_search(struct composer *c);
/* All keys while searching. False: it ends, and the key is to be handled. */
bool history_search_key(struct composer *c, const struct key *key,
    enum action action);
void history_search_draw(struct composer *c, struct surface *s,
    struct rect r);

#endif
