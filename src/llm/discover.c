/* What servers offer: the models of one, and which local ones run. */
#include <pthread.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/thread.h"
#include "llm/client.h"
#include "llm/endpoint.h"
#include "net/probe.h"

#define LIST_MAX (8 * MIB)

static int
keep_body(const struct http_response *response, struct str bytes, void *ctx)
{
	return buf_add_str(ctx, bytes);
}

static int
get_list(const struct endpoint *e, const struct wire *wire, int timeout_ms,
    struct cancel *cancel, struct buf *body, struct error *err)
{
	CLEANUP_BUF struct buf url = BUF_INIT(URL_MAX);
	CLEANUP_BUF struct buf headers = BUF_INIT(32 * KIB);
	const char *more = e->target->provider->headers;
	struct http_response response;
	struct http_request request = { .total_timeout_ms = timeout_ms,
		.body_max = LIST_MAX, .on_body = keep_body, .ctx = body,
		.cancel = cancel };
	int rc = endpoint_url(e, wire->models_path, &url, err);

	if (rc != 0)
		return rc;
	buf_printf(&headers, "Accept: application/json\n%s",
	    more != NULL ? more : "");
	request.url = buf_str(&url);
	request.headers = buf_text(&headers);
	endpoint_authorise(e, &request);
	rc = http_perform(e->http, &request, &response, err);
	if (rc == 0 && (response.status < 200 || response.status > 299))
		rc = wire_http_error(response.status < 400 ? 404 :
			response.status,
		    str_from(response.content_type),
		    str_sub(buf_str(body), 0, 16 * KIB), err);
	return rc;
}

int
llm_list_models(const struct llm_target *target, int timeout_ms,
    struct cancel *cancel,
    void (*add)(struct str id, int64_t context_tokens, void *ctx), void *ctx,
    struct error *err)
{
	const struct provider *p = target->provider;
	const struct wire *wire = wire_by_name(str_from(p->wire));
	CLEANUP_BUF struct buf body = BUF_INIT(LIST_MAX);
	CLEANUP_JSON struct json *page = NULL;
	struct endpoint e;
	int rc;

	if (wire == NULL || wire->models_path == NULL)
		return error_set(err, ERR_UNSUPPORTED,
		    "provider %s has no list of models", p->name);
	rc = endpoint_init(&e, target, err);
	if (rc == 0)
		rc = get_list(&e, wire, timeout_ms, cancel, &body, err);
	endpoint_release(&e);
	if (rc != 0)
		return rc;
	rc = json_parse(buf_str(&body), NULL, &page, err);
	if (rc != 0)
		return error_wrap(err, ERR_LLM_PROTOCOL,
		    "the list of models of %s cannot be read", p->name);
	return wire->models(page, add, ctx, err);
}

/* One local server under question. */
struct candidate {
	const struct provider *provider;
	struct cancel *cancel;
	int timeout_ms;
	char *model; /* the first that can talk */
	pthread_t thread;
	bool started;
};

/* A model for embeddings answers no question. */
static bool
is_embedder(struct str id)
{
	for (size_t i = 0; i + 5 <= id.len; i++)
		if (str_eq_nocase(str_sub(id, i, 5), STR("embed")))
			return true;
	return false;
}

static void
take_first(struct str id, int64_t context_tokens, void *ctx)
{
	struct candidate *c = ctx;

	if (c->model == NULL && id.len > 0 && !is_embedder(id))
		c->model = str_dup(id);
}

static void *
ask(void *ctx)
{
	struct candidate *c = ctx;
	struct llm_target target = { .provider = c->provider };

	llm_list_models(&target, c->timeout_ms, c->cancel, take_first, c, NULL);
	return NULL;
}

static size_t
find_candidates(const struct catalog *catalog, struct candidate *list,
    struct probe *probes)
{
	size_t n = 0;

	for (size_t i = 0; i < catalog_provider_count(catalog) &&
	    n < PROBES_MAX; i++) {
		const struct provider *p = catalog_provider_at(catalog, i);
		struct url url;

		if (!(p->flags & PROVIDER_LOCAL) ||
		    (p->flags & PROVIDER_OFFLINE) || p->base_url == NULL ||
		    url_parse(str_from(p->base_url), &url, NULL) != 0 ||
		    !url_is_loopback(&url))
			continue;
		list[n] = (struct candidate){ .provider = p };
		probes[n++] = (struct probe){ .port = url.port,
			.v6 = url.host_is_v6 };
	}
	return n;
}

const struct provider *
llm_discover_local(const struct catalog *catalog, int timeout_ms,
    struct cancel *cancel, char **ret_model)
{
	struct candidate list[PROBES_MAX];
	struct probe probes[PROBES_MAX];
	int64_t deadline_ms = clock_now_ms() + timeout_ms;
	size_t n = find_candidates(catalog, list, probes);
	const struct provider *found = NULL;

	/* Mostly nobody is there, and libcurl need not be loaded to know. */
	probe_loopback(probes, n, timeout_ms, cancel);
	for (size_t i = 0; i < n; i++) {
		list[i].cancel = cancel;
		list[i].timeout_ms = clock_left_ms(deadline_ms);
		if (probes[i].listens && list[i].timeout_ms > 0)
			list[i].started = thread_start(&list[i].thread,
			    "discover", ask, &list[i], NULL) == 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (list[i].started)
			pthread_join(list[i].thread, NULL);
		if (found == NULL && list[i].model != NULL) {
			found = list[i].provider;
			*ret_model = steal(list[i].model);
		}
		free(list[i].model);
	}
	return found;
}
