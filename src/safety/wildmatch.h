/* Shell patterns over paths, as git and rsync read them: * and ? stop at a
 * slash, ** as a whole component crosses them, [a-z] and [!a-z] and [[:alpha:]]
 * are sets, \ takes the next character as it is. */
#ifndef FRIDAY_SAFETY_WILDMATCH_H
#define FRIDAY_SAFETY_WILDMATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* The whole path must match. Patterns from outside are safe: the work is
 * bounded, and past the bound nothing matches. */
bool wildmatch(struct str pattern, struct str path);

/* A pattern with {a,b} alternatives, expanded. */
struct wildmatch_set {
	char **patterns;
	size_t n;
};

/* Errors: ERR_TOO_LARGE (more than 256 alternatives). */
int wildmatch_set_init(struct wildmatch_set *s, struct str pattern,
    struct error *err);
void wildmatch_set_release(struct wildmatch_set *s);
#define CLEANUP_WILDMATCH CLEANUP(wildmatch_set_release)
/* A pattern without a slash is looked for in the last component. */
bool wildmatch_set_fits(const struct wildmatch_set *s, struct str path);

#endif
