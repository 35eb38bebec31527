/* Where lines of a file come from: a recorded change in a few words, for
 * people and for notes. */
#ifndef FRIDAY_CORE_PROVENANCE_H
#define FRIDAY_CORE_PROVENANCE_H

#include "core/causes.h"
#include "core/custody.h"

/* Texts from outside, each one line and cut; "" where nothing is known. */
struct provenance {
	char session[ID_SIZE], run[ID_SIZE];
	char provider[64], model[128];
	char user[64];	/* whose account */
	char prompt[240];
	int64_t time_ms; /* since 1970 */
};

/* Errors: the store's. */
int provenance_of_change(struct causes *causes, struct store_reader *r,
    const struct custody_change *change, struct provenance *ret,
    struct error *err);
/* One prompt to one model: session, run, provider, model and prompt agree. */
bool provenance_same(const struct provenance *a, const struct provenance *b);
/* Copies as one line without control characters, cut at a character. */
void provenance_line(struct str text, size_t size, char *out);

#endif
