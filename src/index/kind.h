/* The kinds of definitions that outline queries name, and what each means for
 * the index. */
#ifndef FRIDAY_INDEX_KIND_H
#define FRIDAY_INDEX_KIND_H

#include <stdint.h>

#include "base/str.h"

enum kind_meaning {
	KIND_TYPE = 1,	  /* other definitions can be of it, or in it */
	KIND_RUNS = 2,	  /* it has a body that runs */
	KIND_CALLED = 4,  /* it can be called: also what only announces */
	KIND_PIECE = 8,	  /* it is a piece of its own however short it is */
	KIND_SECTION = 16, /* it says something beside its neighbours only */
	KIND_DECLARES = 32, /* it announces or extends what is elsewhere */
};

/* The number of a kind in the index's rows; 0: "" and what is no kind. */
uint8_t kind_number(struct str name);
/* enum kind_meaning, or 0. */
unsigned kind_meaning(struct str name);
unsigned kind_meaning_of(uint8_t number);

#endif
