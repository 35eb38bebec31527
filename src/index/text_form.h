/* The encodings that source files come in, made UTF-8: UTF-16 with a mark or
 * recognisably without one, UTF-8 with a mark, and single bytes that are no
 * UTF-8 (read as Latin-1). Lines stay lines.
 *
 * Thread: any. */
#ifndef FRIDAY_INDEX_TEXT_FORM_H
#define FRIDAY_INDEX_TEXT_FORM_H

#include "base/buf.h"

/* Text that needs nothing is not touched. What does not fit into the buffer's
 * ceiling is cut off. */
void text_form_to_utf8(struct buf *text);

#endif
