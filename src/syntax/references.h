/* Where a source text uses names: calls, types, what is inherited from, what
 * is imported. The patterns are queries (src/syntax/references/NAME.scm):
 *
 *	@call @type @inherit @use	a name in that place
 *	@member.call @member.use	behind a dot or an arrow
 *	@from				what stands before it: "a" of a.b()
 *	@import				a path or the name of a module
 *	@local				the declaration of a local variable
 *	@skip				a name that is none of all this
 *
 * Of several patterns that match a name the one that stands first counts.
 * Names of definitions themselves are left out, and so are uses and calls of
 * what the function around them declares. */
#ifndef FRIDAY_SYNTAX_REFERENCES_H
#define FRIDAY_SYNTAX_REFERENCES_H

#include "syntax/outline.h"

/* Part of the index: numbers are never given another meaning. */
enum reference_kind {
	REFERENCE_USE,
	REFERENCE_CALL,
	REFERENCE_TYPE,
	REFERENCE_INHERIT,
	REFERENCE_IMPORT,
	REFERENCE_KINDS,
};

enum {
	REFERENCES_MAX = 50 * 1000, /* of a text */
	REFERENCE_NAME_MAX = 80,    /* bytes; longer ones are left out */
	REFERENCE_IMPORT_MAX = 200,
};

struct reference {
	enum reference_kind kind;
	bool member;
	struct str name;     /* points into the text */
	struct str from;     /* or into it too; STR_NONE: nothing simple */
	uint32_t at, line;   /* byte; line from 1 */
	uint32_t definition; /* innermost one around it: index + 1 in the
			      * outline; 0: none */
};

struct references {
	struct reference *items; /* in the order of the text */
	size_t n;
	bool cut; /* there are more than REFERENCES_MAX */
};

/* outline: the text's. *ret is initialised; release it. Errors:
 * ERR_UNSUPPORTED (a language without references), ERR_TIMEOUT, ERR_CANCELLED.
 */
int references_read(const struct language *language,
    const struct syntax_tree *tree, const struct outline *outline,
    const struct syntax_opts *opts, struct references *ret,
    struct error *err);
void references_release(struct references *r);
/* "call", "type", …: for people. */
const char *reference_kind_name(enum reference_kind kind);

#endif
