/* Reading Chat Completions streams; see openai_chat_stream.h.
 *
 * The documented shape is one choice with a delta per chunk. What servers send
 * beyond it was collected from recorded traffic; each such habit has a case in
 * tests/wire/openai-chat.
 *
 * Reasoning parts keep, as opaque data, how they came: {"field":NAME} for a
 * plain field, {"detail":ENTRY} for an entry of OpenRouter's
 * reasoning_details, whose text is the part's text. */
#include "llm/openai_chat_stream.h"

#include "base/json.h"
#include "llm/wire_util.h"

enum {
	TEXT_KEY = 0,
	REFUSAL_KEY = 1,
	REASONING_KEY = 0,
	DETAIL_KEY_FIRST = 16, /* reasoning details: after plain reasoning */
};

/* Calls without an index share one key and are told apart by their ids; the
 * legacy function_call is one call without either. */
#define NO_INDEX_KEY INT64_MIN
#define LEGACY_KEY (INT64_MIN + 1)

static const struct {
	const char *name;
	enum stop_reason stop;
} finish_reasons[] = {
	{ "stop", STOP_END_TURN },
	{ "length", STOP_MAX_TOKENS },
	{ "tool_calls", STOP_TOOL_USE },
	{ "function_call", STOP_TOOL_USE },
	{ "content_filter", STOP_CONTENT_FILTER },
	/* Beyond OpenAI's own: Mistral, Together, gateways to Anthropic and
	 * Gemini, Z.ai. */
	{ "model_length", STOP_MAX_TOKENS },
	{ "max_tokens", STOP_MAX_TOKENS },
	{ "MAX_TOKENS", STOP_MAX_TOKENS },
	{ "tool_use", STOP_TOOL_USE },
	{ "stop_sequence", STOP_SEQUENCE },
	{ "refusal", STOP_REFUSAL },
	{ "safety", STOP_CONTENT_FILTER },
	{ "SAFETY", STOP_CONTENT_FILTER },
	{ "sensitive", STOP_CONTENT_FILTER },
};

/* Reasons that are failures of the server. */
static const struct {
	const char *name;
	enum error_code code;
} finish_errors[] = {
	{ "error", ERR_LLM_SERVER },
	{ "network_error", ERR_LLM_SERVER },
	{ "insufficient_system_resource", ERR_LLM_OVERLOADED },
};

/* Plain reasoning fields, in order of preference: a server that sends two of
 * them sends the same text twice. */
static const char *const reasoning_fields[] = { "reasoning_content",
	"reasoning", "thinking" };

static int
take_text(struct openai_chat_state *s, struct reply *r, struct str text,
    struct error *err)
{
	return think_tags_feed(&s->think, r, TEXT_KEY, text, err);
}

static int
take_reasoning(struct reply *r, const char *field, struct str text,
    struct error *err)
{
	char opaque[64];
	int rc = reply_reasoning(r, REASONING_KEY, text, err);

	if (rc != 0 || text.len == 0 ||
	    reply_peek_opaque(r, PART_REASONING, REASONING_KEY).len > 0)
		return rc;
	snprintf(opaque, sizeof(opaque), "{\"field\":\"%s\"}", field);
	return reply_opaque(r, PART_REASONING, REASONING_KEY, str_from(opaque),
	    err);
}

/* Mistral: {"type":"thinking","thinking":[{"type":"text","text":…}]}; others
 * put a plain string there. */
static int
take_thinking_part(struct reply *r, const struct json *thinking,
    struct error *err)
{
	int rc = take_reasoning(r, "content", json_str(thinking), err);

	for (const struct json *c = json_first(thinking); c && rc == 0;
	     c = json_next(c))
		rc = take_reasoning(r, "content", json_get_str(c, "text"), err);
	return rc;
}

static int
take_content(struct openai_chat_state *s, struct reply *r,
    const struct json *content, struct error *err)
{
	int rc = 0;

	if (!json_is(content, JSON_ARRAY))
		return take_text(s, r, json_str(content), err);
	for (const struct json *c = json_first(content); c && rc == 0;
	     c = json_next(c)) {
		if (json_is(c, JSON_STRING))
			rc = take_text(s, r, json_str(c), err);
		else if (json_get(c, "thinking") != NULL)
			rc = take_thinking_part(r, json_get(c, "thinking"),
			    err);
		else
			rc = take_text(s, r, json_get_str(c, "text"), err);
	}
	return rc;
}

/* The key of an entry: its index together with its type, or, without an index,
 * the entry before where that is a text going on. Encrypted entries come
 * whole, so each is one of its own. */
static int64_t
detail_key(struct openai_chat_state *s, const struct json *entry)
{
	struct str type = json_get_str(entry, "type");
	int64_t index = json_get_int(entry, "index", -1);
	bool goes_on = str_eq_c(type, s->last_detail_type);

	if (str_eq_c(type, "reasoning.encrypted"))
		s->last_detail = DETAIL_KEY_FIRST + 4 * s->next_detail++;
	else if (index >= 0 && index < REPLY_PARTS_MAX)
		s->last_detail = DETAIL_KEY_FIRST + 4 * index + 1 +
		    str_eq_c(type, "reasoning.summary");
	else if (!goes_on)
		s->last_detail = DETAIL_KEY_FIRST + 4 * s->next_detail++ + 3;
	snprintf(s->last_detail_type, sizeof(s->last_detail_type), "%.*s",
	    STR_ARG(type));
	return s->last_detail;
}

/* Keeps the entry without its text, merged with what came of it before: the
 * signature is in the last fragment. */
static int
keep_detail(struct reply *r, int64_t key, const struct json *entry,
    struct error *err)
{
	struct str before = reply_peek_opaque(r, PART_REASONING, key);
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_BYTES_MAX);
	CLEANUP_JSON struct json *kept = NULL;
	struct json *merged;
	struct json_writer w = JSON_WRITER(&text);

	if (before.len == 0 || json_parse(before, NULL, &kept, NULL) != 0) {
		kept = json_new_object();
		json_set(kept, "detail", json_new_object());
	}
	merged = json_get_mutable(kept, "detail");
	for (const struct json *m = json_first(entry); m; m = json_next(m)) {
		struct str name = json_key(m);

		if (json_type(m) == JSON_NULL || str_eq_c(name, "text") ||
		    str_eq_c(name, "summary"))
			continue;
		json_set_n(merged, name, json_copy(m));
	}
	jw_json(&w, kept);
	if (str_eq(before, buf_str(&text)))
		return 0;
	return reply_opaque(r, PART_REASONING, key, buf_str(&text), err);
}

static int
take_details(struct openai_chat_state *s, struct reply *r,
    const struct json *details, struct error *err)
{
	for (const struct json *d = json_first(details); d; d = json_next(d)) {
		struct str text = json_get_str(d, "text");
		int64_t key;
		int rc;

		if (json_get_str(d, "type").len == 0)
			continue;
		if (text.len == 0)
			text = json_get_str(d, "summary");
		s->has_detail_text |= text.len > 0;
		key = detail_key(s, d);
		rc = reply_reasoning(r, key, text, err);
		if (rc == 0)
			rc = keep_detail(r, key, d, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
take_all_reasoning(struct openai_chat_state *s, struct reply *r,
    const struct json *delta, struct error *err)
{
	int rc = take_details(s, r, json_get(delta, "reasoning_details"), err);

	if (rc != 0 || s->has_detail_text)
		return rc;
	for (size_t i = 0; i < ARRAY_LEN(reasoning_fields); i++) {
		struct str text = json_get_str(delta, reasoning_fields[i]);

		if (text.len > 0)
			return take_reasoning(r, reasoning_fields[i], text,
			    err);
	}
	return 0;
}

bool
openai_chat_reasoning_detail(const struct part *part, struct json_writer *w)
{
	CLEANUP_JSON struct json *kept = NULL;
	const struct json *entry;

	if (json_parse(buf_str(&part->opaque), NULL, &kept, NULL) != 0)
		return false;
	entry = json_get(kept, "detail");
	if (!json_is(entry, JSON_OBJECT))
		return false;
	jw_object(w);
	for (const struct json *m = json_first(entry); m; m = json_next(m)) {
		jw_key_n(w, json_key(m));
		jw_json(w, m);
	}
	if (part->text.len > 0)
		jw_key_str(w,
		    str_eq_c(json_get_str(entry, "type"), "reasoning.summary") ?
			"summary" :
			"text",
		    buf_str(&part->text));
	jw_end(w);
	return true;
}

const char *
openai_chat_reasoning_field(const struct part *part)
{
	CLEANUP_JSON struct json *kept = NULL;
	struct str field;

	if (json_parse(buf_str(&part->opaque), NULL, &kept, NULL) != 0)
		return NULL;
	field = json_get_str(kept, "field");
	for (size_t i = 0; i < ARRAY_LEN(reasoning_fields); i++)
		if (str_eq_c(field, reasoning_fields[i]))
			return reasoning_fields[i];
	return NULL;
}

/* Two calls without ids that are given one index: the first is whole and the
 * second brings a name and arguments again. */
static bool
starts_anew(const struct reply *r, int64_t key, struct str id, struct str name,
    const struct json *arguments)
{
	struct str so_far = reply_peek(r, PART_TOOL_CALL, key);
	CLEANUP_JSON struct json *j = NULL;

	if (id.len > 0 || name.len == 0)
		return false;
	if (key == NO_INDEX_KEY)
		return true;
	if (json_str(arguments).len == 0 && !json_is(arguments, JSON_OBJECT))
		return false;
	return so_far.len > 0 && json_parse(so_far, NULL, &j, NULL) == 0;
}

static int
take_arguments(struct reply *r, int64_t key, const struct json *arguments,
    struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_BYTES_MAX);

	if (!json_is(arguments, JSON_OBJECT))
		return reply_call_arguments(r, key, json_str(arguments), err);
	json_print(arguments, &text);
	return reply_call_arguments_whole(r, key, buf_str(&text), err);
}

/* Gemini's thought signature rides beside the function. */
static int
take_extra(struct reply *r, int64_t key, const struct json *call,
    struct error *err)
{
	const struct json *extra = json_get(call, "extra_content");
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_BYTES_MAX);
	struct json_writer w = JSON_WRITER(&text);

	if (!json_is(extra, JSON_OBJECT) || json_first(extra) == NULL)
		return 0;
	jw_object(&w);
	jw_key(&w, "extra_content");
	jw_json(&w, extra);
	jw_end(&w);
	return reply_opaque(r, PART_TOOL_CALL, key, buf_str(&text), err);
}

static int
take_call(struct openai_chat_state *s, struct reply *r, int64_t key,
    const struct json *call, struct error *err)
{
	const struct json *function = json_get(call, "function");
	struct str id = json_get_str(call, "id");
	struct str name, fragment;
	const struct json *arguments;
	bool known;
	int rc;

	if (!json_is(function, JSON_OBJECT))
		function = call;
	name = json_get_str(function, "name");
	arguments = json_get(function, "arguments");
	fragment = json_str(arguments);
	known = reply_has_call(r, key, STR_NONE);
	if (!known && id.len == 0 && name.len == 0 && fragment.len == 0 &&
	    !json_is(arguments, JSON_OBJECT))
		return 0; /* an empty entry announces nothing */
	/* Some servers make up a new id for each fragment; a new call under
	 * an index that is known has a name. */
	if (known && name.len == 0 && key != NO_INDEX_KEY &&
	    !reply_has_call(r, key, id))
		id = STR_NONE;
	if (starts_anew(r, key, id, name, arguments))
		reply_call_close(r, key);
	s->last_call = key;
	rc = reply_call(r, key, id, name, err);
	if (rc == 0)
		rc = take_arguments(r, key, arguments, err);
	return rc != 0 ? rc : take_extra(r, key, call, err);
}

static int
take_calls(struct openai_chat_state *s, struct reply *r,
    const struct json *calls, struct error *err)
{
	for (const struct json *c = json_first(calls); c; c = json_next(c)) {
		const struct json *index = json_get(c, "index");
		int64_t key = NO_INDEX_KEY;
		int rc;

		if (json_is(index, JSON_NUMBER))
			key = json_int(index, 0);
		else if (json_get_str(c, "id").len == 0 &&
		    json_get_str(json_get(c, "function"), "name").len == 0)
			key = s->last_call; /* goes on with whatever it was */
		rc = take_call(s, r, key, c, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
take_delta(struct openai_chat_state *s, struct reply *r,
    const struct json *delta, struct error *err)
{
	const struct json *legacy = json_get(delta, "function_call");
	struct str refusal = json_get_str(delta, "refusal");
	int rc = take_all_reasoning(s, r, delta, err);

	if (rc == 0)
		rc = take_content(s, r, json_get(delta, "content"), err);
	if (rc == 0 && refusal.len > 0) {
		s->refused = true;
		rc = reply_text(r, REFUSAL_KEY, refusal, err);
	}
	if (rc == 0)
		rc = take_calls(s, r, json_get(delta, "tool_calls"), err);
	if (rc == 0 && json_is(legacy, JSON_OBJECT))
		rc = take_call(s, r, LEGACY_KEY, legacy, err);
	return rc;
}

static int
take_finish_reason(struct openai_chat_state *s, struct reply *r,
    struct str reason, struct error *err)
{
	enum stop_reason stop = STOP_END_TURN;

	if (reason.len == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(finish_errors); i++)
		if (str_eq_c(reason, finish_errors[i].name))
			return error_set(err, finish_errors[i].code,
			    "the server broke the answer off (%s)",
			    finish_errors[i].name);
	for (size_t i = 0; i < ARRAY_LEN(finish_reasons); i++)
		if (str_eq_c(reason, finish_reasons[i].name))
			stop = finish_reasons[i].stop;
	s->has_finish = true;
	reply_stop(r, stop);
	return 0;
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The totals hold cached and reasoning tokens at OpenAI; elsewhere they stand
 * beside (xAI, some gateways), or thinking is only in the sum (Gemini). The
 * sum of all tells which. */
static void
take_usage(struct reply *r, const struct json *usage)
{
	const struct json *in = json_get(usage, "prompt_tokens_details");
	const struct json *out = json_get(usage, "completion_tokens_details");
	struct usage u = { 0 };
	int64_t beside;

	if (!json_is(usage, JSON_OBJECT))
		return;
	u.input_tokens = wire_count(usage, "prompt_tokens");
	u.output_tokens = wire_count(usage, "completion_tokens");
	u.cached_tokens = larger(wire_count(in, "cached_tokens"),
	    larger(wire_count(usage, "prompt_cache_hit_tokens"),
		wire_count(usage, "cached_tokens")));
	u.cache_write_tokens = larger(wire_count(in, "cache_write_tokens"),
	    wire_count(usage, "cache_creation_input_tokens"));
	u.reasoning_tokens = larger(wire_count(out, "reasoning_tokens"),
	    wire_count(usage, "reasoning_tokens"));
	beside = wire_count(usage, "total_tokens") - u.input_tokens -
	    u.output_tokens;
	if (beside > 0 && beside == u.cached_tokens + u.cache_write_tokens) {
		u.input_tokens += beside;
	} else if (beside > 0 &&
	    beside == u.cached_tokens + u.reasoning_tokens) {
		u.input_tokens += u.cached_tokens;
		u.output_tokens += u.reasoning_tokens;
	} else if (beside > 0) {
		u.output_tokens += beside;
		u.reasoning_tokens = larger(u.reasoning_tokens, beside);
	}
	u.exact = u.input_tokens > 0 || u.output_tokens > 0;
	reply_usage(r, &u);
}

static void
copy_once(char *out, size_t size, struct str s)
{
	if (out[0] == '\0' && s.len > 0)
		snprintf(out, size, "%.*s", STR_ARG(s));
}

/* A server that does not stream sends one whole message: without any delta
 * (Snowflake: nor a reason for its end), or beside an empty one (Perplexity).
 * In a stream it repeats what the deltas brought. */
static int
take_message(struct openai_chat_state *s, struct reply *r,
    const struct json *choice, struct error *err)
{
	const struct json *message = json_get(choice, "message");
	bool ends = json_get_str(choice, "finish_reason").len > 0;

	if (!json_is(message, JSON_OBJECT) ||
	    (s->has_delta && (!ends || r->message->n_parts > 0)))
		return 0;
	s->has_finish |= !s->has_delta;
	return take_delta(s, r, message, err);
}

static int
take_choice(struct openai_chat_state *s, struct reply *r,
    const struct json *choice, struct error *err)
{
	const struct json *delta = json_get(choice, "delta");
	const struct json *error = json_get(choice, "error");
	int rc = 0;

	if (json_is(error, JSON_OBJECT))
		return wire_stream_error(error, err);
	if (json_is(delta, JSON_OBJECT)) {
		s->has_delta = true;
		rc = take_delta(s, r, delta, err);
	}
	if (rc == 0)
		rc = take_message(s, r, choice, err);
	take_usage(r, json_get(choice, "usage")); /* Moonshot */
	return rc != 0 ?
	    rc :
	    take_finish_reason(s, r, json_get_str(choice, "finish_reason"),
		err);
}

int
openai_chat_decode(void *state, struct reply *r, struct str event,
    const struct json *data, struct error *err)
{
	struct openai_chat_state *s = state;
	const struct json *error = NULL;

	/* One walk over the members: a look-up for each would cost more than
	 * all the rest of a chunk with a few bytes of text. */
	const struct json *choices = NULL;

	for (const struct json *m = json_first(data); m; m = json_next(m)) {
		struct str key = json_key(m);

		if (str_eq(key, STR("choices")))
			choices = m;
		else if (str_eq(key, STR("id")))
			copy_once(r->response_id, sizeof(r->response_id),
			    json_str(m));
		else if (str_eq(key, STR("model")))
			copy_once(r->model, sizeof(r->model), json_str(m));
		else if (str_eq(key, STR("usage")))
			take_usage(r, m);
		else if (str_eq(key, STR("x_groq")))
			take_usage(r, json_get(m, "usage"));
		else if (str_eq(key, STR("error")) &&
		    (json_is(m, JSON_OBJECT) || json_str(m).len > 0))
			error = m;
	}
	if (error != NULL)
		return wire_stream_error(error, err);
	if (str_eq_c(event, "error") ||
	    str_eq_c(json_get_str(data, "object"), "error"))
		return wire_stream_error(data, err);
	for (const struct json *c = json_first(choices); c; c = json_next(c)) {
		int rc;

		if (json_get_int(c, "index", 0) != 0)
			continue; /* one answer was asked for */
		rc = take_choice(s, r, c, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
openai_chat_finish(void *state, struct reply *r, struct error *err)
{
	struct openai_chat_state *s = state;
	int rc = think_tags_finish(&s->think, r, TEXT_KEY, err);

	if (rc == 0)
		rc = reply_end(r, s->has_finish, err);
	if (rc != 0)
		return rc;
	if (r->stop == STOP_NONE)
		reply_stop(r, STOP_END_TURN);
	if (s->refused)
		reply_stop(r, STOP_REFUSAL);
	return 0;
}
