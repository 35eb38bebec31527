/* The client: one model call, from a neutral request to a whole reply. It
 * knows retries, the retry budget, the circuit breaker of each provider and
 * the ordered fall-backs. Nothing is retried once the sink was given text:
 * what the user saw stays true (the caller may ask again with the partial
 * answer kept).
 *
 * Thread: one client serves one run at a time. */
#ifndef FRIDAY_LLM_CLIENT_H
#define FRIDAY_LLM_CLIENT_H

#include "base/cancel.h"
#include "llm/wire.h"

/* One way to reach a model. Strings are borrowed for the client's life. */
struct llm_target {
	const struct provider *provider;
	const char *base_url; /* already expanded; NULL: the row's */
	const char *model;
	const struct secret *key; /* NULL: none */
};

/* Breaker state as the store keeps it, handed down. */
struct breaker_state {
	char provider[32];
	int failures;	      /* consecutive */
	int64_t opened_at_ms; /* wall clock; 0: closed */
	bool half_open;
};

struct llm_client_opts {
	const struct llm_target *targets; /* main first, then fall-backs */
	size_t n_targets;
	const struct catalog *catalog;
	int connect_timeout_ms;	    /* 10 s */
	int first_byte_timeout_ms;  /* 120 s; 5 s when a fall-back follows is
				     * the client's business */
	int idle_timeout_ms;	    /* between bytes of a stream: 90 s */
	int retries;		    /* 3 */
	int retry_first_ms;	    /* 1,000, doubling, with jitter */
	int retry_budget_per_hour;  /* 60 retries in the last hour */
	/* Both may be NULL: state lives in memory then. */
	bool (*breaker_load)(const char *provider, struct breaker_state *ret,
	    void *ctx);
	void (*breaker_save)(const struct breaker_state *state, void *ctx);
	/* How many retries the last hour had, and one more. May be NULL. */
	int (*retries_used)(const char *provider, void *ctx);
	void (*retry_used)(const char *provider, void *ctx);
	/* Tells of a retry or a fall-back before the wait. May be NULL. */
	void (*on_retry)(int attempt, int delay_ms, const char *provider,
	    const struct error *reason, void *ctx);
	/* Before the first request of a call to each server; an error goes
	 * on as that target's failure. May be NULL. */
	int (*connecting)(const struct llm_target *target, const char *host,
	    unsigned port, void *ctx, struct error *err);
	void *ctx;
};

#define LLM_CLIENT_OPTS_INIT                                                  \
	((struct llm_client_opts){ .connect_timeout_ms = 10000,               \
	    .first_byte_timeout_ms = 120000, .idle_timeout_ms = 90000,        \
	    .retries = 3, .retry_first_ms = 1000,                             \
	    .retry_budget_per_hour = 60 })

struct llm_client;

int llm_client_create(const struct llm_client_opts *opts,
    struct llm_client **ret, struct error *err);
void llm_client_destroy(struct llm_client *c);
DEFINE_CLEANUP(llm_client_destroy, struct llm_client);

/* Sends the request and reads the whole answer. *ret_target says which target
 * answered. request->model is ignored: the target's counts. The reply is
 * initialised here; release it also after an error: it holds what came until
 * then (its text was shown). Errors: ERR_CANCELLED, ERR_BUDGET never,
 * ERR_LLM_*, ERR_NET_*. */
int llm_client_complete(struct llm_client *c, const struct llm_request *request,
    const struct reply_sink *sink, struct cancel *cancel, struct reply *ret,
    const struct llm_target **ret_target, struct error *err);

/* Asks a server which models it has, within timeout_ms. */
int llm_list_models(const struct llm_target *target, int timeout_ms,
    struct cancel *cancel,
    void (*add)(struct str id, int64_t context_tokens, void *ctx), void *ctx,
    struct error *err);

/* Local servers on their usual loopback ports (Ollama 11434, llama.cpp 8080,
 * LM Studio 1234, vLLM 8000), asked in parallel, timeout_ms in all. Returns
 * the provider row of the first (in table order) that has a model, and that
 * model's id as a new string; NULL: none. */
const struct provider *llm_discover_local(const struct catalog *catalog,
    int timeout_ms, struct cancel *cancel, char **ret_model);

#endif
