/* Pieces that say nearly the same: copies with a name changed, one more line.
 * Of those a search shows the best one.
 *
 * Two are alike when they share nine of ten of all their words; short ones only
 * when they have the same. */
#ifndef FRIDAY_INDEX_TWINS_H
#define FRIDAY_INDEX_TWINS_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/str.h"

struct twins;

struct twins *twins_create(void);
void twins_destroy(struct twins *t);
DEFINE_CLEANUP(twins_destroy, struct twins);

/* The number of the first piece added that is like this one; SIZE_MAX: none.
 * terms: packed, as the index has them. */
size_t twins_find(const struct twins *t, struct str terms);
/* The first one added is number 0. */
void twins_add(struct twins *t, struct str terms);

#endif
