/* Models without tool calls. Their calls are written as text, which the client
 * understands (llm/text_tools.h); what is left are edits that such a model
 * simply writes into its answer. They become calls of apply_patch, so that
 * they pass the same door as any other change. */
#ifndef FRIDAY_AGENT_TEXT_MODE_H
#define FRIDAY_AGENT_TEXT_MODE_H

#include "llm/message.h"

/* Adds a call for each patch in the text: the envelope (*** Begin Patch), in a
 * fence or not, and unified diffs in a fence marked diff or patch. An envelope
 * without its end is left alone. Nothing is added to an answer that has calls.
 * Returns how many were added. */
size_t text_mode_find_edits(struct message *m);

#endif
