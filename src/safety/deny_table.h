/* The rows of the deny list; only deny_list.c uses this. */
#ifndef FRIDAY_SAFETY_DENY_TABLE_H
#define FRIDAY_SAFETY_DENY_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum deny_where {
	DENY_ANYWHERE, /* the last components of a path */
	DENY_HOME,     /* relative to the home folder */
	DENY_SYSTEM,   /* absolute, without the first slash */
};

struct deny_row {
	/* Lower case; '*' stops at a slash; as many last components of the
	 * path are taken as the pattern has. A slash at the end: a folder. */
	const char *pattern;
	enum deny_where where;
	/* Words, separated by '|', one of which the head of the file must
	 * hold for the row to count; NULL: the name is enough. */
	const char *holds;
	const char *kind;
};

/* Names that look like rows below, but are meant to be read. */
extern const char *const deny_exceptions[];
extern const size_t deny_exceptions_len;
extern const struct deny_row deny_table[];
extern const size_t deny_table_len;
/* What decides what friday or git do, or is read by editors, hook managers,
 * shells, CI or assistants and runs code later, in whatever folder it stands:
 * "name", or "folder/name" (templates in .github may be written). Never
 * changed without a question, and read-only in the sandbox. */
extern const char *const deny_guarded[];
extern const size_t deny_guarded_len;
/* The last part of a path, and the folder that it is in; "": none. */
bool deny_is_guarded(struct str folder, struct str name);

#endif
