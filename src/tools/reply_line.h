/* What single lines of a model's reply are: marks of SEARCH/REPLACE blocks,
 * fences, names of files. Pure; the results point into the line. */
#ifndef FRIDAY_TOOLS_REPLY_LINE_H
#define FRIDAY_TOOLS_REPLY_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE" and what others write in
 * their place; five to nine of the character. */
bool reply_line_is_search(struct str line);
bool reply_line_is_divider(struct str line);
bool reply_line_is_replace(struct str line);
/* Characters of a fence, 3 or more, and what follows them; 0: none. */
size_t reply_line_fence(struct str line, struct str *ret_info);
/* The path on a line of its own, decorations taken off; empty: none. */
struct str reply_line_path(struct str line);
/* The path in what follows an opening fence; empty: none. */
struct str reply_line_info_path(struct str info);

#endif
