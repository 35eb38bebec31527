/* Reading streams of generateContent; see gemini_stream.h.
 * ai.google.dev/api/generate-content
 *
 * There is no end mark but a candidate's finishReason, or the reason why a
 * prompt was blocked. */
#include "llm/gemini_stream.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "llm/wire_util.h"

static int
keep_opaque(struct reply *r, enum part_kind kind, int64_t key,
    struct str signature, struct str id, struct error *err)
{
	CLEANUP_BUF struct buf opaque = BUF_INIT(REPLY_BYTES_MAX);
	struct json_writer w = JSON_WRITER(&opaque);

	if (signature.len == 0 && id.len == 0)
		return 0;
	jw_object(&w);
	if (signature.len > 0)
		jw_key_str(&w, "thoughtSignature", signature);
	if (id.len > 0)
		jw_key_str(&w, "id", id);
	jw_end(&w);
	if (buf_check(&opaque, err) != 0)
		return -ERR_TOO_LARGE;
	return reply_opaque(r, kind, key, buf_str(&opaque), err);
}

static int
take_text(struct gemini_state *s, struct reply *r, const struct json *part,
    struct error *err)
{
	struct str text = json_get_str(part, "text");
	struct str signature = json_get_str(part, "thoughtSignature");
	bool thought = json_get_bool(part, "thought", false);
	int64_t *open = thought ? &s->open_thought : &s->open_text;
	int rc;

	if (text.len == 0 && signature.len == 0)
		return 0;
	*(thought ? &s->open_text : &s->open_thought) = 0;
	if (*open == 0 || signature.len > 0)
		*open = ++s->last_key;
	rc = thought ? reply_reasoning(r, *open, text, err) :
		       reply_text(r, *open, text, err);
	if (rc == 0)
		rc = keep_opaque(r, thought ? PART_REASONING : PART_TEXT,
		    *open, signature, STR_NONE, err);
	if (signature.len > 0)
		*open = 0;
	return rc;
}

static int
take_call(struct gemini_state *s, struct reply *r, const struct json *part,
    struct error *err)
{
	const struct json *call = json_get(part, "functionCall");
	const struct json *args = json_get(call, "args");
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_BYTES_MAX);
	struct str id = json_get_str(call, "id");
	int64_t key = ++s->last_key;
	int rc;

	s->open_text = s->open_thought = 0;
	if (json_get_str(call, "name").len == 0)
		return 0;
	rc = reply_call(r, key, id, json_get_str(call, "name"), err);
	if (rc == 0)
		rc = keep_opaque(r, PART_TOOL_CALL, key,
		    json_get_str(part, "thoughtSignature"), id, err);
	/* Arguments in pieces, which nobody asked for: the call is marked as
	 * cut rather than run with the wrong ones. */
	if (rc == 0 && json_get_bool(call, "willContinue", false))
		return reply_call_arguments_whole(r, key, STR("{"), err);
	if (rc != 0 || !json_is(args, JSON_OBJECT))
		return rc;
	json_print(args, &text);
	if (buf_check(&text, err) != 0)
		return -ERR_TOO_LARGE;
	return reply_call_arguments_whole(r, key, buf_str(&text), err);
}

/* STOP_NONE: the answer is of no use as it is. */
static const struct finish_row {
	const char *name;
	enum stop_reason reason;
} finish_rows[] = {
	{ "STOP", STOP_END_TURN },
	{ "MAX_TOKENS", STOP_MAX_TOKENS },
	{ "SAFETY", STOP_CONTENT_FILTER },
	{ "RECITATION", STOP_CONTENT_FILTER },
	{ "LANGUAGE", STOP_CONTENT_FILTER },
	{ "BLOCKLIST", STOP_CONTENT_FILTER },
	{ "PROHIBITED_CONTENT", STOP_CONTENT_FILTER },
	{ "SPII", STOP_CONTENT_FILTER },
	{ "IMAGE_SAFETY", STOP_CONTENT_FILTER },
	{ "IMAGE_PROHIBITED_CONTENT", STOP_CONTENT_FILTER },
	{ "IMAGE_RECITATION", STOP_CONTENT_FILTER },
	{ "OTHER", STOP_END_TURN },
	/* The model wrote something that was no call: worth another try. */
	{ "MALFORMED_FUNCTION_CALL", STOP_NONE },
	{ "UNEXPECTED_TOOL_CALL", STOP_NONE },
	{ "MALFORMED_RESPONSE", STOP_NONE },
};

static int
take_finish(struct gemini_state *s, struct reply *r, struct str name,
    struct error *err)
{
	enum stop_reason reason = STOP_END_TURN;

	if (name.len == 0 || str_eq_c(name, "FINISH_REASON_UNSPECIFIED"))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(finish_rows); i++) {
		if (str_eq_c(name, finish_rows[i].name))
			reason = finish_rows[i].reason;
	}
	if (reason == STOP_NONE)
		return error_set(err, ERR_LLM_SERVER,
		    "the model wrote a malformed tool call (%.*s)",
		    (int)(name.len > 40 ? 40 : name.len), name.ptr);
	reply_stop(r, reason);
	s->ended = true;
	return 0;
}

static void
take_usage(struct reply *r, const struct json *usage)
{
	struct usage u = { .exact = true };

	if (!json_is(usage, JSON_OBJECT))
		return;
	u.input_tokens = wire_count(usage, "promptTokenCount") +
	    wire_count(usage, "toolUsePromptTokenCount");
	u.cached_tokens = wire_count(usage, "cachedContentTokenCount");
	u.reasoning_tokens = wire_count(usage, "thoughtsTokenCount");
	/* Theirs counts thoughts beside the answer. */
	u.output_tokens = wire_count(usage, "candidatesTokenCount") +
	    u.reasoning_tokens;
	/* The prompt is estimated at first, and the estimate may be high. */
	if (u.input_tokens > 0)
		r->usage.input_tokens = u.input_tokens;
	reply_usage(r, &u);
}

static int
take_candidate(struct gemini_state *s, struct reply *r, const struct json *c,
    struct error *err)
{
	const struct json *parts = json_get(json_get(c, "content"), "parts");
	int rc = 0;

	if (json_get_int(c, "index", 0) != 0)
		return 0;
	for (const struct json *p = json_first(parts); p != NULL && rc == 0;
	    p = json_next(p))
		rc = json_is(json_get(p, "functionCall"), JSON_OBJECT) ?
		    take_call(s, r, p, err) :
		    take_text(s, r, p, err);
	return rc != 0 ? rc : take_finish(s, r,
	    json_get_str(c, "finishReason"), err);
}

static int
take_chunk(struct gemini_state *s, struct reply *r, const struct json *data,
    struct error *err)
{
	const struct json *error = json_get(data, "error");
	const struct json *candidates;
	int rc = 0;

	if (json_is(error, JSON_OBJECT) || json_is(error, JSON_STRING))
		return wire_stream_error(error, err);
	if (r->response_id[0] == '\0')
		snprintf(r->response_id, sizeof(r->response_id), "%.*s",
		    STR_ARG(json_get_str(data, "responseId")));
	if (r->model[0] == '\0')
		snprintf(r->model, sizeof(r->model), "%.*s",
		    STR_ARG(json_get_str(data, "modelVersion")));
	take_usage(r, json_get(data, "usageMetadata"));
	candidates = json_get(data, "candidates");
	for (const struct json *c = json_first(candidates);
	    c != NULL && rc == 0; c = json_next(c))
		rc = take_candidate(s, r, c, err);
	if (rc == 0 && json_get_str(json_get(data, "promptFeedback"),
	    "blockReason").len > 0) {
		reply_stop(r, STOP_CONTENT_FILTER);
		s->ended = true;
	}
	return rc;
}

/* Some proxies wrap each chunk, or an error, in an array; the API itself does
 * so with all chunks where it is not asked for events. */
int
gemini_decode(void *state, struct reply *r, struct str event,
    const struct json *data, struct error *err)
{
	int rc = 0;

	if (!json_is(data, JSON_ARRAY))
		return take_chunk(state, r, data, err);
	for (const struct json *c = json_first(data); c != NULL && rc == 0;
	    c = json_next(c))
		rc = take_chunk(state, r, c, err);
	return rc;
}

int
gemini_finish(void *state, struct reply *r, struct error *err)
{
	const struct gemini_state *s = state;

	return reply_end(r, s->ended, err);
}
