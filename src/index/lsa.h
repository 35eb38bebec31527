/* Vectors from the repository's own words: latent semantic analysis
 * (Deerwester et al., 1990) of its pieces, by the randomised method of Halko,
 * Martinsson and Tropp (2011), and a linear map, learned on the repository's
 * own commented pieces, from what a comment says to what the code says. A
 * question is mapped like a comment.
 *
 * The same pieces in the same order give the same bits: the random numbers
 * come from the words themselves, and every sum has a fixed order.
 *
 * A model is its packed bytes, as they stand in the store:
 *
 *	char magic[8]
 *	uint32_t terms, unused
 *	float map[LSA_DIM][LSA_DIM]	comment (row) to code (column)
 *	terms times, by rising hash:
 *		uint32_t hash		its high half
 *		uint16_t idf		times 4096
 *		uint16_t scale		the high half of a float
 *		uint8_t vector[LSA_DIM / 2]	times scale; see store/vector.h
 *
 * Half a hash is enough: with the most words there can be, one of 65,536 that
 * are not among them is taken for one that is.
 */
#ifndef FRIDAY_INDEX_LSA_H
#define FRIDAY_INDEX_LSA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/error.h"

enum {
	LSA_DIM = 64,
	LSA_BITS = 4, /* of a number, also of a piece's vector */
	LSA_TERMS_MAX = 65536, /* 20 MiB for each of two matrices */
	LSA_PIECES_MAX = 65536,
};

/* What a word is called here: the same in each index. */
uint64_t lsa_hash(struct str text);

struct lsa_term {
	uint64_t hash;
	double idf;
};

/* A word of a piece. */
struct lsa_use {
	uint32_t term; /* number of an lsa_term */
	uint8_t code, comment; /* how often: at most 15, at most 7 */
};

/* --- making ------------------------------------------------------------- */

struct lsa_corpus;

/* terms: by rising hash, none twice, at most LSA_TERMS_MAX; copied. */
struct lsa_corpus *lsa_corpus_create(const struct lsa_term *terms, size_t n);
void lsa_corpus_destroy(struct lsa_corpus *c);
DEFINE_CLEANUP(lsa_corpus_destroy, struct lsa_corpus);
/* uses: by rising term. Pieces over LSA_PIECES_MAX are left out. */
void lsa_corpus_add(struct lsa_corpus *c, const struct lsa_use *uses,
    size_t n);
/* Appends the model. Takes about 20 ms for 1,000 pieces. Errors:
 * ERR_CANCELLED, ERR_TOO_LARGE (out's ceiling). */
int lsa_corpus_model(const struct lsa_corpus *c, struct cancel *cancel,
    struct buf *out, struct error *err);

/* --- using -------------------------------------------------------------- */

/* A view of packed bytes, which may be damaged or hostile. */
struct lsa_model {
	struct str terms;
	size_t n;
	const char *map;
};

/* False: this is no model. */
bool lsa_model_init(struct lsa_model *m, struct str packed);
/* SIZE_MAX: the model does not know the word. */
size_t lsa_model_find(const struct lsa_model *m, uint64_t hash);
/* The vector of a piece's code. uses: term is the number in this model, rising
 * (else sums may differ in their last bits). Not of length 1. */
void lsa_model_code(const struct lsa_model *m, const struct lsa_use *uses,
    size_t n, float ret[LSA_DIM]);
/* Where code should be that does what these words say. */
struct lsa_word {
	size_t term;
	double weight;
};
void lsa_model_question(const struct lsa_model *m,
    const struct lsa_word *words, size_t n, float ret[LSA_DIM]);

#endif
