/* Where the vectors of pieces are kept: one interface, so that a shared
 * deployment can keep them in another database. vectors_sqlite.c is the local
 * one; tests/unit/test_vectors.c is what each back-end must pass.
 *
 * Vectors stand in groups (the pieces of one content of a file, in order)
 * under a key of the caller's. All vectors of a repository have the same form
 * (vector.h) and come from the same maker, the embedder: storing a space of
 * another one removes what was there.
 *
 * Thread: one at a time. */
#ifndef FRIDAY_STORE_VECTORS_H
#define FRIDAY_STORE_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "store/vector.h"

enum { VECTOR_GROUP_MAX = 1000 * 1000, VECTOR_KEY_MAX = 1024 };

struct vector_space {
	struct str embedder; /* "local 2", "http text-embed https://…" */
	struct vector_form form;
	struct str state; /* the embedder's: what the vectors stand for */
	struct str model; /* the embedder's */
};

struct vector_group {
	struct str key;	 /* at most VECTOR_KEY_MAX bytes */
	size_t n;	 /* vectors */
	struct str data; /* n packed ones */
};

struct vector_ref {
	struct str key;
	size_t at; /* in the group */
};

struct vector_hit {
	struct vector_ref ref; /* lives until the store changes */
	float score;	       /* cosine, -1 to 1 */
};

struct vector_search {
	const struct vector_asked *asked;
	size_t k; /* hits at most */
	/* Groups that count; NULL: all. Thread: the caller's. */
	bool (*passes)(struct str key, void *ctx);
	void *ctx;
};

struct vectors;

/* What a back-end has; called through the functions below, which check the
 * arguments. */
struct vectors_ops {
	int (*space)(struct vectors *v, struct str repository, bool with_model,
	    void (*take)(const struct vector_space *space, void *ctx),
	    void *ctx, struct error *err);
	int (*put)(struct vectors *v, struct str repository,
	    const struct vector_space *space,
	    const struct vector_group *groups, size_t n, struct error *err);
	int (*keys)(struct vectors *v, struct str repository,
	    int (*take)(struct str key, size_t n, void *ctx), void *ctx,
	    struct error *err);
	int (*remove)(struct vectors *v, struct str repository,
	    const struct str *keys, size_t n, struct error *err);
	int (*search)(struct vectors *v, struct str repository,
	    const struct vector_search *s, struct vector_hit *ret,
	    size_t *ret_n, struct error *err);
	int (*score)(struct vectors *v, struct str repository,
	    const struct vector_asked *asked, const struct vector_ref *refs,
	    size_t n, float *ret, struct error *err);
	int (*drop)(struct vectors *v, struct str repository,
	    struct error *err);
	void (*destroy)(struct vectors *v);
};

/* The first member of each back-end's own struct. */
struct vectors {
	const struct vectors_ops *ops;
};

/* Errors of all: those of store/db.h. */

/* 1: handed over for the call; 0: the repository has none; negative. Without
 * the model, which may be large, that is empty. */
int vectors_space(struct vectors *v, struct str repository, bool with_model,
    void (*take)(const struct vector_space *space, void *ctx), void *ctx,
    struct error *err);
/* In one transaction: the space, then each group, new or instead of the one of
 * its key. ERR_INVALID: data of another length than n vectors, a key that is
 * too long. */
int vectors_put(struct vectors *v, struct str repository,
    const struct vector_space *space, const struct vector_group *groups,
    size_t n, struct error *err);
/* Each key, by its bytes. take() must not change the store; what it returns
 * below 0 ends it. */
int vectors_keys(struct vectors *v, struct str repository,
    int (*take)(struct str key, size_t n, void *ctx), void *ctx,
    struct error *err);
/* Groups; a key that is not there is none. */
int vectors_remove(struct vectors *v, struct str repository,
    const struct str *keys, size_t n, struct error *err);
/* The nearest, best first, of equal ones that of the smaller key and place;
 * vectors of zeros are none. ret: room for s->k. ERR_INVALID: asked for in
 * another length than the repository's. */
int vectors_search(struct vectors *v, struct str repository,
    const struct vector_search *s, struct vector_hit *ret, size_t *ret_n,
    struct error *err);
/* The cosine of each; 0 where there is no such vector. */
int vectors_score(struct vectors *v, struct str repository,
    const struct vector_asked *asked, const struct vector_ref *refs, size_t n,
    float *ret, struct error *err);
/* All of a repository. */
int vectors_drop(struct vectors *v, struct str repository, struct error *err);
void vectors_destroy(struct vectors *v);
DEFINE_CLEANUP(vectors_destroy, struct vectors);

/* A file of SQLite. write false: it must exist (ERR_NOT_FOUND). One that is
 * damaged or of another version is made anew by a writer. */
int vectors_open_sqlite(const char *path, bool write, struct vectors **ret,
    struct error *err);

#endif
