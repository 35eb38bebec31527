/* How near a question is to the pieces, by their vectors: an embedder, a
 * store, and the index that knows which piece is which.
 *
 * Thread: nearness_update() in any, also in several; the rest in one at a time,
 * beside it. */
#ifndef FRIDAY_INDEX_NEARNESS_H
#define FRIDAY_INDEX_NEARNESS_H

#include "index/embedder.h"

struct nearness;

/* path: of the vectors' file, made when it is needed; embedder: becomes its
 * own. */
struct nearness *nearness_create(const char *path, struct embedder *embedder);
void nearness_destroy(struct nearness *n);
DEFINE_CLEANUP(nearness_destroy, struct nearness);

/* Makes the vectors that are missing. Of job, `store` and `repository` are not
 * read. Errors: those of the embedder. */
int nearness_update(struct nearness *n, const struct embed_job *job,
    struct embed_stats *ret, struct error *err);

/* Whether anything was ever made. */
bool nearness_exists(const struct nearness *n);
/* The vector of a question: 1, or 0 (there are no vectors yet, or none of its
 * words is known). */
int nearness_ask(struct nearness *n, struct index_reader *r,
    const struct query *q, struct str text, struct vector_asked *ret,
    struct error *err);
/* The pieces that are nearest, best first; of files for which passes() is true
 * (NULL: all); none that point elsewhere. ret: room for k. */
struct near_piece {
	uint32_t chunk;
	float score;
};
int nearness_search(struct nearness *n, struct index_reader *r,
    const struct vector_asked *asked,
    bool (*passes)(const struct live_file *file, const void *ctx),
    const void *ctx, size_t k, struct near_piece *ret, size_t *ret_n,
    struct error *err);
/* The score of each of these. */
int nearness_score(struct nearness *n, struct index_reader *r,
    const struct vector_asked *asked, struct near_piece *pieces,
    size_t n_pieces, struct error *err);

/* What there is: for whoever shows it. */
struct nearness_info {
	char embedder[128]; /* that made them; "": there are none */
	unsigned dim;
	size_t pieces;
};
int nearness_info(struct nearness *n, struct nearness_info *ret,
    struct error *err);

#endif
