/* Finds a text in others, again and again: Horspool's search, with or without
 * regard to the case of ASCII letters. */
#ifndef FRIDAY_BASE_FINDER_H
#define FRIDAY_BASE_FINDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define FINDER_MAX 1024 /* bytes of a pattern; the rest is left out */

struct finder {
	char pattern[FINDER_MAX]; /* lower case when `fold` */
	size_t len;
	bool fold;
	uint16_t skip[256];
};

/* An empty pattern is found nowhere. */
void finder_init(struct finder *f, struct str pattern, bool fold);
/* As people type it: the case counts where the pattern has a capital. */
void finder_init_smart(struct finder *f, struct str pattern);
/* Offset of the first occurrence at or after `from`, or SIZE_MAX. */
size_t finder_next(const struct finder *f, struct str text, size_t from);
/* Occurrences that do not overlap. */
size_t finder_count(const struct finder *f, struct str text);

#endif
