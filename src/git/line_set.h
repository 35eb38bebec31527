/* Sets of lines of a text, as ranges; and the lines that one text has more
 * than another.
 *
 * Thread: any. */
#ifndef FRIDAY_GIT_LINE_SET_H
#define FRIDAY_GIT_LINE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct line_range {
	uint32_t first, count; /* first from 1 */
};

struct line_set {
	struct line_range *items; /* in order, apart */
	size_t n, cap;
};

void line_set_release(struct line_set *s);
#define CLEANUP_LINE_SET CLEANUP(line_set_release)
/* Adds behind what is there; ranges that touch become one. */
void line_set_add(struct line_set *s, uint32_t first, uint32_t count);
bool line_set_has(const struct line_set *s, uint32_t line);
/* The first line at or after `line` that is in the set; 0: none. */
uint32_t line_set_next(const struct line_set *s, uint32_t line);
size_t line_set_count(const struct line_set *s);
/* Keeps in `s` what is in `other` too. */
void line_set_meet(struct line_set *s, const struct line_set *other);

/* The lines of `after` that are new against `before`, by git's own diff
 * whatever the attributes say; where libgit2 is missing, all between the first
 * and the last line that differ. *ret is initialised; release it. Errors:
 * ERR_GIT. */
int line_set_added(struct str before, struct str after, struct line_set *ret,
    struct error *err);

#endif
