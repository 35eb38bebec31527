/* Reading the stream of the Responses API.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 *
 * An answer is a list of output items; item ids may change from event to
 * event, so output_index is what ties them together. Whatever came in deltas
 * comes again in ".done" events, in the finished item and in the final object;
 * any of them may be missing, so each fills in only what is not there yet. */
#include "llm/openai_responses_stream.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "llm/wire_util.h"

/* A message item has several parts: text is keyed by both indexes. */
enum { PARTS_PER_ITEM = 256 };

/* One event under decoding. */
struct context {
	struct openai_responses_state *s;
	struct reply *r;
	const struct json *data;
	int64_t item; /* output_index */
	struct error *err;
};

static int64_t
text_key(int64_t item, int64_t part)
{
	return item * PARTS_PER_ITEM +
	    (part >= 0 && part < PARTS_PER_ITEM ? part : 0);
}

static int64_t
event_text_key(const struct context *c)
{
	return text_key(c->item, json_get_int(c->data, "content_index", 0));
}

/* Adds what a whole text has beyond the deltas that came of it. */
static int
fill_text(struct context *c, int64_t key, struct str whole)
{
	struct str known = reply_peek(c->r, PART_TEXT, key);

	if (whole.len <= known.len || !str_starts(whole, known))
		return 0;
	return reply_text(c->r, key, str_sub(whole, known.len, SIZE_MAX),
	    c->err);
}

static int
on_text_delta(struct context *c)
{
	return reply_text(c->r, event_text_key(c),
	    json_get_str(c->data, "delta"), c->err);
}

static int
on_text_done(struct context *c)
{
	return fill_text(c, event_text_key(c), json_get_str(c->data, "text"));
}

static int
on_refusal_delta(struct context *c)
{
	c->s->refused = true;
	return on_text_delta(c);
}

static int
on_refusal_done(struct context *c)
{
	c->s->refused = true;
	return fill_text(c, event_text_key(c),
	    json_get_str(c->data, "refusal"));
}

static int
on_reasoning_delta(struct context *c)
{
	return reply_reasoning(c->r, c->item, json_get_str(c->data, "delta"),
	    c->err);
}

/* A summary has several parts, shown as paragraphs. */
static int
on_summary_part(struct context *c)
{
	if (reply_peek(c->r, PART_REASONING, c->item).len == 0)
		return 0;
	return reply_reasoning(c->r, c->item, STR("\n\n"), c->err);
}

static int
on_arguments_delta(struct context *c)
{
	return reply_call_arguments(c->r, c->item,
	    json_get_str(c->data, "delta"), c->err);
}

static int
on_arguments_done(struct context *c)
{
	return reply_call_arguments_whole(c->r, c->item,
	    json_get_str(c->data, "arguments"), c->err);
}

static int
open_call(struct context *c, const struct json *item)
{
	struct str id = json_get_str(item, "call_id");

	if (id.len == 0)
		id = json_get_str(item, "id");
	/* The id may change; the index says that it is the same call. */
	if (reply_has_call(c->r, c->item, STR_NONE) &&
	    !reply_has_call(c->r, c->item, id))
		id = STR_NONE;
	return reply_call(c->r, c->item, id, json_get_str(item, "name"),
	    c->err);
}

static int
on_item_added(struct context *c)
{
	const struct json *item = json_get(c->data, "item");

	if (str_eq_c(json_get_str(item, "type"), "function_call"))
		return open_call(c, item);
	return 0;
}

static int
finish_call(struct context *c, const struct json *item)
{
	int rc = open_call(c, item);

	if (rc != 0)
		return rc;
	return reply_call_arguments_whole(c->r, c->item,
	    json_get_str(item, "arguments"), c->err);
}

/* The key under which a part of a finished item is known. Its place in the
 * item need not be the content_index of the events (Bedrock counts on from the
 * reasoning before), so failing that its text tells. */
static int64_t
known_text_key(const struct context *c, int64_t part, struct str whole)
{
	int64_t own = text_key(c->item, part);

	if (reply_peek(c->r, PART_TEXT, own).len > 0)
		return own;
	for (int64_t i = 0; i < PARTS_PER_ITEM; i++) {
		struct str known = reply_peek(c->r, PART_TEXT,
		    text_key(c->item, i));

		if (known.len > 0 && str_starts(whole, known))
			return text_key(c->item, i);
	}
	return own;
}

static int
finish_message(struct context *c, const struct json *item)
{
	struct str phase = json_get_str(item, "phase");
	int64_t key = text_key(c->item, 0);
	int64_t part = 0;
	int rc = 0;

	for (const struct json *p = json_first(json_get(item, "content"));
	     p && rc == 0; p = json_next(p), part++) {
		struct str refusal = json_get_str(p, "refusal");
		struct str whole = refusal.len > 0 ? refusal :
						     json_get_str(p, "text");
		int64_t known = known_text_key(c, part, whole);

		c->s->refused |= refusal.len > 0;
		rc = fill_text(c, known, whole);
		if (part == 0)
			key = known;
	}
	/* "commentary" or "final_answer": goes back with the text. */
	if (rc == 0 && phase.len > 0 &&
	    reply_peek(c->r, PART_TEXT, key).len > 0) {
		CLEANUP_BUF struct buf opaque = BUF_INIT(4 * KIB);
		struct json_writer w = JSON_WRITER(&opaque);

		jw_object(&w);
		jw_key_str(&w, "phase", phase);
		jw_end(&w);
		if (buf_check(&opaque, NULL) == 0)
			rc = reply_opaque(c->r, PART_TEXT, key,
			    buf_str(&opaque), c->err);
	}
	return rc;
}

static int
fill_reasoning(struct context *c, const struct json *list)
{
	int rc = 0;

	for (const struct json *p = json_first(list); p && rc == 0;
	     p = json_next(p)) {
		struct str text = json_get_str(p, "text");

		if (text.len == 0)
			continue;
		rc = on_summary_part(c);
		if (rc == 0)
			rc = reply_reasoning(c->r, c->item, text, c->err);
	}
	return rc;
}

/* A reasoning item goes back unchanged. Without its content, open or
 * encrypted, it would be a reference to something that is stored nowhere. */
static int
finish_reasoning(struct context *c, const struct json *item)
{
	const struct json *content = json_get(item, "content");
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_BYTES_MAX);
	int rc = 0;

	if (reply_peek(c->r, PART_REASONING, c->item).len == 0)
		rc = fill_reasoning(c, json_get(item, "summary"));
	if (rc == 0 && reply_peek(c->r, PART_REASONING, c->item).len == 0)
		rc = fill_reasoning(c, content);
	if (rc != 0 ||
	    (json_get_str(item, "encrypted_content").len == 0 &&
		json_first(content) == NULL))
		return rc;
	json_print(item, &text);
	return reply_opaque(c->r, PART_REASONING, c->item, buf_str(&text),
	    c->err);
}

static int
finish_item(struct context *c, const struct json *item)
{
	static const struct {
		const char *type;
		int (*finish)(struct context *c, const struct json *item);
	} items[] = {
		{ "message", finish_message },
		{ "function_call", finish_call },
		{ "reasoning", finish_reasoning },
	};
	struct str type = json_get_str(item, "type");

	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		if (str_eq_c(type, items[i].type))
			return items[i].finish(c, item);
	return 0; /* a tool that runs at the server, or a new kind */
}

static int
on_item_done(struct context *c)
{
	return finish_item(c, json_get(c->data, "item"));
}

static void
take_usage(struct reply *r, const struct json *usage)
{
	const struct json *in = json_get(usage, "input_tokens_details");
	const struct json *out = json_get(usage, "output_tokens_details");
	struct usage u = { 0 };

	u.input_tokens = wire_count(usage, "input_tokens");
	u.output_tokens = wire_count(usage, "output_tokens");
	u.cached_tokens = wire_count(in, "cached_tokens");
	u.cache_write_tokens = wire_count(in, "cache_write_tokens");
	u.reasoning_tokens = wire_count(out, "reasoning_tokens");
	u.exact = u.input_tokens > 0 || u.output_tokens > 0;
	reply_usage(r, &u);
}

static void
take_names(struct reply *r, const struct json *response)
{
	struct str id = json_get_str(response, "id");
	struct str model = json_get_str(response, "model");

	if (id.len > 0)
		snprintf(r->response_id, sizeof(r->response_id), "%.*s",
		    STR_ARG(id));
	if (model.len > 0)
		snprintf(r->model, sizeof(r->model), "%.*s", STR_ARG(model));
}

static int
on_created(struct context *c)
{
	take_names(c->r, json_get(c->data, "response"));
	return 0;
}

/* The items of the final object, where no event brought any. Its positions
 * need not be the indexes of the events, so it is all or nothing. */
static int
take_final_items(struct context *c, const struct json *response)
{
	int64_t index = 0;
	int rc = 0;

	if (c->r->message->n_parts > 0)
		return 0;
	for (const struct json *i = json_first(json_get(response, "output"));
	     i && rc == 0; i = json_next(i)) {
		c->item = index++;
		rc = finish_item(c, i);
	}
	return rc;
}

static enum stop_reason
stop_of(const struct json *response)
{
	struct str reason = json_get_str(
	    json_get(response, "incomplete_details"), "reason");

	if (str_eq_c(reason, "content_filter"))
		return STOP_CONTENT_FILTER;
	if (reason.len > 0 ||
	    str_eq_c(json_get_str(response, "status"), "incomplete"))
		return STOP_MAX_TOKENS;
	return STOP_END_TURN;
}

static int
take_end(struct context *c, const struct json *response)
{
	take_names(c->r, response);
	take_usage(c->r, json_get(response, "usage"));
	reply_stop(c->r, stop_of(response));
	c->s->has_end = true;
	return take_final_items(c, response);
}

static int
on_end(struct context *c)
{
	return take_end(c, json_get(c->data, "response"));
}

static int
on_incomplete(struct context *c)
{
	int rc = on_end(c);

	if (c->r->stop == STOP_END_TURN)
		reply_stop(c->r, STOP_MAX_TOKENS);
	return rc;
}

static int
on_failed(struct context *c)
{
	const struct json *response = json_get(c->data, "response");
	const struct json *error = json_get(response, "error");

	take_usage(c->r, json_get(response, "usage"));
	return wire_stream_error(json_is(error, JSON_OBJECT) ? error : NULL,
	    c->err);
}

static int
on_error(struct context *c)
{
	const struct json *error = json_get(c->data, "error");

	return wire_stream_error(json_is(error, JSON_OBJECT) ? error : c->data,
	    c->err);
}

/* Deltas first: they are nearly all of a stream. */
static const struct {
	const char *type;
	int (*handle)(struct context *c);
} events[] = {
	{ "response.output_text.delta", on_text_delta },
	{ "response.function_call_arguments.delta", on_arguments_delta },
	{ "response.reasoning_summary_text.delta", on_reasoning_delta },
	{ "response.reasoning_text.delta", on_reasoning_delta },
	{ "response.refusal.delta", on_refusal_delta },
	{ "response.output_text.done", on_text_done },
	{ "response.refusal.done", on_refusal_done },
	{ "response.function_call_arguments.done", on_arguments_done },
	{ "response.reasoning_summary_part.added", on_summary_part },
	{ "response.output_item.added", on_item_added },
	{ "response.output_item.done", on_item_done },
	{ "response.created", on_created },
	{ "response.in_progress", on_created },
	{ "response.completed", on_end },
	{ "response.done", on_end },
	{ "response.incomplete", on_incomplete },
	{ "response.failed", on_failed },
	{ "response.cancelled", on_failed },
	{ "error", on_error },
	{ "response.error", on_error },
};

static bool
is_whole_response(const struct json *data)
{
	return str_eq_c(json_get_str(data, "object"), "response");
}

int
openai_responses_decode(void *state, struct reply *r, struct str event,
    const struct json *data, struct error *err)
{
	struct openai_responses_state *s = state;
	struct context c = { s, r, data, 0, err };
	struct str type = json_get_str(data, "type");

	if (type.len == 0)
		type = event;
	c.item = json_get_int(data, "output_index", s->last_index);
	if (c.item < 0 || c.item > INT32_MAX)
		c.item = 0;
	s->last_index = c.item;
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (str_eq_c(type, events[i].type))
			return events[i].handle(&c);
	if (json_is(json_get(data, "error"), JSON_OBJECT))
		return on_error(&c);
	/* A server that does not stream sends the final object alone. */
	return type.len == 0 && is_whole_response(data) ? take_end(&c, data) :
							  0;
}

int
openai_responses_finish(void *state, struct reply *r, struct error *err)
{
	struct openai_responses_state *s = state;
	int rc = reply_end(r, s->has_end, err);

	if (rc != 0)
		return rc;
	if (r->stop == STOP_NONE)
		reply_stop(r, STOP_END_TURN);
	if (s->refused)
		reply_stop(r, STOP_REFUSAL);
	return 0;
}
