/* A JSON Schema reduced to the keywords that a server knows. Servers refuse a
 * whole request over one keyword of a tool's or a user's schema. */
#ifndef FRIDAY_LLM_SCHEMA_FILTER_H
#define FRIDAY_LLM_SCHEMA_FILTER_H

#include <stdbool.h>

#include "base/json_writer.h"

struct json;

enum schema_dialect {
	/* Gemini: keywords beyond the documented ones are dropped, which
	 * allows more than the schema does. Arguments are validated against
	 * the whole schema afterwards. */
	SCHEMA_GEMINI,
	/* Anthropic's structured outputs: objects are closed; a schema that
	 * needs more than the dialect has is not sent at all. */
	SCHEMA_ANTHROPIC,
};

/* Writes the schema as one value. False: the schema cannot be put into the
 * dialect, or is nested too deep; what was written is of no use then. */
bool schema_filter(const struct json *schema, enum schema_dialect dialect,
    struct json_writer *w);

#endif
