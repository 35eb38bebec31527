/* OpenAI's Responses API, used without its storage: each request carries the
 * whole conversation, and reasoning travels encrypted.
 * https://platform.openai.com/docs/api-reference/responses
 *
 * The request is written parameters first, then instructions and tools, then
 * the items, so that consecutive requests share all that did not change. The
 * stream is read in openai_responses_stream.c. */
#include "llm/openai_responses_stream.h"
#include "llm/wire_util.h"

#include "base/hash.h"
#include "base/json.h"

enum { CALL_ID_MAX = 64 };

/* An overlong id comes from another provider; its hash stands for it. */
static void
write_call_id(struct wire_encoder *e, const char *id)
{
	char hex[HASH_SIZE];

	jw_key(&e->w, "call_id");
	if (strlen(id) <= CALL_ID_MAX) {
		jw_cstr(&e->w, id);
		return;
	}
	hash_blake2b(str_from(id), hex);
	jw_str(&e->w, str_sub(str_from(hex), 0, CALL_ID_MAX));
}

static void
write_text_content(struct wire_encoder *e, const char *type, struct str text)
{
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", type);
	jw_key_str(&e->w, "text", text);
	jw_end(&e->w);
}

static void
write_results(struct wire_encoder *e, const struct wire_turn *turn)
{
	struct wire_cursor at = { 0 };
	const struct part *part;

	while ((part = wire_next_part(e->request, turn, &at)) != NULL) {
		if (part->kind != PART_TOOL_RESULT)
			continue;
		jw_object(&e->w);
		jw_key_cstr(&e->w, "type", "function_call_output");
		write_call_id(e, part->call_id);
		jw_key_str(&e->w, "output",
		    part->text.len > 0 ? buf_str(&part->text) :
					 STR(WIRE_NO_OUTPUT));
		jw_end(&e->w);
	}
}

static void
write_image(struct wire_encoder *e, const struct part *part)
{
	if (!(e->m->abilities & MODEL_IMAGES)) {
		write_text_content(e, "input_text", STR(WIRE_NO_IMAGE));
		return;
	}
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "input_image");
	jw_key(&e->w, "image_url");
	wire_write_data_url(&e->w, part);
	jw_end(&e->w);
}

static void
write_user(struct wire_encoder *e, const struct wire_turn *turn)
{
	struct wire_cursor at = { 0 };
	const struct part *part;

	write_results(e, turn);
	if (!wire_turn_has(e->request, turn, PART_TEXT) &&
	    !wire_turn_has(e->request, turn, PART_IMAGE))
		return;
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "message");
	jw_key_cstr(&e->w, "role", "user");
	jw_key(&e->w, "content");
	jw_array(&e->w);
	while ((part = wire_next_part(e->request, turn, &at)) != NULL) {
		if (part->kind == PART_TEXT && part->text.len > 0)
			write_text_content(e, "input_text",
			    buf_str(&part->text));
		else if (part->kind == PART_IMAGE)
			write_image(e, part);
	}
	jw_end(&e->w);
	jw_end(&e->w);
}

static void
write_answer(struct wire_encoder *e, const struct part *part)
{
	CLEANUP_JSON struct json *j = NULL;

	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "message");
	jw_key_cstr(&e->w, "role", "assistant");
	jw_key(&e->w, "content");
	jw_array(&e->w);
	write_text_content(e, "output_text", buf_str(&part->text));
	jw_end(&e->w);
	if (wire_opaque_is_ours(part, "openai-responses", e->p) &&
	    json_parse(buf_str(&part->opaque), NULL, &j, NULL) == 0 &&
	    json_get_str(j, "phase").len > 0)
		jw_key_str(&e->w, "phase", json_get_str(j, "phase"));
	jw_end(&e->w);
}

static void
write_call(struct wire_encoder *e, const struct part *part)
{
	CLEANUP_BUF struct buf arguments = BUF_INIT(WIRE_BODY_MAX);
	char name[65];

	wire_add_arguments(part, &arguments);
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "function_call");
	write_call_id(e, part->call_id);
	jw_key_cstr(&e->w, "name", wire_safe_name(part->name, name));
	jw_key_str(&e->w, "arguments", buf_str(&arguments));
	jw_end(&e->w);
}

static bool
is_item(const struct part *part)
{
	return part->kind == PART_TOOL_CALL ||
	    (part->kind == PART_TEXT && part->text.len > 0);
}

/* Reasoning goes before the item that it led to. Without one (an answer that
 * was cut off while thinking) the server refuses it, so it is left out. */
static bool
leads_to_item(const struct llm_request *request, const struct wire_turn *turn,
    struct wire_cursor at)
{
	const struct part *part;

	while ((part = wire_next_part(request, turn, &at)) != NULL)
		if (is_item(part))
			return true;
	return false;
}

static void
write_assistant(struct wire_encoder *e, const struct wire_turn *turn)
{
	struct wire_cursor at = { 0 };
	const struct part *part;

	while ((part = wire_next_part(e->request, turn, &at)) != NULL) {
		if (part->kind == PART_REASONING &&
		    wire_opaque_is_ours(part, "openai-responses", e->p) &&
		    leads_to_item(e->request, turn, at))
			jw_raw(&e->w, buf_str(&part->opaque));
		else if (part->kind == PART_TOOL_CALL)
			write_call(e, part);
		else if (part->kind == PART_TEXT && part->text.len > 0)
			write_answer(e, part);
	}
}

static void
write_input(struct wire_encoder *e)
{
	jw_key(&e->w, "input");
	jw_array(&e->w);
	wire_write_turns(e, write_user, write_assistant);
	jw_end(&e->w);
}

static void
write_tools(struct wire_encoder *e)
{
	if (e->request->n_tools == 0)
		return;
	jw_key(&e->w, "tools");
	jw_array(&e->w);
	for (size_t i = 0; i < e->request->n_tools; i++) {
		const struct llm_tool *tool = &e->request->tools[i];

		jw_object(&e->w);
		jw_key_cstr(&e->w, "type", "function");
		jw_key_cstr(&e->w, "name", tool->name);
		jw_key_cstr(&e->w, "description", tool->description);
		jw_key_raw(&e->w, "parameters", str_from(tool->schema));
		/* The default is true here, and refuses optional fields. */
		jw_key_bool(&e->w, "strict", false);
		jw_end(&e->w);
	}
	jw_end(&e->w);
}

static void
write_reasoning(struct wire_encoder *e)
{
	const char *effort = wire_effort(e->m, e->request);

	if (!(e->m->abilities & MODEL_REASONING))
		return;
	jw_key(&e->w, "include");
	jw_array(&e->w);
	jw_cstr(&e->w, "reasoning.encrypted_content");
	jw_end(&e->w);
	jw_key(&e->w, "reasoning");
	jw_object(&e->w);
	if (effort != NULL)
		jw_key_cstr(&e->w, "effort", effort);
	jw_key_cstr(&e->w, "summary", "auto");
	jw_end(&e->w);
}

static void
write_answer_format(struct wire_encoder *e)
{
	if (e->request->output_schema == NULL)
		return;
	jw_key(&e->w, "text");
	jw_object(&e->w);
	jw_key(&e->w, "format");
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "json_schema");
	jw_key_cstr(&e->w, "name", "answer");
	jw_key_bool(&e->w, "strict", false);
	jw_key_raw(&e->w, "schema", str_from(e->request->output_schema));
	jw_end(&e->w);
	jw_end(&e->w);
}

static void
write_parameters(struct wire_encoder *e)
{
	int64_t limit = wire_output_limit(e->p, e->m, e->request);

	jw_key_cstr(&e->w, "model", e->request->model);
	jw_key_bool(&e->w, "stream", true);
	jw_key_bool(&e->w, "store", false);
	if (limit > 0)
		jw_key_int(&e->w, "max_output_tokens", limit);
	write_reasoning(e);
	wire_write_sampling(e);
}

static int
encode(const struct provider *p, const struct model *m,
    const struct llm_request *request, struct wire_http *out,
    struct error *err)
{
	struct wire_encoder e = { p, m, request, JSON_WRITER(&out->body) };

	buf_add_cstr(&out->path, "/responses");
	jw_object(&e.w);
	write_parameters(&e);
	write_answer_format(&e);
	if (request->system.len > 0)
		jw_key_str(&e.w, "instructions", request->system);
	write_tools(&e);
	write_input(&e);
	jw_end(&e.w);
	return buf_check(&out->body, err);
}

const struct wire wire_openai_responses = {
	.name = "openai-responses",
	.framing = WIRE_SSE,
	.state_size = OPENAI_RESPONSES_STATE_SIZE,
	.encode = encode,
	.decode = openai_responses_decode,
	.finish = openai_responses_finish,
	.models_path = "/models",
	.models = wire_list_models,
};
