/* What a request in plain English wants of a program that can only look. A
 * table of phrases, no guessing beyond it: what nothing fits is a search for
 * its words. Private to the offline provider. */
#ifndef FRIDAY_LLM_OFFLINE_INTENT_H
#define FRIDAY_LLM_OFFLINE_INTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum intent_kind {
	INTENT_HELP,
	INTENT_DEFINITION, /* of subject */
	INTENT_USES,	   /* of subject */
	INTENT_FIND,	   /* code about words, or subject as it is written */
	INTENT_OUTLINE,	   /* of the file subject */
	INTENT_READ,	   /* the file subject, lines first to last */
	INTENT_LIST,	   /* the folder subject */
	INTENT_GLOB,	   /* the pattern subject */
	INTENT_CHANGES,	   /* of the working tree */
	INTENT_STATUS,
	INTENT_LOG,
	INTENT_BLAME,	   /* of the file subject */
	INTENT_MAP,	   /* of the repository */
	INTENT_KINDS,
};

enum { INTENT_WORDS_MAX = 5 };

struct intent {
	enum intent_kind kind;
	bool change;	    /* a change was asked for; the places are shown */
	char subject[256];  /* "" where there is none */
	int64_t first, last; /* lines, from 1; 0: not given */
	char words[INTENT_WORDS_MAX][48]; /* lower case */
	size_t n_words;
};

struct intent intent_of(struct str request);

#endif
