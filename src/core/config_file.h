/* config.json: JSON with // and block comments and trailing commas, checked
 * against the schema that the option table gives. A mistake is named with its
 * line. */
#ifndef FRIDAY_CORE_CONFIG_FILE_H
#define FRIDAY_CORE_CONFIG_FILE_H

#include "base/json.h"

/* name is used in messages. Errors: ERR_CONFIG_SYNTAX, ERR_CONFIG_INVALID,
 * ERR_TOO_LARGE. An empty text is an empty object. */
int config_parse(struct str text, const char *name, struct json **ret,
    struct error *err);

/* The same text with another value (JSON text; empty: none) at
 * "budget.run_usd": comments, order and all else stay. The text is one that
 * config_parse() takes.
 * Errors: ERR_CONFIG_SYNTAX (a parent is no object), ERR_TOO_LARGE. */
int config_edit(struct str text, const char *key, struct str value,
    struct buf *out, struct error *err);

/* The line (from 1) of the value at a JSON pointer, or of the nearest parent
 * that is there. The text has been parsed. */
size_t config_line_of(struct str text, const char *pointer);

#endif
