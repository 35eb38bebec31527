/* The neutral message model: what a conversation is made of, whichever
 * provider answers. The store keeps messages in their JSON form (message_print)
 * and a model gets exactly the same content again.
 *
 * A message owns its parts and their text. */
#ifndef FRIDAY_LLM_MESSAGE_H
#define FRIDAY_LLM_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/id.h"

struct json;

enum role { ROLE_USER, ROLE_ASSISTANT };

enum part_kind {
	PART_TEXT,
	PART_REASONING,	  /* assistant only */
	PART_TOOL_CALL,	  /* assistant only */
	PART_TOOL_RESULT, /* user only */
	PART_IMAGE,	  /* user, and inside the message of a tool result */
};

struct part {
	enum part_kind kind;
	struct buf text;   /* text, reasoning, or a result's text */
	/* What the provider wants back unchanged with this part (thinking
	 * signature, redacted thinking, thought signature, encrypted reasoning
	 * item): JSON text of the wire that is named; empty where none. It goes
	 * back only over the same wire format to the same provider. */
	struct buf opaque;
	char opaque_wire[24];	  /* wire's name, e.g. "anthropic" */
	char opaque_provider[32]; /* provider row's name */
	char *call_id;	   /* calls and results; unique in a session */
	char *name;	   /* calls and results: the tool */
	struct buf arguments; /* calls: the raw text as the model gave it */
	bool is_error;	   /* results */
	char *media_type;  /* images: "image/png" */
	struct buf data;   /* images: base64 */
	bool cut;	   /* calls: arguments were cut off by a limit; never
			    * to be run */
};

struct message {
	char id[ID_SIZE];
	enum role role;
	struct part *parts;
	size_t n_parts;
};

enum stop_reason {
	STOP_NONE, /* the stream ended without one */
	STOP_END_TURN,
	STOP_TOOL_USE,
	STOP_MAX_TOKENS,
	STOP_SEQUENCE,
	STOP_REFUSAL,
	STOP_CONTENT_FILTER,
	STOP_PAUSE_TURN,
};

struct usage {
	int64_t input_tokens;	  /* all of the prompt, cached ones included */
	int64_t cached_tokens;	  /* of them, read from the cache */
	int64_t cache_write_tokens; /* of them, written to the cache */
	int64_t output_tokens;	  /* all of the answer, reasoning included */
	int64_t reasoning_tokens; /* of them, reasoning */
	bool exact;		  /* the provider said so; false: estimated */
};

struct message *message_create(enum role role);
void message_destroy(struct message *m);
DEFINE_CLEANUP(message_destroy, struct message);
struct message *message_copy(const struct message *m);
/* Appends a part with empty buffers; the pointer lives until the next one. */
struct part *message_add(struct message *m, enum part_kind kind);
struct part *message_add_text(struct message *m, struct str text);
struct part *message_add_result(struct message *m, const char *call_id,
    const char *name, struct str text, bool is_error);
struct part *message_add_image(struct message *m, const char *media_type,
    struct str base64);
/* All text parts, joined. */
void message_text(const struct message *m, struct buf *out);
void message_reasoning(const struct message *m, struct buf *out);
bool message_has(const struct message *m, enum part_kind kind);
/* A rough count for planning, about 4 bytes a token; images a flat 1,600. */
int64_t message_estimate_tokens(const struct message *m);
int64_t text_estimate_tokens(struct str text);

/* The stored form: {"id","role","parts":[{"kind",…}]}. */
int message_print(const struct message *m, struct buf *out);
int message_parse(const struct json *j, struct message **ret,
    struct error *err);

/* "end_turn", "tool_use", … as in events. STOP_NONE: "none". */
const char *stop_reason_name(enum stop_reason reason);

#endif
