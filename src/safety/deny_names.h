/* The first look at a name, for walks that ask for each of many thousand
 * files: most rows of the table are turned down by their first and last
 * letter. For the deny list's own files. */
#ifndef FRIDAY_SAFETY_DENY_NAMES_H
#define FRIDAY_SAFETY_DENY_NAMES_H

#include <stdbool.h>

#include "base/str.h"

/* The last components of the rows' patterns, and how names that fit begin and
 * end: pairs[F][E]. */
struct deny_names {
	bool pairs[128][128];
	struct str *last; /* deny_table_len */
};

/* d: all zero. */
void deny_names_init(struct deny_names *d);
void deny_names_release(struct deny_names *d);
/* False: no row of the table can fit a path that ends with this name. */
bool deny_names_may_fit(const struct deny_names *d, struct str name);

#endif
