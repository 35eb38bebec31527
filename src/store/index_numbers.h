/* Lists of numbers in an index, by number: which words of several parts have a
 * part, which files use a name, which define it. Numbers are put into many
 * lists, and taken out, at once.
 *
 * Errors everywhere: those of store/db.h. */
#ifndef FRIDAY_STORE_INDEX_NUMBERS_H
#define FRIDAY_STORE_INDEX_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct index_db;

enum index_numbers {
	INDEX_WHOLES,	/* of a part, by its number as a term: such terms */
	INDEX_USERS,	/* of a name: files that have it */
	INDEX_DEFINERS, /* of a name: files that define it */
};

struct index_pair {
	int64_t key, number; /* both from 1 on */
};

/* pairs: in any order, each once; they are put into another. What is there
 * already stays. */
int index_numbers_add(struct index_db *d, enum index_numbers which,
    struct index_pair *pairs, size_t n, struct error *err);
/* What is not there is not removed. */
int index_numbers_remove(struct index_db *d, enum index_numbers which,
    struct index_pair *pairs, size_t n, struct error *err);
/* Each number under the key, rising. A negative return ends. */
int index_numbers_each(struct index_db *d, enum index_numbers which,
    int64_t key, int (*take)(int64_t number, void *ctx), void *ctx,
    struct error *err);

#endif
