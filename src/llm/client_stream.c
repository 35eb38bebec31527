/* One attempt at one target; see client_stream.h.
 *
 * Not everything that answers is a model server: a proxy sends a web page, a
 * gateway an error object under status 200, a server that cannot stream one
 * whole JSON text. So the body is only taken for a stream when its head or its
 * first byte allow; else it is collected, and read as a whole answer or as an
 * error. */
#include "llm/client_stream.h"

#include "base/json.h"
#include "base/mem.h"
#include "net/ndjson.h"
#include "net/sse.h"

#define ERROR_BODY_MAX (16 * KIB)
#define STREAM_LINE_MAX (16 * MIB)
#define STREAM_BYTES_MAX (512 * MIB)

enum body_kind { BODY_UNKNOWN, BODY_STREAM, BODY_WHOLE, BODY_FAULT };

struct stream {
	const struct wire *wire;
	void *state; /* the wire's */
	struct reply *reply;
	struct error *err;
	enum body_kind kind;
	bool done;  /* "[DONE]" was seen */
	bool ended; /* the body has ended: what cannot be read was cut off */
	struct buf body; /* of a fault, or the whole answer */
	struct sse sse;
	struct ndjson lines;
};

static const struct json_limits event_limits = {
	.bytes_max = STREAM_LINE_MAX,
	.depth_max = 128,
	.flags = JSON_REPAIR_UTF8,
};

static int
take_json(struct stream *s, struct str event, struct str data)
{
	CLEANUP_JSON struct json *json = NULL;
	int rc = json_parse(data, &event_limits, &json, s->err);

	if (rc == 0)
		return s->wire->decode(s->state, s->reply, event, json, s->err);
	if (s->ended)
		return error_set(s->err, ERR_LLM_DROPPED,
		    "the answer was cut off in the middle");
	return error_wrap(s->err, ERR_LLM_PROTOCOL,
	    "the server sent an event that is no valid JSON");
}

static int
on_event(struct str event, struct str data, void *ctx)
{
	struct stream *s = ctx;

	data = str_trim(data);
	if (s->done || data.len == 0)
		return 0;
	if (str_eq(data, STR("[DONE]"))) {
		s->done = s->reply->finished = true;
		return 0;
	}
	/* Keep-alives that are no JSON ("ping", "OPENROUTER PROCESSING"). */
	if (data.ptr[0] != '{' && data.ptr[0] != '[')
		return 0;
	return take_json(s, event, data);
}

static int
on_line(struct str line, void *ctx)
{
	return on_event(STR_NONE, line, ctx);
}

static bool
has_type(const struct http_response *r, const char *type)
{
	return str_starts_nocase(str_from(r->content_type), str_from(type));
}

static enum body_kind
kind_of(const struct stream *s, const struct http_response *r, struct str bytes)
{
	if (r->status < 200 || r->status > 299 || has_type(r, "text/html"))
		return BODY_FAULT;
	bytes = str_trim(bytes);
	if (bytes.len == 0)
		return BODY_UNKNOWN;
	/* Also under the content type of a stream, which cannot begin so. */
	if (s->wire->framing == WIRE_SSE &&
	    (bytes.ptr[0] == '{' || bytes.ptr[0] == '['))
		return BODY_WHOLE;
	return bytes.ptr[0] == '<' ? BODY_FAULT : BODY_STREAM;
}

static int
feed(struct stream *s, struct str bytes)
{
	if (s->wire->framing == WIRE_SSE)
		return sse_feed(&s->sse, bytes.ptr, bytes.len, s->err);
	return ndjson_feed(&s->lines, bytes.ptr, bytes.len, s->err);
}

static int
on_body(const struct http_response *response, struct str bytes, void *ctx)
{
	struct stream *s = ctx;
	int rc;

	if (s->kind == BODY_UNKNOWN)
		s->kind = kind_of(s, response, bytes);
	if (s->kind == BODY_WHOLE || s->kind == BODY_FAULT) {
		size_t room = (s->kind == BODY_WHOLE ? STREAM_LINE_MAX :
						       ERROR_BODY_MAX) -
		    s->body.len;

		buf_add_str(&s->body, str_sub(bytes, 0, room));
		return bytes.len > room ? HTTP_ENOUGH : 0;
	}
	rc = feed(s, bytes);
	return rc == 0 && s->reply->finished ? HTTP_ENOUGH : rc;
}

static void
take_retry_after(const struct http_response *r, struct error *err)
{
	if (err != NULL && err->retry_after_ms == 0 && r->retry_after_ms > 0)
		err->retry_after_ms = (uint32_t)r->retry_after_ms;
}

/* The answer was no stream. */
static int
fail_with_body(const struct stream *s, const struct http_response *r,
    struct error *err)
{
	struct str body = buf_str(&s->body);
	CLEANUP_JSON struct json *json = NULL;
	const struct json *inner;
	int rc;

	if (r->status >= 300 && r->status <= 399)
		return error_set(err, ERR_LLM_BAD_REQUEST,
		    "the server redirects to %.120s (HTTP %d): a key is not "
		    "sent on; set the base URL to where it points",
		    r->location, r->status);
	if (r->status < 200 || r->status > 299 || has_type(r, "text/html") ||
	    str_starts(str_trim(body), STR("<"))) {
		rc = wire_http_error(r->status, str_from(r->content_type), body,
		    err);
	} else {
		json_parse(body, &event_limits, &json, NULL);
		/* Gemini wraps the stream, and so its error, in an array. */
		inner = json_is(json, JSON_ARRAY) ? json_at(json, 0) : json;
		inner = json_get(inner, "error");
		if (inner != NULL && json_type(inner) != JSON_NULL)
			rc = wire_stream_error(inner, err);
		else
			rc = error_set(err, ERR_LLM_PROTOCOL,
			    "the server answered with %.60s instead of a "
			    "stream; is the base URL right?",
			    r->content_type[0] != '\0' ? r->content_type :
							 "something else");
	}
	take_retry_after(r, err);
	return rc;
}

/* One JSON text: an answer that was not streamed, or an error. */
static int
take_whole(struct stream *s, const struct http_response *r, struct error *err)
{
	CLEANUP_JSON struct json *json = NULL;
	int rc;

	if (json_parse(buf_str(&s->body), &event_limits, &json, NULL) != 0)
		return error_set(err, ERR_LLM_DROPPED,
		    "the answer was cut off in the middle");
	rc = s->wire->decode(s->state, s->reply, STR_NONE, json, err);
	if (rc != 0)
		take_retry_after(r, err);
	if (rc == 0 && s->reply->message->n_parts == 0 &&
	    s->reply->stop == STOP_NONE)
		return fail_with_body(s, r, err);
	if (rc == 0)
		rc = s->wire->finish(s->state, s->reply, err);
	return rc == 0 ? reply_finish(s->reply, err) : rc;
}

static int
finish(struct stream *s, const struct http_response *r, struct error *err)
{
	int rc;

	if (s->kind == BODY_WHOLE)
		return take_whole(s, r, err);
	if (s->kind == BODY_FAULT || r->status < 200 || r->status > 299)
		return fail_with_body(s, r, err);
	s->ended = true;
	if (s->wire->framing == WIRE_SSE)
		rc = sse_finish(&s->sse, err);
	else
		rc = ndjson_finish(&s->lines, err);
	if (rc == 0)
		rc = s->wire->finish(s->state, s->reply, err);
	return rc == 0 ? reply_finish(s->reply, err) : rc;
}

static int
build_headers(const struct endpoint *e, const struct wire *wire,
    const struct wire_http *http, struct buf *out, struct error *err)
{
	const char *more = e->target->provider->headers;

	buf_add_cstr(out, "Content-Type: application/json\n");
	buf_add_cstr(out, wire->framing == WIRE_SSE ?
		"Accept: text/event-stream\n" :
		"Accept: application/x-ndjson\n");
	if (more != NULL)
		buf_printf(out, "%s\n", more);
	buf_add_str(out, buf_str(&http->headers));
	return buf_check(out, err);
}

static int
run(struct stream *s, const struct endpoint *e, const struct wire_http *http,
    const struct stream_opts *opts, struct error *err)
{
	CLEANUP_BUF struct buf url = BUF_INIT(URL_MAX);
	CLEANUP_BUF struct buf headers = BUF_INIT(64 * KIB);
	struct http_response response;
	struct http_request request = {
		.method = "POST",
		.body = buf_str(&http->body),
		.connect_timeout_ms = opts->connect_timeout_ms,
		.first_byte_timeout_ms = opts->first_byte_timeout_ms,
		.idle_timeout_ms = opts->idle_timeout_ms,
		.body_max = STREAM_BYTES_MAX,
		.on_body = on_body,
		.ctx = s,
		.cancel = opts->cancel,
	};
	int rc = endpoint_url(e, buf_text(&http->path), &url, err);

	if (rc == 0)
		rc = build_headers(e, s->wire, http, &headers, err);
	if (rc != 0)
		return rc;
	request.url = buf_str(&url);
	request.headers = buf_text(&headers);
	endpoint_authorise(e, &request);
	rc = http_perform(e->http, &request, &response, err);
	if (rc == 0)
		return finish(s, &response, err);
	/* A refusal whose body broke off is still that refusal. */
	if (rc != -ERR_CANCELLED && response.status >= 300)
		return fail_with_body(s, &response, err);
	return rc;
}

int
stream_perform(const struct endpoint *e, const struct wire *wire,
    const struct wire_http *http, const struct stream_opts *opts,
    struct reply *reply, struct error *err)
{
	struct error own = ERROR_INIT;
	struct stream s = { .wire = wire, .reply = reply,
		.err = err != NULL ? err : &own,
		.body = BUF_INIT(STREAM_LINE_MAX) };
	int rc;

	s.state = mem_alloc(1, wire->state_size > 0 ? wire->state_size : 1);
	sse_init(&s.sse, (struct sse_opts){ .line_max = STREAM_LINE_MAX,
	    .event_max = STREAM_LINE_MAX }, on_event, &s);
	ndjson_init(&s.lines, STREAM_LINE_MAX, on_line, &s);
	rc = run(&s, e, http, opts, s.err);
	/* What came stays, with its calls marked as cut off. */
	if (rc != 0)
		reply_finish(reply, NULL);
	sse_release(&s.sse);
	ndjson_release(&s.lines);
	buf_release(&s.body);
	free(s.state);
	return rc;
}
