/* Paths and names as the rules of the deny list see them: "." and ".."
 * resolved as text, lower case, without invisible characters, wide forms as
 * plain ones. For the deny list's own files. */
#ifndef FRIDAY_SAFETY_DENY_PATH_H
#define FRIDAY_SAFETY_DENY_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/units.h"

#define DENY_PATH_MAX (16 * KIB)
enum { DENY_COMPONENTS_MAX = 512 };

/* A path cut at its slashes: end[i] is where the i-th component ends. */
struct deny_parts {
	struct str path; /* "/a/b", normal */
	size_t n;
	size_t start[DENY_COMPONENTS_MAX], end[DENY_COMPONENTS_MAX];
};

/* Appends a name as the rules see it. */
void deny_fold(struct str name, struct buf *out);
/* Appends "/a/../b//c" as "/b/c". base: what a path that is not absolute is
 * below; NULL: the top. */
void deny_path_normalize(const char *base, struct str path, struct buf *out);
/* Each component as the rules see it. */
void deny_path_fold(struct str path, struct buf *out);
/* *ret borrows the path. False: deeper than any file system goes. */
bool deny_path_cut(struct str path, struct deny_parts *ret);
/* Whether it is the folder, or below it. */
bool deny_path_below(struct str path, const char *folder);

bool deny_pattern_wild(struct str pattern);
bool deny_pattern_fits(struct str pattern, struct str text);

#endif
