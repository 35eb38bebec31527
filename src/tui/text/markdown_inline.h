/* Inline Markdown as runs of a flow: emphasis, code, links, images, entities.
 * md4c reads it, one block's text at a time. */
#ifndef FRIDAY_TUI_TEXT_MARKDOWN_INLINE_H
#define FRIDAY_TUI_TEXT_MARKDOWN_INLINE_H

#include "tui/text/flow.h"

/* A part of the source. Parts are joined by a line feed, or directly. */
struct markdown_range {
	uint32_t at, len; /* bytes of the source */
	bool joined;	  /* goes on in the line of the part before */
};

struct markdown_inline {
	const char *source;
	const struct markdown_range *ranges;
	size_t count;
	struct style style;  /* of plain text */
	bool links;	     /* see struct markdown_opts */
	struct lines *lines; /* where links are kept */
	struct buf *scratch; /* emptied first */
};

/* Loads md4c, on a thread that may wait for a disk; else the first text that
 * needs it does. False: it is not there, and text stays as it is written. */
bool markdown_inline_ready(void);
/* Appends the runs. */
void markdown_inline(const struct markdown_inline *in, struct flow *out);

#endif
