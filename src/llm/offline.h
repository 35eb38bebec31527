/* The offline provider: no network and no language model, yet the same loop
 * and the same tools. It reads the last request, asks for searches,
 * definitions, references, outlines, diffs or a file by tool calls, and
 * answers from what they return, with file:line citations. It says that it is
 * no language model.
 *
 * A pure function of the conversation: same messages, same reply. */
#ifndef FRIDAY_LLM_OFFLINE_H
#define FRIDAY_LLM_OFFLINE_H

#include "llm/reply.h"
#include "llm/wire.h"

int offline_complete(const struct llm_request *request, struct reply *ret,
    struct error *err);

#endif
