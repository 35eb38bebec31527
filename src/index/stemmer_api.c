/* libstemmer, loaded late; see stemmer_api.h. */
#include "index/stemmer_api.h"

#include "base/late_library.h"

/* The same functions under each distribution's name. */
static const char *const sonames[] = { "libstemmer.so.0d", "libstemmer.so.2",
	"libstemmer.so.1", "libstemmer.so.0", "libstemmer.so", NULL };

static const struct late_symbol symbols[] = {
	{ "sb_stemmer_new", offsetof(struct stemmer_api, new) },
	{ "sb_stemmer_delete", offsetof(struct stemmer_api, delete) },
	{ "sb_stemmer_stem", offsetof(struct stemmer_api, stem) },
	{ "sb_stemmer_length", offsetof(struct stemmer_api, length) },
};

static struct stemmer_api api;
static struct late_library library = LATE_LIBRARY("libstemmer", sonames,
    symbols, &api);

const struct stemmer_api *
stemmer_api_get(struct error *err)
{
	return late_library_get(&library, err);
}
