/* What the tools over the index say, read back: symbol as places, code_search
 * as pieces. Private to the offline provider. */
#ifndef FRIDAY_LLM_OFFLINE_INDEX_H
#define FRIDAY_LLM_OFFLINE_INDEX_H

#include "llm/offline_hits.h"

/* Adds what a result of symbol names. False: nothing is called so. */
bool index_read_symbol(struct str result, struct hits *definitions,
    struct hits *uses);

/* A piece of code_search; all borrowed. */
struct found_piece {
	struct str path;
	int64_t line;
	struct str title; /* "function Outer.name", or "" */
	struct str text;  /* its lines as they came, with numbers; may be "" */
};

/* Cuts the next piece off *rest. False at the end. */
bool index_next_piece(struct str *rest, struct found_piece *ret);

#endif
