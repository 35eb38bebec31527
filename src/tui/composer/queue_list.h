/* The messages that wait behind the run, above the input. Alt+Up takes the last
 * one back; /queue goes into them: choose, move, drop, edit. */
#ifndef FRIDAY_TUI_COMPOSER_QUEUE_LIST_H
#define FRIDAY_TUI_COMPOSER_QUEUE_LIST_H

#include <stdbool.h>

#include "tui/keymap.h"
#include "tui/terminal/key.h"
#include "tui/terminal/surface.h"

struct composer;

enum { QUEUE_ROWS = 5 };

struct queue_list {
	bool open; /* one of them is chosen */
	size_t at;
};

int queue_list_rows(const struct composer *c);
void queue_list_draw(struct composer *c, struct surface *s, struct rect r);
/* False: nothing waits. */
/* While no run goes on: sends the first. False: nothing waits. */
bool queue_list_send(struct composer *c);
bool queue_list_take_last(struct composer *c);
bool queue_list_open(struct composer *c);
/* All keys while it is open. False: it ends, and the key is to be handled. */
bool queue_list_key(struct composer *c, const struct key *key,
    enum action action);
void queue_list_updated(struct composer *c);

#endif
