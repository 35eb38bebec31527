/* Anthropic's Messages API: the request; the answer is in anthropic_stream.c.
 * platform.claude.com/docs/en/api/messages, …/extended-thinking,
 * …/adaptive-thinking, …/prompt-caching.
 *
 * Thinking comes in blocks that are signed. They go back as they came, at
 * their place in the turn, or the next call fails; a block from elsewhere is
 * left out. A prompt cache is asked for by marks: everything up to a mark is
 * kept for the next call. There may be four; ours are behind the tools, behind
 * the system prompt and behind the last two turns of the user, so that the next
 * call finds what this one wrote. */
#include "base/json.h"
#include "base/mem.h"
#include "llm/anthropic_stream.h"
#include "llm/schema_filter.h"
#include "llm/wire_util.h"

enum {
	/* Requests that leave the limit open: enough for any answer of an
	 * agent, and far from what a model may write in total. */
	DEFAULT_MAX_TOKENS = 32000,
	FALLBACK_MAX_TOKENS = 8192,
	MARKED_TURNS = 2,
	BUDGET_MIN = 1024,
};

struct writer {
	const struct provider *p;
	const struct model *m;
	const struct llm_request *request;
	struct json_writer w;
};

/* One content block to be: a part and the message it is in. */
struct block {
	const struct message *message;
	size_t at;
};

static const struct part *
part_of(const struct block *b)
{
	return &b->message->parts[b->at];
}

/* Images right behind a result belong to it. */
static size_t
images_of_result(const struct message *m, size_t at)
{
	size_t n = 0;

	while (at + n + 1 < m->n_parts &&
	    m->parts[at + n + 1].kind == PART_IMAGE)
		n++;
	return n;
}

static void
write_mark(struct json_writer *w)
{
	jw_key(w, "cache_control");
	jw_object(w);
	jw_key_cstr(w, "type", "ephemeral");
	jw_end(w);
}

static void
write_text_block(struct json_writer *w, struct str text, bool mark)
{
	jw_object(w);
	jw_key_cstr(w, "type", "text");
	jw_key_str(w, "text", text);
	if (mark)
		write_mark(w);
	jw_end(w);
}

static void
write_text(struct writer *e, const struct block *b, bool mark)
{
	write_text_block(&e->w, buf_str(&part_of(b)->text), mark);
}

static void
write_image(struct writer *e, const struct block *b, bool mark)
{
	const struct part *p = part_of(b);
	struct json_writer *w = &e->w;

	if ((e->m->abilities & MODEL_IMAGES) == 0) {
		write_text_block(w, STR(WIRE_NO_IMAGE), mark);
		return;
	}
	jw_object(w);
	jw_key_cstr(w, "type", "image");
	jw_key(w, "source");
	jw_object(w);
	jw_key_cstr(w, "type", "base64");
	jw_key_cstr(w, "media_type", p->media_type);
	jw_key_str(w, "data", buf_str(&p->data));
	jw_end(w);
	if (mark)
		write_mark(w);
	jw_end(w);
}

static void
write_reasoning(struct writer *e, const struct block *b, bool mark)
{
	const struct part *p = part_of(b);
	CLEANUP_JSON struct json *j = NULL;

	if (json_parse(buf_str(&p->opaque), NULL, &j, NULL) != 0)
		return;
	if (str_eq_c(json_get_str(j, "type"), "redacted_thinking")) {
		jw_raw(&e->w, buf_str(&p->opaque));
		return;
	}
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "thinking");
	jw_key_str(&e->w, "thinking", buf_str(&p->text));
	jw_key_str(&e->w, "signature", json_get_str(j, "signature"));
	jw_end(&e->w);
}

static void
write_call(struct writer *e, const struct block *b, bool mark)
{
	const struct part *p = part_of(b);
	CLEANUP_BUF struct buf input = BUF_INIT(WIRE_BODY_MAX);
	char id[65], name[65];

	wire_add_arguments(p, &input);
	if (buf_check(&input, NULL) != 0)
		e->w.out->failed = input.failed;
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", "tool_use");
	jw_key_cstr(&e->w, "id", wire_safe_name(p->call_id, id));
	jw_key_cstr(&e->w, "name", wire_safe_name(p->name, name));
	jw_key_raw(&e->w, "input", buf_str(&input));
	if (mark)
		write_mark(&e->w);
	jw_end(&e->w);
}

static void
write_result(struct writer *e, const struct block *b, bool mark)
{
	const struct part *p = part_of(b);
	size_t images = images_of_result(b->message, b->at);
	struct json_writer *w = &e->w;
	char id[65];

	jw_object(w);
	jw_key_cstr(w, "type", "tool_result");
	jw_key_cstr(w, "tool_use_id", wire_safe_name(p->call_id, id));
	if (p->is_error)
		jw_key_bool(w, "is_error", true);
	jw_key(w, "content");
	jw_array(w);
	if (str_trim(buf_str(&p->text)).len > 0)
		write_text_block(w, buf_str(&p->text), false);
	else if (images == 0)
		write_text_block(w, STR(WIRE_NO_OUTPUT), false);
	for (size_t i = 1; i <= images; i++) {
		const struct block image = { b->message, b->at + i };

		write_image(e, &image, false);
	}
	jw_end(w);
	if (mark)
		write_mark(w);
	jw_end(w);
}

static void (*const block_writers[])(struct writer *e, const struct block *b,
    bool mark) = {
	[PART_TEXT] = write_text,
	[PART_REASONING] = write_reasoning,
	[PART_TOOL_CALL] = write_call,
	[PART_TOOL_RESULT] = write_result,
	[PART_IMAGE] = write_image,
};

static bool
reasoning_goes_back(const struct writer *e, const struct part *p)
{
	CLEANUP_JSON struct json *j = NULL;

	if (!wire_opaque_is_ours(p, "anthropic", e->p) ||
	    json_parse(buf_str(&p->opaque), NULL, &j, NULL) != 0)
		return false;
	return json_get_str(j, "signature").len > 0 ||
	    str_eq_c(json_get_str(j, "type"), "redacted_thinking");
}

/* Blank text is refused by the server. */
static bool
is_sent(const struct writer *e, const struct block *b)
{
	const struct part *p = part_of(b);

	if (p->kind == PART_TEXT)
		return str_trim(buf_str(&p->text)).len > 0;
	if (p->kind == PART_REASONING)
		return reasoning_goes_back(e, p);
	return true;
}

/* The blocks of a turn in the order the server wants: results first. The
 * caller frees *ret. */
static size_t
collect_blocks(const struct writer *e, const struct wire_turn *turn,
    struct block **ret)
{
	size_t n = 0, room = 0;

	for (size_t i = turn->first; i <= turn->last; i++)
		room += e->request->messages[i]->n_parts;
	*ret = mem_alloc(room + 1, sizeof(**ret));
	for (int results = 1; results >= 0; results--) {
		for (size_t i = turn->first; i <= turn->last; i++) {
			const struct message *m = e->request->messages[i];

			for (size_t k = 0; k < m->n_parts; k++) {
				const struct block b = { m, k };
				bool is_result =
				    m->parts[k].kind == PART_TOOL_RESULT;

				if (is_result == (results == 1) &&
				    is_sent(e, &b))
					(*ret)[n++] = b;
				if (is_result)
					k += images_of_result(m, k);
			}
		}
	}
	return n;
}

static void
open_turn(struct json_writer *w, const char *role)
{
	jw_object(w);
	jw_key_cstr(w, "role", role);
	jw_key(w, "content");
	jw_array(w);
}

static void
write_turn_of_text(struct json_writer *w, struct str text)
{
	open_turn(w, "user");
	write_text_block(w, text, false);
	jw_end(w);
	jw_end(w);
}

static void
write_turn(struct writer *e, const struct wire_turn *turn, bool mark)
{
	CLEANUP(free_ptr) struct block *blocks = NULL;
	size_t n = collect_blocks(e, turn, &blocks);

	if (n == 0)
		return;
	open_turn(&e->w, turn->role == ROLE_USER ? "user" : "assistant");
	for (size_t i = 0; i < n; i++)
		block_writers[part_of(&blocks[i])->kind](e, &blocks[i],
		    mark && i == n - 1);
	jw_end(&e->w);
	jw_end(&e->w);
}

static void
write_messages(struct writer *e)
{
	const struct llm_request *request = e->request;
	struct wire_turn turn = { .role = ROLE_USER };
	size_t cursor = 0, user_turns = 0, seen = 0;

	while (wire_next_turn(request, &cursor, &turn))
		user_turns += turn.role == ROLE_USER;
	jw_key(&e->w, "messages");
	jw_array(&e->w);
	/* A conversation starts and ends with the user. */
	if (request->n_messages > 0 &&
	    request->messages[0]->role == ROLE_ASSISTANT)
		write_turn_of_text(&e->w,
		    STR("(The beginning of the conversation is left out.)"));
	for (cursor = 0; wire_next_turn(request, &cursor, &turn);) {
		seen += turn.role == ROLE_USER;
		write_turn(e, &turn, turn.role == ROLE_USER &&
		    seen + MARKED_TURNS > user_turns);
	}
	if (turn.role == ROLE_ASSISTANT)
		write_turn_of_text(&e->w, STR("Continue."));
	jw_end(&e->w);
}

static void
write_system_and_tools(struct writer *e)
{
	const struct llm_request *request = e->request;
	struct json_writer *w = &e->w;

	if (request->n_tools > 0) {
		jw_key(w, "tools");
		jw_array(w);
		for (size_t i = 0; i < request->n_tools; i++) {
			const struct llm_tool *t = &request->tools[i];

			jw_object(w);
			jw_key_cstr(w, "name", t->name);
			jw_key_cstr(w, "description", t->description);
			jw_key_raw(w, "input_schema", str_from(t->schema));
			if (i == request->n_tools - 1)
				write_mark(w);
			jw_end(w);
		}
		jw_end(w);
	}
	if (str_trim(request->system).len > 0) {
		jw_key(w, "system");
		jw_array(w);
		write_text_block(w, request->system, true);
		jw_end(w);
	}
}

/* With a thinking budget, a turn that goes on after a tool call must have
 * begun with thinking; one that another provider began has not. */
static bool
history_allows_budget(const struct writer *e)
{
	struct wire_turn turn, last = { 0 };
	struct wire_cursor at = { 0 };
	const struct part *p;
	size_t cursor = 0;
	bool has_last = false, thought = false;

	while (wire_next_turn(e->request, &cursor, &turn)) {
		if (turn.role == ROLE_ASSISTANT) {
			last = turn;
			has_last = true;
		}
	}
	if (!has_last || !wire_turn_has(e->request, &last, PART_TOOL_CALL))
		return true;
	while ((p = wire_next_part(e->request, &last, &at)) != NULL)
		thought |= p->kind == PART_REASONING &&
		    reasoning_goes_back(e, p);
	return thought;
}

static int64_t
thinking_budget(const struct writer *e, int64_t max_tokens)
{
	static const int64_t budgets[] = {
		[EFFORT_LOW] = 4096,
		[EFFORT_MEDIUM] = 10000,
		[EFFORT_HIGH] = 24000,
	};
	int64_t budget = (size_t)e->request->effort < ARRAY_LEN(budgets) ?
	    budgets[e->request->effort] : 0;

	if (budget >= max_tokens)
		budget = max_tokens / 2;
	return budget < BUDGET_MIN || !history_allows_budget(e) ? 0 : budget;
}

/* Writes "thinking". True: the model thinks, so sampling is not ours. */
static bool
write_thinking(struct writer *e, int64_t max_tokens)
{
	bool adaptive = (e->m->abilities & MODEL_ADAPTIVE_THINKING) != 0;
	int64_t budget = 0;

	if ((e->m->abilities & MODEL_REASONING) == 0 ||
	    e->request->effort == EFFORT_NONE)
		return false;
	if (!adaptive && (budget = thinking_budget(e, max_tokens)) == 0)
		return false;
	jw_key(&e->w, "thinking");
	jw_object(&e->w);
	jw_key_cstr(&e->w, "type", adaptive ? "adaptive" : "enabled");
	if (adaptive)
		jw_key_cstr(&e->w, "display", "summarized");
	else
		jw_key_int(&e->w, "budget_tokens", budget);
	jw_end(&e->w);
	return true;
}

/* The answer's schema, where the model has structured outputs and the schema
 * fits them; false leaves it to the caller's own validation. */
static bool
write_format(const struct writer *e, struct buf *out)
{
	CLEANUP_JSON struct json *schema = NULL;
	struct json_writer w = JSON_WRITER(out);

	return e->request->output_schema != NULL &&
	    json_parse(str_from(e->request->output_schema), NULL, &schema,
	        NULL) == 0 &&
	    schema_filter(schema, SCHEMA_ANTHROPIC, &w) &&
	    buf_check(out, NULL) == 0;
}

static void
write_output_config(struct writer *e)
{
	CLEANUP_BUF struct buf schema = BUF_INIT(MIB);
	const char *effort = wire_effort(e->m, e->request);
	struct json_writer *w = &e->w;
	bool formatted;

	if ((e->m->abilities & MODEL_ADAPTIVE_THINKING) == 0)
		return;
	formatted = write_format(e, &schema);
	if (effort == NULL && !formatted)
		return;
	jw_key(w, "output_config");
	jw_object(w);
	/* Newer models cannot be told not to think, but to think little. */
	if (effort != NULL)
		jw_key_cstr(w, "effort",
		    e->request->effort == EFFORT_NONE ? "low" : effort);
	if (formatted) {
		jw_key(w, "format");
		jw_object(w);
		jw_key_cstr(w, "type", "json_schema");
		jw_key_raw(w, "schema", buf_str(&schema));
		jw_end(w);
	}
	jw_end(w);
}

static int64_t
max_tokens(const struct model *m, const struct llm_request *request)
{
	if (request->max_output_tokens > 0)
		return request->max_output_tokens;
	if (m->output_tokens <= 0)
		return FALLBACK_MAX_TOKENS;
	return m->output_tokens < DEFAULT_MAX_TOKENS ? m->output_tokens :
						       DEFAULT_MAX_TOKENS;
}

static int
encode(const struct provider *p, const struct model *m,
    const struct llm_request *request, struct wire_http *out,
    struct error *err)
{
	struct writer e = { p, m, request, JSON_WRITER(&out->body) };
	int64_t limit = max_tokens(m, request);

	buf_add_cstr(&out->path, "/v1/messages");
	buf_add_cstr(&out->headers, "anthropic-version: 2023-06-01\n");
	jw_object(&e.w);
	jw_key_cstr(&e.w, "model", request->model);
	jw_key_int(&e.w, "max_tokens", limit);
	jw_key_bool(&e.w, "stream", true);
	write_system_and_tools(&e);
	write_messages(&e);
	if (!write_thinking(&e, limit) && wire_sends_temperature(m, request)) {
		jw_key(&e.w, "temperature");
		/* Others count to 2. */
		jw_double(&e.w, request->temperature > 1 ? 1 :
		    request->temperature);
	}
	write_output_config(&e);
	jw_end(&e.w);
	return buf_check(&out->body, err);
}

const struct wire wire_anthropic = {
	.name = "anthropic",
	.framing = WIRE_SSE,
	.state_size = sizeof(struct anthropic_state),
	.encode = encode,
	.decode = anthropic_decode,
	.finish = anthropic_finish,
	.models_path = "/v1/models?limit=1000",
	.models = wire_list_models,
};
