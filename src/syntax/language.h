/* The languages that friday knows, one row each, and which of them a file is
 * written in. A new language is a row here, a line in grammars.txt and an
 * outline query.
 *
 * Thread: any; everything here is constant. */
#ifndef FRIDAY_SYNTAX_LANGUAGE_H
#define FRIDAY_SYNTAX_LANGUAGE_H

#include <stddef.h>

#include "base/str.h"

struct language {
	const char *name;    /* "c_sharp": also its module's name */
	const char *title;   /* "C#": for people */
	/* Lists of words, separated by spaces; may be NULL. */
	const char *extensions; /* without the dot; lower case */
	const char *file_names; /* whole names, as they are */
	const char *programs;	/* after #!, without a version */
	const char *aliases;	/* as in Markdown's code fences */
};

size_t language_count(void);
const struct language *language_at(size_t index);
/* By name or alias, case ignored. NULL: unknown. */
const struct language *language_by_name(struct str name);
/* By file name, extension, or the first line (#!) of the text; `text` may be
 * empty. NULL: none that we know. */
const struct language *language_of_file(struct str path, struct str text);

#endif
