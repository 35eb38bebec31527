/* Keeps an index up to date in the background: a thread of the lowest priority
 * that brings it up to date some time after it was told that files may have
 * changed. Many tellings in a row are one.
 *
 * Nothing is made: there must be an index. What goes wrong is left to whoever
 * asks the index next.
 *
 * Thread: any; create and destroy belong to the owner. */
#ifndef FRIDAY_INDEX_REFRESHER_H
#define FRIDAY_INDEX_REFRESHER_H

#include "base/cleanup.h"

struct refresher;
struct code_index;

/* The index outlives it. Starts no thread yet. */
struct refresher *refresher_create(struct code_index *index);
/* Stops what goes on; does not wait for more than a file. */
void refresher_destroy(struct refresher *r);
DEFINE_CLEANUP(refresher_destroy, struct refresher);

/* Files may have changed. Returns at once. */
void refresher_poke(struct refresher *r);

#endif
