/* How many columns text takes on a terminal: the one width function for layout
 * and for drawing. Text is cut into extended grapheme clusters (UAX #29, by
 * utf8proc); a cluster is as wide as its widest character (UAX #11, ambiguous
 * ones are narrow), an emoji presentation (VS16) and a flag are 2.
 *
 * Text is expected without control characters (base/term_text.h); one that is
 * there anyway takes no column. */
#ifndef FRIDAY_BASE_WIDTH_H
#define FRIDAY_BASE_WIDTH_H

#include <stddef.h>

#include "base/str.h"

/* A cluster is cut after this many bytes: a base with hundreds of combining
 * marks must not become one cell of unbounded size. */
#define WIDTH_CLUSTER_MAX 64

/* Length in bytes of the first cluster of s (1 to WIDTH_CLUSTER_MAX; an invalid
 * byte is a cluster of its own) and its columns: 0, 1 or 2. s is not empty. */
size_t width_cluster(struct str s, int *ret_columns);
/* Where the cluster that ends at byte `at` begins; 0 for at 0. */
size_t width_cluster_before(struct str s, size_t at);
/* Columns of the whole text. */
size_t width_of(struct str s);
/* Bytes of the longest prefix of whole clusters within `columns`; their
 * columns in *ret_columns (may be NULL). */
size_t width_fit(struct str s, size_t columns, size_t *ret_columns);

#endif
