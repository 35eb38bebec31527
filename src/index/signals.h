/* What speaks for a piece as an answer: one number for each signal, of the
 * pieces that any strong signal names. index/rank.h weighs them.
 *
 * Text scores are BM25 (Robertson and Zaragoza, "The Probabilistic Relevance
 * Framework", 2009) over the fields of segment.h, divided by the best piece's
 * score. */
#ifndef FRIDAY_INDEX_SIGNALS_H
#define FRIDAY_INDEX_SIGNALS_H

#include "index/query.h"

/* Name, weight (fitted; see docs/index.md). */
#define SIGNAL_TABLE(X)                                                       \
	X(PATH, "path", 0.88)                                                 \
	X(SYMBOL, "symbol", 0)                                                \
	X(COMMENT, "comment", 0)                                              \
	X(SIGNATURE, "signature", 0)                                          \
	X(BODY, "body", 1.46)                                                 \
	X(ALL, "all fields", 0)                                               \
	X(COVER, "words covered", 0.44)                                       \
	X(ABBREVIATED, "abbreviations", 1.28)                                 \
	X(SYNONYM_SYMBOL, "synonym in name", 1.13)                            \
	X(FEEDBACK, "words of the best", 1.79)                                \
	X(CALLER, "called by the best", 0.82)                                 \
	X(CALLEE, "calls the best", 0.64)                                     \
	X(COMPOUND, "compound name", 0.61)                                    \
	X(NAME_PRECISION, "name asked for", 2.67)                             \
	X(NAME_COVER, "words in name", 0.17)                                  \
	X(FILE_ALL, "file", 1.55)                                             \
	X(FILE_COVER, "words covered by file", 1.51)                          \
	X(FILE_BEST, "best pieces of file", 0)                                \
	X(NEAR, "near in meaning", 2.07)                                      \
	X(SCOPE, "where", 3.99)                                               \
	X(TEST, "test", -6.14)                                                \
	X(HEADER, "header", -0.82)                                            \
	X(FUNCTION, "function", 2.39)                                         \
	X(LENGTH, "length", -1.55)                                            \
	X(RARE, "rare kind of file", -3.01)                                   \
	X(RECENT, "changed lately", 0.2)

enum signal {
#define X(name, title, weight) SIGNAL_##name,
	SIGNAL_TABLE(X)
#undef X
	    N_SIGNALS,
};

struct answer {
	uint32_t chunk; /* number */
	float x[N_SIGNALS];
};

struct answers {
	struct answer *items;
	size_t n;
};

/* Of the pieces of all files, or of those for which passes() is true. *ret is
 * initialised; release it. Errors: those of the reader. */
int signals_make(struct index_reader *r, const struct query *q,
    bool (*passes)(const struct live_file *file, const void *ctx),
    const void *ctx, struct answers *ret, struct error *err);
void answers_release(struct answers *a);

#endif
