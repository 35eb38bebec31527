/* JSON as models write it: in a code fence, with words around it, with
 * trailing commas, comments, raw line feeds inside strings. Makes valid text
 * of it where the meaning is sure; never guesses what was cut off. */
#ifndef FRIDAY_BASE_JSON_REPAIR_H
#define FRIDAY_BASE_JSON_REPAIR_H

#include "base/json.h"

/* Appends the repaired text of the first JSON value in `text`. Errors:
 * ERR_PARSE (none there, or cut off). */
int json_repair(struct str text, struct buf *out, struct error *err);
/* The value: parsed as it is if that works, else repaired. limits as in
 * json_parse. */
int json_parse_lenient(struct str text, const struct json_limits *limits,
    struct json **ret, struct error *err);

#endif
