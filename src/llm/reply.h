/* A reply under construction. A wire format's decoder calls these functions as
 * the stream arrives; they build the assistant's message and tell the sink at
 * once what is new.
 *
 * Parts are found by a key of the decoder's choice (a content block's index, a
 * call's index, an output_index), one key space per part kind. Order of first
 * appearance is the order of the parts.
 *
 * Thread: one. */
#ifndef FRIDAY_LLM_REPLY_H
#define FRIDAY_LLM_REPLY_H

#include "llm/message.h"

struct reply_sink {
	void (*text)(struct str text, void *ctx);
	void (*reasoning)(struct str text, void *ctx);
	/* A call's name is known; arguments still come. */
	void (*call)(const char *call_id, const char *name, void *ctx);
	void *ctx;
};

#define REPLY_BYTES_MAX (32 * MIB) /* text, reasoning or arguments of a part */
#define REPLY_PARTS_MAX 512

struct reply {
	struct message *message;
	struct usage usage;
	enum stop_reason stop;
	bool finished; /* the wire's own end mark was seen */
	char response_id[128];
	char model[128]; /* what the server says it is */
	struct reply_sink sink;
	const char *wire;     /* for opaque data */
	const char *provider;
	/* private to reply.c */
	struct reply_key *keys;
	size_t n_keys;
};

/* sink NULL: none. wire and provider are borrowed and outlive the reply. */
void reply_init(struct reply *r, const struct reply_sink *sink,
    const char *wire, const char *provider);
void reply_release(struct reply *r);

/* Each may be called with empty text: nothing happens then. Errors:
 * ERR_TOO_LARGE, ERR_LLM_PROTOCOL. Invalid UTF-8 cannot arrive here: JSON was
 * checked. */
int reply_text(struct reply *r, int64_t key, struct str text,
    struct error *err);
int reply_reasoning(struct reply *r, int64_t key, struct str text,
    struct error *err);
/* Opaque data of the part with this key, replacing what was there. The part is
 * made if it does not exist (redacted thinking has no text). */
int reply_opaque(struct reply *r, enum part_kind kind, int64_t key,
    struct str json, struct error *err);
/* A call. id or name may be empty when they are not known yet or repeated. A
 * new non-empty id under a known key starts another call: two calls may share
 * an index and differ by id. Calls without any id get one when the reply is
 * finished. */
int reply_call(struct reply *r, int64_t key, struct str id, struct str name,
    struct error *err);
int reply_call_arguments(struct reply *r, int64_t key, struct str fragment,
    struct error *err);
/* The next reply_call under this key starts another call, whatever its id: for
 * servers that give every call the same index and no id. */
void reply_call_close(struct reply *r, int64_t key);
/* Whether reply_call() with these would speak of a call that is known; id
 * empty: of any call under this key. */
bool reply_has_call(const struct reply *r, int64_t key, struct str id);
/* What the part with this key holds so far: text, or a call's arguments; an
 * empty str where there is none. Borrowed until the reply changes. */
struct str reply_peek(const struct reply *r, enum part_kind kind, int64_t key);
/* The same for its opaque data. */
struct str reply_peek_opaque(const struct reply *r, enum part_kind kind,
    int64_t key);
/* The whole arguments text, replacing fragments (Responses' ".done"). */
int reply_call_arguments_whole(struct reply *r, int64_t key, struct str text,
    struct error *err);
/* Takes the larger of what is known and what is given, field by field: usage
 * may come in pieces or repeatedly. */
void reply_usage(struct reply *r, const struct usage *usage);
/* A later reason replaces an earlier one, except that STOP_NONE never does. */
void reply_stop(struct reply *r, enum stop_reason reason);
/* The stream has ended. has_end: the format's end mark was there. Errors:
 * ERR_LLM_DROPPED (it was not, and nothing else told of the end). */
int reply_end(struct reply *r, bool has_end, struct error *err);

/* At the end of the stream: ids for calls without one (and for the second of
 * two calls with one id), "{}" for empty arguments, and STOP_END_TURN turned
 * into STOP_TOOL_USE where calls are present, and the other way round where
 * none are. Marked `cut`: each call whose
 * JSON is not closed, whatever the stop says; the last call under max_tokens;
 * all calls under a refusal or a content filter. A call with neither name nor
 * arguments is dropped. */
int reply_finish(struct reply *r, struct error *err);

#endif
