/* Tools for models that have no tool calls: the tools are described in the
 * system text, calls are written into the answer as
 *
 *	```tool_call
 *	{"name": "read", "arguments": {"path": "src/main.c"}}
 *	```
 *
 * and results go back in the user's turn as
 *
 *	```tool_result read
 *	what the tool said
 *	```
 *
 * Text around a block stays text. Models write what they were trained on, so
 * other forms are understood too (text_calls.h), also from models that do have
 * tool calls and forgot about them for once.
 *
 * Life cycle: text_tools_begin before the request is encoded; for each attempt
 * text_tools_attach behind reply_init and text_tools_finish behind
 * reply_finish; text_tools_release. Between attach and finish the reply's sink
 * is told nothing of a block that may be a call; finish tells it the text that
 * turned out to be none, so that what was shown is what the message holds.
 *
 * Thread: one. The struct must not move while a reply is attached. */
#ifndef FRIDAY_LLM_TEXT_TOOLS_H
#define FRIDAY_LLM_TEXT_TOOLS_H

#include "llm/text_calls.h"
#include "llm/wire.h"

/* All members but `request` are private. */
struct text_tools {
	const struct llm_request *request; /* what to encode */
	const struct llm_request *original;
	bool is_protocol; /* the model has no tool calls */
	struct llm_request rewritten;
	struct buf system;
	struct message **messages; /* NULL: the request's own */
	size_t n_messages;
	const struct message **list;
	struct reply *reply;
	struct reply_sink inner;
	/* What the sink was not told yet. */
	size_t n_shown; /* bytes of the text that it was told */
	struct buf line; /* start of a line that may open a call */
	struct text_fence fence; /* len 0: not in a block */
	bool in_line;		 /* the line is decided: it passes */
	bool holding;		 /* a call has begun: nothing passes */
};

/* The request is borrowed until release. Without tools in it nothing is
 * changed, then or later. */
void text_tools_begin(struct text_tools *t, const struct model *m,
    const struct llm_request *request);
/* Puts itself between the reply and its sink. */
void text_tools_attach(struct text_tools *t, struct reply *reply);
/* Turns calls in the reply's text into PART_TOOL_CALL parts, unless the reply
 * has real ones, was refused, or is not whole (is_whole: the answer came to its
 * end). The reply has its own sink again. */
void text_tools_finish(struct text_tools *t, bool is_whole);
void text_tools_release(struct text_tools *t);

#endif
