/* JSON with comments and trailing commas, as configuration files have it,
 * made plain. */
#ifndef FRIDAY_BASE_JSON_COMMENTS_H
#define FRIDAY_BASE_JSON_COMMENTS_H

#include "base/buf.h"

/* Comments and trailing commas become spaces, so that line and column of what
 * is left stay true. */
void json_blank_comments(struct buf *text);

#endif
