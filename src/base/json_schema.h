/* JSON Schema, the part that tools, configuration and structured answers use
 * (draft 2020-12): type, enum, const, properties, required,
 * additionalProperties, items, minimum, maximum, minLength, maxLength,
 * minItems, maxItems, anyOf, oneOf, allOf, not, local $ref. Other keywords
 * (format, pattern, title …) say nothing here. */
#ifndef FRIDAY_BASE_JSON_SCHEMA_H
#define FRIDAY_BASE_JSON_SCHEMA_H

#include "base/error.h"
#include "base/json.h"

struct json_schema_fault {
	char path[160];	  /* JSON pointer of the value: "/edits/0/old_string" */
	char reason[200]; /* "must be a string, not a number" */
};

/* Errors: ERR_SCHEMA_MISMATCH, with path and reason in the message and, if
 * ret_fault is not NULL, apart. Nesting is limited to 64. */
int json_schema_check(const struct json *schema, const struct json *value,
    struct json_schema_fault *ret_fault, struct error *err);

/* Changes what surely meant the same thing: "5" for an integer, a single value
 * or a JSON text for an array, a JSON text for an object, "true" for true, a
 * member whose name differs only in case, '-' and '_', null for an optional
 * member (dropped). The value may be replaced: *value is the tree's root. */
void json_schema_coerce(const struct json *schema, struct json **value);

#endif
