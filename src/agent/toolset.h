/* The tools that a run offers to its model: at most a dozen at first, in a
 * fixed order; what tool_search found is added at the end, so that the prefix
 * of the request stays the same and provider caches hold. */
#ifndef FRIDAY_AGENT_TOOLSET_H
#define FRIDAY_AGENT_TOOLSET_H

#include "llm/wire.h"
#include "tools/tool.h"

enum toolset_kind {
	TOOLSET_MAIN,	   /* the dozen */
	TOOLSET_READ_ONLY, /* a sub-run: only reading */
	TOOLSET_WORK,	   /* a sub-run that may change files */
};

struct toolset {
	const struct tool_registry *registry;
	enum toolset_kind kind;
	struct llm_tool *tools; /* what the request carries */
	size_t n;
};

/* apply_patch: the model knows the patch envelope best, so it is offered
 * apply_patch in place of edit. */
void toolset_init(struct toolset *t, const struct tool_registry *registry,
    enum toolset_kind kind, bool apply_patch);
void toolset_release(struct toolset *t);
/* Offers one more. False: there is no such tool, or it is offered already. */
bool toolset_offer(struct toolset *t, struct str name);
/* Offers what a tool_search result names; returns how many were new. */
size_t toolset_offer_found(struct toolset *t, struct str result);
/* Whether a call by this name may run at all: a sub-run's set is closed. */
bool toolset_allows(const struct toolset *t, struct str name);
int64_t toolset_estimate_tokens(const struct toolset *t);

#endif
