/* libstemmer, loaded when the first text is indexed or searched: its tables of
 * all languages take eleven thousand relocations. For terms.c only. */
#ifndef FRIDAY_INDEX_STEMMER_API_H
#define FRIDAY_INDEX_STEMMER_API_H

#include <libstemmer.h>

#include "base/error.h"

/* Each member has the name and type of the library's function, without
 * "sb_stemmer_". */
struct stemmer_api {
	__typeof__(sb_stemmer_new) *new;
	__typeof__(sb_stemmer_delete) *delete;
	__typeof__(sb_stemmer_stem) *stem;
	__typeof__(sb_stemmer_length) *length;
};

/* The functions; any thread. NULL: not there, with the error set. Errors:
 * ERR_UNSUPPORTED. */
const struct stemmer_api *stemmer_api_get(struct error *err);

#endif
