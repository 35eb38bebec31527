/* The model of a session: clients for it, what they tell and ask, and the
 * change to another one between two calls. */
#include "agent/hide.h"
#include "agent/impl.h"
#include "agent/prompt.h"
#include "agent/record.h"
#include "agent/run.h"

static void
on_retry(int attempt, int delay_ms, const char *provider,
    const struct error *reason, void *ctx)
{
	struct session *s = ctx;
	struct emit e;

	if (s->opts.client.on_retry != NULL)
		s->opts.client.on_retry(attempt, delay_ms, provider, reason,
		    s->opts.client.ctx);
	emit_begin(&e);
	jw_key_int(&e.w, "attempt", attempt);
	jw_key_int(&e.w, "delay_ms", delay_ms);
	jw_key_cstr(&e.w, "reason", reason->message);
	jw_key_cstr(&e.w, "provider", provider);
	emit_end(&e, s->speaking == NULL ? &s->to : &s->speaking->to,
	    EVENT_RETRY, NULL);
}

static bool
breaker_load(const char *provider, struct breaker_state *ret, void *ctx)
{
	const struct session *s = ctx;

	return s->opts.client.breaker_load(provider, ret, s->opts.client.ctx);
}

static void
breaker_save(const struct breaker_state *state, void *ctx)
{
	const struct session *s = ctx;

	s->opts.client.breaker_save(state, s->opts.client.ctx);
}

static int
retries_used(const char *provider, void *ctx)
{
	const struct session *s = ctx;

	return s->opts.client.retries_used(provider, s->opts.client.ctx);
}

static void
retry_used(const char *provider, void *ctx)
{
	const struct session *s = ctx;

	s->opts.client.retry_used(provider, s->opts.client.ctx);
}

static int
connecting(const struct llm_target *target, const char *host, unsigned port,
    void *ctx, struct error *err)
{
	const struct session *s = ctx;

	return record_server(s, target, host, port, err);
}

/* core's options with our own ctx, so that retries become events. */
static int
make_client(struct session *s, const struct agent_model *model,
    struct llm_client **ret, struct error *err)
{
	struct llm_client_opts opts = s->opts.client;

	opts.targets = model->targets;
	opts.n_targets = model->n_targets;
	opts.catalog = s->opts.catalog;
	opts.on_retry = on_retry;
	opts.connecting = connecting;
	opts.breaker_load = opts.breaker_load ? breaker_load : NULL;
	opts.breaker_save = opts.breaker_save ? breaker_save : NULL;
	opts.retries_used = opts.retries_used ? retries_used : NULL;
	opts.retry_used = opts.retry_used ? retry_used : NULL;
	opts.ctx = s;
	return llm_client_create(&opts, ret, err);
}

struct model
session_model(const struct session *s)
{
	return catalog_model(s->opts.catalog,
	    s->main.targets[0].provider->name, s->main.targets[0].model);
}

/* Offers again what tool_search found earlier: the list must be the one that
 * the conversation speaks of. */
static void
offer_found(struct session *s)
{
	for (size_t i = 0; i < s->convo.n; i++)
		for (size_t j = 0; j < s->convo.items[i]->n_parts; j++) {
			const struct part *p = &s->convo.items[i]->parts[j];

			if (p->kind == PART_TOOL_RESULT && !p->is_error &&
			    p->name != NULL &&
			    strcmp(p->name, "tool_search") == 0)
				toolset_offer_found(&s->tools,
				    buf_str(&p->text));
		}
}

static int
write_system(struct session *s, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(s->system.max);

	prompt_write(s->opts.extra_system, &text);
	buf_clear(&s->system);
	hide_text(s, buf_str(&text), &s->system);
	return text.failed != 0 ? buf_check(&text, err) :
				  buf_check(&s->system, err);
}

int
session_apply_model(struct session *s, struct error *err)
{
	CLEANUP(llm_client_destroyp) struct llm_client *client = NULL;
	struct agent_model wanted;
	bool changed;
	int rc;

	monitor_enter(&s->monitor);
	changed = s->model_changed;
	wanted = s->wanted;
	/* Another one that is chosen from here on comes after this one. */
	s->model_changed = false;
	monitor_leave(&s->monitor);
	if (!changed)
		return 0;
	hide_know(s, &wanted);
	hide_know(s, &s->opts.small);
	rc = make_client(s, &wanted, &client, err);
	if (rc == 0 && s->small_client == NULL && s->opts.small.n_targets > 0)
		rc = make_client(s, &s->opts.small, &s->small_client, err);
	if (rc != 0) {
		monitor_enter(&s->monitor);
		s->model_changed = true;
		monitor_leave(&s->monitor);
		return rc;
	}
	llm_client_destroy(s->client);
	s->client = steal(client);
	s->main = wanted;
	/* Another model's tokens are others. */
	s->convo.exact_tokens = 0;
	toolset_release(&s->tools);
	toolset_init(&s->tools, s->opts.registry, TOOLSET_MAIN,
	    session_model(s).abilities & MODEL_APPLY_PATCH);
	offer_found(s);
	return write_system(s, err);
}
