/* An asker (agent/ask.h) with this host's model, settings, budget and record:
 * for operations that ask a model outside of a session. */
#ifndef FRIDAY_CORE_HOST_ASK_H
#define FRIDAY_CORE_HOST_ASK_H

#include "agent/ask.h"
#include "core/host.h"

struct host_ask;

struct host_ask_opts {
	/* "review" or "small": the setting that names the model; where it is
	 * not set, the main model. */
	const char *role;
	const char *purpose; /* for the record; static */
	struct str provider, model; /* empty: from the configuration */
	struct cancel *cancel; /* may be NULL; outlives it */
	int64_t deadline_ms;   /* clock_now_ms(); 0: none */
};

/* Whether the user has said which model to ask: by a setting, a variable or an
 * option. A key that lies about, or a server that happens to run, is no wish to
 * have each commit sent there. */
bool host_ask_configured(const struct friday *f, const char *role);

/* Opens the store. Thread: any worker; the asker belongs to it. Errors: those
 * of targets_main(); ERR_LLM_UNAVAILABLE where no model is there but the
 * offline one. */
int host_ask_open(struct worker *w, const struct host_ask_opts *opts,
    struct host_ask **ret, struct error *err);
void host_ask_close(struct host_ask *a);
DEFINE_CLEANUP(host_ask_close, struct host_ask);
struct asker *host_ask_asker(struct host_ask *a);

#endif
