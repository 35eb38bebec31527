/* What a run may use: model calls, tokens, money, time. Sub-runs draw on the
 * topmost run's budget. Money is reserved in the store before each call under
 * an id of its own, then committed or released exactly once; what a killed
 * process had reserved stays counted there.
 *
 * Thread: the run's. */
#ifndef FRIDAY_AGENT_BUDGET_H
#define FRIDAY_AGENT_BUDGET_H

#include "llm/client.h"
#include "store/store.h"

struct budget {
	struct store *store;
	const char *session, *root_run;
	struct budget_caps caps;
	int max_turns, turns;
	int64_t max_tokens, tokens;
	int64_t cost_microusd; /* of all calls so far */
	char call_id[ID_SIZE]; /* of the open reservation; "": none */
	bool warned;
};

struct budget_opts {
	struct store *store;
	const char *session, *root_run; /* borrowed */
	struct budget_caps caps;
	int max_turns;	    /* 0: 200 */
	int64_t max_tokens; /* 0: no cap */
};

void budget_init(struct budget *b, const struct budget_opts *opts);
/* Before a model call: counts the turn, checks the caps, reserves. `warning`
 * is filled once, when 80 % of a cap is used; else it is "". Errors:
 * ERR_BUDGET (message says which cap), the store's. */
int budget_reserve(struct budget *b, const struct llm_target *target,
    const struct model *model, int64_t input_tokens, char warning[256],
    struct error *err);
/* Whether ERR_BUDGET was for the number of model calls. */
bool budget_out_of_turns(const struct budget *b);
/* After it: with what it really used (all zero: nothing, released). */
int budget_settle(struct budget *b, const struct llm_target *target,
    const struct model *model, const struct usage *usage,
    int64_t *ret_cost_microusd, struct error *err);
/* What the estimate of a call's cost is based on. */
int64_t budget_estimate(const struct model *model, int64_t input_tokens);

#endif
