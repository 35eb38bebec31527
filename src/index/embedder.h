/* What makes vectors of pieces and of questions: one interface for the one
 * that is computed from the repository itself (embed_local.h) and the one that
 * asks a server (embed_http.h).
 *
 * Thread: update() in any, also in several; ask() in one at a time, beside it.
 */
#ifndef FRIDAY_INDEX_EMBEDDER_H
#define FRIDAY_INDEX_EMBEDDER_H

#include <stdint.h>

#include "base/cancel.h"
#include "index/query.h"
#include "store/vectors.h"

struct embedder;

/* How much work is wanted. */
enum embed_effort {
	EMBED_CHEAP, /* what is done at once; somebody waits for an answer */
	EMBED_HERE,  /* all that this machine can do by itself */
	EMBED_ALL,   /* a server may be asked, and paid */
};

struct embed_job {
	const char *root; /* of the repository: absolute, without links */
	struct index_reader *reader;
	struct vectors *store;
	struct str repository; /* in the store */
	enum embed_effort effort;
	struct deny_list *deny;	 /* NULL: nothing is withheld */
	struct cancel *cancel;	 /* may be NULL */
	int64_t deadline_ms;	 /* clock_now_ms(); 0: none */
};

struct embed_stats {
	size_t pieces;	 /* whose vectors were made */
	size_t withheld; /* pieces that were not sent: a secret, a deny rule */
	size_t requests;
	int64_t tokens;	 /* as the server counted them; else about */
	int64_t cost_microusd;
};

struct embedder_ops {
	/* Makes what is missing. What is done stays done after an error.
	 * Errors: ERR_CANCELLED, ERR_TIMEOUT, those of the reader, of the
	 * store, and of the server. */
	int (*update)(struct embedder *e, const struct embed_job *job,
	    struct embed_stats *ret, struct error *err);
	/* The vector of a question. *ret is undefined unless 1 is returned;
	 * 0: there are no vectors yet, or none of its words is known. */
	int (*ask)(struct embedder *e, const struct embed_job *job,
	    const struct query *q, struct str text, struct vector_asked *ret,
	    struct error *err);
	void (*destroy)(struct embedder *e);
};

/* The first member of each embedder's own struct. */
struct embedder {
	const struct embedder_ops *ops;
	const char *name; /* as the store has it: "local 2" */
};

void embedder_destroy(struct embedder *e);
DEFINE_CLEANUP(embedder_destroy, struct embedder);

#endif
