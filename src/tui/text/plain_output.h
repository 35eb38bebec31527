/* Output of commands without its colours: many print them also where there is
 * no terminal (--color=always, a setting of git's). What only colours text, or
 * clears the rest of a line, is dropped; everything else stays as it is, for
 * the terminal filter (base/term_text.h) to make visible.
 *
 * Thread: any; one thread a stream. */
#ifndef FRIDAY_TUI_TEXT_PLAIN_OUTPUT_H
#define FRIDAY_TUI_TEXT_PLAIN_OUTPUT_H

#include "base/buf.h"
#include "base/str.h"

enum { PLAIN_OUTPUT_HELD = 48 };

struct plain_output {
	char held[PLAIN_OUTPUT_HELD]; /* a sequence that is not whole yet */
	size_t n_held;
};

/* Appends what stays of a chunk; a sequence may be cut between two. */
void plain_output_feed(struct plain_output *p, struct str chunk,
    struct buf *out);
/* A whole text at once. */
void plain_output(struct str text, struct buf *out);

#endif
