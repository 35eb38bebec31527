/* The host's embedder; see host_embedder.h: a provider's row and its key, found
 * when they are needed, each connection on record before it is made. */
#include "core/host_embedder.h"

#include "base/mem.h"
#include "core/host_calls.h"
#include "core/targets.h"
#include "index/embed_http.h"

struct host_embedder {
	struct friday *f;
	struct target_set set;
};

static int
find(void *ctx, const struct llm_target **ret, struct error *err)
{
	struct host_embedder *e = ctx;
	const struct target_choice choice = { .config = e->f->config,
		.catalog = e->f->catalog, .keys = e->f->keys };
	int rc = targets_role(&choice, "index.embedder", &e->set, err);

	if (rc == 0 && e->set.n_targets == 0)
		rc = error_set(err, ERR_CONFIG_INVALID,
		    "index.embedder names no model");
	if (rc == 0)
		*ret = &e->set.targets[0];
	return rc;
}

static int
connecting(const struct llm_target *target, const char *host, unsigned port,
    void *ctx, struct error *err)
{
	struct host_embedder *e = ctx;
	struct store *store;
	int rc = host_store(e->f, &store, err);

	return rc != 0 ? rc : host_calls_record(store, "embeddings", target,
				  host, port, err);
}

static int64_t
price(const struct llm_target *target, void *ctx)
{
	const struct host_embedder *e = ctx;

	return catalog_model(e->f->catalog, target->provider->name,
	    target->model).price_input;
}

/* A request belongs to no run, and to no session: the caps of a day and of a
 * month hold. */
static int
reserve(const struct llm_target *target, const char *call_id,
    int64_t estimate_microusd, void *ctx, struct error *err)
{
	struct host_embedder *e = ctx;
	struct budget_caps caps = host_calls_caps(e->f->config);
	struct budget_use use;
	struct store *store;
	int rc = host_store(e->f, &store, err);

	(void)target;
	caps.run = 0;
	return rc != 0 ? rc : store_budget_reserve(store, call_id, "", "",
				  estimate_microusd, &caps, &use, err);
}

/* What cannot be booked stays reserved, and so counts as its estimate. */
static void
settle(const struct llm_target *target, const char *call_id, int64_t tokens,
    int64_t cost_microusd, void *ctx)
{
	const struct budget_spent spent = {
		.provider = target->provider->name,
		.model = target->model,
		.input_tokens = tokens,
		.cost_microusd = cost_microusd,
	};
	struct host_embedder *e = ctx;
	struct store *store;

	if (host_store(e->f, &store, NULL) != 0)
		return;
	if (tokens == 0)
		store_budget_release(store, call_id, NULL);
	else
		store_budget_commit(store, call_id, &spent, NULL);
}

static void
release(void *ctx)
{
	struct host_embedder *e = ctx;

	target_set_release(&e->set);
	free(e);
}

struct embedder *
host_embedder_create(struct friday *f)
{
	const struct config *c = f->config;
	CLEANUP(free_ptr) char *name =
	    str_dup(config_str(c, "index.embedder"));
	struct embed_http_opts opts = {
		.name = name,
		.batch = (size_t)config_int(c, "index.embed_batch"),
		.per_minute = (int)config_int(c, "index.embed_per_minute"),
		.connect_timeout_ms =
		    (int)config_int(c, "network.connect_seconds") * 1000,
		.retries = (int)config_int(c, "retry.count"),
		.retry_first_ms = (int)config_int(c, "retry.first_ms"),
		.find = find,
		.connecting = connecting,
		.price = price,
		.reserve = reserve,
		.settle = settle,
		.release = release,
	};
	struct host_embedder *e;

	if (*name == '\0' || strcmp(name, "local") == 0)
		return NULL;
	e = mem_new(struct host_embedder);
	e->f = f;
	opts.ctx = e;
	return embed_http_create(&opts);
}
