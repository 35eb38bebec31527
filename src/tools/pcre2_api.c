/* PCRE2, loaded late; see pcre2_api.h. */
#include "tools/pcre2_api.h"

#include "base/late_library.h"

static const char *const sonames[] = { "libpcre2-8.so.0", NULL };

static const struct late_symbol symbols[] = {
#define X(name)                                                               \
	{ "pcre2_" #name "_8", offsetof(struct pcre2_api, name) },
	PCRE2_API_TABLE(X)
#undef X
};

static struct pcre2_api api;
static struct late_library library = LATE_LIBRARY("PCRE2", sonames, symbols,
    &api);

const struct pcre2_api *
pcre2_api_get(struct error *err)
{
	return late_library_get(&library, err);
}
