/* A wire format: neutral request → HTTP request, stream → neutral reply. One
 * file per format, one row in wire_table. Formats hold no state but what
 * `state_size` bytes carry from one event of a stream to the next. */
#ifndef FRIDAY_LLM_WIRE_H
#define FRIDAY_LLM_WIRE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "llm/message.h"
#include "llm/provider.h"
#include "llm/reply.h"

struct json;

struct llm_tool {
	const char *name;
	const char *description;
	const char *schema; /* JSON Schema as text */
};

enum llm_effort {
	EFFORT_DEFAULT,
	EFFORT_NONE,
	EFFORT_LOW,
	EFFORT_MEDIUM,
	EFFORT_HIGH,
};

/* One request, all borrowed. Messages alternate freely; consecutive messages
 * of one role are merged by formats that demand it. A result part always
 * follows its call. */
struct llm_request {
	const char *model;
	struct str system;
	const struct message *const *messages;
	size_t n_messages;
	const struct llm_tool *tools;
	size_t n_tools;
	int64_t max_output_tokens; /* 0: the model's row */
	double temperature;	   /* negative: not sent */
	enum llm_effort effort;
	const char *cache_key; /* session id, for prompt caches; may be NULL */
	const char *output_schema; /* JSON Schema of the answer; may be NULL.
				    * Sent where the format supports it. */
};

struct wire_http {
	struct buf path;    /* behind the base URL: "/chat/completions" */
	struct buf headers; /* "Name: value\n…" beyond auth and content type */
	struct buf body;    /* JSON */
};

struct wire {
	const char *name;
	enum { WIRE_SSE, WIRE_NDJSON } framing;
	size_t state_size; /* zeroed before each stream */
	/* Errors: ERR_TOO_LARGE, ERR_UNSUPPORTED (an image for a model that
	 * takes none is replaced by a text instead). */
	int (*encode)(const struct provider *p, const struct model *m,
	    const struct llm_request *request, struct wire_http *out,
	    struct error *err);
	/* One event of the stream: SSE's event name (may be empty) and its
	 * data as parsed JSON. Unknown events and fields are ignored. An error
	 * inside the stream is returned as an llm.* error. "[DONE]" never
	 * arrives here (the client handles it: *finished* is set). */
	int (*decode)(void *state, struct reply *r, struct str event,
	    const struct json *data, struct error *err);
	/* The body has ended. A format whose end mark may be missing decides
	 * here whether what came is whole (ERR_LLM_DROPPED otherwise). */
	int (*finish)(void *state, struct reply *r, struct error *err);
	/* "GET path" that lists models, and how to read one page of it: calls
	 * add for each id (context 0: not told). NULL: no list. */
	const char *models_path;
	int (*models)(const struct json *page,
	    void (*add)(struct str id, int64_t context_tokens, void *ctx),
	    void *ctx, struct error *err);
};

extern const struct wire wire_openai_chat;	/* "openai-chat" */
extern const struct wire wire_openai_responses; /* "openai-responses" */
extern const struct wire wire_anthropic;	/* "anthropic" */
extern const struct wire wire_gemini;		/* "gemini" */
extern const struct wire wire_ollama;		/* "ollama" */

/* NULL: no such format ("offline" has none: see offline.h). */
const struct wire *wire_by_name(struct str name);

/* A failed HTTP reply (status >= 400, or an error object found in a stream
 * with status 200) as an error: rate limits, context length, bad keys, HTML
 * from a proxy … body is at most a few KiB. Always returns non-zero. */
int wire_http_error(int status, struct str content_type, struct str body,
    struct error *err);
/* The error object of a stream's chunk, of any vendor: {"error":…}, a string,
 * {"message","code","type"}. */
int wire_stream_error(const struct json *error_value, struct error *err);

#endif
