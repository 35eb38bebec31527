/* The two dictionaries of an index: terms and the graph's names. A word has a
 * number from 1 on, which stays, and a count that goes up and down; it is never
 * removed. Many words are added at once.
 *
 * Errors everywhere: those of store/db.h. */
#ifndef FRIDAY_STORE_INDEX_WORDS_H
#define FRIDAY_STORE_INDEX_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

struct index_db;

enum index_dictionary { INDEX_TERMS, INDEX_NAMES };

struct index_word {
	struct str text; /* not empty */
	/* Of one that begins with '='; else it is not kept. */
	uint32_t n_parts;
	/* New words get their numbers by this, each another. Numbers of words
	 * that stand together should be near each other: lists of them are
	 * smaller then. */
	uint32_t order;
	int64_t by;  /* is added to its count */
	int64_t id;  /* set */
	bool is_new; /* set */
};

/* words: by text (str_compare), each once. */
int index_words_add(struct index_db *d, enum index_dictionary which,
    struct index_word *words, size_t n, struct error *err);

struct index_count {
	int64_t id, by;
};
int index_words_count(struct index_db *d, enum index_dictionary which,
    const struct index_count *counts, size_t n, struct error *err);

struct index_word_info {
	int64_t id, count;
	uint32_t n_parts;
};
/* 1: found; 0: there is no such word; negative: error. */
int index_words_find(struct index_db *d, enum index_dictionary which,
    struct str text, struct index_word_info *ret, struct error *err);
/* The same by number; the text is appended. */
int index_words_get(struct index_db *d, enum index_dictionary which,
    int64_t id, struct buf *text, struct index_word_info *ret,
    struct error *err);
/* Each word whose text begins with the prefix, in the order of the bytes. The
 * text lives for the call. A negative return ends. */
int index_words_each(struct index_db *d, enum index_dictionary which,
    struct str prefix,
    int (*take)(struct str text, const struct index_word_info *word,
	void *ctx),
    void *ctx, struct error *err);

#endif
