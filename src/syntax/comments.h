/* Where the comments of a source text are, documentation strings with them. */
#ifndef FRIDAY_SYNTAX_COMMENTS_H
#define FRIDAY_SYNTAX_COMMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "syntax/syntax.h"

struct comment {
	uint32_t start, end;	       /* bytes */
	uint32_t start_line, end_line; /* from 1, both included */
};

struct comments {
	struct comment *items; /* in the order of the text, apart */
	size_t n;
};

/* *ret is initialised; release it. Errors: ERR_CANCELLED, ERR_TIMEOUT. */
int comments_read(const struct syntax_tree *tree,
    const struct syntax_opts *opts, struct comments *ret, struct error *err);
void comments_release(struct comments *c);

#endif
