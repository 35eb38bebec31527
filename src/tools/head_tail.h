/* Output of any length in bounded memory: its beginning and its end are kept,
 * the middle is counted. */
#ifndef FRIDAY_TOOLS_HEAD_TAIL_H
#define FRIDAY_TOOLS_HEAD_TAIL_H

#include <stdint.h>

#include "base/buf.h"

struct head_tail {
	struct buf head;
	struct buf ring;  /* the tail: a ring once it is full */
	size_t ring_at;	  /* where the oldest byte of a full ring is */
	uint64_t total;	  /* bytes ever added */
};

void head_tail_init(struct head_tail *h, size_t head_max, size_t tail_max);
void head_tail_release(struct head_tail *h);
void head_tail_add(struct head_tail *h, struct str bytes);
/* Appends what is kept of the bytes from offset `from` on; a gap is said in a
 * line of its own. Cuts are made at character borders. */
void head_tail_print(const struct head_tail *h, uint64_t from,
    struct buf *out);

#endif
