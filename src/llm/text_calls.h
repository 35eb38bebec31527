/* Tool calls that a model wrote into its text. Understood are
 *
 *	```tool_call                       friday's own form (text_tools.h)
 *	{"name": "read", "arguments": {"path": "a.c"}}
 *	```
 *	<tool_call>{"name": …, "arguments": …}</tool_call>     Hermes, Qwen
 *	<tool_call><function=read><parameter=path>a.c</parameter>…   Qwen3-Coder
 *	<function=read>{"path": "a.c"}</function>              Llama
 *	[TOOL_CALLS][{"name": …, "arguments": …}]              Mistral
 *
 * each at the start of a line and never inside a fenced block of any other
 * kind: a model must be able to write about tool calls. Linear in the length
 * of the text, without recursion. */
#ifndef FRIDAY_LLM_TEXT_CALLS_H
#define FRIDAY_LLM_TEXT_CALLS_H

#include "llm/wire.h"

enum text_calls_flags {
	/* The model has real tool calls: only what is beyond doubt counts, so
	 * the tool must be offered, and nothing may stand behind the calls. */
	TEXT_CALLS_STRICT = 1,
};

struct text_call {
	char *name;
	struct buf arguments; /* JSON text as far as possible */
	bool cut;	      /* its end is missing */
};

#define TEXT_CALLS_MAX 64

struct text_calls {
	struct buf text; /* the text without the calls */
	struct text_call *calls;
	size_t n_calls;
};

/* tools tells types of parameters and, when strict, the names; it may be
 * empty. Never fails: what is no call is text. Up to the first call, ret->text
 * is the text byte for byte. */
void text_calls_parse(struct str text, const struct llm_tool *tools,
    size_t n_tools, unsigned flags, struct text_calls *ret);
void text_calls_release(struct text_calls *c);

/* What a line is follows from its first bytes, so that it can be told while it
 * still comes in. */
#define TEXT_LINE_HEAD_MAX 96

/* A line that opens a fenced block (CommonMark 4.5): its character, how many
 * of them, and the first word behind them. False for any other line. */
struct text_fence {
	char c;
	size_t len;
	struct str info;
};

bool text_fence_opens(struct str line, struct text_fence *ret);
bool text_fence_closes(struct str line, const struct text_fence *fence);
/* The info word of friday's own calls, in the spellings that models use. */
bool text_fence_is_call(const struct text_fence *fence);

#endif
