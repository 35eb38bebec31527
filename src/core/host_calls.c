/* What model calls share; see host_calls.h. */
#include "core/host_calls.h"

#include "base/json_writer.h"
#include "store/audit.h"

static bool
load_breaker(const char *provider, struct breaker_state *ret, void *ctx)
{
	struct host_calls *calls = ctx;
	CLEANUP_BUF struct buf value = BUF_INIT(4 * KIB);
	CLEANUP_JSON struct json *j = NULL;
	char key[64];

	if (calls->reader == NULL &&
	    store_reader_open(calls->store, &calls->reader, NULL) != 0)
		return false;
	snprintf(key, sizeof(key), "breaker/%s", provider);
	if (!store_state_get(calls->reader, key, &value) ||
	    json_parse(buf_str(&value), NULL, &j, NULL) != 0)
		return false;
	*ret = (struct breaker_state){
		.failures = (int)json_get_int(j, "failures", 0),
		.opened_at_ms = json_get_int(j, "opened_at_ms", 0),
		.half_open = json_get_bool(j, "half_open", false),
	};
	snprintf(ret->provider, sizeof(ret->provider), "%s", provider);
	return true;
}

static void
save_breaker(const struct breaker_state *state, void *ctx)
{
	struct host_calls *calls = ctx;
	CLEANUP_BUF struct buf value = BUF_INIT(4 * KIB);
	struct json_writer w = JSON_WRITER(&value);
	char key[64];

	jw_object(&w);
	jw_key_int(&w, "failures", state->failures);
	jw_key_int(&w, "opened_at_ms", state->opened_at_ms);
	jw_key_bool(&w, "half_open", state->half_open);
	jw_end(&w);
	snprintf(key, sizeof(key), "breaker/%s", state->provider);
	/* A breaker that cannot be kept still works within this run. */
	store_state_set(calls->store, key, buf_str(&value), NULL);
}

enum { HOUR_MS = 3600 * 1000 };

static int
count_retries(const char *provider, int add, void *ctx)
{
	struct host_calls *calls = ctx;
	int64_t sum = 0;
	char key[64];

	snprintf(key, sizeof(key), "retry/%s", provider);
	if (store_counter_add(calls->store, key, add, HOUR_MS, &sum, NULL) != 0)
		return 0;
	return (int)sum;
}

static int
retries_used(const char *provider, void *ctx)
{
	return count_retries(provider, 0, ctx);
}

static void
retry_used(const char *provider, void *ctx)
{
	count_retries(provider, 1, ctx);
}

int
host_calls_record(struct store *store, const char *purpose,
    const struct llm_target *target, const char *host, unsigned port,
    struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(8 * KIB);
	CLEANUP_BUF struct buf id = BUF_INIT(1 * KIB);
	struct audit_draft draft = { .action = "network.connect",
		.resource = "host" };
	struct json_writer w = JSON_WRITER(&body);
	int rc;

	jw_object(&w);
	jw_key_cstr(&w, "purpose", purpose);
	jw_key_cstr(&w, "provider", target->provider->name);
	jw_key_cstr(&w, "model", target->model);
	jw_end(&w);
	buf_printf(&id, "%s:%u", host, port);
	rc = buf_check(&body, err);
	if (rc == 0)
		rc = buf_check(&id, err);
	draft.resource_id = buf_str(&id);
	draft.body = buf_str(&body);
	return rc == 0 ? store_audit_append(store, &draft, err) : rc;
}

/* A session has its own way of putting this on record, with its run. */
static int
connecting(const struct llm_target *target, const char *host, unsigned port,
    void *ctx, struct error *err)
{
	const struct host_calls *calls = ctx;

	return host_calls_record(calls->store, "model", target, host, port,
	    err);
}

void
host_calls_fill(struct friday *f, struct host_calls *calls,
    struct llm_client_opts *ret)
{
	const struct config *c = f->config;
	struct llm_client_opts *o = ret;

	*o = LLM_CLIENT_OPTS_INIT;
	o->catalog = f->catalog;
	o->connect_timeout_ms =
	    (int)config_int(c, "network.connect_seconds") * 1000;
	o->first_byte_timeout_ms =
	    (int)config_int(c, "network.first_byte_seconds") * 1000;
	o->idle_timeout_ms = (int)config_int(c, "network.idle_seconds") * 1000;
	o->retries = (int)config_int(c, "retry.count");
	o->retry_first_ms = (int)config_int(c, "retry.first_ms");
	o->retry_budget_per_hour = (int)config_int(c, "retry.per_hour");
	o->breaker_load = load_breaker;
	o->breaker_save = save_breaker;
	o->retries_used = retries_used;
	o->retry_used = retry_used;
	o->connecting = connecting;
	o->ctx = calls;
}

void
host_calls_release(struct host_calls *calls)
{
	store_reader_close(calls->reader);
	calls->reader = NULL;
}

static int64_t
micro_usd(const struct config *c, const char *key)
{
	return (int64_t)(config_number(c, key, 0) * 1e6 + 0.5);
}

struct budget_caps
host_calls_caps(const struct config *c)
{
	return (struct budget_caps){ micro_usd(c, "budget.run_usd"),
		micro_usd(c, "budget.day_usd"),
		micro_usd(c, "budget.month_usd") };
}
