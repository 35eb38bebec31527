/* The conversation as the offline provider sees it: the last request, and what
 * its own calls since then have brought. A plan asks for what it needs, each
 * time from the beginning; what is already there is given at once, the rest
 * becomes calls of this turn. So a plan reads like straight-line code, and no
 * state is kept but the conversation. Private to the offline provider. */
#ifndef FRIDAY_LLM_OFFLINE_TALK_H
#define FRIDAY_LLM_OFFLINE_TALK_H

#include "base/json_writer.h"
#include "llm/offline_intent.h"
#include "llm/reply.h"
#include "llm/wire.h"

/* Turns with calls that one request may take. */
enum { TALK_ROUNDS_MAX = 6 };

struct talk {
	const struct llm_request *request;
	struct reply *reply;
	struct error *err;
	struct intent intent;
	size_t first;	/* messages from here on belong to the request */
	size_t rounds;	/* turns with calls so far */
	size_t n_calls; /* of this turn */
	int failed;	/* 0, or the negative code that ends it */
	bool no_search; /* there is no tool to search with */
	const struct part *trouble; /* a search that failed; may be NULL */
	struct buf out; /* the answer, Markdown */
};

/* Reads the conversation; release it. */
void talk_init(struct talk *t, const struct llm_request *request,
    struct reply *reply, struct error *err);
void talk_release(struct talk *t);
/* Whether the session offers the tool, and whether the tool takes this
 * argument. */
bool talk_has_tool(const struct talk *t, const char *tool);
bool talk_tool_takes(const struct talk *t, const char *tool,
    const char *argument);
/* The result of a call with these arguments; NULL where it is not there: then
 * the call is made now, or cannot be made (see n_calls). */
const struct part *talk_ask(struct talk *t, const char *tool,
    struct str arguments);
/* The same for a tool that takes one string. */
const struct part *talk_ask1(struct talk *t, const char *tool,
    const char *key, struct str value);
/* Those of the plans. An error of grep is kept as t->trouble; `path` may be
 * empty, `first` and `lines` 0. `members` are the inside of a JSON object. */
const struct part *talk_grep(struct talk *t, struct str pattern,
    struct str path);
const struct part *talk_read(struct talk *t, struct str path, int64_t first,
    int64_t lines);
const struct part *talk_git(struct talk *t, const char *members);
/* What the request is about; empty where it names nothing. */
struct str talk_subject(const struct talk *t);
/* Text of a result that is no error; empty otherwise. */
struct str talk_text(const struct part *result);

/* Markdown. `Place` is the citation `path:line`. */
void talk_cite(struct talk *t, struct str path, int64_t line);
/* Inline code of one line, cut to a readable length. */
void talk_code(struct talk *t, struct str text);
void talk_fence_open(struct talk *t, struct str content, struct str path);
void talk_fence_close(struct talk *t, struct str content);
/* A fenced block of at most max_lines lines; says how many were left out. */
void talk_block(struct talk *t, struct str content, const char *language,
    size_t max_lines);
/* A result under its title, or why there is none. */
void talk_answer_block(struct talk *t, const struct part *part,
    const char *title, const char *language, size_t lines);

#endif
