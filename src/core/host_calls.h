/* What every model call of this host shares, whoever makes it: the settings of
 * the client, and the state of breakers and of the retry budget, which is kept
 * in the store. */
#ifndef FRIDAY_CORE_HOST_CALLS_H
#define FRIDAY_CORE_HOST_CALLS_H

#include "core/host.h"
#include "llm/client.h"

/* What the callbacks of a client work with. They run on the thread that makes
 * the call, so it has a reader of its own. */
struct host_calls {
	struct store *store;
	struct store_reader *reader; /* opened when first needed */
};

/* calls->store is set and outlives the client, as does `calls`. */
void host_calls_fill(struct friday *f, struct host_calls *calls,
    struct llm_client_opts *ret);
void host_calls_release(struct host_calls *calls);
/* Puts a connection to a server on record, before it is made. purpose:
 * "model", "embeddings". Any thread. */
int host_calls_record(struct store *store, const char *purpose,
    const struct llm_target *target, const char *host, unsigned port,
    struct error *err);
struct budget_caps host_calls_caps(const struct config *c);

#endif
