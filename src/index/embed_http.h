/* The embedder that asks a server (llm/embeddings.h). Only embed_job's
 * EMBED_ALL sends pieces; a search sends the question alone. What the deny list
 * withholds, and any piece in which the secret scanner finds something, is not
 * sent: it has no vector.
 *
 * Vectors are stored after each few requests, so that a break costs little, and
 * are kept under the content of their file: what is there already is never
 * asked for again. */
#ifndef FRIDAY_INDEX_EMBED_HTTP_H
#define FRIDAY_INDEX_EMBED_HTTP_H

#include "index/embedder.h"
#include "llm/embeddings.h"

struct embed_http_opts {
	const char *name; /* "openai/text-embedding-3-small"; copied */
	size_t batch;	  /* texts of a request, at most 256 */
	int per_minute;	  /* requests; 0: no limit */
	int connect_timeout_ms, retries, retry_first_ms;
	/* Finds the server and its key when they are first needed, and keeps
	 * *ret until release(). Thread: any, one at a time. */
	int (*find)(void *ctx, const struct llm_target **ret,
	    struct error *err);
	/* Before the first request of an update, or of all questions: an error
	 * stops it. May be NULL. */
	int (*connecting)(const struct llm_target *target, const char *host,
	    unsigned port, void *ctx, struct error *err);
	/* Micro-dollars for a million tokens; -1: not known. May be NULL. */
	int64_t (*price)(const struct llm_target *target, void *ctx);
	/* Before each request, which may cost so much: an error stops it.
	 * After it, under the same id, what it took: no tokens if nothing came
	 * of it. Both or neither. Thread: any. */
	int (*reserve)(const struct llm_target *target, const char *call_id,
	    int64_t estimate_microusd, void *ctx, struct error *err);
	void (*settle)(const struct llm_target *target, const char *call_id,
	    int64_t tokens, int64_t cost_microusd, void *ctx);
	void (*release)(void *ctx);
	void *ctx;
};

struct embedder *embed_http_create(const struct embed_http_opts *opts);

#endif
