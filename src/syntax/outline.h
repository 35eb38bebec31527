/* The outline of a source text: what it defines, where, and inside what. The
 * patterns are queries (src/syntax/queries/NAME.scm): a definition is captured
 * as @definition.KIND, its name as @name, and where nesting does not tell,
 * what it belongs to as @container. */
#ifndef FRIDAY_SYNTAX_OUTLINE_H
#define FRIDAY_SYNTAX_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "syntax/syntax.h"

struct outline_item {
	char *kind;	 /* "function", "class", "heading", … */
	char *name;	 /* one line */
	char *container; /* "Outer.Inner", or "" */
	char *signature; /* its first line, at most 200 bytes */
	uint32_t start_line, end_line; /* from 1, both included */
	uint32_t start, end;	       /* bytes */
	uint32_t name_start, name_end; /* bytes */
	uint32_t name_line;
	unsigned depth;		       /* definitions around this one */
};

struct outline {
	struct outline_item *items; /* in the order of the text */
	size_t n_items;
	bool cut; /* there are more than OUTLINE_ITEMS_MAX */
};

enum { OUTLINE_ITEMS_MAX = 5000 };

/* The outline of a tree that there is already. Errors: ERR_UNSUPPORTED,
 * ERR_TIMEOUT, ERR_CANCELLED. */
int outline_read(const struct language *language,
    const struct syntax_tree *tree, const struct syntax_opts *opts,
    struct outline *ret, struct error *err);
/* *ret is initialised; release it. opts NULL: the defaults. Errors: as
 * syntax_parse(), and ERR_UNSUPPORTED for a language without outline. */
int outline_make(const struct language *language, struct str text,
    const struct syntax_opts *opts, struct outline *ret, struct error *err);
void outline_release(struct outline *o);

#endif
