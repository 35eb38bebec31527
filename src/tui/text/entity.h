/* Character references of HTML ("&amp;", "&#x41;"), as Markdown has them. */
#ifndef FRIDAY_TUI_TEXT_ENTITY_H
#define FRIDAY_TUI_TEXT_ENTITY_H

#include <stdbool.h>

#include "base/buf.h"

/* Appends what `text` ("&…;") stands for, made harmless for a terminal. False:
 * it is not known, and nothing was added. */
bool entity_decode(struct str text, struct buf *out);

#endif
