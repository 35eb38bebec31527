/* Soft wrap of plain text: at blanks where there are any, else between
 * clusters. */
#ifndef FRIDAY_TUI_TEXT_WRAP_H
#define FRIDAY_TUI_TEXT_WRAP_H

#include "tui/text/line.h"

struct wrap_opts {
	int width;		  /* columns, with the prefixes */
	struct str first, others; /* prefixes: "› ", "  " */
	struct style prefix_style;
	struct style style;
	uint32_t source;  /* offset of text[0] in the source */
	size_t lines_max; /* 0: no limit; else the last line ends in "…" */
};

/* Appends text (with line feeds and tabs; control characters were filtered). */
void wrap_text(struct str text, const struct wrap_opts *opts,
    struct lines *out);

#endif
