/* Embeddings; see embeddings.h. */
#include "llm/embeddings.h"

#include <math.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "llm/endpoint.h"
#include "net/retry.h"

#define REQUEST_MAX (16 * MIB)
#define REPLY_MAX (64 * MIB)
enum { MINUTE_MS = 60 * 1000, ERROR_BODY_MAX = 16 * 1024 };

/* How a format asks and answers. */
struct form {
	const char *wire;
	const char *path;
	/* Of the reply: the array, and in each item the vector (NULL: the item
	 * is it) and its place (NULL: they are in order). */
	const char *list, *vector, *index;
	const char *usage, *tokens; /* usage NULL: not in an object */
	bool names_format; /* "encoding_format": "float" */
};

static const struct form forms[] = {
	{ "openai-chat", "/embeddings", "data", "embedding", "index", "usage",
	    "prompt_tokens", true },
	{ "openai-responses", "/embeddings", "data", "embedding", "index",
	    "usage", "prompt_tokens", true },
	{ "ollama", "/api/embed", "embeddings", NULL, NULL, NULL,
	    "prompt_eval_count", false },
};

struct embeddings {
	struct embeddings_opts opts;
	const struct form *form;
	struct endpoint endpoint;
	struct url url; /* of the endpoint */
	int64_t next_ms; /* no request before */
};

int
embeddings_create(const struct embeddings_opts *opts, struct embeddings **ret,
    struct error *err)
{
	CLEANUP(embeddings_destroyp) struct embeddings *e =
	    mem_new(struct embeddings);
	const struct provider *p = opts->target->provider;
	int rc;

	e->opts = *opts;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (strcmp(forms[i].wire, p->wire) == 0)
			e->form = &forms[i];
	if (e->form == NULL)
		return error_set(err, ERR_UNSUPPORTED,
		    "provider %s has no embeddings that friday can ask for",
		    p->name);
	rc = endpoint_init(&e->endpoint, opts->target, err);
	if (rc == 0)
		rc = url_parse(buf_str(&e->endpoint.base), &e->url, err);
	if (rc != 0)
		return rc;
	*ret = steal(e);
	return 0;
}

void
embeddings_destroy(struct embeddings *e)
{
	if (e == NULL)
		return;
	endpoint_release(&e->endpoint);
	free(e);
}

void
embeddings_server(const struct embeddings *e, const char **ret_host,
    unsigned *ret_port)
{
	*ret_host = e->url.host;
	*ret_port = e->url.port;
}

/* --- one attempt -------------------------------------------------------- */

static int
write_request(const struct embeddings *e, const struct str *texts, size_t n,
    struct buf *out, struct error *err)
{
	struct json_writer w = JSON_WRITER(out);

	jw_object(&w);
	jw_key_cstr(&w, "model", e->opts.target->model);
	jw_key(&w, "input");
	jw_array(&w);
	for (size_t i = 0; i < n; i++)
		jw_str(&w, texts[i]);
	jw_end(&w);
	if (e->form->names_format)
		jw_key_cstr(&w, "encoding_format", "float");
	jw_end(&w);
	return buf_check(out, err);
}

static int
keep_body(const struct http_response *response, struct str bytes, void *ctx)
{
	(void)response;
	return buf_add_str(ctx, bytes);
}

static int
attempt(struct embeddings *e, struct str body, struct cancel *cancel,
    struct buf *reply, struct error *err)
{
	CLEANUP_BUF struct buf url = BUF_INIT(URL_MAX);
	CLEANUP_BUF struct buf headers = BUF_INIT(32 * KIB);
	const char *more = e->opts.target->provider->headers;
	struct http_response response;
	struct http_request request = { .method = "POST", .body = body,
		.connect_timeout_ms = e->opts.connect_timeout_ms,
		.total_timeout_ms = e->opts.timeout_ms, .body_max = REPLY_MAX,
		.on_body = keep_body, .ctx = reply, .cancel = cancel };
	int rc = endpoint_url(&e->endpoint, e->form->path, &url, err);

	if (rc != 0)
		return rc;
	buf_printf(&headers, "Content-Type: application/json\n"
	    "Accept: application/json\n%s", more != NULL ? more : "");
	request.url = buf_str(&url);
	request.headers = buf_text(&headers);
	endpoint_authorise(&e->endpoint, &request);
	rc = http_perform(e->endpoint.http, &request, &response, err);
	if (rc != 0 || (response.status >= 200 && response.status <= 299))
		return rc;
	rc = wire_http_error(response.status < 400 ? 404 : response.status,
	    str_from(response.content_type),
	    str_sub(buf_str(reply), 0, ERROR_BODY_MAX), err);
	if (err != NULL && response.retry_after_ms >= 0)
		err->retry_after_ms = response.retry_after_ms >
		    RETRY_DELAY_MAX_MS ? RETRY_DELAY_MAX_MS :
					 (uint32_t)response.retry_after_ms;
	return rc;
}

/* Waits; false: cancelled. */
static bool
pause_ms(struct cancel *cancel, int64_t ms)
{
	if (ms <= 0)
		return cancel_check(cancel, NULL) == 0;
	return !cancel_wait(cancel, (int)ms);
}

/* Until it works, or will not. */
static int
ask(struct embeddings *e, struct str body, struct cancel *cancel,
    struct buf *reply, struct error *err)
{
	struct error local = ERROR_INIT;
	struct error *why = err != NULL ? err : &local;

	for (int i = 0;; i++) {
		int64_t now = clock_now_ms(), wait;
		int rc;

		if (!pause_ms(cancel, e->next_ms - now))
			return cancel_check(cancel, err);
		if (e->opts.per_minute > 0)
			e->next_ms = clock_now_ms() +
			    MINUTE_MS / e->opts.per_minute;
		buf_clear(reply);
		*why = (struct error)ERROR_INIT;
		rc = attempt(e, body, cancel, reply, why);
		if (rc == 0 || !why->retryable || i >= e->opts.retries)
			return rc;
		wait = retry_delay_ms(i + 1, e->opts.retry_first_ms);
		if (why->retry_after_ms > wait)
			wait = why->retry_after_ms;
		if (!pause_ms(cancel, wait))
			return cancel_check(cancel, err);
	}
}

/* --- the reply ---------------------------------------------------------- */

static int
bad_reply(const struct embeddings *e, struct error *err)
{
	return error_set(err, ERR_LLM_PROTOCOL,
	    "%s does not answer with one vector for each text",
	    e->opts.target->provider->name);
}

static const struct json *
vector_in(const struct form *form, const struct json *item)
{
	return form->vector == NULL ? item : json_get(item, form->vector);
}

/* Puts the vectors into their places. */
static int
read_vectors(const struct embeddings *e, const struct json *list, size_t n,
    unsigned dim, float *values, bool *seen, struct error *err)
{
	const struct form *form = e->form;
	size_t next = 0;

	for (const struct json *item = json_first(list); item;
	    item = json_next(item)) {
		const struct json *vector = vector_in(form, item);
		int64_t at = form->index == NULL ? (int64_t)next :
		    json_get_int(item, form->index, (int64_t)next);
		float *to;

		next++;
		if (at < 0 || (size_t)at >= n || seen[at] ||
		    json_count(vector) != dim)
			return bad_reply(e, err);
		seen[at] = true;
		to = values + (size_t)at * dim;
		for (const struct json *x = json_first(vector); x;
		    x = json_next(x)) {
			double number = json_number(x, NAN);

			if (!isfinite(number))
				return bad_reply(e, err);
			*to++ = (float)number;
		}
	}
	return next == n ? 0 : bad_reply(e, err);
}

static int
read_reply(const struct embeddings *e, struct str text, size_t n,
    int64_t request_bytes,
    void (*take)(size_t at, const float *values, unsigned dim, void *ctx),
    void *ctx, struct embeddings_usage *usage, struct error *err)
{
	CLEANUP_JSON struct json *reply = NULL;
	CLEANUP(free_ptr) float *values = NULL;
	CLEANUP(free_ptr) bool *seen = mem_alloc(n + 1, sizeof(*seen));
	const struct form *form = e->form;
	const struct json *list, *counts;
	size_t dim;
	int rc;

	if (json_parse(text, NULL, &reply, NULL) != 0)
		return bad_reply(e, err);
	list = json_get(reply, form->list);
	dim = json_count(vector_in(form, json_first(list)));
	if (dim == 0 || dim > EMBEDDING_DIM_MAX)
		return bad_reply(e, err);
	values = mem_alloc(n * dim + 1, sizeof(*values));
	rc = read_vectors(e, list, n, (unsigned)dim, values, seen, err);
	if (rc != 0)
		return rc;
	counts = form->usage == NULL ? reply : json_get(reply, form->usage);
	usage->requests++;
	usage->tokens += json_get_int(counts, form->tokens,
	    request_bytes / 4);
	for (size_t i = 0; i < n; i++)
		take(i, values + i * dim, (unsigned)dim, ctx);
	return 0;
}

int
embeddings_make(struct embeddings *e, const struct str *texts, size_t n,
    struct cancel *cancel,
    void (*take)(size_t at, const float *values, unsigned dim, void *ctx),
    void *ctx, struct embeddings_usage *usage, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(REQUEST_MAX);
	CLEANUP_BUF struct buf reply = BUF_INIT(REPLY_MAX);
	int rc = n == 0 ? 0 : write_request(e, texts, n, &body, err);

	if (rc != 0 || n == 0)
		return rc;
	rc = ask(e, buf_str(&body), cancel, &reply, err);
	return rc != 0 ? rc : read_reply(e, buf_str(&reply), n,
	    (int64_t)body.len, take, ctx, usage, err);
}
