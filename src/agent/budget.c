/* What a run may use; see budget.h. */
#include "agent/budget.h"

enum {
	TURNS_DEFAULT = 200,
	/* Most answers are shorter; a reservation of the model's whole output
	 * limit would refuse calls that the cap easily allows. */
	OUTPUT_GUESS = 4000,
	WARN_PERCENT = 80,
};

void
budget_init(struct budget *b, const struct budget_opts *opts)
{
	*b = (struct budget){ .store = opts->store, .session = opts->session,
		.root_run = opts->root_run, .caps = opts->caps,
		.max_turns = opts->max_turns > 0 ? opts->max_turns :
						   TURNS_DEFAULT,
		.max_tokens = opts->max_tokens };
}

int64_t
budget_estimate(const struct model *model, int64_t input_tokens)
{
	struct usage usage = { .input_tokens = input_tokens,
		.output_tokens = OUTPUT_GUESS };

	if (model->output_tokens > 0 &&
	    model->output_tokens < usage.output_tokens)
		usage.output_tokens = model->output_tokens;
	return model_cost_microusd(model, &usage);
}

bool
budget_out_of_turns(const struct budget *b)
{
	return b->turns >= b->max_turns;
}

static void
warn(struct budget *b, const char *what, int64_t used, int64_t cap,
    char warning[256])
{
	if (b->warned || cap <= 0 || used >= INT64_MAX / 100 ||
	    used * 100 / cap < WARN_PERCENT)
		return;
	b->warned = true;
	snprintf(warning, 256, "%d %% of the budget (%s) is used up",
	    (int)(used * 100 / cap > 100 ? 100 : used * 100 / cap), what);
}

int
budget_reserve(struct budget *b, const struct llm_target *target,
    const struct model *model, int64_t input_tokens, char warning[256],
    struct error *err)
{
	struct budget_use use = { .run = 0 };
	int rc;

	warning[0] = '\0';
	if (budget_out_of_turns(b))
		return error_set(err, ERR_BUDGET,
		    "the run has used its %d model calls", b->max_turns);
	if (b->max_tokens > 0 && b->tokens + input_tokens > b->max_tokens)
		return error_set(err, ERR_BUDGET,
		    "the next call would pass the run's %lld tokens",
		    (long long)b->max_tokens);
	if (!(target->provider->flags & PROVIDER_OFFLINE)) {
		id_make(b->call_id);
		rc = store_budget_reserve(b->store, b->call_id, b->session,
		    b->root_run, budget_estimate(model, input_tokens),
		    &b->caps, &use, err);
		if (rc != 0) {
			b->call_id[0] = '\0';
			return rc;
		}
	}
	b->turns++;
	warn(b, "run", use.run, b->caps.run, warning);
	warn(b, "day", use.day, b->caps.day, warning);
	warn(b, "month", use.month, b->caps.month, warning);
	warn(b, "tokens", b->tokens + input_tokens, b->max_tokens, warning);
	warn(b, "model calls", b->turns, b->max_turns, warning);
	return 0;
}

int
budget_settle(struct budget *b, const struct llm_target *target,
    const struct model *model, const struct usage *usage,
    int64_t *ret_cost_microusd, struct error *err)
{
	struct budget_spent spent = { .provider = target->provider->name,
		.model = target->model,
		.input_tokens = usage->input_tokens,
		.cached_tokens = usage->cached_tokens,
		.cache_write_tokens = usage->cache_write_tokens,
		.output_tokens = usage->output_tokens,
		.cost_microusd = model_cost_microusd(model, usage) };
	char call_id[ID_SIZE];

	b->tokens += usage->input_tokens + usage->output_tokens;
	b->cost_microusd += spent.cost_microusd;
	*ret_cost_microusd = spent.cost_microusd;
	if (b->call_id[0] == '\0')
		return 0;
	/* Once, whatever comes of it. */
	memcpy(call_id, b->call_id, sizeof(call_id));
	b->call_id[0] = '\0';
	if (usage->input_tokens == 0 && usage->output_tokens == 0)
		return store_budget_release(b->store, call_id, err);
	return store_budget_commit(b->store, call_id, &spent, err);
}
