/* Fuzzy matching of what somebody types against names and paths: its letters
 * must occur in order; matches at the starts of words, in a row and early
 * count more. ASCII letters match whatever their case, unless the pattern has
 * a capital. */
#ifndef FRIDAY_BASE_FUZZY_H
#define FRIDAY_BASE_FUZZY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum {
	FUZZY_PATTERN_MAX = 64, /* bytes; the rest of a pattern is left out */
	FUZZY_TEXT_MAX = 512,	/* of a longer text the end counts */
	FUZZY_NONE = INT32_MIN,
};

/* Score, or FUZZY_NONE. An empty pattern matches everything with 0. Cost: one
 * pass over a text that does not match, |pattern| * |text| for one that
 * does. */
int fuzzy_score(struct str pattern, struct str text);
/* The bytes of the text that the best match takes, in order; returns how many
 * (0: no match). ret has room for FUZZY_PATTERN_MAX. */
size_t fuzzy_positions(struct str pattern, struct str text, size_t *ret);

#endif
