/* Names that are like a text: for what somebody has begun to type, or has
 * mistyped. */
#ifndef FRIDAY_INDEX_NEAR_H
#define FRIDAY_INDEX_NEAR_H

#include "index/graph.h"

enum near_how {
	NEAR_TYPED,    /* what begins with it, holds it, or has its letters */
	NEAR_MISTYPED, /* what differs by few letters too */
};

enum { NEAR_MAX = 100 };

/* Best first; indices into the graph's names. How many there are. */
int near_names(struct graph *g, struct str text, enum near_how how,
    size_t *ret, size_t max, size_t *ret_n, struct error *err);

#endif
