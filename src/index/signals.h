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
	X(PATH, "path", 0.89)                                                 \
	X(SYMBOL, "symbol", 0)                                                \
	X(COMMENT, "comment", 0)                                              \
	X(SIGNATURE, "signature", 0.28)                                       \
	X(BODY, "body", 2.07)                                                 \
	X(ALL, "all fields", 0)                                               \
	X(COVER, "words covered", 0)                                          \
	X(ABBREVIATED, "abbreviations", 1.24)                                 \
	X(SYNONYMS, "synonyms", 0)                                            \
	X(SYNONYM_SYMBOL, "synonym in name", 1.21)                            \
	X(FEEDBACK, "words of the best", 1.63)                                \
	X(CALLER, "called by the best", 0.97)                                 \
	X(CALLEE, "calls the best", 0.27)                                     \
	X(COMPOUND, "compound name", 0.54)                                    \
	X(NAME_PRECISION, "name asked for", 2.87)                             \
	X(NAME_COVER, "words in name", 0.62)                                  \
	X(PATH_PRECISION, "file name asked for", 0.02)                        \
	X(FILE_ALL, "file", 2.04)                                             \
	X(FILE_COVER, "words covered by file", 1.35)                          \
	X(FILE_SYMBOL, "names in file", 0)                                    \
	X(FILE_BEST, "best pieces of file", 0)                                \
	X(SCOPE, "where", 3.58)                                               \
	X(TEST, "test", -5.14)                                                \
	X(HEADER, "header", -0.57)                                            \
	X(FUNCTION, "function", 2.1)                                          \
	X(LENGTH, "length", 0.94)                                             \
	X(RARE, "rare kind of file", -2.53)

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
