/* The rows of the deny list; only deny_list.c uses this. */
#ifndef FRIDAY_SAFETY_DENY_TABLE_H
#define FRIDAY_SAFETY_DENY_TABLE_H

#include <stddef.h>

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
/* Components of paths that decide what friday or git do. */
extern const char *const deny_guarded[];
extern const size_t deny_guarded_len;

#endif
