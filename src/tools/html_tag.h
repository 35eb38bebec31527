/* Tags of HTML as they stand in a page, read with patience: whatever is
 * written, nothing fails. */
#ifndef FRIDAY_TOOLS_HTML_TAG_H
#define FRIDAY_TOOLS_HTML_TAG_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

enum { HTML_TAG_MAX = 12 }; /* bytes of the longest name that is told, +1 */

struct html_tag {
	char name[HTML_TAG_MAX]; /* lower case; a longer one is cut */
	struct str attributes;	 /* of the page */
	bool closing;
	size_t end; /* offset behind its '>' */
};

bool html_is_blank(char c);
/* at: of a '<'. False: it begins no tag. */
bool html_tag_read(struct str in, size_t at, struct html_tag *ret);
/* The value as it is written; STR_NONE: there is none. */
struct str html_attribute(const struct html_tag *tag, struct str wanted);
/* Appends a value with '&amp;' and the like replaced. */
void html_decode(struct str text, struct buf *out);

#endif
