/* Gemini's generateContent: the request; the answer is in gemini_stream.c.
 * ai.google.dev/api/generate-content, …/gemini-api/docs/function-calling,
 * …/thinking, …/thought-signatures.
 *
 * Signatures ride on parts of any kind and go back on the same part, which is
 * therefore never merged with another. Calls often have no id: results are
 * then matched by name and order. */
#include "base/json.h"
#include "llm/gemini_stream.h"
#include "llm/schema_filter.h"
#include "llm/wire_util.h"

enum { PATH_MAX_BYTES = 1024 };

/* What Google documents for turns that were not its own: Gemini 3 refuses a
 * call without a signature, except with this one. */
#define FOREIGN_SIGNATURE "skip_thought_signature_validator"

struct writer {
	const struct provider *p;
	const struct model *m;
	const struct llm_request *request;
	struct json_writer w;
};

/* Models before 3 have another way to limit thinking, and do not miss
 * signatures. */
static bool
is_gemini_2(const struct llm_request *request)
{
	return strstr(request->model, "gemini-2") != NULL ||
	    strstr(request->model, "gemini-1") != NULL;
}

/* The opaque data of a part of ours: {"thoughtSignature":…,"id":…}. Destroy
 * it; NULL: none. */
static struct json *
opaque_of(const struct writer *e, const struct part *p)
{
	struct json *j = NULL;

	if (!wire_opaque_is_ours(p, "gemini", e->p))
		return NULL;
	json_parse(buf_str(&p->opaque), NULL, &j, NULL);
	return j;
}

static void
write_signature(struct json_writer *w, const struct json *opaque)
{
	struct str signature = json_get_str(opaque, "thoughtSignature");

	if (signature.len > 0)
		jw_key_str(w, "thoughtSignature", signature);
}

static void
write_text_part(struct json_writer *w, struct str text)
{
	jw_object(w);
	jw_key_str(w, "text", text);
	jw_end(w);
}

static void
write_text(struct writer *e, const struct part *p)
{
	CLEANUP_JSON struct json *opaque = opaque_of(e, p);

	if (p->text.len == 0 && opaque == NULL)
		return;
	jw_object(&e->w);
	jw_key_str(&e->w, "text", buf_str(&p->text));
	write_signature(&e->w, opaque);
	jw_end(&e->w);
}

/* Summaries of thoughts are for the reader; only a signed one goes back. */
static void
write_thought(struct writer *e, const struct part *p)
{
	CLEANUP_JSON struct json *opaque = opaque_of(e, p);

	if (opaque == NULL)
		return;
	jw_object(&e->w);
	jw_key_str(&e->w, "text", buf_str(&p->text));
	jw_key_bool(&e->w, "thought", true);
	write_signature(&e->w, opaque);
	jw_end(&e->w);
}

static void
write_image(struct writer *e, const struct part *p)
{
	struct json_writer *w = &e->w;

	if ((e->m->abilities & MODEL_IMAGES) == 0) {
		write_text_part(w, STR(WIRE_NO_IMAGE));
		return;
	}
	jw_object(w);
	jw_key(w, "inlineData");
	jw_object(w);
	jw_key_cstr(w, "mimeType", p->media_type);
	jw_key_str(w, "data", buf_str(&p->data));
	jw_end(w);
	jw_end(w);
}

static void
write_call(struct writer *e, const struct part *p, bool first)
{
	CLEANUP_JSON struct json *opaque = opaque_of(e, p);
	CLEANUP_BUF struct buf args = BUF_INIT(WIRE_BODY_MAX);
	struct str id = json_get_str(opaque, "id");
	struct json_writer *w = &e->w;
	char name[65];

	wire_add_arguments(p, &args);
	if (buf_check(&args, NULL) != 0)
		w->out->failed = args.failed;
	jw_object(w);
	jw_key(w, "functionCall");
	jw_object(w);
	if (id.len > 0)
		jw_key_str(w, "id", id);
	jw_key_cstr(w, "name", wire_safe_name(p->name, name));
	jw_key_raw(w, "args", buf_str(&args));
	jw_end(w);
	write_signature(w, opaque);
	if (first && json_get(opaque, "thoughtSignature") == NULL &&
	    (e->m->abilities & MODEL_REASONING) != 0 &&
	    !is_gemini_2(e->request))
		jw_key_cstr(w, "thoughtSignature", FOREIGN_SIGNATURE);
	jw_end(w);
}

/* The id that the server itself gave to the call of a result, as a new value;
 * NULL: none. `calls` is the turn before the result's. */
static struct json *
server_id(struct writer *e, const struct wire_turn *calls,
    const struct part *result)
{
	struct wire_cursor at = { 0 };
	const struct part *p;

	while ((p = wire_next_part(e->request, calls, &at)) != NULL) {
		if (p->kind == PART_TOOL_CALL && p->call_id != NULL &&
		    result->call_id != NULL &&
		    strcmp(p->call_id, result->call_id) == 0)
			return opaque_of(e, p);
	}
	return NULL;
}

static void
write_result(struct writer *e, const struct wire_turn *calls,
    const struct part *p)
{
	CLEANUP_JSON struct json *call = calls == NULL ? NULL :
							 server_id(e, calls, p);
	struct str id = json_get_str(call, "id");
	struct json_writer *w = &e->w;
	char name[65];

	jw_object(w);
	jw_key(w, "functionResponse");
	jw_object(w);
	if (id.len > 0)
		jw_key_str(w, "id", id);
	jw_key_cstr(w, "name", wire_safe_name(p->name, name));
	jw_key(w, "response");
	jw_object(w);
	jw_key_str(w, p->is_error ? "error" : "output", buf_str(&p->text));
	jw_end(w);
	jw_end(w);
	jw_end(w);
}

static void
write_model_parts(struct writer *e, const struct wire_turn *turn)
{
	struct wire_cursor at = { 0 };
	const struct part *p;
	bool first = true;

	while ((p = wire_next_part(e->request, turn, &at)) != NULL) {
		if (p->kind == PART_TEXT)
			write_text(e, p);
		else if (p->kind == PART_REASONING)
			write_thought(e, p);
		else if (p->kind == PART_TOOL_CALL) {
			write_call(e, p, first);
			first = false;
		}
	}
}

/* Results come first, as many as there were calls; then what else the user's
 * turn holds, images of results included. */
static void
write_user_parts(struct writer *e, const struct wire_turn *turn,
    const struct wire_turn *calls)
{
	struct wire_cursor at = { 0 };
	const struct part *p;

	while ((p = wire_next_part(e->request, turn, &at)) != NULL) {
		if (p->kind == PART_TOOL_RESULT)
			write_result(e, calls, p);
	}
	at = (struct wire_cursor){ 0 };
	while ((p = wire_next_part(e->request, turn, &at)) != NULL) {
		if (p->kind == PART_TEXT)
			write_text(e, p);
		else if (p->kind == PART_IMAGE)
			write_image(e, p);
	}
}

/* A turn without any part is refused. */
static bool
has_parts(const struct writer *e, const struct wire_turn *turn)
{
	struct wire_cursor at = { 0 };
	const struct part *p;

	while ((p = wire_next_part(e->request, turn, &at)) != NULL) {
		if (p->kind == PART_TEXT || p->kind == PART_REASONING) {
			if ((p->kind == PART_TEXT && p->text.len > 0) ||
			    wire_opaque_is_ours(p, "gemini", e->p))
				return true;
		} else {
			return true;
		}
	}
	return false;
}

static void
open_turn(struct json_writer *w, const char *role)
{
	jw_object(w);
	jw_key_cstr(w, "role", role);
	jw_key(w, "parts");
	jw_array(w);
}

static void
write_contents(struct writer *e)
{
	struct wire_turn turn, before;
	struct json_writer *w = &e->w;
	bool has_before = false;
	size_t cursor = 0;

	jw_key(w, "contents");
	jw_array(w);
	if (e->request->n_messages > 0 &&
	    e->request->messages[0]->role == ROLE_ASSISTANT) {
		open_turn(w, "user");
		write_text_part(w, STR("(The beginning of the conversation is "
		    "left out.)"));
		jw_end(w);
		jw_end(w);
	}
	while (wire_next_turn(e->request, &cursor, &turn)) {
		if (has_parts(e, &turn)) {
			open_turn(w, turn.role == ROLE_USER ? "user" :
							      "model");
			if (turn.role == ROLE_USER)
				write_user_parts(e, &turn,
				    has_before ? &before : NULL);
			else
				write_model_parts(e, &turn);
			jw_end(w);
			jw_end(w);
		}
		before = turn;
		has_before = true;
	}
	jw_end(w);
}

static void
write_tools(struct writer *e)
{
	struct json_writer *w = &e->w;

	if (e->request->n_tools == 0)
		return;
	jw_key(w, "tools");
	jw_array(w);
	jw_object(w);
	jw_key(w, "functionDeclarations");
	jw_array(w);
	for (size_t i = 0; i < e->request->n_tools; i++) {
		const struct llm_tool *t = &e->request->tools[i];
		CLEANUP_BUF struct buf schema = BUF_INIT(MIB);
		CLEANUP_JSON struct json *j = NULL;
		struct json_writer s = JSON_WRITER(&schema);

		jw_object(w);
		jw_key_cstr(w, "name", t->name);
		jw_key_cstr(w, "description", t->description);
		/* A tool without parameters has none to declare. */
		if (json_parse(str_from(t->schema), NULL, &j, NULL) == 0 &&
		    json_count(json_get(j, "properties")) > 0 &&
		    schema_filter(j, SCHEMA_GEMINI, &s) &&
		    buf_check(&schema, NULL) == 0)
			jw_key_raw(w, "parametersJsonSchema",
			    buf_str(&schema));
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
	jw_end(w);
}

static void
write_thinking(struct writer *e)
{
	/* Rows of enum llm_effort. The budgets of 2.5: 0 stops the flash
	 * models, 128 is the least for pro. */
	static const struct {
		const char *level;
		int64_t budget;
	} efforts[] = {
		[EFFORT_DEFAULT] = { NULL, -1 },
		[EFFORT_NONE] = { "LOW", 0 },
		[EFFORT_LOW] = { "LOW", 1024 },
		[EFFORT_MEDIUM] = { "MEDIUM", 8192 },
		[EFFORT_HIGH] = { "HIGH", 24576 },
	};
	const char *level = efforts[e->request->effort].level;
	int64_t budget = efforts[e->request->effort].budget;
	bool pro = strstr(e->request->model, "-pro") != NULL;
	struct json_writer *w = &e->w;

	if ((e->m->abilities & MODEL_REASONING) == 0)
		return;
	jw_key(w, "thinkingConfig");
	jw_object(w);
	jw_key_bool(w, "includeThoughts", e->request->effort != EFFORT_NONE);
	if (is_gemini_2(e->request)) {
		if (level != NULL)
			jw_key_int(w, "thinkingBudget",
			    pro && budget < 128 ? 128 : budget);
	} else if (level != NULL) {
		/* The pro models of 3 know two levels. */
		jw_key_cstr(w, "thinkingLevel",
		    pro && e->request->effort == EFFORT_MEDIUM ? "HIGH" :
								 level);
	}
	jw_end(w);
}

static void
write_config(struct writer *e)
{
	const struct llm_request *request = e->request;
	int64_t limit = wire_output_limit(e->p, e->m, request);
	struct json_writer *w = &e->w;
	CLEANUP_BUF struct buf schema = BUF_INIT(MIB);
	CLEANUP_JSON struct json *j = NULL;
	struct json_writer s = JSON_WRITER(&schema);

	jw_key(w, "generationConfig");
	jw_object(w);
	if (limit > 0)
		jw_key_int(w, "maxOutputTokens", limit);
	if (wire_sends_temperature(e->m, request)) {
		jw_key(w, "temperature");
		jw_double(w, request->temperature);
	}
	write_thinking(e);
	/* Models before 3 refuse a schema of the answer beside tools. */
	if (request->output_schema != NULL &&
	    (request->n_tools == 0 || !is_gemini_2(request)) &&
	    json_parse(str_from(request->output_schema), NULL, &j, NULL) ==
	        0 &&
	    schema_filter(j, SCHEMA_GEMINI, &s) &&
	    buf_check(&schema, NULL) == 0) {
		jw_key_cstr(w, "responseMimeType", "application/json");
		jw_key_raw(w, "responseJsonSchema", buf_str(&schema));
	}
	jw_end(w);
}

/* The model is one segment of the path, whatever its name holds. */
static void
add_path(struct str model, struct buf *out)
{
	if (str_starts(model, STR("models/")))
		model = str_sub(model, 7, SIZE_MAX);
	buf_add_cstr(out, "/models/");
	for (size_t i = 0; i < model.len; i++) {
		unsigned char c = (unsigned char)model.ptr[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_')
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
	buf_add_cstr(out, ":streamGenerateContent?alt=sse");
}

static int
encode(const struct provider *p, const struct model *m,
    const struct llm_request *request, struct wire_http *out,
    struct error *err)
{
	struct writer e = { p, m, request, JSON_WRITER(&out->body) };
	struct str model = str_from(request->model);

	if (model.len == 0 || model.len > PATH_MAX_BYTES)
		return error_set(err, ERR_INVALID,
		    "the model's name is empty or too long");
	add_path(model, &out->path);
	jw_object(&e.w);
	if (str_trim(request->system).len > 0) {
		jw_key(&e.w, "systemInstruction");
		jw_object(&e.w);
		jw_key(&e.w, "parts");
		jw_array(&e.w);
		write_text_part(&e.w, request->system);
		jw_end(&e.w);
		jw_end(&e.w);
	}
	write_tools(&e);
	write_contents(&e);
	write_config(&e);
	jw_end(&e.w);
	if (buf_check(&out->path, err) != 0)
		return -ERR_TOO_LARGE;
	return buf_check(&out->body, err);
}

static bool
generates(const struct json *model)
{
	const struct json *methods =
	    json_get(model, "supportedGenerationMethods");

	for (const struct json *m = json_first(methods); m != NULL;
	    m = json_next(m)) {
		if (str_eq_c(json_str(m), "generateContent"))
			return true;
	}
	return methods == NULL;
}

static int
models(const struct json *page,
    void (*add)(struct str id, int64_t context_tokens, void *ctx), void *ctx,
    struct error *err)
{
	const struct json *list = json_get(page, "models");

	if (!json_is(list, JSON_ARRAY))
		return error_set(err, ERR_LLM_PROTOCOL,
		    "the server's list of models has no \"models\"");
	for (const struct json *m = json_first(list); m != NULL;
	    m = json_next(m)) {
		struct str name = json_get_str(m, "name");

		if (str_starts(name, STR("models/")))
			name = str_sub(name, 7, SIZE_MAX);
		if (name.len > 0 && generates(m))
			add(name, wire_count(m, "inputTokenLimit"), ctx);
	}
	return 0;
}

const struct wire wire_gemini = {
	.name = "gemini",
	.framing = WIRE_SSE,
	.state_size = sizeof(struct gemini_state),
	.encode = encode,
	.decode = gemini_decode,
	.finish = gemini_finish,
	.models_path = "/models?pageSize=1000",
	.models = models,
};
