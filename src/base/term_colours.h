/* The filter of a terminal, but colours pass: a command's output keeps them,
 * and nothing else of what a terminal obeys. */
#ifndef FRIDAY_BASE_TERM_COLOURS_H
#define FRIDAY_BASE_TERM_COLOURS_H

#include "base/term_text.h"

enum { TERM_COLOURS_MAX = 48 };

struct term_colours {
	struct term_text filter;
	char held[TERM_COLOURS_MAX]; /* of a sequence that is not whole yet */
	size_t n_held;
	bool coloured; /* something was passed that has not been taken back */
};

#define TERM_COLOURS_INIT                                                     \
	((struct term_colours){ .filter = TERM_TEXT_INIT })

/* Appends to out, which needs room for 8 bytes for each one of the text. */
void term_colours_feed(struct term_colours *c, struct str text,
    struct buf *out);
void term_colours_end(struct term_colours *c, struct buf *out);

#endif
