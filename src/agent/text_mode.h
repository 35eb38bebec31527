/* Models without tool calls. Their calls are written as text, which the client
 * understands (llm/text_tools.h); what is left are edits that such a model
 * simply writes into its answer: patches, diffs, SEARCH/REPLACE blocks, whole
 * files in fences (tools/reply_edits.h). They become one call of apply_patch,
 * which takes all of these, so that they pass the same door as any other
 * change and happen together or not at all. */
#ifndef FRIDAY_AGENT_TEXT_MODE_H
#define FRIDAY_AGENT_TEXT_MODE_H

#include <stdbool.h>

#include "llm/message.h"

/* Adds a call when the text has edits. False: it has none, or the answer has
 * calls already. */
bool text_mode_find_edits(struct message *m);

#endif
