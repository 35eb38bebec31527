/* Which model answers: from the configuration, the environment's keys and what
 * runs on this machine to the targets that the model client tries in order. */
#ifndef FRIDAY_CORE_TARGETS_H
#define FRIDAY_CORE_TARGETS_H

#include "agent/session.h"
#include "core/config.h"
#include "core/keyring.h"
#include "llm/client.h"

/* Owns what its targets point to. */
struct target_set {
	struct llm_target *targets;
	size_t n_targets;
	enum llm_effort effort;
};

struct target_choice {
	const struct config *config;
	const struct catalog *catalog;
	struct keyring *keys;
	struct str provider; /* empty: from the configuration */
	struct str model;    /* empty: from the configuration */
	/* Found on this machine by targets_discover; NULL: none. */
	const char *found_provider, *found_model;
};

/* Provider and model for a user who configured nothing: the first row whose
 * key is found, else a local server (probed in parallel, 200 ms
 * at most), else "offline". New strings. */
void targets_discover(const struct target_choice *choice, char **ret_provider,
    char **ret_model);
/* Whether the configuration leaves the choice to discovery. */
bool targets_undecided(const struct config *config);

/* The main model and its fall-backs. Errors: ERR_CONFIG_INVALID (no such
 * provider, no model), ERR_LLM_AUTH (no key), those of keyring_get(). */
int targets_main(const struct target_choice *choice, struct target_set *ret,
    struct error *err);
/* A role ("small", "review"): its own target, or none (n_targets 0). */
int targets_role(const struct target_choice *choice, const char *role,
    struct target_set *ret, struct error *err);
/* "low" and back; an unknown name changes nothing. */
void targets_effort(struct str name, enum llm_effort *ret);
const char *targets_effort_name(enum llm_effort effort);
void target_set_release(struct target_set *set);

/* A provider's target without a model, for listing: may lack a key. */
int targets_provider(const struct target_choice *choice,
    const struct provider *p, struct target_set *ret, struct error *err);
/* Whether the row could be used as it is: local, or its key is there. */
bool targets_configured(const struct target_choice *choice,
    const struct provider *p);

#endif
