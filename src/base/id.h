/* Identifiers: sortable by time, safe in URLs and file names. A ULID in lower
 * case (https://github.com/ulid/spec): 48 bits of milliseconds, 80 of chance,
 * Crockford's base 32. Ids that one process makes within a millisecond rise. */
#ifndef FRIDAY_BASE_ID_H
#define FRIDAY_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define ID_SIZE 27 /* 26 characters and the NUL */

void id_make(char out[ID_SIZE]);
/* 26 characters of the alphabet. */
bool id_valid(struct str s);
/* Random hex of `bytes` bytes: out needs 2 * bytes + 1. For trace (16) and
 * span (8) ids. */
void id_hex(char *out, size_t bytes);

#endif
