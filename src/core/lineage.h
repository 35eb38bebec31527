/* Which recorded change wrote each line of a text. The changes of its file are
 * followed from the first to the last: what a change added is its own, what it
 * kept stays whose it was, and what appears between two changes was done by
 * hand. Nothing depends on commits, so a rebase, a squash or a move of the
 * whole file to another commit changes nothing.
 *
 * Lines that the last change's text does not explain (a branch was switched, a
 * file was renamed by hand) are looked up by their content among all lines
 * that recorded changes have added: with the line before or after them, or
 * alone where they are long enough to be nobody else's.
 *
 *	lineage_create(); lineage_follow(path) …; lineage_lines(text);
 *
 * Thread: one. */
#ifndef FRIDAY_CORE_LINEAGE_H
#define FRIDAY_CORE_LINEAGE_H

#include "core/custody.h"

struct lineage;

struct lineage *lineage_create(void);
void lineage_destroy(struct lineage *l);
DEFINE_CLEANUP(lineage_destroy, struct lineage);

/* Takes in the record of a file (absolute path, without links). The first one
 * is the text's own, those after it are earlier names of it. Errors: the
 * store's. */
int lineage_follow(struct lineage *l, struct store_reader *r,
    const struct undo_objects *objects, const char *path, struct error *err);
/* How many changes there are, and whether a content of one is not kept any
 * more, so that lines may be older than they seem. */
size_t lineage_count(const struct lineage *l);
bool lineage_is_partial(const struct lineage *l);
const struct custody_change *lineage_change(const struct lineage *l,
    size_t index);

enum { LINEAGE_NONE = -1 };

struct lineage_line {
	int change; /* index; LINEAGE_NONE: no recorded change wrote it */
	bool by_content; /* found by its words, not by following it */
};

/* One for each line of the text; free() it. */
struct lineage_line *lineage_lines(struct lineage *l, struct str text,
    size_t *ret_n);

#endif
