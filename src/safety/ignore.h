/* What git would ignore: the rules of .gitignore files (and .fridayignore,
 * read after them), each for its folder and below. */
#ifndef FRIDAY_SAFETY_IGNORE_H
#define FRIDAY_SAFETY_IGNORE_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/str.h"

struct ignore;

/* The rules of one folder on top of those above it (NULL: none). `folder` is
 * its path from the root, "" for the root itself. `above` must outlive it. */
struct ignore *ignore_create(const struct ignore *above, struct str folder);
void ignore_destroy(struct ignore *ig);
DEFINE_CLEANUP(ignore_destroy, struct ignore);
/* Adds the rules of a file; later ones win. Lines over 4 KiB and more than
 * 10,000 rules are left out. */
void ignore_add(struct ignore *ig, struct str text);
enum ignore_match { IGNORE_NONE, IGNORE_LEFT_OUT, IGNORE_KEPT };
/* What the rules say about a path from the root: nothing, left out, or kept by
 * a rule with "!". */
enum ignore_match ignore_match(const struct ignore *ig, struct str path,
    bool is_folder);
/* Whether a path from the root is ignored. That a folder above it is, is the
 * caller's business: it does not go in there. */
bool ignore_fits(const struct ignore *ig, struct str path, bool is_folder);

#endif
