/* Reading Messages streams; see anthropic_stream.h.
 * platform.claude.com/docs/en/build-with-claude/streaming */
#include "llm/anthropic_stream.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "llm/wire_util.h"

static bool
bit(const uint64_t *set, int64_t index)
{
	return (set[index / 64] >> (index % 64) & 1) != 0;
}

static int
block_index(const struct json *data, int64_t *ret, struct error *err)
{
	int64_t index = json_get_int(data, "index", 0);

	if (index < 0 || index >= ANTHROPIC_BLOCKS_MAX)
		return error_set(err, ERR_LLM_PROTOCOL,
		    "the server numbered a content block out of range");
	*ret = index;
	return 0;
}

static void
take_usage(struct reply *r, const struct json *usage)
{
	struct usage u = { .exact = true };

	if (!json_is(usage, JSON_OBJECT))
		return;
	u.cached_tokens = wire_count(usage, "cache_read_input_tokens");
	u.cache_write_tokens =
	    wire_count(usage, "cache_creation_input_tokens");
	/* Theirs is what is neither read from a cache nor written to it. */
	u.input_tokens = wire_count(usage, "input_tokens") + u.cached_tokens +
	    u.cache_write_tokens;
	u.output_tokens = wire_count(usage, "output_tokens");
	u.reasoning_tokens = wire_count(json_get(usage,
	    "output_tokens_details"), "thinking_tokens");
	reply_usage(r, &u);
}

static void
copy_names(struct reply *r, const struct json *message)
{
	snprintf(r->response_id, sizeof(r->response_id), "%.*s",
	    STR_ARG(json_get_str(message, "id")));
	snprintf(r->model, sizeof(r->model), "%.*s",
	    STR_ARG(json_get_str(message, "model")));
}

static int
on_message_start(struct anthropic_state *s, struct reply *r,
    const struct json *data, struct error *err)
{
	const struct json *m = json_get(data, "message");

	/* A proxy that asked again in the middle of an answer: the blocks of
	 * two answers would run into each other. */
	if (r->message->n_parts > 0 &&
	    !str_eq_c(json_get_str(m, "id"), r->response_id))
		return error_set(err, ERR_LLM_DROPPED,
		    "the answer broke off and another one began");
	copy_names(r, m);
	take_usage(r, json_get(m, "usage"));
	return 0;
}

static int
keep_signature(struct reply *r, int64_t index, struct str signature,
    struct error *err)
{
	CLEANUP_BUF struct buf opaque = BUF_INIT(REPLY_BYTES_MAX);
	struct json_writer w = JSON_WRITER(&opaque);

	if (signature.len == 0)
		return 0;
	jw_object(&w);
	jw_key_cstr(&w, "type", "thinking");
	jw_key_str(&w, "signature", signature);
	jw_end(&w);
	if (buf_check(&opaque, err) != 0)
		return -ERR_TOO_LARGE;
	return reply_opaque(r, PART_REASONING, index, buf_str(&opaque), err);
}

static int
start_text(struct anthropic_state *s, struct reply *r, int64_t index,
    const struct json *block, struct error *err)
{
	return reply_text(r, index, json_get_str(block, "text"), err);
}

static int
start_thinking(struct anthropic_state *s, struct reply *r, int64_t index,
    const struct json *block, struct error *err)
{
	int rc = reply_reasoning(r, index, json_get_str(block, "thinking"),
	    err);

	return rc != 0 ? rc : keep_signature(r, index,
	    json_get_str(block, "signature"), err);
}

static int
start_redacted(struct anthropic_state *s, struct reply *r, int64_t index,
    const struct json *block, struct error *err)
{
	CLEANUP_BUF struct buf opaque = BUF_INIT(REPLY_BYTES_MAX);
	struct json_writer w = JSON_WRITER(&opaque);

	jw_object(&w);
	jw_key_cstr(&w, "type", "redacted_thinking");
	jw_key_str(&w, "data", json_get_str(block, "data"));
	jw_end(&w);
	if (buf_check(&opaque, err) != 0)
		return -ERR_TOO_LARGE;
	return reply_opaque(r, PART_REASONING, index, buf_str(&opaque), err);
}

static int
start_call(struct anthropic_state *s, struct reply *r, int64_t index,
    const struct json *block, struct error *err)
{
	const struct json *input = json_get(block, "input");
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_BYTES_MAX);
	int rc = reply_call(r, index, json_get_str(block, "id"),
	    json_get_str(block, "name"), err);

	s->is_call[index / 64] |= UINT64_C(1) << (index % 64);
	/* It is empty and comes in deltas, except through some gateways. */
	if (rc != 0 || json_count(input) == 0)
		return rc;
	s->has_input[index / 64] |= UINT64_C(1) << (index % 64);
	json_print(input, &text);
	if (buf_check(&text, err) != 0)
		return -ERR_TOO_LARGE;
	return reply_call_arguments_whole(r, index, buf_str(&text), err);
}

static const struct block_row {
	const char *type;
	int (*start)(struct anthropic_state *s, struct reply *r, int64_t index,
	    const struct json *block, struct error *err);
} block_rows[] = {
	{ "text", start_text },
	{ "thinking", start_thinking },
	{ "redacted_thinking", start_redacted },
	{ "tool_use", start_call },
};

static int
start_block(struct anthropic_state *s, struct reply *r, int64_t index,
    const struct json *block, struct error *err)
{
	struct str type = json_get_str(block, "type");

	for (size_t i = 0; i < ARRAY_LEN(block_rows); i++) {
		if (str_eq_c(type, block_rows[i].type))
			return block_rows[i].start(s, r, index, block, err);
	}
	return 0;
}

static int
on_block_start(struct anthropic_state *s, struct reply *r,
    const struct json *data, struct error *err)
{
	int64_t index = 0;
	int rc = block_index(data, &index, err);

	return rc != 0 ? rc : start_block(s, r, index,
	    json_get(data, "content_block"), err);
}

static int
add_input(struct anthropic_state *s, struct reply *r, int64_t index,
    struct str fragment, struct error *err)
{
	/* Also the server's own tools have input, which is not for us. */
	if (!bit(s->is_call, index) || fragment.len == 0)
		return 0;
	if (bit(s->has_input, index)) {
		s->has_input[index / 64] &= ~(UINT64_C(1) << (index % 64));
		return reply_call_arguments_whole(r, index, fragment, err);
	}
	return reply_call_arguments(r, index, fragment, err);
}

static int
on_block_delta(struct anthropic_state *s, struct reply *r,
    const struct json *data, struct error *err)
{
	const struct json *delta = json_get(data, "delta");
	struct str type = json_get_str(delta, "type");
	int64_t index = 0;
	int rc = block_index(data, &index, err);

	if (rc != 0)
		return rc;
	if (str_eq_c(type, "text_delta"))
		return reply_text(r, index, json_get_str(delta, "text"), err);
	if (str_eq_c(type, "input_json_delta"))
		return add_input(s, r, index,
		    json_get_str(delta, "partial_json"), err);
	if (str_eq_c(type, "thinking_delta"))
		return reply_reasoning(r, index,
		    json_get_str(delta, "thinking"), err);
	if (str_eq_c(type, "signature_delta"))
		return keep_signature(r, index,
		    json_get_str(delta, "signature"), err);
	return 0;
}

static enum stop_reason
stop_of(struct str name)
{
	static const struct {
		const char *name;
		enum stop_reason reason;
	} rows[] = {
		{ "end_turn", STOP_END_TURN },
		{ "tool_use", STOP_TOOL_USE },
		{ "max_tokens", STOP_MAX_TOKENS },
		{ "model_context_window_exceeded", STOP_MAX_TOKENS },
		{ "stop_sequence", STOP_SEQUENCE },
		{ "refusal", STOP_REFUSAL },
		{ "pause_turn", STOP_PAUSE_TURN },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (str_eq_c(name, rows[i].name))
			return rows[i].reason;
	}
	return name.len > 0 ? STOP_END_TURN : STOP_NONE;
}

static int
on_message_delta(struct anthropic_state *s, struct reply *r,
    const struct json *data, struct error *err)
{
	reply_stop(r, stop_of(json_get_str(json_get(data, "delta"),
	    "stop_reason")));
	take_usage(r, json_get(data, "usage"));
	return 0;
}

static int
on_message_stop(struct anthropic_state *s, struct reply *r,
    const struct json *data, struct error *err)
{
	r->finished = true;
	return 0;
}

/* A server that does not stream sends the whole message. */
static int
on_message(struct anthropic_state *s, struct reply *r,
    const struct json *data, struct error *err)
{
	int64_t index = 0;
	int rc = 0;

	if (!json_is(json_get(data, "content"), JSON_ARRAY))
		return 0;
	copy_names(r, data);
	for (const struct json *b = json_first(json_get(data, "content"));
	    b != NULL && rc == 0 && index < ANTHROPIC_BLOCKS_MAX;
	    b = json_next(b))
		rc = start_block(s, r, index++, b, err);
	reply_stop(r, stop_of(json_get_str(data, "stop_reason")));
	take_usage(r, json_get(data, "usage"));
	r->finished = r->stop != STOP_NONE;
	return rc;
}

static const struct event_row {
	const char *type;
	int (*on)(struct anthropic_state *s, struct reply *r,
	    const struct json *data, struct error *err);
} event_rows[] = {
	/* The most frequent first. */
	{ "content_block_delta", on_block_delta },
	{ "content_block_start", on_block_start },
	{ "message_start", on_message_start },
	{ "message_delta", on_message_delta },
	{ "message_stop", on_message_stop },
	{ "message", on_message },
};

int
anthropic_decode(void *state, struct reply *r, struct str event,
    const struct json *data, struct error *err)
{
	struct str type = json_get_str(data, "type");
	const struct json *error = json_get(data, "error");

	if (r->finished)
		return 0;
	if (type.len == 0)
		type = event;
	for (size_t i = 0; i < ARRAY_LEN(event_rows); i++) {
		if (str_eq_c(type, event_rows[i].type))
			return event_rows[i].on(state, r, data, err);
	}
	if (str_eq_c(type, "error") || json_is(error, JSON_OBJECT) ||
	    json_is(error, JSON_STRING))
		return wire_stream_error(error != NULL ? error : data, err);
	return 0;
}

int
anthropic_finish(void *state, struct reply *r, struct error *err)
{
	/* Some gateways forget message_stop, but say why they stop. */
	return reply_end(r, r->stop != STOP_NONE, err);
}
