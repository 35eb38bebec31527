/* The embedder that needs nothing but the repository: no weights, no network
 * (lsa.h).
 *
 * When vectors are made anew. They are a function of the pieces alone, the
 * same bits however the index came to be. The model depends on all pieces, so
 * all vectors are made anew whenever any file has changed, if that was asked
 * for (EMBED_HERE: `friday index`, a search in the screen), or if there are few
 * pieces (EMBED_LOCAL_CHEAP). Otherwise new pieces get vectors by the
 * model that is there, which differ a little, until the next time that all are
 * made. */
#ifndef FRIDAY_INDEX_EMBED_LOCAL_H
#define FRIDAY_INDEX_EMBED_LOCAL_H

#include "index/embedder.h"

/* Pieces whose vectors are made anew at once: about 100 ms. */
enum { EMBED_LOCAL_CHEAP = 4000 };
/* A change of the arithmetic changes the number. */
#define EMBED_LOCAL_NAME "local 2"

struct embedder *embed_local_create(void);

#endif
