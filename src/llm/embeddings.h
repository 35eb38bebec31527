/* Embeddings: texts to vectors, by a server. Two forms: POST /embeddings as
 * OpenAI has it (and whatever is compatible), POST /api/embed as Ollama has it;
 * the provider's row says which.
 *
 * Thread: a client belongs to one at a time. */
#ifndef FRIDAY_LLM_EMBEDDINGS_H
#define FRIDAY_LLM_EMBEDDINGS_H

#include "llm/client.h"

enum { EMBEDDING_DIM_MAX = 4096 };

struct embeddings_opts {
	const struct llm_target *target; /* outlives the client */
	int connect_timeout_ms;
	int timeout_ms; /* of one attempt */
	int retries;	/* after faults that pass */
	int retry_first_ms;
	int per_minute; /* requests at most; 0: as fast as it goes */
};

struct embeddings_usage {
	size_t requests; /* that were answered */
	int64_t tokens;	 /* as told; else a quarter of the bytes */
};

struct embeddings;

/* Errors: ERR_UNSUPPORTED (the provider's format has none), those of
 * endpoint_init(). */
int embeddings_create(const struct embeddings_opts *opts,
    struct embeddings **ret, struct error *err);
void embeddings_destroy(struct embeddings *e);
DEFINE_CLEANUP(embeddings_destroy, struct embeddings);

/* The host and port that requests go to; for whoever keeps a record. */
void embeddings_server(const struct embeddings *e, const char **ret_host,
    unsigned *ret_port);

/* One request. take() gets the vector of each text, once and in order, and
 * none unless all have come. Adds to *usage. Errors: ERR_LLM_*, ERR_NET_*,
 * ERR_CANCELLED; ERR_LLM_PROTOCOL: not as many vectors as texts, or of
 * different lengths. */
int embeddings_make(struct embeddings *e, const struct str *texts, size_t n,
    struct cancel *cancel,
    void (*take)(size_t at, const float *values, unsigned dim, void *ctx),
    void *ctx, struct embeddings_usage *usage, struct error *err);

#endif
