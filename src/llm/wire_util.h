/* What several wire formats do alike when they write a request. */
#ifndef FRIDAY_LLM_WIRE_UTIL_H
#define FRIDAY_LLM_WIRE_UTIL_H

#include "base/json_writer.h"
#include "llm/wire.h"

/* Ceiling for what is put together for a request. */
#define WIRE_BODY_MAX (64 * MIB)

/* Consecutive messages of one role, taken as one: many servers and nearly all
 * chat templates want user and assistant to alternate. */
struct wire_turn {
	enum role role;
	size_t first, last; /* messages of the request, both included */
};

/* A request in the making. */
struct wire_encoder {
	const struct provider *p;
	const struct model *m;
	const struct llm_request *request;
	struct json_writer w;
};

/* Cuts the next turn off, starting at *cursor (0 at first). False at the
 * end. */
bool wire_next_turn(const struct llm_request *request, size_t *cursor,
    struct wire_turn *ret);
/* Where a walk through a turn's parts stands; zeroed: at the start. */
struct wire_cursor {
	size_t message, part;
};

/* The next part of the turn, or NULL. */
const struct part *wire_next_part(const struct llm_request *request,
    const struct wire_turn *turn, struct wire_cursor *cursor);
bool wire_turn_has(const struct llm_request *request,
    const struct wire_turn *turn, enum part_kind kind);
/* All text parts of the turn, joined. */
void wire_turn_text(const struct llm_request *request,
    const struct wire_turn *turn, struct buf *out);

/* Whether a part's opaque data came from this wire format and provider, so
 * that it may go back there. */
bool wire_opaque_is_ours(const struct part *part, const char *wire,
    const struct provider *p);
/* A call's arguments as the text of a JSON object: as the model wrote them;
 * where that is no object, {"invalid_arguments": TEXT}, since servers parse
 * what they get back. */
void wire_add_arguments(const struct part *call, struct buf *out);
/* A call's name as every server takes it back: [A-Za-z0-9_-]{1,64}. A model
 * may have called something else. Returns `out`. */
const char *wire_safe_name(const char *name, char out[65]);
/* Limit for the answer to send; 0: send none. Servers on this machine and
 * unknown ones have no limit of their own, and some refuse a limit that does
 * not fit beside the prompt, so they get one only if it was asked for. */
int64_t wire_output_limit(const struct provider *p, const struct model *m,
    const struct llm_request *request);
/* "none", "low", "medium", "high"; NULL: not to be sent (the default, or a
 * model without the ability). */
const char *wire_effort(const struct model *m,
    const struct llm_request *request);
bool wire_sends_temperature(const struct model *m,
    const struct llm_request *request);
/* What stands for an image where the model takes none. */
#define WIRE_NO_IMAGE "[an image; this model takes no images]"
/* What stands for an empty tool result; some servers refuse empty content. */
#define WIRE_NO_OUTPUT "(no output)"

/* Writes an image as the string "data:TYPE;base64,DATA". */
void wire_write_data_url(struct json_writer *w, const struct part *image);
/* Writes [{"type":"function","function":{…}}, …] under "tools", the shape of
 * Chat Completions and Ollama; nothing without tools. */
void wire_write_tools(struct json_writer *w, const struct llm_request *request);

/* All turns, each by the function of its role. */
typedef void wire_write_turn_fn(struct wire_encoder *e,
    const struct wire_turn *turn);
void wire_write_turns(struct wire_encoder *e, wire_write_turn_fn *user,
    wire_write_turn_fn *assistant);
/* OpenAI's "temperature" and "prompt_cache_key", where they are to be sent. */
void wire_write_sampling(struct wire_encoder *e);

/* A count of tokens from outside: never negative, 0 where it is missing. */
int64_t wire_count(const struct json *object, const char *key);

/* The shape {"data":[{"id":…}]}, or a bare array, of a list of models, with
 * the vendors' names for the context size. For struct wire's `models`. */
int wire_list_models(const struct json *page,
    void (*add)(struct str id, int64_t context_tokens, void *ctx), void *ctx,
    struct error *err);

#endif
