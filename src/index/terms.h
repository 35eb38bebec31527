/* Text as the terms of the index. A word is what an identifier may be. It is
 * split where its case changes, at underscores and at digits; each part is
 * stemmed as English (Porter's algorithm, by libstemmer), so that "parsing",
 * "parseArgs" and PARSED meet in "pars". A word of several parts is a term as
 * a whole too, in lower case behind '=': "=parseargs".
 *
 * Terms get numbers, from 0 on, in the order in which they are first met. What
 * a word splits into is remembered: source says the same words again and
 * again.
 *
 * Thread: one at a time. */
#ifndef FRIDAY_INDEX_TERMS_H
#define FRIDAY_INDEX_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

enum {
	TERM_PART_MAX = 40,   /* bytes of a part; longer ones are left out */
	TERM_WORD_MAX = 80,   /* of a word; longer ones are data, no names */
	TERM_PARTS_MAX = 12,  /* of a word; the rest is left out */
	TERM_NONE = UINT32_MAX,
};

struct terms;

/* Whether words can be split at all: an index or a search that goes on without
 * would be wrong, not slower. Errors: ERR_UNSUPPORTED (no libstemmer). */
int terms_ready(struct error *err);
struct terms *terms_create(void);
void terms_destroy(struct terms *t);
DEFINE_CLEANUP(terms_destroy, struct terms);

/* Cuts the next word off *rest. False at the end. */
bool terms_next_word(struct str *rest, struct str *ret);
/* The terms of a word: its parts in order, then the whole if there are
 * several. Valid until the next call with this table. */
struct term_ids {
	const uint32_t *ids;
	size_t n;
	bool has_whole; /* the last one is the word as a whole */
};
struct term_ids terms_of_word(struct terms *t, struct str word);
/* The number of a term, as it is written in the table; TERM_NONE: not there. */
uint32_t terms_find(const struct terms *t, struct str term);
size_t terms_count(const struct terms *t);
/* Valid until the table grows. */
struct str terms_text(const struct terms *t, uint32_t id);
/* The parts of a whole word, each once; n 0: the term is a part itself. */
struct term_ids terms_parts(const struct terms *t, uint32_t id);
/* A number for a text, the same in each index: for an order of terms that does
 * not depend on theirs. */
uint32_t terms_order(struct str text);
/* Words that carry no meaning in a question ("the", "how"), in lower case. */
bool terms_is_stop_word(struct str word);

#endif
