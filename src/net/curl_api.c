/* libcurl, loaded late; see curl_api.h.
 *
 * The library stays initialised to the end of the process: other code of the
 * same program may use it too, and curl_global_cleanup would pull it from
 * under their feet. */
#include "net/curl_api.h"

#include "base/late_library.h"

/* The same ABI with different TLS libraries. */
static const char *const sonames[] = {
	"libcurl.so.4",
	"libcurl-gnutls.so.4",
	"libcurl-nss.so.4",
	NULL,
};

static const struct late_symbol symbols[] = {
#define X(name) { "curl_" #name, offsetof(struct curl_api, name) },
	CURL_API_TABLE(X)
#undef X
};

static int
begin(const void *functions, struct error *err)
{
	const struct curl_api *c = functions;

	return c->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 :
	    error_set(err, ERR_UNSUPPORTED,
		"libcurl could not be initialised");
}

static struct curl_api api;
static struct late_library library = LATE_LIBRARY("libcurl", sonames, symbols,
    &api, .begin = begin,
    .without = "only the offline provider works without it");

const struct curl_api *
curl_api_get(struct error *err)
{
	return late_library_get(&library, err);
}
