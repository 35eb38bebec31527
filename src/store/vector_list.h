/* The groups of vectors of a row, packed: their keys and how many vectors each
 * has. A key of hex digits, as digests are, takes half its bytes.
 *
 * Thread: any. */
#ifndef FRIDAY_STORE_VECTOR_LIST_H
#define FRIDAY_STORE_VECTOR_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/* Appends one. key: at most VECTOR_KEY_MAX bytes. */
void vector_list_add(struct buf *out, struct str key, size_t n);
/* The next one of what may be damaged. False: at the end, or it is. key: room
 * for VECTOR_KEY_MAX bytes, where *ret_key is. */
bool vector_list_next(struct str *rest, char *key, struct str *ret_key,
    size_t *ret_n);

#endif
