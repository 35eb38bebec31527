/* Ollama's own API: /api/chat, one JSON object a line.
 * https://docs.ollama.com/api/chat
 *
 * Used rather than Ollama's OpenAI-compatible endpoint because only here the
 * context size can be set: the server's default of 4,096 tokens drops the
 * beginning of a session without a word. */
#include "llm/wire_util.h"

#include "base/json.h"
#include "llm/think_tags.h"

enum { TEXT_KEY = 0, REASONING_KEY = 0 };

#define KEEP_ALIVE "30m"

struct state {
	struct think_tags think;
	int64_t n_calls;
	bool has_end;
};

static void
write_results(struct wire_encoder *e, const struct wire_turn *turn)
{
	struct wire_cursor at = { 0 };
	const struct part *part;

	while ((part = wire_next_part(e->request, turn, &at)) != NULL) {
		if (part->kind != PART_TOOL_RESULT)
			continue;
		jw_object(&e->w);
		jw_key_cstr(&e->w, "role", "tool");
		jw_key_cstr(&e->w, "tool_name", part->name);
		jw_key_str(&e->w, "content",
		    part->text.len > 0 ? buf_str(&part->text) :
					 STR(WIRE_NO_OUTPUT));
		jw_end(&e->w);
	}
}

static void
write_user(struct wire_encoder *e, const struct wire_turn *turn)
{
	bool has_image = wire_turn_has(e->request, turn, PART_IMAGE);
	CLEANUP_BUF struct buf text = BUF_INIT(WIRE_BODY_MAX);
	struct wire_cursor at = { 0 };
	const struct part *part;

	write_results(e, turn);
	if (!has_image && !wire_turn_has(e->request, turn, PART_TEXT))
		return;
	wire_turn_text(e->request, turn, &text);
	if (has_image && !(e->m->abilities & MODEL_IMAGES)) {
		buf_add_cstr(&text, text.len > 0 ? "\n" WIRE_NO_IMAGE :
						   WIRE_NO_IMAGE);
		has_image = false;
	}
	jw_object(&e->w);
	jw_key_cstr(&e->w, "role", "user");
	jw_key_str(&e->w, "content", buf_str(&text));
	if (has_image) {
		jw_key(&e->w, "images");
		jw_array(&e->w);
		while ((part = wire_next_part(e->request, turn, &at)) != NULL)
			if (part->kind == PART_IMAGE)
				jw_str(&e->w, buf_str(&part->data));
		jw_end(&e->w);
	}
	jw_end(&e->w);
}

static void
write_calls(struct wire_encoder *e, const struct wire_turn *turn)
{
	struct wire_cursor at = { 0 };
	const struct part *part;

	jw_key(&e->w, "tool_calls");
	jw_array(&e->w);
	while ((part = wire_next_part(e->request, turn, &at)) != NULL) {
		CLEANUP_BUF struct buf arguments = BUF_INIT(WIRE_BODY_MAX);
		char name[65];

		if (part->kind != PART_TOOL_CALL)
			continue;
		wire_add_arguments(part, &arguments);
		jw_object(&e->w);
		jw_key(&e->w, "function");
		jw_object(&e->w);
		jw_key_cstr(&e->w, "name", wire_safe_name(part->name, name));
		jw_key_raw(&e->w, "arguments", buf_str(&arguments));
		jw_end(&e->w);
		jw_end(&e->w);
	}
	jw_end(&e->w);
}

static void
write_assistant(struct wire_encoder *e, const struct wire_turn *turn)
{
	CLEANUP_BUF struct buf text = BUF_INIT(WIRE_BODY_MAX);
	CLEANUP_BUF struct buf thinking = BUF_INIT(WIRE_BODY_MAX);
	bool has_calls = wire_turn_has(e->request, turn, PART_TOOL_CALL);
	struct wire_cursor at = { 0 };
	const struct part *part;

	while ((part = wire_next_part(e->request, turn, &at)) != NULL)
		if (part->kind == PART_REASONING &&
		    wire_opaque_is_ours(part, "ollama", e->p))
			buf_add_str(&thinking, buf_str(&part->text));
	wire_turn_text(e->request, turn, &text);
	if (text.len == 0 && !has_calls)
		return;
	jw_object(&e->w);
	jw_key_cstr(&e->w, "role", "assistant");
	if (thinking.len > 0)
		jw_key_str(&e->w, "thinking", buf_str(&thinking));
	jw_key_str(&e->w, "content", buf_str(&text));
	if (has_calls)
		write_calls(e, turn);
	jw_end(&e->w);
}

static void
write_messages(struct wire_encoder *e)
{
	jw_key(&e->w, "messages");
	jw_array(&e->w);
	if (e->request->system.len > 0) {
		jw_object(&e->w);
		jw_key_cstr(&e->w, "role", "system");
		jw_key_str(&e->w, "content", e->request->system);
		jw_end(&e->w);
	}
	wire_write_turns(e, write_user, write_assistant);
	jw_end(&e->w);
}

/* Most models take thinking on or off; gpt-oss takes a level and cannot be
 * switched off. Without the field the model's own default holds, and a model
 * that does not think would refuse it. */
static void
write_think(struct wire_encoder *e)
{
	const char *effort = wire_effort(e->m, e->request);

	if (effort == NULL)
		return;
	if (str_starts(str_from(e->request->model), STR("gpt-oss")))
		jw_key_cstr(&e->w, "think",
		    e->request->effort == EFFORT_NONE ? "low" : effort);
	else
		jw_key_bool(&e->w, "think",
		    e->request->effort != EFFORT_NONE);
}

static void
write_options(struct wire_encoder *e)
{
	int64_t limit = wire_output_limit(e->p, e->m, e->request);

	jw_key(&e->w, "options");
	jw_object(&e->w);
	if (e->m->context_tokens > 0)
		jw_key_int(&e->w, "num_ctx", e->m->context_tokens);
	if (limit > 0)
		jw_key_int(&e->w, "num_predict", limit);
	if (wire_sends_temperature(e->m, e->request)) {
		jw_key(&e->w, "temperature");
		jw_double(&e->w, e->request->temperature);
	}
	jw_end(&e->w);
}

static int
encode(const struct provider *p, const struct model *m,
    const struct llm_request *request, struct wire_http *out,
    struct error *err)
{
	struct wire_encoder e = { p, m, request, JSON_WRITER(&out->body) };

	buf_add_cstr(&out->path, "/api/chat");
	jw_object(&e.w);
	jw_key_cstr(&e.w, "model", request->model);
	jw_key_bool(&e.w, "stream", true);
	jw_key_cstr(&e.w, "keep_alive", KEEP_ALIVE);
	/* An error rather than a conversation with its beginning cut off;
	 * older servers do not know the field. */
	jw_key_bool(&e.w, "truncate", false);
	write_think(&e);
	if (request->output_schema != NULL)
		jw_key_raw(&e.w, "format", str_from(request->output_schema));
	write_options(&e);
	wire_write_tools(&e.w, request);
	write_messages(&e);
	jw_end(&e.w);
	return buf_check(&out->body, err);
}

static int
take_thinking(struct reply *r, struct str text, struct error *err)
{
	int rc = reply_reasoning(r, REASONING_KEY, text, err);

	if (rc != 0 || text.len == 0 ||
	    reply_peek_opaque(r, PART_REASONING, REASONING_KEY).len > 0)
		return rc;
	/* Marks the part as this server's own, so that it goes back. */
	return reply_opaque(r, PART_REASONING, REASONING_KEY,
	    STR("{\"field\":\"thinking\"}"), err);
}

/* Calls come whole, mostly without an id. */
static int
take_call(struct state *s, struct reply *r, const struct json *call,
    struct error *err)
{
	const struct json *function = json_get(call, "function");
	const struct json *arguments = json_get(function, "arguments");
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_BYTES_MAX);
	int64_t key = s->n_calls;
	int rc;

	if (!json_is(function, JSON_OBJECT))
		return 0;
	s->n_calls++;
	rc = reply_call(r, key, json_get_str(call, "id"),
	    json_get_str(function, "name"), err);
	if (rc != 0)
		return rc;
	if (json_is(arguments, JSON_STRING))
		buf_add_str(&text, json_str(arguments));
	else if (json_type(arguments) != JSON_NULL)
		json_print(arguments, &text);
	return reply_call_arguments_whole(r, key, buf_str(&text), err);
}

static int
take_message(struct state *s, struct reply *r, const struct json *message,
    struct error *err)
{
	int rc = take_thinking(r, json_get_str(message, "thinking"), err);

	if (rc == 0)
		rc = think_tags_feed(&s->think, r, TEXT_KEY,
		    json_get_str(message, "content"), err);
	for (const struct json *c = json_first(json_get(message, "tool_calls"));
	     c && rc == 0; c = json_next(c))
		rc = take_call(s, r, c, err);
	return rc;
}

static int
take_end(struct state *s, struct reply *r, const struct json *data,
    struct error *err)
{
	struct str reason = json_get_str(data, "done_reason");
	struct usage u = { 0 };

	u.input_tokens = wire_count(data, "prompt_eval_count");
	u.output_tokens = wire_count(data, "eval_count");
	u.exact = u.input_tokens > 0 || u.output_tokens > 0;
	reply_usage(r, &u);
	if (str_eq_c(reason, "load") || str_eq_c(reason, "unload"))
		return error_set(err, ERR_LLM_SERVER,
		    "the server %.*sed the model instead of answering",
		    STR_ARG(reason));
	s->has_end = true;
	reply_stop(r, str_eq_c(reason, "length") ? STOP_MAX_TOKENS :
						   STOP_END_TURN);
	return 0;
}

static int
decode(void *state, struct reply *r, struct str event, const struct json *data,
    struct error *err)
{
	struct state *s = state;
	const struct json *error = json_get(data, "error");
	struct str model = json_get_str(data, "model");
	int rc;

	if (json_is(error, JSON_OBJECT) || json_str(error).len > 0)
		return wire_stream_error(error, err);
	if (r->model[0] == '\0' && model.len > 0)
		snprintf(r->model, sizeof(r->model), "%.*s", STR_ARG(model));
	rc = take_message(s, r, json_get(data, "message"), err);
	if (rc == 0 && json_get_bool(data, "done", false))
		rc = take_end(s, r, data, err);
	return rc;
}

static int
finish(void *state, struct reply *r, struct error *err)
{
	struct state *s = state;
	int rc = think_tags_finish(&s->think, r, TEXT_KEY, err);

	return rc != 0 ? rc : reply_end(r, s->has_end, err);
}

static int
list_models(const struct json *page,
    void (*add)(struct str id, int64_t context_tokens, void *ctx), void *ctx,
    struct error *err)
{
	const struct json *list = json_get(page, "models");

	if (!json_is(list, JSON_ARRAY))
		return error_set(err, ERR_LLM_PROTOCOL,
		    "the server's list of models has no \"models\"");
	for (const struct json *m = json_first(list); m; m = json_next(m)) {
		struct str id = json_get_str(m, "name");

		if (id.len == 0)
			id = json_get_str(m, "model");
		if (id.len > 0)
			add(id, 0, ctx);
	}
	return 0;
}

const struct wire wire_ollama = {
	.name = "ollama",
	.framing = WIRE_NDJSON,
	.state_size = sizeof(struct state),
	.encode = encode,
	.decode = decode,
	.finish = finish,
	.models_path = "/api/tags",
	.models = list_models,
};
