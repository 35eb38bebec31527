/* Shared pieces of the request writers; see wire_util.h. */
#include "llm/wire_util.h"

#include "base/json.h"

bool
wire_next_turn(const struct llm_request *request, size_t *cursor,
    struct wire_turn *ret)
{
	size_t i = *cursor;

	if (i >= request->n_messages)
		return false;
	ret->role = request->messages[i]->role;
	ret->first = i;
	while (i < request->n_messages &&
	    request->messages[i]->role == ret->role)
		i++;
	ret->last = i - 1;
	*cursor = i;
	return true;
}

const struct part *
wire_next_part(const struct llm_request *request, const struct wire_turn *turn,
    struct wire_cursor *cursor)
{
	while (turn->first + cursor->message <= turn->last) {
		const struct message *m =
		    request->messages[turn->first + cursor->message];

		if (cursor->part < m->n_parts)
			return &m->parts[cursor->part++];
		cursor->message++;
		cursor->part = 0;
	}
	return NULL;
}

bool
wire_turn_has(const struct llm_request *request, const struct wire_turn *turn,
    enum part_kind kind)
{
	for (size_t i = turn->first; i <= turn->last; i++)
		if (message_has(request->messages[i], kind))
			return true;
	return false;
}

void
wire_turn_text(const struct llm_request *request, const struct wire_turn *turn,
    struct buf *out)
{
	for (size_t i = turn->first; i <= turn->last; i++)
		message_text(request->messages[i], out);
}

bool
wire_opaque_is_ours(const struct part *part, const char *wire,
    const struct provider *p)
{
	return part->opaque.len > 0 && strcmp(part->opaque_wire, wire) == 0 &&
	    strcmp(part->opaque_provider, p->name) == 0;
}

void
wire_add_arguments(const struct part *call, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);
	CLEANUP_JSON struct json *j = NULL;

	if (json_parse(buf_str(&call->arguments), NULL, &j, NULL) == 0 &&
	    json_is(j, JSON_OBJECT)) {
		buf_add_str(out, buf_str(&call->arguments));
		return;
	}
	jw_object(&w);
	if (str_trim(buf_str(&call->arguments)).len > 0)
		jw_key_str(&w, "invalid_arguments", buf_str(&call->arguments));
	jw_end(&w);
}

const char *
wire_safe_name(const char *name, char out[65])
{
	size_t n = 0;

	for (; name != NULL && *name != '\0' && n < 64; name++) {
		char c = *name;
		bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-';

		out[n++] = safe ? c : '_';
	}
	if (n == 0)
		out[n++] = '_';
	out[n] = '\0';
	return out;
}

int64_t
wire_output_limit(const struct provider *p, const struct model *m,
    const struct llm_request *request)
{
	if (request->max_output_tokens > 0)
		return request->max_output_tokens;
	return p->flags & (PROVIDER_LOCAL | PROVIDER_GENERIC) ?
	    0 :
	    m->output_tokens;
}

const char *
wire_effort(const struct model *m, const struct llm_request *request)
{
	static const char *const names[] = {
		[EFFORT_DEFAULT] = NULL,
		[EFFORT_NONE] = "none",
		[EFFORT_LOW] = "low",
		[EFFORT_MEDIUM] = "medium",
		[EFFORT_HIGH] = "high",
	};

	return m->abilities & MODEL_REASONING ? names[request->effort] : NULL;
}

bool
wire_sends_temperature(const struct model *m, const struct llm_request *request)
{
	return request->temperature >= 0 &&
	    !(m->abilities & MODEL_NO_TEMPERATURE);
}

void
wire_write_data_url(struct json_writer *w, const struct part *image)
{
	CLEANUP_BUF struct buf url = BUF_INIT(WIRE_BODY_MAX);

	buf_printf(&url, "data:%s;base64,", image->media_type);
	buf_add_str(&url, buf_str(&image->data));
	jw_str(w, buf_str(&url));
}

void
wire_write_tools(struct json_writer *w, const struct llm_request *request)
{
	if (request->n_tools == 0)
		return;
	jw_key(w, "tools");
	jw_array(w);
	for (size_t i = 0; i < request->n_tools; i++) {
		const struct llm_tool *tool = &request->tools[i];

		jw_object(w);
		jw_key_cstr(w, "type", "function");
		jw_key(w, "function");
		jw_object(w);
		jw_key_cstr(w, "name", tool->name);
		jw_key_cstr(w, "description", tool->description);
		jw_key_raw(w, "parameters", str_from(tool->schema));
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
}

int64_t
wire_count(const struct json *object, const char *key)
{
	int64_t n = json_get_int(object, key, 0);

	return n < 0 ? 0 : n;
}

int
wire_list_models(const struct json *page,
    void (*add)(struct str id, int64_t context_tokens, void *ctx), void *ctx,
    struct error *err)
{
	/* OpenRouter and Together, vLLM, Groq, Mistral and LM Studio, others */
	static const char *const context_keys[] = { "context_length",
		"max_model_len", "context_window", "max_context_length",
		"max_input_tokens" };
	const struct json *list = json_get(page, "data");

	if (json_is(page, JSON_ARRAY))
		list = page;
	if (!json_is(list, JSON_ARRAY))
		return error_set(err, ERR_LLM_PROTOCOL,
		    "the server's list of models has no \"data\"");
	for (const struct json *m = json_first(list); m; m = json_next(m)) {
		struct str id = json_get_str(m, "id");
		/* llama.cpp */
		int64_t context = wire_count(json_get(m, "meta"),
		    "n_ctx_train");

		for (size_t i = 0; i < ARRAY_LEN(context_keys); i++)
			if (wire_count(m, context_keys[i]) > 0) {
				context = wire_count(m, context_keys[i]);
				break;
			}
		if (id.len > 0)
			add(id, context, ctx);
	}
	return 0;
}

void
wire_write_turns(struct wire_encoder *e, wire_write_turn_fn *user,
    wire_write_turn_fn *assistant)
{
	struct wire_turn turn;
	size_t cursor = 0;

	while (wire_next_turn(e->request, &cursor, &turn)) {
		if (turn.role == ROLE_USER)
			user(e, &turn);
		else
			assistant(e, &turn);
	}
}

void
wire_write_sampling(struct wire_encoder *e)
{
	if (wire_sends_temperature(e->m, e->request)) {
		jw_key(&e->w, "temperature");
		jw_double(&e->w, e->request->temperature);
	}
	if (e->request->cache_key != NULL &&
	    (e->p->flags & PROVIDER_PROMPT_CACHE_KEY))
		jw_key_cstr(&e->w, "prompt_cache_key", e->request->cache_key);
}
