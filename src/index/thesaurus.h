/* Words that programmers use for one another. */
#ifndef FRIDAY_INDEX_THESAURUS_H
#define FRIDAY_INDEX_THESAURUS_H

/* Each row: words of one meaning, separated by spaces. */
extern const char *const thesaurus[];
extern const unsigned thesaurus_rows;

#endif
