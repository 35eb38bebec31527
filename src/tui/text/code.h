/* One line of source code as lines of the screen: colours by byte, tabs as
 * blanks, broken anywhere when it is too long. */
#ifndef FRIDAY_TUI_TEXT_CODE_H
#define FRIDAY_TUI_TEXT_CODE_H

#include "tui/text/flow.h"

enum { CODE_TAB_STOP = 4 };

struct code_opts {
	int width; /* columns, with the prefixes */
	const struct flow *first, *others; /* prefixes; NULL: none */
	struct style style;	 /* where there are no roles */
	const uint8_t *roles;	 /* enum style_role by byte; NULL: none */
	const uint8_t *grounds;	 /* the same for grounds; NULL: style's */
	unsigned flags;		 /* enum line_flags of all lines */
};

/* Appends at least one line. `source`: offset of text[0]. */
void code_line(struct str text, uint32_t source, const struct code_opts *opts,
    struct lines *out);

#endif
