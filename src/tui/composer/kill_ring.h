/* What was cut, newest last, as emacs keeps it: cuts in a row make one entry,
 * and after a yank one can go back through the older ones. */
#ifndef FRIDAY_TUI_COMPOSER_KILL_RING_H
#define FRIDAY_TUI_COMPOSER_KILL_RING_H

#include <stdbool.h>

#include "base/buf.h"

enum { KILL_RING_MAX = 32 };

struct kill_ring {
	struct buf items[KILL_RING_MAX];
	size_t n, at;	/* at: what the last yank gave */
	bool going_on;	/* the last command was a cut: the next one appends */
	size_t yanked;	/* bytes of the last yank; 0: it was no yank */
};

void kill_ring_release(struct kill_ring *k);
/* in_front: it stood before what was cut last. */
void kill_ring_add(struct kill_ring *k, struct str text, bool in_front);
/* The newest; empty when there is none. */
struct str kill_ring_yank(struct kill_ring *k);
/* The one before that of the last yank, round and round. */
struct str kill_ring_older(struct kill_ring *k);
/* Any other command was given. */
void kill_ring_rest(struct kill_ring *k);
/* Drops what holds chips: they are gone with their message. */
void kill_ring_drop_chips(struct kill_ring *k);

#endif
