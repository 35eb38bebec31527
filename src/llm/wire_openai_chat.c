/* OpenAI Chat Completions, and the many servers that are compatible with it.
 * https://platform.openai.com/docs/api-reference/chat
 *
 * The request is written parameters first, then tools, then messages, so that
 * the bodies of consecutive requests share all that did not change. The stream
 * is read in openai_chat_stream.c. */
#include "llm/openai_chat_stream.h"
#include "llm/wire_util.h"

#include "base/hash.h"
#include "base/json.h"

enum { CALL_ID_MAX = 40, MISTRAL_ID_LEN = 9 };

/* Ids that this server would refuse: longer than OpenAI takes, or other than
 * nine letters and digits for Mistral. They come from another provider that
 * served the session before. A hash of the id takes its place, the same for
 * the call and for its result. */
static void
write_call_id(struct wire_encoder *e, const char *id)
{
	bool short_ids = e->p->flags & PROVIDER_SHORT_CALL_IDS;
	char hex[HASH_SIZE];
	bool fits;

	if (short_ids)
		fits = strlen(id) == MISTRAL_ID_LEN &&
		    strspn(id, "abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
			MISTRAL_ID_LEN;
	else
		fits = strlen(id) <= CALL_ID_MAX;
	if (fits) {
		jw_cstr(&e->w, id);
		return;
	}
	hash_blake2b(str_from(id), hex);
	jw_str(&e->w,
	    str_sub(str_from(hex), 0, short_ids ? MISTRAL_ID_LEN : 32));
}

static void
write_text_part(struct wire_encoder *e, struct str text)
{
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "text");
	jw_key_str(&e->w, "text", text);
	jw_end(&e->w);
}

static void
write_image_part(struct wire_encoder *e, const struct part *part)
{
	if (!(e->m->abilities & MODEL_IMAGES)) {
		write_text_part(e, STR(WIRE_NO_IMAGE));
		return;
	}
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "image_url");
	jw_key(&e->w, "image_url");
	jw_object(&e->w);
	jw_key(&e->w, "url");
	wire_write_data_url(&e->w, part);
	jw_end(&e->w);
	jw_end(&e->w);
}

static void
write_tool_messages(struct wire_encoder *e, const struct wire_turn *turn)
{
	struct wire_cursor at = { 0 };
	const struct part *part;

	while ((part = wire_next_part(e->request, turn, &at)) != NULL) {
		if (part->kind != PART_TOOL_RESULT)
			continue;
		jw_object(&e->w);
		jw_key_cstr(&e->w, "role", "tool");
		jw_key(&e->w, "tool_call_id");
		write_call_id(e, part->call_id);
		jw_key_str(&e->w, "content",
		    part->text.len > 0 ? buf_str(&part->text) :
					 STR(WIRE_NO_OUTPUT));
		jw_end(&e->w);
	}
}

/* One user message holds what is not a result; images of results too, since a
 * tool message takes text only. */
static void
write_user(struct wire_encoder *e, const struct wire_turn *turn)
{
	bool has_text = wire_turn_has(e->request, turn, PART_TEXT);
	bool has_image = wire_turn_has(e->request, turn, PART_IMAGE);
	struct wire_cursor at = { 0 };
	const struct part *part;

	write_tool_messages(e, turn);
	if (!has_text && !has_image)
		return;
	jw_object(&e->w);
	jw_key_cstr(&e->w, "role", "user");
	jw_key(&e->w, "content");
	if (!has_image) {
		/* A plain string is what every server understands. */
		CLEANUP_BUF struct buf text = BUF_INIT(WIRE_BODY_MAX);

		wire_turn_text(e->request, turn, &text);
		jw_str(&e->w, buf_str(&text));
		jw_end(&e->w);
		return;
	}
	jw_array(&e->w);
	while ((part = wire_next_part(e->request, turn, &at)) != NULL) {
		if (part->kind == PART_TEXT && part->text.len > 0)
			write_text_part(e, buf_str(&part->text));
		else if (part->kind == PART_IMAGE)
			write_image_part(e, part);
	}
	jw_end(&e->w);
	jw_end(&e->w);
}

/* Thinking goes back in the field in which it came, and only to the server
 * that sent it: others refuse unknown fields, and this one's template may need
 * it between tool calls (DeepSeek, Kimi, OpenRouter). */
static void
write_reasoning(struct wire_encoder *e, const struct wire_turn *turn)
{
	CLEANUP_BUF struct buf details = BUF_INIT(WIRE_BODY_MAX);
	struct json_writer dw = JSON_WRITER(&details);
	CLEANUP_BUF struct buf text = BUF_INIT(WIRE_BODY_MAX);
	const char *field = NULL;
	struct wire_cursor at = { 0 };
	const struct part *part;

	jw_array(&dw);
	while ((part = wire_next_part(e->request, turn, &at)) != NULL) {
		if (part->kind != PART_REASONING ||
		    !wire_opaque_is_ours(part, "openai-chat", e->p))
			continue;
		if (openai_chat_reasoning_detail(part, &dw))
			continue;
		field = openai_chat_reasoning_field(part);
		if (field != NULL)
			buf_add_str(&text, buf_str(&part->text));
	}
	jw_end(&dw);
	if (details.len > 2)
		jw_key_raw(&e->w, "reasoning_details", buf_str(&details));
	if (field != NULL)
		jw_key_str(&e->w, field, buf_str(&text));
}

/* Members that came beside a call and must go back with it: Gemini's thought
 * signatures in "extra_content". */
static void
write_call_extra(struct wire_encoder *e, const struct part *part)
{
	CLEANUP_JSON struct json *j = NULL;

	if (!wire_opaque_is_ours(part, "openai-chat", e->p) ||
	    json_parse(buf_str(&part->opaque), NULL, &j, NULL) != 0 ||
	    json_get(j, "extra_content") == NULL)
		return;
	jw_key(&e->w, "extra_content");
	jw_json(&e->w, json_get(j, "extra_content"));
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
		jw_key(&e->w, "id");
		write_call_id(e, part->call_id);
		jw_key_cstr(&e->w, "type", "function");
		jw_key(&e->w, "function");
		jw_object(&e->w);
		jw_key_cstr(&e->w, "name", wire_safe_name(part->name, name));
		jw_key_str(&e->w, "arguments", buf_str(&arguments));
		jw_end(&e->w);
		write_call_extra(e, part);
		jw_end(&e->w);
	}
	jw_end(&e->w);
}

static void
write_assistant(struct wire_encoder *e, const struct wire_turn *turn)
{
	bool has_calls = wire_turn_has(e->request, turn, PART_TOOL_CALL);
	CLEANUP_BUF struct buf text = BUF_INIT(WIRE_BODY_MAX);

	wire_turn_text(e->request, turn, &text);
	if (text.len == 0 && !has_calls)
		return; /* only thinking: nothing that may stand alone */
	jw_object(&e->w);
	jw_key_cstr(&e->w, "role", "assistant");
	write_reasoning(e, turn);
	jw_key(&e->w, "content");
	if (text.len > 0)
		jw_str(&e->w, buf_str(&text));
	else
		jw_null(&e->w);
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

static void
write_answer_format(struct wire_encoder *e)
{
	if (e->request->output_schema == NULL)
		return;
	/* Not "strict": that refuses most schemas that people write. */
	jw_key(&e->w, "response_format");
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "json_schema");
	jw_key(&e->w, "json_schema");
	jw_object(&e->w);
	jw_key_cstr(&e->w, "name", "answer");
	jw_key_raw(&e->w, "schema", str_from(e->request->output_schema));
	jw_end(&e->w);
	jw_end(&e->w);
}

static void
write_parameters(struct wire_encoder *e)
{
	int64_t limit = wire_output_limit(e->p, e->m, e->request);
	const char *effort = wire_effort(e->m, e->request);

	jw_key_cstr(&e->w, "model", e->request->model);
	jw_key_bool(&e->w, "stream", true);
	if (!(e->p->flags & PROVIDER_NO_STREAM_OPTIONS)) {
		jw_key(&e->w, "stream_options");
		jw_object(&e->w);
		jw_key_bool(&e->w, "include_usage", true);
		jw_end(&e->w);
	}
	if (limit > 0)
		jw_key_int(&e->w,
		    e->p->flags & PROVIDER_MAX_COMPLETION_TOKENS ?
			"max_completion_tokens" :
			"max_tokens",
		    limit);
	if (effort != NULL)
		jw_key_cstr(&e->w, "reasoning_effort", effort);
	wire_write_sampling(e);
}

static int
encode(const struct provider *p, const struct model *m,
    const struct llm_request *request, struct wire_http *out,
    struct error *err)
{
	struct wire_encoder e = { p, m, request, JSON_WRITER(&out->body) };

	buf_add_cstr(&out->path, "/chat/completions");
	jw_object(&e.w);
	write_parameters(&e);
	write_answer_format(&e);
	wire_write_tools(&e.w, request);
	write_messages(&e);
	jw_end(&e.w);
	return buf_check(&out->body, err);
}

const struct wire wire_openai_chat = {
	.name = "openai-chat",
	.framing = WIRE_SSE,
	.state_size = OPENAI_CHAT_STATE_SIZE,
	.encode = encode,
	.decode = openai_chat_decode,
	.finish = openai_chat_finish,
	.models_path = "/models",
	.models = wire_list_models,
};
