/* The one filter between text from outside and a terminal: models, tools, file
 * names, repositories and errors can never send it a control sequence. C0
 * (except \n and \t), DEL, C1 (raw and as U+0080 to U+009F), and bidirectional
 * overrides are made visible ("^[", "<U+202E>"); invalid UTF-8 becomes U+FFFD.
 * A sequence cut in two by a chunk border is caught too: state is kept. */
#ifndef FRIDAY_BASE_TERM_TEXT_H
#define FRIDAY_BASE_TERM_TEXT_H

#include "base/buf.h"
#include "base/str.h"

struct term_text {
	char pending[4]; /* bytes of a character that is not whole yet */
	unsigned n_pending;
	bool one_line;	 /* \n and \t are made harmless too */
	bool after_cr;
};

#define TERM_TEXT_INIT ((struct term_text){ .one_line = false })

/* Filters a chunk, appending to out. "\r\n" and a lone "\r" become "\n". */
int term_text_feed(struct term_text *t, struct str chunk, struct buf *out);
/* What is still pending becomes U+FFFD. */
int term_text_end(struct term_text *t, struct buf *out);
/* A whole text at once. */
int term_text(struct str text, struct buf *out);
int term_text_line(struct str text, struct buf *out);

#endif
