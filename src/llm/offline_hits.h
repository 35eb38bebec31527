/* Places in code, as the grep tool names them, and how likely each of them is
 * the one that was asked for. Private to the offline provider. */
#ifndef FRIDAY_LLM_OFFLINE_HITS_H
#define FRIDAY_LLM_OFFLINE_HITS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* All borrowed from the tool's result. */
struct hit {
	struct str path;
	int64_t line;
	struct str text; /* the line, trimmed */
	int score;
};

struct hits {
	struct hit *items;
	size_t n;
	bool more; /* there were more than HITS_MAX */
};

#define HITS_MAX 2000

void hits_release(struct hits *h);
/* Adds what a result of grep names: "path:line:text", or lines
 * "line:text" below their path. Anything else is passed over. */
void hits_add(struct hits *h, struct str result);
/* Scores each hit as a definition of `symbol`; those that cannot be one, such
 * as calls and prose, get 0 or less. */
void hits_score_definition(struct hits *h, struct str symbol);
/* Scores by how many of the words a line and its path hold. */
void hits_score_words(struct hits *h, const struct str *words,
    size_t n_words);
/* Best first; equal ones stay in order. One place once. */
void hits_sort(struct hits *h);

/* Patterns for grep, in the subset that ripgrep and PCRE2 share. */
void hits_symbol_pattern(struct str symbol, struct buf *out);
void hits_definition_pattern(struct str symbol, struct buf *out);
/* Definitions whose name holds one of the words, in any case. */
void hits_named_pattern(const struct str *words, size_t n_words,
    struct buf *out);
/* Lines with two of the words; with one word, with that. */
void hits_words_pattern(const struct str *words, size_t n_words,
    struct buf *out);
/* The text itself. */
void hits_quote(struct str text, struct buf *out);

#endif
